import { FsError } from '../base/index.ts';

/** Nesting of what is decoded or encoded, at most. */
export const DEPTH_MAX = 64;
/** Values in one payload (members, elements and the whole itself), at most. */
export const VALUES_MAX = 2 ** 18;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Up to here reading letters one by one is quicker than the decoder. */
const SHORT = 24;

/** A payload that is refused: `EINVAL` for a malformed one, `E2BIG` for one that asks for more than is given. */
export function malformed(why: string): FsError {
  return new FsError('EINVAL', 'decode', undefined, { detail: why });
}

export function tooMuch(why: string): FsError {
  return new FsError('E2BIG', 'decode', undefined, { detail: why });
}

/** Reads big-endian numbers and text out of bytes, and never beyond them; counts what it gives out. */
export class ValueReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  at: number;
  #values = 0;
  #depth = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Moves on by `length` bytes and returns where they start. */
  take(length: number): number {
    if (length > this.left) throw malformed(`cut short: ${length} bytes are declared where ${this.left} are left`);
    const from = this.at;
    this.at += length;
    return from;
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }

  u16(): number {
    return this.#view.getUint16(this.take(2));
  }

  u32(): number {
    return this.#view.getUint32(this.take(4));
  }

  i8(): number {
    return this.#view.getInt8(this.take(1));
  }

  i16(): number {
    return this.#view.getInt16(this.take(2));
  }

  i32(): number {
    return this.#view.getInt32(this.take(4));
  }

  /** A number where it is exact, else a bigint. */
  u64(): number | bigint {
    return exact(this.#view.getBigUint64(this.take(8)));
  }

  i64(): number | bigint {
    return exact(this.#view.getBigInt64(this.take(8)));
  }

  f32(): number {
    return this.#view.getFloat32(this.take(4));
  }

  f64(): number {
    return this.#view.getFloat64(this.take(8));
  }

  /** A copy. */
  slice(length: number): Uint8Array {
    const from = this.take(length);
    return this.bytes.slice(from, from + length);
  }

  text(length: number): string {
    const from = this.take(length);
    return (length <= SHORT && this.#ascii(from, length)) || decodeUtf8(this.bytes.subarray(from, from + length));
  }

  #ascii(from: number, length: number): string | null {
    let text = '';
    for (let at = from; at < from + length; at++) {
      const byte = this.bytes[at]!;
      if (byte >= 0x80) return null;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** One more value; refuses to give out too many. */
  count(): void {
    if (++this.#values > VALUES_MAX) throw tooMuch(`more than ${VALUES_MAX} values`);
  }

  /** A list or map of `size` parts, each of `least` bytes or more, is about to be read. */
  enter(size: number, least: number): void {
    if (++this.#depth > DEPTH_MAX) throw tooMuch(`nested deeper than ${DEPTH_MAX}`);
    if (size * least > this.left) throw malformed(`cut short: ${size} parts are declared where ${this.left} bytes are left`);
    if (size > VALUES_MAX) throw tooMuch(`more than ${VALUES_MAX} values`);
  }

  leave(): void {
    this.#depth--;
  }
}

/** @throws FsError EINVAL */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed('text that is not UTF-8');
  }
}

/** Puts a member into a map. Its name is text, or a whole number, and comes once. */
export function addMember(into: Record<string, unknown>, key: unknown, value: unknown): void {
  if (typeof key !== 'string' && typeof key !== 'number' && typeof key !== 'bigint') throw malformed('a map whose key is no text and no number');
  const name = String(key);
  checkName(name);
  if (Object.hasOwn(into, name)) throw malformed(`the member ${JSON.stringify(name.slice(0, 64))} comes twice`);
  into[name] = value;
}

/** `__proto__` would set an object's prototype wherever somebody copies the member. */
export function checkName(name: string): void {
  if (name === '__proto__') throw malformed('a member with the name __proto__');
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
