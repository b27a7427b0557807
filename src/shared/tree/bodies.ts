import { Errno } from '../base/index.ts';
import {
  Arena, BlockBit, Header, Inode, InodeFlag, JournalOp, PAGE_SIZE, ringBell, stampTime,
  type JournalRing, type MemoryWindow, type ProcessHandle,
} from '../arena/index.ts';
import { Epochs } from './epochs.ts';
import { VolatileSpace } from './volatile-space.ts';
import { MISS, WAIT } from './walker.ts';

/** Bytes of a block: the unit of loading, of dirtiness and of storage. */
export const BLOCK = PAGE_SIZE;
/** Largest file, in bytes (256 GiB): what a block table of 16 MiB spans. */
export const FILE_MAX = 2 ** 38;
/** KiB of changes that may wait for the store before writers do. */
const DIRTY_LIMIT = 384 * 1024;
/** KiB of changes after which the kernel is woken before its grouping time is over. */
const DIRTY_WAKE = 32 * 1024;
const HIGH = 4294967296;

/**
 * File contents. A body is small (one extent of at most 64 KiB) or a table of 64 KiB blocks.
 * Bytes of an extent beyond the size are undefined; a block that is not there reads as zeros.
 * Everything here is under the inode's body lock, which the caller holds.
 */
export class Bodies {
  missBlock = 0;
  /** Header word and value to wait on after WAIT. */
  waitWord = 0;
  waitValue = 0;
  readonly #arena: Arena;
  readonly #epochs: Epochs;
  readonly #space: VolatileSpace;

  constructor(arena: Arena, journal: JournalRing, process: ProcessHandle) {
    this.#arena = arena;
    this.#space = new VolatileSpace(arena);
    this.#epochs = new Epochs(arena, journal, process, (word, value) => this.#wait(word, value));
  }

  size(inode: number): number {
    const { u32 } = this.#arena;
    return u32[(inode >>> 2) + Inode.SIZE]! + u32[(inode >>> 2) + Inode.SIZE + 1]! * HIGH;
  }

  setSize(word: number, size: number): void {
    const { u32 } = this.#arena;
    u32[word + Inode.SIZE] = size >>> 0;
    u32[word + Inode.SIZE + 1] = (size / HIGH) >>> 0;
  }

  /** Bytes copied to the window; 0 at the end; MISS. */
  read(inode: number, position: number, window: MemoryWindow, pointer: number, length: number): number {
    const { u32 } = this.#arena;
    const word = inode >>> 2;
    const size = this.size(inode);
    const count = Math.min(length, size - position);
    if (count <= 0) return 0;
    const flags = u32[word + Inode.FLAGS]!;
    if (flags & InodeFlag.REMOTE) return this.#miss(Math.floor(position / BLOCK));
    stampTime(this.#arena, word + Inode.ATIME);
    if (flags & InodeFlag.TABLE) return this.#readBlocks(word, position, window, pointer, count);
    window.fromArenaTo(pointer, u32[word + Inode.BODY]! + position, count);
    return count;
  }

  #readBlocks(word: number, position: number, window: MemoryWindow, pointer: number, count: number): number {
    const { u32 } = this.#arena;
    const table = u32[word + Inode.BODY]! >>> 2;
    const capacity = u32[word + Inode.CAPACITY]!;
    let done = 0;
    while (done < count) {
      const block = Math.floor((position + done) / BLOCK);
      const inBlock = (position + done) % BLOCK;
      const part = Math.min(count - done, BLOCK - inBlock);
      const entry = block < capacity ? u32[table + block]! : 0;
      if (entry & BlockBit.REMOTE) return done > 0 ? done : this.#miss(block);
      const address = (entry & ~0xffff) >>> 0;
      if (address === 0) window.u8.fill(0, pointer + done, pointer + done + part);
      else window.fromArenaTo(pointer + done, address + inBlock, part);
      done += part;
    }
    return count;
  }

