import type { ImportedMemory } from '../../shared/abi/index.ts';
import { concatBytes } from '../../shared/base/index.ts';
import { HEADER, Kind, LimitsFlag, NotUnderstood, readLimits, Reader, Section, skipImport, type MemoryType } from './module-binary.ts';

/** A module needs more memory at its start than it may have. */
export class MemoryTooLarge extends Error {
  /** Bytes. */
  readonly needed: number;

  constructor(needed: number) {
    super(`${needed} bytes of memory are needed at the start`);
    this.needed = needed;
  }
}

function unsigned(value: number): number[] {
  const out: number[] = [];
  do {
    const low = value % 128;
    value = Math.floor(value / 128);
    out.push(value > 0 ? low | 0x80 : low);
  } while (value > 0);
  return out;
}

/** Bytes that a memory has at its start. */
function startOf({ minimum, shift }: MemoryType): number {
  return minimum * 2 ** shift;
}

/** The memory type, its maximum lowered to its minimum and `room` bytes. */
function lowered({ flags, minimum, maximum, shift }: MemoryType, room: number): number[] {
  const most = minimum + Math.floor(room / 2 ** shift);
  return [
    flags | LimitsFlag.MAXIMUM, ...unsigned(minimum), ...unsigned(Math.min(maximum, most)),
    ...(flags & LimitsFlag.PAGE_SIZE ? unsigned(shift) : []),
  ];
}

/** A memory type, and the stretch of the binary where it is. */
interface Found {
  from: number;
  to: number;
  type: MemoryType;
}

function findMemory(reader: Reader): Found {
  const from = reader.at;
  return { type: readLimits(reader), from, to: reader.at };
}

function importedMemories(reader: Reader): Found[] {
  const found: Found[] = [];
  for (let left = reader.number(); left > 0; left--) {
    reader.skip(reader.number());
    reader.skip(reader.number());
    const kind = reader.byte();
    if (kind === Kind.MEMORY) found.push(findMemory(reader));
    else skipImport(reader, kind);
  }
  return found;
}

function ownMemories(reader: Reader): Found[] {
  const found: Found[] = [];
  for (let left = reader.number(); left > 0; left--) found.push(findMemory(reader));
  return found;
}

interface SectionPart {
  id: number;
  /** With its header. */
  whole: Uint8Array;
  content: Reader;
  start: number;
  memories: Found[];
}

function readSection(reader: Reader): SectionPart {
  const from = reader.at;
  const id = reader.byte();
  const length = reader.number();
  const start = reader.at;
  reader.skip(length);
  const content = new Reader(reader.bytes, start, reader.at);
  const memories = id === Section.IMPORT ? importedMemories(content) : id === Section.MEMORY ? ownMemories(content) : null;
  if (memories && content.at !== content.end) throw new NotUnderstood('a section is longer than what is in it');
  return { id, whole: reader.bytes.subarray(from, reader.at), content, start, memories: memories ?? [] };
}

/** The section with its memories lowered, and its new length in front. */
function patched({ id, whole, content, start, memories }: SectionPart, room: number): Uint8Array[] {
  if (memories.length === 0) return [whole];
  const parts: Uint8Array[] = [];
  let from = start;
  for (const { from: place, to, type } of memories) {
    parts.push(content.bytes.subarray(from, place), Uint8Array.from(lowered(type, room)));
    from = to;
  }
  parts.push(content.bytes.subarray(from, content.end));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [Uint8Array.from([id, ...unsigned(length)]), ...parts];
}

/**
 * The module, whose memories together can hold `limit` bytes at most, its own and the imported ones: each gets as its maximum
 * what it starts with and an equal part of the rest, unless its own is lower. The input may be anything; what is not understood
 * is refused, never passed on. @throws MemoryTooLarge, NotUnderstood
 */
export function limitMemory(bytes: Uint8Array, limit: number): Uint8Array {
  const reader = new Reader(bytes, HEADER, bytes.length);
  const sections: SectionPart[] = [];
  while (reader.at < reader.end) sections.push(readSection(reader));
  const memories = sections.flatMap((section) => section.memories);
  const needed = memories.reduce((sum, { type }) => sum + startOf(type), 0);
  if (needed > limit) throw new MemoryTooLarge(needed);
  const room = (limit - needed) / memories.length;
  const parts = [bytes.subarray(0, HEADER), ...sections.flatMap((section) => patched(section, room))];
  return concatBytes(parts);
}

/** What a module asks of the first memory that it imports; null if it imports none, or one that is not understood. */
export function importedMemory(bytes: Uint8Array): ImportedMemory | null {
  try {
    return readImportedMemory(new Reader(bytes, HEADER, bytes.length));
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}

function readImportedMemory(reader: Reader): ImportedMemory | null {
  while (reader.at < reader.end) {
    const id = reader.byte();
    const length = reader.number();
    if (id !== Section.IMPORT) {
      reader.skip(length);
      continue;
    }
    for (let left = reader.number(); left > 0; left--) {
      reader.skip(reader.number());
      reader.skip(reader.number());
      const kind = reader.byte();
      if (kind === Kind.MEMORY) return descriptor(readLimits(reader));
      skipImport(reader, kind);
    }
    return null;
  }
  return null;
}

function descriptor({ flags, minimum, maximum }: MemoryType): ImportedMemory | null {
  if (flags & (LimitsFlag.WIDE | LimitsFlag.PAGE_SIZE)) return null;
  return { initial: minimum, ...(maximum !== Infinity && { maximum }), shared: (flags & LimitsFlag.SHARED) !== 0 };
}
