import { FileType, SYSCALL_DATA_MAX, type SyscallRequest, type SyscallValues } from '../../shared/abi/index.ts';
import type { MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { CallResult } from '../../shared/link/index.ts';
import type { Process } from './process.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** Size of preview 1's `filestat`, and where its file type is. */
export const FILESTAT_SIZE = 64;
const FILESTAT_TYPE = 16;

/** Header of preview 1's `dirent`. */
const DIRENT_SIZE = 24;
/** Entries of a kernel service asked for at once. */
const READDIR_LIMIT = 128;

interface ServiceFile {
  type: number;
  seekable: boolean;
}

/** Files of kernel services (`/dev`, `/proc`, …): each operation is a blocking call. */
export class Services {
  readonly #process: Process;
  /** By description; forgotten at each close, after which an address may come to mean another. */
  readonly #known = new Map<number, ServiceFile>();

  constructor(process: Process) {
    this.#process = process;
  }

  forget(): void {
    this.#known.clear();
  }

  info(fd: number, ofd: number): ServiceFile {
    const known = this.#known.get(ofd);
    if (known) return known;
    const reply = this.#process.kernel({ op: 'fstat', fd });
    const type = reply.errno === 0 && reply.data.length >= FILESTAT_SIZE ? reply.data[FILESTAT_TYPE]! : FileType.UNKNOWN;
    const seekable = reply.errno === 0 && (reply.value as SyscallValues['fstat']).seekable;
    const info = { type, seekable };
    this.#known.set(ofd, info);
    return info;
  }

  stat(fd: number, window: MemoryWindow, pointer: number): number {
    return this.#filestat(this.#process.kernel({ op: 'fstat', fd }), window, pointer);
  }

  statPath(dirfd: number, path: string, follow: boolean, window: MemoryWindow, pointer: number): number {
    return this.#filestat(this.#process.kernel({ op: 'stat', dirfd, path, follow }), window, pointer);
  }

  #filestat(reply: CallResult, window: MemoryWindow, pointer: number): number {
    if (reply.errno !== 0) return -reply.errno;
    if (reply.data.length < FILESTAT_SIZE) return -Errno.EIO;
    window.u8.set(reply.data.subarray(0, FILESTAT_SIZE), pointer);
    return 0;
  }

  /** `position` null: the service's own, for streams. */
  read(fd: number, window: MemoryWindow, pointer: number, length: number, position: number | null): number {
    const size = Math.min(length, SYSCALL_DATA_MAX);
    const reply = this.#process.kernel({ op: 'read', fd, length: size, position });
    if (reply.errno !== 0) return -reply.errno;
    const data = reply.data.subarray(0, size);
    window.u8.set(data, pointer);
    return data.length;
  }

  write(fd: number, window: MemoryWindow, pointer: number, length: number, position: number | null): number {
    let written = 0;
    while (written < length) {
      const size = Math.min(length - written, SYSCALL_DATA_MAX);
      const data = window.u8.subarray(pointer + written, pointer + written + size);
      const at = position === null ? null : position + written;
      const reply = this.#process.kernel({ op: 'write', fd, position: at }, data);
      if (reply.errno !== 0) return written > 0 ? written : -reply.errno;
      const taken = Math.min(reply.value as SyscallValues['write'], size);
      if (taken <= 0) break;
      written += taken;
    }
    return written;
  }

  readdir(fd: number, cookie: number, window: MemoryWindow, pointer: number, length: number): number {
    let used = 0;
    for (let from = cookie; ;) {
      const reply = this.#process.kernel({ op: 'readdir', fd, cookie: from, limit: READDIR_LIMIT });
      if (reply.errno !== 0) return used > 0 ? used : -reply.errno;
      const entries = reply.value as SyscallValues['readdir'];
      for (const entry of entries) {
        used += putDirent(entry, window, pointer + used, length - used);
        if (used === length) return used;
        from = entry.cookie;
      }
      if (entries.length === 0) return used;
    }
  }

  readlink(dirfd: number, path: string, window: MemoryWindow, pointer: number, size: number): number {
    const reply = this.#process.kernel({ op: 'readlink', dirfd, path });
    if (reply.errno !== 0) return -reply.errno;
    const target = reply.data.subarray(0, size);
    window.u8.set(target, pointer);
    return target.length;
  }

  /** A call of which only success counts. */
  call(request: SyscallRequest): number {
    const { errno } = this.#process.kernel(request);
    return errno === 0 ? 0 : -errno;
  }
}

/** The path as the kernel wants it: text. It was checked to be UTF-8; the bytes may be shared, so they are copied first. */
export function pathText(bytes: Uint8Array, at: number, length: number): string {
  return decoder.decode(bytes.slice(at, at + length));
}

/** Writes one dirent, cut off where the buffer ends, as preview 1 wants it. Returns the bytes used. */
function putDirent(
  entry: SyscallValues['readdir'][number], window: MemoryWindow, pointer: number, room: number,
): number {
  const name = encoder.encode(entry.name);
  const dirent = new Uint8Array(DIRENT_SIZE + name.length);
  const view = new DataView(dirent.buffer);
  view.setBigUint64(0, BigInt(entry.cookie), true);
  view.setBigUint64(8, BigInt(entry.ino), true);
  view.setUint32(16, name.length, true);
  view.setUint8(20, entry.type);
  dirent.set(name, DIRENT_SIZE);
  const size = Math.min(dirent.length, room);
  window.u8.set(dirent.subarray(0, size), pointer);
  return size;
}
