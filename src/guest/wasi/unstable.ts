import { MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { FILESTAT_SIZE } from '../vfs/index.ts';
import type { GuestContext } from './context.ts';
import { errno } from './memory.ts';
import { FOLLOW, PathArgument } from './path-argument.ts';
import { pollCalls, UNSTABLE_SUBSCRIPTION } from './poll.ts';
import type { Preview1 } from './preview1.ts';

/** `whence` of `wasi_unstable` (current, end, set) as preview 1 counts it (set, current, end). */
const WHENCE = [1, 2, 0] as const;
const UNSTABLE_FILESTAT_SIZE = 56;

/**
 * `wasi_unstable` (snapshot 0), as compiled before 2020: preview 1 with another order of `whence`, a `filestat` of 56 bytes
 * (32-bit link count) and a subscription of 56 bytes.
 */
export function unstable(context: GuestContext, calls: Preview1) {
  const { arena } = context.vfs.process;
  const path = new PathArgument();
  const scratch = new MemoryWindow(arena, new ArrayBuffer(FILESTAT_SIZE));

  /** Runs a call that writes preview 1's layout into a scratch memory, and writes the old one for the guest. */
  function filestat(out: number, stat: (window: MemoryWindow) => number): number {
    const { memory } = context;
    if (!memory.has(out, UNSTABLE_FILESTAT_SIZE)) return Errno.EFAULT;
    const failed = stat(scratch);
    if (failed !== 0) return failed;
    memory.u8.set(scratch.u8.subarray(0, 20), out);
    memory.view.setUint32(out + 20, scratch.view.getUint32(24, true), true);
    memory.u8.set(scratch.u8.subarray(32, FILESTAT_SIZE), out + 24);
    return 0;
  }

  const { sock_accept: _later, ...common } = calls;
  return {
    ...common,
    ...pollCalls(context, UNSTABLE_SUBSCRIPTION),

    fd_seek(fd: number, offset: bigint, whence: number, out: number): number {
      const known = WHENCE[whence];
      return known === undefined ? Errno.EINVAL : calls.fd_seek(fd, offset, known, out);
    },

    fd_filestat_get: (fd: number, out: number): number =>
      filestat(out >>> 0, (window) => errno(context.vfs.fds.stat(fd, window, 0))),

    path_filestat_get(fd: number, flags: number, pointer: number, length: number, out: number): number {
      const bad = path.take(context, pointer >>> 0, length >>>= 0);
      if (bad !== 0) return bad;
      const follow = (flags & FOLLOW) !== 0;
      return filestat(out >>> 0, (window) =>
        errno(context.vfs.names.stat(fd, path.bytes, path.at, length, follow, window, 0)));
    },
  };
}
