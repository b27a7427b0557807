import type { Arena } from '../arena/index.ts';
import { BusWord, ExtentWord } from './layout.ts';

/**
 * Bytes that several mailboxes may refer to, counted. The bytes of all are bounded (EXTENT_MAX). Who holds a reference outside of a
 * record, holds it within one section.
 */
export class Extents {
  readonly #arena: Arena;
  readonly #bytes: number;

  constructor(arena: Arena, bus: number) {
    this.#arena = arena;
    this.#bytes = bus + BusWord.EXTENT_BYTES;
  }

  /** One with `length` bytes, not cleared, and one reference; 0 when the arena or the bus has no room. */
  create(length: number): number {
    const { u32 } = this.#arena;
    const limit = u32[this.#bytes + BusWord.EXTENT_MAX - BusWord.EXTENT_BYTES]!;
    if (Atomics.add(u32, this.#bytes, length) + length <= limit) {
      const address = this.#arena.alloc(ExtentWord.HEADER + length);
      if (address !== 0) {
        const word = address >>> 2;
        this.#arena.u32[word + ExtentWord.REFS] = 1;
        this.#arena.u32[word + ExtentWord.LENGTH] = length;
        return address;
      }
    }
    Atomics.sub(this.#arena.u32, this.#bytes, length);
    return 0;
  }

  /** An extent that another worker made lies perhaps in memory that has grown since this one's section began. */
  #words(): Uint32Array {
    this.#arena.sync();
    return this.#arena.u32;
  }

  retain(extent: number): void {
    Atomics.add(this.#words(), (extent >>> 2) + ExtentWord.REFS, 1);
  }

  release(extent: number): void {
    const u32 = this.#words();
    const word = extent >>> 2;
    if (Atomics.sub(u32, word + ExtentWord.REFS, 1) !== 1) return;
    Atomics.sub(u32, this.#bytes, u32[word + ExtentWord.LENGTH]!);
    this.#arena.free(extent);
  }

  length(extent: number): number {
    return this.#words()[(extent >>> 2) + ExtentWord.LENGTH]!;
  }
}
