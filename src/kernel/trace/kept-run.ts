import type { TraceInfo } from '../../shared/abi/index.ts';
import { Pcb, SegmentWord, TRACE_SEGMENT, TRACE_SEGMENTS, TraceWord, type Arena } from '../../shared/arena/index.ts';
import { Flag, RecordWord, SEGMENT_HEAD, spanOf } from '../../shared/trace/index.ts';
import { chunkOf, copied, type Chunk } from './chunk.ts';
import { DescriptorPaths } from './descriptor-paths.ts';
import { Counts } from './counts.ts';
import { nodeOf, type PathNode, type PathNodes } from './path-nodes.ts';

const RING = TRACE_SEGMENT * TRACE_SEGMENTS;
/** Bytes that a known descriptor counts beside a chunk. */
const NODE_BYTES = 16;
/** A guest that writes a whole ring while a part of it is copied, so many times in a row, is not waited for. */
const ATTEMPTS = 4;
/** Calls within which threads were ended that are told at the end. */
const UNFINISHED_MAX = 1024;

export interface RunFacts {
  run: number;
  pid: number;
  name: string;
  args: readonly string[];
  /** Milliseconds since the epoch. */
  started: number;
}

/** The calls of one run: what is kept, and while it goes on the ring that they come from. */
export class KeptRun {
  readonly facts: RunFacts;
  ended: number | undefined;
  readonly nodes: PathNodes;
  readonly counts = new Counts();
  /** Complete ones, the oldest first. */
  readonly chunks: Chunk[] = [];
  bytes = 0;
  #calls = 0;
  #lost = 0;
  /** Address of the trace block; 0 once the run has ended. */
  #block: number;
  readonly #pcb: number;
  /** Position from which on the ring has not been taken. */
  #taken = 0;
  readonly #arena: Arena;
  readonly #paths: DescriptorPaths;
  /** Calls within which threads were ended. */
  readonly #unfinished: Chunk[] = [];
  /** Control blocks of its threads. */
  readonly #threads: () => readonly number[];

  /** `nodes`: of all runs. `open`: what its descriptors are open on at its start. */
  constructor(arena: Arena, nodes: PathNodes, facts: RunFacts, pcb: number, threads: () => readonly number[], open: readonly { fd: number; target: string }[]) {
    this.#arena = arena;
    this.nodes = nodes;
    this.facts = facts;
    this.#block = arena.u32[(pcb >>> 2) + Pcb.TRACE]! >>> 2;
    this.#pcb = pcb;
    this.#threads = threads;
    const paths: (PathNode | undefined)[] = [];
    for (const { fd, target } of open) paths[fd] = nodeOf(target);
    this.#paths = new DescriptorPaths(nodes, [...paths]);
  }

  get isLive(): boolean {
    return this.#block !== 0;
  }

