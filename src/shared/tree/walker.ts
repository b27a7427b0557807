import { Errno, PATH_MAX } from '../base/index.ts';
import { FileType } from '../abi/index.ts';
import { Dirent, Header, Inode, InodeFlag, MountKind, type Arena, type ProcessHandle } from '../arena/index.ts';
import { checkName, isPopulated, RETRY, type Names } from './names.ts';

/** The kernel must populate a directory or load a block (`missInode`, `missBlock`), then the call is made again. */
export const MISS = -4096;
/** The path leads into a kernel service: the call is the kernel's. */
export const FOREIGN = -4097;
/** Somebody else must get on first (`Tree.pause`), then the call is made again. */
export const WAIT = -4098;

/** Most symlinks on one path. */
const LINKS_MAX = 40;

/** What the last component of a path was, for operations that need a name. */
export const Last = { NAME: 0, DOT: 1, DOT_DOT: 2 } as const;

/**
 * Resolves paths on the tree. A walk without the lock may see anything: it reads only, is bounded, and its result counts
 * only if the sequence word did not move (the caller checks).
 */
export class Walker {
  missInode = 0;
  missBlock = -1;
  /** Service of the mount that a walk met (FOREIGN). */
  foreign = 0;
  /** After a walk to the parent: the last component. */
  lastBytes: Uint8Array;
  lastStart = 0;
  lastEnd = 0;
  lastHash = 0;
  lastKind: number = Last.NAME;
  /** The path ended in a slash. */
  lastSlash = false;
  readonly #arena: Arena;
  readonly #names: Names;
  readonly #process: ProcessHandle;
  /** Paths that came out of symlinks; two, because one is built from the other. */
  readonly #scratch = [new Uint8Array(PATH_MAX * 2), new Uint8Array(PATH_MAX * 2)];

  constructor(arena: Arena, names: Names, process: ProcessHandle) {
    this.#arena = arena;
    this.#names = names;
    this.#process = process;
    this.lastBytes = this.#scratch[0]!;
  }

  /** Inode, or a negative result. `parent`: stop before the last component (following it too if it is a symlink and `follow`). */
  walk(start: number, confine: number, path: Uint8Array, offset: number, length: number, follow: boolean, parent: boolean): number {
    if (length === 0) return -Errno.ENOENT;
    if (length > PATH_MAX) return -Errno.ENAMETOOLONG;
    if (path[offset] === 47) return -Errno.EPERM;
    const { u32 } = this.#arena;
    let bytes = path;
    let i = offset;
    let end = offset + length;
    let at = start;
    let links = 0;
    for (;;) {
      const from = i;
      let hash = 0x811c9dc5 | 0;
      let all = 0;
      let zero = false;
      for (let c = 0; i < end && (c = bytes[i]!) !== 47; i++) {
        hash = Math.imul(hash ^ c, 0x01000193);
        all |= c;
        if (c === 0) zero = true;
      }
      const to = i;
      while (i < end && bytes[i] === 47) i++;
      const last = i >= end;
      const slash = i > to;
      if (all > 127 || zero || to - from > 255) {
        const fault = checkName(bytes, from, to, all > 127, zero);
        if (fault !== 0) return fault;
      }
      if (u32[(at >>> 2) + Inode.TYPE] !== FileType.DIRECTORY) return -Errno.ENOTDIR;
      const dots = bytes[from] === 46 ? (to - from === 1 ? 1 : to - from === 2 && bytes[from + 1] === 46 ? 2 : 0) : 0;
      if (dots === 2) {
        at = this.#parent(at, confine);
        if (at < 0) return at;
      }
      if (dots !== 0) {
        if (!last) continue;
        this.lastKind = dots;
        this.lastSlash = true;
        return at;
      }
      if (parent && last && !follow) return this.#stop(at, bytes, from, to, hash, slash);
      const dirent = this.#names.lookup(at, hash, bytes, from, to);
      if (dirent === RETRY) return RETRY;
      if (dirent === 0) {
        if (parent && last) return this.#stop(at, bytes, from, to, hash, slash);
        return isPopulated(this.#arena, at) ? -Errno.ENOENT : this.#miss(at);
      }
      let child = u32[(dirent >>> 2) + Dirent.INODE]!;
      const word = child >>> 2;
      if (u32[word + Inode.FLAGS]! & InodeFlag.MOUNTPOINT && !(parent && last)) {
        child = this.crossDown(child);
        if (child < 0) return child;
      }
      if (u32[word + Inode.TYPE] === FileType.SYMBOLIC_LINK && (!last || follow || slash)) {
        if (++links > LINKS_MAX) return -Errno.ELOOP;
        const rest = this.#expand(child, bytes, i, end, slash);
        if (rest < 0) return rest;
        bytes = this.#expanded;
        i = 0;
        end = rest;
        if (bytes[0] === 47) {
          // Absolute targets mean the namespace's root, which only those may reach who were given it.
          if (confine !== 0 && confine !== u32[Header.ROOT]) return -Errno.EPERM;
          at = u32[Header.ROOT]!;
          while (i < end && bytes[i] === 47) i++;
          if (i >= end) {
            this.lastKind = Last.DOT;
            return at;
          }
        }
        continue;
      }
      if (last) {
        if (parent) return this.#stop(at, bytes, from, to, hash, slash);
        if (slash && u32[(child >>> 2) + Inode.TYPE] !== FileType.DIRECTORY) return -Errno.ENOTDIR;
        this.lastKind = Last.NAME;
        return child;
      }
      at = child;
    }
  }

  #stop(at: number, bytes: Uint8Array, from: number, to: number, hash: number, slash: boolean): number {
    this.lastBytes = bytes;
    this.lastStart = from;
    this.lastEnd = to;
    this.lastHash = hash;
    this.lastKind = Last.NAME;
    this.lastSlash = slash;
    return at;
  }

