import type { ChunkRef, FileContents, NodeRecord } from '../contract/index.ts';
import { sameBytes } from '../history/index.ts';
import { chunksOf, HOLE, withChunks } from '../storage/index.ts';

/** A name that is to change: `from` and `to` are inode numbers, `null` for no such name. */
export interface SlotGoal {
  parent: number;
  name: string;
  from: number | null;
  to: number | null;
  /** Path of the directory in the present tree, where it is there. */
  directory: string;
}

/** A node that is to change; `null`: it is not there on that side. */
export interface NodeGoal {
  ino: number;
  from: NodeRecord | null;
  to: NodeRecord | null;
  /** Whether `to` has its contents, so that the node can be made. */
  whole: boolean;
  /** Blocks that differ; of a node that is in one side only, all that it has. */
  blocks: ReadonlyMap<number, { from: ChunkRef | null; to: ChunkRef | null }>;
  /** Paths in the present tree at which it may be. */
  paths: readonly string[];
}

/** What would turn the one side of a merge into the other. It is done to a third tree as far as that has what `from` says. */
export interface Goals {
  slots: readonly SlotGoal[];
  nodes: ReadonlyMap<number, NodeGoal>;
}

/** Whether a node that is there still is what the goal starts from, as far as the goal changes it. */
export function isAsFrom(record: NodeRecord, { from, to, blocks }: NodeGoal): boolean {
  if (!from || record.kind !== from.kind || record.target !== from.target) return false;
  if (record.kind !== 'file') return true;
  const refs = chunksOf(record);
  if ((to === null || from.size !== to.size) && record.size !== from.size) return false;
  for (const [index, { from: ref }] of blocks) if (!sameBytes(refs[index], ref)) return false;
  return to !== null || refs.every((ref, index) => ref.length === 0 || blocks.has(index));
}

/** Whether what is at a node's path, under another number, is that node brought back: with what the goal starts from. */
export function looksLike(record: NodeRecord, goal: NodeGoal): boolean {
  const { from, to, whole, blocks } = goal;
  if (!from || record.kind !== from.kind || record.size !== from.size || !isAsFrom(record, goal)) return false;
  return record.kind !== 'file' || blocks.size > 0 || (whole && to !== null && sameNode(record, to));
}

/** Whether a node that is there has what a record says; times do not count. */
export function sameNode(record: NodeRecord, other: NodeRecord): boolean {
  if (record.kind !== other.kind || record.target !== other.target) return false;
  if (record.kind !== 'file') return true;
  if (record.size !== other.size) return false;
  const [a, b] = [chunksOf(record), chunksOf(other)];
  return Array.from({ length: Math.max(a.length, b.length) }).every((_, index) => {
    const [left, right] = [a[index] ?? HOLE, b[index] ?? HOLE];
    return sameBytes(left, right) && (left.pack !== -1 || record.base === other.base);
  });
}

/** Whether the goal changes what the node holds. */
export function changesContents({ from, to, blocks }: NodeGoal): boolean {
  return from?.size !== to?.size || [...blocks.values()].some((block) => !sameBytes(block.from, block.to));
}

/** What a file holds once the goal's blocks are put into it; undefined if references into two files of the base would meet. */
export function reached(record: NodeRecord, { from, to, blocks }: NodeGoal): FileContents | undefined {
  const size = from?.size === to?.size ? record.size : (to?.size ?? 0);
  const count = Math.ceil(size / 65_536);
  const refs = chunksOf(record);
  const chunks = Array.from({ length: count }, (_, index) => {
    const block = blocks.get(index);
    return (block ? block.to : refs[index]) ?? HOLE;
  });
  const bases = new Set([record.base, to?.base].filter((base) => base !== undefined));
  if (bases.size > 1 && chunks.some(({ pack }) => pack === -1)) return undefined;
  const base = [...bases][0];
  const { chunks: kept, base: keptBase } = withChunks({ ...record, size, ...(base === undefined ? {} : { base }) }, chunks);
  return { size, chunks: kept ?? [], ...(keptBase === undefined ? {} : { base: keptBase }) };
}
