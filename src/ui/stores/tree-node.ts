import type { ExploreEntry, NodeKind, Origin } from '../../shared/abi/index.ts';
import { joinPath } from '../../shared/base/index.ts';
import type { ChildList } from './child-list.ts';

/** What a listing says of an entry. */
export type TreeEntry = Pick<ExploreEntry, 'name' | 'kind' | 'size' | 'origin'> & Partial<Pick<ExploreEntry, 'mtime' | 'rights'>>;

/** One loaded entry of the namespace. What is not readonly changes in place; `stamp` grows with it. */
export interface TreeNode {
  readonly path: string;
  readonly name: string;
  readonly parent: TreeNode | null;
  /** 0 for the root. */
  readonly depth: number;
  readonly kind: NodeKind;
  size: number;
  origin: Origin;
  /** Milliseconds since the epoch; 0: not known. */
  mtime: number;
  /** See `ExploreEntry`. */
  rights: number | undefined;
  /** Null until the directory has been read. */
  children: ChildList<TreeNode> | null;
  expanded: boolean;
  loading: boolean;
  /** Why the directory could not be read. */
  error: string | null;
  glow: 'read' | 'write' | null;
  /** Counts the glows, so that each one starts its animation anew. */
  glows: number;
  /** When the last one began, on the page's clock. */
  glowed: number;
  /** Of the row that stands for them: how many entries of the directory are not loaded. 0 for all others. */
  more: number;
  /** Its own row and those that are shown below it. */
  rows: number;
  /** The listing with which it was last seen. */
  seen: number;
  stamp: number;
}

export function makeNode(parent: TreeNode | null, entry: TreeEntry, root = '/'): TreeNode {
  return {
    path: parent ? joinPath(parent.path, entry.name) : root, name: entry.name, parent, depth: parent ? parent.depth + 1 : 0,
    kind: entry.kind, size: entry.size, origin: entry.origin, mtime: entry.mtime ?? 0, rights: entry.rights,
    children: null, expanded: parent === null, loading: false, error: null, glow: null, glows: 0, glowed: 0, more: 0, rows: 1, seen: 0, stamp: 0,
  };
}

export function assign(node: TreeNode, { size, origin, mtime = 0, rights }: TreeEntry): void {
  if (node.size === size && node.origin === origin && node.mtime === mtime && node.rights === rights) return;
  node.size = size;
  node.origin = origin;
  node.mtime = mtime;
  node.rights = rights;
  node.stamp++;
}

/** Milliseconds that a glow lasts, as in the style sheet. */
const GLOW_MS = 1400;

/** A row that is mounted again later does not glow again. */
export const isGlowing = ({ glow, glowed }: TreeNode): boolean => glow !== null && performance.now() - glowed < GLOW_MS;
