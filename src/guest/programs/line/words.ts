type Line = readonly string[];

/** A word for the keys that move by words: letters, digits and underscores. */
export const isWord = (grapheme: string | undefined): boolean => grapheme !== undefined && /^[\p{L}\p{N}_]/u.test(grapheme);
const isSpace = (grapheme: string | undefined): boolean => grapheme !== undefined && /^\s/.test(grapheme);

export function wordLeft(line: Line, from: number): number {
  let at = from;
  while (at > 0 && !isWord(line[at - 1])) at--;
  while (at > 0 && isWord(line[at - 1])) at--;
  return at;
}

export function wordRight(line: Line, from: number): number {
  let at = from;
  while (at < line.length && !isWord(line[at])) at++;
  while (at < line.length && isWord(line[at])) at++;
  return at;
}

/** Where the text up to the last blank begins. */
export function spaceLeft(line: Line, from: number): number {
  let at = from;
  while (at > 0 && isSpace(line[at - 1])) at--;
  while (at > 0 && !isSpace(line[at - 1])) at--;
  return at;
}

/** First place of the row that `at` is in, where rows end in line feeds. */
export function rowStart(line: Line, at: number): number {
  return at === 0 ? 0 : line.lastIndexOf('\n', at - 1) + 1;
}

/** Place of the line feed that ends the row, or the end. */
export function rowEnd(line: Line, at: number): number {
  const end = line.indexOf('\n', at);
  return end < 0 ? line.length : end;
}

/** The same column one row up (`-1`) or down (`1`); null if there is no such row. */
export function rowBeside(line: Line, at: number, direction: 1 | -1): number | null {
  const start = rowStart(line, at);
  const target = direction < 0 ? (start === 0 ? -1 : rowStart(line, start - 1)) : rowEnd(line, at) + 1;
  if (target < 0 || target > line.length) return null;
  return Math.min(target + at - start, rowEnd(line, target));
}
