import type { ExitStatus } from './kernel-api.ts';
import type { Limits } from './limits.ts';

/** What a process starts another with. Names as POSIX has them: process group, session, controlling terminal. */
export interface ChildSpec {
  /** Namespace path: a module, a script that begins with `#!`, or a file that names a built-in program (`/bin/sh`). */
  path: string;
  /** With `argv[0]`. */
  argv: string[];
  env: Record<string, string>;
  cwd: string;
  /**
   * Descriptors of the child, each from one of the caller's; -1: closed in the child. Default: 0, 1 and 2 as the caller's. Above 2
   * (to 59) they are for built-in programs: of those a module gets the listening sockets only, from 3 on in their order, with
   * `LISTEN_FDS`, and then its preopens.
   */
  fds?: [child: number, parent: number][];
  /** Default: the caller's process group. 0: a new one that the child leads; else the id of a group of the caller's session. */
  group?: number;
  /** The child's group gets the terminal before the child runs. */
  foreground?: boolean;
  /** It has its streams and nothing else: no directories, no sockets. For modules only; a built-in program is ENOTCAPABLE then. */
  bare?: boolean;
  /** A session of its own, without a terminal. */
  session?: boolean;
  /** Whether binds of either are seen by both. Default `copy`. */
  namespace?: 'copy' | 'share';
  /** Default: the caller's, which cannot be exceeded. */
  limits?: Partial<Limits>;
}

/** A change of state that `wait` tells. `stopped` and `continued` have `signal`, `exited` has `status`. */
export type WaitResult =
  | { pid: number; state: 'exited'; status: ExitStatus }
  | { pid: number; state: 'stopped' | 'continued'; signal: string };

export interface Identity {
  pid: number;
  ppid: number;
  /** Process group: the pid of its first leader. */
  group: number;
  session: number;
  tty: number | null;
}

export interface MountInfo {
  path: string;
  /** Name of the file service. */
  service: string;
  flags: string;
}
