import type { NodeRecord } from '../contract/index.ts';
import { ROOT_INO } from './manifest.ts';

export interface Name {
  parent: number;
  name: string;
}

/** An entry of a directory as the store has it. */
export interface ListedNode {
  name: string;
  record: NodeRecord;
  origin: 'base' | 'new' | 'changed';
  linked: boolean;
}

/** A node of the tree as the fold sees it: after all changes that were applied, whether committed or not. */
export interface ShadowNode {
  record: NodeRecord;
  /** Those that are known; a linked node may have more, in directories that nobody has read yet. Empty for the root. */
  names: Name[];
  /** In the `nodes` store, because it has or had several names. */
  linked: boolean;
}

/** The nodes that are in the tree, by inode number. */
export class Shadow {
  readonly #nodes = new Map<number, ShadowNode>();

  get size(): number {
    return this.#nodes.size;
  }

  get(ino: number): ShadowNode | undefined {
    return this.#nodes.get(ino);
  }

  /** Adds a node under a name; one that is there already keeps its record and gains the name. */
  add(record: NodeRecord, parent: number, name: string, linked: boolean): ShadowNode {
    let node = this.#nodes.get(record.ino);
    if (!node) this.#nodes.set(record.ino, (node = { record, names: [], linked }));
    if (!node.names.some((known) => known.parent === parent && known.name === name)) node.names.push({ parent, name });
    return node;
  }

  addRoot(record: NodeRecord): void {
    this.#nodes.set(ROOT_INO, { record, names: [], linked: true });
  }

  /** Takes over what another session has made of some directories. `lost`: told of files whose last name goes. */
  relist(root: NodeRecord, before: readonly (Name & { ino: number })[], directories: ReadonlyMap<number, readonly ListedNode[]>, lost: (record: NodeRecord) => void): void {
    this.addRoot(root);
    for (const { ino, parent, name } of before) {
      const node = this.#nodes.get(ino);
      if (node) node.names = node.names.filter((known) => known.parent !== parent || known.name !== name);
    }
    for (const [parent, entries] of directories) {
      for (const { name, record, linked } of entries) {
        const node = this.add(record, parent, name, linked);
        node.record = record;
        node.linked = linked;
      }
    }
    for (const { ino } of before) {
      const node = this.#nodes.get(ino);
      if (!node || node.names.length > 0) continue;
      if (node.record.kind === 'file') lost(node.record);
      this.#nodes.delete(ino);
    }
  }

  delete(ino: number): void {
    this.#nodes.delete(ino);
  }

  /** Absolute; of the first known name. Undefined if the node or a directory above is not known. */
  path(ino: number): string | undefined {
    if (ino === ROOT_INO) return '/';
    const name = this.#nodes.get(ino)?.names[0];
    return name && this.pathOf(name.parent, name.name);
  }

  pathOf(parent: number, name: string): string | undefined {
    const above = this.path(parent);
    if (above === undefined) return undefined;
    return above === '/' ? `/${name}` : `${above}/${name}`;
  }
}
