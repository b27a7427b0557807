import type { NodeRecord } from './store.ts';

export interface ViewEntry {
  name: string;
  /** In full: of a file, with its contents' references (or the base file that it is). */
  record: NodeRecord;
}

/**
 * A whole tree that does not change: a past state of the workspace, or the present one at the moment when it was asked for.
 * Failures: EIO for what the store does not give; ENOENT once the history that it needs was trimmed.
 */
export interface TreeView {
  /** The entry after which the tree was so. */
  readonly at: number;
  root(): Promise<NodeRecord>;
  /** In no order. Empty for what is no directory of this tree. */
  entries(ino: number): Promise<ViewEntry[]>;
  /** One name of a directory; undefined if it is not there. */
  lookup(ino: number, name: string): Promise<NodeRecord | undefined>;
  /** Undefined for a node that this tree does not have, or that neither the tree in memory, nor the journal, nor an earlier answer of this view knows. */
  node(ino: number): Promise<NodeRecord | undefined>;
  /** Bytes of one block of a file of this tree; fewer (or none) where the rest of it reads as zeros. Shared: do not write to them. */
  block(record: NodeRecord, index: number): Promise<Uint8Array>;
}
