import { createHash } from 'node:crypto';

/** Bytes of a file, made when they are asked for. Never changed. */
export class Content {
  readonly size: number;
  readonly #make: () => Uint8Array;
  #bytes: Uint8Array | undefined;
  #hash: string | undefined;

  constructor(size: number, make: () => Uint8Array) {
    this.size = size;
    this.#make = make;
  }

  get bytes(): Uint8Array {
    return (this.#bytes ??= this.#make());
  }

  /** SHA-256, hex. */
  get hash(): string {
    return (this.#hash ??= createHash('sha256').update(this.bytes).digest('hex'));
  }
}

export const EMPTY = new Content(0, () => new Uint8Array(0));

export const contentOf = (bytes: Uint8Array): Content => new Content(bytes.length, () => bytes);

/** The bytes that crash-guest writes for a seed; the page's actors write the same. */
export function dataOf(seed: number, length: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let i = 0; i < words.length; i += 1) {
    let h = (seed + Math.imul(i, 0x9e3779b9)) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    words[i] = h ^ (h >>> 16);
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** `old` with `data` written at `offset`; what lies between reads as zeros. */
export function written(old: Content, seed: number, length: number, offset: number): Content {
  if (length === 0) return old;
  return new Content(Math.max(old.size, offset + length), () => {
    const bytes = new Uint8Array(Math.max(old.size, offset + length));
    bytes.set(old.bytes);
    bytes.set(dataOf(seed, length), offset);
    return bytes;
  });
}

export function resized(old: Content, size: number): Content {
  return new Content(size, () => {
    const bytes = new Uint8Array(size);
    bytes.set(old.bytes.subarray(0, size));
    return bytes;
  });
}
