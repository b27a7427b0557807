import { Allocator } from './allocator.ts';
import { makeAtoms, type Atoms } from './atoms.ts';
import { FIRST_PAGE, Header, JOURNAL_BYTES, KERNEL_PID, MAGIC, MAX_PAGES, PAGE_SIZE, PCB_BASE, Pcb } from './layout.ts';
import { bindLocks } from './lock.ts';
import type { ArenaViews } from './views.ts';

export interface ArenaOptions {
  /** Pages of 64 KiB at start. Default 1024 (64 MiB). */
  pages?: number;
  /** Default 65 536 (4 GiB). */
  maxPages?: number;
  /** Bytes of the journal ring, a power of two. Default 16 MiB. */
  journalBytes?: number;
}

/**
 * The shared memory that every worker holds from birth, with this worker's views of it.
 * The views are replaced when memory grew: read them from here after anything that may allocate, and after a lock was taken.
 */
export class Arena implements ArenaViews {
  readonly memory: WebAssembly.Memory;
  u8!: Uint8Array;
  i32!: Int32Array;
  u32!: Uint32Array;
  f64!: Float64Array;
  /** Pid that this worker writes into lock words. */
  owner = KERNEL_PID;
  /** Pages that the views cover. */
  pages = 0;
  /** Gates and locks. */
  readonly atoms: Atoms;
  readonly #allocator: Allocator;

  private constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.atoms = makeAtoms(memory);
    this.refresh();
    this.#allocator = new Allocator(this);
  }

  static create(options: ArenaOptions = {}): Arena {
    const pages = options.pages ?? 1024;
    const maximum = options.maxPages ?? MAX_PAGES;
    const memory = new WebAssembly.Memory({ initial: pages, maximum, shared: true });
    const arena = new Arena(memory);
    const { u32 } = arena;
    u32[Header.MAGIC] = MAGIC;
    u32[Header.PAGES] = pages;
    u32[Header.NEXT_PAGE] = FIRST_PAGE;
    u32[Header.EPOCH] = 1;
    arena.f64[Header.NEXT_INO >>> 1] = 2;
    const journalBytes = options.journalBytes ?? JOURNAL_BYTES;
    u32[Header.JOURNAL_SIZE] = journalBytes;
    const ring = arena.alloc(journalBytes);
    if (ring === 0) throw new Error(`arena: no room for a journal of ${journalBytes} bytes in ${maximum} pages`);
    u32[Header.JOURNAL_RING] = ring;
    u32[(PCB_BASE >>> 2) + Pcb.PID] = KERNEL_PID;
    return arena;
  }

  static attach(memory: WebAssembly.Memory): Arena {
    const arena = new Arena(memory);
    if (arena.u32[Header.MAGIC] !== MAGIC) throw new Error('not an arena of this version');
    return arena;
  }

  /** Replaces the views if another worker grew the memory. One plain load when it did not. */
  sync(): void {
    if (this.u32[Header.PAGES] !== this.pages) this.refresh();
  }

  /**
   * An engine may tell this worker of another's growth only at its next loop or call: until then `memory.buffer` is short,
   * so this looks again until the views cover what the header says.
   */
  refresh(): void {
    let buffer = this.memory.buffer;
    for (let tries = 1; buffer.byteLength < this.#pagesInHeader(buffer) * PAGE_SIZE; tries++) {
      if (tries % 1000 === 0) this.memory.grow(0);
      buffer = this.memory.buffer;
    }
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
    bindLocks(this.i32, this.atoms);
    this.pages = buffer.byteLength / PAGE_SIZE;
  }

  #pagesInHeader(buffer: ArrayBufferLike): number {
    return new Uint32Array(buffer, 0, Header.PAGES + 1)[Header.PAGES]!;
  }

  /** An address of at least `bytes` bytes, 64-byte aligned (64 KiB aligned from 32 KiB + 1 up), not cleared; 0 when the arena is full. */
  alloc(bytes: number): number {
    return this.#allocator.alloc(bytes);
  }

  /** Like `alloc`, cleared. */
  allocZeroed(bytes: number): number {
    const address = this.alloc(bytes);
    if (address !== 0) this.u8.fill(0, address, address + bytes);
    return address;
  }

  allocInode(): number {
    return this.#allocator.allocInode();
  }

  free(address: number): void {
    this.#allocator.free(address);
  }

  /** Bytes that an allocation of `bytes` really takes. */
  static roundUp(bytes: number): number {
    return Allocator.roundUp(bytes);
  }

  /** Counts for the checker and for `/proc/meminfo`. Bytes. */
  stats(): { total: number; free: number; untouched: number } {
    return this.#allocator.stats();
  }

  /** Calls back for each live allocation; for the checker. */
  forEachAllocation(visit: (address: number, bytes: number, kind: 'inode' | 'slab' | 'pages') => void): void {
    this.#allocator.forEach(visit);
  }
}

