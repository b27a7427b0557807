import { WasmFault, type Cursor } from './cursor.ts';
import { PLAIN, PREFIXED, type Opcode } from './opcodes.ts';
import { readBlockType, readHeapType, readValueType } from './value-types.ts';

/** What an instruction refers to by number, as words. */
export interface Names {
  func(index: number): string;
  type(index: number): string;
  global(index: number): string;
  local(index: number): string;
}

export interface Instruction {
  name: string;
  text: string;
  /** The function that it calls or names. */
  target: number | null;
}

/** The next instruction's opcode. @throws {WasmFault} for one that is unknown */
export function readOpcode(cursor: Cursor): Opcode {
  const at = cursor.at;
  const byte = cursor.u8();
  const prefixed = PREFIXED[byte];
  const code = prefixed ? cursor.u32() : byte;
  const opcode = (prefixed ?? PLAIN)[code];
  if (opcode === undefined) throw new WasmFault(`the instruction ${prefixed ? `${byte.toString(16)} ` : ''}${code.toString(16).padStart(2, '0')} is unknown`, at);
  return opcode;
}

/** Goes over an instruction's immediates; `called` gets the function that it names. Allocates nothing. */
export function skipImmediates(cursor: Cursor, immediates: string, called?: (index: number) => void): void {
  for (let index = 0; index < immediates.length; index++) {
    switch (immediates.charCodeAt(index)) {
      case 0x66: { // f
        const target = cursor.u32();
        called?.(target);
        break;
      }
      case 0x62: skipBlockType(cursor); break; // b
      case 0x69: case 0x49: cursor.skipLeb(); break; // i I
      case 0x72: cursor.skip(4); break; // r
      case 0x52: cursor.skip(8); break; // R
      case 0x76: case 0x56: cursor.skip(16); break; // v V
      case 0x6e: case 0x7a: cursor.skip(1); break; // n z
      case 0x6d: skipMemoryArgument(cursor); break; // m
      case 0x68: readHeapType(cursor); break; // h
      case 0x54: for (let left = cursor.count() + 1; left > 0; left--) cursor.u32(); break; // T
      case 0x53: for (let left = cursor.count(); left > 0; left--) readValueType(cursor); break; // S
      case 0x43: readCatches(cursor); break; // C
      case 0x63: readCast(cursor); break; // c
      default: cursor.u32();
    }
  }
}

function skipBlockType(cursor: Cursor): void {
  const byte = cursor.bytes[cursor.at]!;
  if (byte === 0x40 || (byte >= 0x7b && byte < 0x80)) cursor.skip(1);
  else readBlockType(cursor);
}

function skipMemoryArgument(cursor: Cursor): void {
  if (cursor.u32() & 64) cursor.u32();
  cursor.skipLeb();
}

const CATCHES = ['catch', 'catch_ref', 'catch_all', 'catch_all_ref'];

function readCatches(cursor: Cursor): string {
  const texts: string[] = [];
  for (let left = cursor.count(2); left > 0; left--) {
    const kind = cursor.u8();
    const tag = kind < 2 ? `tag ${cursor.u32()} ` : '';
    const label = cursor.u32();
    if (texts.length < LABELS_MAX) texts.push(`(${CATCHES[kind] ?? 'unknown'} ${tag}→ ${label})`);
  }
  return texts.join(' ');
}

function readCast(cursor: Cursor): string {
  const flags = cursor.u8();
  const label = cursor.u32();
  const from = readHeapType(cursor);
  const to = readHeapType(cursor);
  return `${label} (ref ${flags & 1 ? 'null ' : ''}${from}) (ref ${flags & 2 ? 'null ' : ''}${to})`;
}

const LABELS_MAX = 32;

function readBranchTable(cursor: Cursor): string {
  const count = cursor.count();
  const labels: number[] = [];
  for (let left = count; left > 0; left--) {
    const label = cursor.u32();
    if (labels.length < LABELS_MAX) labels.push(label);
  }
  return `${labels.join(' ')}${count > LABELS_MAX ? ` … ${count - LABELS_MAX} more` : ''} default ${cursor.u32()}`;
}

