import type { ArchiveCalls } from './archive.ts';
import type { TraceCalls } from './trace.ts';
import type { AuthorityCalls, ComponentGrants } from './authority.ts';
import type { BusCalls } from './bus.ts';
import type { Point } from './history.ts';
import type { KvCalls } from './kv.ts';
import type { ExploreCalls } from './explore.ts';
import type { FsckCalls } from './fsck.ts';
import type { ChangeOp, DirEntry, Origin, Stat } from './nodes.ts';
import type { ClockGrants, Limits } from './limits.ts';
import type { MapCalls } from './map.ts';
import type { FolderCalls } from './folders.ts';
import type { ProcessDetailCalls } from './process-details.ts';
import type { WorkspaceApi } from './workspace-calls.ts';

/** What `run` takes once the module has been fetched. Paths are namespace paths. */
export interface SpawnOptions {
  /** A compiled module, its bytes, or the path of a file in the namespace. */
  module: WebAssembly.Module | Uint8Array | string;
  /** Shown in listings, and `argv[0]`; default: the path's last part or `a.out`. */
  name?: string;
  /** Without `argv[0]`. */
  args?: string[];
  env?: Record<string, string>;
  /** Default `/home`. Also a preopen (`.`) unless `preopens` is given. */
  cwd?: string;
  /** guest path → namespace path. Default: `{'/': '/'}` and the working directory. */
  preopens?: Record<string, string>;
  /**
   * `pipe`: streams as ports in the reply. `tty`: descriptors 0-2 are the terminal `tty`.
   * Default `pipe`.
   */
  stdio?: 'pipe' | 'tty';
  tty?: number;
  /** Bytes that are given as standard input before its end; only with `pipe`. `stream`: a port in the reply takes them. */
  stdin?: Uint8Array | 'stream';
  /** Binds in the process's own namespace: an existing directory → what is seen there instead. */
  namespace?: Record<string, string>;
  /**
   * `session`: the program, and what it starts, works on a session of its own. What it writes stays there, with its `/tmp`, and never reaches the
   * workspace; once it has ended the session is kept as a branch, merged or dropped. A name: a session or branch that is there. Default: the workspace.
   */
  overlay?: string;
  /** The program sees the workspace as it was at this point, and can change nothing but its own `/tmp`. Not with `overlay`. */
  at?: Point;
  /** Default: clocks and entropy, no sockets. What is `false` is refused without asking, also beside `permissions`. */
  grants?: Partial<ProgramGrants>;
  /**
   * What the program may do, as the user has ticked it: then it has this and nothing else, and neither `preopens` nor `grants` count. Default: what the
   * manifest beside the module declares; without one, `preopens` and `grants`.
   */
  permissions?: ComponentGrants;
  /** BLAKE3 of the module that `permissions` are meant for, as `planRun` gave it: another one by now is ESTALE. Default: any. */
  hash?: string;
  /** `ask`: prompts as ever, `observe`: everything but the network is allowed; what it needed is noted for `learned`. Default: neither. */
  learn?: 'ask' | 'observe';
  /** In a session of its own, with the network refused; what it would have done is told by `dryRunReport`. */
  dryRun?: boolean;
  /**
   * Listening sockets of the tab's loopback (`127.0.0.1:8080`), as descriptors from 3 on, before the preopens; `LISTEN_FDS` tells how
   * many. Default: none. At most 16.
   */
  listen?: string[];
  /** Default: 1024 descriptors, 224 processes of the session, all else without limit. */
  limits?: Partial<Limits>;
}

/** What a program may be granted or refused by name. */
export interface ProgramGrants extends ClockGrants {
  /** Open connections to those who listen in this tab (`/dev/tcp/127.0.0.1/<port>`). */
  connect: boolean;
  /** Open listening sockets (`/dev/tcp/listen/<port>`), for itself or for a program that it starts. */
  bind: boolean;
}

/** One end of a connection: two ports in the byte-stream protocol of `shared/link`; `closed` gets one message when both have ended. */
export interface SocketReply {
  readable: MessagePort;
  writable: MessagePort;
  closed: MessagePort;
}

/** Streams are ports in the byte-stream protocol of `shared/link`. */
export interface SpawnReply {
  pid: number;
  /** The session or branch in which it runs. */
  overlay?: string;
  stdout?: MessagePort;
  stderr?: MessagePort;
  stdin?: MessagePort;
}

export interface ExitStatus {
  /** Exit code; 128 + signal for a killed process; 134 for a trap. */
  code: number;
  signal: string | null;
  reason: 'exit' | 'trap' | 'killed' | 'error' | 'limit';
  /** The trap's or error's text, or which limit was met. */
  message?: string;
  /** With reason `limit`. */
  limit?: keyof Limits;
  /** Milliseconds from start to end. */
  duration: number;
  /** Its number in the history. */
  run?: number;
  /** What the run did to the tree, and what it started meanwhile; counted when it ended. */
  changes?: { written: string[]; deleted: string[]; more: number };
  /** The session or branch in which it ran, where that differs from what it stands on: to be kept, merged or dropped. */
  overlay?: string;
}

export type ProcessState = 'starting' | 'running' | 'waiting' | 'stopped' | 'exited';

