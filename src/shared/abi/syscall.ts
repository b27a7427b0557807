import type { ExitStatus, ProcessInfo } from './kernel-api.ts';

/**
 * Blocking calls from a process to the kernel: what the guest cannot do in the arena by itself.
 * Request and reply are JSON text in the process's call buffer, followed by raw bytes (`data`);
 * a failure is an errno. The frequent calls never come here.
 */
export type SyscallRequest =
  | { op: 'populate'; inode: number }
  | { op: 'load'; inode: number; block: number }
  | { op: 'reclaim'; bytes: number }
  | { op: 'sync' }
  | { op: 'open'; dirfd: number; path: string; oflags: number; fdflags: number; read: boolean; write: boolean; follow: boolean }
  | { op: 'stat'; dirfd: number; path: string; follow: boolean }
  | { op: 'readlink'; dirfd: number; path: string }
  /** mkdir, unlink, rmdir, symlink, rename, link on paths that reach a kernel service. */
  | { op: 'name'; what: 'mkdir' | 'unlink' | 'rmdir'; dirfd: number; path: string }
  /** On descriptors of kernel services. Bytes travel as data. `position` is null for the descriptor's own offset. */
  | { op: 'read'; fd: number; length: number; position: number | null }
  | { op: 'write'; fd: number; position: number | null }
  | { op: 'fstat'; fd: number }
  | { op: 'readdir'; fd: number; cookie: number; limit: number }
  | { op: 'close'; handle: number }
  | { op: 'spawn'; path: string; args: string[]; env: Record<string, string>; cwd: string; foreground: boolean; fds?: [number, number, number] }
  | { op: 'wait'; pid: number }
  | { op: 'kill'; pid: number; signal: string }
  | { op: 'processes' }
  | { op: 'tty-mode'; fd: number; raw: boolean }
  | { op: 'tty-size'; fd: number };

/** Largest `data` of one request or reply, in bytes. */
export const SYSCALL_DATA_MAX = 64 * 1024;

/**
 * `value` of the reply to each request; what travels as `data` is said beside it.
 * A `filestat` is the 64 bytes of preview 1, with the inode number and times in nanoseconds as u64.
 */
export interface SyscallValues {
  populate: null;
  load: null;
  /** Bytes that were freed. */
  reclaim: number;
  sync: null;
  /** Address of an open file description, with one reference that the caller takes over. */
  open: number;
  /** Data: filestat. */
  stat: null;
  /** Data: the target. */
  readlink: null;
  name: null;
  /** Data: at most `length` bytes; none at the end. */
  read: null;
  /** Bytes taken. */
  write: number;
  /** Data: filestat. `seekable` is false for streams such as `/dev/tty`. */
  fstat: { seekable: boolean };
  /** `type` is a `FileType`. With `.` and `..`, whose cookies are 1 and 2. */
  readdir: { name: string; ino: number; type: number; cookie: number }[];
  close: null;
  /** The pid. */
  spawn: number;
  wait: ExitStatus;
  kill: null;
  processes: ProcessInfo[];
  'tty-mode': null;
  'tty-size': { columns: number; rows: number };
}
