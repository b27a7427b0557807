import { isPrompt, type HistoryEntry, type HistoryFilter, type HistoryRun, type RunKind } from '../../shared/abi/index.ts';
import type { JournalRecord, RunRecord } from '../contract/index.ts';
import { isWithin } from './effects.ts';
import type { JournalIndex } from './journal-index.ts';

export const ENTRIES_DEFAULT = 1000;
export const ENTRIES_MAX = 10_000;

/** Milliseconds by which the times of a run and of its entries may differ. */
const CLOCK_SLACK = 10_000;
/** Nanoseconds without a change after which the user's next one begins another act. */
const ACT_PAUSE = 30_000_000_000n;

const ANCESTORS_MAX = 64;

export type RunLookup = (run: number) => Promise<RunRecord | undefined>;

/** A filter whose points are entries' numbers. */
export interface Wanted extends Omit<HistoryFilter, 'since' | 'run' | 'children'> {
  since: number;
  runs?: ReadonlySet<number>;
}

export async function listEntries(index: JournalIndex, filter: Wanted): Promise<{ entries: HistoryEntry[]; more: boolean }> {
  const { limit = ENTRIES_DEFAULT, before = Infinity, since } = filter;
  const entries: HistoryEntry[] = [];
  for await (const page of index.backward(before, Math.max(since + 1, index.oldest))) {
    for (const record of page) {
      if (!matches(record, filter)) continue;
      if (entries.length === limit) return { entries, more: true };
      entries.push(toEntry(record));
    }
  }
  return { entries, more: false };
}

/** Runs with an entry that the filter wants, the newest first. The user's own entries are told as acts: what was done without a pause. */
export async function listRuns(index: JournalIndex, filter: Wanted, lookup: RunLookup): Promise<HistoryRun[]> {
  const { limit = ENTRIES_DEFAULT, before = Infinity } = filter;
  const from = Math.max(filter.since + 1, index.oldest);
  const found: HistoryRun[] = [];
  const seen = new Set<number>();
  let act: { run: HistoryRun; time: bigint } | null = null;
  // Of a run that was met nothing more is to be learned; another one's entries end an act.
  const known = (runs: Iterable<number>): boolean => {
    for (const run of runs) if (!seen.has(run)) return false;
    act = null;
    return true;
  };
  for await (const page of index.backward(before, from, known)) {
    for (const record of page) {
      if (record.run !== 0) act = null;
      if ((record.run !== 0 && seen.has(record.run)) || !matches(record, filter)) continue;
      if (record.run === 0 && act && act.time - record.time < ACT_PAUSE) {
        act = { run: Object.assign(act.run, { first: record.seq, started: milliseconds(record.time), entries: act.run.entries + 1 }), time: record.time };
        continue;
      }
      if (found.length === limit) return inFull(index, found, lookup);
      if (record.run !== 0) {
        seen.add(record.run);
        found.push(programRun(record));
        // No other record is of this run's, or wanted: the rest need not be read.
        if (filter.runs?.size === seen.size || found.length === limit) return inFull(index, found, lookup);
      } else {
        act = { run: userAct(record), time: record.time };
        found.push(act.run);
      }
    }
  }
  return inFull(index, found, lookup);
}

const programRun = ({ run, seq, pid, time }: JournalRecord): HistoryRun => ({
  run, pid, kind: 'program', name: `run ${run}`, args: [], started: milliseconds(time), first: seq, last: seq, entries: 1,
});

/** Runs with what is known of them, and with all their entries, those that the filter leaves out as well: nothing of a run is older than the run. */
async function inFull(index: JournalIndex, found: HistoryRun[], lookup: RunLookup): Promise<HistoryRun[]> {
  let started = Infinity;
  const remembered = remembering(lookup);
  for (const run of found) {
    const known = run.run === 0 ? undefined : await remembered(run.run);
    if (known) {
      Object.assign(run, { kind: known.kind, name: known.name, args: [...known.args], started: known.started });
      const ancestors = await ancestorsOf(known, remembered);
      if (known.parent !== undefined) run.parent = known.parent;
      if (ancestors.length > 0) run.ancestors = ancestors;
    }
    if (run.run !== 0) started = Math.min(started, known?.started ?? 0);
  }
  while (started < Infinity && index.firstLoaded > index.oldest) {
    if (index.firstLoaded <= index.last && milliseconds((await index.record(index.firstLoaded)).time) < started - CLOCK_SLACK) break;
    await index.load(index.firstLoaded - 2);
  }
  for (const run of found) {
    const span = run.run === 0 ? undefined : index.spanOfRun(run.run);
    if (span) Object.assign(run, { first: span.first, last: span.last, entries: span.count });
  }
  return found;
}

/** A lookup that asks for each run once. */
function remembering(lookup: RunLookup): RunLookup {
  const known = new Map<number, Promise<RunRecord | undefined>>();
  return (run) => {
    const asked = known.get(run) ?? lookup(run);
    known.set(run, asked);
    return asked;
  };
}

/** As `HistoryRun.ancestors`. */
async function ancestorsOf(record: RunRecord, lookup: RunLookup): Promise<number[]> {
  const found: number[] = [];
  for (let at = record; at.parent !== undefined && at.parent < at.run && found.length < ANCESTORS_MAX;) {
    const parent = await lookup(at.parent);
    if (!parent || isPrompt(parent)) break;
    found.push(parent.run);
    at = parent;
  }
  return found;
}

const userAct = ({ seq, time }: JournalRecord): HistoryRun => ({
  run: 0, pid: 0, kind: 'user' satisfies RunKind, name: 'you', args: [], started: milliseconds(time), first: seq, last: seq, entries: 1,
});

function matches({ path, to, pid, run }: JournalRecord, filter: Wanted): boolean {
  if (filter.runs !== undefined && !filter.runs.has(run)) return false;
  if (filter.pid !== undefined && pid !== filter.pid) return false;
  return filter.path === undefined || isWithin(path, filter.path) || (to !== undefined && isWithin(to, filter.path));
}

export const milliseconds = (time: bigint): number => Number(time / 1_000_000n);

export function toEntry({ seq, time, run, pid, op, path, to, before, after }: JournalRecord): HistoryEntry {
  const entry: HistoryEntry = { seq, time: milliseconds(time), run, pid, op, path, kind: (after ?? before)?.kind ?? 'file' };
  if (to !== undefined) entry.to = to;
  if (before) entry.sizeBefore = before.size;
  if (after) entry.sizeAfter = after.size;
  return entry;
}
