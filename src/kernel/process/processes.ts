import type { ExitStatus, GuestRun, ProcessInfo, SpawnReply } from '../../shared/abi/index.ts';
import { ProcessHandle, ProcessTable } from '../../shared/arena/index.ts';
import { FsError, type Clock, type Disposable } from '../../shared/base/index.ts';
import type { CallServer } from '../../shared/link/index.ts';
import type { Bus } from '../bus/index.ts';
import type { Grants } from '../capability/index.ts';
import type { Namespace } from '../namespace/index.ts';
import type { Pump } from './byte-pumps.ts';
import { deferred } from './deferred.ts';
import type { Descriptors } from './descriptors.ts';
import { infoOf, type EndedProcess, type ProcessRecord } from './process-record.ts';
import type { RunChanges } from './run-changes.ts';
import { signalCode, type Signal } from './signals.ts';
import { installStdio, type Stdio } from './stdio.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface ProcessesOptions {
  descriptors: Descriptors;
  pool: WorkerPool;
  calls: Pick<CallServer, 'prepare' | 'release'>;
  bus: Bus;
  clock: Clock;
  changes: RunChanges;
  /** Resolves once what was changed so far is in the journal; undefined if nothing is under way. */
  settled?: () => Promise<void> | undefined;
  /** The arena's record of a namespace, which the process gets. Default: none. */
  mirror?: (namespace: Namespace) => number;
  /** A process has stopped, and its control block is about to be given to another. */
  onStopped?: (pcb: number) => void;
  /** Our own bugs, such as a gate that stays set. */
  onFault?: (message: string) => void;
}

/** A process to start: everything is resolved and checked. */
export interface Launch {
  program: GuestRun['program'];
  name: string;
  args: readonly string[];
  /** `NAME=value`. */
  env: readonly string[];
  cwd: string;
  ppid: number;
  /** Process group and session. Default: its own. */
  group?: number;
  session?: number;
  namespace: Namespace;
  grants: Grants;
  stdio: Stdio;
  tty: number | null;
}

/** Ended processes that are remembered, for `wait` and for listings. */
const HISTORY_MAX = 256;
/** Milliseconds to wait for the gate of a process that is to end. */
const GATE_TIMEOUT = 2000;
/** Milliseconds that a control block rests after its worker was ended, which may still run for a moment. */
const REST = 500;
/** Milliseconds that an exit status waits for the journal, at most. */
const SETTLE_MAX = 250;
/** Exit code of what cannot be run, as shells have it. */
const NOT_RUNNABLE = 126;

/** The processes: from launch to the status that is kept. Rules: SPEC.md (PR1 …). */
export class Processes implements Disposable {
  readonly #options: ProcessesOptions;
  readonly #table: ProcessTable;
  readonly #running = new Map<number, ProcessRecord>();
  /** In order of their end. */
  readonly #ended = new Map<number, EndedProcess>();
  /** Pumps that still have bytes to move, also of processes that ended. */
  readonly #pumps = new Set<Pump>();
  readonly #endListeners = new Set<(pid: number, status: ExitStatus) => void>();
  #lastPid = 0;

  constructor(options: ProcessesOptions) {
    this.#options = options;
    this.#table = new ProcessTable(options.descriptors.arena);
  }

