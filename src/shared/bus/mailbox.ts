import { addWaiter, removeWaiter, wakeWaiters, type Arena, type MemoryWindow } from '../arena/index.ts';
import { Errno } from '../base/index.ts';
import type { MailboxReader } from './contract.ts';
import type { Extents } from './extents.ts';
import { Frame, FrameFlag, Policy } from './frame.ts';
import { BY_REFERENCE, ExtentWord, MailboxKind, MailboxState, MailboxWord, TAKEN } from './layout.ts';
import type { Records } from './records.ts';

const align8 = (bytes: number): number => (bytes + 7) & ~7;

/** Milliseconds since the epoch, as deadlines are. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * A mailbox as its reader has it. Readers take no lock: they copy the oldest frame, then move TAIL past it by compare-and-exchange; if it has
 * moved meanwhile (another thread, or a producer that drops the oldest), what was copied is nothing, and they begin again. A payload by
 * reference is copied after that, when the reference is the reader's: before, its memory could be somebody else's at any moment.
 */
export class Mailbox implements MailboxReader {
  readonly address: number;
  readonly #arena: Arena;
  readonly #records: Records;
  readonly #extents: Extents;
  readonly #onRequest: (replyTo: number, correlation: number) => void;
  readonly #word: number;
  readonly #data: number;
  readonly #mask: number;
  readonly #isRequest: boolean;
  readonly #blocks: boolean;
  /** Of the frame that `#find` found: its address, and what TAIL was and is to become. */
  #at = 0;
  #tail = 0;
  #next = 0;

  /** `onRequest`: told of each request that is taken. */
  constructor(records: Records, extents: Extents, address: number, onRequest: (replyTo: number, correlation: number) => void) {
    const { arena } = records;
    arena.sync();
    this.address = address;
    this.#arena = arena;
    this.#records = records;
    this.#extents = extents;
    this.#onRequest = onRequest;
    this.#word = address >>> 2;
    this.#data = arena.u32[this.#word + MailboxWord.DATA]!;
    this.#mask = arena.u32[this.#word + MailboxWord.CAPACITY]! - 1;
    this.#isRequest = arena.u32[this.#word + MailboxWord.KIND] === MailboxKind.REQUEST;
    this.#blocks = arena.u32[this.#word + MailboxWord.POLICY] === Policy.BLOCK;
  }

