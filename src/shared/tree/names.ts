import { Errno, NAME_MAX } from '../base/index.ts';
import { Dirent, Header, Inode, InodeFlag, type Arena } from '../arena/index.ts';

/** A lock-free walker met a chain that no whole table has: look at the sequence word again. */
export const RETRY = -4095;
/** Hardly a chain of a whole table is this long: it grows when there are as many entries as buckets. */
const CHAIN_MAX = 512;
const FIRST_BUCKETS = 16384;
/** Longest name in a dirent of 64 bytes, and how many such are kept. */
const SPARE_NAME = 64 - Dirent.NAME;
const SPARES = 256;
/** Slots of a directory: pairs (sequence, dirent), ordered by sequence; dirent 0 is a tombstone. */
const SLOT_BYTES = 8;

/** Hash of a name's bytes (FNV-1a, 32 bit, signed). */
export function hashName(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}

function mix(hash: number, dir: number): number {
  const h = Math.imul(hash ^ (dir >>> 6), 0x9e3779b1);
  return h ^ (h >>> 15);
}

/** The directory entries: one hash table for all of them, and in each directory the list of its own in order of creation. */
export class Names {
  /** Set while this worker holds the tree lock: then a chain is whole however long it is. */
  locked = false;
  readonly #arena: Arena;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Kernel, once. */
  format(): void {
    const { u32 } = this.#arena;
    const table = this.#arena.allocZeroed(FIRST_BUCKETS * 4);
    if (table === 0) throw new Error('arena full: no room for the table of names');
    u32[Header.BUCKETS] = table;
    u32[Header.BUCKET_MASK] = FIRST_BUCKETS - 1;
  }

  /** The dirent's address; 0 if there is none; RETRY, but never under the tree lock. */
  lookup(dir: number, hash: number, bytes: Uint8Array, start: number, end: number): number {
    const { i32, u32, u8 } = this.#arena;
    const length = end - start;
    let at = u32[(u32[Header.BUCKETS]! >>> 2) + (mix(hash, dir) & u32[Header.BUCKET_MASK]!)]!;
    for (let steps = 0; at !== 0; steps++) {
      const word = at >>> 2;
      if (i32[word + Dirent.HASH] === hash && u32[word + Dirent.DIR] === dir && u32[word + Dirent.NAME_LENGTH] === length) {
        let i = 0;
        while (i < length && u8[at + Dirent.NAME + i] === bytes[start + i]) i++;
        if (i === length) return at;
      }
      if (steps > CHAIN_MAX && !this.locked) return RETRY;
      at = u32[word + Dirent.NEXT]! >>> 0;
    }
    return 0;
  }

