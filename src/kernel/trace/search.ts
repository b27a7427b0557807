import { TRACE_FAMILIES, type TraceBucket, type TracedCall, type TraceFilter, type TraceStats } from '../../shared/abi/index.ts';
import { CALLS } from '../../shared/trace/index.ts';
import { Cursor, type Chunk } from './chunk.ts';
import { DescriptorPaths } from './descriptor-paths.ts';
import type { KeptRun } from './kept-run.ts';
import { Matcher } from './matcher.ts';
import type { Pacer } from './pacer.ts';
import { tracedCall } from './traced-call.ts';

/** A stretch of time in equal parts; milliseconds since the start of the run. */
export interface Stretch {
  from: number;
  to: number;
  buckets: number;
}

/** Searches the calls of one run that match a filter, as they are at its making. What takes long lets others have their turn. */
export class Search {
  readonly #run: KeptRun;
  readonly #matcher: Matcher;
  readonly #chunks: readonly Chunk[];
  readonly #pacer: Pacer;
  readonly #counts: WeakMap<Chunk, number>;
  readonly #cursor: Cursor;
  readonly #paths: DescriptorPaths;

  /** `now`: milliseconds since the epoch. */
  constructor(run: KeptRun, filter: TraceFilter, pacer: Pacer, now: number, exact = false) {
    this.#run = run;
    this.#pacer = pacer;
    this.#matcher = new Matcher(filter, run.facts.started, exact);
    this.#chunks = run.snapshot(now);
    this.#counts = run.counts.of(filter);
    this.#cursor = new Cursor(this.#chunks[0] ?? NO_CHUNK);
    this.#paths = new DescriptorPaths(run.nodes);
  }

  /** Each match of a chunk. `visit` is to say false to end it. */
  #each(chunk: Chunk, visit: (cursor: Cursor, paths: DescriptorPaths) => boolean | void, needsPaths = this.#matcher.needsPaths): void {
    const [cursor, paths, matcher] = [this.#cursor.enter(chunk), this.#paths, this.#matcher];
    if (needsPaths) paths.restart(chunk);
    while (cursor.next()) {
      if ((matcher.isAll || matcher.test(cursor, paths)) && visit(cursor, paths) === false) return;
      if (needsPaths) paths.apply(cursor);
    }
  }

  #count(chunk: Chunk): number {
    if (this.#matcher.isAll) return chunk.count;
    let count = this.#counts.get(chunk);
    if (count === undefined) {
      count = 0;
      this.#each(chunk, () => void count!++);
      this.#counts.set(chunk, count);
    }
    return count;
  }

