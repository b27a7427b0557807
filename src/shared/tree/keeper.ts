import { Errno } from '../base/index.ts';
import { FileType } from '../abi/index.ts';
import {
  Arena, BlockBit, Dirent, Entry, Header, INODE_MAGIC, Inode, InodeFlag, JournalOp, OriginBit, lock, unlock,
} from '../arena/index.ts';
import { Adopter } from './adoption.ts';
import { BLOCK } from './bodies.ts';
import { Capturer, type TreeCapture } from './capture.ts';
import { withFirstWrites, type TreeChange } from './tree-change.ts';
import { changeNames } from './change-names.ts';
import { hashName, isPopulated } from './names.ts';
import { NamespaceRecords } from './namespace-records.ts';
import type { Tree } from './tree.ts';
import { VolatileSpace } from './volatile-space.ts';

/** A child that the kernel puts into a directory from below. Times in nanoseconds. */
export interface FillEntry {
  name: Uint8Array;
  ino: number;
  type: number;
  size: number;
  nlink: number;
  atime: bigint;
  mtime: bigint;
  ctime: bigint;
  /** OriginBit. */
  origin: number;
  /** Of a symlink. */
  target?: Uint8Array;
}

export interface Cut {
  changes: TreeChange[];
  captures: TreeCapture[];
  /** For `setDurable` and `settle` once it is in the store. */
  position: number;
  /** KiB that count as waiting until `settle`. */
  dirty: number;
}

const OPS = ['', 'create', 'mkdir', 'symlink', 'link', 'unlink', 'rmdir', 'rename', 'write', 'attr'] as const;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The kernel's side of the tree: makes it, fills it from below, drains it from above. One instance, in the kernel. */
export class TreeKeeper {
  /** The namespaces of processes, as walkers see them. */
  readonly namespaces: NamespaceRecords;
  readonly #tree: Tree;
  readonly #arena: Arena;
  /** Inodes of files with several names, so that each name finds the one node. */
  readonly #linked = new Map<number, number>();
  readonly #capturer: Capturer;
  readonly #adopter: Adopter;

  constructor(tree: Tree) {
    this.#tree = tree;
    this.namespaces = new NamespaceRecords(tree);
    this.#arena = tree.arena;
    this.#capturer = new Capturer(tree);
    this.#adopter = new Adopter(tree);
  }

  /** Once, in a new arena: the hash table and the first volume, whose root has ino 1 and is not populated. Returns the root. */
  format(dev: number): number {
    this.#tree.names.format();
    const root = this.makeVolume(dev, false);
    this.#tree.inodes.setIno(root, 1);
    this.#arena.u32[Header.ROOT] = root;
    const word = root >>> 2;
    this.#arena.u32[word + Inode.FLAGS] = this.#arena.u32[word + Inode.FLAGS]! & ~InodeFlag.POPULATED;
    return root;
  }

