import { addWaiter, lock, removeWaiter, unlock, wakeWaiters, type Arena } from '../arena/index.ts';
import type { Blocking } from './contract.ts';
import type { Extents } from './extents.ts';
import { Frame, Policy } from './frame.ts';
import { BY_REFERENCE, INLINE_MAX, MailboxWord } from './layout.ts';
import type { Outgoing } from './outgoing.ts';
import type { Records } from './records.ts';

/** What became of a message: in the mailbox; not, for the mailbox is full; not, and counted as lost; not, for the mailbox is no more. */
export const Put = { DONE: 1, FULL: 0, LOST: -1, GONE: -2 } as const;

/** Where a router sends messages: a mailbox, or a queue group. */
export interface Receiver extends Blocking {
  /** Whether a full one makes `put` end with FULL (`Policy`). */
  readonly policy: number;
  /** Frames up to this size need no extent. */
  readonly inlineMax: number;
  /** Slot of the only process that can make room, or -1. */
  readonly owner: number;
  /** Whether a message would find room now; a hint. */
  hasRoom(out: Outgoing): boolean;
  put(out: Outgoing): number;
  /** A message that waited is given up: counted as lost. */
  lose(): void;
}

const align8 = (bytes: number): number => (bytes + 7) & ~7;
/** Bytes by reference in one mailbox beside its first message, if that is more than its capacity. */
const REFERENCED_MAX = 1024 * 1024;
/** Results of `#append` that are no position are a `Put` less this. */
const NOT_PUT = 16;

/** A mailbox as those who put messages into it have it. Within a section; producers take the mailbox's lock. */
export class Outlet implements Receiver {
  readonly address: number;
  readonly policy: number;
  readonly owner: number;
  readonly inlineMax: number;
  readonly generation: number;
  readonly #arena: Arena;
  readonly #records: Records;
  readonly #extents: Extents;
  readonly #word: number;
  readonly #data: number;
  readonly #mask: number;

