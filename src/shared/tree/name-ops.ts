import { Errno } from '../base/index.ts';
import { FileType, RightBit } from '../abi/index.ts';
import { Dirent, Header, Inode, InodeFlag, JournalOp, LEADS, OriginBit, lock, unlock, type Arena } from '../arena/index.ts';
import { ChangeRecords } from './change-records.ts';
import { isPopulated, isUtf8 } from './names.ts';
import type { TreeParts } from './parts.ts';
import { Last, MISS } from './walker.ts';

/**
 * Changes of names. Each: lock, resolve, check everything that can fail (room in the arena and in the journal included),
 * then within the sequence change, then append the journal entry, unlock. So a death between any two steps cannot happen
 * (the gate is set), and a failure leaves everything as it was.
 */
export class NameOps {
  /** Whether the last `create` made the file. */
  created = false;
  readonly #tree: TreeParts;
  readonly #arena: Arena;
  readonly #changes: ChangeRecords;

  constructor(tree: TreeParts) {
    this.#tree = tree;
    this.#arena = tree.arena;
    this.#changes = new ChangeRecords(tree);
  }

  /** O_CREAT: the inode with a reference; EEXIST with EXCLUSIVE. */
  create(start: number, confine: number, path: Uint8Array, offset: number, length: number, flags: number, follow: boolean): number {
    const tree = this.#tree;
    this.created = false;
    tree.lock();
    const result = this.#createLocked(start, confine, path, offset, length, flags, follow);
    if (result > 0) tree.retain(result);
    tree.unlock();
    return result;
  }