  get dropped(): number {
    return Atomics.load(this.#arena.u32, this.#word + MailboxWord.DROPPED);
  }

  get deadline(): number {
    return this.#isRequest ? this.#arena.f64[(this.#word + MailboxWord.DEADLINE) >>> 1]! : Infinity;
  }

  /** Bytes of the ring that are in use. */
  get used(): number {
    const { i32 } = this.#arena;
    return (Atomics.load(i32, this.#word + MailboxWord.HEAD) - Atomics.load(i32, this.#word + MailboxWord.TAIL)) >>> 0;
  }

  nextSize(): number {
    if (this.#ended()) return 1;
    if (!this.#isRequest) return this.#find();
    const reply = Atomics.load(this.#arena.u32, this.#word + MailboxWord.REPLY);
    if (reply > TAKEN) return this.#replySize(reply);
    return reply === TAKEN || wallClock() >= this.deadline ? 1 : 0;
  }

  #ended(): boolean {
    return Atomics.load(this.#arena.u32, this.#word + MailboxWord.STATE) !== MailboxState.OPEN;
  }

  /** The size of the oldest frame as its reader gets it; 0: there is none. */
  #find(): number {
    const { i32, u32 } = this.#arena;
    const word = this.#word;
    if (Atomics.load(i32, word + MailboxWord.RUNG) !== 0) Atomics.store(i32, word + MailboxWord.RUNG, 0);
    for (;;) {
      const tail = Atomics.load(i32, word + MailboxWord.TAIL);
      if (tail === Atomics.load(i32, word + MailboxWord.HEAD)) return 0;
      let position = tail;
      this.#at = this.#data + (position & this.#mask);
      let size = u32[this.#at >>> 2]!;
      if (size === 0) {
        position = (position | this.#mask) + 1;
        this.#at = this.#data;
        size = u32[this.#at >>> 2]!;
      }
      this.#tail = tail;
      this.#next = (position + this.#length(this.#at, size)) | 0;
      // Else these were bytes of a message that is just being written.
      if (Atomics.load(i32, word + MailboxWord.TAIL) === tail) return size;
    }
  }

  /** Bytes of the ring that a frame takes. */
  #length(address: number, size: number): number {
    return this.#arena.u8[address + Frame.FLAGS]! & BY_REFERENCE ? align8(this.#textEnd(address) - address) + 8 : align8(size);
  }

  #textEnd(address: number): number {
    const { u32 } = this.#arena;
    const word = address >>> 2;
    return address + Frame.HEADER + (u32[word + 1]! >>> 16) + (u32[word + 3]! & 0xffff);
  }

  tryRead(window: MemoryWindow, pointer: number, length: number): number {
    if (this.#ended()) return -Errno.ENOTCAPABLE;
    if (this.#isRequest) return this.#takeReply(window, pointer, length);
    for (;;) {
      const size = this.#find();
      if (size === 0) return 0;
      if (size > length) return -Errno.EMSGSIZE;
      const flags = this.#arena.u8[this.#at + Frame.FLAGS]!;
      const replyTo = this.#arena.u32[(this.#at + Frame.REPLY_TO) >>> 2]!;
      const correlation = this.#arena.u32[(this.#at + Frame.CORRELATION) >>> 2]!;
      const text = flags & BY_REFERENCE ? this.#textEnd(this.#at) - this.#at : size;
      const extent = flags & BY_REFERENCE ? this.#arena.u32[align8(this.#at + text) >>> 2]! : 0;
      // Until TAIL is moved nothing is certain: stay within the caller's buffer.
      if (text > size) continue;
      window.fromArenaTo(pointer, this.#at, text);
      if (!this.#take()) continue;
      if (extent !== 0) this.#copyReferred(window, pointer, text, size - text, extent);
      this.#tell(window, pointer);
      if (flags & FrameFlag.REQUEST) this.#onRequest(replyTo, correlation);
      return size;
    }
  }

  /** The payload of a frame that is ours by now, and with it its reference to the extent. */
  #copyReferred(window: MemoryWindow, pointer: number, text: number, length: number, extent: number): void {
    this.#discharge(length);
    this.#arena.sync();
    window.fromArenaTo(pointer + text, extent + ExtentWord.HEADER, length);
    window.u8[pointer + Frame.FLAGS] = window.u8[pointer + Frame.FLAGS]! & ~BY_REFERENCE;
    this.#extents.release(extent);
  }

  /** Whether what was copied is ours: then TAIL has moved. */
  #take(): boolean {
    const { i32 } = this.#arena;
    if (Atomics.compareExchange(i32, this.#word + MailboxWord.TAIL, this.#tail, this.#next) !== this.#tail) return false;
    if (this.#blocks) wakeWaiters(this.#arena, this.#word);
    return true;
  }

  /** Of bytes by reference: there is room for others. */
  #discharge(length: number): void {
    const { u32 } = this.#arena;
    Atomics.sub(u32, this.#word + MailboxWord.REFERENCED, length);
    this.#records.discharge(u32[this.#word + MailboxWord.OWNER]!, length);
    if (this.#blocks) wakeWaiters(this.#arena, this.#word);
  }

  /** Puts into the frame how many messages were lost before it. */
  #tell(window: MemoryWindow, pointer: number): void {
    const { u32 } = this.#arena;
    const dropped = Atomics.load(u32, this.#word + MailboxWord.DROPPED);
    if (dropped === u32[this.#word + MailboxWord.TOLD]) return;
    const lost = (dropped - Atomics.exchange(u32, this.#word + MailboxWord.TOLD, dropped)) | 0;
    // Not above 0: another thread was told of more.
    if (lost > 0) window.view.setUint32(pointer + Frame.LOST, lost, true);
  }

  takeMany(window: MemoryWindow, pointer: number, length: number): number {
    const first = this.tryRead(window, pointer, length);
    if (first <= 0 || this.#isRequest) return first;
    let used = first;
    while (align8(used) < length) {
      const count = this.#takeRun(window, pointer + align8(used), length - align8(used));
      if (count === 0) break;
      used = align8(used) + count;
    }
    return used;
  }

  /** Frames that lie one after the other, whole and no requests, with one step of TAIL: their bytes. Else one by `tryRead`. */
  #takeRun(window: MemoryWindow, pointer: number, length: number): number {
    const { i32, u32, u8 } = this.#arena;
    let size = this.#find();
    if (size === 0 || size > length) return 0;
    const [start, head] = [this.#at, Atomics.load(i32, this.#word + MailboxWord.HEAD)];
    const position = (this.#next - align8(size)) | 0;
    let [end, used] = [start, 0];
    while (size !== 0 && size <= length - (end - start) && (u8[end + Frame.FLAGS]! & (BY_REFERENCE | FrameFlag.REQUEST)) === 0) {
      used = end - start + size;
      end += align8(size);
      if (((position + end - start) | 0) === head || end > this.#data + this.#mask) break;
      size = u32[end >>> 2]!;
    }
    if (used === 0) return Math.max(0, this.tryRead(window, pointer, length));
    window.fromArenaTo(pointer, start, used);
    this.#next = (position + end - start) | 0;
    if (!this.#take()) return 0;
    this.#tell(window, pointer);
    return used;
  }

  #replySize(reply: number): number {
    return this.#extents.length(reply) + this.#arena.u32[this.#word + MailboxWord.CAPACITY]!;
  }

  /** The reply's extent has the frame without a subject, which is the request's: DATA, CAPACITY. */
  #takeReply(window: MemoryWindow, pointer: number, length: number): number {
    const { u32 } = this.#arena;
    const reply = Atomics.load(u32, this.#word + MailboxWord.REPLY);
    if (reply === TAKEN) return -Errno.ENOENT;
    if (reply === 0) return wallClock() >= this.deadline ? -Errno.ETIMEDOUT : 0;
    const size = this.#replySize(reply);
    if (size > length) return -Errno.EMSGSIZE;
    // Another thread may have read it meanwhile; else it is ours.
    if (Atomics.compareExchange(u32, this.#word + MailboxWord.REPLY, reply, TAKEN) !== reply) return this.#takeReply(window, pointer, length);
    const subject = u32[this.#word + MailboxWord.CAPACITY]!;
    const bytes = reply + ExtentWord.HEADER;
    window.fromArenaTo(pointer, bytes, Frame.HEADER);
    window.fromArenaTo(pointer + Frame.HEADER, this.#data, subject);
    window.fromArenaTo(pointer + Frame.HEADER + subject, bytes + Frame.HEADER, size - subject - Frame.HEADER);
    window.view.setUint32(pointer, size, true);
    window.view.setUint16(pointer + Frame.SUBJECT_LENGTH, subject, true);
    this.#records.discharge(u32[this.#word + MailboxWord.OWNER]!, size - subject);
    this.#extents.release(reply);
    return size;
  }

  /** Whether nothing has changed since `addWaiter(slot)`: true only of the kernel's slot, which a change takes off the list. */
  isQuiet(slot: number): boolean {
    return (Atomics.load(this.#arena.i32, this.#word + MailboxWord.WAITER_BITS + (slot >>> 5)) & (1 << (slot & 31))) !== 0;
  }

  addWaiter(slot: number): void {
    addWaiter(this.#arena, this.#word, slot);
  }

  removeWaiter(slot: number): void {
    removeWaiter(this.#arena, this.#word, slot);
  }
}
