import { Header, lock, unlock, type Arena } from '../arena/index.ts';
import { Errno } from '../base/index.ts';
import {
  BusWord, CHUNK_SIZE, EXTENT_BYTES_MAX, MailboxState, MailboxWord, MAILBOXES_MAX, PROCESS_BYTES_MAX, RECORD_SIZE, RECORDS_IN_CHUNK,
  SUBSCRIPTIONS_MAX,
} from './layout.ts';

export interface BusOptions {
  /** Bytes of all payloads that travel by reference. Default 256 MiB. */
  extentBytes?: number;
}

/** Kernel, once: makes the bus. @throws Error when the arena has no room for it. */
export function createBus(arena: Arena, options: BusOptions = {}): void {
  const address = arena.allocZeroed(BusWord.SIZE * 4);
  const table = arena.allocZeroed(SUBSCRIPTIONS_MAX * 4);
  const links = arena.alloc(SUBSCRIPTIONS_MAX * 4);
  if (address === 0 || table === 0 || links === 0) throw new Error('arena full: no room for the bus');
  const word = address >>> 2;
  arena.u32[word + BusWord.EXTENT_MAX] = options.extentBytes ?? EXTENT_BYTES_MAX;
  arena.u32[word + BusWord.TABLE] = table;
  arena.u32[word + BusWord.FREE_LINKS] = links;
  Atomics.store(arena.u32, Header.BUS, address);
}

/**
 * The records of mailboxes, and what processes are charged for. A record stays one for ever: who holds its address from before finds a
 * mailbox's words there, and under its lock a GENERATION that has moved.
 */
export class Records {
  readonly arena: Arena;
  /** Word of the bus. */
  readonly bus: number;

  constructor(arena: Arena) {
    this.arena = arena;
    arena.sync();
    this.bus = Atomics.load(arena.u32, Header.BUS) >>> 2;
    if (this.bus === 0) throw new Error('the arena has no bus');
  }

  lock(): void {
    lock(this.arena.i32, this.bus + BusWord.LOCK, this.arena.owner);
    this.arena.sync();
  }

  unlock(): void {
    unlock(this.arena.i32, this.bus + BusWord.LOCK);
  }

  /** Under the bus's lock: a record with its lock free and everything else 0 but INDEX, GENERATION and waiters; -ENFILE, -ENOMEM. */
  allocate(): number {
    const { u32 } = this.arena;
    const free = u32[this.bus + BusWord.RECORDS_FREE]!;
    if (free === 0) return this.#fresh();
    u32[this.bus + BusWord.RECORDS_FREE] = u32[(free >>> 2) + MailboxWord.LINK]!;
    return free;
  }

  #fresh(): number {
    const index = this.arena.u32[this.bus + BusWord.RECORDS_USED]!;
    if (index === MAILBOXES_MAX) return -Errno.ENFILE;
    const chunk = this.bus + BusWord.CHUNKS + Math.floor(index / RECORDS_IN_CHUNK);
    if (this.arena.u32[chunk] === 0) {
      const run = this.arena.allocZeroed(CHUNK_SIZE);
      if (run === 0) return -Errno.ENOMEM;
      this.arena.u32[chunk] = run;
    }
    const { u32 } = this.arena;
    u32[this.bus + BusWord.RECORDS_USED] = index + 1;
    const address = u32[chunk]! + (index % RECORDS_IN_CHUNK) * RECORD_SIZE;
    u32[(address >>> 2) + MailboxWord.INDEX] = index;
    return address;
  }

  /** Under the bus's lock, when all its words are set: it is a mailbox. */
  begin(address: number): void {
    this.#move(address, MailboxState.OPEN);
  }

  /** Under both locks: whoever knew it as a mailbox finds another generation from now on. */
  retire(address: number, state: number): void {
    this.#move(address, state);
  }

  #move(address: number, state: number): void {
    const { u32 } = this.arena;
    const word = address >>> 2;
    Atomics.store(u32, word + MailboxWord.STATE, state);
    Atomics.store(u32, word + MailboxWord.GENERATION, nextGeneration(u32[word + MailboxWord.GENERATION]!));
  }

  /** Under the bus's lock: it can be given out again. */
  free(address: number): void {
    const { u32 } = this.arena;
    u32[(address >>> 2) + MailboxWord.LINK] = u32[this.bus + BusWord.RECORDS_FREE]!;
    u32[this.bus + BusWord.RECORDS_FREE] = address;
  }

  lockMailbox(address: number): void {
    lock(this.arena.i32, (address >>> 2) + MailboxWord.LOCK, this.arena.owner);
    this.arena.sync();
  }

  unlockMailbox(address: number): void {
    unlock(this.arena.i32, (address >>> 2) + MailboxWord.LOCK);
  }

  /** A number for a mailbox that others cannot tell the address from, and that means nothing once it is gone. Never 0. */
  nameOf(address: number): number {
    const { u32 } = this.arena;
    const word = address >>> 2;
    return ((u32[word + MailboxWord.GENERATION]! << INDEX_BITS) | u32[word + MailboxWord.INDEX]!) >>> 0;
  }

  /** The record that a name belongs to; 0 for a number that was never one. Whether it is still that mailbox, its lock's holder can tell. */
  named(name: number): number {
    const { u32 } = this.arena;
    const index = name & (MAILBOXES_MAX - 1);
    if (index >= u32[this.bus + BusWord.RECORDS_USED]!) return 0;
    const chunk = u32[this.bus + BusWord.CHUNKS + Math.floor(index / RECORDS_IN_CHUNK)]!;
    return chunk === 0 ? 0 : chunk + (index % RECORDS_IN_CHUNK) * RECORD_SIZE;
  }

  /** Charges a process for bytes; false, and nothing is charged, if it then had more than it may have. */
  charge(slot: number, bytes: number): boolean {
    const at = this.bus + BusWord.CHARGED + slot;
    if (Atomics.add(this.arena.u32, at, bytes) + bytes <= PROCESS_BYTES_MAX) return true;
    Atomics.sub(this.arena.u32, at, bytes);
    return false;
  }

  charged(slot: number): number {
    return Atomics.load(this.arena.u32, this.bus + BusWord.CHARGED + slot);
  }

  discharge(slot: number, bytes: number): void {
    Atomics.sub(this.arena.u32, this.bus + BusWord.CHARGED + slot, bytes);
  }
}

const INDEX_BITS = Math.log2(MAILBOXES_MAX);
/** Generations that a name can tell apart. */
const GENERATIONS = 2 ** (32 - INDEX_BITS);

/** Never a multiple of GENERATIONS, so that no name is 0. */
function nextGeneration(generation: number): number {
  const next = (generation + 1) >>> 0;
  return next % GENERATIONS === 0 ? next + 1 : next;
}
