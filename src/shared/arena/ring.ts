import { Errno } from '../base/index.ts';
import type { Arena } from './arena.ts';
import { lock, unlock } from './lock.ts';
import { RING_HEADER, RingWord } from './layout.ts';
import type { MemoryWindow } from './memory-window.ts';
import { addWaiter, removeWaiter, wakeWaiters, type Waitable } from './waiters.ts';

/**
 * A bounded ring of bytes for many readers and writers (pipe, terminal).
 * HEAD and TAIL are wrapping 32-bit counts of bytes put in and taken out. Full: the writer waits; empty: the reader does.
 * Callers are behind their gate; whoever sleeps registers as a waiter first, then checks again.
 */
export class Ring implements Waitable {
  readonly address: number;
  readonly #arena: Arena;
  readonly #word: number;
  readonly #data: number;
  readonly #mask: number;

  constructor(arena: Arena, address: number) {
    this.#arena = arena;
    this.address = address;
    this.#word = address >>> 2;
    this.#data = address + RING_HEADER;
    arena.sync();
    this.#mask = arena.u32[this.#word + RingWord.CAPACITY]! - 1;
  }

  /** `capacity` is a power of two, in bytes. No ends yet: add them; the ring is freed when its last end is dropped. */
  static create(arena: Arena, capacity: number): number {
    const address = arena.alloc(RING_HEADER + capacity);
    if (address !== 0) Ring.format(arena, address, capacity);
    return address;
  }

  /** Makes an empty ring without ends of the `RING_HEADER + capacity` bytes at `address`. */
  static format(arena: Arena, address: number, capacity: number): void {
    arena.u8.fill(0, address, address + RING_HEADER);
    arena.u32[(address >>> 2) + RingWord.CAPACITY] = capacity;
  }

  get capacity(): number {
    return this.#mask + 1;
  }

