import type { ExitStatus, Limits, ProcessInfo, WaitResult } from '../../shared/abi/index.ts';
import type { FdTable, ProcessHandle } from '../../shared/arena/index.ts';
import type { Grants, ProgramIdentity } from '../capability/index.ts';
import type { Namespace } from '../namespace/index.ts';
import type { Pump } from './byte-pumps.ts';
import type { Deferred } from './deferred.ts';
import type { Mirrored } from './namespace-mirror.ts';
import type { ProcessLine } from './process-line.ts';
import type { Signal } from './signals.ts';
import type { ThreadGroup } from './threads.ts';
import type { WorkerLease } from './worker-pool.ts';

/** What `wait` tells of a child that has not ended. */
export type ChildReport = Omit<Extract<WaitResult, { state: 'stopped' | 'continued' }>, 'pid'>;

/** A process that has not ended. Owned by `Processes`. */
export interface ProcessRecord {
  readonly pid: number;
  ppid: number;
  /** Process group and session, by their leaders' pids. */
  group: number;
  session: number;
  readonly name: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  cwd: string;
  /** Milliseconds since the epoch. */
  readonly started: number;
  /** On the monotonic clock. */
  readonly startedAt: number;
  /** The same, of the moment when its program was sent to its worker. */
  runAt: number;
  /** Controlling terminal. */
  tty: number | null;
  /** Replaced where a grant is revoked: what it starts from then on does not get it. */
  grants: Grants;
  readonly identity: ProgramIdentity;
  limits: Limits;
  readonly namespace: Namespace;
  /** In what it runs beside the workspace. */
  readonly line: ProcessLine | undefined;
  /** Its namespace in the arena, of which it is a user; null where nothing is mirrored. */
  mirrored: Mirrored | null;
  /** Address of the control block. */
  readonly pcb: number;
  readonly handle: ProcessHandle;
  readonly fds: FdTable;
  readonly pumps: readonly Pump[];
  /** Ports of the listening sockets that it was given. */
  readonly listening: readonly number[];
  readonly threads: ThreadGroup;
  readonly ended: Deferred<ExitStatus>;
  /** Null while a worker is being had. */
  lease: WorkerLease | null;
  /** Set once it is to be ended. */
  killed: Signal | null;
  /** Why it is ended, if not by somebody's signal. */
  verdict: Pick<ExitStatus, 'reason' | 'limit' | 'message'> | null;
  /** Masks of signals, by `bitOf`. */
  caught: number;
  ignored: number;
  /** What its children ignore from their start. */
  inherited: number;
  /** The signal that stopped it. */
  stopped: Signal | null;
  /** A stop or continuation that its parent has not been told. */
  report: ChildReport | null;
  memory: number | undefined;
  /** Milliseconds of running until now. */
  cpu(): number;
  /** Set from the moment when it has ended until its status is known. */
  last: ProcessInfo | null;
}

/** What is kept of a process that has ended. */
export interface EndedProcess {
  readonly info: ProcessInfo;
  readonly status: ExitStatus;
  /** Its parent has been told, or nobody will ask. Until then its group lives on. */
  reaped: boolean;
}

export function infoOf(record: ProcessRecord): ProcessInfo {
  if (record.last) return record.last;
  const info: ProcessInfo = {
    pid: record.pid, ppid: record.ppid, group: record.group, session: record.session, name: record.name, args: [...record.args], cwd: record.cwd,
    state: stateOf(record), started: record.started, tty: record.tty,
    openFiles: record.fds.count(), syscalls: record.threads.syscalls, cpu: record.cpu(), read: record.threads.bytesRead, written: record.threads.bytesWritten,
  };
  if (record.listening.length > 0) info.listening = [...record.listening];
  if (record.threads.count > 1) info.threads = record.threads.count;
  const memory = record.memory ?? record.handle.memory;
  if (memory > 0) info.memory = memory;
  return info;
}

function stateOf(record: ProcessRecord): ProcessInfo['state'] {
  if (!record.lease) return 'starting';
  if (record.stopped) return 'stopped';
  return record.threads.waiting ? 'waiting' : 'running';
}
