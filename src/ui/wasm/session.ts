import { limitsText, readCatalogue, signatureOf, typeText, type Catalogue, type Export, type ExternKind } from './catalogue.ts';
import { readComponent, type ComponentFacts } from './component.ts';
import { nameAt } from './cursor.ts';
import { disassemble, linesOf, namesFor, type Disassembly, type Line } from './disassembly.ts';
import { featuresOf, isSupported, type FeatureId } from './features.ts';
import { functionName, localNames, readNames, readableName, type NameIndex } from './names.ts';
import { scanCode, type Scan } from './scan.ts';
import { sizesOf, type SizePart } from './sizes.ts';

/** A module's catalogue as the window gets it: without what is asked for page by page. */
export type ModuleSummary = Pick<Catalogue, 'sections' | 'faults' | 'truncated' | 'imports' | 'exports' | 'memories' | 'tables' | 'globals' | 'data' | 'elements' | 'tags' | 'start'
  | 'producers' | 'features' | 'debugBytes' | 'sourceMap' | 'externalDebug' | 'buildId' | 'linking' | 'componentTypes'> & {
  kind: 'module';
  size: number;
  types: number;
  importedFunctions: number;
  /** Of its own. */
  functions: number;
  /** From the name section. */
  moduleName: string | null;
  named: number;
  nameRemarks: string[];
};

export type Opened = ModuleSummary | { kind: 'component'; size: number; component: ComponentFacts } | { kind: 'other'; size: number };

export interface FunctionRow {
  index: number;
  /** As in the source where that can be told; `function 12` where it has none. */
  name: string;
  /** As the module has it, where that is another text. */
  raw: string | null;
  imported: boolean;
  /** Offset and bytes of its body; 0 for an imported one. */
  at: number;
  size: number;
  signature: string;
}

export interface ScanSummary {
  instructions: number;
  faults: Scan['faults'];
  features: { id: FeatureId; supported: boolean }[];
  /** What this browser says to the whole module; null where it is too large to ask. */
  refused: string | null;
}

export type FunctionOrder = 'index' | 'size' | 'name';

/** Larger modules are not compiled to see whether the browser takes them. */
const VALIDATE_MAX = 64 * 1024 * 1024;
const TEXT_MAX = 200_000;
const LIST_MAX = 1_000;

/** One binary that is looked at. All its functions answer what a window can show at once. */
export class WasmSession {
  readonly #module: Catalogue | null;
  readonly #names: NameIndex | null;
  readonly #exported = new Map<number, string>();
  readonly opened: Opened;
  readonly bytes: Uint8Array;
  #scan: Scan | null = null;
  #open: Disassembly | null = null;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    const layer = bytes.length < 8 || [0, 0x61, 0x73, 0x6d].some((byte, at) => bytes[at] !== byte) ? 'other' : bytes[6] === 1 ? 'component' : 'module';
    this.#module = layer === 'module' ? readCatalogue(bytes) : null;
    this.#names = this.#module && readNames(this.#module);
    if (this.#module && this.#names) {
      for (const item of this.#module.exports.items) this.#describe(this.#module, item);
      this.opened = summaryOf(this.#module, this.#names);
    } else this.opened = layer === 'component' ? { kind: 'component', size: bytes.length, component: readComponent(bytes) } : { kind: 'other', size: bytes.length };
  }

  #describe(module: Catalogue, item: Export): void {
    if (item.kind === 'function' && !this.#exported.has(item.index)) this.#exported.set(item.index, item.name);
    item.type = EXPORTED[item.kind](module, item.index);
  }

  get #own(): Catalogue {
    if (!this.#module) throw new Error('this is no core module');
    return this.#module;
  }

  #rawName(index: number): string | null {
    return functionName(this.#own, this.#names!, this.#exported, index);
  }

  #nameOf(index: number): string {
    const raw = this.#rawName(index);
    return raw === null ? `function ${index}` : readableName(raw);
  }

  /** Goes through all instructions, once. */
  scan(): ScanSummary {
    const module = this.#own;
    const { instructions, faults, features } = this.#edges();
    const needed = [...new Set([...features, ...featuresOf(module, (index) => typeText(module, index))])];
    return { instructions, faults, features: needed.map((id) => ({ id, supported: isSupported(id) })), refused: refusal(module.bytes) };
  }

