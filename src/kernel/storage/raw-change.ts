import type { FileContents, JournalOp } from '../contract/index.ts';

/** One entry of the arena's journal ring, decoded; in the order in which the tree was changed. */
export interface RawChange {
  op: JournalOp;
  /** Nanoseconds since the epoch. */
  time: bigint;
  pid: number;
  /** The node that was made, removed, moved or changed. */
  ino: number;
  /** Directory of `name`; for `write` and `attr` not used. */
  parent: number;
  name: string;
  /** For rename: the new place. */
  parent2?: number;
  name2?: string;
  /** For rename: the node that was at the new place. Absent or 0: none. */
  replaced?: number;
  /** For symlink. */
  target?: string;
}

/** State of one node at the moment of the cut. Nodes without a name any more may be there and are ignored. */
export interface Capture {
  ino: number;
  size: number;
  /** Nanoseconds since the epoch. */
  atime: bigint;
  mtime: bigint;
  ctime: bigint;
  /** Used for directories only; the names of a file are counted by the fold. */
  nlink: number;
  /**
   * The smallest size that the file had since the previous cut. Blocks from there on that are not in `blocks` are holes;
   * a block in which it lies keeps the bytes before it. Default: the smaller of the old and the new size.
   */
  low?: number;
  /** Dirty blocks, each once; must not change until `Overlay.apply` resolves. Bytes beyond `size` are dropped. */
  blocks: { index: number; bytes: Uint8Array }[];
}

/** What changed in one volume. */
export interface CutPart {
  changes: RawChange[];
  captures: Capture[];
  /** Contents that files were given by reference, by inode number; the captures are on top of them. */
  adopted?: ReadonlyMap<number, FileContents>;
}

/** A batch as cut from the ring: whole operations, in order. */
export interface CutBatch extends CutPart {
  /** What other volumes changed, by their devices. */
  others?: ReadonlyMap<number, CutPart>;
  /** Position in the ring after the last of the changes. */
  position: number;
}