  #miss(block: number): number {
    this.missBlock = block;
    return MISS;
  }

  #wait(word: number, value: number): number {
    this.waitWord = word;
    this.waitValue = value;
    return WAIT;
  }

  /** Bytes taken; -ENOSPC, -EFBIG, MISS, WAIT. May take fewer than asked once some are in. */
  write(inode: number, position: number, window: MemoryWindow, pointer: number, length: number): number {
    if (length === 0) return 0;
    if (position >= FILE_MAX) return -Errno.EFBIG;
    const count = Math.min(length, FILE_MAX - position);
    const word = inode >>> 2;
    const size = this.size(inode);
    const missing = this.#needsLoad(word, position, count, size);
    if (missing >= 0) return this.#miss(missing);
    const begun = this.beginChange(inode, JournalOp.WRITE);
    if (begun < 0) return begun;
    const end = position + count;
    const fits = this.#reserve(word, end, size);
    if (fits < 0) return fits;
    let done: number;
    if (this.#arena.u32[word + Inode.FLAGS]! & InodeFlag.TABLE) {
      done = this.#writeBlocks(word, position, window, pointer, count, size);
      if (done < 0) return done;
    } else {
      const { u32, u8 } = this.#arena;
      const body = u32[word + Inode.BODY]!;
      if (position > size) u8.fill(0, body + size, body + position);
      window.toArenaFrom(body + position, pointer, count);
      this.#dirtySmall(word);
      done = count;
    }
    if (position + done > size) this.setSize(word, position + done);
    this.touchChanged(word);
    return done;
  }

  /** The first block that must be loaded before these bytes can be written; -1 for none. */
  #needsLoad(word: number, position: number, count: number, size: number): number {
    const { u32 } = this.#arena;
    const flags = u32[word + Inode.FLAGS]!;
    if (flags & InodeFlag.REMOTE) return 0;
    if (!(flags & InodeFlag.TABLE)) return -1;
    const table = u32[word + Inode.BODY]! >>> 2;
    const capacity = u32[word + Inode.CAPACITY]!;
    const first = Math.floor(position / BLOCK);
    const last = Math.floor((position + count - 1) / BLOCK);
    if (first < capacity && u32[table + first]! & BlockBit.REMOTE && (position % BLOCK !== 0 || !this.#covers(first, position, count, size))) return first;
    if (last < capacity && u32[table + last]! & BlockBit.REMOTE && !this.#covers(last, position, count, size)) return last;
    // Growing a file makes bytes visible that the end of its last block must have as zeros.
    const tail = Math.floor(size / BLOCK);
    if (position > size && tail < capacity && u32[table + tail]! & BlockBit.REMOTE) return tail;
    return -1;
  }

  #covers(block: number, position: number, count: number, size: number): boolean {
    return position <= block * BLOCK && position + count >= Math.min((block + 1) * BLOCK, size);
  }

  /** Makes the body able to hold `end` bytes (but not the blocks themselves). 0 or -ENOSPC. */
  #reserve(word: number, end: number, size: number): number {
    const { u32 } = this.#arena;
    if (u32[word + Inode.FLAGS]! & InodeFlag.TABLE) return this.#reserveTable(word, Math.ceil(end / BLOCK));
    const capacity = u32[word + Inode.CAPACITY]!;
    if (end <= capacity) return 0;
    if (end <= BLOCK) return this.#growSmall(word, Arena.roundUp(end), size);
    if (size > 0 && capacity < BLOCK && this.#growSmall(word, BLOCK, size) < 0) return -Errno.ENOSPC;
    return this.#toTable(word, Math.ceil(end / BLOCK));
  }

  #growSmall(word: number, capacity: number, size: number): number {
    const to = this.#space.alloc(word, capacity);
    if (to === 0) return -Errno.ENOSPC;
    const { u32, u8 } = this.#arena;
    const old = u32[word + Inode.BODY]!;
    if (size > 0) u8.copyWithin(to, old, old + size);
    if (u32[word + Inode.FLAGS]! & InodeFlag.DIRTY) this.#countDirty((capacity >>> 10) - (u32[word + Inode.CAPACITY]! >>> 10));
    if (old !== 0) this.#space.free(word, old, u32[word + Inode.CAPACITY]!);
    u32[word + Inode.BODY] = to;
    u32[word + Inode.CAPACITY] = capacity;
    return 0;
  }

  #toTable(word: number, blocks: number): number {
    const capacity = Math.max(16, nextPowerOfTwo(blocks));
    const table = this.#space.allocZeroed(word, capacity * 4);
    if (table === 0) return -Errno.ENOSPC;
    const { u32 } = this.#arena;
    const old = u32[word + Inode.BODY]!;
    const oldCapacity = u32[word + Inode.CAPACITY]!;
    const flags = u32[word + Inode.FLAGS]!;
    if (old !== 0 && oldCapacity === BLOCK) u32[table >>> 2] = (old | (flags & InodeFlag.DIRTY ? BlockBit.DIRTY : 0)) >>> 0;
    else if (old !== 0) this.#space.free(word, old, oldCapacity);
    u32[word + Inode.FLAGS] = (flags | InodeFlag.TABLE) & ~InodeFlag.DIRTY;
    u32[word + Inode.BODY] = table;
    u32[word + Inode.CAPACITY] = capacity;
    return 0;
  }

  #reserveTable(word: number, blocks: number): number {
    const capacity = this.#arena.u32[word + Inode.CAPACITY]!;
    if (blocks <= capacity) return 0;
    const wider = nextPowerOfTwo(blocks);
    const to = this.#space.allocZeroed(word, wider * 4);
    if (to === 0) return -Errno.ENOSPC;
    const { u32, u8 } = this.#arena;
    const old = u32[word + Inode.BODY]!;
    u8.copyWithin(to, old, old + capacity * 4);
    u32[word + Inode.BODY] = to;
    u32[word + Inode.CAPACITY] = wider;
    this.#space.free(word, old, capacity * 4);
    return 0;
  }

  #writeBlocks(word: number, position: number, window: MemoryWindow, pointer: number, count: number, size: number): number {
    if (position > size) {
      this.#zeroTail(word, size, position);
      this.#dirtyEnd(word, position, size);
    }
    let done = 0;
    while (done < count) {
      const block = Math.floor((position + done) / BLOCK);
      const inBlock = (position + done) % BLOCK;
      const part = Math.min(count - done, BLOCK - inBlock);
      const address = this.#blockForWrite(word, block, inBlock, part, size);
      if (address < 0) return done > 0 ? done : address;
      window.toArenaFrom(address + inBlock, pointer + done, part);
      done += part;
    }
    return done;
  }

  /** The block's address with its entry marked dirty. A new block is cleared where this write does not fill it. */
  #blockForWrite(word: number, block: number, inBlock: number, part: number, size: number): number {
    const arena = this.#arena;
    let entry = arena.u32[(arena.u32[word + Inode.BODY]! >>> 2) + block]!;
    if (entry & BlockBit.DIRTY && entry > 0xffff) return (entry & ~0xffff) >>> 0;
    const journaled = !(arena.u32[word + Inode.FLAGS]! & InodeFlag.VOLATILE);
    if (journaled && Atomics.load(arena.u32, Header.DIRTY_BLOCKS) > DIRTY_LIMIT) {
      return this.#wait(Header.DIRTY_BLOCKS, Atomics.load(arena.i32, Header.DIRTY_BLOCKS));
    }
    let address = (entry & ~0xffff) >>> 0;
    if (address === 0) {
      address = this.#space.alloc(word, BLOCK);
      if (address === 0) return -Errno.ENOSPC;
      if (inBlock > 0) arena.u8.fill(0, address, address + inBlock);
      if (block * BLOCK + inBlock + part < size) arena.u8.fill(0, address + inBlock + part, address + BLOCK);
      entry = 0;
    }
    arena.u32[(arena.u32[word + Inode.BODY]! >>> 2) + block] = (address | (journaled ? BlockBit.DIRTY : 0)) >>> 0;
    if (journaled) this.#countDirty(BLOCK >>> 10);
    return address;
  }

  /** Clears what lies between the old end and `to` in the block of the old end. */
  #zeroTail(word: number, size: number, to: number): void {
    const { u32, u8 } = this.#arena;
    const inBlock = size % BLOCK;
    const block = Math.floor(size / BLOCK);
    if (inBlock === 0 || block >= u32[word + Inode.CAPACITY]!) return;
    const address = (u32[(u32[word + Inode.BODY]! >>> 2) + block]! & ~0xffff) >>> 0;
    if (address !== 0) u8.fill(0, address + inBlock, address + Math.min(BLOCK, to - block * BLOCK));
  }

  #dirtySmall(word: number): void {
    const { u32 } = this.#arena;
    const flags = u32[word + Inode.FLAGS]!;
    if (flags & (InodeFlag.DIRTY | InodeFlag.VOLATILE)) return;
    u32[word + Inode.FLAGS] = flags | InodeFlag.DIRTY;
    this.#countDirty(u32[word + Inode.CAPACITY]! >>> 10);
  }

  #countDirty(kib: number): void {
    if (kib === 0) return;
    const arena = this.#arena;
    const before = Atomics.add(arena.i32, Header.DIRTY_BLOCKS, kib);
    if (Math.floor((before + kib) / DIRTY_WAKE) > Math.floor(before / DIRTY_WAKE)) ringBell(arena, 0);
  }

  /** 0, -ENOSPC, -EFBIG, MISS, WAIT. */
  truncate(inode: number, size: number): number {
    if (size > FILE_MAX) return -Errno.EFBIG;
    const arena = this.#arena;
    const word = inode >>> 2;
    const old = this.size(inode);
    const missing = size === 0 ? -1 : this.#truncateNeedsLoad(word, size, old);
    if (missing >= 0) return this.#miss(missing);
    const begun = this.beginChange(inode, JournalOp.WRITE);
    if (begun < 0) return begun;
    if (size < old) this.#noteCut(word, Math.ceil(size / BLOCK) + 1);
    if (size === 0) this.freeBody(inode);
    else if (size > old) {
      // A small body stays one only while it can hold the whole size.
      const fits = arena.u32[word + Inode.FLAGS]! & InodeFlag.TABLE ? 0 : this.#reserve(word, size, old);
      if (fits < 0) return fits;
      if (arena.u32[word + Inode.FLAGS]! & InodeFlag.TABLE) this.#zeroTail(word, old, size);
      else arena.u8.fill(0, arena.u32[word + Inode.BODY]! + old, arena.u32[word + Inode.BODY]! + size);
    } else if (arena.u32[word + Inode.FLAGS]! & InodeFlag.TABLE) this.#dropBlocks(word, Math.ceil(size / BLOCK));
    this.setSize(word, size);
    if (size > 0) this.#dirtyEnd(word, size, old);
    this.touchChanged(word);
    return 0;
  }

  #noteCut(word: number, low: number): void {
    const before = this.#arena.u32[word + Inode.LOW]!;
    if (before === 0 || low < before) this.#arena.u32[word + Inode.LOW] = low;
  }

  #truncateNeedsLoad(word: number, size: number, old: number): number {
    const { u32 } = this.#arena;
    const flags = u32[word + Inode.FLAGS]!;
    if (flags & InodeFlag.REMOTE) return 0;
    if (!(flags & InodeFlag.TABLE)) return -1;
    const edge = Math.min(size, old);
    const block = Math.floor(edge / BLOCK);
    if (edge % BLOCK === 0 || block >= u32[word + Inode.CAPACITY]!) return -1;
    return u32[(u32[word + Inode.BODY]! >>> 2) + block]! & BlockBit.REMOTE ? block : -1;
  }

  /** The block that the new or the old end lies in has other contents than the stored one. */
  #dirtyEnd(word: number, size: number, old: number): void {
    const { u32 } = this.#arena;
    const flags = u32[word + Inode.FLAGS]!;
    if (flags & InodeFlag.VOLATILE) return;
    if (!(flags & InodeFlag.TABLE)) {
      this.#dirtySmall(word);
      return;
    }
    const block = Math.floor(Math.min(size, old) / BLOCK);
    if (block >= u32[word + Inode.CAPACITY]!) return;
    const at = (u32[word + Inode.BODY]! >>> 2) + block;
    if (u32[at]! > 0xffff && !(u32[at]! & BlockBit.DIRTY)) {
      u32[at] = (u32[at]! | BlockBit.DIRTY) >>> 0;
      this.#countDirty(BLOCK >>> 10);
    }
  }

  #dropBlocks(word: number, from: number): void {
    const arena = this.#arena;
    const table = arena.u32[word + Inode.BODY]! >>> 2;
    let dirty = 0;
    for (let block = from; block < arena.u32[word + Inode.CAPACITY]!; block++) {
      const entry = arena.u32[table + block]!;
      if (entry === 0) continue;
      if (entry & BlockBit.DIRTY) dirty += BLOCK >>> 10;
      if (entry > 0xffff) this.#space.free(word, (entry & ~0xffff) >>> 0, BLOCK);
      arena.u32[table + block] = 0;
    }
    if (dirty !== 0) this.#uncountDirty(dirty);
  }

  #uncountDirty(kib: number): void {
    Atomics.sub(this.#arena.i32, Header.DIRTY_BLOCKS, kib);
    Atomics.notify(this.#arena.i32, Header.DIRTY_BLOCKS);
  }

  /** Frees the contents; the size is the caller's. */
  freeBody(inode: number): void {
    const arena = this.#arena;
    const word = inode >>> 2;
    const flags = arena.u32[word + Inode.FLAGS]!;
    if (flags & InodeFlag.TABLE) this.#dropBlocks(word, 0);
    else if (flags & InodeFlag.DIRTY && arena.u32[word + Inode.CAPACITY]! >= 1024) this.#uncountDirty(arena.u32[word + Inode.CAPACITY]! >>> 10);
    const body = arena.u32[word + Inode.BODY]!;
    const capacity = arena.u32[word + Inode.CAPACITY]!;
    if (body !== 0) this.#space.free(word, body, flags & InodeFlag.TABLE ? capacity * 4 : capacity);
    arena.u32[word + Inode.FLAGS] = flags & ~(InodeFlag.TABLE | InodeFlag.DIRTY | InodeFlag.REMOTE);
    arena.u32[word + Inode.BODY] = 0;
    arena.u32[word + Inode.CAPACITY] = 0;
  }

  /** See `Epochs.begin`. */
  beginChange(inode: number, op: number): number {
    return this.#epochs.begin(inode, op);
  }

  /** Waits for the next cut (for `pause`) if the file has changes of this epoch that stand in another's name; else 0. */
  othersChange(inode: number): number {
    return this.#epochs.isAnothers(inode) ? this.#wait(Header.EPOCH, Atomics.load(this.#arena.i32, Header.EPOCH)) : 0;
  }

  touchChanged(word: number): void {
    stampTime(this.#arena, word + Inode.MTIME);
    stampTime(this.#arena, word + Inode.CTIME);
    const { u32 } = this.#arena;
    u32[word + Inode.ORIGIN] = u32[word + Inode.ORIGIN]! | 2;
  }
}

function nextPowerOfTwo(value: number): number {
  return value <= 1 ? 1 : 2 ** (32 - Math.clz32(value - 1));
}
