import { FileType, RightBit } from '../../shared/abi/index.ts';
import { OfdFlag, OfdKind, type MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { Mailboxes } from './mailboxes.ts';
import { Nodes } from './nodes.ts';
import type { Process } from './process.ts';
import { FILESTAT_SIZE, type Services } from './services.ts';
import { SharedFiles } from './shared-files.ts';
import type { Streams } from './streams.ts';

const SET = 0;
const CUR = 1;
const END = 2;

/** Where `write` at the descriptor's own position is meant. */
export const OWN_POSITION = -1;
/** Within `#put`: at the position of a description that others have too. */
const SHARED_POSITION = -2;

/**
 * What a process does with its descriptors. Results are >= 0, or a negated errno.
 * `reader` and `writer` give the description that `read` and `write` want, so that a call looks it up once.
 */
export class Descriptors {
  readonly #process: Process;
  readonly #streams: Streams;
  readonly #services: Services;
  readonly #mailboxes: Mailboxes;
  readonly #shared: SharedFiles;
  readonly #nodes: Nodes;

  constructor(process: Process, streams: Streams, services: Services, mailboxes: Mailboxes) {
    this.#process = process;
    this.#mailboxes = mailboxes;
    this.#streams = streams;
    this.#services = services;
    this.#shared = new SharedFiles(process);
    this.#nodes = new Nodes(process);
  }

  has(fd: number): boolean {
    return this.ofd(fd) !== 0;
  }

  /** The description; 0 if the descriptor is not open. */
  ofd(fd: number): number {
    this.#process.handle.countSyscall();
    return this.#process.table.get(fd >>> 0);
  }

  isListener(fd: number): boolean {
    const ofd = this.#process.table.get(fd >>> 0);
    return ofd !== 0 && this.kind(ofd) === OfdKind.LISTENER;
  }

  kind(ofd: number): number {
    return this.#process.files.kind(ofd);
  }

  flags(ofd: number): number {
    return this.#process.files.flags(ofd);
  }

  /** Its grant was revoked, maybe while a call on it is under way. */
  isRevoked(ofd: number): boolean {
    return this.#process.files.isRevoked(ofd);
  }

  withheld(ofd: number): number {
    return this.#process.files.withheld(ofd);
  }

  reader(fd: number): number {
    return this.#opened(fd, OfdFlag.READ);
  }

  writer(fd: number): number {
    return this.#opened(fd, OfdFlag.WRITE);
  }

  #opened(fd: number, access: number): number {
    const ofd = this.ofd(fd);
    if (ofd === 0) return -Errno.EBADF;
    const { files } = this.#process;
    const kind = files.kind(ofd);
    if (kind === OfdKind.LISTENER) return -Errno.ENOTCONN;
    return files.flags(ofd) & access && kind !== OfdKind.DIRECTORY ? ofd : this.#unfit(ofd, Errno.EBADF);
  }

  /** What a call on a description of the wrong kind answers: ENOTCAPABLE where it was revoked. */
  #unfit(ofd: number, errno: number): number {
    return this.#process.files.isRevoked(ofd) ? -Errno.ENOTCAPABLE : -errno;
  }

  /** Whether several vectors must land as one: appends, lines into a stream, and what others write beside. */
  wantsWhole(ofd: number): boolean {
    const { files } = this.#process;
    return files.kind(ofd) !== OfdKind.FILE || (files.flags(ofd) & OfdFlag.APPEND) !== 0 || files.isShared(ofd);
  }

  /** Whether several vectors must be filled by one read: of a file where others read and write at the same position, and of messages. */
  readsWhole(ofd: number): boolean {
    const { files } = this.#process;
    const kind = files.kind(ofd);
    return (kind === OfdKind.FILE && files.isShared(ofd)) || kind === OfdKind.MAILBOX;
  }

  /** Whether a read takes one message, whatever more there may be. */
  givesMessages(ofd: number): boolean {
    return this.#process.files.kind(ofd) === OfdKind.MAILBOX;
  }

  /** Reads into memory that the caller has checked. `position` is `OWN_POSITION` or an offset; 0 is the end. */
  read(fd: number, ofd: number, window: MemoryWindow, pointer: number, length: number, position: number, mayWait: boolean): number {
    const { files } = this.#process;
    const kind = files.kind(ofd);
    if (kind === OfdKind.FILE) {
      const inode = files.object(ofd);
      if (position >= 0) return this.#readFile(inode, position, window, pointer, length);
      if (files.isShared(ofd)) return this.#shared.read(ofd, window, pointer, length);
      const at = files.position(ofd);
      const taken = this.#readFile(inode, at, window, pointer, length);
      if (taken > 0) files.setPosition(ofd, at + taken);
      return taken;
    }
    if (kind === OfdKind.SERVICE) return this.#readService(fd, ofd, window, pointer, length, position);
    if (kind === OfdKind.MAILBOX) return this.#mailboxes.read(ofd, window, pointer, length, mayWait);
    return this.#streams.read(ofd, window, pointer, length, mayWait);
  }

  #readFile(inode: number, position: number, window: MemoryWindow, pointer: number, length: number): number {
    const { tree } = this.#process;
    let done = 0;
    for (;;) {
      const taken = tree.read(inode, position + done, window, pointer + done, length - done);
      if (taken === length) return taken;
      if (taken === 0) return done;
      const failed = taken < 0 ? this.#process.retry(taken) : 0;
      if (failed < 0) return done > 0 ? done : failed;
      done += Math.max(taken, 0);
      if (done === length) return done;
    }
  }

  #readService(fd: number, ofd: number, window: MemoryWindow, pointer: number, length: number, position: number): number {
    const { files } = this.#process;
    if (position >= 0) return this.#services.read(fd, window, pointer, length, position);
    if (!this.#services.info(fd, ofd).seekable) return this.#services.read(fd, window, pointer, length, null);
    const at = files.position(ofd);
    const taken = this.#services.read(fd, window, pointer, length, at);
    if (taken > 0) files.setPosition(ofd, at + taken);
    return taken;
  }

  /** Writes from memory that the caller has checked. */
  write(fd: number, ofd: number, window: MemoryWindow, pointer: number, length: number, position: number): number {
    const { files } = this.#process;
    const kind = files.kind(ofd);
    if (kind === OfdKind.FILE) return this.#writeFile(ofd, window, pointer, length, position);
    if (kind === OfdKind.SERVICE) return this.#writeService(fd, ofd, window, pointer, length, position);
    return this.#streams.write(ofd, window, pointer, length);
  }

  #writeFile(ofd: number, window: MemoryWindow, pointer: number, length: number, position: number): number {
    const { files, tree } = this.#process;
    const inode = files.object(ofd);
    if (position < 0 && files.isShared(ofd)) return this.#put(SHARED_POSITION, ofd, window, pointer, length);
    let written: number;
    if (files.flags(ofd) & OfdFlag.APPEND) {
      written = this.#put(OWN_POSITION, inode, window, pointer, length);
      if (written > 0 && position < 0) files.setPosition(ofd, tree.position);
    } else if (position >= 0) {
      written = this.#put(position, inode, window, pointer, length);
    } else {
      const at = files.position(ofd);
      written = this.#put(at, inode, window, pointer, length);
      if (written > 0) files.setPosition(ofd, at + written);
    }
    return written;
  }

  /** Writes at `position` of the inode `target`, appends to it, or writes where the shared description `target` is. */
  #put(position: number, target: number, window: MemoryWindow, pointer: number, length: number): number {
    const { tree } = this.#process;
    let done = 0;
    for (let reclaimed = false; done < length;) {
      const written = position >= 0 ? tree.write(target, position + done, window, pointer + done, length - done)
        : position === OWN_POSITION ? tree.append(target, window, pointer + done, length - done)
        : this.#shared.write(target, window, pointer + done, length - done);
      if (written === length) return written;
      done += Math.max(written, 0);
      if (written >= 0) continue;
      const failed = this.#overcome(written, length, reclaimed);
      if (failed < 0) return done > 0 ? done : failed;
      reclaimed = written === -Errno.ENOSPC;
    }
    return done;
  }

  /** As `Process.retry`; where the arena is full, room is made once. */
  #overcome(failure: number, bytes: number, reclaimed: boolean): number {
    if (failure !== -Errno.ENOSPC) return this.#process.retry(failure);
    return reclaimed ? failure : this.#process.reclaim(bytes);
  }

  #writeService(fd: number, ofd: number, window: MemoryWindow, pointer: number, length: number, position: number): number {
    const { files } = this.#process;
    if (position >= 0) return this.#services.write(fd, window, pointer, length, position);
    const own = files.flags(ofd) & OfdFlag.APPEND || !this.#services.info(fd, ofd).seekable;
    if (own) return this.#services.write(fd, window, pointer, length, null);
    const at = files.position(ofd);
    const written = this.#services.write(fd, window, pointer, length, at);
    if (written > 0) files.setPosition(ofd, at + written);
    return written;
  }

  /** Whether offsets mean something: a regular file. */
  seekable(fd: number, ofd: number): boolean {
    const kind = this.#process.files.kind(ofd);
    return kind === OfdKind.FILE || (kind === OfdKind.SERVICE && this.#services.info(fd, ofd).seekable);
  }

  /** 0; -EBADF also for a directory, whose offset is not ours to move; -ESPIPE for a stream. */
  checkSeekable(fd: number): number {
    const ofd = this.ofd(fd);
    if (ofd === 0) return -Errno.EBADF;
    if (this.#process.files.kind(ofd) === OfdKind.DIRECTORY || this.#process.files.isRevoked(ofd)) return this.#unfit(ofd, Errno.EBADF);
    return this.seekable(fd, ofd) ? 0 : this.#unfit(ofd, Errno.ESPIPE);
  }

  /** The new position. */
  seek(fd: number, offset: number, whence: number): number {
    const failed = this.checkSeekable(fd);
    if (failed < 0) return failed;
    const { files } = this.#process;
    const ofd = this.#process.table.get(fd >>> 0);
    if (whence < SET || whence > END) return -Errno.EINVAL;
    const base = whence === END ? this.#size(fd, ofd) : 0;
    if (base < 0) return base;
    const position = whence === CUR && files.isShared(ofd) ? this.#shared.move(ofd, offset)
      : offset + (whence === CUR ? files.position(ofd) : base);
    if (position < 0 || position > Number.MAX_SAFE_INTEGER) return -Errno.EINVAL;
    if (whence !== CUR || !files.isShared(ofd)) files.setPosition(ofd, position);
    return position;
  }

  #size(fd: number, ofd: number): number {
    const { files, tree } = this.#process;
    if (files.kind(ofd) === OfdKind.FILE) return tree.size(files.object(ofd));
    const reply = this.#process.kernel({ op: 'fstat', fd });
    if (reply.errno !== 0 || reply.data.length < FILESTAT_SIZE) return -(reply.errno || Errno.EIO);
    return Number(new DataView(reply.data.buffer, reply.data.byteOffset).getBigUint64(32, true));
  }

  /**
   * A descriptor for a description that the kernel made, of which we take over the reference. `asked`: the `grantEpoch` from before the call; if it has moved,
   * what the description came from may have been revoked before there was a descriptor to be found by: ENOTCAPABLE (RV3).
   */
  adopt(ofd: number, asked = this.#process.handle.grantEpoch): number {
    const { handle, files, table } = this.#process;
    handle.enter();
    const fd = handle.grantEpoch === asked ? table.install(ofd) : -Errno.ENOTCAPABLE;
    if (fd < 0) files.release(ofd);
    handle.leave();
    this.#process.closeOrphans();
    return fd;
  }

  close(fd: number): number {
    const ofd = this.ofd(fd);
    if (ofd === 0) return -Errno.EBADF;
    const { handle, table, files } = this.#process;
    const plain = files.kind(ofd) <= OfdKind.DIRECTORY;
    handle.enter();
    table.close(fd >>> 0);
    handle.leave();
    if (!plain) this.#afterClose();
    return 0;
  }

  renumber(from: number, to: number): number {
    const { handle, table } = this.#process;
    handle.enter();
    const result = table.renumber(from >>> 0, to >>> 0);
    handle.leave();
    this.#afterClose();
    return result;
  }

  #afterClose(): void {
    this.forget();
    this.#process.closeOrphans();
  }
  /** What an address of a description or a ring means may have changed. */
  forget(): void {
    this.#streams.forget();
    this.#services.forget();
    this.#mailboxes.forget();
  }

  /** Waits until all that was written so far is durable, names too. A directory is not synced by itself: EBADF. */
  sync(fd: number): number {
    const ofd = this.#notDirectory(fd);
    if (ofd < 0) return ofd;
    const kind = this.#process.files.kind(ofd);
    if (kind !== OfdKind.FILE) return kind === OfdKind.SERVICE ? 0 : -Errno.EINVAL;
    return this.#services.call({ op: 'sync' });
  }

  /** ENOTSUP, as wasmtime has it: nothing is set aside ahead of a write. EBADF for a directory. */
  allocate(fd: number): number {
    const ofd = this.#notDirectory(fd);
    return ofd < 0 ? ofd : -Errno.ENOTSUP;
  }

  #notDirectory(fd: number): number {
    const ofd = this.ofd(fd);
    if (ofd === 0) return -Errno.EBADF;
    const isDirectory = this.#process.files.kind(ofd) === OfdKind.DIRECTORY;
    return isDirectory || this.#process.files.isRevoked(ofd) ? this.#unfit(ofd, Errno.EBADF) : ofd;
  }

  truncate(fd: number, size: number): number {
    const ofd = this.#notDirectory(fd);
    if (ofd < 0) return ofd;
    const { files } = this.#process;
    return files.kind(ofd) === OfdKind.FILE && files.flags(ofd) & OfdFlag.WRITE ? this.#resize(files.object(ofd), size) : -Errno.EINVAL;
  }

  #resize(inode: number, size: number): number {
    for (let reclaimed = false; ;) {
      const result = this.#process.tree.truncate(inode, size);
      if (result >= 0) return 0;
      const failed = this.#overcome(result, size, reclaimed);
      if (failed < 0) return failed;
      reclaimed = result === -Errno.ENOSPC;
    }
  }

  setTimes(fd: number, atime: bigint, mtime: bigint): number {
    const ofd = this.ofd(fd);
    return ofd === 0 ? -Errno.EBADF : this.#nodes.setTimes(ofd, atime, mtime);
  }

  setFlags(fd: number, mask: number, flags: number): number {
    const ofd = this.#notDirectory(fd);
    if (ofd < 0) return ofd;
    const { files } = this.#process;
    files.changeFlags(ofd, mask, flags);
    return 0;
  }

  /** Writes preview 1's `filestat` of 64 bytes. The size of a mailbox is that of its next message. */
  stat(fd: number, window: MemoryWindow, pointer: number): number {
    const ofd = this.ofd(fd);
    if (ofd === 0) return -Errno.EBADF;
    const { files, tree } = this.#process;
    if (files.isRevoked(ofd)) return -Errno.ENOTCAPABLE;
    const kind = files.kind(ofd);
    if (kind <= OfdKind.DIRECTORY) return tree.stat(files.object(ofd), window, pointer);
    if (kind === OfdKind.SERVICE) return this.#services.stat(fd, window, pointer);
    window.u8.fill(0, pointer, pointer + FILESTAT_SIZE);
    window.u8[pointer + 16] = this.fileType(fd, ofd);
    window.u8[pointer + 24] = 1;
    if (kind === OfdKind.MAILBOX) window.view.setUint32(pointer + 32, this.#mailboxes.nextSize(ofd), true);
    return 0;
  }

  /** A `FileType`. Preview 1 has none for pipes. */
  fileType(fd: number, ofd: number): number {
    switch (this.#process.files.kind(ofd)) {
      case OfdKind.FILE: return FileType.REGULAR_FILE;
      case OfdKind.DIRECTORY: return FileType.DIRECTORY;
      case OfdKind.TTY: return FileType.CHARACTER_DEVICE;
      case OfdKind.SOCKET: return FileType.SOCKET_STREAM;
      case OfdKind.LISTENER: return FileType.SOCKET_STREAM;
      case OfdKind.SERVICE: return this.#services.info(fd, ofd).type;
      default: return FileType.UNKNOWN;
    }
  }

  /** The name under which the guest sees a preopened directory; null for any other descriptor. */
  preopenName(fd: number): Uint8Array | null {
    const ofd = this.ofd(fd);
    return ofd === 0 ? null : this.#process.files.preopenName(ofd);
  }

  /** Bytes used; less than `length` at the directory's end. */
  readdir(fd: number, cookie: number, window: MemoryWindow, pointer: number, length: number): number {
    const ofd = this.ofd(fd);
    if (ofd === 0) return -Errno.EBADF;
    const { files } = this.#process;
    const kind = files.kind(ofd);
    if (files.withheld(ofd) & RightBit.read) return -Errno.ENOTCAPABLE;
    if (kind === OfdKind.SERVICE) return this.#services.readdir(fd, cookie, window, pointer, length);
    if (kind !== OfdKind.DIRECTORY) return this.#unfit(ofd, Errno.ENOTDIR);
    return this.#nodes.readdir(ofd, cookie, window, pointer, length);
  }
}
