import type { FromGuest, GuestRun } from '../../shared/abi/index.ts';
import { letGoOfThread, Pcb, prepareThread, prepareThreadTrace, ProcessHandle, type Arena, type OpenFiles, type ProcessTable } from '../../shared/arena/index.ts';
import { FsError, type Clock } from '../../shared/base/index.ts';
import type { CallServer } from '../../shared/link/index.ts';
import { deferred } from './deferred.ts';
import type { Resting } from './resting.ts';
import type { WorkerLease, WorkerPool } from './worker-pool.ts';

/** Threads of one process beside its first, at most: each is a worker, and takes a control block. */
export const THREADS_MAX = 32;
/** Milliseconds to wait for the gates of a process that is to end. */
const GATE_TIMEOUT = 2000;
export interface ThreadServices {
  arena: Arena;
  files: OpenFiles;
  table: ProcessTable;
  pool: WorkerPool;
  calls: Pick<CallServer, 'prepare' | 'release'>;
  clock: Clock;
  resting: Resting;
  /** A thread has stopped, and its control block is about to be given to another. */
  onStopped?: (pcb: number) => void;
  /** Our own bugs, such as a gate that stays set. */
  onFault?: (message: string) => void;
}

export type ExitMessage = Extract<FromGuest, { type: 'exit' }>;

/** What any thread can do to its process. */
export interface ThreadEvents {
  /** It exited the process, or trapped. */
  onExit(message: ExitMessage): void;
  /** Its worker broke. */
  onFault(message: string): void;
  /** Whether its session may have one more. */
  hasRoom(): boolean;
  /** There is one more. */
  onStart(): void;
}

interface Thread {
  readonly tid: number;
  readonly pcb: number;
  readonly handle: ProcessHandle;
  /** Null while a worker is being had. */
  lease: WorkerLease | null;
  /** On the monotonic clock. */
  runAt: number;
}

/** The threads of one process: its first, which has the process's own control block, and those that were started since. Rules: SPEC.md (TH1 …). */
export class ThreadGroup {
  readonly #services: ThreadServices;
  readonly #main: ProcessHandle;
  /** What the worker of its first thread is sent. */
  readonly run: GuestRun;
  readonly #events: ThreadEvents;
  readonly #others = new Map<number, Thread>();
  readonly #memory = deferred<WebAssembly.Memory>();
  #lastTid = 0;
  #stopping: Promise<void> | null = null;
  /** Of threads that have ended. */
  #pastSyscalls = 0;
  #pastRead = 0;
  #pastWritten = 0;
  #pastCpu = 0;
  #pastChanged = false;
  #stopped = false;
  #held = false;

  /** `main`: of the process's own control block. */
  constructor(services: ThreadServices, main: ProcessHandle, run: GuestRun, events: ThreadEvents) {
    this.#services = services;
    this.#main = main;
    this.run = run;
    this.#events = events;
    this.#memory.promise.catch(() => {});
  }

  get count(): number {
    return 1 + this.#others.size;
  }

