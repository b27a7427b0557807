import { expect, it } from 'vitest';
import { Random } from '../../shared/testing/random.ts';
import type { JournalRecord, RunRecord } from '../contract/index.ts';
import { JournalIndex } from './journal-index.ts';
import { listEntries, listRuns } from './listing.ts';

const SECOND = 1_000_000_000n;

/** A journal of some runs, of which some go on for long, and of the user. */
function makeJournal(random: Random, length: number): JournalRecord[] {
  const records: JournalRecord[] = [];
  let time = 1_000_000n * SECOND;
  const open = [1];
  for (let seq = 1; seq <= length; seq++) {
    time += BigInt(random.below(20)) * SECOND;
    if (random.below(6) === 0) open.push(open.length + 1);
    const run = random.below(4) === 0 ? 0 : random.below(3) === 0 ? random.pick(open) : open.length;
    const node = { ino: 2, kind: 'file' as const, size: seq, nlink: 1, atime: time, mtime: time, ctime: time };
    records.push({ seq, time, pid: run, run, op: 'write', path: `/d${seq % 3}/f`, parent: 0, before: node, after: node, blocks: [] });
  }
  return records;
}

function expectedRuns(records: readonly JournalRecord[], wanted: (record: JournalRecord) => boolean): [number, number, number, number][] {
  const found: [number, number, number, number][] = [];
  let act: { entry: [number, number, number, number]; time: bigint } | null = null;
  for (const record of records.toReversed()) {
    if (record.run !== 0) {
      act = null;
      const all = records.filter(({ run }) => run === record.run);
      if (wanted(record) && !found.some(([run]) => run === record.run)) found.push([record.run, all[0]!.seq, all.at(-1)!.seq, all.length]);
    } else if (wanted(record)) {
      if (act && act.time - record.time < 30n * SECOND) {
        act.entry[1] = record.seq;
        act.entry[3]++;
        act.time = record.time;
      } else {
        act = { entry: [0, record.seq, record.seq, 1], time: record.time };
        found.push(act.entry);
      }
    }
  }
  return found;
}

it.for(Array.from({ length: 10 }, (_, i) => i + 1))('HP1 HI2 HI3 runs and entries are those of a plain count, over many pages that are read again: seed %i', async (seed) => {
  const random = new Random(seed);
  const records = makeJournal(random, 400);
  const stored = random.below(400);
  const reads: number[] = [];
  const index = new JournalIndex({
    read: async (from, limit) => {
      reads.push(from);
      return records.slice(from - 1, from - 1 + limit);
    },
    yield: async () => {}, last: stored, oldest: 1, page: 8, keep: 2,
  });
  index.add(records.slice(stored));
  index.committed(400);
  const lookup = async (run: number): Promise<RunRecord> => {
    const first = records.find((record) => record.run === run)!;
    return { run, pid: run, kind: 'program', name: `p${run}`, args: [], started: Number(first.time / 1_000_000n) };
  };
  for (const path of [undefined, '/d1', '/d1/f', '/none']) {
    const wanted = (record: JournalRecord): boolean => path === undefined || record.path.startsWith(path);
    const runs = await listRuns(index, { since: 0, ...(path === undefined ? {} : { path }) }, lookup);
    expect(runs.map(({ run, first, last, entries }) => [run, first, last, entries])).toEqual(expectedRuns(records, wanted));
    const { entries, more } = await listEntries(index, { since: 100, before: 350, limit: 20, ...(path === undefined ? {} : { path }) });
    const all = records.filter((record) => record.seq > 100 && record.seq < 350 && wanted(record)).toReversed();
    expect(entries.map(({ seq }) => seq)).toEqual(all.slice(0, 20).map(({ seq }) => seq));
    expect(more).toBe(all.length > 20);
  }
  expect((await listRuns(index, { since: 0, limit: 3 }, lookup)).map(({ run, first, last, entries }) => [run, first, last, entries])).toEqual(expectedRuns(records, () => true).slice(0, 3));
  expect(reads.length).toBeGreaterThan(stored / 8);
});

it('HI2 the newest entries cost one page', async () => {
  const records = makeJournal(new Random(1), 400);
  const reads: number[] = [];
  const index = new JournalIndex({
    read: async (from, limit) => {
      reads.push(from);
      return records.slice(from - 1, from - 1 + limit);
    },
    yield: async () => {}, last: 400, oldest: 1, page: 64,
  });
  await listEntries(index, { since: 0, limit: 20 });
  expect(reads).toEqual([337]);
});