export interface ProcessInfo {
  pid: number;
  ppid: number;
  /** Process group and session; see `Identity`. */
  group: number;
  session: number;
  name: string;
  args: string[];
  cwd: string;
  state: ProcessState;
  /** Milliseconds since the epoch. */
  started: number;
  tty: number | null;
  /** Set once it has ended. */
  exit?: ExitStatus;
  /** Bytes of linear memory, where it is known. */
  memory?: number;
  openFiles: number;
  /** Ports that it was given to listen on; absent for none. */
  listening?: number[];
  syscalls: number;
  /** Milliseconds of running, waits left out. */
  cpu: number;
  /** Bytes that its calls read and wrote: files, pipes, terminals, sockets, messages. */
  read: number;
  written: number;
  /** Threads at work, where there are more than one. */
  threads?: number;
}

export interface FsChange {
  /** Namespace path. */
  path: string;
  op: ChangeOp;
  /** For `rename`: the former path. */
  from?: string;
  pid: number;
}

/** Published as `fs.changed.<first path component>`, one message per drained batch and top-level directory. */
export interface FsChanged {
  changes: FsChange[];
  /** More changes than the bound of a message: read the directories again. */
  overflow: boolean;
  /** With `overflow`: the directories of the changes that are left out. Absent: it may be any. */
  within?: string[];
}

/** Published as `fs.read.<first path component>` at most every 100 ms while a process reads. */
export interface FsRead {
  paths: string[];
}

export interface WorkspaceInfo {
  name: string;
  /** `memory`: IndexedDB cannot be used, nothing is kept. `read-only`: another tab owns it. */
  mode: 'owner' | 'read-only' | 'memory';
  transport: 'shared memory';
  usage: number;
  quota: number;
  /** Entries in the upper layer. */
  changes: number;
  journalEntries: number;
  /** Parts of the base layer that are fetched when they are first used; bytes decoded, and as fetched. */
  layers: readonly { name: string; programs: number; size: number; download: number }[];
}

/** A condition that the user must know; it stays until it is resolved or dismissed. */
export interface Notice {
  id: string;
  level: 'info' | 'warning' | 'error';
  title: string;
  detail: string;
  action?: 'take-over' | 'reload' | 'free-space' | 'folder-allow' | 'folder-refresh' | 'folder-resume' | 'repair' | 'backup-allow' | 'policy';
}

/**
 * The window's calls to the kernel. Served over the link; every failure is an `FsError`.
 * Bus subjects that the kernel itself publishes: `fs.changed.*`, `fs.read.*`, `proc.<pid>.spawn` (ProcessInfo),
 * `proc.<pid>.exit` (ExitStatus), `notice.raised` (Notice), `notice.cleared` ({id}), `workspace.changed` (WorkspaceInfo),
 * `fsck.progress` (FsckProgress), `trace.<run>` (TraceInfo).
 */
export interface KernelApi extends WorkspaceApi, ArchiveCalls, FolderCalls, FsckCalls, KvCalls, BusCalls, AuthorityCalls, ProcessDetailCalls, TraceCalls, ExploreCalls, MapCalls {
  readFile(path: string): Promise<Uint8Array>;
  /** At most `length` bytes from `offset`; shorter at the end. */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array>;
  /** Creates or replaces. Resolves when the change is acknowledged (durable). */
  writeFile(path: string, data: Uint8Array | Blob): Promise<void>;
  /** Writes from `offset` on into a file that is there; the rest of it stays. Resolves when the change is acknowledged. */
  writeRange(path: string, offset: number, data: Uint8Array | Blob): Promise<void>;
  readdir(path: string, options?: { deleted?: boolean }): Promise<DirEntry[]>;
  stat(path: string): Promise<Stat>;
  lstat(path: string): Promise<Stat>;
  mkdir(path: string, options?: { recursive?: boolean }): Promise<void>;
  rm(path: string, options?: { recursive?: boolean }): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /**
   * A file, a link (not followed) or, with `recursive`, a directory, under a name that is free (EEXIST). Within the workspace contents are
   * copied by reference: whatever the size, it costs no bytes.
   */
  copy(from: string, to: string, options?: { recursive?: boolean }): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  readlink(path: string): Promise<string>;
  /** Resolves when everything written so far is durable. */
  sync(): Promise<void>;
  /** All upper entries below `path`, for the view of changes. */
  changes(path: string, limit: number): Promise<{ path: string; origin: Origin; kind: DirEntry['kind']; size: number }[]>;

  spawn(options: SpawnOptions): Promise<SpawnReply>;
  /** Resolves with the status, also when the process has ended already. */
  wait(pid: number): Promise<ExitStatus>;
  /** Default signal TERM. */
  kill(pid: number, signal?: string): Promise<void>;
  processes(): Promise<ProcessInfo[]>;
  /** Calls whoever listens on a port of the tab's loopback. ECONNREFUSED: nobody does, or too many wait to be accepted. */
  connect(port: number): Promise<SocketReply>;

  /** A new terminal and the prompt process in it. The port speaks `TtyToKernel` / `TtyToWindow`. */
  openTty(size: { columns: number; rows: number }): Promise<{ tty: number; pid: number; port: MessagePort }>;
  closeTty(tty: number): Promise<void>;

  /** `quick`: does not wait for the count of changes, which is then what it was when it was last asked for, or 0. */
  workspace(quick?: boolean): Promise<WorkspaceInfo>;
  notices(): Promise<Notice[]>;
  /** Takes the workspace from the tab that owns it. */
  takeOver(): Promise<void>;
}

/** Terminal port, window → kernel. `ack` returns credit for bytes drawn. */
export type TtyToKernel =
  | { type: 'input'; data: Uint8Array }
  | { type: 'resize'; columns: number; rows: number }
  | { type: 'ack'; bytes: number };

/** Terminal port, kernel → window. At most 256 KiB unacknowledged. */
export type TtyToWindow = { type: 'output'; data: Uint8Array } | { type: 'closed' };
