const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** Cells of a row that are read. */
export const COLUMNS_MAX = 2_000;
/** Characters of a cell that are shown in a table. */
export const CELL_MAX = 2_000;
/** Rows that are found; the rest is left to the text. */
export const ROWS_MAX = 5_000_000;

const decoder = new TextDecoder();

/** Byte of a delimiter that is one of these. */
export type Delimiter = ',' | ';' | '\t' | '|';
export const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

/**
 * Where each row begins (RFC 4180: a line break within quotes belongs to the cell; a quote that begins in the middle of a cell is text). CR, LF and CRLF end
 * a row; empty lines are none. A mark of the byte order is passed over. `delimiter` as a byte.
 */
export function findRows(bytes: Uint8Array, delimiter: number, max = ROWS_MAX): Uint32Array<ArrayBuffer> {
  let starts = new Uint32Array(4096);
  let count = 0;
  const { length } = bytes;
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < length && count < max) {
    if (bytes[at] === LF || bytes[at] === CR) {
      at += 1;
      continue;
    }
    if (count === starts.length) {
      const grown = new Uint32Array(count * 2);
      grown.set(starts);
      starts = grown;
    }
    starts[count++] = at;
    at = rowEnd(bytes, at, delimiter);
  }
  return starts.slice(0, count);
}

/** Where the row that begins at `at` ends, without its line break. */
export function rowEnd(bytes: Uint8Array, from: number, delimiter: number): number {
  const { length } = bytes;
  let at = from;
  for (;;) {
    // At the beginning of a cell.
    if (bytes[at] === QUOTE) at = quoteEnd(bytes, at + 1);
    while (at < length && bytes[at] !== delimiter && bytes[at] !== LF && bytes[at] !== CR) at += 1;
    if (at >= length || bytes[at] !== delimiter) return at;
    at += 1;
  }
}

/** After the quote that closes; the end where none does. */
function quoteEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length) {
    if (bytes[at] !== QUOTE) at += 1;
    else if (bytes[at + 1] === QUOTE) at += 2;
    else return at + 1;
  }
  return at;
}

/** Cells of the row that begins at `from`, each cut after `cellMax` characters. */
export function cellsOf(bytes: Uint8Array, from: number, delimiter: number, cellMax = CELL_MAX): string[] {
  const end = rowEnd(bytes, from, delimiter);
  const cells: string[] = [];
  let at = from;
  while (cells.length < COLUMNS_MAX) {
    const start = at;
    if (bytes[at] === QUOTE) at = Math.min(end, quoteEnd(bytes, at + 1));
    while (at < end && bytes[at] !== delimiter) at += 1;
    cells.push(cellText(bytes, start, at, cellMax));
    if (at >= end) break;
    at += 1;
  }
  return cells;
}

/** One cell of the row that begins at `from`; '' where it has none there. */
export function cellAt(bytes: Uint8Array, from: number, delimiter: number, column: number, cellMax = CELL_MAX): string {
  const end = rowEnd(bytes, from, delimiter);
  let at = from;
  for (let left = column; ; left--) {
    const start = at;
    if (bytes[at] === QUOTE) at = Math.min(end, quoteEnd(bytes, at + 1));
    while (at < end && bytes[at] !== delimiter) at += 1;
    if (left === 0) return cellText(bytes, start, at, cellMax);
    if (at >= end) return '';
    at += 1;
  }
}

function cellText(bytes: Uint8Array, start: number, end: number, max: number): string {
  // A character has at most four bytes, and a quote within quotes has two.
  const raw = decoder.decode(bytes.subarray(start, Math.min(end, start + max * 4 + 2)), { stream: false });
  if (bytes[start] !== QUOTE) return raw.slice(0, max);
  const close = raw.length > 1 && raw.endsWith('"') ? -1 : undefined;
  const body = raw.slice(1, close);
  return (body.includes('"') ? body.replaceAll('""', '"') : body).slice(0, max);
}

/** The delimiter with which the first lines have the same number of cells, and more than one. */
export function findDelimiter(head: Uint8Array): Delimiter {
  let best: Delimiter = ',';
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const byte = delimiter.charCodeAt(0);
    const counts = [...findRows(head, byte, 20)].map((row) => cellsOf(head, row, byte, 1).length);
    // The last row of a part of a file may be cut.
    if (counts.length > 2) counts.pop();
    const same = counts.filter((count) => count === counts[0]).length / Math.max(1, counts.length);
    const score = (counts[0] ?? 1) > 1 ? same * 100 + Math.min(counts[0]!, 50) : 0;
    if (score > most) {
      most = score;
      best = delimiter;
    }
  }
  return best;
}
