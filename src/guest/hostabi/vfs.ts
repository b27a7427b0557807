import { RightBit } from '../../shared/abi/index.ts';
import { OfdFlag } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { FILESTAT_SIZE, OpenFlag, OWN_POSITION } from '../vfs/index.ts';
import { PathArgument } from '../wasi/index.ts';
import type { HostContext } from './context.ts';

/** `flags` of `astrid_vfs_open`. */
const Open = { READ: 1, WRITE: 2, CREATE: 4, NEW: 8, TRUNCATE: 16, APPEND: 32 } as const;
const OPEN_FLAGS = 63;
const RIGHTS = RightBit.read | RightBit.write | RightBit.create | RightBit.delete;
const FOLLOW = true;
/** Access that a directory handle is opened with: what it is good for its rights say, and they may be without reading. */
const NO_ACCESS = 0;

const errno = (result: number): number => (result < 0 ? -result : 0);

function oflags(flags: number): number {
  return (flags & (Open.CREATE | Open.NEW) ? OpenFlag.CREATE : 0) | (flags & Open.NEW ? OpenFlag.EXCLUSIVE : 0) | (flags & Open.TRUNCATE ? OpenFlag.TRUNCATE : 0);
}

function access(flags: number): number {
  return (flags & Open.READ ? OfdFlag.READ : 0) | (flags & Open.WRITE ? OfdFlag.WRITE : 0) | (flags & Open.APPEND ? OfdFlag.WRITE | OfdFlag.APPEND : 0);
}

/** Whether flags can be had together: something is to be read or written, and only what is written is cut or made anew. */
function makesSense(flags: number): boolean {
  const writes = (flags & (Open.WRITE | Open.APPEND)) !== 0;
  return flags !== 0 && (flags & ~OPEN_FLAGS) === 0 && (writes || (flags & Open.READ) !== 0) && (writes || (flags & Open.TRUNCATE) === 0);
}

/** `astrid_vfs_*`: files below directory handles, which are descriptors as any others. No path leads out of its handle's directory. */
export function vfsCalls({ guest }: HostContext) {
  const { fds, names, process } = guest.vfs;
  const path = new PathArgument();

  /** A call at a path below a handle: an errno, or the result of `act`. */
  function below(pointer: number, length: number, act: (bytes: Uint8Array, at: number, length: number) => number): number {
    const bad = path.take(guest, pointer, length);
    return bad !== 0 ? -bad : names.literally(() => act(path.bytes, path.at, length));
  }

  function handle(result: number, out: number): number {
    if (result < 0) return -result;
    guest.memory.view.setUint32(out, result, true);
    return 0;
  }

  function transfer(fd: number, buf: number, length: number, offset: bigint, sizeOut: number, write: boolean): number {
    const { memory } = guest;
    [buf, length, sizeOut] = [buf >>> 0, length >>> 0, sizeOut >>> 0];
    const ofd = write ? fds.writer(fd) : fds.reader(fd);
    if (ofd < 0) return -ofd;
    if (!memory.has(buf, length) || !memory.has(sizeOut, 4)) return Errno.EFAULT;
    if (offset < -1n) return Errno.EINVAL;
    const position = offset === -1n ? OWN_POSITION : Math.min(Number(offset), Number.MAX_SAFE_INTEGER);
    const seekable = position === OWN_POSITION ? 0 : fds.checkSeekable(fd);
    if (seekable < 0) return -seekable;
    const moved = length === 0 ? 0 : write ? fds.write(fd, ofd, memory, buf, length, position) : fds.read(fd, ofd, memory, buf, length, position, true);
    if (moved === -Errno.EPIPE) process.brokenPipe();
    return handle(moved, sizeOut);
  }

  return {
    astrid_vfs_open_dir(dir: number, pointer: number, length: number, rights: number, out: number): number {
      if (!guest.memory.has(out >>>= 0, 4)) return Errno.EFAULT;
      if (rights & ~RIGHTS) return Errno.EINVAL;
      return handle(below(pointer >>> 0, length >>> 0, (bytes, at, size) => names.open(dir, bytes, at, size, FOLLOW, OpenFlag.DIRECTORY, NO_ACCESS, RIGHTS & ~rights)), out);
    },

    astrid_vfs_open(dir: number, pointer: number, length: number, flags: number, out: number): number {
      if (!guest.memory.has(out >>>= 0, 4)) return Errno.EFAULT;
      if (!makesSense(flags)) return Errno.EINVAL;
      return handle(below(pointer >>> 0, length >>> 0, (bytes, at, size) => names.open(dir, bytes, at, size, FOLLOW, oflags(flags), access(flags))), out);
    },

    astrid_vfs_read: (fd: number, buf: number, length: number, offset: bigint, sizeOut: number): number => transfer(fd, buf, length, offset, sizeOut, false),
    astrid_vfs_write: (fd: number, buf: number, length: number, offset: bigint, sizeOut: number): number => transfer(fd, buf, length, offset, sizeOut, true),

    astrid_vfs_stat(dir: number, pointer: number, length: number, out: number): number {
      const { memory } = guest;
      if (!memory.has(out >>>= 0, FILESTAT_SIZE) || !memory.has(pointer >>> 0, length >>> 0)) return Errno.EFAULT;
      if (length === 0) return errno(fds.stat(dir, memory, out));
      return errno(below(pointer >>> 0, length >>> 0, (bytes, at, size) => names.stat(dir, bytes, at, size, FOLLOW, memory, out)));
    },

    astrid_vfs_list(dir: number, cookie: bigint, buf: number, length: number, usedOut: number): number {
      const { memory } = guest;
      [buf, length, usedOut] = [buf >>> 0, length >>> 0, usedOut >>> 0];
      if (!memory.has(buf, length) || !memory.has(usedOut, 4)) return Errno.EFAULT;
      const from = cookie < 0n ? Number.MAX_SAFE_INTEGER : Math.min(Number(cookie), Number.MAX_SAFE_INTEGER);
      return handle(fds.readdir(dir, from, memory, buf, length), usedOut);
    },

    astrid_vfs_close: (fd: number): number => errno(fds.close(fd)),
  };
}