  /** Room for one more entry of `dir` and its dirent, made before anything is changed; 0 when the arena is full. */
  prepare(dir: number, length: number): number {
    if (!this.#roomInSlots(dir)) return 0;
    const { u32 } = this.#arena;
    const spare = u32[Header.FREE_DIRENTS]!;
    if (spare === 0 || length > SPARE_NAME) return this.#arena.alloc(Dirent.NAME + length);
    u32[Header.FREE_DIRENTS] = u32[spare >>> 2]!;
    u32[Header.FREE_DIRENT_COUNT] = u32[Header.FREE_DIRENT_COUNT]! - 1;
    return spare;
  }

  /** Lets go of a dirent that is not linked. Under the tree lock, which serves as the lock of a short list of spare ones. */
  free(dirent: number, length: number): void {
    const { u32 } = this.#arena;
    if (length > SPARE_NAME || u32[Header.FREE_DIRENT_COUNT]! >= SPARES) {
      this.#arena.free(dirent);
      return;
    }
    u32[dirent >>> 2] = u32[Header.FREE_DIRENTS]!;
    u32[Header.FREE_DIRENTS] = dirent;
    u32[Header.FREE_DIRENT_COUNT] = u32[Header.FREE_DIRENT_COUNT]! + 1;
  }

  /** Fills the dirent from `prepare` and links it. Under the tree lock, within a sequence. */
  insert(dirent: number, dir: number, hash: number, bytes: Uint8Array, start: number, end: number, inode: number): void {
    const { u32, i32, u8 } = this.#arena;
    const word = dirent >>> 2;
    const dirWord = dir >>> 2;
    const seq = u32[dirWord + Inode.SEQ]! + 1;
    i32[word + Dirent.HASH] = hash;
    u32[word + Dirent.DIR] = dir;
    u32[word + Dirent.INODE] = inode;
    u32[word + Dirent.SEQ] = seq;
    u32[word + Dirent.NAME_LENGTH] = end - start;
    for (let i = start, to = dirent + Dirent.NAME; i < end; i++, to++) u8[to] = bytes[i]!;
    const bucket = (u32[Header.BUCKETS]! >>> 2) + (mix(hash, dir) & u32[Header.BUCKET_MASK]!);
    u32[word + Dirent.NEXT] = u32[bucket]!;
    u32[bucket] = dirent;
    const count = u32[dirWord + Inode.COUNT]!;
    const slot = (u32[dirWord + Inode.BODY]! + count * SLOT_BYTES) >>> 2;
    u32[slot] = seq;
    u32[slot + 1] = dirent;
    u32[dirWord + Inode.COUNT] = count + 1;
    u32[dirWord + Inode.LIVE] = u32[dirWord + Inode.LIVE]! + 1;
    u32[dirWord + Inode.SEQ] = seq;
    u32[(inode >>> 2) + Inode.DIRENT] = dirent;
    u32[Header.DIRENTS] = u32[Header.DIRENTS]! + 1;
    if (u32[Header.DIRENTS]! > u32[Header.BUCKET_MASK]!) this.#growTable();
  }

  /** Unlinks and frees a dirent. Under the tree lock, within a sequence. */
  remove(dirent: number): void {
    const { u32 } = this.#arena;
    const word = dirent >>> 2;
    const dir = u32[word + Dirent.DIR]!;
    this.#unchain(dirent, dir);
    this.#clearSlot(dir, u32[word + Dirent.SEQ]!);
    const inode = u32[word + Dirent.INODE]! >>> 2;
    if (u32[inode + Inode.DIRENT] === dirent) u32[inode + Inode.DIRENT] = 0;
    u32[Header.DIRENTS] = u32[Header.DIRENTS]! - 1;
    this.free(dirent, u32[word + Dirent.NAME_LENGTH]!);
  }

  #unchain(dirent: number, dir: number): void {
    const { u32, i32 } = this.#arena;
    const hash = i32[(dirent >>> 2) + Dirent.HASH]!;
    let link = (u32[Header.BUCKETS]! >>> 2) + (mix(hash, dir) & u32[Header.BUCKET_MASK]!);
    while (u32[link] !== dirent) link = (u32[link]! >>> 2) + Dirent.NEXT;
    u32[link] = u32[(dirent >>> 2) + Dirent.NEXT]!;
  }