  readable(): number {
    const { i32 } = this.#arena;
    return (Atomics.load(i32, this.#word + RingWord.HEAD) - Atomics.load(i32, this.#word + RingWord.TAIL)) >>> 0;
  }

  writable(): number {
    return this.capacity - this.readable();
  }

  get readers(): number {
    return Atomics.load(this.#arena.i32, this.#word + RingWord.READERS);
  }

  get writers(): number {
    return Atomics.load(this.#arena.i32, this.#word + RingWord.WRITERS);
  }

  /** Bytes taken; 0 when empty, -1 at the end (empty, and no writer is left), or the negated errno that is told there. */
  tryRead(window: MemoryWindow, pointer: number, length: number): number {
    const arena = this.#arena;
    const { i32 } = arena;
    lock(i32, this.#word + RingWord.LOCK, arena.owner);
    const tail = i32[this.#word + RingWord.TAIL]!;
    // Writers are read before the bytes: one that wrote and left is not missed.
    const writers = this.writers;
    const count = Math.min(length, (Atomics.load(i32, this.#word + RingWord.HEAD) - tail) >>> 0);
    this.#copyOut(tail, window, pointer, count);
    Atomics.store(i32, this.#word + RingWord.TAIL, (tail + count) | 0);
    unlock(i32, this.#word + RingWord.LOCK);
    if (count > 0) this.wake();
    return count === 0 && writers === 0 && length > 0 ? this.#ending() : count;
  }

  #ending(): number {
    return -Atomics.load(this.#arena.i32, this.#word + RingWord.FAILED) || -1;
  }

  /** Its writer, before it leaves: whoever has read what is there meets this errno (not E2BIG) and not the end. */
  fail(errno: number): void {
    Atomics.store(this.#arena.i32, this.#word + RingWord.FAILED, errno);
  }

  #copyOut(from: number, window: MemoryWindow, pointer: number, count: number): void {
    const at = from & this.#mask;
    const first = Math.min(count, this.capacity - at);
    window.fromArenaTo(pointer, this.#data + at, first);
    if (count > first) window.fromArenaTo(pointer + first, this.#data, count - first);
  }

  /** Copies out, from `skip` bytes after the first, without taking anything; the bytes copied. */
  peek(window: MemoryWindow, pointer: number, length: number, skip: number): number {
    const { i32 } = this.#arena;
    lock(i32, this.#word + RingWord.LOCK, this.#arena.owner);
    const count = Math.max(0, Math.min(length, this.readable() - skip));
    this.#copyOut((i32[this.#word + RingWord.TAIL]! + skip) | 0, window, pointer, count);
    unlock(i32, this.#word + RingWord.LOCK);
    return count;
  }

  /**
   * Bytes put in; 0 when there is no room for `atomic` bytes (default 1), -EPIPE when no reader is left.
   * Pass `atomic = length` for writes that must not be mixed with others'.
   */
  tryWrite(window: MemoryWindow, pointer: number, length: number, atomic = 1): number {
    const arena = this.#arena;
    const { i32 } = arena;
    if (this.readers === 0) return -Errno.EPIPE;
    lock(i32, this.#word + RingWord.LOCK, arena.owner);
    const head = i32[this.#word + RingWord.HEAD]!;
    const room = this.capacity - ((head - Atomics.load(i32, this.#word + RingWord.TAIL)) >>> 0);
    const count = room < Math.min(atomic, length) ? 0 : Math.min(length, room);
    const at = head & this.#mask;
    const first = Math.min(count, this.capacity - at);
    window.toArenaFrom(this.#data + at, pointer, first);
    if (count > first) window.toArenaFrom(this.#data, pointer + first, count - first);
    Atomics.store(i32, this.#word + RingWord.HEAD, (head + count) | 0);
    unlock(i32, this.#word + RingWord.LOCK);
    if (count > 0) this.wake();
    return count;
  }

  /** Kernel: forgets what has not been read. */
  discard(): void {
    const { i32 } = this.#arena;
    lock(i32, this.#word + RingWord.LOCK, this.#arena.owner);
    Atomics.store(i32, this.#word + RingWord.TAIL, Atomics.load(i32, this.#word + RingWord.HEAD));
    unlock(i32, this.#word + RingWord.LOCK);
    this.wake();
  }

  addReader(): void {
    Atomics.add(this.#arena.i32, this.#word + RingWord.READERS, 1);
  }

  addWriter(): void {
    Atomics.add(this.#arena.i32, this.#word + RingWord.WRITERS, 1);
  }

  /** The owner of a ring whose ends are not counted by descriptions (a terminal's): no more readers or writers, the ring stays. */
  hangUp(): void {
    const { i32 } = this.#arena;
    Atomics.store(i32, this.#word + RingWord.READERS, 0);
    Atomics.store(i32, this.#word + RingWord.WRITERS, 0);
    this.wake();
  }

  /** An end of a ring that is part of something else, which frees it: no count goes back twice. */
  leaveReader(): void {
    this.#leave(RingWord.READERS);
  }

  leaveWriter(): void {
    this.#leave(RingWord.WRITERS);
  }

  #leave(end: number): void {
    Atomics.sub(this.#arena.i32, this.#word + end, 1);
    this.wake();
  }

  dropReader(): void {
    this.#drop(RingWord.READERS);
  }

  dropWriter(): void {
    this.#drop(RingWord.WRITERS);
  }

  /** Under the lock, so that of two ends that leave at once only the later one frees the ring. */
  #drop(end: number): void {
    const { i32 } = this.#arena;
    lock(i32, this.#word + RingWord.LOCK, this.#arena.owner);
    Atomics.sub(i32, this.#word + end, 1);
    const last = this.readers === 0 && this.writers === 0;
    this.wake();
    unlock(i32, this.#word + RingWord.LOCK);
    if (last) this.#arena.free(this.address);
  }

  /** From now on any change of the ring rings the doorbell of `slot`. Check the ring again after this. */
  addWaiter(slot: number): void {
    addWaiter(this.#arena, this.#word, slot);
  }

  removeWaiter(slot: number): void {
    removeWaiter(this.#arena, this.#word, slot);
  }

  /** Rings the doorbells of all waiters. */
  wake(): void {
    wakeWaiters(this.#arena, this.#word);
  }
}
