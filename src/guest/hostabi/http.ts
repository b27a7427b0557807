import type { HostValues } from '../../shared/abi/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { HostContext } from './context.ts';

const REQUEST_MAX = 16 * 1024 * 1024;

/** `astrid_http_request`: the response is a pipe that the kernel fills; closing it, or the end of the process, cancels it. */
export function httpCalls({ guest, send }: HostContext) {
  const { fds } = guest.vfs;
  return {
    astrid_http_request(request: number, length: number, out: number): number {
      const { memory } = guest;
      [request, length, out] = [request >>> 0, length >>> 0, out >>> 0];
      if (!memory.has(request, length) || !memory.has(out, 4)) return Errno.EFAULT;
      if (length === 0) return Errno.EINVAL;
      if (length > REQUEST_MAX) return Errno.E2BIG;
      const { errno, value } = send.call({ op: 'http' }, memory, request, length);
      if (errno !== 0) return errno;
      // Whatever was granted or revoked meanwhile (the user's answer to this very call too): the kernel watches the response from its beginning, and fails what is read of it.
      const fd = fds.adopt(value as HostValues['http']);
      if (fd < 0) return -fd;
      memory.view.setUint32(out, fd, true);
      return 0;
    },
  };
}
