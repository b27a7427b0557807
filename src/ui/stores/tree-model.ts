import { dirname, joinPath } from '../../shared/base/index.ts';
import { ChildList } from './child-list.ts';
import { assign, makeNode, type TreeEntry, type TreeNode } from './tree-node.ts';

/** The rows of a tree as they are now, from the top. Made anew when they changed, so that who holds one sees that. */
export interface TreeRows extends Iterable<TreeNode> {
  readonly length: number;
  at(index: number): TreeNode | undefined;
  /** -1: it has no row. */
  indexOf(node: TreeNode): number;
  /** For `aria-posinset` and `aria-setsize`. */
  placeOf(node: TreeNode): { position: number; siblings: number };
}

/** Name of the row that stands for what is not loaded; no entry can have it. */
const MORE = '\0';

/**
 * The entries that have been read so far, and the rows of those that are shown. Each change costs the same among ten and among 100 000:
 * every node knows how many rows it has, and no list of them is made.
 */
export class TreeModel {
  readonly root: TreeNode;
  readonly #byPath = new Map<string, TreeNode>();
  #listing = 0;
  #rows: TreeRows | null = null;

  constructor(root = '/') {
    this.root = makeNode(null, { name: root, kind: 'directory', size: 0, origin: 'base' }, root);
    this.#byPath.set(root, this.root);
  }

  /** Replaced when they changed. */
  get rows(): TreeRows {
    return (this.#rows ??= rowsOf(this.root));
  }

  /** Entries loaded so far, in no order. */
  get loaded(): IterableIterator<TreeNode> {
    return this.#byPath.values();
  }

  find(path: string): TreeNode | undefined {
    return this.#byPath.get(path);
  }

  /** The entry, or the nearest one above it that is loaded and whose ancestors are all expanded. */
  nearestVisible(path: string): TreeNode | undefined {
    for (let at = path; ; at = dirname(at)) {
      const node = this.#byPath.get(at);
      if (node && isShown(node)) return node;
      if (at === '/') return undefined;
    }
  }

  /** A listing of a directory begins; `total`: entries that it has, where that is known. */
  beginListing(node: TreeNode, total = 0): number {
    this.#setChildren(node, node.children ?? new ChildList<TreeNode>());
    node.children?.expect(total);
    return ++this.#listing;
  }

  /** Takes a part of a listing. Entries that were there keep their identity, and so their expansion. */
  addListed(node: TreeNode, entries: readonly TreeEntry[], listing: number): void {
    const made: TreeNode[] = [];
    for (const entry of entries) {
      const known = this.#byPath.get(joinPath(node.path, entry.name));
      if (known && known.kind === entry.kind) assign(known, entry);
      else {
        if (known) this.remove(known);
        made.push(this.#make(node, entry));
      }
      (known && known.kind === entry.kind ? known : made.at(-1)!).seen = listing;
    }
    this.#addAll(node, made);
  }

  /** What was not seen since the listing began has gone. `more`: entries that were not read. */
  endListing(node: TreeNode, listing: number, more = 0): void {
    for (const child of [...(node.children ?? [])]) if (child.seen < listing && child.more === 0 && more === 0) this.remove(child);
    node.error = null;
    this.#setMore(node, more);
    this.#stale(node);
  }

  /** Takes a directory's whole listing. */
  setChildren(node: TreeNode, entries: readonly TreeEntry[]): void {
    const listing = this.beginListing(node, entries.length);
    this.addListed(node, entries, listing);
    this.endListing(node, listing);
  }

  /** Adds or updates one entry of a directory that has been read. */
  upsert(parent: TreeNode, entry: TreeEntry): void {
    if (!parent.children) return;
    const known = this.#byPath.get(joinPath(parent.path, entry.name));
    if (known && known.kind === entry.kind) {
      assign(known, entry);
      known.seen = this.#listing;
      return;
    }
    if (known) this.remove(known);
    const node = this.#make(parent, entry);
    node.seen = this.#listing;
    this.#addAll(parent, [node]);
  }

  /** The same for many entries of one directory at once. */
  upsertAll(parent: TreeNode, entries: readonly TreeEntry[]): void {
    if (parent.children) this.addListed(parent, entries, this.#listing);
  }

  remove(node: TreeNode): void {
    const { parent } = node;
    this.#forget(node);
    if (!parent?.children?.remove(node)) return;
    this.#grow(parent, -node.rows);
    this.#stale(parent);
  }

  /** Forgets what is in a directory: it is read when it is opened again. */
  unload(node: TreeNode): void {
    for (const child of node.children ?? []) this.#forget(child);
    this.#setChildren(node, null);
  }

  setExpanded(node: TreeNode, expanded: boolean): void {
    if (node.kind !== 'directory' || node.expanded === expanded) return;
    const rows = node.children?.rows ?? 0;
    node.expanded = expanded;
    this.#resize(node, expanded ? rows : -rows);
    this.#stale(node);
  }

  /** Says that a field of a node was changed. */
  touch(node: TreeNode): void {
    node.stamp++;
  }

  /** A directory that is not loaded whole has so many entries: the rest is told by a row. */
  setMore(node: TreeNode, total: number): void {
    const loaded = (node.children?.length ?? 0) - (this.#byPath.has(joinPath(node.path, MORE)) ? 1 : 0);
    this.#setMore(node, Math.max(0, total - loaded));
  }

  #setMore(node: TreeNode, more: number): void {
    const known = this.#byPath.get(joinPath(node.path, MORE));
    if (known?.more === more) return;
    if (known) this.remove(known);
    if (more === 0) return;
    const row = makeNode(node, { name: MORE, kind: 'file', size: 0, origin: 'base' });
    row.more = more;
    this.#byPath.set(row.path, row);
    this.#addAll(node, [row]);
  }

  #setChildren(node: TreeNode, children: ChildList<TreeNode> | null): void {
    if (node.children === children) return;
    const before = node.children?.rows ?? 0;
    node.children = children;
    if (node.expanded) this.#resize(node, (children?.rows ?? 0) - before);
    this.#stale(node);
  }

  #addAll(parent: TreeNode, nodes: TreeNode[]): void {
    if (nodes.length === 0 || !parent.children) return;
    parent.children.add(nodes);
    this.#grow(parent, nodes.length);
    this.#stale(parent);
  }

  /** What a directory holds has so many rows more. */
  #grow(parent: TreeNode, rows: number): void {
    if (parent.expanded) this.#resize(parent, rows);
  }

