import {
  Header, lock, Pcb, ringBell, SegmentWord, TRACE_RECORD_MAX, TRACE_SEGMENT, TRACE_SEGMENTS, TraceWord, unlock, type Arena, type MemoryWindow, type ProcessHandle,
} from '../arena/index.ts';
import { Flag, noted, RecordWord, spanOf, type RecordShape } from './record.ts';

/** First word of a segment's records. */
export const SEGMENT_HEAD = 8;
const OFFSET = TRACE_SEGMENT - 1;
const RING = TRACE_SEGMENT * TRACE_SEGMENTS;
/** The kernel is rung when so much of the ring waits for it. */
const WAKE = RING / 4;
/** A look at the precise clock costs as much as a few calls. So many calls in each step of the coarse clock are measured, and after as many others it is looked at too. */
const MEASURED = 64;
/** Milliseconds after which others are measured, if the coarse clock does not move. */
const MEASURED_AGAIN = 4;
/** Bytes from which on a call's duration is measured: so many take longer than a browser's clock needs for a step. */
const BULK = 32 * 1024;
/** Nanoseconds that the coarse clock moves at most between two ticks while something runs. */
const STEP = 6e6;
/** Microseconds from a segment's BASE after which a new one begins. */
const SEGMENT_TIME = 2 ** 30;
const COARSE = Header.COARSE_TIME >>> 1;

/** The guest's memory; another one once the module has been instantiated. */
export interface TracedMemory {
  readonly memory: MemoryWindow;
}

/** From which descriptors the last two names were looked up since `clear`; -1: none. */
export interface TracedNames {
  readonly last: number;
  readonly before: number;
  clear(): void;
}

export interface TraceWriterOptions {
  names: TracedNames;
  /** Milliseconds from 1970 to `performance.now()`'s start. */
  origin: number;
  /** Number of the thread; undefined: the process has none beside its first. */
  tid: number | undefined;
}

/**
 * Notes the calls of one thread in the ring of its process. For each call: the arguments into `args`, `open`, the call, `end`. Nothing is allocated, and nothing ever waits
 * but, where there are threads, for the ring's lock. The duration of a call is exact where it is measured (the first ones in each step of the coarse clock, and what moves many bytes) and
 * where it slept; else it is 0 unless it took longer than a step.
 */
export class TraceWriter {
  /** Where the arguments of the next call are put, one word or two each. */
  readonly args: Uint32Array;
  readonly #record: Uint32Array;
  readonly #first: number;
  readonly #begun: Float64Array;
  readonly #block: Uint32Array;
  readonly #ring: Uint32Array;
  readonly #bases: Float64Array;
  readonly #clock: Float64Array;
  readonly #arena: Arena;
  readonly #handle: ProcessHandle;
  readonly #memory: TracedMemory;
  readonly #names: TracedNames;
  readonly #origin: number;
  readonly #threads: boolean;
  readonly #lock: number;
  readonly #address: number;
  /** What the coarse clock said at the last look, and the time of that look, in milliseconds since the epoch. */
  #coarse = -1;
  #now = 0;
  /** Calls until the next look. */
  #left = 1;
  /** Calls that are measured until the next step, and the time of the last. */
  #measured = 0;
  #step = 0;
  #timed = false;
  #length = 0;
  #flags = 0;

  /** Null where the kernel made no ring: its calls are not noted. */
  static of(arena: Arena, handle: ProcessHandle, memory: TracedMemory, options: TraceWriterOptions): TraceWriter | null {
    const own = arena.u32[(handle.address >>> 2) + Pcb.TRACE]!;
    const main = arena.u32[((arena.u32[(handle.address >>> 2) + Pcb.PROCESS]! || handle.address) >>> 2) + Pcb.TRACE]!;
    return own === 0 || main === 0 ? null : new TraceWriter(arena, handle, memory, options, own, main);
  }

  private constructor(arena: Arena, handle: ProcessHandle, memory: TracedMemory, { origin, tid, names }: TraceWriterOptions, own: number, main: number) {
    const { buffer } = arena.memory;
    this.#arena = arena;
    this.#handle = handle;
    this.#memory = memory;
    this.#names = names;
    this.#origin = origin;
    this.#threads = tid !== undefined;
    this.#first = this.#threads ? RecordWord.REST + 1 : RecordWord.REST;
    // Memory that is shared stays where it is when it grows, so that these views stay good.
    this.#record = new Uint32Array(buffer, own + TraceWord.RECORD * 4, TRACE_RECORD_MAX);
    this.#address = own + TraceWord.RECORD * 4;
    this.#begun = new Float64Array(buffer, own + TraceWord.PENDING * 4, 1);
    this.args = this.#record.subarray(this.#first);
    this.#block = new Uint32Array(buffer, main, TraceWord.PENDING);
    const ring = this.#block[TraceWord.RING]!;
    this.#ring = new Uint32Array(buffer, ring, RING);
    this.#bases = new Float64Array(buffer, ring, RING / 2);
    this.#clock = new Float64Array(buffer, 0, COARSE + 1);
    this.#lock = (main >>> 2) + TraceWord.LOCK;
    if (tid !== undefined) this.#record[RecordWord.REST] = tid;
  }

