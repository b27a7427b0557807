import { Errno, errnoName, type ErrnoName } from './errno.ts';

const text: Partial<Record<ErrnoName, string>> = {
  EACCES: 'permission denied', EAGAIN: 'try again', EBADF: 'bad file descriptor', EBUSY: 'busy',
  ECANCELED: 'cancelled', EEXIST: 'already exists', EFBIG: 'file too large', EINVAL: 'invalid argument',
  EIO: 'input/output error', EISDIR: 'is a directory', ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files', ENAMETOOLONG: 'name too long (over 255 bytes)', ENOENT: 'no such file or directory',
  ENOEXEC: 'not a runnable WebAssembly module', ENOMEM: 'out of memory', ENOSPC: 'no space left',
  ENOSYS: 'not implemented', ENOTCAPABLE: 'outside of what was granted', ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty', ENOTSUP: 'not supported', EPERM: 'not permitted', EPIPE: 'broken pipe',
  EROFS: 'read-only', ESRCH: 'no such process', EXDEV: 'on different file services', EILSEQ: 'name is not valid UTF-8',
};

/** What crosses a realm instead of an `FsError`. */
export type FsErrorData = { code: ErrnoName; syscall: string; path?: string; detail?: string };

/**
 * An expected failure of a file or process operation.
 * `message` reads `rename /a/b: directory not empty (ENOTEMPTY)`.
 */
export class FsError extends Error {
  readonly code: ErrnoName;
  readonly syscall: string;
  readonly path: string | undefined;
  readonly detail: string | undefined;

  constructor(code: ErrnoName, syscall: string, path?: string, options: { detail?: string; cause?: unknown } = {}) {
    const where = path === undefined ? '' : ` ${path}`;
    const why = options.detail ?? text[code] ?? code;
    super(`${syscall}${where}: ${why} (${code})`, { cause: options.cause });
    this.name = 'FsError';
    this.code = code;
    this.syscall = syscall;
    this.path = path;
    this.detail = options.detail;
  }

  /** The error's number in preview 1. */
  get errno(): number {
    return Errno[this.code];
  }

  toData(): FsErrorData {
    const data: FsErrorData = { code: this.code, syscall: this.syscall };
    if (this.path !== undefined) data.path = this.path;
    if (this.detail !== undefined) data.detail = this.detail;
    return data;
  }

  static fromData(data: FsErrorData): FsError {
    return new FsError(data.code, data.syscall, data.path, data.detail === undefined ? {} : { detail: data.detail });
  }

  /** `value` is an errno of preview 1 (positive). */
  static fromErrno(value: number, syscall: string, path?: string): FsError {
    return new FsError(errnoName(value), syscall, path);
  }
}