  #edges(): Scan {
    this.#scan ??= scanCode(this.#own);
    return this.#scan;
  }

  /** Numbers of the functions that match: a number that is given is first, then names that contain the text, whatever its case. */
  functions(query: string, order: FunctionOrder): Uint32Array<ArrayBuffer> {
    const module = this.#own;
    const total = module.importedFunctions.length + module.bodies.length;
    const wanted = query.trim().toLowerCase();
    const number = /^\d+$/.test(wanted) ? Number(wanted) : -1;
    const matches: number[] = [];
    for (let index = 0; index < total; index++) {
      if (wanted !== '' && index !== number && !this.#nameOf(index).toLowerCase().includes(wanted)) continue;
      matches.push(index);
    }
    if (order === 'size') matches.sort((a, b) => this.#sizeOf(b) - this.#sizeOf(a) || a - b);
    if (order === 'name') {
      const names = new Map(matches.map((index) => [index, this.#nameOf(index)]));
      matches.sort((a, b) => (names.get(a)! < names.get(b)! ? -1 : names.get(a)! > names.get(b)! ? 1 : a - b));
    }
    if (number >= 0 && number < total) matches.splice(0, 0, ...matches.splice(matches.indexOf(number), 1));
    return Uint32Array.from(matches);
  }

  #sizeOf(index: number): number {
    const own = index - this.#own.importedFunctions.length;
    return own < 0 ? 0 : this.#own.bodySizes.at(own);
  }

  rows(indexes: number[]): FunctionRow[] {
    return indexes.slice(0, LIST_MAX).map((index) => this.#row(index));
  }

  #row(index: number): FunctionRow {
    const imported = this.#own.importedFunctions.length;
    const raw = this.#rawName(index);
    const name = this.#nameOf(index);
    return {
      index, name, raw: raw === name ? null : raw, imported: index < imported, size: this.#sizeOf(index),
      at: index < imported ? 0 : this.#own.bodies.at(index - imported), signature: signatureOf(this.#own, index),
    };
  }

  /** Opens a function: how many lines it has, who calls it and whom it calls. */
  open(index: number): { row: FunctionRow; lines: number; locals: string; fault: Disassembly['fault']; callers: FunctionRow[]; callerCount: number; callees: FunctionRow[] } {
    this.#open = disassemble(this.#own, index);
    const { callers, callees } = this.#edges();
    const by = new Set<number>();
    const to = new Set<number>();
    for (let edge = 0; edge < callees.length; edge++) {
      if (callees.at(edge) === index) by.add(callers.at(edge));
      if (callers.at(edge) === index && callees.at(edge) < this.#own.importedFunctions.length + this.#own.bodies.length) to.add(callees.at(edge));
    }
    const rows = (set: Set<number>): FunctionRow[] => [...set].slice(0, LIST_MAX).map((each) => this.#row(each));
    return { row: this.#row(index), lines: this.#open.offsets.length, locals: this.#open.locals, fault: this.#open.fault, callers: rows(by), callerCount: by.size, callees: rows(to) };
  }

  /** Lines `[from, to)` of the function that is open, at most a thousand. */
  lines(index: number, from: number, to: number): Line[] {
    if (this.#open?.index !== index) this.#open = disassemble(this.#own, index);
    return linesOf(this.#own, this.#open, this.#namesIn(index), from, Math.min(to, from + LIST_MAX));
  }

  #namesIn(index: number): ReturnType<typeof namesFor> {
    const { bytes } = this.#own;
    const globals = this.#names!.globals;
    return namesFor(
      this.#own, (each) => (this.#rawName(each) === null ? `function ${each}` : `${each} ${this.#nameOf(each)}`),
      (each) => (globals.has(each) ? `${each} (${nameAt(bytes, globals.get(each)!)})` : String(each)),
      localNames(this.#own, this.#names!, index),
    );
  }

  /** A whole function as text, at most 200 000 lines. */
  text(index: number): string {
    const open = disassemble(this.#own, index);
    const { name, signature } = this.#row(index);
    const lines = linesOf(this.#own, open, this.#namesIn(index), 0, TEXT_MAX).map((line) => `${line.at.toString(16).padStart(8, '0')}  ${'  '.repeat(Math.min(line.depth, 60))}${line.name} ${line.text}`.trimEnd());
    return [`;; ${index} ${name} ${signature}`, ...(open.locals === '' ? [] : [`;; locals: ${open.locals}`]), ...lines, ...(open.offsets.length > TEXT_MAX ? [';; and so on'] : []), ''].join('\n');
  }

  sizes(): SizePart {
    return sizesOf(this.#own, (index) => (this.#rawName(index) === null ? null : this.#nameOf(index)));
  }
}

const EXPORTED: Record<ExternKind, (module: Catalogue, index: number) => string> = {
  function: signatureOf,
  table: ({ tables }, index) => (tables.items[index] ? `${tables.items[index].type}, ${limitsText(tables.items[index])}` : ''),
  memory: ({ memories }, index) => (memories.items[index] ? limitsText(memories.items[index], 'pages') : ''),
  global: ({ globals }, index) => (globals.items[index] ? `${globals.items[index].mutable ? 'mut ' : ''}${globals.items[index].type}` : ''),
  tag: () => '',
};

function summaryOf(module: Catalogue, names: NameIndex): ModuleSummary {
  const { sections, faults, truncated, imports, exports, memories, tables, globals, data, elements, tags, start, producers, features, debugBytes, sourceMap, externalDebug, buildId, linking, componentTypes } = module;
  return {
    kind: 'module', size: module.bytes.length, sections, faults, truncated, imports, exports, memories, tables, globals, data, elements, tags, start, producers, features, debugBytes, sourceMap,
    externalDebug, buildId, linking, componentTypes, types: module.types.length, importedFunctions: module.importedFunctions.length, functions: module.functionTypes.length,
    moduleName: names.module, named: names.named, nameRemarks: names.remarks,
  };
}

/** Why this browser refuses a module; null where it takes it, or is not asked. */
function refusal(bytes: Uint8Array): string | null {
  if (bytes.length > VALIDATE_MAX) return null;
  const own = bytes as Uint8Array<ArrayBuffer>;
  if (WebAssembly.validate(own)) return null;
  try {
    new WebAssembly.Module(own);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^WebAssembly\.Module\(\): /, '') : String(error);
  }
}
