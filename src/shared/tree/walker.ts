import { Errno, PATH_MAX } from '../base/index.ts';
import { FileType } from '../abi/index.ts';
import { Dirent, Header, Inode, InodeFlag, LEADS, MountKind, MountWord, NAMESPACE_MOUNTS, NAMESPACE_ROOT, TOP_VIA, VIA_MASK, type Arena, type ProcessHandle } from '../arena/index.ts';
import { Bounds } from './bounds.ts';
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
  /** Slot of the mount in which a walk stands: of several ways into one directory `..` goes back by the one that was taken. */
  via = 0;
  /** The same for the result of `crossUp`. */
  upVia = 0;
  /** What the operation under way may do. */
  readonly bounds: Bounds;
  /** After a walk to the end: the dirent by which it was found; 0 where it was not found by a name. */
  lastDirent = 0;
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
    this.bounds = new Bounds(arena, this);
  }

  /** Inode, or a negative result. `parent`: stop before the last component (following it too if it is a symlink and `follow`). */
  walk(start: number, confine: number, path: Uint8Array, offset: number, length: number, follow: boolean, parent: boolean): number {
    if (length === 0) return -Errno.ENOENT;
    if (length > PATH_MAX) return -Errno.ENAMETOOLONG;
    if (path[offset] === 47) return -Errno.EPERM;
    const { u32 } = this.#arena;
    const via = confine & VIA_MASK;
    const top = (confine >>> 0) - via;
    this.via = via === 0 ? 0 : this.#present(via);
    let bytes = path;
    let i = offset;
    let end = offset + length;
    let at = start;
    let links = 0;
    this.lastDirent = 0;
    const bounded = this.bounds.globs !== 0;
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
        at = this.#parent(at, top, confine);
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
      if (bounded) {
        const kept = this.#withheld(at, dirent, bytes, from, to, last);
        if (kept < 0) return kept;
      }
      if (dirent === 0) {
        if (parent && last) return this.#stop(at, bytes, from, to, hash, slash);
        return isPopulated(this.#arena, at) ? -Errno.ENOENT : this.#miss(at);
      }
      let child = u32[(dirent >>> 2) + Dirent.INODE]!;
      const word = child >>> 2;
      if (u32[word + Inode.FLAGS]! & InodeFlag.MOUNTPOINT && !(parent && last)) {
        child = this.crossDown(child, this.via);
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
          const root = this.root;
          if (top !== 0 && top !== root) return -Errno.EPERM;
          at = root;
          this.via = 0;
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
        this.lastDirent = dirent;
        return child;
      }
      at = child;
    }
  }

  /**
   * RT5: whether the globs of the operation let the walk know of this name: one that matches, or leads to others that do and is a directory or a link. What is
   * no directory on such a way is not told from what is not there.
   */
  #withheld(dir: number, dirent: number, bytes: Uint8Array, from: number, to: number, last: boolean): number {
    const rights = this.bounds.ofName(dir, this.via, bytes, from, to);
    if (rights === 0) return -Errno.ENOTCAPABLE;
    const type = dirent === 0 ? 0 : this.#arena.u32[(this.#arena.u32[(dirent >>> 2) + Dirent.INODE]! >>> 2) + Inode.TYPE]!;
    if (rights !== LEADS || type === FileType.DIRECTORY || type === FileType.SYMBOLIC_LINK) return 0;
    if (dirent === 0 && !isPopulated(this.#arena, dir)) return 0;
    return last ? -Errno.ENOTCAPABLE : -Errno.ENOENT;
  }

  /** What `/` is for the process. */
  get root(): number {
    const record = this.#process.namespace >>> 2;
    return record === 0 ? this.#arena.u32[Header.ROOT]! : this.#arena.u32[record + NAMESPACE_ROOT]!;
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

  /** `..`: real parent, across mounts; EPERM where it would leave `top`. */
  #parent(dir: number, top: number, confine: number): number {
    const topVia = this.#present(Math.floor(confine / TOP_VIA));
    if (dir === top && this.via === topVia) return -Errno.EPERM;
    const up = this.crossUp(dir, this.via);
    if (up < 0) return up;
    const via = this.upVia;
    // A directory that was removed is its own parent.
    if (up === dir && via === this.via && !(this.#arena.u32[(dir >>> 2) + Inode.FLAGS]! & InodeFlag.VOLUME_ROOT)) return -Errno.ENOENT;
    const fault = top === 0 ? 0 : this.#leaves(up, via, top, topVia);
    if (fault < 0) return fault;
    this.via = via;
    return up;
  }

  /** A mount that was unbound since counts as the root: the real tree is what is left of the way that was taken. */
  #present(via: number): number {
    if (via === 0) return 0;
    const record = this.#process.namespace >>> 2;
    const kind = record === 0 ? 0 : this.#arena.u32[record + 1 + (via - 1) * MountWord.SIZE + MountWord.KIND];
    return kind === MountKind.TREE ? via : 0;
  }

  /**
   * The parent of a directory that was reached by the mount `via`; the root's is the root, a removed one's itself. FOREIGN where
   * it is not in the tree. Leaves the mount of the result in `upVia`.
   */
  crossUp(dir: number, via = 0): number {
    const { u32 } = this.#arena;
    const under = this.#under(dir, via);
    if (under < 0 || !(u32[(under >>> 2) + Inode.FLAGS]! & InodeFlag.VOLUME_ROOT)) return under < 0 ? under : u32[(under >>> 2) + Inode.PARENT]!;
    const mountpoint = this.#volumeMountpoint(under);
    return mountpoint === 0 ? under : u32[(mountpoint >>> 2) + Inode.PARENT]!;
  }

  /** The directory by whose name this one is known in its parent: itself, or the mountpoint it was reached by. 0: it has none. FOREIGN as in `crossUp`, and `upVia`. */
  surface(dir: number, via: number): number {
    const under = this.#under(dir, via);
    if (under < 0 || !(this.#arena.u32[(under >>> 2) + Inode.FLAGS]! & InodeFlag.VOLUME_ROOT)) return under;
    return this.#volumeMountpoint(under);
  }

  /** Out through the mounts whose root the directory is. */
  #under(dir: number, via: number): number {
    const { u32 } = this.#arena;
    const record = this.#process.namespace >>> 2;
    for (let steps = 0; record !== 0 && via !== 0 && steps < NAMESPACE_MOUNTS; steps++) {
      const at = record + 1 + (via - 1) * MountWord.SIZE;
      if (u32[at + MountWord.TARGET] !== dir || u32[at + MountWord.KIND] !== MountKind.TREE) break;
      dir = u32[at + MountWord.MOUNTPOINT]!;
      via = u32[at + MountWord.OUTER]!;
      if (dir === 0) return FOREIGN;
    }
    this.upVia = via;
    return dir;
  }

  /** Where a volume is mounted, for who came into it by no mount that is known; 0: nowhere. Its mount in `upVia`. */
  #volumeMountpoint(root: number): number {
    const { u32 } = this.#arena;
    const record = this.#process.namespace >>> 2;
    for (let i = 0, at = record + 1; record !== 0 && i < u32[record]! && i < NAMESPACE_MOUNTS; i++, at += MountWord.SIZE) {
      if (u32[at + MountWord.KIND] !== MountKind.TREE || u32[at + MountWord.TARGET] !== root || u32[at] === 0) continue;
      this.upVia = u32[at + MountWord.OUTER]!;
      return u32[at]!;
    }
    return 0;
  }

  /** What is mounted on a mountpoint in the mount `via`: a directory of the tree, the mountpoint itself (nothing), or FOREIGN. */
  crossDown(mountpoint: number, via: number): number {
    const { u32 } = this.#arena;
    const record = this.#process.namespace >>> 2;
    if (record === 0) return mountpoint;
    for (let i = 0, at = record + 1; i < u32[record]! && i < NAMESPACE_MOUNTS; i++, at += MountWord.SIZE) {
      if (u32[at + MountWord.MOUNTPOINT] !== mountpoint || u32[at + MountWord.OUTER] !== via) continue;
      if (u32[at + MountWord.KIND] === MountKind.TREE) {
        this.via = i + 1;
        return u32[at + MountWord.TARGET]!;
      }
      this.foreign = u32[at + MountWord.TARGET]!;
      return FOREIGN;
    }
    return mountpoint;
  }

  /** 0 for `top` and what is below. EPERM: the directory could have been moved out of it after it was opened. FOREIGN: only the kernel can tell. */
  #leaves(dir: number, via: number, top: number, topVia: number): number {
    for (let steps = 0; steps < PATH_MAX; steps++) {
      if (dir === top && via === topVia) return 0;
      const up = this.crossUp(dir, via);
      if (up < 0) return up;
      if (up === dir && this.upVia === via) return -Errno.EPERM;
      dir = up;
      via = this.upVia;
    }
    return -Errno.EPERM;
  }
}
