import { FsError } from '../../shared/base/index.ts';
import type { BaseLayer, EntryRecord, NodeRecord, Store, TreeView, ViewEntry } from '../contract/index.ts';

/** Gives the bytes of a block of any record whose chunks are kept. */
export interface BlockReader {
  block(record: NodeRecord, index: number): Promise<Uint8Array>;
}

interface Rows extends BlockReader {
  find(ino: number): Promise<NodeRecord | undefined>;
  merged(parent: number): Promise<ViewEntry[]>;
}

const ROOT = 1;

function viewOf({ find, merged, block }: Rows): TreeView {
  return {
    at: 0,
    root: async () => {
      const root = await find(ROOT);
      if (!root) throw new FsError('EIO', 'export', '/', { detail: 'the root is not known' });
      return root;
    },
    entries: merged,
    lookup: async (ino, name) => (await merged(ino)).find((entry) => entry.name === name)?.record,
    node: find,
    block,
  };
}

/** What is shipped. */
export function shippedView(base: BaseLayer, tree: BlockReader): TreeView {
  return viewOf({
    find: async (ino) => (ino === ROOT ? base.root() : undefined),
    merged: async (parent) => base.entries(parent).map(({ name, node }) => ({ name, record: node })),
    block: (record, index) => tree.block(record, index),
  });
}

/** What a view of a part of the stack needs of the store. */
export type LayerStore = Pick<Store, 'entries' | 'node'>;

/** The base and the frozen layers `ids` over it, from the bottom to the top. */
export function stackView(base: BaseLayer, store: LayerStore, ids: readonly number[], tree: BlockReader): TreeView {
  const find = async (ino: number): Promise<NodeRecord | undefined> => {
    for (const id of ids.toReversed()) {
      const node = await store.node(ino, id);
      if (node) return node;
    }
    return ino === ROOT ? base.root() : undefined;
  };
  const merged = async (parent: number): Promise<ViewEntry[]> => {
    const rows = new Map(base.entries(parent).map(({ name, node }) => [name, node as EntryRecord['node']]));
    for (const id of ids) for (const { name, node } of await store.entries(parent, id)) rows.set(name, node);
    const entries: ViewEntry[] = [];
    for (const [name, node] of rows) {
      if (node === null) continue;
      const record = 'linked' in node ? await find(node.ino) : node;
      if (!record) throw new FsError('EIO', 'export', name, { detail: `linked inode ${node.ino} is in no layer` });
      entries.push({ name, record });
    }
    return entries;
  };
  return viewOf({ find, merged, block: (record, index) => tree.block(record, index) });
}
