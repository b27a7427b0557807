import type { HistoryEntry, HistoryFilter, HistoryRun } from '../../shared/abi/index.ts';

/** A stretch of entries of one run with no other run's between them. */
export interface RunRow {
  type: 'run';
  key: string;
  run: number;
  /** Numbers of the oldest and the newest entry of the stretch. */
  first: number;
  last: number;
  /** Entries of the stretch. */
  count: number;
  /** Of its newest entry, in milliseconds since the epoch. */
  time: number;
  open: boolean;
}

export interface EntryRow {
  type: 'entry';
  entry: HistoryEntry;
  /** 1-based among the entries of its stretch, with their number: `aria-posinset` and `aria-setsize`. */
  position: number;
  siblings: number;
}

export type TimelineRow = RunRow | EntryRow;

/** Longer stretches are closed until they are opened. */
const OPEN_MAX = 12;

/** Rows of the timeline from entries, newest first. `toggled`: keys of the stretches that are not as they would be by themselves. */
export function timelineRows(entries: readonly HistoryEntry[], toggled: ReadonlySet<string>): TimelineRow[] {
  const rows: TimelineRow[] = [];
  for (let at = 0; at < entries.length;) {
    const newest = entries[at] as HistoryEntry;
    let end = at + 1;
    while (end < entries.length && entries[end]?.run === newest.run) end++;
    const oldest = entries[end - 1] as HistoryEntry;
    const count = end - at;
    // Of a run all stretches open together; the user's are told apart by where they begin.
    const key = newest.run === 0 ? `user ${oldest.seq}` : `run ${newest.run}`;
    const open = count <= OPEN_MAX !== toggled.has(key);
    rows.push({ type: 'run', key, run: newest.run, first: oldest.seq, last: newest.seq, count, time: newest.time, open });
    if (open) for (let index = at; index < end; index++) rows.push({ type: 'entry', entry: entries[index] as HistoryEntry, position: index - at + 1, siblings: count });
    at = end;
  }
  return rows;
}

/** What a filter says: `/path`, `run:7` and `pid:7` are asked of the kernel, other words are looked for in what it gives. */
export function parseFilter(text: string): { filter: HistoryFilter; words: string[] } {
  const filter: HistoryFilter = {};
  const words: string[] = [];
  for (const word of text.trim().split(/\s+/).filter(Boolean)) {
    const number = /^(run|pid):(\d{1,15})$/.exec(word);
    if (number) filter[number[1] as 'run' | 'pid'] = Number(number[2]);
    else if (word.startsWith('/') && filter.path === undefined) filter.path = word.length > 1 ? word.replace(/\/+$/, '') : '/';
    else words.push(word.toLowerCase());
  }
  return { filter, words };
}

/** Whether an entry has all words in its paths, its kind of change or its run's name. */
export function entryMatches(entry: HistoryEntry, words: readonly string[], runName: string): boolean {
  if (words.length === 0) return true;
  const text = `${entry.path} ${entry.to ?? ''} ${entry.op} ${runName}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/**
 * The points at which a run begins or ends, ascending: the state before and after each. For stepping by runs where stretches
 * of runs lie within others.
 */
export function runBounds(runs: readonly HistoryRun[]): number[] {
  return [...new Set(runs.flatMap(({ first, last }) => [first - 1, last]))].sort((a, b) => a - b);
}

/** The bound after `point` (`step` 1), or before it (-1); where there is none, the end of the track. */
export function nextBound(bounds: readonly number[], point: number, step: 1 | -1, min: number, max: number): number {
  if (step === 1) return bounds.find((bound) => bound > point) ?? max;
  return bounds.findLast((bound) => bound < point) ?? min;
}

export interface DensityBin {
  /** Entries a second, as a share of the densest bin by its square root: 0 to 1. */
  height: number;
  /** The run that has most of the bin; -1 where none is known. */
  run: number;
}

/** Of how many bins the strip above the track is. */
export const BINS = 120;

/**
 * How dense the changes were along the track. `samples`: times (ms) at the bounds of the bins, from the oldest point to the
 * newest, one more than there are bins.
 */
export function densityBins(samples: readonly number[], runs: readonly HistoryRun[], min: number, max: number): DensityBin[] {
  const bins = samples.length - 1;
  const width = (max - min) / bins;
  const rates = Array.from({ length: bins }, (_, bin) => Math.sqrt((width * 1000) / Math.max(1, (samples[bin + 1] ?? 0) - (samples[bin] ?? 0))));
  const top = Math.max(...rates, Number.MIN_VALUE);
  return rates.map((rate, bin) => ({ height: rate / top, run: mainRun(runs, min + bin * width, min + (bin + 1) * width) }));
}

/** Of the runs that overlap `(from, to]` the one that is densest there. */
function mainRun(runs: readonly HistoryRun[], from: number, to: number): number {
  let best = -1;
  let most = 0;
  for (const { run, first, last, entries } of runs) {
    const overlap = Math.min(to, last) - Math.max(from, first - 1);
    const share = (overlap * entries) / (last - first + 1);
    if (overlap > 0 && share > most) [best, most] = [run, share];
  }
  return best;
}
