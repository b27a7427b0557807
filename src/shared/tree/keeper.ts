import { Errno } from '../base/index.ts';
import { FileType } from '../abi/index.ts';
import { Arena, BlockBit, Dirent, Header, INODE_MAGIC, Inode, InodeFlag, OriginBit, lock, unlock } from '../arena/index.ts';
import { Adopter } from './adoption.ts';
import { BLOCK } from './bodies.ts';
import { changeNames } from './change-names.ts';
import { Cutter, type Cut } from './cutter.ts';
import type { FillEntry } from './fill-entry.ts';
import { Follower } from './follow.ts';
import { hashName, isPopulated } from './names.ts';
import { NamespaceRecords } from './namespace-records.ts';
import type { Tree } from './tree.ts';
import { Volumes, type VolumeKind } from './volumes.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The kernel's side of the tree: makes it, fills it from below, drains it from above. One instance, in the kernel. */
export class TreeKeeper {
  /** The namespaces of processes, as walkers see them. */
  readonly namespaces: NamespaceRecords;
  readonly #tree: Tree;
  readonly #arena: Arena;
  /** By device, inodes of files with several names by their numbers, so that each name finds the one node. */
  readonly #linked = new Map<number, Map<number, number>>();
  readonly #volumes: Volumes;
  readonly #cutter: Cutter;
  readonly #adopter: Adopter;
  /** Takes over from below what another has changed. */
  readonly follower: Follower;

  constructor(tree: Tree) {
    this.#tree = tree;
    this.namespaces = new NamespaceRecords(tree);
    this.#arena = tree.arena;
    this.#cutter = new Cutter(tree);
    this.#volumes = new Volumes(tree);
    this.#adopter = new Adopter(tree);
    this.follower = new Follower(tree, { make: (dir, entry) => this.#newInode(dir, entry), linked: (dir) => this.#linkedIn(dir) });
  }

  /** Once, in a new arena: the hash table and the first volume, whose root has ino 1 and is not populated. Returns the root. */
  format(dev: number): number {
    this.#tree.names.format();
    const root = this.makeVolume(dev, 'stored');
    this.#arena.u32[Header.ROOT] = root;
    return root;
  }

  /** The root of another volume. @throws Error when the arena is full */
  makeVolume(dev: number, kind: VolumeKind): number {
    return this.#volumes.make(dev, kind);
  }

  /**
   * Frees what a volume has, at most `most` names of it; true once all is free. Call again, a little later, until it is: what somebody
   * has open stays so long. Nothing may be mounted from it any more. What was changed and not cut is lost.
   */
  dropVolume(root: number, most = 256): boolean {
    this.#linked.delete(this.#arena.u32[(root >>> 2) + Inode.DEV]!);
    return this.#volumes.drop(root, most);
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
    const linked = this.#linkedIn(dir);
    let inode = linked.get(entry.ino) ?? 0;
    if (inode !== 0 && (inodes.ino(inode) !== entry.ino || inodes.flags(inode) & InodeFlag.FREED)) inode = 0;
    if (inode === 0) inode = this.#newInode(dir, entry);
    if (inode === 0) {
      names.free(dirent, entry.name.length);
      return -Errno.ENOSPC;
    }
    if (entry.nlink > 1) linked.set(entry.ino, inode);
    names.insert(dirent, dir, hash, entry.name, 0, entry.name.length, inode);
    return 0;
  }

  #linkedIn(dir: number): Map<number, number> {
    const dev = this.#arena.u32[(dir >>> 2) + Inode.DEV]!;
    let linked = this.#linked.get(dev);
    if (!linked) this.#linked.set(dev, (linked = new Map()));
    return linked;
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

  /** See `Cutter.cut`. */
  cut(): Cut | null {
    return this.#cutter.cut();
  }

  /** After a cut is in the store. */
  settle(dirty: number): void {
    Atomics.sub(this.#arena.i32, Header.DIRTY_BLOCKS, dirty);
    Atomics.notify(this.#arena.i32, Header.DIRTY_BLOCKS);
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
