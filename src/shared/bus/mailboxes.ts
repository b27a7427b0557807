import { wakeWaiters, type Arena } from '../arena/index.ts';
import { Errno } from '../base/index.ts';
import type { Extents } from './extents.ts';
import { Frame } from './frame.ts';
import { BY_REFERENCE, MailboxKind, MailboxState, MailboxWord, TAKEN } from './layout.ts';
import type { Records } from './records.ts';
import type { SubscriptionTable } from './table.ts';

const align8 = (bytes: number): number => (bytes + 7) & ~7;
const { DEADLINE, DATA, TAIL, INDEX } = MailboxWord;

/** Makes and ends mailboxes. Each has one owner (a description, or whoever made it), who releases it once. Within a section. */
export class Mailboxes {
  readonly #arena: Arena;
  readonly #records: Records;
  readonly #extents: Extents;
  readonly #table: SubscriptionTable;

  constructor(records: Records, extents: Extents, table: SubscriptionTable) {
    this.#arena = records.arena;
    this.#records = records;
    this.#extents = extents;
    this.#table = table;
  }

  /** Under the bus's lock: an empty ring without subscriptions; -ENFILE, -ENOMEM, -EDQUOT. */
  createRing(owner: number, policy: number, capacity: number): number {
    if (!this.#records.charge(owner, capacity)) return -Errno.EDQUOT;
    const address = this.#create(MailboxKind.RING, owner, capacity);
    if (address < 0) this.#records.discharge(owner, capacity);
    else this.#arena.u32[(address >>> 2) + MailboxWord.POLICY] = policy;
    return address;
  }

  /** Under the bus's lock: what waits for the reply to a request about `subject` until `deadline` (milliseconds since the epoch). */
  createRequest(owner: number, subject: Uint8Array, correlation: number, deadline: number): number {
    const address = this.#create(MailboxKind.REQUEST, owner, subject.length);
    if (address < 0) return address;
    const { u32, u8, f64 } = this.#arena;
    const word = address >>> 2;
    u8.set(subject, u32[word + DATA]!);
    u32[word + MailboxWord.CORRELATION] = correlation;
    f64[(word + DEADLINE) >>> 1] = deadline;
    return address;
  }

  #create(kind: number, owner: number, bytes: number): number {
    const data = this.#arena.alloc(bytes);
    if (data === 0) return -Errno.ENOMEM;
    const address = this.#records.allocate();
    if (address < 0) {
      this.#arena.free(data);
      return address;
    }
    const { u32 } = this.#arena;
    const word = address >>> 2;
    const index = u32[word + INDEX]!;
    u32.fill(0, word + TAIL, word + DEADLINE + 2);
    u32[word + MailboxWord.HEAD] = 0;
    u32[word + INDEX] = index;
    u32[word + DATA] = data;
    u32[word + MailboxWord.CAPACITY] = bytes;
    u32[word + MailboxWord.POLICY] = 0;
    u32[word + MailboxWord.KIND] = kind;
    u32[word + MailboxWord.OWNER] = owner;
    this.#records.begin(address);
    return address;
  }

  /** Ends it for its reader and for everyone who puts messages in; it stays its owner's to release. */
  revoke(address: number): void {
    this.#end(address, MailboxState.REVOKED);
    this.#records.unlock();
    wakeWaiters(this.#arena, address >>> 2);
  }

  release(address: number): void {
    this.#end(address, MailboxState.FREE);
    const { u32 } = this.#arena;
    const word = address >>> 2;
    const owner = u32[word + MailboxWord.OWNER]!;
    if (u32[word + MailboxWord.KIND] === MailboxKind.REQUEST) this.#freeReply(word, owner);
    else {
      this.#freeFrames(word, owner);
      this.#records.discharge(owner, u32[word + MailboxWord.CAPACITY]!);
    }
    this.#arena.free(u32[word + DATA]!);
    this.#records.free(address);
    this.#records.unlock();
    // Publishers that wait for room go on without it.
    wakeWaiters(this.#arena, word);
  }

  /** The bus's lock stays taken. */
  #end(address: number, state: number): void {
    this.#records.lock();
    this.#table.removeAll(address);
    this.#records.lockMailbox(address);
    this.#records.retire(address, state);
    this.#records.unlockMailbox(address);
  }

  #freeReply(word: number, owner: number): void {
    const reply = this.#arena.u32[word + MailboxWord.REPLY]!;
    if (reply > TAKEN) this.#freeExtent(reply, owner);
  }

  #freeExtent(extent: number, owner: number): void {
    this.#records.discharge(owner, this.#extents.length(extent));
    this.#extents.release(extent);
  }

  /** Lets go of the payloads of what was not read. */
  #freeFrames(word: number, owner: number): void {
    const { u32, u8 } = this.#arena;
    const [data, mask, head] = [u32[word + DATA]!, u32[word + MailboxWord.CAPACITY]! - 1, u32[word + MailboxWord.HEAD]!];
    for (let position = u32[word + TAIL]!; position !== head;) {
      const address = data + (position & mask);
      const size = u32[address >>> 2]!;
      if (size === 0) {
        position = ((position | mask) + 1) >>> 0;
        continue;
      }
      const end = align8(Frame.HEADER + (u32[(address >>> 2) + 1]! >>> 16) + (u32[(address >>> 2) + 3]! & 0xffff));
      const byReference = (u8[address + Frame.FLAGS]! & BY_REFERENCE) !== 0;
      if (byReference) this.#freeExtent(u32[(address + end) >>> 2]!, owner);
      position = (position + (byReference ? end + 8 : align8(size))) >>> 0;
    }
  }
}
