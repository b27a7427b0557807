import { wasi } from '@bjorn3/browser_wasi_shim';
import { OfdFlag, type MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { GuestContext } from './context.ts';
import type { FileCalls } from './files.ts';
import { errno } from './memory.ts';

const RECV_FLAGS = wasi.RIFLAGS_RECV_PEEK | wasi.RIFLAGS_RECV_WAITALL;
const SHUT_FLAGS = wasi.SDFLAGS_RD | wasi.SDFLAGS_WR;

/** `sock_*`: stream sockets of the tab's loopback. Preview 1 has no `connect`: a connection is opened as a file (`/dev/tcp`). */
export function socketCalls(context: GuestContext, files: FileCalls) {
  const { sockets } = context.vfs;

  /** Bytes that the vectors ask for; a negated errno for bad ones. */
  function wanted(memory: MemoryWindow, iovs: number, count: number): number {
    let total = 0;
    for (let index = 0; index < count; index++) {
      const length = memory.view.getUint32(iovs + index * 8 + 4, true);
      if (!memory.has(memory.view.getUint32(iovs + index * 8, true), length)) return -Errno.EFAULT;
      total += length;
    }
    return total;
  }

  function peek(memory: MemoryWindow, ofd: number, iovs: number, count: number, most: number): number {
    let total = 0;
    for (let index = 0; index < count && total < most; index++, iovs += 8) {
      const length = Math.min(memory.view.getUint32(iovs + 4, true), most - total);
      total += sockets.peek(ofd, memory, memory.view.getUint32(iovs, true), length, total);
    }
    return total;
  }

  /** All that the vectors ask for, or as much as comes before the end (or is there, where the descriptor does not wait). */
  function readAll(memory: MemoryWindow, fd: number, ofd: number, iovs: number, count: number): number {
    const { fds } = context.vfs;
    let total = 0;
    for (let index = 0; index < count; index++, iovs += 8) {
      const pointer = memory.view.getUint32(iovs, true);
      const length = memory.view.getUint32(iovs + 4, true);
      if (!memory.has(pointer, length)) return total > 0 ? total : -Errno.EFAULT;
      for (let done = 0; done < length;) {
        const taken = fds.read(fd, ofd, memory, pointer + done, length - done, -1, true);
        if (taken <= 0) return total > 0 ? total : taken;
        done += taken;
        total += taken;
      }
    }
    return total;
  }

  function receive(memory: MemoryWindow, fd: number, ofd: number, iovs: number, count: number, flags: number): number {
    const asked = wanted(memory, iovs, count);
    if (asked <= 0) return asked;
    if (!(flags & wasi.RIFLAGS_RECV_PEEK)) return readAll(memory, fd, ofd, iovs, count);
    const there = sockets.awaitBytes(ofd, flags & wasi.RIFLAGS_RECV_WAITALL ? asked : 1);
    return there < 0 ? there : peek(memory, ofd, iovs, count, Math.min(there, asked));
  }

  return {
    sock_accept(fd: number, flags: number, out: number): number {
      out >>>= 0;
      if (flags & ~wasi.FDFLAGS_NONBLOCK) return Errno.EINVAL;
      if (!context.memory.has(out, 4)) return Errno.EFAULT;
      const accepted = sockets.accept(fd, flags === 0 ? 0 : OfdFlag.NONBLOCK);
      if (accepted < 0) return -accepted;
      context.memory.view.setUint32(out, accepted, true);
      return 0;
    },

    sock_recv(fd: number, iovs: number, count: number, flags: number, sizeOut: number, flagsOut: number): number {
      [iovs, count, sizeOut, flagsOut] = [iovs >>> 0, count >>> 0, sizeOut >>> 0, flagsOut >>> 0];
      const ofd = sockets.connected(fd);
      if (ofd < 0) return -ofd;
      if (flags & ~RECV_FLAGS) return Errno.EINVAL;
      const { memory } = context;
      if (!memory.has(iovs, count * 8) || !memory.has(sizeOut, 4) || !memory.has(flagsOut, 2)) return Errno.EFAULT;
      if (flags === 0) {
        const failed = files.fd_read(fd, iovs, count, sizeOut);
        if (failed !== 0) return failed;
      } else {
        if (context.vfs.fds.reader(fd) < 0) return Errno.EBADF;
        const received = receive(memory, fd, ofd, iovs, count, flags);
        if (received < 0) return -received;
        memory.view.setUint32(sizeOut, received, true);
      }
      // Of a stream nothing is ever cut off.
      memory.view.setUint16(flagsOut, 0, true);
      return 0;
    },

    sock_send(fd: number, iovs: number, count: number, flags: number, out: number): number {
      const ofd = sockets.connected(fd);
      if (ofd < 0) return -ofd;
      return flags === 0 ? files.fd_write(fd, iovs, count, out) : Errno.EINVAL;
    },

    sock_shutdown(fd: number, how: number): number {
      const ofd = sockets.connected(fd);
      if (ofd < 0) return -ofd;
      return how === 0 || how & ~SHUT_FLAGS ? Errno.EINVAL : errno(sockets.shutdown(fd, how));
    },
  };
}
