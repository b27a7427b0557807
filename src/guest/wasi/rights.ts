import { wasi } from '@bjorn3/browser_wasi_shim';
import { FileType, RightBit } from '../../shared/abi/index.ts';
import { OfdFlag, OfdKind } from '../../shared/arena/index.ts';

const SOCK_ACCEPT = 1 << 29;

/** What old wasi-libc wants to see before it opens a directory or makes something in it. */
const DIRECTORY = wasi.RIGHTS_PATH_CREATE_DIRECTORY | wasi.RIGHTS_PATH_CREATE_FILE | wasi.RIGHTS_PATH_LINK_SOURCE
  | wasi.RIGHTS_PATH_LINK_TARGET | wasi.RIGHTS_PATH_OPEN | wasi.RIGHTS_FD_READDIR | wasi.RIGHTS_PATH_READLINK
  | wasi.RIGHTS_PATH_RENAME_SOURCE | wasi.RIGHTS_PATH_RENAME_TARGET | wasi.RIGHTS_PATH_FILESTAT_GET
  | wasi.RIGHTS_PATH_FILESTAT_SET_TIMES | wasi.RIGHTS_PATH_SYMLINK | wasi.RIGHTS_PATH_REMOVE_DIRECTORY
  | wasi.RIGHTS_PATH_UNLINK_FILE | wasi.RIGHTS_FD_FILESTAT_GET | wasi.RIGHTS_FD_FILESTAT_SET_TIMES;

const FILE = wasi.RIGHTS_FD_SEEK | wasi.RIGHTS_FD_TELL | wasi.RIGHTS_FD_FDSTAT_SET_FLAGS | wasi.RIGHTS_FD_SYNC
  | wasi.RIGHTS_FD_DATASYNC | wasi.RIGHTS_FD_ADVISE | wasi.RIGHTS_FD_FILESTAT_GET | wasi.RIGHTS_FD_FILESTAT_SET_TIMES
  | wasi.RIGHTS_POLL_FD_READWRITE;

/** Without SEEK and TELL: a C library takes a character device that cannot seek for a terminal. */
const STREAM = wasi.RIGHTS_FD_FDSTAT_SET_FLAGS | wasi.RIGHTS_FD_FILESTAT_GET | wasi.RIGHTS_POLL_FD_READWRITE;

const LISTENER = STREAM | SOCK_ACCEPT;
const CONNECTION = STREAM | wasi.RIGHTS_FD_READ | wasi.RIGHTS_FD_WRITE | wasi.RIGHTS_SOCK_SHUTDOWN;

const WRITABLE_FILE = wasi.RIGHTS_FD_WRITE | wasi.RIGHTS_FD_ALLOCATE | wasi.RIGHTS_FD_FILESTAT_SET_SIZE;

/** What can be had below a directory. ALLOCATE is told of, since programs look for it, though the call is not supported. */
const INHERITED = DIRECTORY | FILE | WRITABLE_FILE | wasi.RIGHTS_FD_READ;

/** What goes with each right that a description withholds (RT2). */
const READING = wasi.RIGHTS_FD_READ | wasi.RIGHTS_FD_READDIR | wasi.RIGHTS_PATH_READLINK | wasi.RIGHTS_PATH_FILESTAT_GET;
const WRITING = wasi.RIGHTS_FD_WRITE | wasi.RIGHTS_FD_ALLOCATE | wasi.RIGHTS_FD_FILESTAT_SET_SIZE | wasi.RIGHTS_FD_FILESTAT_SET_TIMES
  | wasi.RIGHTS_PATH_FILESTAT_SET_TIMES | wasi.RIGHTS_PATH_FILESTAT_SET_SIZE;
const CREATING = wasi.RIGHTS_PATH_CREATE_DIRECTORY | wasi.RIGHTS_PATH_CREATE_FILE | wasi.RIGHTS_PATH_LINK_TARGET | wasi.RIGHTS_PATH_RENAME_TARGET | wasi.RIGHTS_PATH_SYMLINK;
const DELETING = wasi.RIGHTS_PATH_RENAME_SOURCE | wasi.RIGHTS_PATH_REMOVE_DIRECTORY | wasi.RIGHTS_PATH_UNLINK_FILE;

function without(withheld: number): number {
  return (withheld & RightBit.read ? READING : 0) | (withheld & RightBit.write ? WRITING : 0)
    | (withheld & RightBit.create ? CREATING : 0) | (withheld & RightBit.delete ? DELETING : 0);
}

export interface Rights {
  base: number;
  inheriting: number;
}

/**
 * The rights that `fd_fdstat_get` tells of a descriptor, from what it is (`FileType`, `OfdKind`), how it was opened and what it withholds.
 * Devices of kernel services may be character devices too, but are no terminals.
 */
export function rightsOf(type: number, kind: number, flags: number, withheld: number): Rights {
  const gone = without(withheld);
  if (type === FileType.DIRECTORY) return { base: DIRECTORY & ~gone, inheriting: INHERITED & ~gone };
  if (kind === OfdKind.LISTENER) return { base: LISTENER, inheriting: CONNECTION };
  const file = kind === OfdKind.FILE || kind === OfdKind.SERVICE;
  let base = file ? FILE : STREAM;
  if (flags & OfdFlag.READ) base |= wasi.RIGHTS_FD_READ;
  if (flags & OfdFlag.WRITE) base |= file ? WRITABLE_FILE : wasi.RIGHTS_FD_WRITE;
  if (kind === OfdKind.SOCKET) base |= wasi.RIGHTS_SOCK_SHUTDOWN;
  return { base: base & ~gone, inheriting: 0 };
}
