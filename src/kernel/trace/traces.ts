import type { TracedCall, TraceBucket, TraceFilter, TraceFormat, TraceInfo, TraceStats } from '../../shared/abi/index.ts';
import { Pcb, type Arena } from '../../shared/arena/index.ts';
import { FsError, type Clock } from '../../shared/base/index.ts';
import { traceWords } from '../../shared/trace/index.ts';
import { KeptRun } from './kept-run.ts';
import { Pacer } from './pacer.ts';
import { PathNodes } from './path-nodes.ts';
import { Search, type Stretch } from './search.ts';

/** Bytes that are kept of one run, and of all; the oldest calls go first, of all the runs those of the one that ended first. */
const RUN_MAX = 32 * 1024 * 1024;
const ALL_MAX = 128 * 1024 * 1024;
/** Runs that are kept. Those that go on always are. */
const RUNS_MAX = 64;
/** Calls that `/proc/<pid>/trace` has. */
const RECENT = 200;
/** Milliseconds for which it has the same ones. */
const RECENT_STAYS = 250;
/** Milliseconds between two messages about one run, at least. */
const TELL = 100;
/** Characters of an export that are sent at once, about. */
const PART = 64 * 1024;

export interface TracesOptions {
  arena: Arena;
  clock: Clock;
  /** Lets others have their turn. */
  yield(): Promise<void>;
  /** Publishes what is known of a run, to those who ask for it. */
  tell(info: TraceInfo): void;
  isAsked(): boolean;
  /** Bytes. Default: 32 MiB of a run, 128 MiB of all. */
  limits?: { run: number; all: number };
}

/** A process that starts. */
export interface TracedProcess {
  pid: number;
  name: string;
  args: readonly string[];
  started: number;
  pcb: number;
  /** Control blocks of its threads. */
  blocks(): readonly number[];
  /** What its descriptors are open on. */
  open: readonly { fd: number; target: string }[];
}

/** The system calls of runs: taken out of their rings, kept within bounds, searched. Rules: SPEC.md (TR1 …). */
export class Traces {
  /** Whether processes that start get a ring. */
  noting = true;
  readonly #options: TracesOptions;
  readonly #limits: { run: number; all: number };
  /** The oldest first. */
  readonly #runs = new Map<number, KeptRun>();
  /** Those that go on, by the pid of their process. */
  readonly #live = new Map<number, KeptRun>();
  readonly #nodes = new PathNodes();
  #toldAt = 0;
  #recent: { run: KeptRun; at: number; text: string } | null = null;
  readonly #told = new Map<KeptRun, number>();

  constructor(options: TracesOptions) {
    this.#options = options;
    this.#limits = options.limits ?? { run: RUN_MAX, all: ALL_MAX };
  }

