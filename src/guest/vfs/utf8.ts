import { Errno, PATH_MAX } from '../../shared/base/index.ts';

/**
 * Checks a path that a guest gave: 0, or ENOENT when empty, ENAMETOOLONG over `PATH_MAX` bytes, EINVAL for an embedded NUL,
 * EILSEQ for what is not UTF-8 (surrogates and overlong forms included).
 */
export function checkPath(bytes: Uint8Array, at: number, length: number): number {
  if (length === 0) return Errno.ENOENT;
  if (length > PATH_MAX) return Errno.ENAMETOOLONG;
  const end = at + length;
  for (let index = at; index < end; index++) {
    const byte = bytes[index]!;
    if (byte === 0) return Errno.EINVAL;
    if (byte >= 0x80) {
      const size = sequenceLength(bytes, index, end);
      if (size === 0) return Errno.EILSEQ;
      index += size - 1;
    }
  }
  return 0;
}

/** Whether text is UTF-8. */
export function isUtf8(bytes: Uint8Array, at: number, length: number): boolean {
  for (let index = at; index < at + length; index++) {
    if (bytes[index]! < 0x80) continue;
    const size = sequenceLength(bytes, index, at + length);
    if (size === 0) return false;
    index += size - 1;
  }
  return true;
}

/** Bytes of the well-formed sequence that starts with the non-ASCII byte at `index` (Unicode, table 3-7); 0 if it is ill-formed. */
function sequenceLength(bytes: Uint8Array, index: number, end: number): number {
  const first = bytes[index]!;
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || index + size > end) return 0;
  for (let next = 1; next < size; next++) if ((bytes[index + next]! & 0xc0) !== 0x80) return 0;
  const second = bytes[index + 1]!;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  return second >= low && second <= high ? size : 0;
}