  async #total(): Promise<number> {
    let total = 0;
    for (const chunk of this.#chunks) {
      total += this.#count(chunk);
      await this.#pacer.step();
    }
    return total;
  }

  /** Matches `from` …, at most `count`; `from` negative: from their end. */
  async read(from: number, count: number): Promise<{ total: number; calls: TracedCall[] }> {
    const total = await this.#total();
    const first = from < 0 ? Math.max(0, total + from) : from;
    const calls: TracedCall[] = [];
    let before = 0;
    for (const chunk of this.#chunks) {
      const here = this.#count(chunk);
      if (before + here > first && calls.length < count) {
        let at = before;
        this.#each(chunk, (cursor, paths) => {
          if (at++ >= first) calls.push(tracedCall(cursor, paths, this.#run.facts.started));
          return calls.length < count;
        }, true);
        await this.#pacer.step();
      }
      before += here;
      if (calls.length === count) break;
    }
    return { total, calls };
  }

  /** How many matches come before `seq`; -1 where none comes at it or after it. */
  async place(seq: number): Promise<number> {
    let before = 0;
    for (const chunk of this.#chunks) {
      if (chunk.first + chunk.count <= seq) before += this.#count(chunk);
      else {
        let found = false;
        this.#each(chunk, (cursor) => {
          found = cursor.seq >= seq;
          if (!found) before++;
          return !found;
        });
        if (found) return before;
      }
      await this.#pacer.step();
    }
    return -1;
  }

  /** The longest first. */
  async slowest(count: number): Promise<TracedCall[]> {
    const best: { duration: number; seq: number; chunk: Chunk }[] = [];
    let least = 0;
    for (const chunk of this.#chunks) {
      this.#each(chunk, ({ duration, seq }) => {
        if (duration === 0 || (best.length === count && duration <= least)) return;
        const at = best.findIndex((other) => other.duration < duration);
        best.splice(at < 0 ? best.length : at, 0, { duration, seq, chunk });
        if (best.length > count) best.pop();
        least = best.at(-1)!.duration;
      });
      await this.#pacer.step();
    }
    const found = new Map<number, TracedCall>();
    for (const chunk of new Set(best.map((each) => each.chunk))) {
      const wanted = new Set(best.filter((each) => each.chunk === chunk).map(({ seq }) => seq));
      this.#each(chunk, (cursor, paths) => void (wanted.has(cursor.seq) && found.set(cursor.seq, tracedCall(cursor, paths, this.#run.facts.started))), true);
      await this.#pacer.step();
    }
    return best.map(({ seq }) => found.get(seq)!);
  }

  /** Those that were made, the most frequent first. */
  async stats(): Promise<TraceStats[]> {
    const byCall: (TraceStats | undefined)[] = [];
    for (const chunk of this.#chunks) {
      this.#each(chunk, (cursor) => {
        const { spec } = cursor.shape;
        const stats = (byCall[spec.number] ??= { call: spec.name, count: 0, failed: 0, total: 0, longest: 0, slowest: cursor.seq, bytes: 0 });
        stats.count++;
        if (cursor.errno !== 0) stats.failed++;
        stats.total += cursor.duration;
        if (cursor.duration > stats.longest) {
          stats.longest = cursor.duration;
          stats.slowest = cursor.seq;
        }
        if (spec.moves) stats.bytes += cursor.result();
      });
      await this.#pacer.step();
    }
    return byCall.filter((stats) => stats !== undefined).sort((a, b) => b.count - a.count);
  }

  async strip({ from, to, buckets }: Stretch): Promise<TraceBucket[]> {
    const strip = Array.from({ length: buckets }, (): TraceBucket => ({ count: 0, families: TRACE_FAMILIES.map(() => 0), failed: 0, busy: 0, waiting: 0 }));
    const start = this.#run.facts.started + from;
    const width = (to - from) / buckets;
    if (!(width > 0)) return strip;
    for (const chunk of this.#chunks) {
      this.#each(chunk, (cursor) => {
        // What began before the clock's first step counts as of the start.
        const place = Math.floor((Math.max(cursor.began, this.#run.facts.started) - start) / width);
        const bucket = strip[place];
        if (bucket === undefined) return;
        bucket.count++;
        bucket.families[FAMILY[cursor.shape.spec.number]!]!++;
        if (cursor.errno !== 0) bucket.failed++;
        bucket.busy += cursor.duration;
        bucket.waiting += cursor.slept;
      });
      await this.#pacer.step();
    }
    return strip;
  }

  /** At most `count`, the newest first. */
  async latest(count: number): Promise<TracedCall[]> {
    const found: TracedCall[] = [];
    for (const chunk of this.#chunks.toReversed()) {
      const here: TracedCall[] = [];
      this.#each(chunk, (cursor, paths) => void here.push(tracedCall(cursor, paths, this.#run.facts.started)), true);
      found.push(...here.reverse().slice(0, count - found.length));
      if (found.length === count) break;
      await this.#pacer.step();
    }
    return found;
  }

  /** The last `count`, of at most three chunks; at once. */
  last(count: number): TracedCall[] {
    const found: TracedCall[] = [];
    for (const chunk of this.#chunks.slice(-3)) this.#each(chunk, (cursor, paths) => void found.push(tracedCall(cursor, paths, this.#run.facts.started)), true);
    return found.slice(-count);
  }

  /** All of them, some at a time. */
  async* all(): AsyncGenerator<TracedCall[]> {
    for (const chunk of this.#chunks) {
      const here: TracedCall[] = [];
      this.#each(chunk, (cursor, paths) => void here.push(tracedCall(cursor, paths, this.#run.facts.started)), true);
      if (here.length > 0) yield here;
      await this.#pacer.step();
    }
  }
}

const NO_CHUNK: Chunk = { words: new Uint32Array(0), first: 0, count: 0, base: 0, threads: false, before: [], bytes: 0 };
const FAMILY: readonly number[] = CALLS.map((spec) => TRACE_FAMILIES.indexOf(spec?.family));
