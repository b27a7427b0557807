import { Errno } from '../base/index.ts';
import type { Arena } from './arena.ts';
import { ListenerWord } from './layout.ts';
import { lock, unlock } from './lock.ts';
import { Connection } from './socket.ts';
import { addWaiter, removeWaiter, wakeWaiters, type Waitable } from './waiters.ts';

/** Connections that wait to be accepted, at most; further ones are refused. */
export const BACKLOG = 32;

/**
 * A listening socket: a bounded queue of connections' ends. It is open while descriptions refer to it; when the last one goes,
 * what waits is reset. The record lives as long as the kernel's table of ports knows it too. Callers are behind their gate.
 */
export class Listener implements Waitable {
  readonly address: number;
  readonly #arena: Arena;
  readonly #word: number;

  constructor(arena: Arena, address: number) {
    this.#arena = arena;
    this.address = address;
    this.#word = address >>> 2;
    arena.sync();
  }

  /** Kernel: has one reference, and is closed until a description is made of it. 0 when the arena is full. */
  static create(arena: Arena, port: number, backlog = BACKLOG): number {
    const address = arena.allocZeroed((ListenerWord.QUEUE + backlog) * 4);
    if (address === 0) return 0;
    const word = address >>> 2;
    arena.u32[word + ListenerWord.BACKLOG] = backlog;
    arena.u32[word + ListenerWord.PORT] = port;
    arena.u32[word + ListenerWord.REFS] = 1;
    return address;
  }

  get port(): number {
    return this.#arena.u32[this.#word + ListenerWord.PORT]!;
  }

  get isOpen(): boolean {
    return Atomics.load(this.#arena.i32, this.#word + ListenerWord.OPENS) !== 0;
  }

  /** Connections that wait to be accepted. */
  pending(): number {
    const { i32 } = this.#arena;
    return (Atomics.load(i32, this.#word + ListenerWord.HEAD) - Atomics.load(i32, this.#word + ListenerWord.TAIL)) >>> 0;
  }

  /** Puts the end of a new connection into the queue and takes it over: 0, or -ECONNREFUSED when the listener is closed or full. */
  offer(end: number): number {
    const { i32 } = this.#arena;
    this.#lock();
    const room = this.isOpen && this.pending() < i32[this.#word + ListenerWord.BACKLOG]!;
    if (room) {
      const head = i32[this.#word + ListenerWord.HEAD]!;
      i32[this.#slot(head)] = end | 0;
      Atomics.store(i32, this.#word + ListenerWord.HEAD, (head + 1) | 0);
    }
    this.#unlock();
    if (room) wakeWaiters(this.#arena, this.#word);
    return room ? 0 : -Errno.ECONNREFUSED;
  }

  /**
   * Gives the oldest end to `take`, which takes it over by a result >= 0; by a negative one it stays the oldest.
   * That result; -EAGAIN when none waits.
   */
  accept(take: (end: number) => number): number {
    const { i32 } = this.#arena;
    this.#lock();
    const tail = i32[this.#word + ListenerWord.TAIL]!;
    const result = this.pending() === 0 ? -Errno.EAGAIN : take(i32[this.#slot(tail)]! >>> 0);
    // `take` may have grown the memory.
    if (result >= 0) Atomics.store(this.#arena.i32, this.#word + ListenerWord.TAIL, (tail + 1) | 0);
    this.#unlock();
    return result;
  }

  #slot(count: number): number {
    return this.#word + ListenerWord.QUEUE + ((count >>> 0) % this.#arena.i32[this.#word + ListenerWord.BACKLOG]!);
  }

  #lock(): void {
    lock(this.#arena.i32, this.#word + ListenerWord.LOCK, this.#arena.owner);
  }

  #unlock(): void {
    unlock(this.#arena.i32, this.#word + ListenerWord.LOCK);
  }

  addOpen(): void {
    Atomics.add(this.#arena.i32, this.#word + ListenerWord.REFS, 1);
    Atomics.add(this.#arena.i32, this.#word + ListenerWord.OPENS, 1);
  }

  /** With the last one, connections that wait are reset, and no more come. */
  dropOpen(): void {
    const { i32 } = this.#arena;
    this.#lock();
    const last = Atomics.sub(i32, this.#word + ListenerWord.OPENS, 1) === 1;
    this.#unlock();
    // Nothing is put in any more, and nobody else takes out.
    while (last && this.accept((end) => this.#reset(end)) >= 0);
    wakeWaiters(this.#arena, this.#word);
    this.dropReference();
  }

  /** Whoever has it, what waits is reset and what comes is refused from now on. */
  shut(): void {
    this.#lock();
    const { i32 } = this.#arena;
    const tail = i32[this.#word + ListenerWord.TAIL]!;
    const ends = Array.from({ length: this.pending() }, (_, at) => i32[this.#slot(tail + at)]! >>> 0);
    Atomics.store(i32, this.#word + ListenerWord.TAIL, (tail + ends.length) | 0);
    i32[this.#word + ListenerWord.BACKLOG] = 0;
    this.#unlock();
    for (const end of ends) this.#reset(end);
    wakeWaiters(this.#arena, this.#word);
  }

  #reset(end: number): number {
    new Connection(this.#arena, end).reset();
    return 0;
  }

  /** The last one frees the record. */
  dropReference(): void {
    if (Atomics.sub(this.#arena.i32, this.#word + ListenerWord.REFS, 1) === 1) this.#arena.free(this.address);
  }

  addWaiter(slot: number): void {
    addWaiter(this.#arena, this.#word, slot);
  }

  removeWaiter(slot: number): void {
    removeWaiter(this.#arena, this.#word, slot);
  }
}
