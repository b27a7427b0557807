import { concatBytes } from '../base/index.ts';
import { addMember, malformed, ValueReader } from './value-reader.ts';

const MAJOR = { UINT: 0, NEGATIVE: 1, BYTES: 2, TEXT: 3, LIST: 4, MAP: 5, TAG: 6, SIMPLE: 7 } as const;
const INDEFINITE = 31;
const BREAK = 0xff;
/** Tags 2 and 3 (RFC 8949, 3.4.3): a whole number as bytes. Longer ones than this are refused: they cost time with the square of their length. */
const BIGNUM_BYTES = 1024;

/**
 * One CBOR item (RFC 8949) that takes all the bytes from `at` on. Maps become objects, whose members' names are text (numbers become text), whole
 * numbers bigints where they are not exact otherwise, `undefined` null; bignums are read, other tags are left out. @throws FsError EINVAL, E2BIG
 */
export function decodeCbor(bytes: Uint8Array, at: number): unknown {
  const reader = new ValueReader(bytes, at);
  const value = item(reader);
  if (reader.left > 0) throw malformed(`${reader.left} bytes after the value`);
  return value;
}

function item(reader: ValueReader): unknown {
  reader.count();
  const initial = reader.u8();
  const info = initial & 31;
  switch (initial >> 5) {
    case MAJOR.UINT: return argument(reader, info);
    case MAJOR.NEGATIVE: return negative(argument(reader, info));
    case MAJOR.BYTES: return info === INDEFINITE ? concatBytes(chunks(reader, MAJOR.BYTES)) : reader.slice(length(reader, info));
    case MAJOR.TEXT: return info === INDEFINITE ? chunks(reader, MAJOR.TEXT).join('') : reader.text(length(reader, info));
    case MAJOR.LIST: return list(reader, info);
    case MAJOR.MAP: return map(reader, info);
    case MAJOR.TAG: return tagged(reader, argument(reader, info));
    default: return simple(reader, info);
  }
}

function argument(reader: ValueReader, info: number): number | bigint {
  if (info < 24) return info;
  if (info === 24) return reader.u8();
  if (info === 25) return reader.u16();
  if (info === 26) return reader.u32();
  if (info === 27) return reader.u64();
  throw malformed(`a CBOR item with the reserved length ${info}`);
}

function length(reader: ValueReader, info: number): number {
  return Number(argument(reader, info));
}

function negative(value: number | bigint): number | bigint {
  return typeof value === 'number' && value < Number.MAX_SAFE_INTEGER ? -1 - value : -1n - BigInt(value);
}

function list(reader: ValueReader, info: number): unknown[] {
  const size = info === INDEFINITE ? Infinity : length(reader, info);
  reader.enter(size === Infinity ? 0 : size, 1);
  const values: unknown[] = [];
  while (values.length < size && !(size === Infinity && ended(reader))) values.push(item(reader));
  reader.leave();
  return values;
}

function map(reader: ValueReader, info: number): Record<string, unknown> {
  const size = info === INDEFINITE ? Infinity : length(reader, info);
  reader.enter(size === Infinity ? 0 : size, 2);
  const members: Record<string, unknown> = {};
  for (let n = 0; n < size && !(size === Infinity && ended(reader)); n++) {
    const key = item(reader);
    addMember(members, key, item(reader));
  }
  reader.leave();
  return members;
}

/** Takes the end of an item of indefinite length, if that is what comes. */
function ended(reader: ValueReader): boolean {
  if (reader.left > 0 && reader.bytes[reader.at] !== BREAK) return false;
  reader.take(1);
  return true;
}

function chunks<T extends string | Uint8Array>(reader: ValueReader, major: number): T[] {
  const parts: T[] = [];
  while (!ended(reader)) {
    reader.count();
    const initial = reader.u8();
    if (initial >> 5 !== major || (initial & 31) === INDEFINITE) throw malformed('a part of another kind within text or bytes');
    const size = length(reader, initial & 31);
    parts.push((major === MAJOR.TEXT ? reader.text(size) : reader.slice(size)) as T);
  }
  return parts;
}

function tagged(reader: ValueReader, tag: number | bigint): unknown {
  reader.enter(1, 1);
  const value = item(reader);
  reader.leave();
  if ((tag !== 2 && tag !== 3) || !(value instanceof Uint8Array)) return value;
  if (value.length > BIGNUM_BYTES) throw malformed(`a number of ${value.length} bytes`);
  let number = 0n;
  for (const byte of value) number = (number << 8n) | BigInt(byte);
  return tag === 2 ? number : -1n - number;
}

function simple(reader: ValueReader, info: number): unknown {
  switch (info) {
    case 20: return false;
    case 21: return true;
    case 22: case 23: return null;
    case 25: return half(reader.u16());
    case 26: return reader.f32();
    case 27: return reader.f64();
    default: throw malformed(`the CBOR simple value ${info === 24 ? reader.u8() : info} is not known`);
  }
}

/** A float of 16 bits (IEEE 754 binary16). */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size = exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? (fraction === 0 ? Infinity : NaN) : (fraction + 1024) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}
