import { Cursor, U32List, WasmFault } from './cursor.ts';
import { readCustom, type CustomFacts } from './custom.ts';
import { readConstant } from './instructions.ts';
import { readLimits, readTypeText, readValueType, type Limits } from './value-types.ts';

export type ExternKind = 'function' | 'table' | 'memory' | 'global' | 'tag';
const EXTERN_KINDS: readonly ExternKind[] = ['function', 'table', 'memory', 'global', 'tag'];

export interface Section {
  /** As in the binary; 0 for a custom one. */
  id: number;
  name: string;
  /** Where it begins, with its id. */
  at: number;
  /** Where its contents begin. */
  body: number;
  /** Bytes of its contents. */
  size: number;
  /** Entries in its list, where it is one. */
  items: number | null;
}

export interface Import {
  module: string;
  name: string;
  kind: ExternKind;
  /** Signature, limits or type as text. */
  type: string;
}

export interface Export {
  name: string;
  kind: ExternKind;
  index: number;
  type: string;
}

/** A list of which at most `KEPT_MAX` are kept; `total` counts all. */
export interface Kept<T> {
  items: T[];
  total: number;
}

export interface MemoryFacts extends Limits {
  imported: boolean;
}

export interface TableFacts extends Limits {
  type: string;
  imported: boolean;
}

export interface GlobalFacts {
  index: number;
  type: string;
  mutable: boolean;
  /** Constant expression as text; null for an imported one. */
  initial: string | null;
}

export interface DataFacts {
  /** Null for a passive segment. */
  address: string | null;
  at: number;
  size: number;
}

/** What is wrong in one section; the others are read all the same. */
export interface SectionFault {
  section: string;
  message: string;
  offset: number;
}

/** All that stands in a core module, but for instructions and names, which are read on demand. */
export interface Catalogue extends CustomFacts {
  bytes: Uint8Array;
  sections: Kept<Section>;
  faults: Kept<SectionFault>;
  /** Set where the file ends within a section: all before it has been read. */
  truncated: SectionFault | null;
  /** Offset of each type, in order of their numbers. */
  types: U32List;
  imports: Kept<Import>;
  exports: Kept<Export>;
  /** For each function of the module's own: its type; offset and size of its body with the locals. */
  functionTypes: U32List;
  bodies: U32List;
  bodySizes: U32List;
  /** Types of imported functions; how many there are is what the numbers of the module's own begin with. */
  importedFunctions: U32List;
  /** Where the names of the imported functions stand, `module` then `name`. */
  importedNames: U32List;
  memories: Kept<MemoryFacts>;
  tables: Kept<TableFacts>;
  globals: Kept<GlobalFacts>;
  tags: number;
  start: number | null;
  elements: number;
  data: Kept<DataFacts>;
}

/** Entries of a list that are kept for the window. */
export const KEPT_MAX = 20_000;

const SECTION_NAMES = ['custom', 'type', 'import', 'function', 'table', 'memory', 'global', 'export', 'start', 'element', 'code', 'data', 'data count', 'tag'];
/** Place of each section in the order that the specification wants. */
const ORDER = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6];

const kept = <T>(): Kept<T> => ({ items: [], total: 0 });

export function keep<T>(list: Kept<T>, item: T): void {
  list.total += 1;
  if (list.items.length < KEPT_MAX) list.items.push(item);
}

const emptyCatalogue = (bytes: Uint8Array): Catalogue => ({
  bytes, sections: kept(), faults: kept(), truncated: null, types: new U32List(), imports: kept(), exports: kept(), functionTypes: new U32List(), bodies: new U32List(),
  bodySizes: new U32List(), importedFunctions: new U32List(), importedNames: new U32List(), memories: kept(), tables: kept(), globals: kept(), tags: 0, start: null,
  elements: 0, data: kept(), nameSections: [], producers: [], features: [], debugBytes: 0, sourceMap: null, externalDebug: null, buildId: null, linking: null, componentTypes: [],
});

/** Reads a core module whose preamble has been looked at. Never throws; what is wrong is in `faults` and `truncated`. */
export function readCatalogue(bytes: Uint8Array, from = 0, end = bytes.length): Catalogue {
  const module = emptyCatalogue(bytes);
  const cursor = new Cursor(bytes, Math.min(from + 8, end), end);
  let last = 0;
  try {
    while (!cursor.done) last = readSection(module, cursor, last);
  } catch (error) {
    if (!(error instanceof WasmFault)) throw error;
    module.truncated = { section: 'module', message: error.message, offset: error.offset };
  }
  return module;
}

function readSection(module: Catalogue, cursor: Cursor, last: number): number {
  const at = cursor.at;
  const id = cursor.u8();
  const size = cursor.u32();
  const name = SECTION_NAMES[id] ?? `unknown ${id}`;
  if (size > cursor.end - cursor.at) throw new WasmFault(`the ${name} section should have ${size} bytes, ${cursor.end - cursor.at} are there`, at);
  const body = cursor.part(size);
  const section: Section = { id, name, at, body: body.at, size, items: null };
  const order = ORDER[id] ?? 0;
  guarded(module, name, () => {
    if (id >= SECTION_NAMES.length) throw new WasmFault(`section ${id} is of an unknown kind`, at);
    if (id !== 0 && order <= last) throw new WasmFault(`the ${name} section is out of order or there twice`, at);
    if (id === 0) section.name = readCustom(body, module, size);
    else section.items = READERS[id]!(module, body);
    if (id !== 0 && !body.done) throw new WasmFault(`${body.end - body.at} bytes are left over at its end`, body.at);
  });
  keep(module.sections, section);
  return Math.max(order, last);
}

