import type { Arena } from './arena.ts';
import { Header, Inode, Pcb } from './layout.ts';
import { lock, unlock } from './lock.ts';
import { KERNEL_PCB, ringBell } from './process.ts';

export const JournalOp = {
  CREATE: 1, MKDIR: 2, SYMLINK: 3, LINK: 4, UNLINK: 5, RMDIR: 6, RENAME: 7, WRITE: 8, ATTR: 9,
} as const;

/**
 * Entry: words LENGTH (a multiple of 8, header included; 0: skip to the ring's start), OP (with the inode's device from bit 8 on), PID, INODE,
 * then doubles TIME (ns), INO, DIR, DIR2, REPLACED, then words NAME_LENGTH, NAME2_LENGTH, then the two names.
 */
export const Entry = {
  LENGTH: 0, OP: 1, PID: 2, INODE: 3, TIME: 4, INO: 6, DIR: 8, DIR2: 10, REPLACED: 12, NAME_LENGTH: 14, NAME2_LENGTH: 15,
  NAMES: 64,
} as const;
/** Of `OP`; above it is the device of the inode. */
export const OP_BITS = 8;
/** `OP` of an entry that was taken back. */
const CANCELLED = 0;
/** Longest entry: two names of 255 bytes. */
export const ENTRY_MAX = 64 + 512;

/**
 * The ring of changes on their way to the store. Writers append under JOURNAL_LOCK, in the order of the changes;
 * the kernel alone moves TAIL. Positions are wrapping 32-bit byte counts.
 */
export class JournalRing {
  readonly #arena: Arena;
  readonly #start: number;
  readonly #size: number;
  readonly #changed: number;

  /** `pcb`: control block of the process that appends. */
  constructor(arena: Arena, pcb: number = KERNEL_PCB) {
    this.#arena = arena;
    this.#changed = (pcb >>> 2) + Pcb.CHANGED;
    this.#start = arena.u32[Header.JOURNAL_RING]!;
    this.#size = arena.u32[Header.JOURNAL_SIZE]!;
  }

