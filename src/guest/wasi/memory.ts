/** Writes a non-negative integer up to 2^53 as a little-endian u64, without a BigInt. */
export function setU64(view: DataView, pointer: number, value: number): void {
  view.setUint32(pointer, value >>> 0, true);
  view.setUint32(pointer + 4, Math.floor(value / 0x1_0000_0000), true);
}

/**
 * An unsigned 64-bit argument (which arrives as a signed BigInt) as a file offset; -1 from 2^63 on, which is no offset anywhere.
 * Above 2^53 all are the same to us, beyond every file's end.
 */
export function offsetOf(value: bigint): number {
  const number = Number(value);
  return number < 0 ? -1 : Math.min(number, Number.MAX_SAFE_INTEGER);
}

/** The errno of a result that is negative for a failure. */
export function errno(result: number): number {
  return result < 0 ? -result : 0;
}
