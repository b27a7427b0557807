import { Errno } from '../base/index.ts';
import { BusWord, LOG_SIZE, MailboxWord, SubscriptionWord, SUBSCRIPTIONS_MAX } from './layout.ts';
import type { Records } from './records.ts';

/** A subscription as it was when it was looked at. */
export interface Subscription {
  /** Address, and its generation. */
  mailbox: number;
  generation: number;
  pattern: string;
  /** Empty: none. */
  group: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The subscriptions of all: patterns, and the mailboxes that they lead to. Changed under the bus's lock; SEQ counts the changes, and the last
 * LOG_SIZE slots that were changed are in LOG, so that a worker's copy is brought up to date by what has changed.
 */
export class SubscriptionTable {
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  get seq(): number {
    return Atomics.load(this.#records.arena.u32, this.#records.bus + BusWord.SEQ);
  }

  /** Under the lock. -ENFILE, -ENOMEM. */
  add(mailbox: number, pattern: string, group: string): number {
    const { arena, bus } = this.#records;
    const text = encoder.encode(pattern + group);
    const patternLength = encoder.encode(pattern).length;
    const slot = this.#takeSlot();
    if (slot < 0) return slot;
    const address = arena.alloc(SubscriptionWord.TEXT * 4 + text.length);
    if (address === 0) {
      this.#giveSlot(slot);
      return -Errno.ENOMEM;
    }
    const { u32, u8 } = arena;
    const word = address >>> 2;
    u32[word + SubscriptionWord.MAILBOX] = mailbox;
    u32[word + SubscriptionWord.NEXT] = u32[(mailbox >>> 2) + MailboxWord.SUBSCRIPTIONS]!;
    u32[word + SubscriptionWord.PATTERN_LENGTH] = patternLength;
    u32[word + SubscriptionWord.GROUP_LENGTH] = text.length - patternLength;
    u8.set(text, address + SubscriptionWord.TEXT * 4);
    u32[(mailbox >>> 2) + MailboxWord.SUBSCRIPTIONS] = slot + 1;
    u32[(u32[bus + BusWord.TABLE]! >>> 2) + slot] = address;
    this.#note(slot);
    return slot;
  }

  #takeSlot(): number {
    const { arena: { u32 }, bus } = this.#records;
    const free = u32[bus + BusWord.TABLE_FREE]!;
    if (free !== 0) {
      u32[bus + BusWord.TABLE_FREE] = u32[(u32[bus + BusWord.FREE_LINKS]! >>> 2) + free - 1]!;
      return free - 1;
    }
    const used = u32[bus + BusWord.TABLE_USED]!;
    if (used === SUBSCRIPTIONS_MAX) return -Errno.ENFILE;
    u32[bus + BusWord.TABLE_USED] = used + 1;
    return used;
  }

  #giveSlot(slot: number): void {
    const { arena: { u32 }, bus } = this.#records;
    u32[(u32[bus + BusWord.FREE_LINKS]! >>> 2) + slot] = u32[bus + BusWord.TABLE_FREE]!;
    u32[bus + BusWord.TABLE_FREE] = slot + 1;
  }

  #note(slot: number): void {
    const { arena: { u32 }, bus } = this.#records;
    const seq = u32[bus + BusWord.SEQ]!;
    u32[bus + BusWord.LOG + (seq & (LOG_SIZE - 1))] = slot;
    Atomics.store(u32, bus + BusWord.SEQ, seq + 1);
  }

  /** Under the lock. */
  removeAll(mailbox: number): void {
    for (let slot = this.#first(mailbox); slot >= 0; slot = this.#first(mailbox)) this.remove(mailbox, slot);
  }

  #first(mailbox: number): number {
    return this.#records.arena.u32[(mailbox >>> 2) + MailboxWord.SUBSCRIPTIONS]! - 1;
  }

  /** Under the lock: one of the mailbox's, by the number that `add` gave. */
  remove(mailbox: number, slot: number): void {
    const { arena, bus } = this.#records;
    const { u32 } = arena;
    const table = u32[bus + BusWord.TABLE]! >>> 2;
    const address = u32[table + slot]!;
    let link = (mailbox >>> 2) + MailboxWord.SUBSCRIPTIONS;
    while (u32[link] !== slot + 1) link = (u32[table + u32[link]! - 1]! >>> 2) + SubscriptionWord.NEXT;
    u32[link] = u32[(address >>> 2) + SubscriptionWord.NEXT]!;
    u32[table + slot] = 0;
    arena.free(address);
    this.#giveSlot(slot);
    this.#note(slot);
  }

  /** Under the lock. */
  read(slot: number): Subscription | null {
    const { arena: { u32, u8 }, bus } = this.#records;
    const address = u32[(u32[bus + BusWord.TABLE]! >>> 2) + slot]!;
    if (address === 0) return null;
    const word = address >>> 2;
    const text = address + SubscriptionWord.TEXT * 4;
    const middle = text + u32[word + SubscriptionWord.PATTERN_LENGTH]!;
    const mailbox = u32[word + SubscriptionWord.MAILBOX]!;
    return {
      mailbox, generation: u32[(mailbox >>> 2) + MailboxWord.GENERATION]!,
      pattern: decoder.decode(u8.slice(text, middle)), group: decoder.decode(u8.slice(middle, middle + u32[word + SubscriptionWord.GROUP_LENGTH]!)),
    };
  }

  /** Under the lock: slots that were ever used. */
  get used(): number {
    return this.#records.arena.u32[this.#records.bus + BusWord.TABLE_USED]!;
  }

  /** Under the lock: the slot of change number `seq`, which is one of the last LOG_SIZE. */
  changed(seq: number): number {
    return this.#records.arena.u32[this.#records.bus + BusWord.LOG + (seq & (LOG_SIZE - 1))]!;
  }
}