  #clearSlot(dir: number, seq: number): void {
    const { u32 } = this.#arena;
    const word = dir >>> 2;
    const slots = u32[word + Inode.BODY]! >>> 2;
    const index = this.slotAfter(dir, seq - 1);
    u32[slots + index * 2 + 1] = 0;
    u32[word + Inode.LIVE] = u32[word + Inode.LIVE]! - 1;
    let count = u32[word + Inode.COUNT]!;
    while (count > 0 && u32[slots + count * 2 - 1] === 0) count--;
    u32[word + Inode.COUNT] = count;
  }

  /** Index of the first slot whose sequence number is greater than `seq`. */
  slotAfter(dir: number, seq: number): number {
    const { u32 } = this.#arena;
    const word = dir >>> 2;
    const slots = u32[word + Inode.BODY]! >>> 2;
    let low = 0;
    let high = u32[word + Inode.COUNT]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (u32[slots + middle * 2]! <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The dirent in slot `index`; 0 for a tombstone. */
  slot(dir: number, index: number): number {
    const { u32 } = this.#arena;
    return u32[(u32[(dir >>> 2) + Inode.BODY]! >>> 2) + index * 2 + 1]!;
  }

  inodeOf(dirent: number): number {
    return this.#arena.u32[(dirent >>> 2) + Dirent.INODE]!;
  }

  #roomInSlots(dir: number): boolean {
    const { u32 } = this.#arena;
    const word = dir >>> 2;
    const count = u32[word + Inode.COUNT]!;
    const capacity = u32[word + Inode.CAPACITY]!;
    if (count < capacity) return true;
    const live = u32[word + Inode.LIVE]!;
    return this.#moveSlots(dir, live * 2 < count ? capacity : Math.max(8, capacity * 2));
  }

  /** Copies the live slots into a new array: this is also what removes tombstones, so it is paid for by the changes before it. */
  #moveSlots(dir: number, wanted: number): boolean {
    const capacity = Math.floor((wanted * SLOT_BYTES > 32768 ? Math.ceil(wanted * SLOT_BYTES / 65536) * 65536 : wanted * SLOT_BYTES) / SLOT_BYTES);
    const to = this.#arena.alloc(capacity * SLOT_BYTES);
    if (to === 0) return false;
    const { u32 } = this.#arena;
    const word = dir >>> 2;
    const old = u32[word + Inode.BODY]!;
    const count = u32[word + Inode.COUNT]!;
    let out = to >>> 2;
    for (let slot = old >>> 2, end = slot + count * 2; slot < end; slot += 2) {
      if (u32[slot + 1] === 0) continue;
      u32[out++] = u32[slot]!;
      u32[out++] = u32[slot + 1]!;
    }
    u32[word + Inode.BODY] = to;
    u32[word + Inode.CAPACITY] = capacity;
    u32[word + Inode.COUNT] = (out - (to >>> 2)) / 2;
    if (old !== 0) this.#arena.free(old);
    return true;
  }

  #growTable(): void {
    const arena = this.#arena;
    const oldMask = arena.u32[Header.BUCKET_MASK]!;
    const old = arena.u32[Header.BUCKETS]!;
    const mask = oldMask * 4 + 3;
    const table = arena.allocZeroed((mask + 1) * 4);
    if (table === 0) return;
    const { u32, i32 } = arena;
    for (let bucket = 0; bucket <= oldMask; bucket++) {
      for (let at = u32[(old >>> 2) + bucket]!; at !== 0;) {
        const word = at >>> 2;
        const next = u32[word + Dirent.NEXT]!;
        const slot = (table >>> 2) + (mix(i32[word + Dirent.HASH]!, u32[word + Dirent.DIR]!) & mask);
        u32[word + Dirent.NEXT] = u32[slot]!;
        u32[slot] = at;
        at = next;
      }
    }
    u32[Header.BUCKETS] = table;
    u32[Header.BUCKET_MASK] = mask;
    arena.free(old);
  }
}

/** 0, or the negated errno of a name that no entry can have. `nonAscii` and `zero`: what the scan of it met. */
export function checkName(bytes: Uint8Array, start: number, end: number, nonAscii: boolean, zero: boolean): number {
  if (end - start > NAME_MAX) return -Errno.ENAMETOOLONG;
  if (zero) return -Errno.EINVAL;
  if (nonAscii && !isUtf8(bytes, start, end)) return -Errno.EILSEQ;
  return 0;
}

/** Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end;) {
    const lead = bytes[i]!;
    const more = lead < 0x80 ? 0 : lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : -1;
    if (more < 0 || i + more >= end) return false;
    if (more > 0) {
      const second = bytes[i + 1]!;
      const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
      const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
      if (second < low || second > high) return false;
      for (let k = 2; k <= more; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return false;
    }
    i += more + 1;
  }
  return true;
}

/** Whether a directory's children are all in the tree. */
export function isPopulated(arena: Arena, dir: number): boolean {
  return (arena.u32[(dir >>> 2) + Inode.FLAGS]! & InodeFlag.POPULATED) !== 0;
}