  /** Calls in the ring that were not taken; to see whether there is news. */
  get calls(): number {
    if (!this.isLive) return this.#calls;
    const behind = (this.#arena.u32[this.#block + TraceWord.CALLS]! - this.#calls) | 0;
    return this.#calls + Math.max(0, behind);
  }

  info(): TraceInfo {
    const { run, pid, name, args, started } = this.facts;
    const first = this.chunks[0]?.first ?? 0;
    return { run, pid, name, args: [...args], started, ...(this.ended !== undefined && { ended: this.ended }), calls: this.calls, first, lost: this.#lost };
  }

  /** Takes all segments that are complete; whether there were any. Cheap when there are none. */
  take(): boolean {
    const { u32 } = this.#arena;
    if (!this.isLive || ((u32[this.#block + TraceWord.HEAD]! - this.#taken) >>> 0) < TRACE_SEGMENT) return false;
    for (;;) {
      const head = Atomics.load(u32, this.#block + TraceWord.HEAD);
      const current = (head & ~(TRACE_SEGMENT - 1)) >>> 0;
      if (((current - this.#taken) >>> 0) >= RING) this.#taken = (current - RING + TRACE_SEGMENT) >>> 0;
      if (this.#taken === current) return true;
      const from = this.#taken;
      const words = this.#copy(from, TRACE_SEGMENT);
      this.#taken = (from + TRACE_SEGMENT) >>> 0;
      // It is stored between the copy and the look at HEAD, and so keeps them in this order.
      Atomics.store(u32, this.#block + TraceWord.TAKEN, this.#taken);
      if (this.#isWhole(from)) this.#add(words, words[SegmentWord.RECORDS]!);
    }
  }

  /** Whether nothing of the segment at `from` was written over yet. */
  #isWhole(from: number): boolean {
    const current = (Atomics.load(this.#arena.u32, this.#block + TraceWord.HEAD) & ~(TRACE_SEGMENT - 1)) >>> 0;
    return ((current - from) >>> 0) < RING;
  }

  #copy(position: number, length: number): Uint32Array {
    const at = (this.#arena.u32[this.#block + TraceWord.RING]! >>> 2) + (position & (RING - 1));
    return copied(this.#arena, at, at + length);
  }

  #add(words: Uint32Array, count?: number): void {
    const skipped = this.#skipped(words);
    if (skipped > 0) this.#paths.forget();
    this.#lost += skipped;
    this.#append(chunkOf(words, this.#calls + skipped, count));
  }

  #append(chunk: Chunk): void {
    if (chunk.count === 0) return;
    chunk.before = this.#paths.copy();
    if (chunk.words[SegmentWord.CHANGES] === 1) this.#paths.applyAll(chunk);
    chunk.bytes = chunk.words.byteLength + (chunk.before === this.chunks.at(-1)?.before ? 0 : chunk.before.length * NODE_BYTES);
    this.chunks.push(chunk);
    this.bytes += chunk.bytes;
    this.#calls = chunk.first + chunk.count;
  }

  /** Lets the oldest go; the bytes that this gives back. */
  drop(): number {
    const chunk = this.chunks.shift();
    if (!chunk) return 0;
    this.bytes -= chunk.bytes;
    return chunk.bytes;
  }

  /** All that is known now: complete chunks, what has been begun of the next one, and last the calls that have not returned. */
  snapshot(now: number): Chunk[] {
    this.take();
    if (!this.isLive) return [...this.chunks];
    const words = this.#rest();
    const chunks = [...this.chunks];
    const paths = new DescriptorPaths(this.nodes, this.#paths.copy());
    let first = this.#calls;
    if (words) {
      const skipped = this.#skipped(words);
      if (skipped > 0) paths.forget();
      const rest = chunkOf(words, first + skipped);
      rest.before = paths.copy();
      paths.applyAll(rest);
      if (rest.count > 0) chunks.push(rest);
      first = rest.first + rest.count;
    }
    const open = this.#pending(first, now, this.#threads().filter((pcb) => Atomics.load(this.#arena.i32, (pcb >>> 2) + Pcb.WAITING) !== 0));
    if (open) chunks.push({ ...open, before: paths.copy() });
    return chunks;
  }

  /** What stands in the segment that is being written; null for nothing. Segments that are completed meanwhile are taken. */
  #rest(): Uint32Array | null {
    const { u32 } = this.#arena;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const length = (Atomics.load(u32, this.#block + TraceWord.HEAD) - this.#taken) >>> 0;
      if (length <= SEGMENT_HEAD) return null;
      if (length <= TRACE_SEGMENT) {
        const words = this.#copy(this.#taken, length);
        Atomics.store(u32, this.#block + TraceWord.TAKEN, this.#taken);
        if (this.#isWhole(this.#taken)) return words;
      }
      this.take();
    }
    return null;
  }

  #skipped(words: Uint32Array): number {
    return Math.max(0, (words[SegmentWord.FIRST]! - this.#calls) | 0);
  }

  /** The calls within which threads are, as records; null for none. */
  #pending(first: number, now: number, threads: readonly number[]): Chunk | null {
    const { u32, f64 } = this.#arena;
    const hasTids = u32[(this.#pcb >>> 2) + Pcb.HELD] !== 0;
    const words: number[] = Array<number>(SEGMENT_HEAD).fill(0);
    for (const pcb of threads) {
      const block = u32[(pcb >>> 2) + Pcb.TRACE]! >>> 2;
      const head = block === 0 ? 0 : u32[block + TraceWord.RECORD]!;
      if ((head >>> 24 & Flag.OPEN) === 0) continue;
      const record = [...u32.subarray(block + TraceWord.RECORD, block + TraceWord.RECORD + (head & 0xff))];
      record[RecordWord.HEAD] = head & ~0xff0000;
      record[RecordWord.END] = 0;
      record[RecordWord.SPAN] = spanOf(now - f64[(block + TraceWord.PENDING) >>> 1]!);
      words.push(...record);
    }
    if (words.length === SEGMENT_HEAD) return null;
    const all = Uint32Array.from(words);
    new Float64Array(all.buffer, SegmentWord.BASE * 4, 1)[0] = now;
    all[SegmentWord.THREADS] = hasTids ? 1 : 0;
    return chunkOf(all, first);
  }

  /** A thread beside the first has ended; its block is there still. The call that it was within, if it was within one, is told at the end of the run. */
  threadEnded(pcb: number, now: number): void {
    const open = this.isLive && this.#unfinished.length < UNFINISHED_MAX ? this.#pending(0, now, [pcb]) : null;
    if (open) this.#unfinished.push(open);
  }

  /** It has ended: takes what there is. Nothing is read from the arena after that. */
  end(pcb: number, now: number): void {
    if (!this.isLive) return;
    this.threadEnded(pcb, now);
    this.take();
    const words = this.#rest();
    if (words) this.#add(words);
    for (const chunk of this.#unfinished.splice(0)) this.#append({ ...chunk, first: this.#calls });
    this.ended = now;
    this.#block = 0;
  }
}
