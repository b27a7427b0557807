import type { LayerRows, StoreBatch, StoreHead } from './store.ts';

/** The head of a workspace in which nothing has happened, of the present format. */
export const EMPTY_HEAD: StoreHead = Object.freeze({
  format: 2, seq: 0, oldest: 1, nextIno: 2, nextPack: 1, nextLayer: 2, nextRun: 1, upper: 1, stack: [], revision: 0, clean: true,
});

/** A batch with nothing in it but what is given. Counters stay as they are. */
export function emptyBatch(parts: Partial<StoreBatch> = {}): StoreBatch {
  return {
    journal: [], entries: [], removed: [], nodes: [], droppedNodes: [], packs: [], nextIno: 0, nextPack: 0, durability: 'strict', ...parts,
  };
}

/** All rows of a batch, by layer. */
export function rowsOf(batch: StoreBatch, upper: number): LayerRows[] {
  const { layer = upper, entries, removed, nodes, droppedNodes, rows = [] } = batch;
  return [{ layer, entries, removed, nodes, droppedNodes }, ...rows];
}

/** The head once `batch` is committed on `head`. */
export function headAfter(head: StoreHead, batch: StoreBatch, format: number): StoreHead {
  return {
    format, clean: false, revision: head.revision + 1,
    seq: batch.journal.at(-1)?.seq ?? head.seq,
    oldest: Math.max(head.oldest, batch.trimJournal ?? 0),
    nextIno: Math.max(head.nextIno, batch.nextIno),
    nextPack: Math.max(head.nextPack, batch.nextPack),
    nextLayer: Math.max(head.nextLayer, batch.nextLayer ?? 0),
    nextRun: Math.max(head.nextRun, batch.nextRun ?? 0),
    upper: batch.stack?.upper ?? head.upper,
    stack: [...(batch.stack?.stack ?? head.stack)],
  };
}
