import type { ExitStatus, GuestRun, Limits, ProcessInfo, SpawnReply } from '../../shared/abi/index.ts';
import { Pcb, ProcessTable, type ProcessHandle } from '../../shared/arena/index.ts';
import { FsError, type Disposable } from '../../shared/base/index.ts';
import type { Bus } from '../bus/index.ts';
import type { Pump } from './byte-pumps.ts';
import { Children } from './children.ts';
import { Groups, type Population } from './groups.ts';
import { History } from './history.ts';
import { DEFAULT_LIMITS, ENDING, LimitKeeper, limitMessage, type EndingLimit } from './limits.ts';
import { prepare, type Launch, type PrepareOptions } from './prepare.ts';
import { infoOf, type ProcessRecord } from './process-record.ts';
import { Resting } from './resting.ts';
import { Revocation } from './revocation.ts';
import type { CommittedChange, RunChanges } from './run-changes.ts';
import { Signalling } from './signalling.ts';
import { bitOf, signalCode, type Signal } from './signals.ts';
import { ThreadGroup, type ExitMessage } from './threads.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface ProcessesOptions extends PrepareOptions {
  pool: WorkerPool;
  bus: Bus;
  changes: RunChanges;
  /** Gives out process numbers and remembers the runs. Default: 1, 2, 3 …, nothing is remembered. */
  runs?: RunNumbers;
  /** Resolves once what was changed so far is in the journal; undefined if nothing is under way. */
  settled?: () => Promise<void> | undefined;
  /** A process has its number, and does not run yet. */
  onStart?: (record: ProcessRecord) => void;
  /** A process has stopped, and its control block is about to be given to another. */
  onStopped?: (pcb: number) => void;
  /** A session has as many processes as it may have; told each time that one is refused. */
  onCrowded?: (session: number, limit: number) => void;
  /** Our own bugs, such as a gate that stays set. */
  onFault?: (message: string) => void;
}

/** Of the workspace's history. */
export interface RunNumbers {
  nextPid(): number;
  begin(pid: number, program: Pick<ProcessRecord, 'name' | 'args' | 'started' | 'ppid'>): void;
  of(pid: number): number;
}

/** Milliseconds that an exit status waits for the journal, at most. */
const SETTLE_MAX = 250;
/** Exit code of what cannot be run, as shells have it. */
const NOT_RUNNABLE = 126;

