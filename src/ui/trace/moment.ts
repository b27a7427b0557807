import type { HistoryCalls } from '../../shared/abi/index.ts';

type Api = Pick<HistoryCalls, 'historyEntries'>;

/** Times of entries are whole milliseconds, rounded down. */
const SLACK = 1;

/**
 * The point of the history that was the present at a time: the number of the last entry made until then; 0 before all of them, null: nothing has changed since.
 * The journal is in the order of time, so it is found by halving.
 */
export async function pointAt(api: Api, time: number): Promise<number | null> {
  const until = time + SLACK;
  const entryAt = async (seq: number) => (await api.historyEntries({ before: seq + 1, limit: 1 })).entries[0];
  const newest = (await api.historyEntries({ limit: 1 })).entries[0];
  if (!newest || newest.time <= until) return null;
  let [low, high] = [0, newest.seq];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    const entry = await entryAt(middle);
    // What is older is not kept: the moment is after it.
    if (!entry || entry.time <= until) low = middle;
    else high = Math.min(middle, Math.max(low + 1, entry.seq));
  }
  return low;
}
