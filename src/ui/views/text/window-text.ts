/** What is shown of a piece of a large file. */
export interface WindowText {
  text: string;
  /** Bytes at its start that belong to the line, or the character, before. */
  skip: number;
  /** Bytes up to which it is shown; what comes then begins the next window. */
  used: number;
}

/** A line that is longer than this at either end of a window is cut within. */
const SEEK = 64 * 1024;

/** Cuts the bytes of a window to whole lines, or where a line is too long to whole characters. */
export function windowText(bytes: Uint8Array, { first, last }: { first: boolean; last: boolean }): WindowText {
  const skip = first ? 0 : startOf(bytes);
  const used = last ? bytes.length : endOf(bytes, skip);
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(skip, used));
  return { text: !last && text.endsWith('\n') ? text.slice(0, -1) : text, skip, used };
}

function startOf(bytes: Uint8Array): number {
  const feed = bytes.subarray(0, SEEK).indexOf(10);
  if (feed >= 0 && feed + 1 < bytes.length) return feed + 1;
  let at = 0;
  while (at < 4 && isContinuation(bytes[at])) at++;
  return at;
}

function endOf(bytes: Uint8Array, from: number): number {
  const feed = bytes.lastIndexOf(10);
  if (feed >= from && feed >= bytes.length - SEEK) return feed + 1;
  let at = bytes.length;
  while (at > bytes.length - 4 && at > from && isContinuation(bytes[at - 1])) at--;
  // Before a byte that begins a character: it is whole if all that it announces is there.
  const lead = bytes[at - 1] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return at - 1 + length <= bytes.length ? at - 1 + length : at - 1;
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
