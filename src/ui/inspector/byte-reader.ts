/** A fault in the binary, with the offset where it was found. */
export class MalformedError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'MalformedError';
    this.offset = offset;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads the WebAssembly binary format's primitives from a range of bytes; never past its end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.at = start;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    if (this.at >= this.end) throw new MalformedError('ends in the middle', this.at);
    return this.#bytes[this.at++] as number;
  }

  /** LEB128, at most 32 bits. */
  u32(): number {
    return Number(this.#leb(32n));
  }

  /** LEB128, at most 64 bits. */
  u64(): bigint {
    return this.#leb(64n);
  }

  #leb(bits: bigint): bigint {
    const start = this.at;
    let value = 0n;
    for (let shift = 0n; shift < bits + 6n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      if (value >> bits !== 0n) break;
      if (byte < 128) return value;
    }
    throw new MalformedError('a number is too long', start);
  }

  skip(count: number): void {
    if (count > this.end - this.at) throw new MalformedError('ends in the middle', this.at);
    this.at += count;
  }

  /** A name: length, then UTF-8. */
  name(): string {
    const length = this.u32();
    const start = this.at;
    this.skip(length);
    try {
      return utf8.decode(this.#bytes.slice(start, this.at));
    } catch {
      throw new MalformedError('a name is not valid UTF-8', start);
    }
  }

  /** A count of items that take at least `smallest` bytes each; refused if they cannot all be there. */
  count(smallest = 1): number {
    const start = this.at;
    const count = this.u32();
    if (count * smallest > this.end - this.at) throw new MalformedError(`says ${count} items, but has room for fewer`, start);
    return count;
  }
}
