import type { ExitStatus, ProcessInfo } from '../../shared/abi/index.ts';
import type { FdTable, ProcessHandle } from '../../shared/arena/index.ts';
import type { Grants } from '../capability/index.ts';
import type { Namespace } from '../namespace/index.ts';
import type { Pump } from './byte-pumps.ts';
import type { Deferred } from './deferred.ts';
import type { Signal } from './signals.ts';
import type { WorkerLease } from './worker-pool.ts';

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
  readonly cwd: string;
  /** Milliseconds since the epoch. */
  readonly started: number;
  /** On the monotonic clock. */
  readonly startedAt: number;
  readonly tty: number | null;
  readonly grants: Grants;
  readonly namespace: Namespace;
  /** Address of the control block. */
  readonly pcb: number;
  readonly handle: ProcessHandle;
  readonly fds: FdTable;
  readonly pumps: readonly Pump[];
  readonly ended: Deferred<ExitStatus>;
  /** Null while a worker is being had. */
  lease: WorkerLease | null;
  /** Set once it is to be ended. */
  killed: Signal | null;
  memory: number | undefined;
  /** Set from the moment when it has ended until its status is known. */
  last: ProcessInfo | null;
}

/** What is kept of a process that has ended. */
export interface EndedProcess {
  readonly info: ProcessInfo;
  readonly status: ExitStatus;
}

export function infoOf(record: ProcessRecord): ProcessInfo {
  if (record.last) return record.last;
  const info: ProcessInfo = {
    pid: record.pid, ppid: record.ppid, group: record.group, session: record.session, name: record.name, args: [...record.args], cwd: record.cwd,
    state: stateOf(record), started: record.started, tty: record.tty,
    openFiles: record.fds.count(), syscalls: record.handle.syscalls,
  };
  if (record.memory !== undefined) info.memory = record.memory;
  return info;
}

function stateOf(record: ProcessRecord): ProcessInfo['state'] {
  if (!record.lease) return 'starting';
  return record.handle.waiting ? 'waiting' : 'running';
}
