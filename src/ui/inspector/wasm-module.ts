import { ByteReader, MalformedError } from './byte-reader.ts';

export type ExternKind = 'function' | 'table' | 'memory' | 'global' | 'tag';

export interface ModuleImport {
  module: string;
  name: string;
  kind: ExternKind;
}

/** Sizes in pages of 64 KiB; `max` null where there is no limit. */
export interface MemoryLimits {
  min: bigint;
  max: bigint | null;
  shared: boolean;
  memory64: boolean;
  imported: boolean;
}

/** What stands in a core module without compiling it. */
export interface ModuleInfo {
  imports: ModuleImport[];
  exports: { name: string; kind: ExternKind }[];
  memories: MemoryLimits[];
  /** From the `producers` section: field → name and version. */
  producers: { field: string; values: { name: string; version: string }[] }[];
  sections: { name: string; size: number }[];
  functions: number;
}

export type ParsedModule =
  | { format: 'module'; info: ModuleInfo }
  | { format: 'component' }
  | { format: 'empty' | 'not-wasm' }
  | { format: 'truncated' | 'malformed'; detail: string; offset: number };

/** Items of one list that are kept; a hostile module may name millions. */
export const ITEMS_MAX = 100_000;

const EXTERNS: readonly ExternKind[] = ['function', 'table', 'memory', 'global', 'tag'];
const SECTIONS = ['custom', 'type', 'import', 'function', 'table', 'memory', 'global', 'export', 'start', 'element', 'code', 'data', 'data count', 'tag'];

/** The binary's preamble: `\0asm`, then version 1 and layer 0 for a module, or layer 1 for a component. */
export function formatOf(head: Uint8Array): 'module' | 'component' | 'empty' | 'not-wasm' | 'truncated' | 'other-version' {
  if (head.length === 0) return 'empty';
  const magic = [0, 0x61, 0x73, 0x6d];
  for (let index = 0; index < Math.min(4, head.length); index++) if (head[index] !== magic[index]) return 'not-wasm';
  if (head.length < 8) return 'truncated';
  const layer = (head[6] ?? 0) | ((head[7] ?? 0) << 8);
  const version = (head[4] ?? 0) | ((head[5] ?? 0) << 8);
  if (layer === 1) return 'component';
  return layer === 0 && version === 1 ? 'module' : 'other-version';
}

/** Reads the sections of a WebAssembly binary (core specification 2.0, chapter 5). Never throws. */
export function parseModule(bytes: Uint8Array): ParsedModule {
  const format = formatOf(bytes.subarray(0, 8));
  if (format === 'truncated') return { format, detail: 'only the first bytes are there', offset: bytes.length };
  if (format === 'other-version') return { format: 'malformed', detail: 'its version of the format is unknown', offset: 4 };
  if (format !== 'module') return { format };
  try {
    return { format, info: readSections(new ByteReader(bytes, 8), bytes) };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return { format: error.offset >= bytes.length || error instanceof TruncatedError ? 'truncated' : 'malformed', detail: error.message, offset: error.offset };
  }
}

class TruncatedError extends MalformedError {}

function readSections(reader: ByteReader, bytes: Uint8Array): ModuleInfo {
  const info: ModuleInfo = { imports: [], exports: [], memories: [], producers: [], sections: [], functions: 0 };
  while (!reader.done) {
    const start = reader.at;
    const id = reader.byte();
    const name = SECTIONS[id];
    if (name === undefined) throw new MalformedError(`section ${id} is unknown`, start);
    const size = reader.u32();
    if (size > reader.end - reader.at) {
      throw new TruncatedError(`the ${name} section should have ${size} bytes, ${reader.end - reader.at} are there`, start);
    }
    const section = new ByteReader(bytes, reader.at, reader.at + size);
    const label = id === 0 ? readCustom(section, info) : name;
    if (info.sections.length < ITEMS_MAX) info.sections.push({ name: label, size });
    READERS[name]?.(section, info);
    reader.skip(size);
  }
  return info;
}

const READERS: Record<string, (reader: ByteReader, info: ModuleInfo) => void> = {
  import: (reader, info) => {
    for (let left = reader.count(4); left > 0; left--) readImport(reader, info);
  },
  function: (reader, info) => {
    info.functions = reader.count();
  },
  memory: (reader, info) => {
    for (let left = reader.count(2); left > 0; left--) keep(info.memories, { ...readLimits(reader), imported: false });
  },
  export: (reader, info) => {
    for (let left = reader.count(3); left > 0; left--) {
      const name = reader.name();
      const kind = readKind(reader);
      reader.u32();
      keep(info.exports, { name, kind });
    }
  },
};

function keep<T>(list: T[], item: T): void {
  if (list.length < ITEMS_MAX) list.push(item);
}

function readKind(reader: ByteReader): ExternKind {
  const at = reader.at;
  const kind = EXTERNS[reader.byte()];
  if (!kind) throw new MalformedError('a kind of import or export is unknown', at);
  return kind;
}

function readImport(reader: ByteReader, info: ModuleInfo): void {
  const module = reader.name();
  const name = reader.name();
  const kind = readKind(reader);
  if (kind === 'function') reader.u32();
  else if (kind === 'memory') keep(info.memories, { ...readLimits(reader), imported: true });
  else if (kind === 'table') skipTable(reader);
  else if (kind === 'global') {
    skipValueType(reader);
    reader.byte();
  } else {
    reader.byte();
    reader.u32();
  }
  keep(info.imports, { module, name, kind });
}

/** A value type is one byte, or 0x63 / 0x64 with a heap type as signed LEB128. */
function skipValueType(reader: ByteReader): void {
  const first = reader.byte();
  if (first !== 0x63 && first !== 0x64) return;
  while (reader.byte() >= 128);
}

function skipTable(reader: ByteReader): void {
  skipValueType(reader);
  readLimits(reader);
}

/** Flags: 1 has a maximum, 2 shared, 4 64-bit; 8 custom page size is not read. */
function readLimits(reader: ByteReader): Omit<MemoryLimits, 'imported'> {
  const at = reader.at;
  const flags = reader.byte();
  if (flags > 7) throw new MalformedError('limits of a memory are of an unknown form', at);
  const min = reader.u64();
  const max = flags & 1 ? reader.u64() : null;
  return { min, max, shared: (flags & 2) !== 0, memory64: (flags & 4) !== 0 };
}

/** Returns the section's name. A damaged custom section says nothing about the program, so it is passed over. */
function readCustom(reader: ByteReader, info: ModuleInfo): string {
  const name = reader.name();
  if (name !== 'producers') return name;
  try {
    for (let fields = reader.count(2); fields > 0; fields--) {
      const field = reader.name();
      const values: { name: string; version: string }[] = [];
      for (let left = reader.count(2); left > 0; left--) keep(values, { name: reader.name(), version: reader.name() });
      keep(info.producers, { field, values });
    }
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
  }
  return name;
}