  /** The root of another volume; `volatile`: not journaled, and with at most `limit` bytes (0: no bound), of which there can be one. */
  makeVolume(dev: number, volatile: boolean, limit = 0): number {
    if (volatile) new VolatileSpace(this.#arena).limit(limit);
    this.#tree.lock();
    const root = this.#tree.inodes.create(FileType.DIRECTORY, 0, dev);
    if (root !== 0 && volatile) {
      const word = root >>> 2;
      this.#arena.u32[word + Inode.FLAGS] = this.#arena.u32[word + Inode.FLAGS]! | InodeFlag.VOLATILE;
      this.#arena.u32[word + Inode.ORIGIN] = 0;
    }
    this.#tree.unlock();
    if (root === 0) throw new Error('arena full: no room for a volume');
    return root;
  }

  get nextIno(): number {
    return this.#arena.f64[Header.NEXT_INO >>> 1]!;
  }

  set nextIno(ino: number) {
    this.#arena.f64[Header.NEXT_INO >>> 1] = ino;
  }

  /** Adds children to a directory that is not populated, in short steps; names that are there already stay. -ENOSPC or 0. */
  fill(dir: number, entries: readonly FillEntry[]): number {
    // Filled a second time, it would get back what was removed since.
    if (isPopulated(this.#arena, dir)) return 0;
    for (let from = 0; from < entries.length; from += 256) {
      const result = this.#fillSome(dir, entries, from, Math.min(entries.length, from + 256));
      if (result < 0) return result;
    }
    Atomics.or(this.#arena.u32, (dir >>> 2) + Inode.FLAGS, InodeFlag.POPULATED);
    return 0;
  }

  #fillSome(dir: number, entries: readonly FillEntry[], from: number, to: number): number {
    let result = 0;
    changeNames(this.#tree, () => {
      for (let i = from; i < to && result === 0; i++) result = this.#fillOne(dir, entries[i]!);
    });
    return result;
  }

  #fillOne(dir: number, entry: FillEntry): number {
    const { names, inodes } = this.#tree;
    const hash = hashName(entry.name, 0, entry.name.length);
    if (names.lookup(dir, hash, entry.name, 0, entry.name.length) !== 0) return 0;
    const dirent = names.prepare(dir, entry.name.length);
    if (dirent === 0) return -Errno.ENOSPC;
    let inode = this.#linked.get(entry.ino) ?? 0;
    if (inode !== 0 && (inodes.ino(inode) !== entry.ino || inodes.flags(inode) & InodeFlag.FREED)) inode = 0;
    if (inode === 0) inode = this.#newInode(dir, entry);
    if (inode === 0) {
      names.free(dirent, entry.name.length);
      return -Errno.ENOSPC;
    }
    names.insert(dirent, dir, hash, entry.name, 0, entry.name.length, inode);
    return 0;
  }

  #newInode(dir: number, entry: FillEntry): number {
    const { inodes } = this.#tree;
    const body = entry.target ? this.#arena.alloc(Math.max(1, entry.target.length)) : 0;
    if (entry.target && body === 0) return 0;
    const next = this.nextIno;
    const inode = inodes.create(entry.type, dir, 0);
    this.nextIno = next;
    if (inode === 0) {
      if (body !== 0) this.#arena.free(body);
      return 0;
    }
    const { u32 } = this.#arena;
    const word = inode >>> 2;
    inodes.setIno(inode, entry.ino);
    u32[word + Inode.NLINK] = entry.nlink;
    u32[word + Inode.SIZE] = entry.size >>> 0;
    u32[word + Inode.SIZE + 1] = Math.floor(entry.size / 4294967296);
    inodes.setTimeBig(inode, Inode.ATIME, entry.atime);
    inodes.setTimeBig(inode, Inode.MTIME, entry.mtime);
    inodes.setTimeBig(inode, Inode.CTIME, entry.ctime);
    u32[word + Inode.ORIGIN] = entry.origin;
    if (entry.type === FileType.DIRECTORY) u32[word + Inode.FLAGS] = u32[word + Inode.FLAGS]! & ~InodeFlag.POPULATED;
    else if (entry.target) this.#setTarget(inode, body, entry.target);
    else if (entry.size > 0) u32[word + Inode.FLAGS] = u32[word + Inode.FLAGS]! | InodeFlag.REMOTE;
    if (entry.nlink > 1) this.#linked.set(entry.ino, inode);
    return inode;
  }

