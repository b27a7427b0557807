/** A stretch `[from, to)` in which two files differ, or which only one of them has. */
export interface ByteRange {
  from: number;
  to: number;
}

export interface ByteDiff {
  ranges: ByteRange[];
  /** Bytes that were looked at; the rest was not compared. */
  compared: number;
  /** There are more ranges than are listed. */
  more: boolean;
}

export type ReadBytes = (offset: number, length: number) => Promise<Uint8Array>;

export interface Side {
  size: number;
  read: ReadBytes;
}

/** At most so much of two files is compared. */
export const COMPARED_MAX = 32 * 1024 * 1024;
const STEP = 512 * 1024;
const RANGES_MAX = 1000;
/** Differences that are less apart are one range. */
const GAP = 16;

/** In which ranges two files differ, place by place. Throws an `AbortError` when `signal` says so. */
export async function compareBytes(before: Side, after: Side, signal: AbortSignal, onProgress: (compared: number) => void = () => undefined): Promise<ByteDiff> {
  const both = Math.min(before.size, after.size);
  const end = Math.min(both, COMPARED_MAX);
  const ranges: ByteRange[] = [];
  for (let offset = 0; offset < end && ranges.length <= RANGES_MAX; offset += STEP) {
    signal.throwIfAborted();
    const length = Math.min(STEP, end - offset);
    const [left, right] = await Promise.all([before.read(offset, length), after.read(offset, length)]);
    addRanges(ranges, left, right, offset);
    onProgress(offset + length);
  }
  signal.throwIfAborted();
  const longer = Math.max(before.size, after.size);
  if (longer > both && end === both) note(ranges, both, longer);
  return { ranges: ranges.slice(0, RANGES_MAX), compared: end, more: ranges.length > RANGES_MAX };
}

function addRanges(ranges: ByteRange[], left: Uint8Array, right: Uint8Array, offset: number): void {
  const length = Math.max(left.length, right.length);
  for (let at = 0; at < length; at++) {
    if (left[at] === right[at]) continue;
    const from = at;
    while (at < length && left[at] !== right[at]) at++;
    note(ranges, offset + from, offset + at);
    if (ranges.length > RANGES_MAX) return;
  }
}

function note(ranges: ByteRange[], from: number, to: number): void {
  const last = ranges.at(-1);
  if (last && from - last.to < GAP) last.to = to;
  else ranges.push({ from, to });
}

/** Rows of a range that are shown at most. */
const ROWS_MAX = 24;

export interface HexWindow {
  range: ByteRange;
  /** Offsets of the rows: one before the range and one after it, where there are such. */
  rows: number[];
  /** Rows that are left out. */
  hidden: number;
}

/** What is shown of a range: whole rows of `width` bytes. */
export function hexWindow(range: ByteRange, width: number, size: number): HexWindow {
  const first = Math.max(0, Math.floor(range.from / width) - 1);
  const last = Math.min(Math.ceil(size / width) - 1, Math.ceil(range.to / width));
  const count = last - first + 1;
  const shown = Math.min(count, ROWS_MAX);
  return { range, rows: Array.from({ length: shown }, (_, at) => (first + at) * width), hidden: count - shown };
}
