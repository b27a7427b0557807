import { wasi } from '@bjorn3/browser_wasi_shim';
import type { MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { PAYLOAD_MAX } from '../../shared/bus/index.ts';
import { OWN_POSITION } from '../vfs/index.ts';
import type { GuestContext } from './context.ts';
import { Gather } from './gather.ts';
import { offsetOf, setU64 } from './memory.ts';

const U32_MAX = 0xffff_ffff;
/** More than the longest frame. */
const FRAMES_MAX = PAYLOAD_MAX + 65_536;

/** `fd_read`, `fd_write` and their positioned forms, `fd_seek`, `fd_tell`: bytes of a descriptor. Nothing is allocated here. */
export function fileCalls(context: GuestContext) {
  const { fds } = context.vfs;
  const gather = new Gather(context.vfs.process.arena);

  /** The vectors are read one at a time and each is checked when it is used: a read may overwrite the ones that follow. */
  function transfer(
    memory: MemoryWindow, fd: number, ofd: number, iovs: number, count: number, at: number, write: boolean,
  ): number {
    let total = 0;
    for (let index = 0; index < count; index++, iovs += 8) {
      const pointer = memory.view.getUint32(iovs, true);
      const length = memory.view.getUint32(iovs + 4, true);
      if (length === 0) continue;
      if (!memory.has(pointer, length)) return total > 0 ? total : -Errno.EFAULT;
      if (total + length > U32_MAX) return total > 0 ? total : -Errno.EINVAL;
      const position = at < 0 ? OWN_POSITION : at + total;
      const moved = write
        ? fds.write(fd, ofd, memory, pointer, length, position)
        : fds.read(fd, ofd, memory, pointer, length, position, total === 0);
      if (moved < 0) return total > 0 ? total : moved;
      total += moved;
      if (moved < length || fds.givesMessages(ofd)) break;
    }
    return total;
  }

  /** Several vectors: at once where it matters to others that they are. */
  function joined(
    memory: MemoryWindow, fd: number, ofd: number, iovs: number, count: number, at: number, write: boolean,
  ): number {
    if (write && fds.wantsWhole(ofd) && gather.collect(memory, iovs, count)) return fds.write(fd, ofd, gather.window, 0, gather.length, at);
    if (write || at >= 0 || !fds.readsWhole(ofd) || !gather.measure(memory, iovs, count, fds.givesMessages(ofd) ? FRAMES_MAX : undefined)) {
      return transfer(memory, fd, ofd, iovs, count, at, write);
    }
    const taken = fds.read(fd, ofd, gather.window, 0, gather.length, at, true);
    gather.scatter(memory, iovs, count, taken);
    return taken;
  }

  function vectored(fd: number, iovs: number, count: number, at: number, out: number, write: boolean): number {
    iovs >>>= 0;
    count >>>= 0;
    out >>>= 0;
    const { memory } = context;
    const ofd = write ? fds.writer(fd) : fds.reader(fd);
    if (ofd < 0) return -ofd;
    if (!memory.has(iovs, count * 8) || !memory.has(out, 4)) return Errno.EFAULT;
    const moved = count > 1 ? joined(memory, fd, ofd, iovs, count, at, write) : transfer(memory, fd, ofd, iovs, count, at, write);
    if (moved === -Errno.EPIPE) context.vfs.process.brokenPipe();
    if (moved < 0) return -moved;
    memory.view.setUint32(out, moved, true);
    context.vfs.process.handle.countMoved(moved, write);
    return 0;
  }

  function positioned(fd: number, iovs: number, count: number, offset: bigint, out: number, write: boolean): number {
    const at = offsetOf(offset);
    if (at < 0) return Errno.EINVAL;
    const seekable = fds.checkSeekable(fd);
    return seekable < 0 ? -seekable : vectored(fd, iovs, count, at, out, write);
  }

  function position(result: number, out: number): number {
    if (result < 0) return -result;
    setU64(context.memory.view, out, result);
    return 0;
  }

  return {
    fd_read: (fd: number, iovs: number, count: number, out: number): number => vectored(fd, iovs, count, OWN_POSITION, out, false),
    fd_write: (fd: number, iovs: number, count: number, out: number): number => vectored(fd, iovs, count, OWN_POSITION, out, true),

    fd_pread: (fd: number, iovs: number, count: number, offset: bigint, out: number): number =>
      positioned(fd, iovs, count, offset, out, false),

    fd_pwrite: (fd: number, iovs: number, count: number, offset: bigint, out: number): number =>
      positioned(fd, iovs, count, offset, out, true),

    fd_seek(fd: number, offset: bigint, whence: number, out: number): number {
      out >>>= 0;
      if (!context.memory.has(out, 8)) return Errno.EFAULT;
      return position(fds.seek(fd, Number(offset), whence), out);
    },

    fd_tell(fd: number, out: number): number {
      out >>>= 0;
      if (!context.memory.has(out, 8)) return Errno.EFAULT;
      return position(fds.seek(fd, 0, wasi.WHENCE_CUR), out);
    },
  };
}

export type FileCalls = ReturnType<typeof fileCalls>;
