import { Errno } from '../../shared/base/index.ts';
import type { GuestContext } from './context.ts';

/** `sock_*`: no descriptor is a socket yet. */
export function socketCalls(context: GuestContext) {
  const refuse = (fd: number): number => (context.vfs.fds.has(fd) ? Errno.ENOTSOCK : Errno.EBADF);
  return {
    sock_accept: (fd: number, _flags: number, _out: number): number => refuse(fd),
    sock_recv: (fd: number, _iovs: number, _count: number, _flags: number, _size: number, _out: number): number => refuse(fd),
    sock_send: (fd: number, _iovs: number, _count: number, _flags: number, _size: number): number => refuse(fd),
    sock_shutdown: (fd: number, _how: number): number => refuse(fd),
  };
}
