import { emptyBatch, type ChunkRef, type Collection, type NodeRecord, type Store } from '../contract/index.ts';
import { refsOf } from './chunk-refs.ts';
import type { ChunkStore } from './chunk-store.ts';

export interface CollectOptions {
  store: Store;
  chunks: ChunkStore;
  /** References that are neither in the store nor in a batch that was applied: `Overlay.adoptedRefs` of every overlay. Asked for last. */
  loose: () => Iterable<ChunkRef>;
  /** Lets others run; called after each page. */
  yield: () => Promise<void>;
}

/** Rows or records that are read at a time. */
const PAGE = 1024;

/**
 * Frees the chunks that no layer, no record of the journal that is kept, and no loose reference needs. Programs go on meanwhile.
 * @throws FsError EBUSY while another collection runs, EIO, ENOSPC; then what was freed stays so, and nothing that is needed is lost
 */
export async function collectChunks({ store, chunks, loose, yield: pause }: CollectOptions): Promise<{ freed: number }> {
  const collection = await chunks.collect();
  try {
    for (const { id } of await store.layers()) {
      await markEntries(store, id, collection, pause);
      await markNodes(store, id, collection, pause);
    }
    await markJournal(store, collection, pause);
    for (const ref of loose()) collection.mark(ref);
  } catch (error) {
    collection.cancel();
    throw error;
  }
  return collection.sweep();
}

async function markEntries(store: Store, layer: number, collection: Collection, pause: () => Promise<void>): Promise<void> {
  for (let after: { parent: number; name: string } | null = null; ;) {
    const page: Awaited<ReturnType<Store['scanEntries']>> = await store.scanEntries(layer, after, PAGE);
    for (const { node } of page) if (node && !('linked' in node)) markNode(node, collection);
    after = page.at(-1) ?? null;
    if (page.length < PAGE) return;
    await pause();
  }
}

async function markNodes(store: Store, layer: number, collection: Collection, pause: () => Promise<void>): Promise<void> {
  for (let after = 0; ;) {
    const page = await store.scanNodes(layer, after, PAGE);
    for (const node of page) markNode(node, collection);
    after = page.at(-1)?.ino ?? 0;
    if (page.length < PAGE) return;
    await pause();
  }
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
