import { Arena, Header, Inode, InodeFlag } from '../arena/index.ts';

/** Bytes that a name and its inode count for. */
const NODE = 256;
const UNIT = 64;

/**
 * The arena's memory that files of the volatile volume (`/tmp`) take: it has nowhere to go, so that it has a bound of its own,
 * and a full `/tmp` leaves room for everything else. Counted atomically; every count has its give.
 */
export class VolatileSpace {
  readonly #arena: Arena;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** The most that the volume may take, in bytes; 0: no bound. */
  limit(bytes: number): void {
    this.#arena.u32[Header.VOLATILE_MAX] = Math.floor(bytes / UNIT);
  }

  /** Memory for the contents of the inode at `word`; 0 when the arena or its volume is full. */
  alloc(word: number, bytes: number): number {
    if (!this.#counts(word)) return this.#arena.alloc(bytes);
    if (!this.#take(Arena.roundUp(bytes))) return 0;
    const address = this.#arena.alloc(bytes);
    if (address === 0) this.#give(Arena.roundUp(bytes));
    return address;
  }

  allocZeroed(word: number, bytes: number): number {
    const address = this.alloc(word, bytes);
    if (address !== 0) this.#arena.u8.fill(0, address, address + bytes);
    return address;
  }

  /** `bytes` as they were asked for. */
  free(word: number, address: number, bytes: number): void {
    this.#arena.free(address);
    if (this.#counts(word)) this.#give(Arena.roundUp(bytes));
  }

  /** Whether there is room for one more name in the volume of `parent`. */
  takeNode(parent: number): boolean {
    return !this.#counts(parent >>> 2) || this.#take(NODE);
  }

  giveNode(inode: number): void {
    if (this.#counts(inode >>> 2)) this.#give(NODE);
  }

  /** By its volume: files without a name are volatile as well, wherever they are. */
  #counts(word: number): boolean {
    const { u32 } = this.#arena;
    const root = u32[word + Inode.VOLUME]! >>> 2;
    return (u32[root + Inode.FLAGS]! & InodeFlag.VOLATILE) !== 0;
  }

  #take(bytes: number): boolean {
    const { i32, u32 } = this.#arena;
    const most = u32[Header.VOLATILE_MAX]!;
    const units = bytes / UNIT;
    const before = Atomics.add(i32, Header.VOLATILE_USED, units) >>> 0;
    if (most === 0 || before + units <= most) return true;
    Atomics.sub(i32, Header.VOLATILE_USED, units);
    return false;
  }

  #give(bytes: number): void {
    Atomics.sub(this.#arena.i32, Header.VOLATILE_USED, bytes / UNIT);
  }
}
