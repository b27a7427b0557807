import { FileType } from '../abi/index.ts';
import { BlockBit, Header, Inode, InodeFlag, lock, unlock, type Arena } from '../arena/index.ts';
import { BLOCK } from './bodies.ts';
import type { TreeParts } from './parts.ts';

/** State of a file as a batch takes it: only dirty blocks come with bytes; the others are as stored (or holes). */
export interface TreeCapture {
  ino: number;
  size: number;
  nlink: number;
  atime: bigint;
  mtime: bigint;
  ctime: bigint;
  /** Shortest size, rounded up to a block, since the last capture; blocks from there on that are not in `blocks` are holes. */
  low?: number;
  blocks: { index: number; bytes: Uint8Array }[];
}

/** Takes the contents of changed files for a batch. The kernel's. */
export class Capturer {
  readonly #tree: TreeParts;
  readonly #arena: Arena;

  constructor(tree: TreeParts) {
    this.#tree = tree;
    this.#arena = tree.arena;
  }

  /**
   * Copies the dirty blocks out. Null for a node that did not change in the epoch that ended, or that is gone or has no name
   * any more: nobody will ask for it.
   */
  take(inode: number, ino: number, dev: number, ended: number): TreeCapture | null {
    const { i32 } = this.#arena;
    lock(i32, (inode >>> 2) + Inode.LOCK, this.#tree.process.pid);
    this.#arena.sync();
    let capture: TreeCapture | null = null;
    // The address stays an inode's, but maybe another's by now; it cannot change while we hold the lock.
    const { u32 } = this.#arena;
    const word = inode >>> 2;
    if (this.#tree.inodes.ino(inode) !== ino || u32[word + Inode.DEV] !== dev || u32[word + Inode.DIRTY_EPOCH] !== ended) capture = null;
    else if (this.#tree.inodes.nlink(inode) !== 0) capture = this.#captureLocked(inode);
    // Open still, and maybe for long: what nobody will ask for must not count as waiting for the store.
    else this.#forgetDirty(inode);
    unlock(i32, (inode >>> 2) + Inode.LOCK);
    return capture;
  }

  #captureLocked(inode: number): TreeCapture {
    const { inodes, bodies } = this.#tree;
    const { u32, u8 } = this.#arena;
    const word = inode >>> 2;
    const size = inodes.type(inode) === FileType.REGULAR_FILE ? bodies.size(inode) : 0;
    const capture: TreeCapture = {
      ino: inodes.ino(inode), size, nlink: inodes.nlink(inode),
      atime: inodes.time(inode, Inode.ATIME), mtime: inodes.time(inode, Inode.MTIME), ctime: inodes.time(inode, Inode.CTIME),
      blocks: [],
    };
    if (u32[word + Inode.LOW] !== 0) {
      capture.low = Math.min(size, (u32[word + Inode.LOW]! - 1) * BLOCK);
      u32[word + Inode.LOW] = 0;
    }
    const flags = u32[word + Inode.FLAGS]!;
    const body = u32[word + Inode.BODY]!;
    if (flags & InodeFlag.TABLE) this.#captureBlocks(word, size, capture);
    else if (flags & InodeFlag.DIRTY) {
      if (size > 0) capture.blocks.push({ index: 0, bytes: u8.slice(body, body + size) });
      u32[word + Inode.FLAGS] = flags & ~InodeFlag.DIRTY;
      this.#settleRounding(u32[word + Inode.CAPACITY]! >>> 10, size >>> 10);
    }
    return capture;
  }

  #captureBlocks(word: number, size: number, capture: TreeCapture): void {
    const { u32, u8 } = this.#arena;
    const table = u32[word + Inode.BODY]! >>> 2;
    const capacity = u32[word + Inode.CAPACITY]!;
    for (let block = 0; block * BLOCK < size && block < capacity; block++) {
      const entry = u32[table + block]!;
      if (!(entry & BlockBit.DIRTY)) continue;
      const address = (entry & ~0xffff) >>> 0;
      const bytes = u8.slice(address, address + Math.min(BLOCK, size - block * BLOCK));
      capture.blocks.push({ index: block, bytes });
      u32[table + block] = address;
      this.#settleRounding(BLOCK >>> 10, bytes.length >>> 10);
    }
  }

  /** Makes all contents clean without a copy of them. */
  #forgetDirty(inode: number): void {
    const { u32 } = this.#arena;
    const word = inode >>> 2;
    const flags = u32[word + Inode.FLAGS]!;
    let dirty = 0;
    if (flags & InodeFlag.TABLE) {
      const table = u32[word + Inode.BODY]! >>> 2;
      for (let at = table, end = table + u32[word + Inode.CAPACITY]!; at < end; at++) {
        if (!(u32[at]! & BlockBit.DIRTY)) continue;
        u32[at] = (u32[at]! & ~BlockBit.DIRTY) >>> 0;
        dirty += BLOCK >>> 10;
      }
    } else if (flags & InodeFlag.DIRTY) {
      u32[word + Inode.FLAGS] = flags & ~InodeFlag.DIRTY;
      dirty = u32[word + Inode.CAPACITY]! >>> 10;
    }
    if (dirty === 0) return;
    Atomics.sub(this.#arena.i32, Header.DIRTY_BLOCKS, dirty);
    Atomics.notify(this.#arena.i32, Header.DIRTY_BLOCKS);
  }

  /** Dirtiness was counted by extent, what is in flight is counted by bytes. */
  #settleRounding(counted: number, taken: number): void {
    if (counted > taken) Atomics.sub(this.#arena.i32, Header.DIRTY_BLOCKS, counted - taken);
  }
}
