import { Frame, FrameFlag } from './frame.ts';
import { BusWord, ExtentWord, LAST_BUCKET_COUNT, LAST_BYTES_MAX, LAST_MAX, LastWord } from './layout.ts';
import type { Extents } from './extents.ts';
import { frameText, type Outgoing } from './outgoing.ts';
import type { Records } from './records.ts';
import type { RoutedTopic } from './router.ts';
import { matchesTokens } from './subject.ts';

const FRAME = LastWord.FRAME * 4;
const decoder = new TextDecoder();

/**
 * The last value of each subject that has one: LAST_MAX subjects and LAST_BYTES_MAX bytes at most; for more, those that were set longest
 * ago are forgotten. A value is the frame without its payload, which is an extent. Everything under the bus's lock.
 */
export class LastValues {
  readonly #records: Records;
  readonly #extents: Extents;

  constructor(records: Records, extents: Extents) {
    this.#records = records;
    this.#extents = extents;
  }

  get count(): number {
    return this.#word(BusWord.LAST_COUNT);
  }

  #word(word: number): number {
    return this.#records.arena.u32[this.#records.bus + word]!;
  }

  #add(word: number, change: number): void {
    const { arena: { u32 }, bus } = this.#records;
    u32[bus + word] = u32[bus + word]! + change;
  }

  /** `out` holds its extent. False: the arena has no room; what was there stays. */
  set(topic: RoutedTopic, out: Outgoing): boolean {
    const { arena } = this.#records;
    const address = arena.alloc(FRAME + Frame.HEADER + out.text.length + 8);
    if (address === 0) return false;
    this.forget(topic);
    out.writeHeader(address + FRAME, FrameFlag.LAST);
    this.#extents.retain(out.extent);
    const word = address >>> 2;
    const bytes = FRAME + out.size;
    arena.u32[word + LastWord.HASH] = topic.hash;
    arena.u32[word + LastWord.EXTENT] = out.extent;
    arena.u32[word + LastWord.BYTES] = bytes;
    while (this.count > 0 && (this.count >= LAST_MAX || this.#word(BusWord.LAST_BYTES) + bytes > LAST_BYTES_MAX)) this.#drop(this.#word(BusWord.LAST_OLDEST));
    this.#link(address);
    this.#add(BusWord.LAST_COUNT, 1);
    this.#add(BusWord.LAST_BYTES, bytes);
    return true;
  }

  #link(address: number): void {
    const { arena: { u32 }, bus } = this.#records;
    const word = address >>> 2;
    const bucket = bus + BusWord.LAST_BUCKETS + (u32[word + LastWord.HASH]! % LAST_BUCKET_COUNT);
    u32[word + LastWord.CHAIN] = u32[bucket]!;
    u32[bucket] = address;
    const newest = u32[bus + BusWord.LAST_NEWEST]!;
    u32[word + LastWord.OLDER] = newest;
    u32[word + LastWord.NEWER] = 0;
    if (newest === 0) u32[bus + BusWord.LAST_OLDEST] = address;
    else u32[(newest >>> 2) + LastWord.NEWER] = address;
    u32[bus + BusWord.LAST_NEWEST] = address;
  }

  #drop(address: number): void {
    const { arena, bus } = this.#records;
    const { u32 } = arena;
    const word = address >>> 2;
    let link = bus + BusWord.LAST_BUCKETS + (u32[word + LastWord.HASH]! % LAST_BUCKET_COUNT);
    while (u32[link] !== address) link = (u32[link]! >>> 2) + LastWord.CHAIN;
    u32[link] = u32[word + LastWord.CHAIN]!;
    const [older, newer] = [u32[word + LastWord.OLDER]!, u32[word + LastWord.NEWER]!];
    u32[older === 0 ? bus + BusWord.LAST_OLDEST : (older >>> 2) + LastWord.NEWER] = newer;
    u32[newer === 0 ? bus + BusWord.LAST_NEWEST : (newer >>> 2) + LastWord.OLDER] = older;
    this.#add(BusWord.LAST_COUNT, -1);
    this.#add(BusWord.LAST_BYTES, -u32[word + LastWord.BYTES]!);
    this.#extents.release(u32[word + LastWord.EXTENT]!);
    arena.free(address);
  }

  /** Whether there was one. */
  forget(topic: RoutedTopic): boolean {
    const { arena: { u32 }, bus } = this.#records;
    let address = u32[bus + BusWord.LAST_BUCKETS + (topic.hash % LAST_BUCKET_COUNT)]!;
    while (address !== 0 && !this.#isOf(address, topic)) address = u32[(address >>> 2) + LastWord.CHAIN]!;
    if (address !== 0) this.#drop(address);
    return address !== 0;
  }

  #isOf(address: number, topic: RoutedTopic): boolean {
    const { u32 } = this.#records.arena;
    if (u32[(address >>> 2) + LastWord.HASH] !== topic.hash) return false;
    const subject = this.#subject(address);
    return subject.length === topic.bytes.length && subject.every((byte, i) => byte === topic.bytes[i]);
  }

  subject(address: number): string {
    return decoder.decode(this.#subject(address));
  }

  #subject(address: number): Uint8Array {
    const { u32, u8 } = this.#records.arena;
    const start = address + FRAME + Frame.HEADER;
    return u8.slice(start, start + (u32[((address + FRAME) >>> 2) + 1]! >>> 16));
  }

  /** Addresses of those whose subjects a parsed pattern takes, those set longest ago first. */
  matching(pattern: readonly string[]): number[] {
    const { u32 } = this.#records.arena;
    const found: number[] = [];
    for (let at = this.#word(BusWord.LAST_OLDEST); at !== 0; at = u32[(at >>> 2) + LastWord.NEWER]!) {
      if (matchesTokens(pattern, decoder.decode(this.#subject(at)).split('.'))) found.push(at);
    }
    return found;
  }

  /** Makes `out` the message of a value, as it was published; its extent is the value's. */
  load(address: number, out: Outgoing): void {
    const { u32, u8 } = this.#records.arena;
    const word = (address + FRAME) >>> 2;
    const text = address + FRAME + Frame.HEADER;
    const middle = text + (u32[word + 1]! >>> 16);
    out.text = frameText(u8.slice(text, middle), u8.slice(middle, middle + (u32[word + 3]! & 0xffff)));
    out.extent = u32[(address >>> 2) + LastWord.EXTENT]!;
    out.length = u32[word + 10]!;
    out.flags = FrameFlag.LAST;
    out.source = u32[word + 2]!;
    out.idLow = u32[word + 4]!;
    out.idHigh = u32[word + 5]!;
    out.replyTo = out.correlation = 0;
    out.time = (word + 6) >>> 1;
  }

  /** A copy of the whole frame. */
  frame(address: number): Uint8Array<ArrayBuffer> {
    const { u32, u8 } = this.#records.arena;
    const word = (address + FRAME) >>> 2;
    const size = u32[word]!;
    const head = size - u32[word + 10]!;
    const frame = new Uint8Array(size);
    frame.set(u8.subarray(address + FRAME, address + FRAME + head));
    const payload = u32[(address >>> 2) + LastWord.EXTENT]! + ExtentWord.HEADER;
    frame.set(u8.subarray(payload, payload + size - head), head);
    return frame;
  }
}
