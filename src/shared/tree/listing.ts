import { FileType } from '../abi/index.ts';
import { Dirent, Inode, InodeFlag, TOP_VIA, VIA_MASK, type MemoryWindow } from '../arena/index.ts';
import { Errno } from '../base/index.ts';
import type { TreeParts } from './parts.ts';
import { MISS } from './walker.ts';

/** Preview 1 `dirent`: 24 bytes, then the name. */
const DIRENT_HEAD = 24;

/** One entry of a directory, as the kernel lists it. */
export interface ListedEntry {
  name: Uint8Array;
  inode: number;
  type: number;
  cookie: number;
}

/** What is in a directory. Where the operation has globs, only what they let be known (RT5). */
export class Listing {
  readonly #tree: TreeParts;
  readonly #head = new Uint8Array(DIRENT_HEAD + 255);
  readonly #headView = new DataView(this.#head.buffer);

  constructor(tree: TreeParts) {
    this.#tree = tree;
  }

  /**
   * Writes preview 1 `dirent`s that follow `cookie` (0: from the start, `.` and `..` first) and returns the bytes used;
   * `length` when the last one was cut. A cookie stays valid while entries come and go.
   */
  readdir(dir: number, confine: number, cookie: number, window: MemoryWindow, pointer: number, length: number): number {
    const { inodes, walker } = this.#tree;
    this.#tree.lock();
    if (walker.bounds.globs !== 0 && walker.bounds.ofDirectory(dir, confine & VIA_MASK) === 0) {
      this.#tree.unlock();
      return -Errno.ENOTCAPABLE;
    }
    if (!(inodes.flags(dir) & InodeFlag.POPULATED)) {
      this.#tree.unlock();
      walker.missInode = dir;
      walker.missBlock = -1;
      return MISS;
    }
    let used = 0;
    if (cookie < 1) used = this.#emitDots(window, pointer, used, length, 1, inodes.ino(dir));
    if (cookie < 2 && used < length) {
      const via = confine & VIA_MASK;
      const isTop = dir === (confine >>> 0) - via && via === Math.floor(confine / TOP_VIA);
      const up = isTop ? dir : walker.crossUp(dir, via);
      used = this.#emitDots(window, pointer, used, length, 2, inodes.ino(up < 0 ? dir : up));
    }
    if (used < length) used = this.#emitEntries(dir, confine & VIA_MASK, Math.max(0, cookie - 2), window, pointer, used, length);
    this.#tree.unlock();
    return used;
  }

  #emitDots(window: MemoryWindow, pointer: number, used: number, length: number, dots: number, ino: number): number {
    this.#head.fill(46, DIRENT_HEAD, DIRENT_HEAD + dots);
    return this.#emit(window, pointer, used, length, dots, ino >>> 0, Math.floor(ino / 4294967296), dots, FileType.DIRECTORY);
  }

  #emitEntries(dir: number, via: number, seq: number, window: MemoryWindow, pointer: number, used: number, length: number): number {
    const { names, walker: { bounds } } = this.#tree;
    const { u32, u8 } = this.#tree.arena;
    const slots = u32[(dir >>> 2) + Inode.BODY]! >>> 2;
    const count = u32[(dir >>> 2) + Inode.COUNT]!;
    const head = this.#head;
    for (let index = names.slotAfter(dir, seq); index < count && used < length; index++) {
      const dirent = u32[slots + index * 2 + 1]!;
      if (dirent === 0) continue;
      const nameLength = u32[(dirent >>> 2) + Dirent.NAME_LENGTH]!;
      for (let i = 0, from = dirent + Dirent.NAME; i < nameLength; i++) head[DIRENT_HEAD + i] = u8[from + i]!;
      const inode = u32[(dirent >>> 2) + Dirent.INODE]! >>> 2;
      const isDirectory = u32[inode + Inode.TYPE] === FileType.DIRECTORY;
      if (bounds.globs !== 0 && bounds.shows(bounds.ofName(dir, via, head, DIRENT_HEAD, DIRENT_HEAD + nameLength), isDirectory) < 0) continue;
      used = this.#emit(window, pointer, used, length, u32[slots + index * 2]! + 2, u32[inode + Inode.INO]!, u32[inode + Inode.INO + 1]!, nameLength, u32[inode + Inode.TYPE]!);
    }
    return used;
  }

  #emit(window: MemoryWindow, pointer: number, used: number, length: number, cookie: number, inoLow: number, inoHigh: number, nameLength: number, type: number): number {
    const view = this.#headView;
    view.setUint32(0, cookie, true);
    view.setUint32(4, cookie / 4294967296, true);
    view.setUint32(8, inoLow, true);
    view.setUint32(12, inoHigh, true);
    view.setUint32(16, nameLength, true);
    view.setUint32(20, type, true);
    const count = Math.min(DIRENT_HEAD + nameLength, length - used);
    const { u8 } = window;
    for (let i = 0, to = pointer + used; i < count; i++, to++) u8[to] = this.#head[i]!;
    return used + count;
  }

  /** Entries after `cookie`, at most `limit`; MISS if the directory is not populated. */
  list(dir: number, cookie: number, limit: number): ListedEntry[] | typeof MISS {
    const { inodes, walker } = this.#tree;
    this.#tree.lock();
    try {
      if (!(inodes.flags(dir) & InodeFlag.POPULATED)) {
        walker.missInode = dir;
        walker.missBlock = -1;
        return MISS;
      }
      return this.#listed(dir, cookie, limit);
    } finally {
      this.#tree.unlock();
    }
  }

  #listed(dir: number, cookie: number, limit: number): ListedEntry[] {
    const { names, inodes } = this.#tree;
    const { u32, u8 } = this.#tree.arena;
    const out: ListedEntry[] = [];
    const count = u32[(dir >>> 2) + Inode.COUNT]!;
    for (let index = names.slotAfter(dir, Math.max(0, cookie - 2)); index < count && out.length < limit; index++) {
      const dirent = names.slot(dir, index);
      if (dirent === 0) continue;
      const word = dirent >>> 2;
      const from = dirent + Dirent.NAME;
      const inode = u32[word + Dirent.INODE]!;
      out.push({ name: u8.slice(from, from + u32[word + Dirent.NAME_LENGTH]!), inode, type: inodes.type(inode), cookie: u32[word + Dirent.SEQ]! + 2 });
    }
    return out;
  }
}
