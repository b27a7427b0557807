import type { ListPage } from '../../shared/abi/index.ts';
import type { TreeModel } from './tree-model.ts';
import type { TreeNode } from './tree-node.ts';

/** Entries of one directory that are loaded, at most: a row says how many more there are. */
export const LOADED_MAX = 100_000;

/** Entries of one page: what a frame has time for. */
export const PAGE_ENTRIES = 2048;

export type ReadPage = (path: string, after: number) => Promise<ListPage>;

/** `rows`: they have changed, too. */
export type Touch = (rows: boolean) => void;

/**
 * Reads a directory into a model, a page at a time, so that the first rows are there at once and no page holds a frame up.
 * `isWanted`: asked before each page is taken. What fails becomes the node's error.
 */
export async function readDirectory(model: TreeModel, node: TreeNode, read: ReadPage, touch: Touch, isWanted: () => boolean = () => true): Promise<void> {
  node.loading = true;
  model.touch(node);
  touch(false);
  try {
    await readPages(model, node, read, touch, isWanted);
  } catch (error) {
    if (isWanted()) {
      if (!node.children) model.setChildren(node, []);
      node.error = error instanceof Error ? error.message : String(error);
    }
  }
  node.loading = false;
  model.touch(node);
  touch(true);
}

async function readPages(model: TreeModel, node: TreeNode, read: ReadPage, touch: Touch, isWanted: () => boolean): Promise<void> {
  let page = await read(node.path, 0);
  if (!isWanted()) return;
  const listing = model.beginListing(node, Math.max(page.total, page.entries.length));
  for (let count = 0; ;) {
    model.addListed(node, page.entries, listing);
    count += page.entries.length;
    if (page.next === null) return model.endListing(node, listing);
    if (count >= LOADED_MAX) return model.endListing(node, listing, Math.max(1, page.total - count));
    touch(true);
    page = await read(node.path, page.next);
    if (!isWanted()) return;
  }
}
