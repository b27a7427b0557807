import { describe, expect, it } from 'vitest';
import type { HistoryEntry, HistoryFilter, HistoryRun } from '../../shared/abi/index.ts';
import { Timeline, pathAt } from './timeline.ts';

const entry = (seq: number, run: number): HistoryEntry => ({ seq, time: 1_000_000 + seq * 10, run, pid: run, op: 'write', path: `/home/${seq % 3}`, kind: 'file' });

/** A journal in an array that answers as the kernel does: newest first, in pages. */
function history(count: number, perRun = 5) {
  const entries = Array.from({ length: count }, (_, at) => entry(at + 1, 1 + Math.floor(at / perRun)));
  const calls = { entries: 0 };
  let oldest = 1;
  const within = ({ path, run, since, before = Infinity }: HistoryFilter): HistoryEntry[] => entries.filter((each) => each.seq >= oldest && each.seq < before
    && (since === undefined || each.seq > Number(since)) && (run === undefined || each.run === run) && (path === undefined || each.path === path)).toReversed();
  const api = {
    historyEntries: async (filter: HistoryFilter = {}) => {
      calls.entries++;
      const found = within(filter);
      return { entries: found.slice(0, filter.limit ?? 1000), more: found.length > (filter.limit ?? 1000) };
    },
    historyRuns: async (filter: HistoryFilter = {}) => {
      const numbers = [...new Set(within(filter).map(({ run }) => run))].slice(0, filter.limit ?? 1000);
      return numbers.map((run): HistoryRun => ({ run, pid: run, kind: 'program', name: `p${run}`, args: [], started: 0, first: (run - 1) * perRun + 1, last: Math.min(entries.length, run * perRun), entries: perRun }));
    },
    historySnapshots: async () => [{ name: 'then', entry: 2, time: 0 }],
    historyCost: async () => ({ entries: entries.length, oldest, journal: 1, present: 2, past: 3 }),
    historyRetention: async () => ({ age: null, entries: null, bytes: null }),
  };
  const timeline = new Timeline(api);
  return { timeline, calls, add: (run: number) => entries.push(entry(entries.length + 1, run)), trim: (to: number) => {
    oldest = to;
  }, state: () => timeline.store.getState() };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

describe('the timeline', () => {
  it('reads a page at first, further ones when asked, and what is new', async () => {
    const { timeline, state, add } = history(12_500);
    await timeline.refresh();
    expect(state()).toMatchObject({ loaded: 1000, more: true, oldest: 0, newest: 12_500, snapshots: [{ name: 'then' }] });
    await timeline.loadMore();
    expect(state()).toMatchObject({ loaded: 11_000, more: true });
    await timeline.loadMore();
    expect(state()).toMatchObject({ loaded: 12_500, more: false });
    add(9999);
    await timeline.refresh();
    expect(state()).toMatchObject({ loaded: 12_501, newest: 12_501, more: false });
    expect(state().rows[0]).toMatchObject({ type: 'run', run: 9999, count: 1 });
  });

  it('knows the names of the runs of older entries', async () => {
    const { timeline, state } = history(20_000, 2);
    await timeline.refresh();
    await timeline.loadMore();
    const missing = state().rows.filter((row) => row.type === 'run' && !state().runs.has(row.run));
    expect(missing).toEqual([]);
  });

  it('asks the kernel for a path or a run, and looks for words itself', async () => {
    const { timeline, state, calls } = history(100);
    await timeline.refresh();
    const before = calls.entries;
    timeline.setFilter('p3');
    expect(state()).toMatchObject({ shown: 5, loaded: 100 });
    expect(calls.entries).toBe(before);
    timeline.setFilter('run:4');
    await settled();
    expect(state()).toMatchObject({ shown: 5, loaded: 5 });
    timeline.setFilter('/home/1');
    timeline.setFilter('/home/2');
    await settled();
    expect(new Set(state().rows.flatMap((row) => (row.type === 'entry' ? [row.entry.path] : [])))).toEqual(new Set(['/home/2']));
    timeline.setFilter('');
    await settled();
    expect(state().loaded).toBe(100);
  });

  it('leaves out the notes of typed lines, unless they or their file are asked for', async () => {
    const entries = [3, 2, 1].map((seq): HistoryEntry => ({ ...entry(seq, 1), path: seq === 2 ? '/home/made' : '/home/.history' }));
    const timeline = new Timeline({
      ...({} as ConstructorParameters<typeof Timeline>[0]),
      historyEntries: async () => ({ entries, more: false }),
      historyRuns: async () => [{ run: 1, pid: 1, kind: 'program', name: 'sh', args: [], started: 0, first: 1, last: 3, entries: 3 }],
      historySnapshots: async () => [], historyRetention: async () => ({ age: null, entries: null, bytes: null }),
      historyCost: async () => ({ entries: 3, oldest: 1, journal: 1, present: 2, past: 3 }),
    });
    await timeline.refresh();
    expect(timeline.store.getState()).toMatchObject({ loaded: 3, shown: 1, notes: 2 });
    timeline.setTyped(true);
    expect(timeline.store.getState()).toMatchObject({ shown: 3, notes: 2 });
    timeline.setTyped(false);
    timeline.setFilter('run:1');
    await settled();
    expect(timeline.store.getState().shown).toBe(3);
  });

  it('goes to moments within its ends, and says by whom they are', async () => {
    const { timeline, state } = history(3000);
    await timeline.refresh();
    timeline.setPoint(2990);
    expect(state().pointEntry).toMatchObject({ seq: 2990, run: 598 });
    timeline.setPoint(7);
    expect(state()).toMatchObject({ point: 7, pointEntry: null });
    await settled();
    expect(state().pointEntry?.seq).toBe(7);
    timeline.setPoint(-5);
    expect(state().point).toBe(0);
    timeline.setPoint(3000);
    expect(state()).toMatchObject({ point: null, pointEntry: null });
  });

  it('steps by entries and by runs', async () => {
    const { timeline, state } = history(20);
    await timeline.refresh();
    const steps: (number | null)[] = [];
    for (const [by, direction] of [['entry', -1], ['run', -1], ['run', -1], ['run', 1], ['entry', 1], ['run', 1], ['run', 1], ['run', 1]] as const) {
      timeline.step(by, direction);
      steps.push(state().point);
    }
    expect(steps).toEqual([19, 15, 10, 15, 16, null, null, null]);
  });

  it('forgets what was trimmed', async () => {
    const { timeline, state, trim } = history(50);
    await timeline.refresh();
    trim(41);
    timeline.setCost({ entries: 10, oldest: 41, journal: 1, present: 2, past: 3 });
    expect(state()).toMatchObject({ loaded: 10, oldest: 40 });
    timeline.setPoint(3);
    expect(state().point).toBe(40);
  });

  it('says why it cannot be read, and goes on when it can', async () => {
    const { timeline, state } = history(5);
    const failing = new Timeline({ historyEntries: async () => Promise.reject(new Error('EIO: no')), historyRuns: async () => [], historySnapshots: async () => [], historyCost: async () => Promise.reject(new Error('no')), historyRetention: async () => Promise.reject(new Error('no')) });
    await failing.refresh();
    expect(failing.store.getState()).toMatchObject({ error: 'EIO: no', loading: false });
    await timeline.refresh();
    expect(state().error).toBeNull();
  });

  it('samples the strip without reading everything', async () => {
    const { timeline, state, calls } = history(50_000);
    await timeline.refresh();
    expect(state().bins).toHaveLength(120);
    expect(calls.entries).toBeLessThan(130);
  });
});

describe('paths of the past', () => {
  it('are below /history', () => {
    expect([pathAt(null, '/a'), pathAt('now', '/a'), pathAt(7, '/'), pathAt(7, '/a/b'), pathAt('then', '/a')]).toEqual(['/a', '/a', '/history/7', '/history/7/a/b', '/history/then/a']);
  });
});