  /** Starts a process; resolves when its program has been sent to a worker. All or nothing. */
  async launch(launch: Launch): Promise<SpawnReply> {
    const { record, ports } = await this.#prepare(launch);
    this.#running.set(record.pid, record);
    this.#options.changes.begin(record.pid);
    try {
      record.lease = await this.#options.pool.acquire({
        onExit: (message) => void this.#exited(record, message),
        onFault: (message) => void this.#end(record, { code: 134, signal: null, reason: 'error', message, duration: 0 }, false),
      });
    } catch (error) {
      this.#abandon(record);
      throw error;
    }
    this.#options.bus.publish(`proc.${record.pid}.spawn`, infoOf(record));
    if (record.killed) void this.#terminate(record, record.killed);
    else record.lease.run(runMessage(record, launch.program));
    return { pid: record.pid, ...ports };
  }

  /** The control block, descriptors and streams; undone if one of them cannot be had. */
  async #prepare(launch: Launch): Promise<{ record: ProcessRecord; ports: Omit<SpawnReply, 'pid'> }> {
    const { descriptors, calls, mirror, clock } = this.#options;
    const pid = ++this.#lastPid;
    const preopens = await this.#preopen(launch);
    const pcb = this.#table.allocate(pid, launch.ppid);
    if (pcb === 0 || !calls.prepare(pcb)) {
      for (const ofd of preopens) descriptors.files.release(ofd);
      if (pcb !== 0) this.#table.free(pcb);
      throw new FsError('EAGAIN', 'spawn', launch.name, { detail: pcb === 0 ? 'too many processes' : 'shared memory is full' });
    }
    const fds = descriptors.table(pcb);
    try {
      const { pumps, ports } = installStdio(descriptors, fds, launch.stdio);
      for (const ofd of preopens.splice(0)) fds.install(ofd, 3);
      for (const pump of pumps) this.#pumps.add(pump);
      const handle = new ProcessHandle(descriptors.arena, pcb);
      handle.namespace = mirror?.(launch.namespace) ?? 0;
      const record: ProcessRecord = {
        pid, ppid: launch.ppid, group: launch.group ?? pid, session: launch.session ?? pid, name: launch.name, args: launch.args, env: launch.env, cwd: launch.cwd, tty: launch.tty,
        grants: launch.grants, namespace: launch.namespace, started: Number(clock.realtime() / 1000n) / 1000,
        startedAt: clock.monotonic(), pcb, handle, fds, pumps, ended: deferred(), lease: null, killed: null,
        memory: undefined, last: null,
      };
      return { record, ports };
    } catch (error) {
      fds.destroy();
      calls.release(pcb);
      this.#table.free(pcb);
      for (const ofd of preopens) descriptors.files.release(ofd);
      throw error;
    }
  }

  async #preopen(launch: Launch): Promise<number[]> {
    const { descriptors } = this.#options;
    const made: number[] = [];
    try {
      for (const { name, path } of launch.grants.directories) {
        made.push(await descriptors.preopen(await launch.namespace.walk(path, { operation: 'spawn' }), name));
      }
      return made;
    } catch (error) {
      for (const ofd of made) descriptors.files.release(ofd);
      throw error;
    }
  }

  async #exited(record: ProcessRecord, message: { code: number; reason: ExitStatus['reason']; message?: string; memory: number }): Promise<void> {
    record.memory = message.memory;
    const status: ExitStatus = { code: message.code, signal: null, reason: message.reason, duration: 0 };
    if (message.message !== undefined) status.message = message.message;
    await this.#end(record, status, message.reason === 'exit');
  }

  /** Sends a signal, which ends the process. Resolves when it has ended. @throws FsError ESRCH */
  async kill(pid: number, signal: Signal): Promise<void> {
    const record = this.#running.get(pid);
    if (!record || (record.last && !record.killed)) throw new FsError('ESRCH', 'kill', String(pid));
    if (!record.killed) {
      record.killed = signal;
      if (record.lease) void this.#terminate(record, signal);
    }
    await record.ended.promise;
  }

  /** PR5: dying first, then the gate, then the worker. */
  async #terminate(record: ProcessRecord, signal: Signal): Promise<void> {
    const { handle } = record;
    handle.setDying();
    handle.ring();
    const { clock, onFault } = this.#options;
    const deadline = clock.monotonic() + GATE_TIMEOUT;
    for (let tries = 0; handle.gateSet && clock.monotonic() < deadline; tries++) {
      await new Promise<void>((resolve) => void setTimeout(resolve, tries < 10 ? 0 : 5));
    }
    if (handle.gateSet) onFault?.(`process ${record.pid} did not leave its critical section within ${GATE_TIMEOUT} ms`);
    await this.#end(record, { code: signalCode(signal), signal, reason: 'killed', duration: 0 }, false);
  }

  /** PR6: once for each process; everything it had is let go, then its end is told. */
  async #end(record: ProcessRecord, status: ExitStatus, reusable: boolean): Promise<void> {
    const { pid, lease } = record;
    if (!lease || record.last) return;
    const info = (record.last = infoOf(record));
    const { hasChanged } = record.handle;
    lease.release(reusable);
    this.#letGo(record, reusable);
    const changes = await this.#changesOf(pid, hasChanged);
    const full: ExitStatus = { ...status, duration: this.#options.clock.monotonic() - record.startedAt };
    if (changes) full.changes = changes;
    this.#running.delete(pid);
    this.#remember({ info: { ...info, state: 'exited', exit: full }, status: full });
    record.ended.resolve(full);
    for (const listener of [...this.#endListeners]) listener(pid, full);
    this.#options.bus.publish(`proc.${pid}.exit`, full);
  }

  #letGo(record: ProcessRecord, atOnce: boolean): void {
    const { pcb, fds, pid } = record;
    this.#options.onStopped?.(pcb);
    fds.destroy();
    this.#options.calls.release(pcb);
    for (const child of this.#running.values()) if (child.ppid === pid) child.ppid = 0;
    for (const pump of record.pumps) pump.pump();
    if (atOnce) this.#table.free(pcb);
    else {
      record.handle.setDying();
      setTimeout(() => this.#table.free(pcb), REST);
    }
  }

  /** What it changed is known once it is stored; who changed nothing need not wait for others. */
  async #changesOf(pid: number, hasChanged: boolean): Promise<ExitStatus['changes']> {
    const settled = hasChanged ? this.#options.settled?.() : undefined;
    if (settled) await Promise.race([settled.catch(() => {}), new Promise<void>((resolve) => void setTimeout(resolve, SETTLE_MAX))]);
    return this.#options.changes.end(pid);
  }

  #remember(ended: EndedProcess): void {
    this.#ended.set(ended.info.pid, ended);
    const oldest = this.#ended.keys().next();
    if (this.#ended.size > HISTORY_MAX && !oldest.done) this.#ended.delete(oldest.value);
  }

  /** Undoes a process that got no worker. */
  #abandon(record: ProcessRecord): void {
    this.#running.delete(record.pid);
    this.#options.changes.end(record.pid);
    this.#letGo(record, true);
    record.ended.resolve({ code: NOT_RUNNABLE, signal: null, reason: 'error', message: 'no worker could be started', duration: 0 });
  }

  /** Remembers a process that could not be run, as one that ended at once. Returns its pid. */
  failed(origin: Pick<Launch, 'name' | 'args' | 'cwd' | 'ppid' | 'tty' | 'group' | 'session'>, message: string): number {
    const pid = ++this.#lastPid;
    const status: ExitStatus = { code: NOT_RUNNABLE, signal: null, reason: 'error', message, duration: 0 };
    const info: ProcessInfo = {
      pid, ppid: origin.ppid, group: origin.group ?? pid, session: origin.session ?? pid, name: origin.name, args: [...origin.args], cwd: origin.cwd, state: 'exited',
      started: Number(this.#options.clock.realtime() / 1000n) / 1000, tty: origin.tty, exit: status, openFiles: 0, syscalls: 0,
    };
    this.#remember({ info, status });
    return pid;
  }

  /** The process whose control block this is. */
  at(pcb: number): ProcessRecord | undefined {
    for (const record of this.#running.values()) if (record.pcb === pcb && !record.last) return record;
    return undefined;
  }

  /** The status, also of a process that ended before. @throws FsError ESRCH if it is not known (any more) */
  wait(pid: number): Promise<ExitStatus> {
    const running = this.#running.get(pid);
    if (running) return running.ended.promise;
    const ended = this.#ended.get(pid);
    if (ended) return Promise.resolve(ended.status);
    return Promise.reject(new FsError('ESRCH', 'wait', String(pid)));
  }

  get(pid: number): ProcessRecord | undefined {
    const record = this.#running.get(pid);
    return record?.last ? undefined : record;
  }

  /** Those that have not ended. */
  running(): ProcessRecord[] {
    return [...this.#running.values()].filter((record) => !record.last);
  }

  /** Whether `pid` was started by `parent`, also when it has ended. */
  isChild(pid: number, parent: number): boolean {
    return (this.#running.get(pid)?.ppid ?? this.#ended.get(pid)?.info.ppid) === parent;
  }

  /** All that run, then the remembered ones, the latest first. */
  list(): ProcessInfo[] {
    return [...[...this.#running.values()].map(infoOf), ...[...this.#ended.values()].reverse().map(({ info }) => info)];
  }

  info(pid: number): ProcessInfo | undefined {
    const record = this.get(pid);
    return record && infoOf(record);
  }

  onEnd(listener: (pid: number, status: ExitStatus) => void): Disposable {
    this.#endListeners.add(listener);
    return { dispose: () => this.#endListeners.delete(listener) };
  }

  /** Moves the bytes of all pipes; to be called when the kernel's bell rang. */
  pump(): void {
    for (const pump of this.#pumps) {
      pump.pump();
      if (pump.done) this.#pumps.delete(pump);
    }
  }

  dispose(): void {
    this.#endListeners.clear();
    this.#options.pool.dispose();
  }
}

function runMessage(record: ProcessRecord, program: GuestRun['program']): GuestRun {
  return {
    type: 'run', pid: record.pid, pcb: record.pcb, program,
    args: [record.name, ...record.args], env: [...record.env], cwd: record.cwd,
  };
}