/** The processes: from launch to the status that is kept. Rules: SPEC.md (PR1 …). */
export class Processes implements Disposable {
  readonly #options: ProcessesOptions;
  readonly #table: ProcessTable;
  readonly #running = new Map<number, ProcessRecord>();
  /** Those that are being made, for they count too: of each its session. */
  readonly #starting = new Set<{ session: number | undefined }>();
  readonly #ended = new History();
  /** Pumps that still have bytes to move, also of processes that ended. */
  readonly #pumps = new Set<Pump>();
  readonly #limits: LimitKeeper;
  readonly #endListeners = new Set<(info: ProcessInfo, status: ExitStatus) => void>();
  readonly #population: Population = {
    get: (pid) => this.get(pid),
    running: () => this.running(),
    ending: () => [...this.#running.values()].filter((record) => record.last),
    ended: () => this.#ended.values(),
  };
  readonly groups = new Groups(this.#population);
  readonly children = new Children(this.#population);
  readonly signals = new Signalling({
    groups: this.groups,
    end: (record, signal) => this.#condemn(record, signal),
    changed: (record) => this.#tellParent(record.ppid),
    interrupt: (record, signal) => void (signal !== 'CHLD' && this.children.interrupt(record.pid)),
  });
  readonly revocation: Revocation;
  readonly resting = new Resting();
  #lastPid = 0;

  constructor(options: ProcessesOptions) {
    this.#options = options;
    this.#limits = new LimitKeeper(options.clock, (record, limit) => this.exceed(record, limit));
    this.#table = new ProcessTable(options.descriptors.arena);
    const { descriptors, clock, onFault } = options;
    this.revocation = new Revocation({ descriptors, clock, running: () => this.running(), ...(onFault && { onFault }) });
  }

  /** Starts a process; resolves when its program has been sent to a worker. All or nothing. */
  async launch(launch: Launch): Promise<SpawnReply> {
    this.#requireRoom(launch);
    launch.line?.hold();
    const start = this.revocation.begin();
    const { record, ports } = await this.#prepare(launch).catch((error: unknown) => {
      this.revocation.settle(start);
      launch.line?.release();
      throw error;
    });
    this.revocation.settle(start, record);
    for (const pump of record.pumps) this.#pumps.add(pump);
    this.#running.set(record.pid, record);
    record.line?.enter(record.pid);
    // Its parent may have ended while it was made.
    if (!this.get(record.ppid)) record.ppid = 0;
    this.#options.changes.begin(record.pid, record.ppid);
    this.#options.runs?.begin(record.pid, record);
    this.#options.onStart?.(record);
    try {
      this.#options.mirror?.refresh(record);
      record.lease = await this.#options.pool.acquire({
        onExit: (message) => void this.#exited(record, message, message.reason === 'exit'),
        onFault: (message) => void this.#broken(record, message),
        onMemory: (memory) => record.threads.share(memory),
      });
    } catch (error) {
      this.#abandon(record);
      throw error;
    }
    this.#options.bus.publish(`proc.${record.pid}.spawn`, infoOf(record));
    launch.onReady?.(record);
    if (record.killed) void this.#terminate(record, record.killed);
    else {
      record.runAt = this.#options.clock.monotonic();
      this.#limits.watch(record);
      record.lease.run(record.threads.run);
    }
    return { pid: record.pid, ...ports };
  }

  async #prepare(launch: Launch): ReturnType<typeof prepare> {
    const place = { session: launch.session };
    this.#starting.add(place);
    try {
      return await prepare(this.#options, this.#table, this.#nextPid(), { ...launch, giver: this.get(launch.ppid) }, (handle, run) => this.#threadsOf(handle, run));
    } finally {
      this.#starting.delete(place);
    }
  }

  #nextPid(): number {
    return this.#options.runs?.nextPid() ?? ++this.#lastPid;
  }

  /** LM6. @throws FsError EAGAIN */
  #requireRoom({ session, limits: { processes } = DEFAULT_LIMITS, name }: Launch): void {
    if (session === undefined || processes === null || this.sizeOf(session) < processes) return;
    this.#options.onCrowded?.(session, processes);
    throw new FsError('EAGAIN', 'spawn', name, { detail: `the session has ${processes} processes, its limit` });
  }

  /** How many of a session run or are being made; a thread beside a process's first counts as one more. */
  sizeOf(session: number): number {
    let count = 0;
    for (const record of this.#running.values()) if (record.session === session && !record.last) count += record.threads.count;
    for (const place of this.#starting) if (place.session === session) count++;
    return count;
  }

  /** Ends a process that came to a limit of its own. */
  exceed(record: ProcessRecord, limit: EndingLimit): void {
    if (record.last || record.killed) return;
    record.verdict = { reason: 'limit', limit, message: limitMessage(limit, record.limits) };
    this.#condemn(record, ENDING[limit]);
  }

  /** New limits for a process that runs. Its memory stays as it was compiled; its children get the new one. */
  setLimits(record: ProcessRecord, limits: Limits): void {
    record.limits = limits;
    if (!record.last && record.lease) this.#limits.watch(record);
  }

  #threadsOf(main: ProcessHandle, run: GuestRun): ThreadGroup {
    const { descriptors: { arena, files }, pool, calls, clock, onStopped, onFault } = this.#options;
    const services = { arena, files, table: this.#table, pool, calls, clock, resting: this.resting, ...(onStopped && { onStopped }), ...(onFault && { onFault }) };
    const record = (): ProcessRecord | undefined => this.get(run.pid);
    return new ThreadGroup(services, main, run, {
      onExit: (message) => void (record() && this.#exited(record()!, message, false)),
      onFault: (message) => void (record() && this.#broken(record()!, message)),
      hasRoom: () => {
        const { session = 0, limits: { processes } = DEFAULT_LIMITS } = record() ?? {};
        return processes === null || this.sizeOf(session) < processes;
      },
      onStart: () => void (record() && this.#limits.watch(record()!)),
    });
  }

  /** A thread has ended the process, by its exit or a trap. `reusable`: it was the first, and its worker can serve again. */
  async #exited(record: ProcessRecord, message: ExitMessage, reusable: boolean): Promise<void> {
    if (record.threads.count > 1) await record.threads.stop();
    record.memory = message.memory;
    const status: ExitStatus = { code: message.code, signal: null, reason: message.reason, duration: 0 };
    if (message.message !== undefined) status.message = message.message;
    await this.#end(record, status, reusable);
  }

  /** A worker of it will do nothing more. */
  async #broken(record: ProcessRecord, message: string): Promise<void> {
    if (record.threads.count > 1) await record.threads.stop();
    await this.#end(record, { code: 134, signal: null, reason: 'error', message, duration: 0 }, false);
  }

  /** Sends a signal. Resolves when it has been delivered, and when the process has ended if that is what it does. @throws FsError ESRCH */
  async kill(pid: number, signal: Signal): Promise<void> {
    const record = this.#running.get(pid);
    if (!record || (record.last && !record.killed)) throw new FsError('ESRCH', 'kill', String(pid));
    this.signals.deliver(record, signal);
    if (record.killed) await record.ended.promise;
  }

  #condemn(record: ProcessRecord, signal: Signal): void {
    record.killed = signal;
    if (record.lease) void this.#terminate(record, signal);
  }

  /** PR5: dying first, then the gate, then the worker. */
  async #terminate(record: ProcessRecord, signal: Signal): Promise<void> {
    await record.threads.stop();
    await this.#end(record, { code: signalCode(signal), signal, reason: 'killed', duration: 0, ...record.verdict }, false);
  }

  /** PR6: once for each process; everything it had is let go, then its end is told. */
  async #end(record: ProcessRecord, status: ExitStatus, reusable: boolean): Promise<void> {
    const { pid, lease } = record;
    if (!lease || record.last) return;
    const atRisk = this.groups.atRisk(record);
    const info = (record.last = infoOf(record));
    const { hasChanged } = record.threads;
    this.#limits.forget(record);
    lease.release(reusable);
    this.#letGo(record, reusable);
    this.#letOrphansGo(atRisk);
    const changes = await this.#changesOf(pid, hasChanged);
    const full: ExitStatus = { ...status, duration: this.#options.clock.monotonic() - record.startedAt };
    if (changes) full.changes = changes;
    const run = this.#options.runs?.of(pid);
    if (run) full.run = run;
    if (record.line?.name !== undefined && (hasChanged || record.line.changed)) full.overlay = record.line.name;
    record.line?.release(record.pid);
    this.#running.delete(pid);
    const last: ProcessInfo = { ...info, ppid: record.ppid, state: 'exited', exit: full };
    this.#remember(last, full);
    for (const listener of [...this.#endListeners]) listener(last, full);
    record.ended.resolve(full);
    this.#tellParent(record.ppid);
    this.#options.bus.publish(`proc.${pid}.exit`, full);
  }

  /** Stopped groups that nobody can let go on any more are told to end, and let go on (POSIX.1-2017, XSH `_exit`). */
  #letOrphansGo(atRisk: readonly number[]): void {
    for (const group of atRisk) {
      if (!this.groups.isOrphaned(group)) continue;
      this.signals.toGroup(group, 'HUP');
      this.signals.toGroup(group, 'CONT');
    }
  }

  #tellParent(ppid: number): void {
    const parent = this.get(ppid);
    if (!parent) return;
    this.children.changed(ppid);
    this.signals.deliver(parent, 'CHLD');
    // Who looks for ends while it waits for something else looks again.
    parent.handle.ring();
  }

  #letGo(record: ProcessRecord, atOnce: boolean): void {
    const { pcb, fds, pid } = record;
    this.#options.onStopped?.(pcb);
    fds.destroy();
    this.#options.descriptors.ports.sweep();
    this.#options.calls.release(pcb);
    this.#orphan(pid);
    for (const pump of record.pumps) pump.pump();
    if (atOnce) this.#freeBlock(record);
    else {
      record.handle.setDying();
      this.resting.later(() => this.#freeBlock(record));
    }
  }

  #freeBlock({ pcb, mirrored }: ProcessRecord): void {
    this.#table.free(pcb);
    if (mirrored) this.#options.mirror?.release(mirrored);
  }

  /** The kernel adopts the children: parent 0, and nobody waits for them. */
  #orphan(pid: number): void {
    this.children.interrupt(pid);
    for (const child of this.#running.values()) if (child.ppid === pid) child.ppid = 0;
    this.#ended.orphan(pid);
  }

  /** What it changed is known once it is stored; who changed nothing need not wait for others. */
  async #changesOf(pid: number, hasChanged: boolean): Promise<ExitStatus['changes']> {
    const settled = hasChanged ? this.#options.settled?.() : undefined;
    if (settled) await Promise.race([settled.catch(() => {}), new Promise<void>((resolve) => void setTimeout(resolve, SETTLE_MAX))]);
    return this.#options.changes.end(pid);
  }

  /** Nobody waits for what has no parent, or one that ignores its children's ends. */
  #remember(info: ProcessInfo, status: ExitStatus): void {
    const parent = this.get(info.ppid);
    this.#ended.add(info, status, !parent || (parent.ignored & bitOf('CHLD')) !== 0);
  }

  /** Undoes a process that got no worker. */
  #abandon(record: ProcessRecord): void {
    this.#running.delete(record.pid);
    this.#options.changes.end(record.pid);
    this.#letGo(record, true);
    record.line?.release(record.pid);
    record.ended.resolve({ code: NOT_RUNNABLE, signal: null, reason: 'error', message: 'no worker could be started', duration: 0 });
  }

  /** Remembers a process that could not be run, as one that ended at once. Returns its pid. */
  failed(origin: Pick<Launch, 'name' | 'args' | 'cwd' | 'ppid' | 'tty' | 'group' | 'session'>, message: string): number {
    const pid = this.#nextPid();
    const status: ExitStatus = { code: NOT_RUNNABLE, signal: null, reason: 'error', message, duration: 0 };
    const info: ProcessInfo = {
      pid, ppid: origin.ppid, group: origin.group ?? pid, session: origin.session ?? pid, name: origin.name, args: [...origin.args], cwd: origin.cwd, state: 'exited',
      started: Number(this.#options.clock.realtime() / 1000n) / 1000, tty: origin.tty, exit: status, openFiles: 0, syscalls: 0, cpu: 0, read: 0, written: 0,
    };
    this.#remember(info, status);
    this.#tellParent(origin.ppid);
    return pid;
  }

  /** What was committed of a session or a branch. */
  changed(changes: readonly CommittedChange[]): void {
    this.#options.changes.add(changes);
  }

  /** The process whose control block this is, or that of one of its threads. */
  at(pcb: number): ProcessRecord | undefined {
    const process = this.#options.descriptors.arena.u32[(pcb >>> 2) + Pcb.PROCESS]! || pcb;
    for (const record of this.#running.values()) if (record.pcb === process && !record.last) return record;
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
    return [...[...this.#running.values()].map(infoOf), ...this.#ended.latestFirst()];
  }

  info(pid: number): ProcessInfo | undefined {
    const record = this.get(pid);
    return record && infoOf(record);
  }

  /** Told before those who wait. */
  onEnd(listener: (info: ProcessInfo, status: ExitStatus) => void): Disposable {
    this.#endListeners.add(listener);
    return { dispose: () => this.#endListeners.delete(listener) };
  }

  /** Pumps that are no process's. */
  attach(pumps: readonly Pump[]): void {
    for (const pump of pumps) {
      this.#pumps.add(pump);
      pump.pump();
    }
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
    this.resting.settle();
  }
}
