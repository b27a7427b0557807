import type { HostRequest, HostValues } from '../../shared/abi/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { HostContext } from './context.ts';
import { milliseconds, textAt } from './text.ts';

export const TOKEN_SIZE = 96;
const ACTION_MAX = 16 * 1024;
/** The longest that is waited for a user, in milliseconds: a day. */
const WAIT_MAX = 86_400_000;

/** `astrid_token_*` and `astrid_cap_request`: tokens are made, checked and counted by the kernel. */
export function tokenCalls({ guest }: HostContext) {
  const { process, fds } = guest.vfs;

  /** Puts the token of the answer where it is wanted: all zeros where there is none. */
  function give(request: HostRequest, out: number): number {
    const { errno, data } = process.kernel(request);
    if (errno !== 0) return errno;
    if (data.length !== TOKEN_SIZE && data.length !== 0) return Errno.EIO;
    guest.memory.u8.fill(0, out, out + TOKEN_SIZE);
    guest.memory.u8.set(data, out);
    return 0;
  }

  /** A call about a token in the guest's memory. */
  function take(op: 'token-redeem' | 'token-revoke', token: number): { errno: number; value: unknown } {
    if (!guest.memory.has(token, TOKEN_SIZE)) return { errno: Errno.EFAULT, value: null };
    return process.kernel({ op }, guest.memory.u8.subarray(token, token + TOKEN_SIZE));
  }

  return {
    astrid_token_create(fd: number, holder: number, rights: number, lifetime: bigint, out: number): number {
      if (!guest.memory.has(out >>>= 0, TOKEN_SIZE)) return Errno.EFAULT;
      if (!fds.has(fd)) return Errno.EBADF;
      const until = milliseconds(lifetime);
      if (until < 0) return Errno.EINVAL;
      return give({ op: 'token-create', fd, holder: holder >>> 0, rights: rights >>> 0, lifetime: until }, out);
    },

    astrid_token_redeem(token: number, out: number): number {
      if (!guest.memory.has(out >>>= 0, 4)) return Errno.EFAULT;
      const asked = guest.vfs.process.handle.grantEpoch;
      const { errno, value } = take('token-redeem', token >>> 0);
      if (errno !== 0) return errno;
      const fd = fds.adopt(value as HostValues['token-redeem'], asked);
      if (fd < 0) return -fd;
      guest.memory.view.setUint32(out, fd, true);
      return 0;
    },

    astrid_token_revoke: (token: number): number => take('token-revoke', token >>> 0).errno,

    astrid_cap_request(action: number, length: number, deadline: bigint, out: number): number {
      if (!guest.memory.has(out >>>= 0, TOKEN_SIZE)) return Errno.EFAULT;
      const text = textAt(guest.memory, action >>> 0, length >>> 0, ACTION_MAX);
      if (typeof text === 'number') return text;
      const wait = milliseconds(deadline);
      return wait < 0 ? Errno.EINVAL : give({ op: 'cap-request', action: text, wait: Math.min(wait, WAIT_MAX) }, out);
    },
  };
}
