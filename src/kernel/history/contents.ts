import type { ChunkRef, JournalRecord, NodeRecord } from '../contract/index.ts';
import { blockCount, chunksOf, HOLE, withChunks } from '../storage/index.ts';
import { nodeEffect } from './effects.ts';

/**
 * A node before `records` (all those after that moment that changed it, oldest first). `present`: its record now, in full; undefined if
 * it is no more. Undefined if it did not exist then, or if its contents are not known (a node that lives and is not given).
 */
export function nodeBefore(ino: number, records: readonly JournalRecord[], present: NodeRecord | undefined): NodeRecord | undefined {
  const [first] = records;
  if (!first) return present;
  const before = nodeEffect(first, ino)?.before;
  if (before?.kind !== 'file') return before ?? undefined;
  const replaced = new Map<number, ChunkRef | null>();
  let last = present;
  for (const record of records) {
    if (record.op === 'write') for (const { index, before: ref } of record.blocks ?? []) if (!replaced.has(index)) replaced.set(index, ref);
    const effect = nodeEffect(record, ino);
    if (effect?.before && !effect.after) {
      last = effect.before;
      break;
    }
  }
  return last && contentsBefore(before, last, replaced);
}

/** `before` with the contents of `last`, where `replaced` does not say otherwise. */
function contentsBefore(before: NodeRecord, last: NodeRecord, replaced: ReadonlyMap<number, ChunkRef | null>): NodeRecord {
  const { chunks: _, ...record } = before;
  if (replaced.size === 0 && !last.chunks && last.base !== undefined && last.size === before.size) return { ...record, base: last.base };
  const refs = chunksOf(last);
  const chunks = Array.from({ length: blockCount(before.size) }, (_, index) => {
    const ref = replaced.has(index) ? replaced.get(index) : refs[index];
    return ref ?? HOLE;
  });
  return withChunks(record, chunks);
}
