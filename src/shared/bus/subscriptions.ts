import { Pcb, pcbOfSlot, type Arena, type ProcessHandle } from '../arena/index.ts';
import { MailboxKind, MailboxState, MailboxWord } from './layout.ts';
import { Records } from './records.ts';
import { SubscriptionTable } from './table.ts';

/** Who listens to what. */
export interface Listening {
  pattern: string;
  /** Empty: none. */
  group: string;
  /** Of the process whose mailbox it is. */
  pid: number;
  mailbox: number;
  /** Bytes that were put into the mailbox so far, with its other patterns'; wraps at 2^32. */
  received: number;
}

/** Slots that are read under one hold of the lock. */
const TURN = 128;

/** Reads the subscriptions of all processes, for display. */
export class Subscriptions {
  readonly #arena: Arena;
  readonly #handle: ProcessHandle;
  readonly #records: Records;
  readonly #table: SubscriptionTable;

  /** `handle`: of the worker's own control block. `createBus` came first. */
  constructor(arena: Arena, handle: ProcessHandle) {
    this.#arena = arena;
    this.#handle = handle;
    this.#records = new Records(arena);
    this.#table = new SubscriptionTable(this.#records);
  }

  /** The first `max`. The lock is let go of now and then: what changes meanwhile may be in it or not. Requests that wait for their answers are none. */
  list(max: number): Listening[] {
    const found: Listening[] = [];
    let used = 1;
    for (let from = 0; from < used && found.length < max; from += TURN) {
      this.#handle.enter();
      this.#records.lock();
      used = this.#table.used;
      for (let slot = from; slot < Math.min(used, from + TURN) && found.length < max; slot++) this.#take(slot, found);
      this.#records.unlock();
      this.#handle.leave();
    }
    return found;
  }

  #take(slot: number, found: Listening[]): void {
    const one = this.#table.read(slot);
    if (!one) return;
    const { pattern, group, mailbox } = one;
    const { u32 } = this.#arena;
    const word = mailbox >>> 2;
    if (u32[word + MailboxWord.STATE] !== MailboxState.OPEN || u32[word + MailboxWord.KIND] !== MailboxKind.RING) return;
    const pid = u32[(pcbOfSlot(u32[word + MailboxWord.OWNER]!) >>> 2) + Pcb.PID]!;
    found.push({ pattern, group, pid, mailbox, received: Atomics.load(u32, word + MailboxWord.HEAD) });
  }
}
