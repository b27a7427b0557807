const NEWLINE = 10;
const RETURN = 13;

/** `\n` → `\r\n` (ONLCR) in the first `length` bytes. A `\n` that follows a `\r` stays. `afterReturn`: the byte before was a `\r`. */
export function withReturns(bytes: Uint8Array, length: number, afterReturn: boolean): Uint8Array {
  let extra = 0;
  let previous = afterReturn ? RETURN : 0;
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (byte === NEWLINE && previous !== RETURN) extra++;
    previous = byte;
  }
  const out = new Uint8Array(length + extra);
  if (extra === 0) {
    out.set(bytes.subarray(0, length));
    return out;
  }
  previous = afterReturn ? RETURN : 0;
  for (let i = 0, to = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (byte === NEWLINE && previous !== RETURN) out[to++] = RETURN;
    out[to++] = byte;
    previous = byte;
  }
  return out;
}
