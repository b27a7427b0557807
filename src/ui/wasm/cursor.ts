/** What is wrong with a binary, and at which byte. All that reading one can throw. */
export class WasmFault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'WasmFault';
    this.offset = offset;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: false });

/** Bytes of a name that are ever decoded. */
export const NAME_MAX = 512;

/** Reads the primitives of the binary format from a range of bytes, without an allocation, and never past its end. */
export class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = Math.min(end, bytes.length);
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  u8(): number {
    if (this.at >= this.end) throw new WasmFault('ends in the middle', this.at);
    return this.bytes[this.at++]!;
  }

  /** LEB128 of at most 32 bits, so of at most five bytes. */
  u32(): number {
    const start = this.at;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      if (shift === 28 && byte > 15) break;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new WasmFault('a number is too long', start);
  }

  /** Signed LEB128 of at most 33 bits. */
  s33(): number {
    const start = this.at;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return byte & 64 ? value - 2 ** (shift + 7) : value;
    }
    throw new WasmFault('a number is too long', start);
  }

  /** Signed LEB128 of at most 64 bits. */
  s64(): bigint {
    const start = this.at;
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, byte & 64 && shift < 63n ? value - (1n << (shift + 7n)) : value);
    }
    throw new WasmFault('a number is too long', start);
  }

  /** LEB128 of at most 64 bits. */
  u64(): bigint {
    const start = this.at;
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 127) << shift;
      if (value >> 64n !== 0n) break;
      if (byte < 128) return value;
    }
    throw new WasmFault('a number is too long', start);
  }

  /** Goes over a LEB128 of whatever size, of at most ten bytes. */
  skipLeb(): void {
    const start = this.at;
    for (let count = 0; count < 10; count++) if (this.u8() < 128) return;
    throw new WasmFault('a number is too long', start);
  }

  skip(count: number): void {
    if (count > this.end - this.at) throw new WasmFault('ends in the middle', this.at);
    this.at += count;
  }

  /** A count of items of at least `smallest` bytes each; refused where they cannot all be there. */
  count(smallest = 1): number {
    const start = this.at;
    const count = this.u32();
    if (count * smallest > this.end - this.at) throw new WasmFault(`says ${count} items, but has room for fewer`, start);
    return count;
  }

  /** A name, cut after `NAME_MAX` bytes; what is no UTF-8 becomes U+FFFD. */
  name(): string {
    const at = this.skipName();
    return nameAt(this.bytes, at, this.end);
  }

  /** Goes over a name; yields where its length stands. */
  skipName(): number {
    const at = this.at;
    this.skip(this.u32());
    return at;
  }

  /** The next `count` bytes, as a part of a cursor of their own. */
  part(count: number): Cursor {
    const from = this.at;
    this.skip(count);
    return new Cursor(this.bytes, from, this.at);
  }
}

/** The name whose length stands at `at`, cut after `NAME_MAX` bytes. */
export function nameAt(bytes: Uint8Array, at: number, end = bytes.length): string {
  const cursor = new Cursor(bytes, at, end);
  const length = Math.min(cursor.u32(), end - cursor.at);
  const shown = bytes.subarray(cursor.at, cursor.at + Math.min(length, NAME_MAX));
  const text = utf8.decode(shown.buffer instanceof ArrayBuffer ? shown : shown.slice());
  return length > NAME_MAX ? `${text}… (${length} bytes)` : text;
}

/** A list of 32-bit numbers that grows; a tenth of what an array of numbers takes. */
export class U32List {
  length = 0;
  #items = new Uint32Array(64);

  push(value: number): void {
    if (this.length === this.#items.length) {
      const grown = new Uint32Array(this.length * 2);
      grown.set(this.#items);
      this.#items = grown;
    }
    this.#items[this.length++] = value;
  }

  at(index: number): number {
    return this.#items[index]!;
  }

  view(): Uint32Array<ArrayBuffer> {
    return this.#items.subarray(0, this.length);
  }
}
