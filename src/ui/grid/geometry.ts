/** Browsers cut elements off at some 17 million px; above this a pixel of scrolling stands for more than one of rows. */
const HEIGHT_MAX = 8_000_000;

export interface Geometry {
  /** Height of all rows, in px of scrolling. */
  height: number;
  /** Rows to mount, `[start, end)`. */
  start: number;
  end: number;
  /** Where a row is, in px from the top of the first. */
  topOf(row: number): number;
  /** How to scroll so that a row is seen; null where it is seen already. */
  reveal(row: number): number | null;
}

/** Which rows of a table are seen at a place of scrolling; the same cost for ten rows and ten million. `view`: height of the rows' window. */
export function geometry(count: number, rowHeight: number, scrollTop: number, view: number): Geometry {
  const full = count * rowHeight;
  const height = Math.min(full, HEIGHT_MAX);
  const scaled = full > height;
  const fitting = Math.max(1, Math.floor(view / rowHeight));
  const lastFirst = Math.max(0, count - fitting);
  const range = Math.max(1, height - view);
  const first = scaled ? Math.min(1, scrollTop / range) * lastFirst : scrollTop / rowHeight;
  const start = Math.max(0, Math.floor(first) - 2);
  return {
    height, start, end: Math.min(count, Math.floor(first) + fitting + 3),
    topOf: (row) => (scaled ? scrollTop + (row - first) * rowHeight : row * rowHeight),
    reveal: (row) => {
      const target = row < first ? row : row > first + fitting - 1 ? row - fitting + 1 : null;
      if (target === null) return null;
      return scaled ? (Math.max(0, target) / Math.max(1, lastFirst)) * range : Math.max(0, target) * rowHeight;
    },
  };
}

/** Where each column begins, and the whole width at the end. */
export function lefts(widths: readonly number[]): number[] {
  const all = [0];
  for (const width of widths) all.push(all.at(-1)! + width);
  return all;
}

/** Columns that are seen, `[start, end)`. */
export function columnsIn(starts: readonly number[], left: number, right: number): [number, number] {
  let start = 0;
  while (start < starts.length - 2 && starts[start + 1]! <= left) start += 1;
  let end = start + 1;
  while (end < starts.length - 1 && starts[end]! < right) end += 1;
  return [start, Math.min(end, starts.length - 1)];
}

/** Where a key goes from a cell; row -1 is the header. Null for a key that goes nowhere. */
export function step(key: string, ctrl: boolean, { row, column }: { row: number; column: number }, rows: number, columns: number, page: number): { row: number; column: number } | null {
  const to = (nextRow: number, nextColumn: number) => ({ row: Math.max(-1, Math.min(rows - 1, nextRow)), column: Math.max(0, Math.min(columns - 1, nextColumn)) });
  switch (key) {
    case 'ArrowDown': return to(ctrl ? rows - 1 : row + 1, column);
    case 'ArrowUp': return to(ctrl ? 0 : row - 1, column);
    case 'ArrowRight': return to(row, ctrl ? columns - 1 : column + 1);
    case 'ArrowLeft': return to(row, ctrl ? 0 : column - 1);
    case 'PageDown': return to(row + page, column);
    case 'PageUp': return to(Math.max(0, row - page), column);
    case 'Home': return to(ctrl ? 0 : row, 0);
    case 'End': return to(ctrl ? rows - 1 : row, columns - 1);
    default: return null;
  }
}