  get syscalls(): number {
    let sum = this.#main.syscalls + this.#pastSyscalls;
    for (const { handle } of this.#others.values()) sum += handle.syscalls;
    return sum;
  }

  get bytesRead(): number {
    let sum = this.#main.bytesRead + this.#pastRead;
    for (const { handle } of this.#others.values()) sum += handle.bytesRead;
    return sum;
  }

  get bytesWritten(): number {
    let sum = this.#main.bytesWritten + this.#pastWritten;
    for (const { handle } of this.#others.values()) sum += handle.bytesWritten;
    return sum;
  }

  #cpuOf({ handle, runAt }: Thread): number {
    return runAt === Infinity ? 0 : handle.ran(this.#services.clock.monotonic() - runAt);
  }

  /** Milliseconds that they ran together, waits left out; `elapsed`: since the first one's start. */
  cpu(elapsed: number): number {
    let sum = this.#main.ran(elapsed) + this.#pastCpu;
    for (const thread of this.#others.values()) sum += this.#cpuOf(thread);
    return sum;
  }

  /** Whether any of them put anything into the journal. */
  get hasChanged(): boolean {
    return this.#main.hasChanged || this.#pastChanged || [...this.#others.values()].some(({ handle }) => handle.hasChanged);
  }

  /** All of them wait for something. */
  get waiting(): boolean {
    return this.#main.waiting && [...this.#others.values()].every(({ handle }) => handle.waiting);
  }

  /** By a signal: none enters a section or comes back from a wait, until they are let go on. */
  setStopped(stopped: boolean): void {
    this.#stopped = stopped;
    this.#main.setStopped(stopped);
    for (const { handle } of this.#others.values()) handle.setStopped(stopped);
  }

  /** For a moment, as by a stop. One that is made meanwhile too. */
  setHeld(held: boolean): void {
    this.#held = held;
    this.#main.setHeld(held);
    for (const { handle } of this.#others.values()) handle.setHeld(held);
  }

  /** One of them is within a section. */
  get inSection(): boolean {
    return this.#main.gateSet || [...this.#others.values()].some(({ handle }) => handle.gateSet);
  }

  moveGrantEpoch(): void {
    this.#main.moveGrantEpoch();
    for (const { handle } of this.#others.values()) handle.moveGrantEpoch();
  }

  /** Their process group, by which a terminal knows who may read. */
  set group(group: number) {
    this.#main.group = group;
    for (const { handle } of this.#others.values()) handle.group = group;
  }

  /** Control blocks, the process's first. */
  blocks(): number[] {
    return [this.#main.address, ...[...this.#others.values()].map(({ pcb }) => pcb)];
  }

  /** The memory that the threads share; told before the program starts. */
  share(memory: WebAssembly.Memory): void {
    this.#memory.resolve(memory);
  }

  /** Starts a thread; its tid. All or nothing. @throws FsError EAGAIN, ESRCH if the process is ending */
  async spawn(start: number): Promise<number> {
    const thread = this.#make();
    try {
      // The bell of the call may be heard before the message with the memory.
      const memory = await this.#memory.promise;
      const lease = await this.#services.pool.acquire({
        onExit: (message) => this.#events.onExit(message),
        onFault: (message) => this.#events.onFault(message),
        onThreadEnd: () => this.#ended(thread),
      });
      if (this.#stopping) {
        lease.release(true);
        throw new FsError('ESRCH', 'thread-spawn', this.run.args[0]);
      }
      thread.lease = lease;
      thread.runAt = this.#services.clock.monotonic();
      lease.run({ ...this.run, pcb: thread.pcb, thread: { tid: thread.tid, start, memory } });
      this.#events.onStart();
      return thread.tid;
    } catch (error) {
      this.#letGo(thread, true);
      throw error;
    }
  }

  #make(): Thread {
    const { arena, table, calls } = this.#services;
    const refuse = (detail: string): FsError => new FsError('EAGAIN', 'thread-spawn', this.run.args[0], { detail });
    if (this.#stopping || this.#others.size >= THREADS_MAX) throw refuse(`a process has ${THREADS_MAX + 1} threads at most`);
    if (!this.#events.hasRoom()) throw refuse('the session has as many processes and threads as it may have');
    const ppid = arena.u32[(this.#main.address >>> 2) + Pcb.PPID]!;
    const pcb = table.allocate(this.#main.pid, ppid);
    if (pcb === 0) throw refuse('too many processes and threads');
    arena.u32[(pcb >>> 2) + Pcb.PROCESS] = this.#main.address;
    if (!prepareThread(arena, pcb) || !calls.prepare(pcb)) {
      letGoOfThread(arena, this.#services.files, pcb);
      table.free(pcb);
      throw refuse('shared memory is full');
    }
    prepareThreadTrace(arena, pcb);
    const thread: Thread = { tid: ++this.#lastTid, pcb, handle: new ProcessHandle(arena, pcb), lease: null, runAt: Infinity };
    thread.handle.group = this.#main.group;
    if (this.#stopped) thread.handle.setStopped(true);
    if (this.#held) thread.handle.setHeld(true);
    this.#others.set(thread.tid, thread);
    return thread;
  }

  #ended(thread: Thread): void {
    if (this.#stopping) return;
    thread.lease?.release(true);
    this.#letGo(thread, true);
  }

  /** Of a thread whose worker does nothing for it any more; `atOnce`: it certainly does not. */
  #letGo(thread: Thread, atOnce: boolean): void {
    if (!this.#others.delete(thread.tid)) return;
    const { arena, files, table, calls, resting, onStopped } = this.#services;
    const { pcb, handle } = thread;
    this.#pastSyscalls += handle.syscalls;
    this.#pastRead += handle.bytesRead;
    this.#pastWritten += handle.bytesWritten;
    this.#pastCpu += this.#cpuOf(thread);
    this.#pastChanged ||= handle.hasChanged;
    onStopped?.(pcb);
    letGoOfThread(arena, files, pcb);
    calls.release(pcb);
    if (atOnce) table.free(pcb);
    else resting.later(() => table.free(pcb));
  }

  /**
   * None of them changes anything in the arena any more: dying first, then the gates; then the workers of all but the first are ended,
   * and what they had is let go. The first's worker and control block are the caller's.
   */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #stop(): Promise<void> {
    const { clock, onFault } = this.#services;
    const threads = [...this.#others.values()];
    const handles = [this.#main, ...threads.map(({ handle }) => handle)];
    for (const handle of handles) {
      handle.setDying();
      handle.ring();
    }
    const isBusy = (): boolean => handles.some((handle) => handle.gateSet);
    const deadline = clock.monotonic() + GATE_TIMEOUT;
    for (let tries = 0; isBusy() && clock.monotonic() < deadline; tries++) {
      await new Promise<void>((resolve) => void setTimeout(resolve, tries < 10 ? 0 : 5));
    }

    // Of a memory that it had not told by now nobody will hear.
    this.#memory.reject(new FsError('ESRCH', 'thread-spawn', this.run.args[0]));
    if (isBusy()) onFault?.(`process ${this.#main.pid} did not leave its critical section within ${GATE_TIMEOUT} ms`);
    for (const thread of threads) {
      // One without a worker is undone by who is having it made.
      if (!thread.lease) continue;
      thread.lease.release(false);
      this.#letGo(thread, false);
    }
  }
}
