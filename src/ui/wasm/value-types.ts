import { WasmFault, type Cursor } from './cursor.ts';

const VALUES: Readonly<Record<number, string>> = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64', 0x7b: 'v128', 0x78: 'i8', 0x77: 'i16' };
const HEAPS: Readonly<Record<number, string>> = {
  0x74: 'noexn', 0x73: 'nofunc', 0x72: 'noextern', 0x71: 'none', 0x70: 'func', 0x6f: 'extern', 0x6e: 'any', 0x6d: 'eq', 0x6c: 'i31', 0x6b: 'struct', 0x6a: 'array', 0x69: 'exn',
};

/** A heap type: a type's number, or one of the abstract ones. */
export function readHeapType(cursor: Cursor): string {
  const at = cursor.at;
  if (cursor.bytes[at] === 0x65) cursor.skip(1);
  const index = cursor.s33();
  if (index >= 0) return `type ${index}`;
  const name = HEAPS[index + 128];
  if (name === undefined) throw new WasmFault('a kind of reference is unknown', at);
  return name;
}

/** A value type as text: `i32`, `funcref`, `(ref null type 3)`. */
export function readValueType(cursor: Cursor): string {
  const at = cursor.at;
  const byte = cursor.u8();
  const plain = VALUES[byte];
  if (plain !== undefined) return plain;
  if (byte === 0x63 || byte === 0x64) return `(ref ${byte === 0x63 ? 'null ' : ''}${readHeapType(cursor)})`;
  const heap = HEAPS[byte];
  if (heap === undefined) throw new WasmFault('a type of value is unknown', at);
  return `${heap}ref`;
}

/** The type of a block: nothing, one value, or a type's number. */
export function readBlockType(cursor: Cursor): string {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined || cursor.done) throw new WasmFault('ends in the middle', cursor.at);
  if (byte === 0x40) {
    cursor.skip(1);
    return '';
  }
  if (byte >= 0x63 && byte < 0x80) return `(result ${readValueType(cursor)})`;
  return `(type ${cursor.s33()})`;
}

export interface Limits {
  min: bigint;
  /** Null: no limit of its own. */
  max: bigint | null;
  shared: boolean;
  is64: boolean;
  /** Bytes of a page of a memory, 65536 but for custom page sizes. */
  pageSize: number;
}

/** Limits of a memory or a table. Flags: 1 has a maximum, 2 shared, 4 64-bit, 8 has a page size. */
export function readLimits(cursor: Cursor): Limits {
  const at = cursor.at;
  const flags = cursor.u32();
  if (flags > 15) throw new WasmFault('limits are of an unknown form', at);
  const min = cursor.u64();
  const max = flags & 1 ? cursor.u64() : null;
  const pageSize = flags & 8 ? 2 ** Math.min(cursor.u32(), 16) : 65536;
  return { min, max, shared: (flags & 2) !== 0, is64: (flags & 4) !== 0, pageSize };
}

const SHOWN_MAX = 24;

function readTypes(cursor: Cursor): string {
  const shown: string[] = [];
  const count = cursor.count();
  for (let left = count; left > 0; left--) {
    const type = readValueType(cursor);
    if (shown.length < SHOWN_MAX) shown.push(type);
  }
  return `(${shown.join(', ')}${count > SHOWN_MAX ? `, and ${count - SHOWN_MAX} more` : ''})`;
}

function readField(cursor: Cursor): string {
  const type = readValueType(cursor);
  return cursor.u8() === 1 ? `mut ${type}` : type;
}

/** One type of the type section as text: `(i32, i32) → (i32)`, `struct { … }`, `array of …`. Cut after a few dozen parts. */
export function readTypeText(cursor: Cursor): string {
  const at = cursor.at;
  const form = cursor.u8();
  switch (form) {
    case 0x60: {
      const parameters = readTypes(cursor);
      const results = readTypes(cursor);
      return `${parameters} → ${results}`;
    }
    case 0x5f: {
      const count = cursor.count(2);
      const fields: string[] = [];
      for (let left = count; left > 0; left--) {
        const field = readField(cursor);
        if (fields.length < SHOWN_MAX) fields.push(field);
      }
      return `struct { ${fields.join(', ')}${count > SHOWN_MAX ? ', …' : ''} }`;
    }
    case 0x5e: return `array of ${readField(cursor)}`;
    case 0x50: case 0x4f: {
      for (let left = cursor.count(); left > 0; left--) cursor.u32();
      if (cursor.bytes[cursor.at] === 0x50 || cursor.bytes[cursor.at] === 0x4f) throw new WasmFault('a type of a type is not of a known form', cursor.at);
      return readTypeText(cursor);
    }
    default: throw new WasmFault('a form of type is unknown', at);
  }
}
