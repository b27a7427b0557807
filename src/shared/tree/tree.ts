import { Errno } from '../base/index.ts';
import { FileType } from '../abi/index.ts';
import {
  Header, INODE_SIZE, Inode, JournalOp, JournalRing, Pcb, lock, unlock,
  type Arena, type MemoryWindow, type ProcessHandle,
} from '../arena/index.ts';
import { Bodies } from './bodies.ts';
import { Inodes } from './inodes.ts';
import { Listing, type ListedEntry } from './listing.ts';
import { NameOps } from './name-ops.ts';
import { Names, RETRY } from './names.ts';
import type { TreeParts } from './parts.ts';
import { ReadMarks } from './read-marks.ts';
import { MISS, WAIT, Walker } from './walker.ts';

/** Preview 1 `oflags`. */
export const OpenFlag = { CREATE: 1, DIRECTORY: 2, EXCLUSIVE: 4, TRUNCATE: 8 } as const;
/** Times that a walk without the lock is tried before the lock is taken. */
const TRIES = 32;

/**
 * The Unix tree in the arena, as one process (or the kernel) uses it. Results are >= 0, or -errno, or MISS, FOREIGN, WAIT:
 * then the caller asks the kernel, or waits with `pause`, and calls again. Nothing here blocks but on locks whose sections are short.
 * Paths are bytes in private memory; `start` is the inode of a directory, `confine` the one that `..` may not pass (0: none).
 */
export class Tree implements TreeParts {
  readonly arena: Arena;
  readonly process: ProcessHandle;
  readonly names: Names;
  readonly inodes: Inodes;
  readonly bodies: Bodies;
  readonly journal: JournalRing;
  readonly walker: Walker;
  readonly ops: NameOps;
  /** Where the last `append` ended. */
  position = 0;
  readonly #pid: number;
  readonly #marks: ReadMarks;
  readonly #listing: Listing;

  constructor(arena: Arena, process: ProcessHandle) {
    this.arena = arena;
    this.process = process;
    this.#pid = process.pid;
    this.#marks = new ReadMarks(arena, process.address);
    arena.owner = process.pid;
    this.names = new Names(arena);
    this.inodes = new Inodes(arena);
    this.journal = new JournalRing(arena, process.address);
    this.bodies = new Bodies(arena, this.journal, process);
    this.walker = new Walker(arena, this.names, process);
    this.ops = new NameOps(this);
    this.#listing = new Listing(this);
  }

  get root(): number {
    return this.arena.u32[Header.ROOT]!;
  }

  /** After MISS: the directory to populate (`missBlock` -1) or the file whose block to load. */
  get missInode(): number {
    return this.walker.missInode;
  }

  get missBlock(): number {
    return this.walker.missBlock;
  }

  /** After FOREIGN: the service mounted there. */
  get foreign(): number {
    return this.walker.foreign;
  }

  /** After WAIT: sleeps until what was waited for moves, at most 50 ms. Not behind the gate, and never in the kernel. */
  pause(): void {
    Atomics.wait(this.arena.i32, this.bodies.waitWord, this.bodies.waitValue, 50);
    if (this.process.control !== 0) this.process.hold();
  }

  walk(start: number, confine: number, path: Uint8Array, offset: number, length: number, follow: boolean): number {
    const { i32 } = this.arena;
    for (let tried = 0; tried < TRIES; tried++) {
      const seen = Atomics.load(i32, Header.TREE_SEQ);
      if (seen & 1) continue;
      this.arena.sync();
      const result = this.walker.walk(start, confine, path, offset, length, follow, false);
      if (result !== RETRY && this.#unmoved(seen)) return result;
    }
    this.lock();
    const result = this.walker.walk(start, confine, path, offset, length, follow, false);
    this.unlock();
    return result;
  }

  /** Orders this walk's plain reads before the second look at the sequence: a read-modify-write on a word of our own. */
  #unmoved(seen: number): boolean {
    Atomics.or(this.arena.i32, (this.process.address >>> 2) + Pcb.FENCE, 0);
    return Atomics.load(this.arena.i32, Header.TREE_SEQ) === seen;
  }