function readMemoryArgument(cursor: Cursor): string {
  const align = cursor.u32();
  const memory = align & 64 ? cursor.u32() : 0;
  const offset = cursor.u64();
  return `${memory > 0 ? `memory ${memory} ` : ''}${offset > 0n ? `offset=${offset} ` : ''}align=${2 ** Math.min(align & 63, 32)}`;
}

function floatText(cursor: Cursor, bytes: 4 | 8): string {
  const at = cursor.at;
  cursor.skip(bytes);
  const view = new DataView(cursor.bytes.buffer, cursor.bytes.byteOffset + at, bytes);
  const value = bytes === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
  if (Number.isNaN(value)) return `nan:0x${(bytes === 4 ? BigInt(view.getUint32(0, true)) : view.getBigUint64(0, true)).toString(16)}`;
  return Object.is(value, -0) ? '-0' : String(value);
}

function hexText(cursor: Cursor, count: number): string {
  const at = cursor.at;
  cursor.skip(count);
  return Array.from(cursor.bytes.subarray(at, at + count), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** An instruction as text, names put in. */
export function readInstruction(cursor: Cursor, names: Names): Instruction {
  const { name, immediates } = readOpcode(cursor);
  let target: number | null = null;
  const texts: string[] = [];
  for (const letter of immediates) {
    if (letter === 'f') target = cursor.u32();
    texts.push(letter === 'f' ? names.func(target!) : immediateText(cursor, letter, names));
  }
  return { name, text: texts.filter((text) => text !== '').join(' '), target };
}

function immediateText(cursor: Cursor, letter: string, names: Names): string {
  switch (letter) {
    case 'b': return readBlockType(cursor);
    case 'x': return names.local(cursor.u32());
    case 'g': return names.global(cursor.u32());
    case 't': return names.type(cursor.u32());
    case 'm': return readMemoryArgument(cursor);
    case 'i': return String(Number(cursor.s64()) | 0);
    case 'I': return String(cursor.s64());
    case 'r': return floatText(cursor, 4);
    case 'R': return floatText(cursor, 8);
    case 'v': case 'V': return hexText(cursor, 16);
    case 'n': return String(cursor.u8());
    case 'z': return cursor.skip(1), '';
    case 'h': return readHeapType(cursor);
    case 'T': return readBranchTable(cursor);
    case 'S': return readSelect(cursor);
    case 'C': return readCatches(cursor);
    case 'c': return readCast(cursor);
    case 'd': return `data ${cursor.u32()}`;
    case 'e': return `elem ${cursor.u32()}`;
    case 'k': return `tag ${cursor.u32()}`;
    case 'a': case 'y': return shownUnlessFirst(letter === 'a' ? 'table' : 'memory', cursor.u32());
    default: return String(cursor.u32());
  }
}

const shownUnlessFirst = (what: string, index: number): string => (index === 0 ? '' : `${what} ${index}`);

function readSelect(cursor: Cursor): string {
  const types: string[] = [];
  for (let left = cursor.count(); left > 0; left--) {
    const type = readValueType(cursor);
    if (types.length < LABELS_MAX) types.push(type);
  }
  return `(${types.join(' ')})`;
}

const BARE: Names = { func: (index) => `function ${index}`, type: (index) => `type ${index}`, global: (index) => `global ${index}`, local: (index) => `local ${index}` };

/** A constant expression up to its `end`, as text: `i32.const 1024`. */
export function readConstant(cursor: Cursor): string {
  const texts: string[] = [];
  for (;;) {
    const { name, text } = readInstruction(cursor, BARE);
    if (name === 'end') return texts.join('; ') + (texts.length === PARTS_MAX ? '; …' : '');
    if (texts.length < PARTS_MAX) texts.push(text === '' ? name : `${name} ${text}`);
  }
}

const PARTS_MAX = 16;
