import type { ProcessInfo } from './kernel-api.ts';
import type { HostRequest, HostValues } from './host-calls.ts';
import type { Limits } from './limits.ts';
import type { WorkspaceCall } from './workspace-calls.ts';
import type { ChildSpec, Identity, MountInfo, WaitResult } from './process-calls.ts';

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
  | ({ op: 'spawn' } & ChildSpec)
  /**
   * A change of state of a child: `pid` > 0 that one, -1 any, 0 any of the caller's group, < -1 any of group `-pid`. Waits unless
   * `nohang`. `untraced`: stops and continuations count too. ECHILD: there is no such child. EINTR: a caught signal came.
   */
  | { op: 'wait'; pid: number; nohang?: boolean; untraced?: boolean }
  /** `pid` < -1: every process of group `-pid`; 0: of the caller's group. Signal 0 (`"0"`) only asks whether it is there. */
  | { op: 'kill'; pid: number; signal: string }
  /** Those with pids above `after`, in the order of their pids: as many as fit into a reply, none where there are no more. */
  | { op: 'processes'; after: number }
  /** Of `pid`; 0: the caller. */
  | { op: 'identity'; pid: number }
  /** As `setpgid`: 0 stands for the caller, and for a group of its own. */
  | { op: 'set-group'; pid: number; group: number }
  /** As `setsid`. */
  | { op: 'set-session' }
  /** What the caller does with signals, by name. Caught ones are bits in `Pcb.SIGNAL`; a call that waits ends with EINTR. All others have their default. */
  | { op: 'signals'; caught: string[]; ignored: string[] }
  | { op: 'chdir'; path: string }
  /** One more thread of the caller's process, of which `wasi_thread_start` is called with its tid and `start`. EAGAIN: there are too many. */
  | { op: 'thread-spawn'; start: number }
  /** Changes those given; the limits of `pid` (0: the caller) as they are then. */
  | { op: 'limits'; pid: number; set?: Partial<Limits> }
  /** The caller found that it would go beyond this limit of its own: the kernel ends it. */
  | { op: 'exceeded'; limit: 'output' }
  /** What is at `from` is seen at `to` too, in the caller's namespace. `before`, `after`: a union with what is there. */
  | { op: 'bind'; from: string; to: string; where: 'replace' | 'before' | 'after' }
  | { op: 'unbind'; to: string }
  | { op: 'mounts' }
  /**
   * One of `WORKSPACE_CALLS`, for who is granted the workspace. The answer is JSON text (`WorkspaceAnswer`), of which the
   * first part comes at once and the others on `workspace-part`. E2BIG: more than 4 MiB.
   */
  | { op: 'workspace'; call: WorkspaceCall; args: unknown[] }
  /** The answer to the caller's last `workspace` from byte `from` on. EINVAL: there is none. */
  | { op: 'workspace-part'; from: number }
  | { op: 'tty-mode'; fd: number; raw: boolean }
  /** As `tcsetpgrp`. */
  | { op: 'tty-foreground'; fd: number; group: number }
  /** `foreground`: the group that has the terminal, 0 for none. */
  | { op: 'tty-size'; fd: number }
  | HostRequest;

/** Largest `data` of one request or reply, in bytes. */
export const SYSCALL_DATA_MAX = 64 * 1024;

/**
 * `value` of the reply to each request; what travels as `data` is said beside it.
 * A `filestat` is the 64 bytes of preview 1, with the inode number and times in nanoseconds as u64.
 */
export interface SyscallValues extends HostValues {
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
  /** Null: `nohang`, and nothing has changed. */
  wait: WaitResult | null;
  kill: null;
  /** Long names and arguments are cut off; lists of changed paths are the window's. */
  processes: ProcessInfo[];
  identity: Identity;
  'set-group': null;
  /** The new session. */
  'set-session': number;
  signals: null;
  chdir: null;
  /** The tid, from 1. */
  'thread-spawn': number;
  limits: Limits;
  exceeded: null;
  bind: null;
  unbind: null;
  mounts: MountInfo[];
  /** Bytes of the whole answer. Data: its first part. */
  workspace: number;
  /** Data: the part. */
  'workspace-part': null;
  'tty-mode': null;
  'tty-foreground': null;
  'tty-size': { columns: number; rows: number; raw: boolean; foreground: number };
}
