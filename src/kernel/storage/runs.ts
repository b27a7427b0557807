import type { RunKind } from '../../shared/abi/index.ts';
import type { RunRecord } from '../contract/index.ts';

export interface RunsOptions {
  /** `nextRun` of the store's head. */
  next: number;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** What a batch stores of runs. */
export interface RunRows {
  runs: RunRecord[];
  nextRun: number;
}

/** Runs that have ended and whose records are kept in memory, at most: later journal entries may still name them. */
const ENDED_MAX = 4096;

/**
 * The runs of this session: it gives out process numbers, and run `next - 1 + pid` is the one of process `pid`. A kernel's act
 * for the user has a process number too, under which the tree journals what it does. A run's record is stored with the
 * first batch that mentions it, and again if it ends after that.
 */
export class Runs {
  readonly #options: RunsOptions;
  #base: number;
  readonly #records = new Map<number, RunRecord>();
  readonly #stored = new Set<number>();
  /** Stored, and ended since. */
  readonly #ended = new Set<number>();
  #lastPid = 0;

  constructor(options: RunsOptions) {
    this.#options = options;
    this.#base = options.next - 1;
  }

  /** Another session has given out runs: those of this one that go on have new numbers, from `next` on. */
  rebase(next: number): void {
    this.#base = next - 1;
    this.#stored.clear();
    this.#ended.clear();
    for (const [pid, record] of this.#records) {
      if (record.ended === undefined) this.#records.set(pid, { ...record, run: this.#base + pid });
      else this.#records.delete(pid);
    }
  }

  /** A process number that nobody has had in this session. */
  nextPid(): number {
    return ++this.#lastPid;
  }

  /** The run of a process; 0 for the user in the window, who has none. */
  of(pid: number): number {
    return this.#records.has(pid) ? this.#base + pid : 0;
  }

  /** Of this session's runs, also of those that changed nothing. */
  record(run: number): RunRecord | undefined {
    return this.#records.get(run - this.#base);
  }

  /** A program starts. */
  begin(pid: number, { name, args, started }: Pick<RunRecord, 'name' | 'args' | 'started'>): number {
    return this.#add({ run: this.#base + pid, pid, kind: 'program', name, args: [...args], started });
  }

  end(pid: number): void {
    const record = this.#records.get(pid);
    if (!record || record.ended !== undefined) return;
    record.ended = this.#options.now();
    if (this.#stored.has(pid)) this.#ended.add(pid);
    this.#forgetOldest();
  }

  /** Something that the kernel does for the user. What it changes must be journaled under `pid`; call `end(pid)` after it. */
  act(kind: Exclude<RunKind, 'program'>, name: string): { run: number; pid: number } {
    const pid = this.nextPid();
    return { run: this.#add({ run: this.#base + pid, pid, kind, name, args: [], started: this.#options.now() }), pid };
  }

  /** What a batch with changes of these processes is to store. To be called for each batch, in order. */
  rows(pids: Iterable<number>): RunRows {
    const wanted = new Set(this.#ended);
    this.#ended.clear();
    for (const pid of pids) if (this.#records.has(pid) && !this.#stored.has(pid)) wanted.add(pid);
    const runs = [...wanted].flatMap((pid) => this.#records.get(pid) ?? []);
    for (const { pid } of runs) this.#stored.add(pid);
    return { runs: runs.map((record) => ({ ...record })), nextRun: this.#base + this.#lastPid + 1 };
  }

  #add(record: RunRecord): number {
    this.#records.set(record.pid, record);
    return record.run;
  }

  #forgetOldest(): void {
    if (this.#records.size <= ENDED_MAX) return;
    for (const [pid, { ended }] of this.#records) {
      if (this.#records.size <= ENDED_MAX) return;
      if (ended === undefined || this.#ended.has(pid)) continue;
      this.#records.delete(pid);
      this.#stored.delete(pid);
    }
  }
}
