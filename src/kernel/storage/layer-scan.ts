import type { EntryRecord, NodeRecord, Store } from '../contract/index.ts';

/** Rows that are in memory at a time. */
const PAGE = 2048;

/** A layer's entries in the order of their keys; `pause` after each page. */
export async function* scanLayer(store: Pick<Store, 'scanEntries'>, layer: number, pause?: () => Promise<void>): AsyncGenerator<EntryRecord> {
  for (let after: EntryRecord | null = null; ;) {
    const page: EntryRecord[] = await store.scanEntries(layer, after, PAGE);
    yield* page;
    after = page.at(-1) ?? null;
    if (page.length < PAGE) return;
    await pause?.();
  }
}

/** A layer's nodes by inode number. */
export async function* scanLayerNodes(store: Pick<Store, 'scanNodes'>, layer: number, pause?: () => Promise<void>): AsyncGenerator<NodeRecord> {
  for (let after = 0; ;) {
    const page = await store.scanNodes(layer, after, PAGE);
    yield* page;
    after = page.at(-1)?.ino ?? 0;
    if (page.length < PAGE) return;
    await pause?.();
  }
}
