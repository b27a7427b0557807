import { firstInvalid } from '../../viewer/index.ts';

/** A text as the editor has it, and how it was written in the file. */
export interface DecodedText {
  /** Lines are parted by `\n`, whatever the file has. Carriage returns that part no lines, or only some, are characters. */
  text: string;
  /** What parts the lines in the file. */
  lineBreak: '\n' | '\r\n';
  /** Offset of the first byte that is not UTF-8; the text then has U+FFFD there and cannot be written back. */
  invalidAt: number | null;
  /** It has a NUL, which no text has. */
  nul: boolean;
}

/** All bytes of a file. A byte order mark is a character of the text. */
export function decodeText(bytes: Uint8Array): DecodedText {
  let invalidAt: number | null = null;
  let raw: string;
  try {
    raw = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    raw = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    invalidAt = firstInvalid(bytes);
  }
  const lineBreak = lineBreakOf(raw);
  return { text: lineBreak === '\n' ? raw : raw.replaceAll('\r\n', '\n'), lineBreak, invalidAt, nul: raw.includes('\0') };
}

export function encodeText(text: string, lineBreak: DecodedText['lineBreak']): Uint8Array {
  return new TextEncoder().encode(lineBreak === '\n' ? text : text.replaceAll('\n', lineBreak));
}

/** `\r\n` only where every line of the text ends in it. */
function lineBreakOf(raw: string): '\n' | '\r\n' {
  let feed = raw.indexOf('\n');
  if (feed < 0) return '\n';
  while (feed >= 0) {
    if (raw.charCodeAt(feed - 1) !== 13) return '\n';
    feed = raw.indexOf('\n', feed + 1);
  }
  // A lone carriage return would be lost among those that end lines.
  return /\r(?!\n)/.test(raw) ? '\n' : '\r\n';
}

/** Longer lines are not coloured or matched for brackets: that would cost more than it shows. UTF-16 units. */
const PLAIN_LINE = 10_000;

/** A line of the text is so long that it is shown without colours. */
export function hasLongLine(text: string): boolean {
  let start = 0;
  for (;;) {
    const end = text.indexOf('\n', start);
    if ((end < 0 ? text.length : end) - start > PLAIN_LINE) return true;
    if (end < 0) return false;
    start = end + 1;
  }
}
