import type { Catalogue } from './catalogue.ts';
import { Cursor, nameAt, WasmFault } from './cursor.ts';

/** Where the names of a module stand; a name is decoded only when it is asked for. */
export interface NameIndex {
  module: string | null;
  /** For each function: where its name stands, 0 for none. */
  functions: Uint32Array;
  named: number;
  /** Function → where the list of its local names stands. */
  locals: Map<number, number>;
  globals: Map<number, number>;
  /** What is wrong with the section, in words; the first of two names for one function counts. */
  remarks: string[];
}

const MAP_MAX = 1_000_000;

/** Reads the `name` sections (module, functions, locals, globals). Never throws. */
export function readNames(module: Catalogue): NameIndex {
  const total = module.importedFunctions.length + Math.max(module.functionTypes.length, module.bodies.length);
  const names: NameIndex = { module: null, functions: new Uint32Array(total), named: 0, locals: new Map(), globals: new Map(), remarks: [] };
  const odd = { twice: 0, beyond: 0 };
  for (const { at, end } of module.nameSections) {
    try {
      readSubsections(new Cursor(module.bytes, at, end), names, odd);
    } catch (error) {
      if (!(error instanceof WasmFault)) throw error;
      names.remarks.push(`The name section is damaged at byte ${error.offset}: ${error.message}.`);
    }
  }
  if (odd.twice > 0) names.remarks.push(`${odd.twice} functions are named more than once; the first name is shown.`);
  if (odd.beyond > 0) names.remarks.push(`${odd.beyond} names are for functions that are not there.`);
  return names;
}

function readSubsections(cursor: Cursor, names: NameIndex, odd: { twice: number; beyond: number }): void {
  while (!cursor.done) {
    const id = cursor.u8();
    const part = cursor.part(cursor.u32());
    if (id === 0) names.module = part.name();
    else if (id === 1) readFunctionNames(part, names, odd);
    else if (id === 2) readLocals(part, names);
    else if (id === 7) {
      for (let left = part.count(2); left > 0; left--) {
        const index = part.u32();
        const at = part.skipName();
        if (names.globals.size < MAP_MAX) names.globals.set(index, at);
      }
    }
  }
}

function readFunctionNames(cursor: Cursor, names: NameIndex, odd: { twice: number; beyond: number }): void {
  for (let left = cursor.count(2); left > 0; left--) {
    const index = cursor.u32();
    const at = cursor.skipName();
    if (index >= names.functions.length) odd.beyond += 1;
    else if (names.functions[index] !== 0) odd.twice += 1;
    else {
      names.functions[index] = at;
      names.named += 1;
    }
  }
}

function readLocals(cursor: Cursor, names: NameIndex): void {
  for (let left = cursor.count(2); left > 0; left--) {
    const index = cursor.u32();
    if (names.locals.size < MAP_MAX) names.locals.set(index, cursor.at);
    for (let each = cursor.count(2); each > 0; each--) {
      cursor.u32();
      cursor.skipName();
    }
  }
}

/** Names of a function's parameters and locals, at most 10 000. */
export function localNames(module: Catalogue, names: NameIndex, index: number): Map<number, string> {
  const found = new Map<number, string>();
  const at = names.locals.get(index);
  if (at === undefined) return found;
  const cursor = new Cursor(module.bytes, at);
  for (let left = Math.min(cursor.u32(), 10_000); left > 0; left--) found.set(cursor.u32(), cursor.name());
  return found;
}

/** A function's own name as the module has it: from the name section, its import, or an export; null for none. */
export function functionName(module: Catalogue, names: NameIndex, exported: ReadonlyMap<number, string>, index: number): string | null {
  const at = names.functions[index];
  if (at) return nameAt(module.bytes, at);
  if (index < module.importedNames.length) {
    const cursor = new Cursor(module.bytes, module.importedNames.at(index));
    return `${cursor.name()}.${cursor.name()}`;
  }
  return exported.get(index) ?? null;
}

const ESCAPES: Record<string, string> = { SP: '@', BP: '*', RF: '&', LT: '<', GT: '>', LP: '(', RP: ')', C: ',' };

/**
 * A mangled name of Rust (legacy) or a simple nested one of C++ (`_ZN4core3fmt5write17h…E`) as it is written in the source; any other as it is.
 */
export function readableName(name: string): string {
  if (!name.startsWith('_ZN')) return name;
  const parts: string[] = [];
  let at = 3;
  while (name[at] === 'K' || name[at] === 'V') at += 1;
  while (name[at] !== 'E') {
    const digits = /^\d{1,3}/.exec(name.slice(at, at + 3))?.[0];
    if (digits === undefined || at + digits.length + Number(digits) > name.length) return name;
    at += digits.length;
    parts.push(name.slice(at, at + Number(digits)));
    at += Number(digits);
  }
  if (parts.length > 1 && /^h[0-9a-f]{16}$/.test(parts.at(-1)!)) parts.pop();
  return parts.map(plainPart).join('::');
}

const plainPart = (part: string): string => part.replace(/^_(?=\$)/, '').replace(/\$(\w+?)\$/g, (all, code: string) => {
  if (Object.hasOwn(ESCAPES, code)) return ESCAPES[code]!;
  const point = code.startsWith('u') ? Number.parseInt(code.slice(1), 16) : Number.NaN;
  return point > 0x1f && point < 0x110000 ? String.fromCodePoint(point) : all;
}).replaceAll('..', '::');

/** The crate, package or common prefix that a function belongs to: `core`, `runtime`, `sqlite3`. */
export function namespaceOf(name: string): string {
  const path = /([A-Za-z_][\w-]*)::/.exec(name);
  if (path) return path[1]!;
  const go = /^([\w/-]+(?:\.[\w-]+)*\/)?([\w-]+)\.[(\w]/.exec(name);
  if (go) return `${go[1] ?? ''}${go[2]}`;
  return /^_*[a-z0-9]+(?=[_A-Z])|^_*[A-Z]+[a-z0-9]*/.exec(name)?.[0] ?? name;
}
