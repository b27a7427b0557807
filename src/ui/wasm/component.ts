import { keep, readCatalogue, type Import, type Kept, type Section } from './catalogue.ts';
import { Cursor, WasmFault } from './cursor.ts';

/** What stands in a component, as far as it is read here: its parts, and what it takes and gives. */
export interface ComponentFacts {
  sections: Kept<Section>;
  imports: Kept<{ name: string; kind: string }>;
  exports: Kept<{ name: string; kind: string }>;
  /** Core modules inside of it. */
  modules: { at: number; size: number; functions: number; imports: Import[]; exports: number }[];
  /** Components inside of it, not looked into. */
  nested: number;
  /** What is wrong; all before it has been read. */
  fault: { message: string; offset: number } | null;
}

const SECTIONS = ['custom', 'core module', 'core instance', 'core type', 'component', 'instance', 'alias', 'type', 'canonical function', 'start', 'import', 'export', 'value'];
const SORTS = ['core', 'function', 'value', 'type', 'component', 'instance'];
const CORE_SORTS: Readonly<Record<number, string>> = { 0: 'core function', 1: 'core table', 2: 'core memory', 3: 'core global', 0x10: 'core type', 0x11: 'core module', 0x12: 'core instance' };
const MODULES_MAX = 64;
const IMPORTS_MAX = 200;

const list = <T>(): Kept<T> => ({ items: [], total: 0 });

/** Reads a component (layer 1 of the binary format). Never throws. */
export function readComponent(bytes: Uint8Array): ComponentFacts {
  const facts: ComponentFacts = { sections: list(), imports: list(), exports: list(), modules: [], nested: 0, fault: null };
  const cursor = new Cursor(bytes, Math.min(8, bytes.length));
  try {
    while (!cursor.done) readSection(facts, cursor);
  } catch (error) {
    if (!(error instanceof WasmFault)) throw error;
    facts.fault = { message: error.message, offset: error.offset };
  }
  return facts;
}

function readSection(facts: ComponentFacts, cursor: Cursor): void {
  const at = cursor.at;
  const id = cursor.u8();
  const name = SECTIONS[id];
  if (name === undefined) throw new WasmFault(`section ${id} is of an unknown kind`, at);
  const size = cursor.u32();
  const body = cursor.part(size);
  const section: Section = { id, name, at, body: body.at, size, items: null };
  keep(facts.sections, section);
  if (id === 0) section.name = body.name();
  else if (id === 1) addModule(facts, body);
  else if (id === 4) facts.nested += 1;
  else if (id === 10) section.items = readImports(facts, body);
  else if (id === 11) section.items = readExports(facts, body);
}

function addModule(facts: ComponentFacts, { bytes, at, end }: Cursor): void {
  if (facts.modules.length >= MODULES_MAX) return;
  const { imports, exports, functionTypes } = readCatalogue(bytes, at, end);
  facts.modules.push({ at, size: end - at, functions: functionTypes.length, imports: imports.items.slice(0, IMPORTS_MAX), exports: exports.total });
}

/** The name of an import or export: a byte for its form, the name, and in form 2 options that are not read. */
function readName(cursor: Cursor): string {
  const at = cursor.at;
  if (cursor.u8() > 1) throw new WasmFault('a name is of a form that is not read here', at);
  return cursor.name();
}

/** What is imported: a sort, and a type's number or a bound. */
function readDescription(cursor: Cursor): string {
  const at = cursor.at;
  const sort = cursor.u8();
  if (sort === 0) {
    cursor.u8();
    cursor.u32();
    return 'core module';
  }
  if (sort === 2 || sort === 3) {
    const bound = cursor.u8();
    if (sort === 2) cursor.s33();
    else if (bound === 0) cursor.u32();
    return SORTS[sort]!;
  }
  if (SORTS[sort] === undefined) throw new WasmFault('a sort of import is unknown', at);
  cursor.u32();
  return SORTS[sort];
}

function readImports(facts: ComponentFacts, cursor: Cursor): number {
  const count = cursor.count(4);
  for (let left = count; left > 0; left--) keep(facts.imports, { name: readName(cursor), kind: readDescription(cursor) });
  return count;
}

function readExports(facts: ComponentFacts, cursor: Cursor): number {
  const count = cursor.count(5);
  for (let left = count; left > 0; left--) {
    const name = readName(cursor);
    const sort = cursor.u8();
    const kind = sort === 0 ? (CORE_SORTS[cursor.u8()] ?? 'core') : (SORTS[sort] ?? 'unknown');
    cursor.u32();
    if (cursor.u8() === 1) readDescription(cursor);
    keep(facts.exports, { name, kind });
  }
  return count;
}
