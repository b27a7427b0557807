import { diffLines, diffWordsWithSpace } from 'diff';

/** One line of a side. */
export interface Line {
  /** From 1. */
  number: number;
  text: string;
  /** It is the last one and has no line feed. */
  bare?: boolean;
}

/** A row of a comparison of texts, side by side. `fold`: so many lines that are the same. */
export type LineRow =
  | { kind: 'same'; left: Line; right: Line }
  | { kind: 'differ'; left?: Line; right?: Line }
  | { kind: 'fold'; count: number; at: number };

/** Lines that are shown around a difference. */
const CONTEXT = 3;
/** After so many ms, or edits, a comparison is given up: then one text takes the place of the other as a whole. */
const TIMEOUT = 400;
const EDITS_MAX = 20_000;

export interface LineDiff {
  rows: LineRow[];
  added: number;
  removed: number;
  /** They were too different to be compared. */
  gaveUp: boolean;
}

/** Compares two texts by lines. */
export function compareLines(before: string, after: string, editsMax = EDITS_MAX): LineDiff {
  const parts = diffLines(before, after, { timeout: TIMEOUT, maxEditLength: editsMax });
  const given = parts ?? [{ value: before, removed: true, added: false }, { value: after, removed: false, added: true }];
  const rows: LineRow[] = [];
  const removed: Line[] = [];
  const added: Line[] = [];
  const counts = { added: 0, removed: 0 };
  const flush = (): void => {
    for (const [left, right] of pairLines(removed, added)) rows.push({ kind: 'differ', ...(left && { left }), ...(right && { right }) });
    counts.removed += removed.splice(0).length;
    counts.added += added.splice(0).length;
  };
  const next = { left: 1, right: 1 };
  for (const part of given) {
    for (const line of splitLines(part.value)) {
      if (part.removed) removed.push({ number: next.left++, ...line });
      else if (part.added) added.push({ number: next.right++, ...line });
      else {
        flush();
        rows.push({ kind: 'same', left: { number: next.left++, ...line }, right: { number: next.right++, ...line } });
      }
    }
  }
  flush();
  return { rows, ...counts, gaveUp: parts === undefined };
}

/** Blocks with more pairs than these are put side by side line by line. */
const PAIRS_MAX = 2500;
/** Share of two lines that must be the same at their ends for one to stand for the other. */
const ALIKE = 0.3;

type Pair = [Line | undefined, Line | undefined];

const zip = (left: readonly Line[], right: readonly Line[]): Pair[] => Array.from({ length: Math.max(left.length, right.length) }, (_, at) => [left[at], right[at]]);

/** Puts lines that took the place of others beside those that they are like, in order; what is between, side by side. */
export function pairLines(removed: readonly Line[], added: readonly Line[]): Pair[] {
  if (removed.length === added.length || removed.length * added.length > PAIRS_MAX) return zip(removed, added);
  const best = alignment(removed, added);
  const at = (row: number, column: number): number => best[row]?.[column] ?? 0;
  const pairs: Pair[] = [];
  const from = { left: 0, right: 0 };
  for (let left = 0, right = 0; left < removed.length && right < added.length;) {
    if (at(left, right) === at(left, right + 1)) right++;
    else if (at(left, right) === at(left + 1, right)) left++;
    else {
      pairs.push(...zip(removed.slice(from.left, left), added.slice(from.right, right)), [removed[left++], added[right++]]);
      Object.assign(from, { left, right });
    }
  }
  return [...pairs, ...zip(removed.slice(from.left), added.slice(from.right))];
}

/** For each place in both blocks how much likeness the rest can have at best, when lines are paired in order. */
function alignment(removed: readonly Line[], added: readonly Line[]): number[][] {
  const best = Array.from({ length: removed.length + 1 }, () => new Array<number>(added.length + 1).fill(0));
  const at = (row: number, column: number): number => best[row]?.[column] ?? 0;
  for (let row = removed.length - 1; row >= 0; row--) {
    for (let column = added.length - 1; column >= 0; column--) {
      const alike = likeness(removed[row]?.text ?? '', added[column]?.text ?? '');
      best[row]![column] = Math.max(at(row + 1, column), at(row, column + 1), alike < ALIKE ? 0 : alike + at(row + 1, column + 1));
    }
  }
  return best;
}

/** 0 to 1: the share of the longer line that both have at their beginning and at their end, spaces around aside. */
function likeness(left: string, right: string): number {
  const [a, b] = [left.trim(), right.trim()];
  const least = Math.min(a.length, b.length);
  let head = 0;
  while (head < least && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < least - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return least === 0 ? 0 : (head + tail) / Math.max(a.length, b.length);
}

function splitLines(text: string): { text: string; bare?: boolean }[] {
  if (text === '') return [];
  const lines = text.split('\n');
  const last = lines.pop();
  const whole: { text: string; bare?: boolean }[] = lines.map((line) => ({ text: line }));
  return last === '' || last === undefined ? whole : [...whole, { text: last, bare: true }];
}

/** Puts a fold in place of what is far from any difference, but for those folds that are open (by their `at`). */
export function foldRows(rows: readonly LineRow[], open: ReadonlySet<number>): LineRow[] {
  const folded: LineRow[] = [];
  for (let at = 0; at < rows.length;) {
    if (rows[at]?.kind !== 'same') {
      folded.push(rows[at++] as LineRow);
      continue;
    }
    let end = at;
    while (end < rows.length && rows[end]?.kind === 'same') end++;
    const from = at === 0 ? at : at + CONTEXT;
    const to = end === rows.length ? end : end - CONTEXT;
    if (to - from < 4 || open.has(from)) folded.push(...rows.slice(at, end));
    else folded.push(...rows.slice(at, from), { kind: 'fold', count: to - from, at: from }, ...rows.slice(to, end));
    at = end;
  }
  return folded;
}

/** Rows for one column: what was removed, then what was added in its place. */
export function unifyRows(rows: readonly LineRow[]): LineRow[] {
  const unified: LineRow[] = [];
  let added: LineRow[] = [];
  for (const row of rows) {
    if (row.kind === 'differ') {
      if (row.left) unified.push({ kind: 'differ', left: row.left });
      if (row.right) added.push({ kind: 'differ', right: row.right });
      continue;
    }
    unified.push(...added, row);
    added = [];
  }
  return [...unified, ...added];
}

export interface Piece {
  text: string;
  differs: boolean;
}

/** Longer lines are not compared by words. */
const WORDS_MAX = 600;

/** The pieces of two lines that stand for each other, with those marked in which they differ. */
export function comparePieces(left: string, right: string): { left: Piece[]; right: Piece[] } | null {
  if (left.length > WORDS_MAX || right.length > WORDS_MAX) return null;
  const parts = diffWordsWithSpace(left, right);
  const common = parts.reduce((sum, part) => sum + (part.added || part.removed ? 0 : part.value.trim().length), 0);
  // Lines that have next to nothing in common are clearer without marks.
  if (common * 4 < Math.max(left.trim().length, right.trim().length)) return null;
  const side = (other: 'added' | 'removed'): Piece[] => parts.filter((part) => !part[other]).map((part) => ({ text: part.value, differs: part.added || part.removed }));
  return { left: side('added'), right: side('removed') };
}