  /** Under the bus's lock, while the mailbox is one. */
  constructor(records: Records, extents: Extents, address: number) {
    const { u32 } = records.arena;
    this.#arena = records.arena;
    this.#records = records;
    this.#extents = extents;
    this.address = address;
    this.#word = address >>> 2;
    this.generation = u32[this.#word + MailboxWord.GENERATION]!;
    this.#data = u32[this.#word + MailboxWord.DATA]!;
    this.#mask = u32[this.#word + MailboxWord.CAPACITY]! - 1;
    this.policy = u32[this.#word + MailboxWord.POLICY]!;
    this.owner = u32[this.#word + MailboxWord.OWNER]!;
    this.inlineMax = Math.min(INLINE_MAX, (this.#mask + 1) >>> 2);
  }

  /** Bytes of the ring that the message takes. */
  #need(out: Outgoing): number {
    const { size } = out;
    return size > this.inlineMax ? align8(Frame.HEADER + out.text.length) + 8 : align8(size);
  }

  hasRoom(out: Outgoing): boolean {
    const { i32, u32 } = this.#arena;
    if (u32[this.#word + MailboxWord.GENERATION] !== this.generation) return true;
    if (this.#position(Atomics.load(i32, this.#word + MailboxWord.HEAD), this.#need(out)) < 0) return false;
    return out.size <= this.inlineMax || this.#mayRefer(out.length);
  }

  #mayRefer(length: number): boolean {
    const referenced = Atomics.load(this.#arena.u32, this.#word + MailboxWord.REFERENCED);
    return referenced === 0 || referenced + length <= Math.max(REFERENCED_MAX, this.#mask + 1);
  }

  /**
   * Where in the ring `need` bytes go: a count as HEAD is, past what is left of the ring's end where they do not fit there;
   * -1: there is no room. (Counts are compared unsigned, so the answer is too.)
   */
  #position(head: number, need: number): number {
    const { i32 } = this.#arena;
    const at = head & this.#mask;
    const skip = at + need > this.#mask + 1 ? this.#mask + 1 - at : 0;
    // What a plain load finds may be old, and then there is more room than it says.
    if (this.#mask + 1 - ((head - i32[this.#word + MailboxWord.TAIL]!) >>> 0) < need + skip
      && this.#mask + 1 - ((head - Atomics.load(i32, this.#word + MailboxWord.TAIL)) >>> 0) < need + skip) return -1;
    return (head + skip) >>> 0;
  }

  put(out: Outgoing): number {
    return this.#put(out, this.policy === Policy.DROP_OLDEST);
  }

  /** The same, but nothing is dropped for it. */
  putGently(out: Outgoing): number {
    return this.#put(out, false);
  }

  #put(out: Outgoing, drops: boolean): number {
    const { i32, owner } = this.#arena;
    const word = this.#word;
    lock(i32, word + MailboxWord.LOCK, owner);
    let result: number = Put.GONE;
    if (i32[word + MailboxWord.GENERATION]! >>> 0 === this.generation) {
      const head = i32[word + MailboxWord.HEAD]!;
      const next = this.#append(head, out, drops);
      result = next < 0 ? next + NOT_PUT : Put.DONE;
      if (next >= 0) Atomics.store(i32, word + MailboxWord.HEAD, next | 0);
    }
    unlock(i32, word + MailboxWord.LOCK);
    if (result === Put.DONE) this.#wake();
    return result;
  }

  /**
   * Records `u32 length, payload` from `pointer` up to `end`, numbered from `out`'s id on, until one does not fit or would need an
   * extent; how many were put. None where the mailbox is gone.
   */
  putMany(out: Outgoing, pointer: number, end: number, most: number): number {
    const { i32, owner } = this.#arena;
    const word = this.#word;
    lock(i32, word + MailboxWord.LOCK, owner);
    let count = 0;
    if (i32[word + MailboxWord.GENERATION]! >>> 0 === this.generation) {
      let head = i32[word + MailboxWord.HEAD]!;
      for (let at = pointer; at + 4 <= end && count < most; count++) {
        out.length = out.window.view.getUint32(at, true);
        out.pointer = at + 4;
        if (out.size > this.inlineMax || out.pointer + out.length > end) break;
        const next = this.#append(head, out, this.policy === Policy.DROP_OLDEST);
        if (next < 0) break;
        head = next | 0;
        at += 4 + out.length;
        out.idLow++;
      }
      Atomics.store(i32, word + MailboxWord.HEAD, head);
    }
    unlock(i32, word + MailboxWord.LOCK);
    if (count > 0) this.#wake();
    return count;
  }

  /** One ring does for all messages until a reader has looked: readers clear RUNG, *then* look at HEAD. */
  #wake(): void {
    const { i32 } = this.#arena;
    if (Atomics.load(i32, this.#word + MailboxWord.WAITERS) === 0) return;
    if (Atomics.exchange(i32, this.#word + MailboxWord.RUNG, 1) === 0) wakeWaiters(this.#arena, this.#word);
  }

  /** Under the lock: writes the frame; what HEAD becomes, or a `Put` less NOT_PUT. */
  #append(head: number, out: Outgoing, drops: boolean): number {
    const { size } = out;
    const byReference = size > this.inlineMax;
    const need = byReference ? align8(Frame.HEADER + out.text.length) + 8 : align8(size);
    let position = this.#position(head, need);
    while (drops && position < 0) {
      this.#dropOldest(head);
      position = this.#position(head, need);
    }
    if (position < 0) return Put.FULL - NOT_PUT;
    if (byReference && !this.#refer(head, out, drops)) {
      if (!drops) return Put.FULL - NOT_PUT;
      this.#countLost();
      return Put.LOST - NOT_PUT;
    }
    // The rest of the ring is none: a frame of size 0.
    if (position !== head >>> 0) this.#arena.u32[(this.#data + (head & this.#mask)) >>> 2] = 0;
    this.#write(this.#data + (position & this.#mask), out, byReference);
    return (position + need) >>> 0;
  }

  /** Counts the payload as this mailbox's, dropping older messages for it if it may. */
  #refer(head: number, out: Outgoing, drops: boolean): boolean {
    while (!this.#mayRefer(out.length)) if (!drops || !this.#dropOldest(head)) return false;
    while (!this.#records.charge(this.owner, out.length)) if (!drops || !this.#dropOldest(head)) return false;
    Atomics.add(this.#arena.u32, this.#word + MailboxWord.REFERENCED, out.length);
    this.#extents.retain(out.extent);
    return true;
  }

  #write(address: number, out: Outgoing, byReference: boolean): void {
    out.writeHeader(address, byReference ? BY_REFERENCE : 0);
    const end = address + Frame.HEADER + out.text.length;
    if (byReference) this.#arena.u32[align8(end) >>> 2] = out.extent;
    else out.copyTo(end);
  }

  /** Under the lock. False: there is none. */
  #dropOldest(head: number): boolean {
    const { i32, u32, u8 } = this.#arena;
    // Of several messages that are put at once some may be in the ring and not told yet: TAIL must not pass HEAD.
    Atomics.store(i32, this.#word + MailboxWord.HEAD, head);
    const tail = Atomics.load(i32, this.#word + MailboxWord.TAIL);
    if (tail === head) return false;
    let position = tail;
    let address = this.#data + (position & this.#mask);
    if (u32[address >>> 2] === 0) {
      position = ((position | this.#mask) + 1) | 0;
      address = this.#data;
    }
    const word = address >>> 2;
    const text = Frame.HEADER + (u32[word + 1]! >>> 16) + (u32[word + 3]! & 0xffff);
    const byReference = (u8[address + Frame.FLAGS]! & BY_REFERENCE) !== 0;
    const extent = byReference ? u32[(address + align8(text)) >>> 2]! : 0;
    const length = u32[word + 10]!;
    const next = (position + (byReference ? align8(text) + 8 : align8(u32[word]!))) | 0;
    // Its reader may have taken it meanwhile.
    if (Atomics.compareExchange(i32, this.#word + MailboxWord.TAIL, tail, next) !== tail) return true;
    if (byReference) this.#forget(extent, length);
    this.#countLost();
    return true;
  }

  #forget(extent: number, length: number): void {
    Atomics.sub(this.#arena.u32, this.#word + MailboxWord.REFERENCED, length);
    this.#records.discharge(this.owner, length);
    this.#extents.release(extent);
  }

  /** Under the lock. */
  #countLost(): void {
    const { u32 } = this.#arena;
    Atomics.store(u32, this.#word + MailboxWord.DROPPED, u32[this.#word + MailboxWord.DROPPED]! + 1);
  }

  lose(): void {
    const { i32, owner } = this.#arena;
    lock(i32, this.#word + MailboxWord.LOCK, owner);
    if (i32[this.#word + MailboxWord.GENERATION]! >>> 0 === this.generation) this.#countLost();
    unlock(i32, this.#word + MailboxWord.LOCK);
  }

  addWaiter(slot: number): void {
    addWaiter(this.#arena, this.#word, slot);
  }

  removeWaiter(slot: number): void {
    removeWaiter(this.#arena, this.#word, slot);
  }
}