  /** A process has its number in the history, and does not run yet. Nothing is kept of one without a ring. */
  started(run: number, process: TracedProcess): void {
    const { arena } = this.#options;
    if (arena.u32[(process.pcb >>> 2) + Pcb.TRACE] === 0) return;
    const { pid, name, args, started, open } = process;
    const kept = new KeptRun(arena, this.#nodes, { run, pid, name, args: [...args], started }, process.pcb, () => process.blocks(), open);
    this.#runs.set(run, kept);
    this.#live.set(pid, kept);
    this.#trim();
  }

  /** A thread does nothing more, and its control block is there still. */
  stopped(pcb: number): void {
    const { u32 } = this.#options.arena;
    const kept = this.#live.get(u32[(pcb >>> 2) + Pcb.PID]!);
    if (!kept) return;
    if (u32[(pcb >>> 2) + Pcb.PROCESS] !== 0) {
      kept.threadEnded(pcb, this.#now());
      return;
    }
    kept.end(pcb, this.#now());
    this.#live.delete(kept.facts.pid);
    this.#told.delete(kept);
    this.#recent = null;
    this.#trim();
    if (this.#options.isAsked()) this.#options.tell(kept.info());
  }

  /** The bell rang: takes what is in the rings. */
  take(): void {
    let news = false;
    for (const run of this.#live.values()) news = run.take() || news;
    if (news) this.#trim();
  }

  /** Tells of the runs that made calls since it last did, if that is some time ago. */
  tell(): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#toldAt < TELL) return;
    this.#toldAt = now;
    if (!this.#options.isAsked()) return;
    for (const run of this.#live.values()) {
      const { calls } = run;
      if (this.#told.get(run) === calls) continue;
      this.#told.set(run, calls);
      this.#options.tell(run.info());
    }
  }

  #now(): number {
    return Number(this.#options.clock.realtime() / 1000n) / 1000;
  }

  #trim(): void {
    let all = 0;
    for (const run of this.#runs.values()) {
      while (run.bytes > this.#limits.run) run.drop();
      all += run.bytes;
    }
    for (const [number, run] of this.#runs) {
      if (all <= this.#limits.all && this.#runs.size <= RUNS_MAX) return;
      if (run.isLive) continue;
      while (all > this.#limits.all && run.bytes > 0) all -= run.drop();
      if (this.#runs.size <= RUNS_MAX) continue;
      all -= run.bytes;
      this.#runs.delete(number);
    }
    for (const run of this.#live.values()) while (all > this.#limits.all && run.bytes > 0) all -= run.drop();
  }

  /** The newest first. */
  runs(): TraceInfo[] {
    return [...this.#runs.values()].reverse().slice(0, RUNS_MAX).map((run) => run.info());
  }

  #run(number: number): KeptRun {
    const run = this.#runs.get(number);
    if (!run) throw new FsError('ENOENT', 'trace', undefined, { detail: `nothing is kept of run ${number}` });
    return run;
  }

  #search(run: KeptRun, filter: TraceFilter, exact = false): Search {
    return new Search(run, filter, new Pacer(() => this.#options.yield(), () => this.#options.clock.monotonic()), this.#now(), exact);
  }

  /** The last calls of a process that runs, as strace prints them; empty where none are kept. For a moment the same, so that it is whole for who reads it in pieces. */
  recent(pid: number): string {
    const run = this.#live.get(pid);
    if (!run) return '';
    const now = this.#options.clock.monotonic();
    if (this.#recent?.run !== run || now - this.#recent.at > RECENT_STAYS) {
      const { one } = traceWords('strace', run.info());
      this.#recent = { run, at: now, text: this.#search(run, {}).last(RECENT).map(one).join('') };
    }
    return this.#recent.text;
  }

  async read(number: number, filter: TraceFilter, from: number, count: number): Promise<{ info: TraceInfo; total: number; calls: TracedCall[] }> {
    const run = this.#run(number);
    const search = this.#search(run, filter);
    const info = run.info();
    return { info, ...(await search.read(from, count)) };
  }

  async place(number: number, filter: TraceFilter, seq: number): Promise<number> {
    return this.#search(this.#run(number), filter).place(seq);
  }

  async slowest(number: number, filter: TraceFilter, count: number): Promise<TracedCall[]> {
    return this.#search(this.#run(number), filter).slowest(count);
  }

  async stats(number: number, filter: TraceFilter): Promise<TraceStats[]> {
    return this.#search(this.#run(number), filter).stats();
  }

  async strip(number: number, filter: TraceFilter, stretch: Stretch): Promise<TraceBucket[]> {
    return this.#search(this.#run(number), filter).strip(stretch);
  }

  async ofPath(path: string, count: number): Promise<{ run: number; call: TracedCall }[]> {
    const found: { run: number; call: TracedCall }[] = [];
    for (const run of [...this.#runs.values()].reverse()) {
      const calls = await this.#search(run, { path }, true).latest(count - found.length);
      found.push(...calls.map((call) => ({ run: run.facts.run, call })));
      if (found.length === count) break;
    }
    return found;
  }

  /** The calls as text, some at a time. @throws FsError ENOENT at once */
  export(number: number, filter: TraceFilter, format: TraceFormat): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const run = this.#run(number);
    return written(this.#search(run, filter), run.info(), format);
  }

  /** Lets go of all runs that have ended. */
  clear(): void {
    for (const [number, run] of this.#runs) if (!run.isLive) this.#runs.delete(number);
  }
}

async function* written(search: Search, info: TraceInfo, format: TraceFormat): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const { head, one, tail } = traceWords(format, info);
  let text = head;
  for await (const calls of search.all()) {
    for (const call of calls) text += one(call);
    if (text.length < PART) continue;
    yield encoder.encode(text);
    text = '';
  }
  yield encoder.encode(text + tail);
}
