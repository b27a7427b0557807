/** Bytes of the policy that are fetched to be shown; lines, and characters of a line, that are. */
export const BYTES_MAX = 64 * 1024;
export const LINES_MAX = 200;
export const LINE_MAX = 300;

export interface ShownText {
  lines: string[];
  /** What is not shown, in words; null: nothing. Who does not see everything must not be told that it is the whole. */
  hidden: string | null;
}

/** Of the first `BYTES_MAX` bytes, or one more of a text that is longer. */
export function shownText(bytes: Uint8Array): ShownText {
  const lines = new TextDecoder().decode(bytes.subarray(0, BYTES_MAX)).split('\n');
  const hidden = [
    bytes.length > BYTES_MAX && `what follows the first ${BYTES_MAX / 1024} KiB`,
    lines.length > LINES_MAX && `what follows the first ${LINES_MAX} lines`,
    lines.slice(0, LINES_MAX).some((line) => line.length > LINE_MAX) && 'the middle of long lines',
  ].filter((what) => what !== false);
  return { lines: lines.slice(0, LINES_MAX), hidden: hidden.length === 0 ? null : hidden.join(', ') };
}