  #setTarget(inode: number, body: number, target: Uint8Array): void {
    const word = inode >>> 2;
    this.#arena.u8.set(target, body);
    this.#arena.u32[word + Inode.BODY] = body;
    this.#arena.u32[word + Inode.CAPACITY] = target.length;
    this.#arena.u32[word + Inode.SIZE] = target.length;
  }

  /** Gives a file one block from below (bytes up to its end). Does nothing if the block is there by now. -ENOSPC or 0. */
  install(inode: number, block: number, bytes: Uint8Array): number {
    const { i32 } = this.#arena;
    this.#tree.process.enter();
    lock(i32, (inode >>> 2) + Inode.LOCK, this.#tree.process.pid);
    this.#arena.sync();
    const result = this.#installLocked(inode, block, bytes);
    unlock(i32, (inode >>> 2) + Inode.LOCK);
    this.#tree.process.leave();
    return result;
  }

  /** See `Adopter.adopt`. */
  adopt(inode: number, size: number, patient = false): number {
    return this.#adopter.adopt(inode, size, patient);
  }

  #installLocked(inode: number, block: number, bytes: Uint8Array): number {
    const arena = this.#arena;
    const word = inode >>> 2;
    const size = this.#tree.bodies.size(inode);
    let flags = arena.u32[word + Inode.FLAGS]!;
    if (flags & InodeFlag.REMOTE && size <= BLOCK) return this.#installSmall(word, size, bytes);
    if (flags & InodeFlag.REMOTE) {
      if (!this.#remoteTable(word, Math.ceil(size / BLOCK))) return -Errno.ENOSPC;
      flags = arena.u32[word + Inode.FLAGS]!;
    }
    if (!(flags & InodeFlag.TABLE) || block >= arena.u32[word + Inode.CAPACITY]!) return 0;
    const at = (arena.u32[word + Inode.BODY]! >>> 2) + block;
    if (!(arena.u32[at]! & BlockBit.REMOTE)) return 0;
    const address = arena.alloc(BLOCK);
    if (address === 0) return -Errno.ENOSPC;
    arena.u8.set(bytes.subarray(0, BLOCK), address);
    if (bytes.length < BLOCK) arena.u8.fill(0, address + bytes.length, address + BLOCK);
    arena.u32[at] = address;
    return 0;
  }

  #installSmall(word: number, size: number, bytes: Uint8Array): number {
    const arena = this.#arena;
    const capacity = Arena.roundUp(Math.max(1, size));
    const address = arena.alloc(capacity);
    if (address === 0) return -Errno.ENOSPC;
    arena.u8.set(bytes.subarray(0, capacity), address);
    if (bytes.length < size) arena.u8.fill(0, address + bytes.length, address + size);
    arena.u32[word + Inode.BODY] = address;
    arena.u32[word + Inode.CAPACITY] = capacity;
    arena.u32[word + Inode.FLAGS] = arena.u32[word + Inode.FLAGS]! & ~InodeFlag.REMOTE;
    return 0;
  }

  #remoteTable(word: number, blocks: number): boolean {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, blocks)));
    const table = this.#arena.allocZeroed(capacity * 4);
    if (table === 0) return false;
    const { u32 } = this.#arena;
    u32.fill(BlockBit.REMOTE, table >>> 2, (table >>> 2) + blocks);
    u32[word + Inode.BODY] = table;
    u32[word + Inode.CAPACITY] = capacity;
    u32[word + Inode.FLAGS] = (u32[word + Inode.FLAGS]! & ~InodeFlag.REMOTE) | InodeFlag.TABLE;
    return true;
  }

  /**
   * Ends the epoch and takes all changes so far, with the contents of the files that they touched. Null if there are none.
   * Writers to a file of the ended epoch wait until this returns.
   */
  cut(): Cut | null {
    const { journal } = this.#tree;
    journal.rest();
    if (journal.head === journal.tail) return null;
    const end = journal.cut();
    this.#arena.sync(); // What the entries name may lie in memory that grew a moment ago.
    const { i32, u32 } = this.#arena;
    const changes: TreeChange[] = [];
    const links: number[] = [];
    /** By number, for one address may have been several files'. */
    const content = new Map<number, number>();
    journal.drain(end, (word) => {
      const inode = u32[word + Entry.INODE]!;
      const change = this.#decode(word);
      if (change.op === 'symlink') links.push(inode);
      else if (change.op === 'create' || u32[word + Entry.OP]! >= JournalOp.WRITE) content.set(change.ino, inode);
      changes.push(change);
    });
    const captures = new Map<number, TreeCapture>();
    const ended = u32[Header.EPOCH]! - 1;
    for (const [ino, inode] of content) {
      const capture = this.#capturer.take(inode, ino, ended);
      if (capture) captures.set(ino, capture);
    }
    Atomics.store(i32, Header.CAPTURED, ended);
    Atomics.notify(i32, Header.CAPTURED);
    this.#unpin(links);
    let dirty = 0;
    for (const capture of captures.values()) for (const block of capture.blocks) dirty += block.bytes.length >>> 10;
    return { changes: withFirstWrites(changes, captures), captures: [...captures.values()], position: end, dirty };
  }

  /** After a cut is in the store. */
  settle(dirty: number): void {
    Atomics.sub(this.#arena.i32, Header.DIRTY_BLOCKS, dirty);
    Atomics.notify(this.#arena.i32, Header.DIRTY_BLOCKS);
  }

  #decode(word: number): TreeChange {
    const { u32, f64, u8 } = this.#arena;
    const op = u32[word + Entry.OP]!;
    const at = (word << 2 >>> 0) + Entry.NAMES;
    const middle = at + u32[word + Entry.NAME_LENGTH]!;
    const change: TreeChange = {
      op: OPS[op] as TreeChange['op'],
      time: BigInt(f64[(word + Entry.TIME) >>> 1]!),
      pid: u32[word + Entry.PID]!,
      ino: f64[(word + Entry.INO) >>> 1]!,
      parent: f64[(word + Entry.DIR) >>> 1]!,
      name: decoder.decode(u8.slice(at, middle)),
    };
    if (op === JournalOp.RENAME) {
      change.parent2 = f64[(word + Entry.DIR2) >>> 1]!;
      change.name2 = decoder.decode(u8.slice(middle, middle + u32[word + Entry.NAME2_LENGTH]!));
      const replaced = f64[(word + Entry.REPLACED) >>> 1]!;
      if (replaced !== 0) change.replaced = replaced;
    } else if (op === JournalOp.SYMLINK) {
      const inode = u32[word + Entry.INODE]! >>> 2;
      const body = u32[inode + Inode.BODY]!;
      change.target = decoder.decode(u8.slice(body, body + u32[inode + Inode.SIZE]!));
    }
    return change;
  }

  #unpin(inodes: readonly number[]): void {
    const { u32 } = this.#arena;
    for (const inode of inodes) {
      if (Atomics.sub(u32, (inode >>> 2) + Inode.PINS, 1) !== 1 || this.#tree.inodes.nlink(inode) !== 0) continue;
      this.#tree.lock();
      this.#tree.ops.reap(inode);
      this.#tree.unlock();
    }
  }

  /** Drops the contents of a closed, clean file that the store has; true if it did. */
  evict(inode: number): boolean {
    this.#tree.process.enter();
    const word = inode >>> 2;
    lock(this.#arena.i32, word + Inode.LOCK, this.#tree.process.pid);
    this.#arena.sync();
    const { u32, i32 } = this.#arena;
    const flags = u32[word + Inode.FLAGS]!;
    const busy = InodeFlag.FREED | InodeFlag.VOLATILE | InodeFlag.REMOTE | InodeFlag.DIRTY;
    const evictable = u32[word + Inode.TYPE] === FileType.REGULAR_FILE && !(flags & busy) && u32[word + Inode.BODY] !== 0
      && this.#tree.inodes.nlink(inode) !== 0 && Atomics.load(u32, word + Inode.OPENS) === 0 && Atomics.load(u32, word + Inode.PINS) === 0
      && u32[word + Inode.DIRTY_EPOCH]! <= u32[Header.CAPTURED]! && !this.#hasDirtyBlock(word, flags);
    if (evictable) {
      this.#tree.bodies.freeBody(inode);
      u32[word + Inode.FLAGS] = u32[word + Inode.FLAGS]! | InodeFlag.REMOTE;
    }
    unlock(i32, word + Inode.LOCK);
    this.#tree.process.leave();
    return evictable;
  }

  #hasDirtyBlock(word: number, flags: number): boolean {
    if (!(flags & InodeFlag.TABLE)) return false;
    const { u32 } = this.#arena;
    const table = u32[word + Inode.BODY]! >>> 2;
    for (let block = 0; block < u32[word + Inode.CAPACITY]!; block++) if (u32[table + block]! & BlockBit.DIRTY) return true;
    return false;
  }

  /** Namespace-independent path of a node within its volume, by its last name; `?` where it has none. */
  pathOf(inode: number): string {
    this.#tree.lock();
    try {
      return this.#pathLocked(inode);
    } finally {
      this.#tree.unlock();
    }
  }

  #pathLocked(inode: number): string {
    const { u32, u8 } = this.#arena;
    const parts: string[] = [];
    for (let at = inode; !(this.#tree.inodes.flags(at) & InodeFlag.VOLUME_ROOT);) {
      const dirent = u32[(at >>> 2) + Inode.DIRENT]!;
      // What was read from the descriptors of a process that runs may be no inode any more.
      const isNamed = u32[(at >>> 2) + Inode.MAGIC] === INODE_MAGIC && dirent !== 0 && u32[(dirent >>> 2) + Dirent.INODE] === at;
      if (!isNamed || parts.length > 1000) return '?';
      const name = dirent + Dirent.NAME;
      parts.push(decoder.decode(u8.slice(name, name + u32[(dirent >>> 2) + Dirent.NAME_LENGTH]!)));
      at = u32[(dirent >>> 2) + Dirent.DIR]!;
    }
    return `/${parts.reverse().join('/')}`;
  }

  /** OriginBit of a node. */
  origin(inode: number): number {
    return this.#arena.u32[(inode >>> 2) + Inode.ORIGIN]!;
  }

  markUpper(inode: number): void {
    this.#arena.u32[(inode >>> 2) + Inode.ORIGIN] = this.#arena.u32[(inode >>> 2) + Inode.ORIGIN]! | OriginBit.UPPER;
  }

  /** From now on new data is refused with `errno` (ENOSPC, or EROFS for all changes); 0 allows it again. */
  refuseWrites(errno: number): void {
    Atomics.store(this.#arena.u32, Header.STORE_REFUSES, errno);
  }
}
