import type { BasePack, BlockChange, BlockSize, ChunkRef, FileContents, NodeRecord } from '../contract/index.ts';

/** Bytes in a block of a file, and the most in a chunk. */
export const BLOCK_SIZE: BlockSize = 65536;
/** Most bytes in one pack: larger values write no faster, smaller ones do (see FORMAT.md). */
export const PACK_SIZE = 1 << 20;
/** Pack of a reference into the base layer. */
export const BASE_PACK: BasePack = -1;
export const HOLE: ChunkRef = Object.freeze({ hash: '', pack: 0, offset: 0, length: 0 });

export const blockCount = (size: number): number => Math.ceil(size / BLOCK_SIZE);

/** Bytes of block `index` that lie inside of a file of `size`. */
export function blockLength(size: number, index: number): number {
  return Math.max(0, Math.min(BLOCK_SIZE, size - index * BLOCK_SIZE));
}

/** Bytes of a chunk that count. */
export const validLength = (ref: ChunkRef): number => Math.min(ref.length, ref.valid ?? ref.length);

/** The references of a file in full, also where its record only names the base file. */
export function chunksOf(record: NodeRecord): readonly ChunkRef[] {
  if (record.chunks) return record.chunks;
  if (record.base === undefined) return [];
  return Array.from({ length: blockCount(record.size) }, (_, index) => ({
    hash: '', pack: BASE_PACK, offset: index * BLOCK_SIZE, length: blockLength(record.size, index),
  }));
}

/** The reference for the first `valid` bytes of what `ref` stands for. */
export function cutRef(ref: ChunkRef, valid: number): ChunkRef {
  if (valid >= validLength(ref)) return ref;
  return valid <= 0 ? HOLE : { ...ref, valid };
}

export function sameRef(a: ChunkRef | null, b: ChunkRef | null): boolean {
  if (a === null || b === null) return a === b;
  return a.pack === b.pack && a.offset === b.offset && a.length === b.length && a.valid === b.valid;
}

/** Whether two records of a file give the same bytes by the same references. */
export function sameContents(a: NodeRecord, b: NodeRecord): boolean {
  if (a.size !== b.size || a.base !== b.base || a.chunks?.length !== b.chunks?.length) return false;
  return a.chunks?.every((ref, i) => ref.hash === b.chunks?.[i]?.hash && sameRef(ref, b.chunks[i] ?? null)) ?? true;
}

/** `record` with these contents; forgets the base file where no block needs it any more. Trailing holes are dropped. */
export function withChunks(record: NodeRecord, chunks: ChunkRef[]): NodeRecord {
  while (chunks.at(-1)?.length === 0) chunks.pop();
  Object.freeze(chunks);
  const { base, ...rest } = record;
  const needsBase = base !== undefined && chunks.some((ref) => ref.pack === BASE_PACK);
  return needsBase ? { ...rest, base, chunks } : { ...rest, chunks };
}

/** `record` with other contents. */
export function withContents(record: NodeRecord, { size, chunks, base }: FileContents): NodeRecord {
  const { chunks: _, base: __, ...rest } = record;
  const whole = chunks === undefined && base !== undefined;
  return { ...rest, size, ...(base === undefined ? {} : { base }), ...(whole ? {} : { chunks: chunks ?? [] }) };
}

/** `record` without its contents, as the journal carries it. */
export function withoutChunks(record: NodeRecord): NodeRecord {
  if (!record.chunks) return record;
  const { chunks: _, ...rest } = record;
  return rest;
}

const wholeLists = new WeakMap<readonly BlockChange[], readonly ChunkRef[]>();

/** Tells that these changes gave a file that held nothing these contents, so that `newChunks` need not make the list once more. */
export function rememberList(blocks: readonly BlockChange[], chunks: readonly ChunkRef[]): void {
  if (Object.isFrozen(chunks) && chunks.length === blocks.length) wholeLists.set(blocks, chunks);
}

/** The contents of a file that held nothing, after changes of each of its blocks, the first one first; else undefined. */
export function newChunks(blocks: readonly BlockChange[]): readonly ChunkRef[] | undefined {
  if (blocks.length === 0 || !blocks.every(({ index, before, after }, i) => index === i && before === null && after !== null)) return undefined;
  return wholeLists.get(blocks) ?? blocks.map(({ after }) => after as ChunkRef);
}