  lock(): void {
    this.process.enter();
    lock(this.arena.i32, Header.TREE_LOCK, this.#pid);
    this.names.locked = true;
    this.arena.sync();
  }

  unlock(): void {
    this.names.locked = false;
    unlock(this.arena.i32, Header.TREE_LOCK);
    this.process.leave();
  }

  /** Writes preview 1's 64-byte `filestat` of the node at the path. */
  statAt(start: number, confine: number, path: Uint8Array, offset: number, length: number, follow: boolean, window: MemoryWindow, pointer: number): number {
    const { i32 } = this.arena;
    const { bounds } = this.walker;
    for (let tried = bounds.globs === 0 ? 0 : TRIES; tried < TRIES; tried++) {
      const seen = Atomics.load(i32, Header.TREE_SEQ);
      if (seen & 1) continue;
      this.arena.sync();
      const inode = this.walker.walk(start, confine, path, offset, length, follow, false);
      if (inode === RETRY) continue;
      // What a walk that met changes takes for an inode may be anything, and then is not to be touched.
      if (inode >= 0 && inode + INODE_SIZE <= this.arena.u8.length) window.fromArenaTo(pointer, inode, 64);
      if (this.#unmoved(seen)) return Math.min(inode, 0);
    }
    this.lock();
    let inode = this.walker.walk(start, confine, path, offset, length, follow, false);
    if (inode >= 0 && bounds.globs !== 0) inode = bounds.shows(bounds.ofFound(inode), this.inodes.isDirectory(inode)) || inode;
    if (inode >= 0) window.fromArenaTo(pointer, inode, 64);
    this.unlock();
    return Math.min(inode, 0);
  }

  /** Writes the `filestat` of an inode that the caller has a reference to. */
  stat(inode: number, window: MemoryWindow, pointer: number): number {
    this.arena.sync();
    window.fromArenaTo(pointer, inode, 64);
    return 0;
  }

  /** An inode with one reference, to be given back by `release`. `flags`: OpenFlag. Behind the caller's gate. */
  openAt(start: number, confine: number, path: Uint8Array, offset: number, length: number, flags: number, write: boolean, follow: boolean): number {
    const { i32 } = this.arena;
    const exclusive = (flags & (OpenFlag.CREATE | OpenFlag.EXCLUSIVE)) === (OpenFlag.CREATE | OpenFlag.EXCLUSIVE);
    if (exclusive || this.walker.bounds.globs !== 0) return this.#create(start, confine, path, offset, length, flags, write, follow);
    for (let tried = 0; tried < TRIES; tried++) {
      const seen = Atomics.load(i32, Header.TREE_SEQ);
      if (seen & 1) continue;
      this.arena.sync();
      const inode = this.walker.walk(start, confine, path, offset, length, follow, false);
      if (inode === RETRY || !this.#unmoved(seen)) continue;
      if (inode === -Errno.ENOENT && flags & OpenFlag.CREATE) break;
      if (inode < 0) return inode;
      // The address was an inode's when the sequence was checked, and an inode's memory stays one: adding to it hurts nobody.
      Atomics.add(this.arena.u32, (inode >>> 2) + Inode.OPENS, 1);
      // That was a fence as well.
      if (Atomics.load(i32, Header.TREE_SEQ) === seen) return this.#opened(inode, flags, write);
      this.release(inode);
    }
    return this.#create(start, confine, path, offset, length, flags, write, follow);
  }

  #create(start: number, confine: number, path: Uint8Array, offset: number, length: number, flags: number, write: boolean, follow: boolean): number {
    const inode = this.ops.create(start, confine, path, offset, length, flags, follow);
    // A new file is empty: to cut it could only fail, and a second try would then find that it exists.
    return inode < 0 ? inode : this.#opened(inode, this.ops.created ? flags & ~OpenFlag.TRUNCATE : flags, write);
  }

  /** Checks what can only be checked on the node itself; on failure gives the reference back. */
  #opened(inode: number, flags: number, write: boolean): number {
    const type = this.inodes.type(inode);
    let result = 0;
    if (type === FileType.SYMBOLIC_LINK) result = -Errno.ELOOP;
    else if (flags & OpenFlag.DIRECTORY && type !== FileType.DIRECTORY) result = -Errno.ENOTDIR;
    else if (type === FileType.DIRECTORY && (write || flags & OpenFlag.TRUNCATE)) result = -Errno.EISDIR;
    else if (flags & OpenFlag.TRUNCATE) result = this.truncate(inode, 0);
    if (result >= 0) return inode;
    this.release(inode);
    return result;
  }

  retain(inode: number): void {
    Atomics.add(this.arena.u32, (inode >>> 2) + Inode.OPENS, 1);
  }

  /** Gives a reference back; the last one of a node without names frees it. */
  release(inode: number): void {
    this.process.enter();
    if (Atomics.sub(this.arena.u32, (inode >>> 2) + Inode.OPENS, 1) === 1 && this.inodes.nlinkNow(inode) === 0) {
      this.lock();
      this.ops.reap(inode);
      this.unlock();
    }
    this.process.leave();
  }

  read(inode: number, position: number, window: MemoryWindow, pointer: number, length: number): number {
    this.#lockBody(inode);
    const count = this.bodies.read(inode, position, window, pointer, length);
    this.#unlockBody(inode);
    if (count > 0) this.#marks.note(inode);
    else if (count === MISS) this.#bodyMiss(inode);
    return count;
  }

  write(inode: number, position: number, window: MemoryWindow, pointer: number, length: number): number {
    this.#lockBody(inode);
    const count = this.bodies.write(inode, position, window, pointer, length);
    this.#unlockBody(inode);
    if (count === MISS) this.#bodyMiss(inode);
    return count;
  }

  /** Writes at the end, in one step with finding it. */
  append(inode: number, window: MemoryWindow, pointer: number, length: number): number {
    this.#lockBody(inode);
    const at = this.bodies.size(inode);
    const count = this.bodies.write(inode, at, window, pointer, length);
    this.#unlockBody(inode);
    if (count === MISS) this.#bodyMiss(inode);
    this.position = count > 0 ? at + count : at;
    return count;
  }

  truncate(inode: number, size: number): number {
    this.#lockBody(inode);
    const result = this.bodies.truncate(inode, size);
    this.#unlockBody(inode);
    if (result === MISS) this.#bodyMiss(inode);
    return result;
  }

  /** Nanoseconds; -1n leaves a time as it is. */
  setTimes(inode: number, atime: bigint, mtime: bigint): number {
    this.#lockBody(inode);
    const begun = this.bodies.beginChange(inode, JournalOp.ATTR);
    if (begun >= 0) {
      if (atime >= 0n) this.inodes.setTimeBig(inode, Inode.ATIME, atime);
      if (mtime >= 0n) this.inodes.setTimeBig(inode, Inode.MTIME, mtime);
      this.inodes.touchChanged(inode);
    }
    this.#unlockBody(inode);
    return begun;
  }

  #bodyMiss(inode: number): void {
    this.walker.missInode = inode;
    this.walker.missBlock = this.bodies.missBlock;
  }

