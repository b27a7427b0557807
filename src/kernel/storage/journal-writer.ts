import { FsError, type Disposable } from '../../shared/base/index.ts';
import type { Store, StoreBatch } from '../contract/index.ts';
import type { CommittedChange } from './fold.ts';
import type { PreparedBatch } from './overlay.ts';
import type { CutBatch } from './raw-change.ts';

/** Where batches come from: the journal ring of the arena. */
export interface ChangeSource {
  /** Takes all changes so far; null if there are none. Not called again before the last batch was applied. */
  cut(): Promise<CutBatch | null>;
  /** Everything before `position` is in the store; `strict`: and on disk. Never goes back. */
  setDurable(position: number, strict: boolean): void;
}

/** What makes batches for the store; an `Overlay`, or several of them. */
export interface BatchFolder {
  apply(cut: CutBatch): Promise<PreparedBatch | null>;
  emptyBatch(): StoreBatch;
  settle(batch: StoreBatch): void;
}

export interface JournalWriterOptions {
  overlay: BatchFolder;
  store: Store;
  source: ChangeSource;
  /** Milliseconds from the first change to its batch. Default 25; with a commit this stays below 100. */
  groupDelay?: number;
  /** Milliseconds before the first retry of a failed commit, doubled up to 10 000. Default 250. */
  retryDelay?: number;
  /** A commit failed (ENOSPC, EIO, EROFS). The batch is kept and tried again. */
  onFailure?: (error: FsError) => void;
  /** After a failure, a commit went through again. */
  onRecovery?: () => void;
}

type Waiter = { resolve: () => void; reject: (error: unknown) => void };
type Act = Waiter & { run: () => Promise<void> };
type Job = { prepared: PreparedBatch | null; position: number; waiters: Waiter[] };

/** Batches that are applied and wait behind the one being committed, at most; beyond it the ring fills and writers wait. */
const MAX_QUEUED = 2;
const MAX_RETRY_DELAY = 10_000;

/**
 * Drains the ring into the store: groups, folds, commits, tells. Rules JO* in SPEC.md.
 * The next batch is hashed while the last one is being committed; commits keep the order.
 */
export class JournalWriter implements Disposable {
  readonly #options: JournalWriterOptions;
  readonly #listeners = new Set<(changes: readonly CommittedChange[]) => void>();
  readonly #queue: Job[] = [];
  #syncs: Waiter[] = [];
  #folds: Waiter[] = [];
  #acts: Act[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #filling = false;
  #draining = false;
  #failure: FsError | null = null;
  #failures = 0;
  #relaxedSince = false;
  #position = 0;
  /** Cut from the ring, not applied yet: kept if applying fails. */
  #held: CutBatch | null = null;
  #stopped = false;
  #idle: (() => void)[] = [];

  constructor(options: JournalWriterOptions) {
    this.#options = options;
  }

  /** Why the last commit failed, while it has not succeeded since; writers may be refused with its code. */
  get failed(): FsError | null {
    return this.#failure;
  }

  /** Something was put into the ring. Cheap; may be called any number of times. */
  wake(): void {
    if (this.#stopped || this.#filling || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#fill(), this.#options.groupDelay ?? 25);
  }

  /** Until everything that is in the ring now is on disk. Rejects with the store's error if that fails; nothing is given up then. */
  sync(): Promise<void> {
    if (this.#stopped) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      this.#syncs.push({ resolve, reject });
      if (this.#failure) this.retry();
      this.#fill();
    });
  }

  /** Until everything that is in the ring now is known to the overlay; it may not be in the store yet. Rejects if it cannot be folded. */
  folded(): Promise<void> {
    if (this.#stopped) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      this.#folds.push({ resolve, reject });
      void this.#fill();
    });
  }

  /**
   * Runs `action` between two batches: what is in the ring now is in the store, and no later batch is cut until it has ended.
   * Rejects with the store's error, and does not run it, if what came before cannot be stored.
   */
  between<T>(action: () => Promise<T>): Promise<T> {
    if (this.#stopped) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      const run = (): Promise<void> => action().then(resolve, reject);
      this.#acts.push({ run, resolve: () => undefined, reject });
      if (this.#failure) this.retry();
      void this.#fill();
    });
  }

