import { FileType, RightBit } from '../../shared/abi/index.ts';
import { OfdFlag, OfdKind, TOP_VIA, VIA_MASK, type MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { FOREIGN } from '../../shared/tree/index.ts';
import { Bases } from './bases.ts';
import { Bounded } from './bounded.ts';
import type { Descriptors } from './descriptors.ts';
import type { Process } from './process.ts';
import { pathText, type Services } from './services.ts';
import { WorkingDirectory } from './working-directory.ts';
import { openedRights } from './opened-rights.ts';

const SLASH = 47;
/** Bytes asked back for one new name when the arena is full. */
const RECLAIM = 65536;

/** `oflags` of preview 1. */
export const OpenFlag = { CREATE: 1, DIRECTORY: 2, EXCLUSIVE: 4, TRUNCATE: 8 } as const;

/**
 * What a process does with paths, each relative to a directory descriptor and given as bytes (`bytes`, `at`, `length`).
 * Absolute paths are refused with EPERM: only what lies below a descriptor can be named. Results are >= 0 or a negated errno.
 * Where the tree lacks something, the kernel brings it and the operation is done again; where a path leaves the tree
 * for a service of the kernel, the kernel does it.
 */
export class Names {
  readonly #process: Process;
  readonly #services: Services;
  readonly #fds: Descriptors;
  readonly #cwd: WorkingDirectory;
  readonly #bounded: Bounded;

  constructor(process: Process, services: Services, fds: Descriptors) {
    this.#process = process;
    this.#fds = fds;
    this.#services = services;
    this.#cwd = new WorkingDirectory(process);
    this.#bounded = new Bounded(process);
  }

  /** What the program was told, by which paths of C libraries are understood: its arguments without `argv[0]`, its environment. */
  tell(args: readonly string[], env: readonly string[]): void {
    this.#cwd.tell(args, env);
  }

  readonly bases = new Bases();
  /** Told of each file that was opened (its descriptor and an empty path) or looked at. Null: nobody is. */
  observe: ((fd: number, path: string, rights: number) => void) | null = null;

  /** Calls of `act` take paths as they stand: below the directory that they start from, whatever the program was told. */
  literally(act: () => number): number {
    this.#cwd.literal = true;
    try {
      return act();
    } finally {
      this.#cwd.literal = false;
    }
  }

  /** What `..` may not pass from there. */
  #confine(start: number): number {
    const { files } = this.#process;
    return this.#cwd.literal ? files.ownConfine(start) : files.confine(start);
  }

  /** The description of a directory that `bytes` starts from, or a negated errno. */
  #start(fd: number, bytes: Uint8Array, at: number): number {
    const { handle, table, files } = this.#process;
    handle.countSyscall();
    this.bases.note(fd);
    const ofd = table.get(fd >>> 0);
    if (ofd === 0) return -Errno.EBADF;
    const kind = files.kind(ofd);
    if (kind !== OfdKind.DIRECTORY && kind !== OfdKind.SERVICE) return files.isRevoked(ofd) ? -Errno.ENOTCAPABLE : -Errno.ENOTDIR;
    return bytes[at] === SLASH ? -Errno.EPERM : ofd;
  }

  /** Whether the kernel must do it from the first step on. */
  #isForeign(start: number): boolean {
    return this.#process.files.kind(start) === OfdKind.SERVICE;
  }

  #isWhole(start: number): boolean {
    return this.#process.files.withheld(start) === 0;
  }

  /** A new descriptor. `flags` are `OfdFlag`; `oflags` are preview 1's. `withhold`: bits of `RightBit` that a directory is not to have though it could. */
  open(fd: number, bytes: Uint8Array, at: number, length: number, follow: boolean, oflags: number, flags: number, withhold = 0): number {
    fd = oflags & OpenFlag.CREATE ? this.#cwd.place(fd, bytes, at, length) : this.#cwd.spoken(fd, bytes, at, length);
    const start = this.#start(fd, bytes, at);
    if (start < 0) return start;
    const opened = this.#isWhole(start) ? this.#open(fd, start, bytes, at, length, follow, oflags, flags, withhold)
      : this.#openWithin(fd, start, bytes, at, length, follow, oflags, flags, withhold);
    if (opened >= 0) this.observe?.(opened, '', openedRights(flags, oflags));
    if (opened !== -Errno.ENOENT) return opened;
    const root = this.#cwd.rootFor(fd, bytes, at, length);
    return root < 0 ? opened : this.open(root, bytes, at, length, follow, oflags, flags, withhold);
  }

  /** Who may not create opens what is there (RT2). */
  #openWithin(fd: number, start: number, bytes: Uint8Array, at: number, length: number, follow: boolean, oflags: number, flags: number, withhold: number): number {
    const need = (flags & OfdFlag.READ ? RightBit.read : 0) | (flags & OfdFlag.WRITE || oflags & OpenFlag.TRUNCATE ? RightBit.write : 0);
    const barred = (oflags & OpenFlag.CREATE) !== 0 && (this.#process.files.withheld(start) & RightBit.create) !== 0;
    if (barred && oflags & OpenFlag.EXCLUSIVE) return -Errno.ENOTCAPABLE;
    const wanted = barred ? oflags & ~OpenFlag.CREATE : oflags;
    const opened = this.#bounded.within(start, need, () => this.#open(fd, start, bytes, at, length, follow, wanted, flags, withhold), need);
    return barred && opened === -Errno.ENOENT ? -Errno.ENOTCAPABLE : opened;
  }

  #open(fd: number, start: number, bytes: Uint8Array, at: number, length: number, follow: boolean, oflags: number, flags: number, withhold: number): number {
    if (this.#isForeign(start)) return this.#openForeign(fd, bytes, at, length, follow, oflags, flags, withhold);
    const { files, handle, tree } = this.#process;
    const write = (flags & OfdFlag.WRITE) !== 0;
    for (let reclaimed = false; ;) {
      // One gate from the inode's reference to the descriptor that holds it.
      handle.enter();
      const inode = tree.openAt(files.object(start), this.#confine(start), bytes, at, length, oflags, write, follow);
      if (inode >= 0) return this.#install(inode, flags, tree.walker.via, start, withhold);
      handle.leave();
      if (inode === -Errno.ENOSPC && !reclaimed && this.#process.reclaim(RECLAIM) === 0) {
        reclaimed = true;
        continue;
      }
      if (inode === FOREIGN) return this.#openForeign(fd, bytes, at, length, follow, oflags, flags, withhold);
      const failed = this.#process.retry(inode);
      if (failed < 0) return failed;
    }
  }

  /**
   * Takes over the reference to `inode`, reached by the mount `via`, and leaves the gate that the caller has entered. A directory that the program opens is the bound
   * of what it opens from there; rights, globs and grant are those of `start`.
   */
  #install(inode: number, flags: number, via: number, start: number, withhold: number): number {
    const { handle, files, table, tree } = this.#process;
    const { bounds } = tree.walker;
    const kind = tree.kind(inode) === FileType.DIRECTORY ? OfdKind.DIRECTORY : OfdKind.FILE;
    const ofd = files.create(kind, inode, flags, inode + via + via * TOP_VIA, start);
    if (ofd !== 0 && bounds.globs !== 0 && kind === OfdKind.FILE) files.matched(ofd, bounds.rights, bounds.matched);
    if (ofd !== 0 && withhold !== 0) files.withhold(ofd, withhold);
    const fd = ofd === 0 ? -Errno.ENOMEM : table.install(ofd);
    if (ofd === 0) tree.release(inode);
    else if (fd < 0) files.release(ofd);
    handle.leave();
    return fd;
  }

  #openForeign(
    dirfd: number, bytes: Uint8Array, at: number, length: number, follow: boolean, oflags: number, flags: number, withhold: number,
  ): number {
    if (this.#cwd.escapes(bytes, at, length)) return -Errno.EPERM;
    const fdflags = (flags & OfdFlag.APPEND ? 1 : 0) | (flags & OfdFlag.NONBLOCK ? 4 : 0);
    const { handle, files } = this.#process;
    for (;;) {
      const asked = handle.grantEpoch;
      const reply = this.#process.kernel({
        op: 'open', dirfd, path: pathText(bytes, at, length), oflags, fdflags, follow,
        read: (flags & OfdFlag.READ) !== 0, write: (flags & OfdFlag.WRITE) !== 0,
      });
      if (reply.errno !== 0) return -reply.errno;
      const ofd = reply.value as number;
      if (withhold !== 0) files.withhold(ofd, withhold);
      const fd = this.#fds.adopt(ofd, asked);
      // What may be done has changed meanwhile, maybe not this.
      if (fd !== -Errno.ENOTCAPABLE) return fd;
    }
  }

  /** Writes preview 1's `filestat` of 64 bytes. */
  stat(fd: number, bytes: Uint8Array, at: number, length: number, follow: boolean, window: MemoryWindow, pointer: number): number {
    fd = this.#cwd.spoken(fd, bytes, at, length);
    const start = this.#start(fd, bytes, at);
    if (start < 0) return start;
    const result = this.#isWhole(start) ? this.#stat(fd, start, bytes, at, length, follow, window, pointer)
      : this.#statWithin(fd, start, bytes, at, length, follow, window, pointer);
    if (result >= 0) this.observe?.(fd, pathText(bytes, at, length), RightBit.read);
    if (result !== -Errno.ENOENT) return result;
    const root = this.#cwd.rootFor(fd, bytes, at, length);
    return root < 0 ? result : this.stat(root, bytes, at, length, follow, window, pointer);
  }

  // What a closure captures is put on the heap at each call of the function around it, so those of few calls have functions of their own.
  #statWithin(fd: number, start: number, bytes: Uint8Array, at: number, length: number, follow: boolean, window: MemoryWindow, pointer: number): number {
    return this.#bounded.within(start, RightBit.read, () => this.#stat(fd, start, bytes, at, length, follow, window, pointer));
  }

  #stat(fd: number, start: number, bytes: Uint8Array, at: number, length: number, follow: boolean, window: MemoryWindow, pointer: number): number {
    if (this.#isForeign(start)) return this.#statForeign(fd, bytes, at, length, follow, window, pointer);
    const { files, tree } = this.#process;
    for (;;) {
      const result = tree.statAt(files.object(start), this.#confine(start), bytes, at, length, follow, window, pointer);
      if (result >= 0) return 0;
      if (result === FOREIGN) return this.#statForeign(fd, bytes, at, length, follow, window, pointer);
      const failed = this.#process.retry(result);
      if (failed < 0) return failed;
    }
  }

  #statForeign(fd: number, bytes: Uint8Array, at: number, length: number, follow: boolean, window: MemoryWindow, pointer: number): number {
    return this.#cwd.escapes(bytes, at, length) ? -Errno.EPERM : this.#services.statPath(fd, pathText(bytes, at, length), follow, window, pointer);
  }

  setTimes(fd: number, bytes: Uint8Array, at: number, length: number, follow: boolean, atime: bigint, mtime: bigint): number {
    fd = this.#cwd.spoken(fd, bytes, at, length);
    const start = this.#start(fd, bytes, at);
    if (start < 0) return start;
    const result = this.#isWhole(start) ? this.#timesAt(start, bytes, at, length, follow, atime, mtime)
      : this.#bounded.within(start, RightBit.write, () => this.#timesAt(start, bytes, at, length, follow, atime, mtime));
    if (result !== -Errno.ENOENT) return result;
    const root = this.#cwd.rootFor(fd, bytes, at, length);
    return root < 0 ? result : this.setTimes(root, bytes, at, length, follow, atime, mtime);
  }

  #timesAt(start: number, bytes: Uint8Array, at: number, length: number, follow: boolean, atime: bigint, mtime: bigint): number {
    if (this.#isForeign(start)) return -Errno.ENOTSUP;
    for (;;) {
      // One section: a reference that no descriptor holds must not outlive us.
      this.#process.handle.enter();
      const inode = this.#hold(start, bytes, at, length, follow);
      const result = inode < 0 ? inode : this.#setTimes(inode, atime, mtime);
      this.#process.handle.leave();
      if (inode === FOREIGN) return -Errno.ENOTSUP;
      if (result === 0 && inode >= 0) return 0;
      const failed = this.#process.retry(result);
      if (failed < 0) return failed;
    }
  }

  /** The inode at a path, with a reference, if its times may be set. */
  #hold(start: number, bytes: Uint8Array, at: number, length: number, follow: boolean): number {
    const { files, tree } = this.#process;
    tree.lock();
    const { bounds } = tree.walker;
    let inode = tree.walker.walk(files.object(start), files.confine(start), bytes, at, length, follow, false);
    if (inode >= 0 && bounds.globs !== 0 && !(bounds.ofFound(inode) & RightBit.write)) inode = -Errno.ENOTCAPABLE;
    if (inode >= 0) tree.retain(inode);
    tree.unlock();
    return inode;
  }

  /** Takes over the reference to `inode`. */
  #setTimes(inode: number, atime: bigint, mtime: bigint): number {
    const { tree } = this.#process;
    const result = tree.setTimes(inode, atime, mtime);
    tree.release(inode);
    return result;
  }

  mkdir(fd: number, bytes: Uint8Array, at: number, length: number): number {
    return this.#change('mkdir', fd, bytes, at, length);
  }

  rmdir(fd: number, bytes: Uint8Array, at: number, length: number): number {
    return this.#change('rmdir', fd, bytes, at, length);
  }

  unlink(fd: number, bytes: Uint8Array, at: number, length: number): number {
    return this.#change('unlink', fd, bytes, at, length);
  }

  #change(what: 'mkdir' | 'rmdir' | 'unlink', fd: number, bytes: Uint8Array, at: number, length: number): number {
    fd = this.#cwd.place(fd, bytes, at, length);
    const start = this.#start(fd, bytes, at);
    if (start < 0) return start;
    if (this.#isWhole(start)) return this.#changeAt(what, fd, start, bytes, at, length);
    return this.#changeWithin(what, fd, start, bytes, at, length);
  }

  #changeWithin(what: 'mkdir' | 'rmdir' | 'unlink', fd: number, start: number, bytes: Uint8Array, at: number, length: number): number {
    return this.#bounded.within(start, what === 'mkdir' ? RightBit.create : RightBit.delete, () => this.#changeAt(what, fd, start, bytes, at, length));
  }

  #changeAt(what: 'mkdir' | 'rmdir' | 'unlink', fd: number, start: number, bytes: Uint8Array, at: number, length: number): number {
    if (this.#isForeign(start)) return this.#services.call({ op: 'name', what, dirfd: fd, path: pathText(bytes, at, length) });
    const { files, tree } = this.#process;
    const object = files.object(start);
    const confine = files.confine(start);
    for (;;) {
      const result = what === 'unlink' ? tree.ops.unlinkAt(object, confine, bytes, at, length)
        : what === 'mkdir' ? tree.ops.mkdirAt(object, confine, bytes, at, length)
        : tree.ops.rmdirAt(object, confine, bytes, at, length);
      if (result >= 0) return 0;
      if (result === FOREIGN) return this.#services.call({ op: 'name', what, dirfd: fd, path: pathText(bytes, at, length) });
      const failed = this.#process.retry(result);
      if (failed < 0) return failed;
    }
  }

  /** Bytes of the target put at `pointer`, cut off at `size`. */
  readlink(fd: number, bytes: Uint8Array, at: number, length: number, window: MemoryWindow, pointer: number, size: number): number {
    fd = this.#cwd.spoken(fd, bytes, at, length);
    const start = this.#start(fd, bytes, at);
    if (start < 0) return start;
    const used = this.#isWhole(start) ? this.#readlink(fd, start, bytes, at, length, window, pointer, size)
      : this.#bounded.within(start, RightBit.read, () => this.#readlink(fd, start, bytes, at, length, window, pointer, size));
    if (used !== -Errno.ENOENT) return used;
    const root = this.#cwd.rootFor(fd, bytes, at, length);
    return root < 0 ? used : this.readlink(root, bytes, at, length, window, pointer, size);
  }

  #readlink(fd: number, start: number, bytes: Uint8Array, at: number, length: number, window: MemoryWindow, pointer: number, size: number): number {
    const foreign = (): number => this.#services.readlink(fd, pathText(bytes, at, length), window, pointer, size);
    if (this.#isForeign(start)) return foreign();
    const { files, tree } = this.#process;
    for (;;) {
      const used = tree.readlinkAt(files.object(start), files.confine(start), bytes, at, length, window, pointer, size);
      if (used >= 0) return used;
      if (used === FOREIGN) return foreign();
      const failed = this.#process.retry(used);
      if (failed < 0) return failed;
    }
  }

  symlink(
    target: Uint8Array, targetAt: number, targetLength: number, fd: number, bytes: Uint8Array, at: number, length: number,
  ): number {
    const start = this.#start(this.#cwd.place(fd, bytes, at, length), bytes, at);
    if (start < 0) return start;
    if (this.#isWhole(start)) return this.#symlink(target, targetAt, targetLength, start, bytes, at, length);
    return this.#bounded.within(start, RightBit.create, () => this.#symlink(target, targetAt, targetLength, start, bytes, at, length));
  }

  #symlink(target: Uint8Array, targetAt: number, targetLength: number, start: number, bytes: Uint8Array, at: number, length: number): number {
    if (this.#isForeign(start)) return -Errno.EROFS;
    const { files, tree } = this.#process;
    if (target[targetAt] === SLASH && !this.#isFree(start)) return -Errno.EPERM;
    for (;;) {
      const result = tree.ops.symlinkAt(
        target, targetAt, targetLength, files.object(start), files.confine(start), bytes, at, length,
      );
      if (result >= 0) return 0;
      if (result === FOREIGN) return -Errno.EROFS;
      const failed = this.#process.retry(result);
      if (failed < 0) return failed;
    }
  }

  /** Whether absolute targets can be followed from here; where they cannot, they are not made either. */
  #isFree(start: number): boolean {
    const { tree, files } = this.#process;
    const confine = files.confine(start);
    const top = (confine >>> 0) - (confine & VIA_MASK);
    return top === 0 || top === tree.walker.root;
  }

  /** A further name for the same file. A symbolic link is linked itself, not what it points to. */
  link(
    oldFd: number, oldBytes: Uint8Array, oldAt: number, oldLength: number, fd: number, bytes: Uint8Array, at: number, length: number,
  ): number {
    const from = this.#start(this.#cwd.place(oldFd, oldBytes, oldAt, oldLength), oldBytes, oldAt);
    const to = this.#start(this.#cwd.place(fd, bytes, at, length), bytes, at);
    if (from < 0) return from;
    if (to < 0) return to;
    if (this.#isWhole(from) && this.#isWhole(to)) return this.#link(from, oldBytes, oldAt, oldLength, to, bytes, at, length);
    return this.#bounded.withinBoth(from, 0, to, () => this.#link(from, oldBytes, oldAt, oldLength, to, bytes, at, length));
  }

  #link(from: number, oldBytes: Uint8Array, oldAt: number, oldLength: number, to: number, bytes: Uint8Array, at: number, length: number): number {
    if (this.#isForeign(from) || this.#isForeign(to)) return -Errno.EXDEV;
    const { files, tree } = this.#process;
    for (;;) {
      const result = tree.ops.linkAt(
        files.object(from), files.confine(from), oldBytes, oldAt, oldLength, false,
        files.object(to), files.confine(to), bytes, at, length,
      );
      if (result >= 0) return 0;
      if (result === FOREIGN) return -Errno.EXDEV;
      const failed = this.#process.retry(result);
      if (failed < 0) return failed;
    }
  }

  rename(
    oldFd: number, oldBytes: Uint8Array, oldAt: number, oldLength: number, fd: number, bytes: Uint8Array, at: number, length: number,
  ): number {
    const from = this.#start(this.#cwd.place(oldFd, oldBytes, oldAt, oldLength), oldBytes, oldAt);
    const to = this.#start(this.#cwd.place(fd, bytes, at, length), bytes, at);
    if (from < 0) return from;
    if (to < 0) return to;
    if (this.#isWhole(from) && this.#isWhole(to)) return this.#rename(from, oldBytes, oldAt, oldLength, to, bytes, at, length);
    return this.#bounded.withinBoth(from, RightBit.delete, to, () => this.#rename(from, oldBytes, oldAt, oldLength, to, bytes, at, length));
  }

  #rename(from: number, oldBytes: Uint8Array, oldAt: number, oldLength: number, to: number, bytes: Uint8Array, at: number, length: number): number {
    if (this.#isForeign(from) || this.#isForeign(to)) return -Errno.EXDEV;
    const { files, tree } = this.#process;
    for (;;) {
      const result = tree.ops.renameAt(
        files.object(from), files.confine(from), oldBytes, oldAt, oldLength,
        files.object(to), files.confine(to), bytes, at, length,
      );
      if (result >= 0) return 0;
      if (result === FOREIGN) return -Errno.EXDEV;
      const failed = this.#process.retry(result);
      if (failed < 0) return failed;
    }
  }
}
