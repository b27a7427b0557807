import { expect, it } from 'vitest';
import { MemoryStore } from './memory-store.ts';
import { Runs } from './runs.ts';
import { change, fixture } from './testing/fixture.ts';

it('RU1 runs are numbered over sessions; the user is run 0', () => {
  const runs = new Runs({ next: 40, now: () => 7 });
  const pid = runs.nextPid();
  expect(runs.begin(pid, { name: 'a', args: [], started: 1 })).toBe(40);
  const act = runs.act('undo', 'undo of run 3');
  expect(act).toEqual({ run: 41, pid: 2 });
  expect([runs.of(pid), runs.of(act.pid), runs.of(0x3fffffff), runs.of(99)]).toEqual([40, 41, 0, 0]);
  expect(runs.record(41)).toMatchObject({ kind: 'undo', name: 'undo of run 3', started: 7 });
  expect(runs.nextPid()).toBe(3);
});

it('RU2 a record is stored with the first batch that mentions its run, and again when the run has ended', () => {
  const runs = new Runs({ next: 1, now: () => 7 });
  for (const name of ['a', 'b']) runs.begin(runs.nextPid(), { name, args: [name], started: 1 });
  expect(runs.rows([2, 0x3fffffff])).toEqual({ runs: [{ run: 2, pid: 2, kind: 'program', name: 'b', args: ['b'], started: 1 }], nextRun: 3 });
  expect(runs.rows([2]).runs).toEqual([]);
  runs.end(2);
  runs.end(1);
  expect(runs.rows([]).runs).toMatchObject([{ run: 2, ended: 7 }]);
  expect(runs.rows([1]).runs).toMatchObject([{ run: 1, ended: 7 }]);
  expect(runs.rows([1, 2]).runs).toEqual([]);
});

it('RU3 a batch brings the runs it mentions; the next session goes on after them', async () => {
  const runs = new Runs({ next: 1, now: () => 7 });
  const at = await fixture({}, undefined, undefined, runs);
  runs.begin(runs.nextPid(), { name: 'a', args: [], started: 1 });
  const batch = await at.commit([change('create', 2, 1, 'f', { pid: 1 }), change('create', 3, 1, 'g', { pid: 0x3fffffff })]);
  expect(batch.journal.map(({ run }) => run)).toEqual([1, 0]);
  const next = new MemoryStore(at.disk);
  expect(await next.open()).toMatchObject({ nextRun: 2 });
  expect(await next.runs(0, 9)).toMatchObject([{ run: 1, name: 'a' }]);
});

it('RU4 a run brings those that started it into the store, also if these change nothing; a new number of the session is theirs, too', () => {
  const runs = new Runs({ next: 10, now: () => 7 });
  for (const ppid of [0, 1, 2, 99]) runs.begin(runs.nextPid(), { name: `${ppid}`, args: [], started: 1, ppid });
  expect([...runs.from(11)].map(({ run, parent }) => [run, parent])).toEqual([[11, 10], [12, 11], [13, undefined]]);
  expect(runs.rows([3]).runs.map(({ run, parent }) => [run, parent])).toEqual([[12, 11], [11, 10], [10, undefined]]);
  expect(runs.rows([3, 2]).runs).toEqual([]);
  runs.end(1);
  runs.rebase(100);
  expect(runs.rows([3]).runs.map(({ run, parent }) => [run, parent])).toEqual([[102, 101], [101, undefined]]);
});
