import type { NodeRecord } from '../contract/index.ts';
import { nodeEffect } from './effects.ts';
import type { JournalIndex } from './journal-index.ts';

/** Entries before the point that are searched for the last change of a directory. */
const SEARCH = 65_536;

/**
 * The times of a directory at `at`, of which later records tell nothing, as they follow from its names: those of the last change in it
 * or of it at or before `at`. Without one in reach: those that were shipped, else the oldest that is known.
 */
export async function directoryTimes(record: NodeRecord, shipped: NodeRecord | undefined, at: number, index: JournalIndex): Promise<NodeRecord> {
  const { ino } = record;
  let named: number | undefined;
  let touched: number | undefined;
  const end = Math.max(index.oldest - 1, at - SEARCH);
  for (let from = at; named === undefined && touched === undefined && from > end;) {
    const start = Math.max(end, from - 1024);
    await index.load(start);
    named = index.ofDirectory(ino, start, from).at(-1);
    touched = index.ofNode(ino, start, from).at(-1);
    from = start;
  }
  if (touched === undefined && named === undefined) return shipped ? { ...record, mtime: shipped.mtime, ctime: shipped.ctime } : record;
  const after = touched === undefined ? undefined : nodeEffect(await index.record(touched), ino)?.after;
  const time = named === undefined ? undefined : (await index.record(named)).time;
  // A record of the directory holds its state at the end of the batch, so it may stand before the names that it already knows.
  if (after && (time === undefined || touched! > named! || after.ctime >= time)) return { ...record, atime: after.atime, mtime: after.mtime, ctime: after.ctime };
  return time === undefined ? record : { ...record, mtime: time, ctime: time };
}