  #lockBody(inode: number): void {
    this.process.enter();
    lock(this.arena.i32, (inode >>> 2) + Inode.LOCK, this.#pid);
    this.arena.sync();
  }

  #unlockBody(inode: number): void {
    unlock(this.arena.i32, (inode >>> 2) + Inode.LOCK);
    this.process.leave();
  }

  size(inode: number): number {
    return this.bodies.size(inode);
  }

  kind(inode: number): number {
    return this.inodes.type(inode);
  }

  /** Copies a symlink's target; returns the bytes copied (cut at `max`). */
  readlinkAt(start: number, confine: number, path: Uint8Array, offset: number, length: number, window: MemoryWindow, pointer: number, max: number): number {
    this.lock();
    const { bounds } = this.walker;
    let result = this.walker.walk(start, confine, path, offset, length, false, false);
    if (result >= 0 && bounds.globs !== 0) result = bounds.shows(bounds.ofFound(result), false) || result;
    if (result >= 0) {
      const link = result;
      if (this.inodes.type(link) !== FileType.SYMBOLIC_LINK) result = -Errno.EINVAL;
      else {
        result = Math.min(max, this.bodies.size(link));
        window.fromArenaTo(pointer, this.arena.u32[(link >>> 2) + Inode.BODY]!, result);
      }
    }
    this.unlock();
    return result;
  }

  /**
   * Writes preview 1 `dirent`s that follow `cookie` (0: from the start, `.` and `..` first) and returns the bytes used;
   * `length` when the last one was cut. A cookie stays valid while entries come and go.
   */
  readdir(dir: number, confine: number, cookie: number, window: MemoryWindow, pointer: number, length: number): number {
    return this.#listing.readdir(dir, confine, cookie, window, pointer, length);
  }

  /** Entries after `cookie`, at most `limit`; MISS if the directory is not populated. */
  list(dir: number, cookie: number, limit: number): ListedEntry[] | typeof MISS {
    return this.#listing.list(dir, cookie, limit);
  }

  /** Journal position that is durable when all changes made so far are. */
  syncPosition(): number {
    return this.journal.head;
  }

  /** Whether everything up to a `syncPosition` is in the store. */
  isDurable(position: number): boolean {
    return ((this.journal.durable - position) | 0) >= 0;
  }

  /** Waits for room in the journal (for `pause`). */
  waitForJournal(): typeof WAIT {
    this.bodies.waitWord = Header.JOURNAL_TAIL;
    this.bodies.waitValue = Atomics.load(this.arena.i32, Header.JOURNAL_TAIL);
    return WAIT;
  }
}