  get head(): number {
    return Atomics.load(this.#arena.u32, Header.JOURNAL_HEAD);
  }

  get tail(): number {
    return Atomics.load(this.#arena.u32, Header.JOURNAL_TAIL);
  }

  get durable(): number {
    return Atomics.load(this.#arena.u32, Header.JOURNAL_DURABLE);
  }

  /** Takes the journal lock if an entry of any length fits; false (and no lock) if the ring is full. */
  begin(): boolean {
    const { i32 } = this.#arena;
    lock(i32, Header.JOURNAL_LOCK, this.#arena.owner);
    const used = (i32[Header.JOURNAL_HEAD]! - Atomics.load(i32, Header.JOURNAL_TAIL)) >>> 0;
    // Twice: a skip to the start may cost as much as an entry.
    if (this.#size - used >= 2 * ENTRY_MAX) return true;
    unlock(i32, Header.JOURNAL_LOCK);
    return false;
  }

  /**
   * Appends a header; the caller adds names with `name`, and ends with `commit`. Returns the entry's word index.
   * Call between `begin` and `commit`.
   */
  append(op: number, inode: number, ino: number, dir: number, nameLength: number, name2Length: number, time: number, pid: number): number {
    const { u32, f64 } = this.#arena;
    const length = (Entry.NAMES + nameLength + name2Length + 7) & ~7;
    let head = u32[Header.JOURNAL_HEAD]!;
    let at = head & (this.#size - 1);
    if (at + length > this.#size) {
      u32[(this.#start + at) >>> 2] = 0;
      head = (head + this.#size - at) >>> 0;
      at = 0;
    }
    const word = (this.#start + at) >>> 2;
    u32[word + Entry.LENGTH] = length;
    u32[word + Entry.OP] = op | (u32[(inode >>> 2) + Inode.DEV]! << OP_BITS);
    u32[word + Entry.PID] = pid;
    u32[word + Entry.INODE] = inode;
    f64[(word + Entry.TIME) >>> 1] = time;
    f64[(word + Entry.INO) >>> 1] = ino;
    f64[(word + Entry.DIR) >>> 1] = dir;
    f64[(word + Entry.DIR2) >>> 1] = 0;
    f64[(word + Entry.REPLACED) >>> 1] = 0;
    u32[word + Entry.NAME_LENGTH] = nameLength;
    u32[word + Entry.NAME2_LENGTH] = name2Length;
    u32[this.#changed] = 1;
    this.position = head;
    this.#next = (head + length) >>> 0;
    return word;
  }

  #next = 0;
  /** Where the entry of the last `append` is. */
  position = 0;

  /** Who appended the entry at `position`, while it has not been drained; afterwards any number. */
  pidAt(position: number): number {
    return this.#arena.u32[((this.#start + (position & (this.#size - 1))) >>> 2) + Entry.PID]!;
  }

  /**
   * Takes an entry of this epoch back: nobody has seen it, and what it told is undone. Its space is had again at once if it
   * is the newest. Call under the lock (after `begin`).
   */
  cancel(position: number): void {
    const { u32 } = this.#arena;
    const word = (this.#start + (position & (this.#size - 1))) >>> 2;
    u32[word + Entry.OP] = CANCELLED;
    if (((position + u32[word + Entry.LENGTH]!) >>> 0) === u32[Header.JOURNAL_HEAD]) Atomics.store(u32, Header.JOURNAL_HEAD, position);
  }

  /** Publishes what was appended, lets go of the lock, and wakes the kernel if it does not know that there is something. */
  commit(): void {
    const { i32 } = this.#arena;
    const tail = Atomics.load(i32, Header.JOURNAL_TAIL);
    const half = this.#size / 2;
    // Half full: the kernel must not wait for its grouping time.
    const urgent = ((i32[Header.JOURNAL_HEAD]! - tail) >>> 0) < half && ((this.#next - tail) >>> 0) >= half;
    Atomics.store(i32, Header.JOURNAL_HEAD, this.#next | 0);
    unlock(i32, Header.JOURNAL_LOCK);
    if (Atomics.load(i32, Header.JOURNAL_AWAKE) === 0) {
      Atomics.store(i32, Header.JOURNAL_AWAKE, 1);
      ringBell(this.#arena, 0);
    } else if (urgent) ringBell(this.#arena, 0);
  }

  /** Whether a cut is due. */
  get awake(): boolean {
    return Atomics.load(this.#arena.i32, Header.JOURNAL_AWAKE) !== 0;
  }

  /** Kernel, before it looks for entries: the next one rings again. */
  rest(): void {
    Atomics.store(this.#arena.i32, Header.JOURNAL_AWAKE, 0);
  }

  /** Lets go of the lock without an entry. */
  abort(): void {
    unlock(this.#arena.i32, Header.JOURNAL_LOCK);
  }

  /** Kernel: under the lock, ends the epoch; returns the position up to which entries belong to it. */
  cut(): number {
    const { i32, u32 } = this.#arena;
    lock(i32, Header.JOURNAL_LOCK, this.#arena.owner);
    Atomics.add(i32, Header.EPOCH, 1);
    const head = u32[Header.JOURNAL_HEAD]!;
    unlock(i32, Header.JOURNAL_LOCK);
    return head;
  }

  /** Kernel: visits the entries from TAIL to `end` as word indices, then frees their space and wakes writers. */
  drain(end: number, visit: (word: number) => void): void {
    const { i32, u32 } = this.#arena;
    let position = this.tail;
    while (position !== end) {
      const at = position & (this.#size - 1);
      const word = (this.#start + at) >>> 2;
      const length = u32[word]!;
      if (length === 0) position = (position + this.#size - at) >>> 0;
      else {
        if (u32[word + Entry.OP] !== CANCELLED) visit(word);
        position = (position + length) >>> 0;
      }
    }
    Atomics.store(i32, Header.JOURNAL_TAIL, end | 0);
    Atomics.notify(i32, Header.JOURNAL_TAIL);
  }

  setDurable(position: number): void {
    Atomics.store(this.#arena.u32, Header.JOURNAL_DURABLE, position);
    Atomics.notify(this.#arena.i32, Header.JOURNAL_DURABLE);
  }
}
