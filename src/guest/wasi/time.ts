/** What the guest's clocks are made of; a test gives its own. */
export interface TimeSource {
  /** Milliseconds since an arbitrary start, with fractions; never goes back. */
  now(): number;
  /** Milliseconds from 1970 to that start. */
  readonly origin: number;
}

/** The worker's clock. Where the machine has slept since the worker's start, the origin is taken from the date instead. */
export function workerTime(): TimeSource {
  const byDate = Date.now() - performance.now();
  const drifted = Math.abs(byDate - performance.timeOrigin) > 50;
  return { now: () => performance.now(), origin: drifted ? byDate : performance.timeOrigin };
}

const WORD = 0x1_0000_0000;

/**
 * The clocks of one process. Times are written as two words, so that no BigInt is made:
 * the origin is split once, and a running time in ns stays below 2^53 for 104 days.
 */
export class ProcessClock {
  readonly #source: TimeSource;
  readonly #started: number;
  readonly #originLow: number;
  readonly #originHigh: number;
  #waited = 0;
  /** Nanoseconds that the last reading of the monotonic clock gave. */
  #told = -1;

  constructor(source: TimeSource) {
    this.#source = source;
    this.#started = source.now();
    const origin = BigInt(Math.round(source.origin * 1000)) * 1000n;
    this.#originLow = Number(origin & 0xffff_ffffn);
    this.#originHigh = Number(origin >> 32n);
  }

  /** Milliseconds from 1970 to the start of the source. */
  get origin(): number {
    return this.#source.origin;
  }

  /** Monotonic milliseconds, not before what the guest was told last. */
  now(): number {
    return Math.max(this.#source.now(), this.#told / 1e6);
  }

  /** Milliseconds since 1970, with fractions. */
  realtime(): number {
    return this.#source.origin + this.#source.now();
  }

  /** Nanoseconds since 1970. */
  realtimeNs(): bigint {
    const ns = BigInt(Math.round(this.#source.now() * 1e6));
    return (BigInt(this.#originHigh) << 32n) + BigInt(this.#originLow) + ns;
  }

  /** Counts milliseconds spent waiting, which are no work of the processor. */
  addWaiting(milliseconds: number): void {
    this.#waited += milliseconds;
  }

  /** Writes nanoseconds since 1970 as a u64. */
  writeRealtime(view: DataView, pointer: number): void {
    const ns = Math.round(this.#source.now() * 1e6);
    const low = this.#originLow + (ns % WORD);
    view.setUint32(pointer, low >= WORD ? low - WORD : low, true);
    view.setUint32(pointer + 4, this.#originHigh + Math.floor(ns / WORD) + (low >= WORD ? 1 : 0), true);
  }

  /** No two readings are the same: programs divide by differences. Within one tick of the source they are 1 ns apart. */
  writeMonotonic(view: DataView, pointer: number): void {
    const ns = Math.round(this.#source.now() * 1e6);
    this.#told = ns > this.#told ? ns : this.#told + 1;
    this.#writeNs(view, pointer, this.#told);
  }

  /** Processor time is not known in a worker: the time since the start less the time spent in waits. */
  writeCpuTime(view: DataView, pointer: number): void {
    this.#write(view, pointer, Math.max(0, this.#source.now() - this.#started - this.#waited));
  }

  #write(view: DataView, pointer: number, milliseconds: number): void {
    this.#writeNs(view, pointer, Math.round(milliseconds * 1e6));
  }

  #writeNs(view: DataView, pointer: number, ns: number): void {
    view.setUint32(pointer, ns % WORD, true);
    view.setUint32(pointer + 4, Math.floor(ns / WORD), true);
  }
}