  #miss(dir: number): number {
    this.missInode = dir;
    this.missBlock = -1;
    return MISS;
  }

  #expanded: Uint8Array = new Uint8Array(0);

  /** Puts the target and the rest of the path into a scratch buffer; returns its length. */
  #expand(link: number, bytes: Uint8Array, rest: number, end: number, slash: boolean): number {
    const { u32, u8 } = this.#arena;
    const word = link >>> 2;
    const body = u32[word + Inode.BODY]!;
    const length = u32[word + Inode.SIZE]!;
    if (length === 0) return -Errno.ENOENT;
    if (!(length + 1 + end - rest <= PATH_MAX * 2)) return -Errno.ENAMETOOLONG;
    const out = bytes === this.#scratch[0] ? this.#scratch[1]! : this.#scratch[0]!;
    for (let k = 0; k < length; k++) out[k] = u8[body + k]!;
    let at = length;
    if (slash) out[at++] = 47;
    for (let k = rest; k < end; k++) out[at++] = bytes[k]!;
    this.#expanded = out;
    return at;
  }

  /** `..`: real parent, across mounts; EPERM where it would leave `confine`. */
  #parent(dir: number, confine: number): number {
    if (dir === confine) return -Errno.EPERM;
    const up = this.crossUp(dir);
    // A directory that was removed is its own parent.
    if (up === dir && !(this.#arena.u32[(dir >>> 2) + Inode.FLAGS]! & InodeFlag.VOLUME_ROOT)) return -Errno.ENOENT;
    if (confine !== 0 && !this.#isBeneath(up, confine)) return -Errno.EPERM;
    return up;
  }

  /** The parent of a directory; the root's is the root, a removed one's itself. */
  crossUp(dir: number): number {
    const { u32 } = this.#arena;
    const word = dir >>> 2;
    if (!(u32[word + Inode.FLAGS]! & InodeFlag.VOLUME_ROOT)) return u32[word + Inode.PARENT]!;
    const namespace = this.#process.namespace >>> 2;
    if (namespace === 0) return dir;
    for (let i = 0, at = namespace + 1; i < u32[namespace]!; i++, at += 3) {
      if (u32[at + 1] === MountKind.TREE && u32[at + 2] === dir) return u32[(u32[at]! >>> 2) + Inode.PARENT]!;
    }
    return dir;
  }

  /** What is mounted on a mountpoint: a tree's root, the mountpoint itself (nothing), or FOREIGN. */
  crossDown(mountpoint: number): number {
    const { u32 } = this.#arena;
    const namespace = this.#process.namespace >>> 2;
    if (namespace === 0) return mountpoint;
    for (let i = 0, at = namespace + 1; i < u32[namespace]!; i++, at += 3) {
      if (u32[at] !== mountpoint) continue;
      if (u32[at + 1] === MountKind.TREE) return u32[at + 2]!;
      this.foreign = u32[at + 2]!;
      return FOREIGN;
    }
    return mountpoint;
  }

  /** The directory could have been moved out of `confine` after it was opened. */
  #isBeneath(dir: number, confine: number): boolean {
    for (let steps = 0; steps < PATH_MAX; steps++) {
      if (dir === confine) return true;
      const up = this.crossUp(dir);
      if (up === dir) return false;
      dir = up;
    }
    return false;
  }
}