function guarded(module: Catalogue, section: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof WasmFault)) throw error;
    keep(module.faults, { section, message: error.message, offset: error.offset });
  }
}

type SectionReader = (module: Catalogue, cursor: Cursor) => number | null;

const list = (smallest: number, item: (module: Catalogue, cursor: Cursor) => void): SectionReader => (module, cursor) => {
  const count = cursor.count(smallest);
  for (let left = count; left > 0; left--) item(module, cursor);
  return count;
};

/** A recursion group (0x4e) counts as one entry and holds several types. */
function readTypes(module: Catalogue, cursor: Cursor): void {
  let left = 1;
  if (cursor.bytes[cursor.at] === 0x4e) {
    cursor.skip(1);
    left = cursor.count(2);
  }
  for (; left > 0; left--) {
    module.types.push(cursor.at);
    readTypeText(cursor);
  }
}

function readImport(module: Catalogue, cursor: Cursor): void {
  const names = cursor.at;
  const importing = cursor.name();
  const name = cursor.name();
  const kind = readKind(cursor);
  keep(module.imports, { module: importing, name, kind, type: READ_IMPORTED[kind](module, cursor, names) });
}

const READ_IMPORTED: Record<ExternKind, (module: Catalogue, cursor: Cursor, names: number) => string> = {
  function: (module, cursor, names) => {
    const type = cursor.u32();
    module.importedFunctions.push(type);
    module.importedNames.push(names);
    return typeText(module, type);
  },
  table: (module, cursor) => {
    const table = { type: readValueType(cursor), ...readLimits(cursor), imported: true };
    keep(module.tables, table);
    return `${table.type}, ${limitsText(table)}`;
  },
  memory: (module, cursor) => {
    const memory = { ...readLimits(cursor), imported: true };
    keep(module.memories, memory);
    return limitsText(memory, 'pages');
  },
  global: (module, cursor) => {
    const global = { index: module.globals.total, type: readValueType(cursor), mutable: cursor.u8() === 1, initial: null };
    keep(module.globals, global);
    return `${global.mutable ? 'mut ' : ''}${global.type}`;
  },
  tag: (module, cursor) => {
    cursor.u8();
    module.tags += 1;
    return typeText(module, cursor.u32());
  },
};

export function limitsText({ min, max, shared, is64 }: Limits, unit = 'entries'): string {
  return `${min} ${unit}, ${max === null ? 'no maximum' : `at most ${max}`}${shared ? ', shared' : ''}${is64 ? ', 64-bit' : ''}`;
}

function readKind(cursor: Cursor): ExternKind {
  const at = cursor.at;
  const kind = EXTERN_KINDS[cursor.u8()];
  if (!kind) throw new WasmFault('a kind of import or export is unknown', at);
  return kind;
}

function readExport(module: Catalogue, cursor: Cursor): void {
  const name = cursor.name();
  const kind = readKind(cursor);
  const index = cursor.u32();
  keep(module.exports, { name, kind, index, type: '' });
}

function readTable(module: Catalogue, cursor: Cursor): void {
  const initialised = cursor.bytes[cursor.at] === 0x40;
  if (initialised) cursor.skip(2);
  keep(module.tables, { type: readValueType(cursor), ...readLimits(cursor), imported: false });
  if (initialised) readConstant(cursor);
}

function readGlobal(module: Catalogue, cursor: Cursor): void {
  const type = readValueType(cursor);
  const mutable = cursor.u8() === 1;
  keep(module.globals, { index: module.globals.total, type, mutable, initial: readConstant(cursor) });
}

function readBody(module: Catalogue, cursor: Cursor): void {
  const size = cursor.u32();
  const { at } = cursor;
  cursor.skip(size);
  module.bodies.push(at);
  module.bodySizes.push(size);
}

/** Flags: 1 passive, 2 with a memory's number. */
function readData(module: Catalogue, cursor: Cursor): void {
  const flags = cursor.u32();
  if (flags & 2) cursor.u32();
  const address = flags & 1 ? null : readConstant(cursor);
  const size = cursor.u32();
  const { at } = cursor;
  cursor.skip(size);
  keep(module.data, { address, at, size });
}

const READERS: Readonly<Record<number, SectionReader>> = {
  1: list(2, readTypes),
  2: list(4, readImport),
  3: list(1, (module, cursor) => module.functionTypes.push(cursor.u32())),
  4: list(3, readTable),
  5: list(2, (module, cursor) => keep(module.memories, { ...readLimits(cursor), imported: false })),
  6: list(4, readGlobal),
  7: list(3, readExport),
  8: (module, cursor) => {
    module.start = cursor.u32();
    return null;
  },
  // Its segments are only counted: what they name is seen where it is called.
  9: (module, cursor) => {
    module.elements = cursor.count(3);
    cursor.at = cursor.end;
    return module.elements;
  },
  10: list(2, readBody),
  11: list(2, readData),
  12: (_, cursor) => cursor.u32(),
  13: list(2, (module, cursor) => {
    cursor.skip(1);
    cursor.u32();
    module.tags += 1;
  }),
};

/** A type of the type section as text. */
export function typeText(module: Catalogue, index: number): string {
  if (index >= module.types.length) return `type ${index} (which is not there)`;
  try {
    return readTypeText(new Cursor(module.bytes, module.types.at(index)));
  } catch (error) {
    if (!(error instanceof WasmFault)) throw error;
    return `type ${index} (which is damaged)`;
  }
}

/** A function's signature; its number counts the imported ones first. */
export function signatureOf(module: Catalogue, index: number): string {
  const imported = module.importedFunctions.length;
  if (index < imported) return typeText(module, module.importedFunctions.at(index));
  return index - imported < module.functionTypes.length ? typeText(module, module.functionTypes.at(index - imported)) : 'is not there';
}
