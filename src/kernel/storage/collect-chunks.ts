import { emptyBatch, type ChunkRef, type Collection, type NodeRecord, type Store } from '../contract/index.ts';
import { refsOf } from './chunk-refs.ts';
import type { ChunkStore } from './chunk-store.ts';
import { scanLayer, scanLayerNodes } from './layer-scan.ts';

export interface CollectOptions {
  store: Store;
  chunks: ChunkStore;
  /** References that are neither in the store nor in a batch that was applied: `Overlay.adoptedRefs` of every overlay. Asked for last. */
  loose: () => Iterable<ChunkRef>;
  /** Lets others run; called after each page. */
  yield: () => Promise<void>;
}

/** Records that are read at a time. */
const PAGE = 1024;

/**
 * Frees the chunks that no layer, no record of the journal that is kept, and no loose reference needs. Programs go on meanwhile.
 * @throws FsError EBUSY while another collection runs, EIO, ENOSPC; then what was freed stays so, and nothing that is needed is lost
 */
export async function collectChunks({ store, chunks, loose, yield: pause }: CollectOptions): Promise<{ freed: number }> {
  const collection = await chunks.collect();
  try {
    for (const { id } of await store.layers()) {
      for await (const { node } of scanLayer(store, id, pause)) if (node && !('linked' in node)) markNode(node, collection);
      for await (const node of scanLayerNodes(store, id, pause)) markNode(node, collection);
    }
    await markJournal(store, collection, pause);
    for (const ref of loose()) collection.mark(ref);
  } catch (error) {
    collection.cancel();
    throw error;
  }
  return collection.sweep();
}

async function markJournal(store: Store, collection: Collection, pause: () => Promise<void>): Promise<void> {
  for (let from = store.head().oldest; from <= store.head().seq; ) {
    const page = await store.journal(from, PAGE);
    for (const ref of refsOf(emptyBatch({ journal: page }))) collection.mark(ref);
    const last = page.at(-1);
    if (!last) return;
    from = last.seq + 1;
    await pause();
  }
}

function markNode({ chunks = [] }: NodeRecord, collection: Collection): void {
  for (const ref of chunks) collection.mark(ref);
}