  #createLocked(start: number, confine: number, path: Uint8Array, offset: number, length: number, flags: number, follow: boolean): number {
    const { walker, names } = this.#tree;
    const exclusive = (flags & 4) !== 0;
    const dir = walker.walk(start, confine, path, offset, length, follow && !exclusive, true);
    if (dir < 0) return dir;
    if (walker.lastKind !== Last.NAME) return exclusive ? -Errno.EEXIST : this.#opens(dir, walker.bounds.globs === 0 ? 0 : walker.bounds.ofDirectory(dir, walker.via));
    const rights = this.#tree.walker.bounds.ofLast(dir);
    if (rights === 0) return -Errno.ENOTCAPABLE;
    const dirent = names.lookup(dir, walker.lastHash, walker.lastBytes, walker.lastStart, walker.lastEnd);
    if (dirent !== 0) {
      if (exclusive) return -Errno.EEXIST;
      const inode = this.#arena.u32[(dirent >>> 2) + Dirent.INODE]!;
      if (walker.lastSlash && this.#tree.kind(inode) !== FileType.DIRECTORY) return -Errno.ENOTDIR;
      return this.#opens(this.#tree.inodes.flags(inode) & InodeFlag.MOUNTPOINT ? walker.crossDown(inode, walker.via) : inode, rights);
    }
    if (!isPopulated(this.#arena, dir)) return this.#miss(dir);
    if (rights === LEADS) return -Errno.ENOTCAPABLE;
    if (!(flags & 1) || this.#isRemoved(dir)) return -Errno.ENOENT;
    if (walker.lastSlash) return -Errno.EISDIR;
    if (flags & 2) return -Errno.EINVAL;
    const made = walker.bounds.globs === 0 ? 0 : walker.bounds.makes(rights);
    if (made < 0) return made;
    this.created = true;
    return this.#make(dir, FileType.REGULAR_FILE, JournalOp.CREATE, null, 0, 0);
  }

  /** The inode that is there, if the globs let it be opened. */
  #opens(inode: number, rights: number): number {
    const { bounds } = this.#tree.walker;
    if (bounds.globs === 0 || inode < 0) return inode;
    return bounds.opens(rights, this.#tree.kind(inode) === FileType.DIRECTORY) || inode;
  }

  mkdirAt(start: number, confine: number, path: Uint8Array, offset: number, length: number): number {
    this.#tree.lock();
    try {
      const dir = this.#parentOf(start, confine, path, offset, length, false);
      return dir < 0 ? dir : Math.min(0, this.#make(dir, FileType.DIRECTORY, JournalOp.MKDIR, null, 0, 0));
    } finally {
      this.#tree.unlock();
    }
  }

  /** The target is stored as it is; 1 to 4095 bytes of UTF-8, none of them 0. */
  symlinkAt(target: Uint8Array, targetOffset: number, targetLength: number, start: number, confine: number, path: Uint8Array, offset: number, length: number): number {
    if (targetLength === 0) return -Errno.ENOENT;
    if (targetLength > 4095) return -Errno.ENAMETOOLONG;
    if (!isUtf8(target, targetOffset, targetOffset + targetLength)) return -Errno.EILSEQ;
    for (let i = targetOffset; i < targetOffset + targetLength; i++) if (target[i] === 0) return -Errno.EINVAL;
    this.#tree.lock();
    try {
      const dir = this.#parentOf(start, confine, path, offset, length, true);
      if (dir < 0) return dir;
      return Math.min(0, this.#make(dir, FileType.SYMBOLIC_LINK, JournalOp.SYMLINK, target, targetOffset, targetLength));
    } finally {
      this.#tree.unlock();
    }
  }

  linkAt(fromStart: number, fromConfine: number, from: Uint8Array, fromOffset: number, fromLength: number, follow: boolean, start: number, confine: number, path: Uint8Array, offset: number, length: number): number {
    this.#tree.lock();
    try {
      const tree = this.#tree;
      const inode = tree.walker.walk(fromStart, fromConfine, from, fromOffset, fromLength, follow, false);
      if (inode < 0) return inode;
      const unknown = tree.walker.bounds.source(tree.walker.lastDirent);
      if (unknown < 0) return unknown;
      if (tree.kind(inode) === FileType.DIRECTORY) return -Errno.EPERM;
      tree.walker.bounds.turn();
      const dir = this.#parentOf(start, confine, path, offset, length, true);
      if (dir < 0) return dir;
      const gained = tree.walker.bounds.moves(dir, false);
      return gained < 0 ? gained : this.#link(dir, inode);
    } finally {
      this.#tree.unlock();
    }
  }

  /** As `linkAt`, of a file to which the caller has a reference, whichever of its names are left. */
  linkNodeAt(inode: number, start: number, confine: number, path: Uint8Array, offset: number, length: number): number {
    this.#tree.lock();
    try {
      if (this.#tree.kind(inode) === FileType.DIRECTORY) return -Errno.EPERM;
      if (this.#tree.inodes.nlink(inode) === 0) return -Errno.ENOENT;
      const dir = this.#parentOf(start, confine, path, offset, length, true);
      return dir < 0 ? dir : this.#link(dir, inode);
    } finally {
      this.#tree.unlock();
    }
  }

  #link(dir: number, inode: number): number {
    const { walker, names, inodes } = this.#tree;
    const { u32 } = this.#arena;
    if (u32[(dir >>> 2) + Inode.VOLUME] !== u32[(inode >>> 2) + Inode.VOLUME]) return -Errno.EXDEV;
    const room = this.#changes.begin(dir);
    if (room < 0) return room;
    const dirent = names.prepare(dir, walker.lastEnd - walker.lastStart);
    if (dirent === 0) return this.#changes.abort(dir);
    this.#sequence(1);
    names.insert(dirent, dir, walker.lastHash, walker.lastBytes, walker.lastStart, walker.lastEnd, inode);
    inodes.addLinks(inode, 1);
    this.#changes.forgetCreation(inode);
    inodes.touchChanged(inode);
    inodes.touchDirectory(dir);
    this.#sequence(1);
    this.#changes.record(JournalOp.LINK, dir, inode);
    return 0;
  }

  unlinkAt(start: number, confine: number, path: Uint8Array, offset: number, length: number): number {
    this.#tree.lock();
    try {
      const dirent = this.#existing(start, confine, path, offset, length, -Errno.EISDIR);
      if (dirent < 0) return dirent;
      const inode = this.#arena.u32[(dirent >>> 2) + Dirent.INODE]!;
      if (this.#tree.kind(inode) === FileType.DIRECTORY) return -Errno.EISDIR;
      if (this.#tree.walker.lastSlash) return -Errno.ENOTDIR;
      return this.#remove(dirent, inode, JournalOp.UNLINK);
    } finally {
      this.#tree.unlock();
    }
  }

  rmdirAt(start: number, confine: number, path: Uint8Array, offset: number, length: number): number {
    this.#tree.lock();
    try {
      const dirent = this.#existing(start, confine, path, offset, length, -Errno.EINVAL);
      if (dirent < 0) return dirent;
      const inode = this.#arena.u32[(dirent >>> 2) + Dirent.INODE]!;
      if (this.#tree.kind(inode) !== FileType.DIRECTORY) return -Errno.ENOTDIR;
      const empty = this.#checkEmpty(inode);
      return empty < 0 ? empty : this.#remove(dirent, inode, JournalOp.RMDIR);
    } finally {
      this.#tree.unlock();
    }
  }

  #checkEmpty(dir: number): number {
    if (this.#tree.inodes.flags(dir) & InodeFlag.MOUNTPOINT) return -Errno.EBUSY;
    if (!isPopulated(this.#arena, dir)) return this.#miss(dir);
    return this.#arena.u32[(dir >>> 2) + Inode.LIVE] === 0 ? 0 : -Errno.ENOTEMPTY;
  }

  #remove(dirent: number, inode: number, op: number): number {
    const { names, inodes } = this.#tree;
    const dir = this.#arena.u32[(dirent >>> 2) + Dirent.DIR]!;
    const room = this.#changes.begin(dir);
    if (room < 0) return room;
    this.#sequence(1);
    names.remove(dirent);
    this.#dropName(inode);
    inodes.touchDirectory(dir);
    this.#sequence(1);
    if (op === JournalOp.UNLINK && this.#changes.isOfThisEpoch(dir, inode)) this.#changes.takeBack(inode);
    else this.#changes.record(op, dir, inode);
    this.reap(inode);
    return 0;
  }

  #dropName(inode: number): void {
    const { inodes } = this.#tree;
    inodes.addLinks(inode, -1);
    inodes.touchChanged(inode);
    // Who has a removed directory open must not come out of it by `..`: its parent may be gone as well.
    if (inodes.isDirectory(inode)) this.#arena.u32[(inode >>> 2) + Inode.PARENT] = inode;
  }

  #isRemoved(dir: number): boolean {
    return this.#tree.inodes.nlink(dir) === 0;
  }

  renameAt(fromStart: number, fromConfine: number, from: Uint8Array, fromOffset: number, fromLength: number, start: number, confine: number, path: Uint8Array, offset: number, length: number): number {
    this.#tree.lock();
    try {
      const { walker } = this.#tree;
      const source = this.#existing(fromStart, fromConfine, from, fromOffset, fromLength, -Errno.EINVAL);
      if (source < 0) return source;
      const fromSlash = walker.lastSlash;
      const inode = this.#arena.u32[(source >>> 2) + Dirent.INODE]!;
      walker.bounds.source(source);
      walker.bounds.turn();
      const dir = walker.walk(start, confine, path, offset, length, false, true);
      if (dir < 0) return dir;
      if (walker.lastKind !== Last.NAME) return -Errno.EINVAL;
      const isDirectory = this.#tree.kind(inode) === FileType.DIRECTORY;
      const allowed = this.#mayTake(dir, isDirectory);
      if (allowed < 0) return allowed;
      if (this.#isRemoved(dir)) return -Errno.ENOENT;
      if ((fromSlash || walker.lastSlash) && !isDirectory) return -Errno.ENOTDIR;
      return this.#rename(source, inode, dir, isDirectory);
    } finally {
      this.#tree.unlock();
    }
  }

  /** RT2 RT4: whether the last name of the walk may be taken, and with it the place of what is there. */
  #mayTake(dir: number, isDirectory: boolean): number {
    const { walker, names } = this.#tree;
    const taken = names.lookup(dir, walker.lastHash, walker.lastBytes, walker.lastStart, walker.lastEnd) !== 0;
    const need = RightBit.create | (taken ? RightBit.delete : 0);
    return (this.#tree.walker.bounds.ofLast(dir) & need) !== need ? -Errno.ENOTCAPABLE : walker.bounds.moves(dir, isDirectory);
  }

  #rename(source: number, inode: number, dir: number, isDirectory: boolean): number {
    const { walker, names, inodes } = this.#tree;
    const { u32 } = this.#arena;
    if (u32[(dir >>> 2) + Inode.VOLUME] !== u32[(inode >>> 2) + Inode.VOLUME]) return -Errno.EXDEV;
    if (inodes.flags(inode) & InodeFlag.MOUNTPOINT) return -Errno.EBUSY;
    const target = names.lookup(dir, walker.lastHash, walker.lastBytes, walker.lastStart, walker.lastEnd);
    if (target === 0 && !isPopulated(this.#arena, dir)) return this.#miss(dir);
    const replaced = target === 0 ? 0 : u32[(target >>> 2) + Dirent.INODE]!;
    if (replaced === inode) return 0;
    const allowed = replaced === 0 ? 0 : this.#canReplace(replaced, isDirectory);
    if (allowed < 0) return allowed;
    if (isDirectory && this.#isInside(dir, inode)) return -Errno.EINVAL;
    const fromDir = u32[(source >>> 2) + Dirent.DIR]!;
    const room = this.#changes.begin(dir);
    if (room < 0) return room;
    const dirent = names.prepare(dir, walker.lastEnd - walker.lastStart);
    if (dirent === 0) return this.#changes.abort(dir);
    this.#changes.recordRename(source, fromDir, dir, inode, replaced);
    this.#changes.forgetCreation(inode);
    this.#sequence(1);
    const shipped = replaced === 0 ? 0 : u32[(replaced >>> 2) + Inode.ORIGIN]! & OriginBit.LOWER;
    if (replaced !== 0) {
      names.remove(target);
      this.#dropName(replaced);
    }
    names.remove(source);
    names.insert(dirent, dir, walker.lastHash, walker.lastBytes, walker.lastStart, walker.lastEnd, inode);
    if (isDirectory) u32[(inode >>> 2) + Inode.PARENT] = dir;
    inodes.touchChanged(inode);
    inodes.touchDirectory(fromDir);
    inodes.touchDirectory(dir);
    // What was shipped under this name is changed; under another one it is new.
    u32[(inode >>> 2) + Inode.ORIGIN] = OriginBit.UPPER | shipped;
    this.#sequence(1);
    if (!this.#changes.isVolatile(dir)) this.#tree.journal.commit();
    if (replaced !== 0) this.reap(replaced);
    return 0;
  }

  #canReplace(replaced: number, isDirectory: boolean): number {
    const isReplacedDirectory = this.#tree.kind(replaced) === FileType.DIRECTORY;
    if (isReplacedDirectory && !isDirectory) return -Errno.EISDIR;
    if (!isReplacedDirectory && isDirectory) return -Errno.ENOTDIR;
    return isReplacedDirectory ? this.#checkEmpty(replaced) : 0;
  }

  #isInside(dir: number, ancestor: number): boolean {
    const { u32 } = this.#arena;
    for (let at = dir; ; at = u32[(at >>> 2) + Inode.PARENT]!) {
      if (at === ancestor) return true;
      if (this.#tree.inodes.flags(at) & InodeFlag.VOLUME_ROOT) return false;
    }
  }

  /**
   * Frees a node that nothing names, has open or pins. Entries of the journal that name it do not count: the kernel looks whether
   * its number is still there. Under the tree lock; takes the body lock, for the kernel looks at bodies without a reference.
   */
  reap(inode: number): void {
    const arena = this.#arena;
    arena.sync();
    const word = inode >>> 2;
    if (this.#tree.inodes.nlink(inode) !== 0 || Atomics.load(arena.u32, word + Inode.OPENS) !== 0) return;
    if (Atomics.load(arena.u32, word + Inode.PINS) !== 0 || arena.u32[word + Inode.FLAGS]! & InodeFlag.FREED) return;
    lock(arena.i32, word + Inode.LOCK, arena.owner);
    arena.sync();
    this.#freeContents(inode, word);
    this.#tree.inodes.free(inode);
    unlock(arena.i32, word + Inode.LOCK);
  }

  #freeContents(inode: number, word: number): void {
    const arena = this.#arena;
    if (arena.u32[word + Inode.TYPE] !== FileType.DIRECTORY) this.#tree.bodies.freeBody(inode);
    else if (arena.u32[word + Inode.BODY] !== 0) {
      arena.free(arena.u32[word + Inode.BODY]!);
      arena.u32[word + Inode.BODY] = 0;
    }
  }

  /** The directory for a new last name that must not exist. `file`: no directory is made, so a slash after the name is wrong. */
  #parentOf(start: number, confine: number, path: Uint8Array, offset: number, length: number, file: boolean): number {
    const { walker, names } = this.#tree;
    const dir = walker.walk(start, confine, path, offset, length, false, true);
    if (dir < 0) return dir;
    if (walker.lastKind !== Last.NAME) return -Errno.EEXIST;
    if (!(this.#tree.walker.bounds.ofLast(dir) & RightBit.create)) return -Errno.ENOTCAPABLE;
    if (this.#isRemoved(dir)) return -Errno.ENOENT;
    const slash = file && walker.lastSlash;
    const dirent = names.lookup(dir, walker.lastHash, walker.lastBytes, walker.lastStart, walker.lastEnd);
    if (dirent !== 0) return slash && !this.#isDirectory(dirent) ? -Errno.ENOTDIR : -Errno.EEXIST;
    if (!isPopulated(this.#arena, dir)) return this.#miss(dir);
    return slash ? -Errno.ENOENT : dir;
  }

  #isDirectory(dirent: number): boolean {
    return this.#tree.kind(this.#arena.u32[(dirent >>> 2) + Dirent.INODE]!) === FileType.DIRECTORY;
  }

  /** The dirent of an existing last name. */
  #existing(start: number, confine: number, path: Uint8Array, offset: number, length: number, dots: number): number {
    const { walker, names } = this.#tree;
    const dir = walker.walk(start, confine, path, offset, length, false, true);
    if (dir < 0) return dir;
    if (walker.lastKind !== Last.NAME) return dots;
    if (!(this.#tree.walker.bounds.ofLast(dir) & RightBit.delete)) return -Errno.ENOTCAPABLE;
    const dirent = names.lookup(dir, walker.lastHash, walker.lastBytes, walker.lastStart, walker.lastEnd);
    if (dirent !== 0) return dirent;
    return isPopulated(this.#arena, dir) ? -Errno.ENOENT : this.#miss(dir);
  }

  #miss(dir: number): number {
    this.#tree.walker.missInode = dir;
    this.#tree.walker.missBlock = -1;
    return MISS;
  }

  #sequence(by: number): void {
    Atomics.add(this.#arena.i32, Header.TREE_SEQ, by);
  }

  #make(dir: number, type: number, op: number, target: Uint8Array | null, targetOffset: number, targetLength: number): number {
    const { walker, names, inodes } = this.#tree;
    const arena = this.#arena;
    if (arena.u32[Header.STORE_REFUSES] !== 0 && !this.#changes.isVolatile(dir)) return -arena.u32[Header.STORE_REFUSES]!;
    const room = this.#changes.begin(dir);
    if (room < 0) return room;
    const dirent = names.prepare(dir, walker.lastEnd - walker.lastStart);
    const body = dirent !== 0 && target ? arena.alloc(targetLength) : 0;
    const inode = dirent !== 0 && (!target || body !== 0) ? inodes.create(type, dir, 0) : 0;
    if (inode === 0) {
      if (body !== 0) arena.free(body);
      if (dirent !== 0) names.free(dirent, walker.lastEnd - walker.lastStart);
      return this.#changes.abort(dir);
    }
    const { u32 } = arena;
    if (target) {
      for (let i = 0; i < targetLength; i++) arena.u8[body + i] = target[targetOffset + i]!;
      u32[(inode >>> 2) + Inode.BODY] = body;
      u32[(inode >>> 2) + Inode.CAPACITY] = targetLength;
      u32[(inode >>> 2) + Inode.SIZE] = targetLength;
    }
    this.#sequence(1);
    names.insert(dirent, dir, walker.lastHash, walker.lastBytes, walker.lastStart, walker.lastEnd, inode);
    inodes.touchDirectory(dir);
    this.#sequence(1);
    this.#changes.record(op, dir, inode);
    return inode;
  }
}
