import { FileType } from '../../../../shared/abi/index.ts';
import { MemoryWindow, OfdFlag } from '../../../../shared/arena/index.ts';
import { Errno, FsError, PATH_MAX, joinPath } from '../../../../shared/base/index.ts';
import { FILESTAT_SIZE, OpenFlag, OWN_POSITION, type Vfs } from '../../../vfs/index.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const BUFFER = 64 * 1024;
const DIRENT_SIZE = 24;
const FDS_MAX = 64;

export interface FileInfo {
  /** A `FileType`. */
  type: number;
  size: number;
  nlink: number;
  inode: bigint;
  /** Milliseconds since 1970. */
  mtime: number;
}

export interface DirectoryItem {
  name: string;
  type: number;
}

/**
 * Files by namespace path, as text, for programs that are written in TypeScript. Relative paths start from `cwd`.
 * Failures are `FsError`s. Works over the same descriptors as a wasm guest, below the preopen `/`.
 */
export class Files {
  cwd: string;
  readonly #vfs: Vfs;
  readonly #root: number;
  readonly #window: MemoryWindow;

  constructor(vfs: Vfs, cwd: string) {
    this.#vfs = vfs;
    this.cwd = cwd;
    this.#window = new MemoryWindow(vfs.process.arena, new ArrayBuffer(BUFFER));
    this.#root = this.#findRoot();
  }

