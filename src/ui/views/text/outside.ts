import { diff } from '@codemirror/merge';

/** What a text that was read anew means for the one that is being edited. */
export type Outside = 'same' | 'settled' | 'follow' | 'conflict';

/**
 * `base`: as it was last read or saved, null where that is not known any more; `mine`: as it is in the editor; `theirs`: as it is in the file now.
 * `settled`: both have come to the same. `follow`: there are no edits of mine to lose.
 */
export function outside(base: string | null, mine: string, theirs: string): Outside {
  if (theirs === base) return 'same';
  if (theirs === mine) return 'settled';
  return mine === base ? 'follow' : 'conflict';
}

export interface Replacement {
  from: number;
  to: number;
  insert: string;
}

/** Above this many units in the part that differs, it is replaced as a whole. */
const PRECISE_MAX = 200_000;

/** The few replacements that make `before` into `after`: what stays keeps cursors and marks in place. */
export function replacements(before: string, after: string): Replacement[] {
  if (before === after) return [];
  const { from, toA, toB } = differing(before, after);
  if (toA - from + (toB - from) > PRECISE_MAX) return [{ from, to: toA, insert: after.slice(from, toB) }];
  return diff(before.slice(from, toA), after.slice(from, toB), { scanLimit: 500, timeout: 50 })
    .map((change) => ({ from: from + change.fromA, to: from + change.toA, insert: after.slice(from + change.fromB, from + change.toB) }));
}

/** The part without what both begin and end with; no surrogate pair is parted. */
function differing(a: string, b: string): { from: number; toA: number; toB: number } {
  const most = Math.min(a.length, b.length);
  let from = 0;
  while (from < most && a.charCodeAt(from) === b.charCodeAt(from)) from++;
  if (from > 0 && isHigh(a.charCodeAt(from - 1))) from--;
  let end = 0;
  while (end < most - from && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end++;
  if (end > 0 && isLow(a.charCodeAt(a.length - end))) end--;
  return { from, toA: a.length - end, toB: b.length - end };
}

const isHigh = (unit: number): boolean => (unit & 0xfc00) === 0xd800;
const isLow = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;
