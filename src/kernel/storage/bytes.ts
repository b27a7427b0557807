/**
 * A growing byte buffer with the primitive encodings of the store's format: unsigned variable-length integers of up to
 * 53 bits (seven bits a byte, low first), 64-bit little-endian integers, and strings.
 */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  uint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  int64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigInt64(this.#length, value, true);
    this.#length += 8;
  }

  /** The low bit of the length tells one byte a character (Latin-1) from two (UTF-16), so that any string survives. */
  string(value: string): void {
    const wide = /[^\0-\xff]/.test(value);
    this.uint(value.length * 2 + (wide ? 1 : 0));
    this.#reserve(value.length * 2);
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      this.#bytes[this.#length++] = unit;
      if (wide) this.#bytes[this.#length++] = unit >> 8;
    }
  }

  /** `digits` is an even count of hexadecimal digits; the reader must know how many. */
  hex(digits: string): void {
    const count = digits.length / 2;
    this.#reserve(count);
    if (native) {
      (this.#bytes.subarray(this.#length, this.#length + count) as HexBytes).setFromHex(digits);
      this.#length += count;
      return;
    }
    for (let i = 0; i < digits.length; i += 2) {
      this.#bytes[this.#length++] = (nibble(digits.charCodeAt(i)) << 4) | nibble(digits.charCodeAt(i + 1));
    }
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function nibble(code: number): number {
  return code > 96 ? code - 87 : code - 48;
}

/** One string of its own, not a chain of many: of large files there are thousands. */
function hexDigits(bytes: Uint8Array): string {
  const codes: number[] = [];
  for (const byte of bytes) codes.push(DIGITS.charCodeAt(byte >> 4), DIGITS.charCodeAt(byte & 15));
  return String.fromCharCode(...codes);
}

const DIGITS = '0123456789abcdef';

interface HexBytes extends Uint8Array {
  setFromHex(digits: string): unknown;
  toHex(): string;
}

const native = 'toHex' in Uint8Array.prototype;

/** Reads what a `ByteWriter` wrote; RangeError beyond the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    return this.#view.getUint8(this.#at++);
  }

  uint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  int64(): bigint {
    const value = this.#view.getBigInt64(this.#at, true);
    this.#at += 8;
    return value;
  }

  string(): string {
    const head = this.uint();
    const wide = head % 2 === 1;
    let text = '';
    for (let left = Math.floor(head / 2); left > 0; left--) {
      text += String.fromCharCode(wide ? this.byte() | (this.byte() << 8) : this.byte());
    }
    return text;
  }

  /** `count` bytes, as twice as many digits. */
  hex(count: number): string {
    const bytes = this.#bytes.subarray(this.#at, this.#at + count);
    if (bytes.length < count) throw new RangeError('the bytes end within a hash');
    this.#at += count;
    return native ? (bytes as HexBytes).toHex() : hexDigits(bytes);
  }
}
