import type { ChunkRef, PackedChunk, PackRow, Store, StoreBatch } from '../contract/index.ts';
import { BASE_PACK } from './chunks.ts';

/** Packs whose rows are read at a time; one full of small files has thousands of chunks. */
const PAGE = 8;

/** All rows of the index, by pack. */
export async function* packRows(store: Pick<Store, 'packIndex'>, pause: () => Promise<void> = async () => undefined): AsyncGenerator<PackRow> {
  for (let from = 1; ;) {
    const rows = await store.packIndex(from, PAGE);
    yield* rows;
    if (rows.length < PAGE) return;
    from = rows.at(-1)!.pack + 1;
    await pause();
  }
}

/** References of a batch to stored chunks. */
export function* refsOf(batch: StoreBatch): Generator<ChunkRef> {
  const lists: Iterable<ChunkRef | null>[] = [];
  for (const { entries, nodes } of [batch, ...(batch.rows ?? [])]) {
    for (const { node } of entries) if (node && 'chunks' in node && node.chunks) lists.push(node.chunks);
    for (const { chunks } of nodes) if (chunks) lists.push(chunks);
  }
  for (const { before, replaced, blocks } of batch.journal) {
    if (before?.chunks) lists.push(before.chunks);
    if (replaced?.chunks) lists.push(replaced.chunks);
    for (const block of blocks ?? []) lists.push([block.before, block.after]);
  }
  for (const refs of lists) for (const ref of refs) if (ref && ref.length > 0 && ref.pack !== BASE_PACK) yield ref;
}

export const lengthOf = (chunks: readonly PackedChunk[]): number => chunks.reduce((sum, { length }) => sum + length, 0);
