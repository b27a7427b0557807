import type { FromGuest, GuestInit, GuestRun } from '../../shared/abi/index.ts';
import { FsError, type Disposable } from '../../shared/base/index.ts';
import type { GuestWorker, WorkerSpawner } from '../contract/index.ts';
import { deferred } from './deferred.ts';

const WARM = 2;
const IDLE_MAX = 8;
/** Milliseconds without a start or an end after which workers are made ahead. */
const QUIET = 100;
/** The same for the first of them, after the one that the first prompt runs in: until that is on the screen it has the processors. */
const FIRST_QUIET = 700;

export interface WorkerPoolOptions {
  spawner: WorkerSpawner;
  init: GuestInit;
  /** Workers kept ready. Default 2. */
  warm?: number;
  /** Idle workers kept after use, at most: a pipeline wants several at once. Default 8. */
  idleMax?: number;
  /** Milliseconds for a worker to report ready. Default 20 000. */
  startTimeout?: number;
}

export interface LeaseEvents {
  onExit(message: Extract<FromGuest, { type: 'exit' }>): void;
  /** The worker is broken: nothing more will come from it. */
  onFault(message: string): void;
  /** The program shares its memory with threads. */
  onMemory?(memory: WebAssembly.Memory): void;
  /** It ran one thread of a process, whose function has returned. */
  onThreadEnd?(): void;
}

/** One worker, for one run. */
export interface WorkerLease {
  run(message: GuestRun): void;
  /** Gives the worker back; `reusable` after a clean end, else it is ended. */
  release(reusable: boolean): void;
}

interface Member {
  readonly worker: GuestWorker;
  readonly ready: Promise<void>;
  events: LeaseEvents | null;
  dead: boolean;
}

/**
 * Guest workers, made ahead: starting one costs tens of milliseconds, a warm one answers within one.
 * Workers that ended a run cleanly serve again; others are replaced, once it is quiet: making one takes the processor from those
 * that run. More than `warm` are made when they are asked for.
 */
export class WorkerPool implements Disposable {
  readonly #options: WorkerPoolOptions;
  readonly #idle: Member[] = [];
  readonly #all = new Set<Member>();
  #disposed = false;
  #refilling: ReturnType<typeof setTimeout> | undefined;
  #quiet = FIRST_QUIET;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#ahead({ ...options.init, shell: true });
    this.#refillSoon();
  }

  get size(): number {
    return this.#all.size;
  }

  get idle(): number {
    return this.#idle.length;
  }

  /** @throws FsError EAGAIN if no worker can be started */
  async acquire(events: LeaseEvents): Promise<WorkerLease> {
    for (;;) {
      if (this.#disposed) throw new FsError('ECANCELED', 'spawn', undefined, { detail: 'the kernel is shutting down' });
      const member = this.#idle.shift() ?? this.#start();
      try {
        await member.ready;
      } catch (error) {
        throw new FsError('EAGAIN', 'spawn', undefined, { detail: `no worker could be started: ${String(error)}`, cause: error });
      }
      if (member.dead) continue;
      this.#refillSoon();
      return this.#lease(member, events);
    }
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#refilling);
    for (const member of [...this.#all]) this.#end(member);
  }

  #lease(member: Member, events: LeaseEvents): WorkerLease {
    member.events = events;
    let released = false;
    return {
      run: (message) => member.worker.post(message),
      release: (reusable) => {
        if (released) return;
        released = true;
        member.events = null;
        if (reusable && !member.dead && this.#idle.length < (this.#options.idleMax ?? IDLE_MAX)) this.#idle.unshift(member);
        else this.#end(member);
        this.#refillSoon();
      },
    };
  }

  #refillSoon(): void {
    clearTimeout(this.#refilling);
    if (!this.#disposed && this.#idle.length < (this.#options.warm ?? WARM)) this.#refilling = setTimeout(() => this.#refill(), this.#quiet);
  }

  #refill(): void {
    this.#quiet = QUIET;
    while (!this.#disposed && this.#idle.length < (this.#options.warm ?? WARM)) this.#ahead(this.#options.init);
  }

  #ahead(init: GuestInit): void {
    const member = this.#start(init);
    this.#idle.push(member);
    // Whoever acquires it sees the failure; refilling at once would try forever.
    member.ready.catch(() => {});
  }

  #start(init = this.#options.init): Member {
    const worker = this.#options.spawner.spawn();
    const { promise, resolve, reject } = deferred<void>();
    const member: Member = { worker, ready: promise, events: null, dead: false };
    this.#all.add(member);
    const timer = setTimeout(() => fail('it did not answer in time'), this.#options.startTimeout ?? 20_000);
    const fail = (message: string): void => {
      clearTimeout(timer);
      reject(new Error(message));
      const { events } = member;
      this.#end(member);
      events?.onFault(message);
    };
    worker.onMessage((message) => {
      if (message.type === 'exit') member.events?.onExit(message);
      else if (message.type === 'memory') member.events?.onMemory?.(message.memory);
      else if (message.type === 'thread-end') member.events?.onThreadEnd?.();
      else {
        clearTimeout(timer);
        resolve();
      }
    });
    worker.onError(fail);
    worker.post(init);
    return member;
  }

  #end(member: Member): void {
    if (member.dead) return;
    member.dead = true;
    member.events = null;
    this.#all.delete(member);
    const at = this.#idle.indexOf(member);
    if (at >= 0) this.#idle.splice(at, 1);
    member.worker.terminate();
  }
}
