import { describe, expect, it } from 'vitest';
import { find, openRig, shown, type Rig } from './testing/rig.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

async function write(rig: Rig, path: string, text: string): Promise<number> {
  return rig.act(async (service) => {
    const dir = await find(service, path.slice(0, path.lastIndexOf('/')));
    const name = path.slice(path.lastIndexOf('/') + 1);
    const there = (await service.readdir(dir, 0, 999)).find((entry) => entry.name === name)?.node;
    const node = there ?? (await service.create(dir, name));
    await service.truncate(node, 0);
    await service.write(node, 0, encode(text));
  });
}

async function read(rig: Rig, path: string): Promise<string> {
  const node = await find(rig.service, path);
  return new TextDecoder().decode(await rig.service.read(node, 0, 1 << 20));
}

describe('conflicts', () => {
  it('MG5 what a later run changed too is left, named, and can be taken or kept beside', async () => {
    const rig = await openRig();
    await write(rig, '/a/f', 'zero\0');
    const run = await write(rig, '/a/f', 'one\0');
    await write(rig, '/a/f', 'two\0');
    const undone = await rig.travel.undo({ run });
    expect(undone).toMatchObject({ run: 0, changed: [], conflicts: [{ path: '/a/f', reason: 'changed-later' }] });
    expect(await read(rig, '/a/f')).toBe('two\0');
    expect(await rig.travel.undo({ run }, { onConflict: 'both', dryRun: true })).toMatchObject({ run: 0, changed: ['/a/f.theirs'], conflicts: [] });
    await rig.travel.undo({ run }, { onConflict: 'both' });
    expect([await read(rig, '/a/f'), await read(rig, '/a/f.theirs')]).toEqual(['two\0', 'zero\0']);
    await rig.travel.undo({ run }, { onConflict: 'theirs', paths: ['/b'] });
    expect(await read(rig, '/a/f')).toBe('two\0');
    await rig.travel.undo({ run }, { onConflict: 'theirs', paths: ['/a/f'] });
    expect(await read(rig, '/a/f')).toBe('zero\0');
    expect(rig.check()).toEqual([]);
  });

  it('MG6 texts that were changed at other lines are merged', async () => {
    const rig = await openRig();
    await write(rig, '/a/f', 'one\ntwo\nthree\nfour\nfive\n');
    const run = await write(rig, '/a/f', 'one\nTWO\nthree\nfour\nfive\n');
    await write(rig, '/a/f', 'one\nTWO\nthree\nfour\nfive\nsix\n');
    expect((await rig.travel.undo({ run })).conflicts).toEqual([]);
    expect(await read(rig, '/a/f')).toBe('one\ntwo\nthree\nfour\nfive\nsix\n');
  });

  it('MG7 names: a taken one, a directory with later entries, a file that was moved and one that was removed', async () => {
    const rig = await openRig();
    await write(rig, '/a/gone', 'gone');
    await write(rig, '/a/moved', 'moved');
    const run = await rig.act(async (service) => {
      const a = await find(service, '/a');
      await service.unlink(a, 'gone');
      await service.mkdir(a, 'made');
      await service.write(await service.lookup(a, 'moved'), 0, encode('MOVED'));
    });
    await write(rig, '/a/gone', 'another');
    await write(rig, '/a/made/inside', 'later');
    await rig.act(async (service) => service.rename(await find(service, '/a'), 'moved', await find(service, '/b'), 'here'));
    const { conflicts, changed } = await rig.travel.undo({ run });
    expect(conflicts.map(({ path, reason }) => [path, reason]).sort()).toEqual([['/a/gone', 'exists'], ['/a/made', 'not-empty']]);
    expect(changed).toEqual(['/b/here']);
    expect([await read(rig, '/a/gone'), await read(rig, '/b/here'), await read(rig, '/a/made/inside')]).toEqual(['another', 'moved', 'later']);
    await rig.act(async (service) => service.unlink(await find(service, '/b'), 'here'));
    expect((await rig.travel.undo({ run })).conflicts.map(({ path, reason }) => [path, reason])).toContainEqual(['/b/here', 'deleted-later']);
    await rig.travel.undo({ run }, { onConflict: 'both', paths: ['/a/gone'] });
    expect(await read(rig, '/a/gone.theirs')).toBe('gone');
  });

  it('MG8 runs are undone one after the other, back to the start, though what was removed is another node then', async () => {
    const rig = await openRig();
    const start = [...(await shown(rig.service))];
    const runs = [
      await write(rig, '/a/f', '1'), await write(rig, '/a/f', '2'),
      await rig.act(async (service) => service.rename(await find(service, '/a'), 'f', await find(service, '/b'), 'g')),
      await rig.act(async (service) => service.unlink(await find(service, '/b'), 'g')),
    ];
    for (const run of runs.reverse()) expect((await rig.travel.undo({ run })).conflicts).toEqual([]);
    expect([...(await shown(rig.service))]).toEqual(start);
    await expect(rig.travel.undo({ run: 0 })).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(rig.travel.undo({ run: 99_999 })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(rig.travel.undo({ entry: 0 })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(rig.travel.restore('/never', 0)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('MG9 what is changed between the plan and its step is left, and told', async () => {
    const rig = await openRig();
    await write(rig, '/a/f', 'old');
    const run = await write(rig, '/a/f', 'new');
    // The view reads the present first; the file is changed behind it.
    const view = rig.history.viewAt.bind(rig.history);
    rig.history.viewAt = (at) => {
      rig.tick();
      void find(rig.service, '/a/f').then((node) => rig.service.write(node, 0, encode('NOW')));
      return view(at);
    };
    const { conflicts } = await rig.travel.undo({ run });
    expect(conflicts).toMatchObject([{ path: '/a/f', reason: 'changed-later', detail: '/a/f was changed meanwhile' }]);
    expect(await read(rig, '/a/f')).toBe('NOW');
  });
});

describe('a run with what it started', () => {
  const put = (name: string, text: string) => async (service: Rig['service']): Promise<void> => {
    const dir = await find(service, '/a');
    const there = (await service.readdir(dir, 0, 999)).find((entry) => entry.name === name)?.node;
    await service.write(there ?? (await service.create(dir, name)), 0, encode(text));
  };

  it.for([false, true])('MG10 is taken back as one act, also through runs that changed nothing; others stay. Reopened: %s', async (reopen) => {
    let rig = await openRig();
    await write(rig, '/a/f', 'zero');
    const before = [...(await shown(rig.service))];
    const script = await rig.program(0, put('script', 'own'));
    const silent = await rig.program(script);
    const other = await rig.program(0, put('other', 'stays'));
    const child = await rig.program(silent, put('f', 'child'));
    for (const pid of [child, silent]) rig.runs.end(pid);
    await rig.program(silent, put('orphan', 'of nobody'));
    await rig.program(child, put('f', 'grandchild'));
    await rig.settle(true);
    const run = rig.runs.of(script);
    const numbers = [script, silent, other, child].map((pid) => rig.runs.of(pid));
    if (reopen) {
      await rig.journal.close();
      await rig.store.close();
      rig = await openRig(rig.disk);
    }
    expect([...(await rig.history.family(run))].sort((a, b) => a - b)).toEqual([numbers[0], numbers[1], numbers[3], numbers[3]! + 1, numbers[3]! + 2]);
    const listed = await rig.history.runs({ run, children: true });
    expect(listed.map(({ run: each, ancestors }) => [each, ancestors])).toEqual([
      [numbers[3]! + 2, [numbers[3], numbers[1], run]], [numbers[3]! + 1, [numbers[1], run]], [numbers[3], [numbers[1], run]], [run, undefined],
    ]);
    expect((await rig.history.entries({ run, children: true })).entries.some(({ path }) => path === '/a/other')).toBe(false);
    // Alone: only what it did itself.
    expect(await rig.travel.undo({ run }, { dryRun: true })).toMatchObject({ changed: ['/a/script'], conflicts: [] });
    const undone = await rig.travel.undo({ run, children: true });
    expect(undone.conflicts).toEqual([]);
    expect([...(await shown(rig.service))].filter(([path]) => path !== '/a/other')).toEqual(before);
    expect(await read(rig, '/a/other')).toBe('stays');
    expect((await rig.history.runs({ limit: 1 }))[0]).toMatchObject({ run: undone.run, kind: 'undo', name: `undo of run ${run} and what it started` });
    expect((await rig.travel.undo({ run: undone.run })).conflicts).toEqual([]);
    expect([await read(rig, '/a/f'), await read(rig, '/a/orphan')]).toEqual(['grandchild', 'of nobody']);
    // A run that changed nothing itself.
    expect((await rig.travel.undo({ run: numbers[1]!, children: true })).changed.sort()).toEqual(['/a/f', '/a/orphan']);
    await expect(rig.travel.undo({ run: numbers[1]! })).rejects.toMatchObject({ code: 'ENOENT' });
    expect(rig.check()).toEqual([]);
  });

  it('MG10 what a later run wrote over a child’s file is a conflict, and stays', async () => {
    const rig = await openRig();
    const script = await rig.program(0);
    await rig.program(script, put('f', 'child\0'));
    await rig.program(script, put('g', 'child'));
    await write(rig, '/a/f', 'later\0');
    const { conflicts, changed } = await rig.travel.undo({ run: rig.runs.of(script), children: true });
    expect(conflicts.map(({ path, reason }) => [path, reason])).toEqual([['/a/f', 'changed-later']]);
    expect(changed).toEqual(['/a/g']);
    expect(await read(rig, '/a/f')).toBe('later\0');
  });
});