  /** As `between`; but where what came before cannot be stored, `action` runs all the same, and that is tried again after it: for what frees space. */
  async makingRoom<T>(action: () => Promise<T>): Promise<T> {
    let begun = false;
    const done = this.between(() => {
      begun = true;
      return action();
    });
    const refused = await done.then(() => null, (error: unknown) => ({ error }));
    if (begun || !refused) return done;
    if (this.#stopped || !this.#failure) throw refused.error;
    return this.#aside(action);
  }

  /** While the queue rests. */
  async #aside<T>(action: () => Promise<T>): Promise<T> {
    while (this.#draining) await new Promise<void>((resume) => this.#idle.push(resume));
    if (this.#stopped) throw closed();
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#draining = true;
    try {
      return await action();
    } finally {
      this.#draining = false;
      for (const resume of this.#idle.splice(0)) resume();
      void this.#drain();
    }
  }

  /** Tells the changes of each batch once it is committed. */
  onCommitted(listener: (changes: readonly CommittedChange[]) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Tries a failed commit again at once. */
  retry(): void {
    if (this.#retryTimer === undefined) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    void this.#drain();
  }

  /** Writes what there is, strictly, then stops. Rejects if it could not be written. */
  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      this.dispose();
    }
  }

  /** Stops without writing. */
  dispose(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#retryTimer);
    this.#timer = this.#retryTimer = undefined;
    for (const waiter of [...this.#allWaiters(), ...this.#folds.splice(0)]) waiter.reject(closed());
    for (const resume of this.#idle.splice(0)) resume();
  }

  /** Cuts and applies until the ring is empty. One at a time. */
  async #fill(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#filling) return;
    this.#filling = true;
    let more = false;
    try {
      do {
        const due = [...this.#acts];
        more = await this.#fillOnce();
        for (const act of due) await this.#act(act);
      } while (this.#syncs.length + this.#folds.length + this.#acts.length > 0 && !this.#stopped);
    } catch (error) {
      this.#fillFailed(error);
    }
    this.#filling = false;
    if (more) this.wake();
  }

  async #fillOnce(): Promise<boolean> {
    while (this.#queue.length > MAX_QUEUED && !this.#stopped) await new Promise<void>((resume) => this.#idle.push(resume));
    if (this.#stopped) return false;
    const waiters = this.#syncs.splice(0);
    const folds = this.#folds.splice(0);
    const job: Job = { prepared: null, position: this.#position, waiters };
    try {
      const cut = (this.#held ??= await this.#options.source.cut());
      if (cut) {
        job.prepared = await this.#options.overlay.apply(cut);
        this.#position = job.position = cut.position;
        this.#held = null;
      }
      // What was stopped meanwhile does not know of these waiters.
      if (this.#stopped) throw closed();
      for (const fold of folds) fold.resolve();
      if (cut || waiters.length > 0) this.#queue.push(job);
      void this.#drain();
      return cut !== null;
    } catch (error) {
      for (const waiter of [...waiters, ...folds]) waiter.reject(error);
      throw error;
    }
  }

  /** Once all that was cut before is in the store. One that was rejected meanwhile is not waiting any more. */
  async #act(act: Act): Promise<void> {
    const waits = (): boolean => this.#acts.includes(act);
    while (this.#queue.length > 0 && waits()) await new Promise<void>((resume) => this.#idle.push(resume));
    if (!waits()) return;
    this.#acts.splice(this.#acts.indexOf(act), 1);
    await act.run();
  }

  #fillFailed(error: unknown): void {
    if (this.#stopped) return;
    const failure = asFsError(error);
    this.#options.onFailure?.(failure);
    for (const waiter of [...this.#syncs.splice(0), ...this.#folds.splice(0), ...this.#acts.splice(0)]) waiter.reject(failure);
    this.#timer = setTimeout(() => this.#fill(), this.#options.retryDelay ?? 250);
  }

  /** Commits what is queued, in order; stops at a failure until the retry. One at a time. */
  async #drain(): Promise<void> {
    if (this.#draining || this.#retryTimer !== undefined) return;
    this.#draining = true;
    for (let job = this.#queue[0]; job && !this.#stopped; job = this.#queue[0]) {
      const strict = job.waiters.length > 0;
      const error = await this.#commit(job, strict).then(() => null, asFsError);
      if (error) {
        this.#commitFailed(error);
        break;
      }
      this.#queue.shift();
      this.#committed(job, strict);
    }
    this.#draining = false;
  }

  async #commit({ prepared }: Job, strict: boolean): Promise<void> {
    const { store, overlay } = this.#options;
    if (!prepared && !(strict && this.#relaxedSince)) return;
    const batch = prepared?.batch ?? overlay.emptyBatch();
    batch.durability = strict ? 'strict' : 'relaxed';
    await store.commit(batch);
    this.#relaxedSince = !strict;
  }

  #committed({ prepared, position, waiters }: Job, strict: boolean): void {
    const { overlay, source } = this.#options;
    if (prepared) overlay.settle(prepared.batch);
    if (this.#failure) {
      this.#failure = null;
      this.#failures = 0;
      this.#options.onRecovery?.();
    }
    source.setDurable(position, strict);
    for (const waiter of waiters) waiter.resolve();
    for (const resume of this.#idle.splice(0)) resume();
    if (prepared && prepared.committed.length > 0) this.#tell(prepared.committed);
  }

  /** A listener's error is its own: it reaches the supervisor, and the journal goes on. */
  #tell(changes: readonly CommittedChange[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(changes);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  #commitFailed(error: FsError): void {
    this.#failure = error;
    const delay = Math.min(MAX_RETRY_DELAY, (this.#options.retryDelay ?? 250) * 2 ** this.#failures++);
    for (const waiter of this.#allWaiters()) waiter.reject(error);
    for (const resume of this.#idle.splice(0)) resume();
    if (!this.#stopped) {
      this.#retryTimer = setTimeout(() => {
        this.#retryTimer = undefined;
        void this.#drain();
      }, delay);
    }
    this.#options.onFailure?.(error);
  }

  #allWaiters(): Waiter[] {
    return [...this.#queue.flatMap((job) => job.waiters.splice(0)), ...this.#syncs.splice(0), ...this.#acts.splice(0)];
  }
}

const closed = (): FsError => new FsError('EIO', 'sync', undefined, { detail: 'the journal is closed' });

function asFsError(error: unknown): FsError {
  return error instanceof FsError ? error : new FsError('EIO', 'commit', undefined, { cause: error, detail: String(error) });
}
