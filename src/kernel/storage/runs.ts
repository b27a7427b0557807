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
    const before = this.#base;
    this.#base = next - 1;
    this.#stored.clear();
    this.#ended.clear();
    for (const [pid, record] of this.#records) {
      if (record.ended !== undefined) this.#records.delete(pid);
    }
    for (const [pid, { parent: old, ...record }] of this.#records) {
      const parent = old === undefined ? 0 : this.of(old - before);
      this.#records.set(pid, { ...record, run: this.#base + pid, ...(parent !== 0 && { parent }) });
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

  /** Those of this session from `run` on, by number, as far as they are remembered. */
  *from(run: number): Generator<RunRecord> {
    for (const record of this.#records.values()) if (record.run >= run) yield record;
  }

  /** A program starts; `ppid`: the process that started it, 0 for none. */
  begin(pid: number, { name, args, started, ppid = 0 }: Pick<RunRecord, 'name' | 'args' | 'started'> & { ppid?: number }): number {
    const parent = this.of(ppid);
    return this.#add({ run: this.#base + pid, pid, ...(parent !== 0 && { parent }), kind: 'program', name, args: [...args], started });
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

  /** What a process number of this session stands for: a program, or something that the kernel did for the user. */
  kindOf(pid: number): RunKind | undefined {
    return this.#records.get(pid)?.kind;
  }

  /** What a batch with changes of these processes is to store. To be called for each batch, in order. */
  rows(pids: Iterable<number>): RunRows {
    const wanted = new Set(this.#ended);
    this.#ended.clear();
    for (const pid of pids) this.#want(pid, wanted);
    const runs = [...wanted].flatMap((pid) => this.#records.get(pid) ?? []);
    for (const { pid } of runs) this.#stored.add(pid);
    return { runs: runs.map((record) => ({ ...record })), nextRun: this.#base + this.#lastPid + 1 };
  }

  /** With what started it, which may never change anything itself: a run is found by what it started. */
  #want(pid: number, wanted: Set<number>): void {
    for (let at = pid; !this.#stored.has(at) && !wanted.has(at);) {
      const record = this.#records.get(at);
      if (!record) return;
      wanted.add(at);
      at = (record.parent ?? this.#base) - this.#base;
    }
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
