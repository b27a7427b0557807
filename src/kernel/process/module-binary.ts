/** Reading of the WebAssembly binary format (core specification, section 5), as far as the kernel must know a module before it runs. */

/** Bytes of the header. */
export const HEADER = 8;
export const Section = { TYPE: 1, IMPORT: 2, MEMORY: 5 } as const;
export const Kind = { FUNCTION: 0, TABLE: 1, MEMORY: 2, GLOBAL: 3, TAG: 4 } as const;
export const LimitsFlag = { MAXIMUM: 1, SHARED: 2, WIDE: 4, PAGE_SIZE: 8 } as const;
const KNOWN_FLAGS = 15;
/** Value types that are followed by a heap type: (ref null ht), (ref ht). */
const REF_NULL = 0x63;
const REF = 0x64;
export const PAGE_SHIFT = 16;

/** The binary is not understood. */
export class NotUnderstood extends Error {}

/** Stops at what it does not know. */
export class Reader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte(): number {
    if (this.at >= this.end) throw new NotUnderstood('it ends too early');
    return this.bytes[this.at++] as number;
  }

  /** An unsigned number of at most 64 bits; exact below 2^53. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new NotUnderstood('a number is too long');
  }

  skip(length: number): void {
    if (length > this.end - this.at) throw new NotUnderstood('it ends too early');
    this.at += length;
  }

  /** The first byte of a value type, of which the rest is skipped. */
  type(): number {
    const first = this.byte();
    if (first === REF_NULL || first === REF) this.number();
    return first;
  }
}

export interface MemoryType {
  flags: number;
  minimum: number;
  maximum: number;
  /** Log2 of the page's bytes. */
  shift: number;
}

export function readLimits(reader: Reader): MemoryType {
  const flags = reader.byte();
  if (flags > KNOWN_FLAGS) throw new NotUnderstood(`memory limits of kind ${flags}`);
  const minimum = reader.number();
  const maximum = flags & LimitsFlag.MAXIMUM ? reader.number() : Infinity;
  const shift = flags & LimitsFlag.PAGE_SIZE ? reader.number() : PAGE_SHIFT;
  if (shift > PAGE_SHIFT) throw new NotUnderstood(`memory pages of 2^${shift} bytes`);
  return { flags, minimum, maximum, shift };
}

/** After its kind. */
export function skipImport(reader: Reader, kind: number): void {
  switch (kind) {
    case Kind.FUNCTION: reader.number(); return;
    case Kind.TABLE: reader.type(); readLimits(reader); return;
    case Kind.GLOBAL: reader.type(); reader.byte(); return;
    case Kind.TAG: reader.byte(); reader.number(); return;
    default: throw new NotUnderstood(`an import of kind ${kind}`);
  }
}