  #look(coarse: number): void {
    this.#now = this.#origin + performance.now();
    this.#left = MEASURED;
    if (coarse !== this.#coarse || this.#now - this.#step > MEASURED_AGAIN) {
      this.#measured = MEASURED;
      this.#step = this.#now;
    }
    this.#coarse = coarse;
  }

  /** The call begins, with its arguments in `args`. */
  open(shape: RecordShape): void {
    // A worker goes on for up to two seconds after it was ended; its block is let go half a second after that.
    if (this.#handle.control !== 0) this.#handle.hold();
    const coarse = this.#clock[COARSE]!;
    let timed = this.#measured > 0 || (shape.bulk >= 0 && this.#isLong(shape));
    if (timed || coarse !== this.#coarse || --this.#left === 0) this.#look(coarse);
    if (this.#measured > 0) {
      this.#measured--;
      timed = true;
    }
    this.#timed = timed;
    this.#handle.sleeps = 0;
    this.#handle.slept = 0;
    this.#begun[0] = this.#now;
    this.#length = this.#first + shape.words;
    this.#flags = 0;
    if (shape.strings.length > 0) this.#strings(shape);
    if (shape.bases.length > 0) this.#names.clear();
    this.#record[RecordWord.HEAD] = shape.head | this.#length | ((this.#flags | Flag.OPEN) << 24);
  }

  /** It has returned. */
  end(shape: RecordShape, returned: number): void {
    // Behind the gate, for the ring and the block are others' memory soon after a process has ended.
    this.#handle.enter();
    const record = this.#record;
    let errno = returned;
    if (shape.spec.returns !== 'errno') errno = this.#value(shape, returned);
    else if (returned === 0 && shape.out >= 0) this.#result(shape);
    if (shape.bases.length > 0) this.#based(shape);
    record[RecordWord.SPAN] = 0;
    if (this.#handle.sleeps !== 0) this.#waited();
    else if (this.#timed || this.#clock[COARSE] !== this.#coarse) this.#moved();
    record[RecordWord.HEAD] = shape.head | this.#length | ((errno & 0xff) << 16) | (this.#flags << 24);
    if (this.#threads) this.#appendAmongThreads(shape);
    else this.#append(shape);
    this.#handle.leave();
  }

  /** Of calls whose result is no errno. */
  #value({ spec: { returns } }: RecordShape, returned: number): number {
    if (returns === 'never') return 0;
    if (returns === 'negated' && returned < 0) return -returned;
    this.#record[this.#length++] = returned;
    this.#flags |= Flag.RESULT;
    return 0;
  }

  #result({ out, resultWords }: RecordShape): void {
    const { memory } = this.#memory;
    const pointer = this.args[out]!;
    if (!memory.has(pointer, resultWords * 4)) return;
    const { view } = memory;
    this.#record[this.#length++] = view.getUint32(pointer, true);
    if (resultWords === 2) this.#record[this.#length++] = view.getUint32(pointer + 4, true);
    this.#flags |= Flag.RESULT;
  }

  /** Where a path went from another descriptor than the call names. */
  #based({ bases }: RecordShape): void {
    const { last, before } = this.#names;
    const first = bases.length === 1 ? last : before;
    let moved = first >= 0 && first !== this.args[bases[0]!] ? first + 1 : 0;
    if (bases.length > 1 && last >= 0 && last !== this.args[bases[1]!]) moved |= (last + 1) << 16;
    if (moved === 0) return;
    this.#record[this.#length++] = moved;
    this.#flags |= Flag.BASED;
  }

  /** Of vectors the first two are looked at: a C library's buffer, and what came after it. */
  #isLong({ bulk, vectors }: RecordShape): boolean {
    const count = this.args[bulk]!;
    if (!vectors) return count >= BULK;
    const { memory } = this.#memory;
    const at = this.args[bulk - 1]!;
    // The memory may have grown since the last call.
    if (count === 0 || !memory.has(at, count > 1 ? 16 : 8)) return false;
    const { view } = memory;
    return view.getUint32(at + 4, true) >= BULK || (count > 1 && view.getUint32(at + 12, true) >= BULK);
  }

  #strings({ strings }: RecordShape): void {
    const { memory } = this.#memory;
    for (let index = 0; index < strings.length; index++) {
      const at = strings[index]!;
      if (!memory.has(this.args[at]!, this.args[at + 1]!)) {
        this.#flags |= Flag.BAD;
        return;
      }
    }
    for (let index = 0; index < strings.length; index++) this.#string(memory, this.args[strings[index]!]!, this.args[strings[index]! + 1]!);
  }

  #string(memory: MemoryWindow, pointer: number, length: number): void {
    const bytes = noted(length);
    if (bytes < length) this.#flags |= Flag.CUT;
    if (bytes === 0) return;
    const end = this.#length + ((bytes + 3) >>> 2);
    this.#record[end - 1] = 0;
    memory.toArenaFrom(this.#address + this.#length * 4, pointer, bytes);
    this.#length = end;
  }

  /** It slept: that is exact, and tells the time. */
  #waited(): void {
    const handle = this.#handle;
    this.#now = this.#origin + handle.awake;
    this.#coarse = this.#clock[COARSE]!;
    if (!this.#timed) this.#begun[0] = Math.max(this.#begun[0]!, this.#origin + handle.sleptFrom);
    this.#record[RecordWord.SPAN] = spanOf(this.#now - this.#begun[0]!);
    this.#record[this.#length++] = spanOf(handle.slept);
    this.#flags |= Flag.SLEPT;
  }

  /** Of a call within which the clock ticked once nobody knows when it began: its duration is told where it was measured, and where it certainly took longer than a tick. */
  #moved(): void {
    const coarse = this.#clock[COARSE]!;
    const ticked = coarse - this.#coarse;
    this.#look(coarse);
    if (this.#timed || ticked > STEP) this.#record[RecordWord.SPAN] = spanOf(this.#now - this.#begun[0]!);
  }

  #appendAmongThreads(shape: RecordShape): void {
    lock(this.#arena.i32, this.#lock, this.#arena.owner);
    this.#append(shape);
    unlock(this.#arena.i32, this.#lock);
  }

  #append({ changes }: RecordShape): void {
    const block = this.#block;
    const ring = this.#ring;
    const record = this.#record;
    const length = this.#length;
    let position = block[TraceWord.HEAD]!;
    let at = position & (RING - 1);
    let end = Math.round((this.#now - this.#bases[((at & ~OFFSET) + SegmentWord.BASE) >>> 1]!) * 1000);
    if ((at & OFFSET) === 0 || (at & OFFSET) + length >= TRACE_SEGMENT || end > SEGMENT_TIME) {
      position = this.#turn(position);
      at = position & (RING - 1);
      end = 0;
    }
    if (changes) ring[(at & ~OFFSET) + SegmentWord.CHANGES] = 1;
    record[RecordWord.END] = end;
    for (let word = 0; word < length; word++) ring[at + word] = record[word]!;
    block[TraceWord.CALLS] = block[TraceWord.CALLS]! + 1;
    record[RecordWord.HEAD] = 0;
    Atomics.store(block, TraceWord.HEAD, (position + length) >>> 0);
  }

  /** Begins the next segment; the position of its first record. HEAD says so before anything of what was there is overwritten. */
  #turn(from: number): number {
    const block = this.#block;
    const ring = this.#ring;
    let position = from;
    const offset = from & OFFSET;
    if (offset !== 0) {
      const at = from & (RING - 1);
      ring[at] = 0;
      ring[at - offset + SegmentWord.RECORDS] = block[TraceWord.CALLS]! - ring[at - offset + SegmentWord.FIRST]!;
      position = (from - offset + TRACE_SEGMENT) >>> 0;
      Atomics.store(block, TraceWord.HEAD, position);
      // A look at what was stored keeps what follows behind it.
      if (((Atomics.load(block, TraceWord.HEAD) - Atomics.load(block, TraceWord.TAKEN)) >>> 0) >= WAKE) ringBell(this.#arena, 0);
    }
    const start = position & (RING - 1);
    ring[start + SegmentWord.FIRST] = block[TraceWord.CALLS]!;
    ring[start + SegmentWord.THREADS] = this.#threads ? 1 : 0;
    ring[start + SegmentWord.RECORDS] = 0;
    ring[start + SegmentWord.CHANGES] = 0;
    this.#bases[(start + SegmentWord.BASE) >>> 1] = this.#now;
    return (position + SEGMENT_HEAD) >>> 0;
  }
}
