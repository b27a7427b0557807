const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
/** A byte that is not part of UTF-8 becomes `U+DC00` plus the byte, a lone surrogate, so that it can be written as it came. */
const ESCAPE = 0xdc00;

/** Bytes as text, without loss: `encodeText` gives them back. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeBroken(bytes);
  }
}

function decodeBroken(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const size = sequence(bytes, at);
    text += size === 0 ? String.fromCharCode(ESCAPE + bytes[at]!) : strict.decode(bytes.subarray(at, at + size));
    at += size || 1;
  }
  return text;
}

/** Bytes of the well-formed sequence at a position; 0 if there is none. */
function sequence(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  const size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
  if (size <= 1) return size;
  try {
    return at + size <= bytes.length && strict.decode(bytes.subarray(at, at + size)).length > 0 ? size : 0;
  } catch {
    return 0;
  }
}

export function encodeText(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return encoder.encode(text);
  const pieces: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff) pieces.push(code - ESCAPE);
    else pieces.push(...encoder.encode(char));
  }
  return Uint8Array.from(pieces);
}
