import { MemoryWindow, type Arena } from '../../shared/arena/index.ts';

/** The largest transfer that is gathered; longer ones go vector by vector. */
const CAPACITY = 64 * 1024;

/**
 * Joins the vectors of one write, so that an append or a line to a pipe lands whole, or of one read, so that it takes its bytes at once.
 * The buffer is made at the first use and kept for the run.
 */
export class Gather {
  readonly #arena: Arena;
  #window: MemoryWindow | null = null;
  length = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  get window(): MemoryWindow {
    if (!this.#window || this.#window.u8.length < this.length) this.#window = new MemoryWindow(this.#arena, new ArrayBuffer(Math.max(CAPACITY, this.length)));
    return this.#window;
  }

  /** False when the vectors are bad or too long together: the write then goes its ordinary way, which finds out why. */
  collect(memory: MemoryWindow, iovs: number, count: number): boolean {
    this.length = 0;
    for (let index = 0; index < count; index++, iovs += 8) {
      const pointer = memory.view.getUint32(iovs, true);
      const length = memory.view.getUint32(iovs + 4, true);
      if (this.length + length > CAPACITY || !memory.has(pointer, length)) return false;
      this.window.u8.set(memory.u8.subarray(pointer, pointer + length), this.length);
      this.length += length;
    }
    return true;
  }

  /** Sets `length` to the bytes that a read may bring, of which there are `most`. False as for `collect`. */
  measure(memory: MemoryWindow, iovs: number, count: number, most = CAPACITY): boolean {
    this.length = 0;
    for (let index = 0; index < count; index++, iovs += 8) {
      const length = memory.view.getUint32(iovs + 4, true);
      if (this.length + length > most || !memory.has(memory.view.getUint32(iovs, true), length)) return false;
      this.length += length;
    }
    return true;
  }

  /** Deals the first `bytes` of the window out to the vectors. A vector that was overwritten by an earlier one is as the guest now has it. */
  scatter(memory: MemoryWindow, iovs: number, count: number, bytes: number): void {
    for (let index = 0, at = 0; index < count && at < bytes; index++, iovs += 8) {
      const pointer = memory.view.getUint32(iovs, true);
      const length = Math.min(memory.view.getUint32(iovs + 4, true), bytes - at);
      if (!memory.has(pointer, length)) return;
      memory.u8.set(this.window.u8.subarray(at, at + length), pointer);
      at += length;
    }
  }
}
