import { wasi } from '@bjorn3/browser_wasi_shim';
import { OfdFlag, REVOKED } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { GuestContext } from './context.ts';
import { errno, offsetOf, setU64 } from './memory.ts';
import { rightsOf } from './rights.ts';
import { readTimes } from './times.ts';

const ADVICE_MAX = wasi.ADVICE_NOREUSE;
const SYNC_FLAGS = wasi.FDFLAGS_DSYNC | wasi.FDFLAGS_RSYNC | wasi.FDFLAGS_SYNC;

/** Preview 1 knows directories (0) only; libraries skip others. */
const PREOPENTYPE_SOCKET = 1;
const NO_NAME = new Uint8Array(0);

/** The calls about a descriptor itself: its state, size, times, preopen, directory entries and end. */
export function descriptorCalls(context: GuestContext) {
  const { fds } = context.vfs;

  function fdFlags(flags: number): number {
    return (flags & OfdFlag.APPEND ? wasi.FDFLAGS_APPEND : 0)
      | (flags & OfdFlag.NONBLOCK ? wasi.FDFLAGS_NONBLOCK : 0);
  }

  return {
    fd_close: (fd: number): number => errno(fds.close(fd)),
    fd_renumber: (from: number, to: number): number => errno(fds.renumber(from, to)),
    fd_sync: (fd: number): number => errno(fds.sync(fd)),
    fd_datasync: (fd: number): number => errno(fds.sync(fd)),

    fd_advise(fd: number, _offset: bigint, _length: bigint, advice: number): number {
      const seekable = fds.checkSeekable(fd);
      if (seekable < 0) return -seekable;
      return advice >>> 0 > ADVICE_MAX ? Errno.EINVAL : 0;
    },

    fd_allocate: (fd: number, _offset: bigint, _length: bigint): number => errno(fds.allocate(fd)),

    fd_fdstat_get(fd: number, out: number): number {
      out >>>= 0;
      const ofd = fds.ofd(fd);
      if (ofd === 0) return Errno.EBADF;
      const { memory } = context;
      if (!memory.has(out, 24)) return Errno.EFAULT;
      if (fds.withheld(ofd) & REVOKED) return Errno.ENOTCAPABLE;
      const flags = fds.flags(ofd);
      const type = fds.fileType(fd, ofd);
      const rights = rightsOf(type, fds.kind(ofd), flags, fds.withheld(ofd));
      memory.u8.fill(0, out, out + 24);
      memory.u8[out] = type;
      memory.view.setUint16(out + 2, fdFlags(flags), true);
      setU64(memory.view, out + 8, rights.base);
      setU64(memory.view, out + 16, rights.inheriting);
      return 0;
    },

    /** There are no synchronous modes; `path_open` says so too. */
    fd_fdstat_set_flags(fd: number, flags: number): number {
      if (flags & SYNC_FLAGS || flags >>> 0 > 31) return Errno.EINVAL;
      const set = (flags & wasi.FDFLAGS_APPEND ? OfdFlag.APPEND : 0) | (flags & wasi.FDFLAGS_NONBLOCK ? OfdFlag.NONBLOCK : 0);
      return errno(fds.setFlags(fd, OfdFlag.APPEND | OfdFlag.NONBLOCK, set));
    },

    /** Rights follow from how a descriptor was opened and are not narrowed afterwards. */
    fd_fdstat_set_rights: (fd: number, _base: bigint, _inheriting: bigint): number =>
      fds.has(fd) ? Errno.ENOTSUP : Errno.EBADF,

    fd_filestat_get(fd: number, out: number): number {
      out >>>= 0;
      if (!context.memory.has(out, 64)) return Errno.EFAULT;
      return errno(fds.stat(fd, context.memory, out));
    },

    fd_filestat_set_size(fd: number, size: bigint): number {
      const bytes = offsetOf(size);
      return bytes < 0 ? Errno.EINVAL : errno(fds.truncate(fd, bytes));
    },

    fd_filestat_set_times(fd: number, atime: bigint, mtime: bigint, flags: number): number {
      const times = readTimes(context.clock, atime, mtime, flags);
      return times === null ? Errno.EINVAL : errno(fds.setTimes(fd, times.atime, times.mtime));
    },

    /**
     * Also tells of listening sockets, which come before the directories: a C library ends its search for preopens at the first
     * EBADF, gives up at any other failure, and goes on after a kind that it does not know.
     */
    fd_prestat_get(fd: number, out: number): number {
      out >>>= 0;
      const listener = fds.isListener(fd);
      const name = listener ? NO_NAME : fds.preopenName(fd);
      if (name === null) return Errno.EBADF;
      if (!context.memory.has(out, 8)) return Errno.EFAULT;
      context.memory.view.setUint32(out, listener ? PREOPENTYPE_SOCKET : wasi.PREOPENTYPE_DIR, true);
      context.memory.view.setUint32(out + 4, name.length, true);
      return 0;
    },

    fd_prestat_dir_name(fd: number, pointer: number, length: number): number {
      pointer >>>= 0;
      const name = fds.isListener(fd) ? NO_NAME : fds.preopenName(fd);
      if (name === null) return Errno.EBADF;
      if (length >>> 0 < name.length) return Errno.ENAMETOOLONG;
      if (!context.memory.has(pointer, name.length)) return Errno.EFAULT;
      context.memory.u8.set(name, pointer);
      return 0;
    },

    fd_readdir(fd: number, buffer: number, length: number, cookie: bigint, out: number): number {
      buffer >>>= 0;
      length >>>= 0;
      out >>>= 0;
      const { memory } = context;
      if (!memory.has(buffer, length) || !memory.has(out, 4)) return Errno.EFAULT;
      const from = offsetOf(cookie);
      const used = fds.readdir(fd, from < 0 ? Number.MAX_SAFE_INTEGER : from, memory, buffer, length);
      if (used < 0) return -used;
      memory.view.setUint32(out, used, true);
      return 0;
    },
  };
}
