import { sequenceLength } from '../../viewer/index.ts';

export interface Reading {
  /** `int16`, `float64`, `UTF-8`. */
  type: string;
  /** Null where too few bytes are left. */
  value: string | null;
}

/** What the bytes from the cursor on mean, of at most eight. */
export function inspect(bytes: Uint8Array, little: boolean): Reading[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (type: string, length: number, read: () => number | bigint): Reading => ({ type, value: bytes.length >= length ? String(read()) : null });
  return [
    number('int8', 1, () => view.getInt8(0)), number('uint8', 1, () => view.getUint8(0)),
    number('int16', 2, () => view.getInt16(0, little)), number('uint16', 2, () => view.getUint16(0, little)),
    number('int32', 4, () => view.getInt32(0, little)), number('uint32', 4, () => view.getUint32(0, little)),
    number('int64', 8, () => view.getBigInt64(0, little)), number('uint64', 8, () => view.getBigUint64(0, little)),
    number('float32', 4, () => view.getFloat32(0, little)), number('float64', 8, () => view.getFloat64(0, little)),
    { type: 'binary', value: bytes.length >= 1 ? view.getUint8(0).toString(2).padStart(8, '0') : null },
    { type: 'LEB128', value: leb128(bytes) },
    { type: 'UTF-8', value: character(bytes) },
  ];
}

/** Unsigned, as in wasm; null where it does not end within the bytes. */
function leb128(bytes: Uint8Array): string | null {
  let value = 0n;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt(7 * at);
    if (byte < 0x80) return `${value} (${at + 1} ${at === 0 ? 'byte' : 'bytes'})`;
  }
  return null;
}

function character(bytes: Uint8Array): string | null {
  const length = bytes.length > 0 ? sequenceLength(bytes, 0) : 0;
  if (length === 0) return null;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, length));
  const code = `U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return /[\p{C}\p{Z}]/u.test(text) ? code : `${text}  ${code}`;
}