  /** A node has so many rows more. */
  #resize(node: TreeNode, rows: number): void {
    for (let at: TreeNode | null = node, by = rows; at && by !== 0; at = at.parent) {
      // The list finds a child by its order, whatever its rows.
      at.rows += by;
      at.parent?.children?.grown(at, by);
      if (!at.parent?.expanded) break;
    }
  }

  #stale(node: TreeNode): void {
    node.stamp++;
    this.#rows = null;
  }

  #make(parent: TreeNode, entry: TreeEntry): TreeNode {
    const node = makeNode(parent, entry);
    this.#byPath.set(node.path, node);
    return node;
  }

  #forget(node: TreeNode): void {
    if (this.#byPath.get(node.path) === node) this.#byPath.delete(node.path);
    for (const child of node.children ?? []) this.#forget(child);
  }
}

function rowsOf(root: TreeNode): TreeRows {
  return {
    length: root.rows,
    at: (index) => rowAt(root, index),
    indexOf,
    placeOf: (node) => {
      const siblings = node.parent?.children;
      return siblings ? { position: siblings.positionOf(node) + 1, siblings: siblings.length } : { position: 1, siblings: 1 };
    },
    [Symbol.iterator]: () => walk(root),
  };
}

function rowAt(root: TreeNode, index: number): TreeNode | undefined {
  if (index < 0) return undefined;
  let at = root;
  for (let rest = index; rest > 0;) {
    const found = at.expanded ? at.children?.atRow(rest - 1) : undefined;
    if (!found) return undefined;
    at = found.node;
    rest = found.rest;
  }
  return at;
}

function indexOf(node: TreeNode): number {
  let index = 0;
  for (let at = node; at.parent; at = at.parent) {
    const before = at.parent.expanded ? (at.parent.children?.rowsBefore(at) ?? -1) : -1;
    if (before < 0) return -1;
    index += before + 1;
  }
  return index;
}

function* walk(node: TreeNode): Generator<TreeNode> {
  yield node;
  if (!node.expanded || !node.children) return;
  for (const child of node.children) {
    if (child.rows === 1) yield child;
    else yield* walk(child);
  }
}

function isShown(node: TreeNode): boolean {
  for (let above = node.parent; above; above = above.parent) if (!above.expanded) return false;
  return true;
}
