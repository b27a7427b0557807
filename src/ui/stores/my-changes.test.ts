import { describe, expect, it } from 'vitest';
import type { HistoryEntry, HistoryFilter, MergeResult } from '../../shared/abi/index.ts';
import { MyChanges, describeAct, newestAct } from './my-changes.ts';

const entry = (seq: number, op: HistoryEntry['op'], path: string, more: Partial<HistoryEntry> = {}): HistoryEntry =>
  ({ seq, time: seq, run: 0, pid: 0, op, path, kind: 'file', ...more });

/** A journal in an array, which notes what is undone; newest first, as the kernel gives it. */
function journal(entries: HistoryEntry[], conflictAt = -1) {
  const calls: string[] = [];
  let run = 100;
  const done = (what: string, conflict: boolean): MergeResult => {
    calls.push(what);
    return { run: ++run, changed: conflict ? [] : [what], conflicts: conflict ? [{ path: '/x', reason: 'changed-later', detail: 'It was changed later.' }] : [] };
  };
  const api = {
    historyEntries: async ({ run: only, before = Infinity, limit = 1000 }: HistoryFilter = {}) => {
      const found = entries.filter((each) => each.seq < before && (only === undefined || each.run === only)).toSorted((a, b) => b.seq - a.seq);
      return { entries: found.slice(0, limit), more: found.length > limit };
    },
    historyUndo: async (target: { entry: number } | { run: number }) => done(JSON.stringify(target), 'entry' in target && target.entry === conflictAt),
    historyRestore: async (path: string, point: number | string) => done(`${path} at ${point}`, false),
  };
  return { calls, changes: new MyChanges(api), entries };
}

describe('acts of the user', () => {
  it('are single entries, but for a new file with its contents and a directory with what was in it', () => {
    const acts = (entries: HistoryEntry[]) => newestAct(entries.toReversed())?.act;
    expect(acts([entry(1, 'write', '/a'), entry(2, 'write', '/a')])).toMatchObject({ first: 2, last: 2 });
    expect(acts([entry(1, 'create', '/a'), entry(2, 'write', '/a')])).toMatchObject({ first: 1, last: 2 });
    expect(acts([entry(1, 'unlink', '/b'), entry(2, 'unlink', '/d/a'), entry(3, 'rmdir', '/d/e'), entry(4, 'rmdir', '/d')])).toMatchObject({ first: 2, last: 4 });
    expect(acts([entry(1, 'unlink', '/dd/a'), entry(2, 'rmdir', '/d')])).toMatchObject({ first: 2 });
    expect(newestAct([])).toBeNull();
  });

  it('are said in words', () => {
    const words = (...entries: HistoryEntry[]) => describeAct(newestAct(entries)!.act);
    expect(words(entry(2, 'rename', '/h/a', { to: '/h/b' }))).toBe('renamed a to b');
    expect(words(entry(2, 'rmdir', '/h/d'), entry(1, 'unlink', '/h/d/x'))).toBe('deleted d and the 1 in it');
    expect(words(entry(2, 'write', '/h/a'), entry(1, 'create', '/h/a'))).toBe('made a');
  });
});

describe('undo and redo of the user', () => {
  it('go back act by act past the changes of programs, and forth again', async () => {
    const { calls, changes } = journal([entry(1, 'create', '/a'), entry(2, 'write', '/a'), entry(3, 'write', '/p', { run: 5 }), entry(4, 'unlink', '/b')]);
    expect((await changes.undo())?.act.first).toBe(4);
    expect((await changes.undo())?.act.first).toBe(1);
    expect(await changes.undo()).toBeNull();
    expect(calls).toEqual(['{"entry":4}', '{"entry":2}', '{"entry":1}']);
    await changes.redo();
    await changes.redo();
    expect(await changes.redo()).toBeNull();
    expect(calls.slice(3)).toEqual(['{"run":103}', '{"run":102}', '{"run":101}']);
  });

  it('begin anew after a further change', async () => {
    const { calls, changes, entries } = journal([entry(1, 'unlink', '/a'), entry(2, 'unlink', '/b')]);
    await changes.undo();
    entries.push(entry(9, 'mkdir', '/c'));
    expect(await changes.redo()).toBeNull();
    await changes.undo();
    expect(calls).toEqual(['{"entry":2}', '{"entry":9}']);
  });

  it('bring a deleted directory back in one piece, however much was in it', async () => {
    const many = Array.from({ length: 2500 }, (_, at) => entry(10 + at, 'unlink', `/d/${at}`));
    const { calls, changes } = journal([entry(1, 'unlink', '/x'), ...many, entry(3000, 'rmdir', '/d')]);
    expect((await changes.undo())?.act.entries).toHaveLength(2501);
    expect(calls).toEqual(['/d at 9']);
  });

  it('stop at a conflict, which can be tried again', async () => {
    const { calls, changes } = journal([entry(1, 'create', '/x'), entry(2, 'write', '/x')], 2);
    expect((await changes.undo())?.conflicts).toHaveLength(1);
    await changes.undo();
    expect(calls).toEqual(['{"entry":2}', '{"entry":2}']);
    expect(await changes.redo()).toBeNull();
  });
});

describe('acts of several changes', () => {
  it('are undone and redone as one, in their order among the others', async () => {
    const { calls, changes, entries } = journal([entry(1, 'create', '/a'), entry(2, 'unlink', '/x', { run: 7 }), entry(3, 'unlink', '/y', { run: 7 })]);
    await changes.did(7, 'deleted 2 entries');
    const undone = await changes.undo();
    expect(describeAct(undone!.act)).toBe('deleted 2 entries');
    expect((await changes.undo())?.act.first).toBe(1);
    expect(await changes.undo()).toBeNull();
    await changes.redo();
    await changes.redo();
    expect(calls).toEqual(['{"run":7}', '{"entry":1}', '{"run":102}', '{"run":101}']);
    entries.push(entry(9, 'create', '/later'));
    expect((await changes.undo())?.act.first).toBe(9);
  });

  it('are left out when they were taken back in another way, and where nothing was kept', async () => {
    const { changes } = journal([entry(2, 'unlink', '/x', { run: 7 })]);
    await changes.did(8, 'nothing');
    await changes.did(7, 'deleted x');
    changes.forget(7);
    expect(await changes.undo()).toBeNull();
  });
});