  #findRoot(): number {
    for (let fd = 3; fd < FDS_MAX; fd++) {
      const name = this.#vfs.fds.preopenName(fd);
      if (name && decoder.decode(name) === '/') return fd;
    }
    throw new Error('the prompt was started without the root directory');
  }

  /** An absolute path; `..` is left for the walk, which knows about links. */
  resolve(path: string): string {
    return joinPath(this.cwd, path);
  }

  /** The path's bytes below the root descriptor. */
  #bytes(path: string): Uint8Array {
    const bytes = encoder.encode(this.resolve(path).slice(1) || '.');
    if (bytes.length > PATH_MAX) throw new FsError('ENAMETOOLONG', 'path', path);
    return bytes;
  }

  #done(result: number, operation: string, path: string): number {
    if (result < 0) throw FsError.fromErrno(-result, operation, path);
    return result;
  }

  /** `flags`: OfdFlag; `oflags`: OpenFlag. */
  open(path: string, flags: number, oflags = 0): number {
    const bytes = this.#bytes(path);
    return this.#done(this.#vfs.names.open(this.#root, bytes, 0, bytes.length, true, oflags, flags), 'open', path);
  }

  close(fd: number): void {
    this.#vfs.fds.close(fd);
  }

  /** Bytes from a descriptor, waiting for some; empty at the end. Valid until the next call. */
  read(fd: number, length = BUFFER): Uint8Array {
    const ofd = this.#done(this.#vfs.fds.reader(fd), 'read', `descriptor ${fd}`);
    const size = Math.min(length, BUFFER);
    const count = this.#vfs.fds.read(fd, ofd, this.#window, 0, size, OWN_POSITION, true);
    return this.#window.u8.subarray(0, this.#done(count, 'read', `descriptor ${fd}`));
  }

  /** Writes all of it. */
  write(fd: number, bytes: Uint8Array): void {
    const ofd = this.#done(this.#vfs.fds.writer(fd), 'write', `descriptor ${fd}`);
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + BUFFER);
      if (piece.buffer !== this.#window.u8.buffer || piece.byteOffset !== 0) this.#window.u8.set(piece);
      const written = this.#vfs.fds.write(fd, ofd, this.#window, 0, piece.length, OWN_POSITION);
      at += this.#done(written, 'write', `descriptor ${fd}`);
      if (written === 0) throw new FsError('EIO', 'write', `descriptor ${fd}`);
    }
  }

  isTerminal(fd: number): boolean {
    const ofd = this.#vfs.fds.ofd(fd);
    if (ofd === 0 || this.#vfs.fds.fileType(fd, ofd) !== FileType.CHARACTER_DEVICE) return false;
    // `/dev/null` is such a device, too.
    return this.#vfs.process.kernel({ op: 'tty-size', fd }).errno === 0;
  }

  stat(path: string, follow = true): FileInfo {
    const bytes = this.#bytes(path);
    const result = this.#vfs.names.stat(this.#root, bytes, 0, bytes.length, follow, this.#window, 0);
    this.#done(result, 'stat', path);
    const view = new DataView(this.#window.u8.buffer, 0, FILESTAT_SIZE);
    return {
      type: view.getUint8(16), inode: view.getBigUint64(8, true), nlink: Number(view.getBigUint64(24, true)),
      size: Number(view.getBigUint64(32, true)), mtime: Number(view.getBigUint64(48, true)) / 1e6,
    };
  }

  /** Null where there is nothing, or nothing that can be seen. */
  tryStat(path: string, follow = true): FileInfo | null {
    try {
      return this.stat(path, follow);
    } catch (error) {
      if (error instanceof FsError) return null;
      throw error;
    }
  }

  isDirectory(path: string): boolean {
    return this.tryStat(path)?.type === FileType.DIRECTORY;
  }

  /** Without `.` and `..`, sorted by name. */
  list(path: string): DirectoryItem[] {
    const fd = this.open(path, OfdFlag.READ, OpenFlag.DIRECTORY);
    try {
      return this.#entries(fd, path).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    } finally {
      this.close(fd);
    }
  }

  #entries(fd: number, path: string): DirectoryItem[] {
    const items: DirectoryItem[] = [];
    const { u8, view } = this.#window;
    for (let cookie = 0; ;) {
      const used = this.#done(this.#vfs.fds.readdir(fd, cookie, this.#window, 0, BUFFER), 'readdir', path);
      for (let at = 0; at + DIRENT_SIZE <= used;) {
        const end = at + DIRENT_SIZE + view.getUint32(at + 16, true);
        if (end > used) break;
        cookie = Number(view.getBigUint64(at, true));
        const name = decoder.decode(u8.subarray(at + DIRENT_SIZE, end));
        if (name !== '.' && name !== '..') items.push({ name, type: view.getUint8(at + 20) });
        at = end;
      }
      if (used < BUFFER) return items;
    }
  }

  readlink(path: string): string {
    const bytes = this.#bytes(path);
    const { names } = this.#vfs;
    const used = names.readlink(this.#root, bytes, 0, bytes.length, this.#window, 0, PATH_MAX);
    return decoder.decode(this.#window.u8.subarray(0, this.#done(used, 'readlink', path)));
  }

  mkdir(path: string): void {
    const bytes = this.#bytes(path);
    this.#done(this.#vfs.names.mkdir(this.#root, bytes, 0, bytes.length), 'mkdir', path);
  }

  rmdir(path: string): void {
    const bytes = this.#bytes(path);
    this.#done(this.#vfs.names.rmdir(this.#root, bytes, 0, bytes.length), 'rmdir', path);
  }

  unlink(path: string): void {
    const bytes = this.#bytes(path);
    this.#done(this.#vfs.names.unlink(this.#root, bytes, 0, bytes.length), 'unlink', path);
  }

  symlink(target: string, path: string): void {
    const bytes = this.#bytes(path);
    const text = encoder.encode(target);
    this.#done(this.#vfs.names.symlink(text, 0, text.length, this.#root, bytes, 0, bytes.length), 'symlink', path);
  }

  rename(from: string, to: string): void {
    const old = this.#bytes(from);
    const bytes = this.#bytes(to);
    const result = this.#vfs.names.rename(this.#root, old, 0, old.length, this.#root, bytes, 0, bytes.length);
    this.#done(result, 'rename', from);
  }

  /** Makes an empty file, or brings its times to now. */
  touch(path: string, now: bigint): void {
    this.close(this.open(path, OfdFlag.WRITE, OpenFlag.CREATE));
    const bytes = this.#bytes(path);
    const result = this.#vfs.names.setTimes(this.#root, bytes, 0, bytes.length, true, now, now);
    if (result !== -Errno.ENOTSUP) this.#done(result, 'touch', path);
  }

  /** The whole of a file, in a copy. */
  readAll(path: string): Uint8Array {
    const fd = this.open(path, OfdFlag.READ);
    const pieces: Uint8Array[] = [];
    try {
      for (let bytes = this.read(fd); bytes.length > 0; bytes = this.read(fd)) pieces.push(bytes.slice());
    } finally {
      this.close(fd);
    }
    const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  /** The whole of a small text file; null if it cannot be read. */
  readText(path: string): string | null {
    let fd = -1;
    try {
      fd = this.open(path, OfdFlag.READ);
      let text = '';
      const stream = new TextDecoder();
      for (let bytes = this.read(fd); bytes.length > 0; bytes = this.read(fd)) text += stream.decode(bytes, { stream: true });
      return text;
    } catch (error) {
      if (error instanceof FsError) return null;
      throw error;
    } finally {
      if (fd >= 0) this.close(fd);
    }
  }

  /** Replaces a file, or adds to its end. */
  writeText(path: string, text: string, append: boolean): void {
    const flags = OfdFlag.WRITE | (append ? OfdFlag.APPEND : 0);
    const fd = this.open(path, flags, OpenFlag.CREATE | (append ? 0 : OpenFlag.TRUNCATE));
    try {
      this.write(fd, encoder.encode(text));
    } finally {
      this.close(fd);
    }
  }
}
