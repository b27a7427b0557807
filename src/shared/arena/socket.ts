import type { Arena } from './arena.ts';
import { RING_HEADER, SOCKET_HEADER, SocketWord } from './layout.ts';
import { Ring } from './ring.ts';

/** Which of the two: 0 called, 1 was called. */
export type Side = 0 | 1;

/** Bytes under way in one direction; when they are that many, the writer waits. */
export const SOCKET_RING = 64 * 1024;

/** What a side has shut; of side 1 shifted by two bits. `RESET`: the connection was never accepted. */
export const Shut = { READ: 1, WRITE: 2, BOTH: 3, RESET: 16 } as const;

/**
 * A stream connection: two rings in one allocation, one for each direction, and for each side the bits of what it has shut.
 * An *end* is what a description holds: the connection's address plus its side. Each of the two ends is released once; the
 * second frees the connection. Callers are behind their gate.
 */
export class Connection {
  /** Address and side in one word: records are 64-byte aligned. */
  readonly end: number;
  readonly side: Side;
  readonly input: Ring;
  readonly output: Ring;
  readonly #arena: Arena;
  readonly #address: number;
  readonly #word: number;

  constructor(arena: Arena, end: number) {
    this.#arena = arena;
    this.end = end;
    this.side = (end & 1) as Side;
    this.#address = (end & ~1) >>> 0;
    this.#word = this.#address >>> 2;
    this.output = new Ring(arena, ringAddress(this.#address, this.side));
    this.input = new Ring(arena, ringAddress(this.#address, this.side ^ 1));
  }

  /** The end of side 0; the other is `peerOf` it. 0 when the arena is full. */
  static create(arena: Arena, port: number): number {
    const address = arena.alloc(ringAddress(0, 2));
    if (address === 0) return 0;
    const word = address >>> 2;
    arena.u8.fill(0, address, address + SOCKET_HEADER);
    arena.u32[word + SocketWord.REFS] = 2;
    arena.u32[word + SocketWord.PORT] = port;
    for (const side of [0, 1]) {
      Ring.format(arena, ringAddress(address, side), SOCKET_RING);
      const ring = new Ring(arena, ringAddress(address, side));
      ring.addReader();
      ring.addWriter();
    }
    return address;
  }

  static peerOf(end: number): number {
    return (end ^ 1) >>> 0;
  }

  get port(): number {
    return this.#arena.u32[this.#word + SocketWord.PORT]!;
  }

  #bits(): number {
    return Atomics.load(this.#arena.i32, this.#word + SocketWord.SHUT);
  }

  get readShut(): boolean {
    return (this.#bits() & (Shut.READ << (this.side * 2))) !== 0;
  }

  get writeShut(): boolean {
    return (this.#bits() & (Shut.WRITE << (this.side * 2))) !== 0;
  }

  /** Nobody accepted the connection, and nobody will. */
  get wasReset(): boolean {
    return (this.#bits() & Shut.RESET) !== 0;
  }

  /**
   * Shuts `what` (bits of `Shut`) of this side for good; what was shut stays so. The other side's readers come to the end after
   * what is under way, its writers meet EPIPE; ours wake too.
   */
  shut(what: number): void {
    const mask = (what & Shut.BOTH) << (this.side * 2);
    const fresh = (mask & ~Atomics.or(this.#arena.i32, this.#word + SocketWord.SHUT, mask)) >>> (this.side * 2);
    // Reading first: who is woken by the end of our writing finds that we do not read either.
    if (fresh & Shut.READ) this.input.leaveReader();
    if (fresh & Shut.WRITE) this.output.leaveWriter();
  }

  /** Gives the end back. */
  release(): void {
    this.shut(Shut.BOTH);
    if (Atomics.sub(this.#arena.i32, this.#word + SocketWord.REFS, 1) === 1) this.#arena.free(this.#address);
  }

  /** Gives back the end of a connection that is not accepted. */
  reset(): void {
    Atomics.or(this.#arena.i32, this.#word + SocketWord.SHUT, Shut.RESET);
    this.release();
  }
}

/** Of the ring that `side` writes. */
function ringAddress(connection: number, side: number): number {
  return connection + SOCKET_HEADER + side * (RING_HEADER + SOCKET_RING);
}
