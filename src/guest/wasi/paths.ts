import { wasi } from '@bjorn3/browser_wasi_shim';
import { OfdFlag } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { GuestContext } from './context.ts';
import { errno } from './memory.ts';
import { FOLLOW, PathArgument } from './path-argument.ts';
import { readTimes } from './times.ts';

/** As wasmtime, no descriptor writes through by itself: `fd_sync` does. */
const SYNC_FLAGS = wasi.FDFLAGS_DSYNC | wasi.FDFLAGS_RSYNC | wasi.FDFLAGS_SYNC;
const FDFLAGS_ALL = SYNC_FLAGS | wasi.FDFLAGS_APPEND | wasi.FDFLAGS_NONBLOCK;
const OFLAGS_ALL = wasi.OFLAGS_CREAT | wasi.OFLAGS_DIRECTORY | wasi.OFLAGS_EXCL | wasi.OFLAGS_TRUNC;

function openFlags(rights: bigint, fdFlags: number): number {
  const low = Number(BigInt.asUintN(32, rights));
  return (low & wasi.RIGHTS_FD_READ ? OfdFlag.READ : 0)
    | (low & wasi.RIGHTS_FD_WRITE ? OfdFlag.WRITE : 0)
    | (fdFlags & wasi.FDFLAGS_APPEND ? OfdFlag.APPEND : 0)
    | (fdFlags & wasi.FDFLAGS_NONBLOCK ? OfdFlag.NONBLOCK : 0);
}

/** `path_*`. */
export function pathCalls(context: GuestContext) {
  const { names } = context.vfs;
  const path = new PathArgument();
  const other = new PathArgument();

  return {
    path_open(
      fd: number, dirFlags: number, pointer: number, length: number, oflags: number, rights: bigint, _inheriting: bigint,
      fdFlags: number, out: number,
    ): number {
      out >>>= 0;
      const bad = path.take(context, pointer >>> 0, length >>>= 0);
      if (bad !== 0) return bad;
      if (!context.memory.has(out, 4)) return Errno.EFAULT;
      if (oflags & ~OFLAGS_ALL || fdFlags & ~FDFLAGS_ALL) return Errno.EINVAL;
      if (fdFlags & SYNC_FLAGS) return Errno.ENOTSUP;
      const flags = openFlags(rights, fdFlags);
      const opened = names.open(fd, path.bytes, path.at, length, (dirFlags & FOLLOW) !== 0, oflags, flags);
      if (opened < 0) return -opened;
      context.memory.view.setUint32(out, opened, true);
      return 0;
    },

    path_filestat_get(fd: number, flags: number, pointer: number, length: number, out: number): number {
      out >>>= 0;
      const bad = path.take(context, pointer >>> 0, length >>>= 0);
      if (bad !== 0) return bad;
      if (!context.memory.has(out, 64)) return Errno.EFAULT;
      return errno(names.stat(fd, path.bytes, path.at, length, (flags & FOLLOW) !== 0, context.memory, out));
    },

    path_filestat_set_times(
      fd: number, flags: number, pointer: number, length: number, atime: bigint, mtime: bigint, what: number,
    ): number {
      const bad = path.take(context, pointer >>> 0, length >>>= 0);
      if (bad !== 0) return bad;
      const times = readTimes(context.clock, atime, mtime, what);
      if (times === null) return Errno.EINVAL;
      return errno(names.setTimes(fd, path.bytes, path.at, length, (flags & FOLLOW) !== 0, times.atime, times.mtime));
    },

    path_create_directory(fd: number, pointer: number, length: number): number {
      const bad = path.take(context, pointer >>> 0, length >>>= 0);
      return bad !== 0 ? bad : errno(names.mkdir(fd, path.bytes, path.at, length));
    },

    path_remove_directory(fd: number, pointer: number, length: number): number {
      const bad = path.take(context, pointer >>> 0, length >>>= 0);
      return bad !== 0 ? bad : errno(names.rmdir(fd, path.bytes, path.at, length));
    },

    path_unlink_file(fd: number, pointer: number, length: number): number {
      const bad = path.take(context, pointer >>> 0, length >>>= 0);
      return bad !== 0 ? bad : errno(names.unlink(fd, path.bytes, path.at, length));
    },

    path_readlink(fd: number, pointer: number, length: number, buffer: number, size: number, out: number): number {
      buffer >>>= 0;
      size >>>= 0;
      out >>>= 0;
      const bad = path.take(context, pointer >>> 0, length >>>= 0);
      if (bad !== 0) return bad;
      const { memory } = context;
      if (!memory.has(buffer, size) || !memory.has(out, 4)) return Errno.EFAULT;
      const used = names.readlink(fd, path.bytes, path.at, length, memory, buffer, size);
      if (used < 0) return -used;
      memory.view.setUint32(out, used, true);
      return 0;
    },

    path_symlink(target: number, targetLength: number, fd: number, pointer: number, length: number): number {
      const bad = other.take(context, target >>> 0, targetLength >>>= 0) || path.take(context, pointer >>> 0, length >>>= 0);
      return bad !== 0 ? bad : errno(names.symlink(other.bytes, other.at, targetLength, fd, path.bytes, path.at, length));
    },

    path_link(
      oldFd: number, oldFlags: number, oldPointer: number, oldLength: number, fd: number, pointer: number, length: number,
    ): number {
      const bad = other.take(context, oldPointer >>> 0, oldLength >>>= 0) || path.take(context, pointer >>> 0, length >>>= 0);
      if (bad !== 0) return bad;
      if (oldFlags & FOLLOW) return Errno.EINVAL;
      return errno(names.link(oldFd, other.bytes, other.at, oldLength, fd, path.bytes, path.at, length));
    },

    path_rename(oldFd: number, oldPointer: number, oldLength: number, fd: number, pointer: number, length: number): number {
      const bad = other.take(context, oldPointer >>> 0, oldLength >>>= 0) || path.take(context, pointer >>> 0, length >>>= 0);
      return bad !== 0 ? bad : errno(names.rename(oldFd, other.bytes, other.at, oldLength, fd, path.bytes, path.at, length));
    },
  };
}
