import { diffArrays } from 'diff';

/** Bytes of a text that is merged line by line, and lines by which a side may differ, at most. */
export const TEXT_MAX = 1 << 20;
const EDITS_MAX = 4000;

/** Lines `start` … `end - 1` of the base are `lines` instead. */
interface Hunk { start: number; end: number; lines: string[] }

/** The three-way merge of a text; null where both sides changed the same or neighbouring lines in different ways, or for what is no text. */
export function mergeText(base: Uint8Array, mine: Uint8Array, theirs: Uint8Array): Uint8Array | null {
  const [common, left, right] = [linesOf(base), linesOf(mine), linesOf(theirs)];
  if (!common || !left || !right) return null;
  const [a, b] = [hunks(common, left), hunks(common, right)];
  if (!a || !b) return null;
  const merged: string[] = [];
  let at = 0;
  for (let [i, j] = [0, 0]; i < a.length || j < b.length;) {
    const [x, y] = [a[i], b[j]];
    if (x && y && x.start <= y.end && y.start <= x.end) {
      if (x.start !== y.start || x.end !== y.end || x.lines.join('') !== y.lines.join('')) return null;
      j++;
      continue;
    }
    const next = x && (!y || x.start < y.start) ? x : y!;
    if (next === x) i++;
    else j++;
    merged.push(...common.slice(at, next.start), ...next.lines);
    at = next.end;
  }
  merged.push(...common.slice(at));
  return new TextEncoder().encode(merged.join(''));
}

function hunks(from: string[], to: string[]): Hunk[] | null {
  const changes = diffArrays(from, to, { maxEditLength: EDITS_MAX });
  if (!changes) return null;
  const found: Hunk[] = [];
  let at = 0;
  let open: Hunk | null = null;
  for (const { added, removed, count, value } of changes) {
    if (!added && !removed) {
      open = null;
      at += count;
      continue;
    }
    if (!open) found.push((open = { start: at, end: at, lines: [] }));
    if (added) open.lines.push(...value);
    else open.end = at += count;
  }
  return found;
}

function linesOf(bytes: Uint8Array): string[] | null {
  if (bytes.length > TEXT_MAX || bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).split(/(?<=\n)/);
  } catch {
    return null;
  }
}
