/** Errnos of preview 1, as `lastErrno` gives them and calls without a result return them; 0 is success. */
export namespace Errno {
  export const OK: i32 = 0;
  /** Too much at once. */
  export const E2BIG: i32 = 1;
  /** Refused by the policy or the user. */
  export const EACCES: i32 = 2;
  /** Not now: it would have to wait, or a mailbox is full. */
  export const EAGAIN: i32 = 6;
  /** The token was used before. */
  export const EALREADY: i32 = 7;
  /** No such handle, or not for this. */
  export const EBADF: i32 = 8;
  /** The token is forged or was changed. */
  export const EBADMSG: i32 = 9;
  /** No such child. */
  export const ECHILD: i32 = 12;
  /** It would wait for ever; only the mock says so. */
  export const EDEADLK: i32 = 16;
  /** A budget or quota is used up. */
  export const EDQUOT: i32 = 19;
  /** It is there already. */
  export const EEXIST: i32 = 20;
  /** The value is too large. */
  export const EFBIG: i32 = 22;
  /** Nobody listens, or no connection. */
  export const EHOSTUNREACH: i32 = 23;
  /** No UTF-8. */
  export const EILSEQ: i32 = 25;
  /** Not valid. */
  export const EINVAL: i32 = 28;
  /** A directory. */
  export const EISDIR: i32 = 31;
  /** Too large. */
  export const EMSGSIZE: i32 = 35;
  /** The key is too long. */
  export const ENAMETOOLONG: i32 = 37;
  /** No such thing. */
  export const ENOENT: i32 = 44;
  /** No room on the disk. */
  export const ENOSPC: i32 = 51;
  /** This host does not know the call. */
  export const ENOSYS: i32 = 52;
  /** No directory. */
  export const ENOTDIR: i32 = 54;
  /** Not for this program. */
  export const ENOTSUP: i32 = 58;
  /** The path leads out of its directory, or only the kernel may. */
  export const EPERM: i32 = 63;
  /** What came is not what the protocol says. */
  export const EPROTO: i32 = 65;
  /** The buffer is too small. */
  export const ERANGE: i32 = 68;
  /** Nobody answered in time. */
  export const ETIMEDOUT: i32 = 73;
  /** Not granted, or revoked. */
  export const ENOTCAPABLE: i32 = 76;
}

/** `"ENOENT"` for 44; `"errno 99"` for what is not in the list. */
export function errnoName(errno: i32): string {
  switch (errno) {
    case 0: return "OK";
    case 1: return "E2BIG";
    case 2: return "EACCES";
    case 6: return "EAGAIN";
    case 7: return "EALREADY";
    case 8: return "EBADF";
    case 9: return "EBADMSG";
    case 12: return "ECHILD";
    case 16: return "EDEADLK";
    case 19: return "EDQUOT";
    case 20: return "EEXIST";
    case 22: return "EFBIG";
    case 23: return "EHOSTUNREACH";
    case 25: return "EILSEQ";
    case 28: return "EINVAL";
    case 31: return "EISDIR";
    case 35: return "EMSGSIZE";
    case 37: return "ENAMETOOLONG";
    case 44: return "ENOENT";
    case 51: return "ENOSPC";
    case 52: return "ENOSYS";
    case 54: return "ENOTDIR";
    case 58: return "ENOTSUP";
    case 63: return "EPERM";
    case 65: return "EPROTO";
    case 68: return "ERANGE";
    case 73: return "ETIMEDOUT";
    case 76: return "ENOTCAPABLE";
  }
  return "errno " + errno.toString();
}
