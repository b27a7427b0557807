import { KERNEL_PID, Pcb, wakeWaiters, type Arena, type MemoryWindow, type ProcessHandle } from '../arena/index.ts';
import { Errno } from '../base/index.ts';
import type { Blocking, BusAccess, MailboxOptions } from './contract.ts';
import { Extents } from './extents.ts';
import { BLOCKED, CAPACITY_DEFAULT, CAPACITY_MAX, CAPACITY_MIN, Frame, FrameFlag, PAYLOAD_MAX, Policy, TYPE_MAX } from './frame.ts';
import { ExtentWord, MailboxKind, MailboxState, MailboxWord } from './layout.ts';
import { knownSubjects } from './known-subjects.ts';
import { LastValues } from './last-values.ts';
import { Mailbox, wallClock } from './mailbox.ts';
import { Mailboxes } from './mailboxes.ts';
import { OpenRequests } from './open-requests.ts';
import { frameText, Outgoing } from './outgoing.ts';
import { Outlet, Put } from './outlet.ts';
import { Publication } from './publication.ts';
import { Records } from './records.ts';
import { Router, type RoutedTopic, type Route } from './router.ts';
import { patternTokens, subjectTokens } from './subject.ts';
import { SubscriptionTable } from './table.ts';
import { slotOfProcess, WaitsFor } from './waits-for.ts';

export interface ArenaBusOptions {
  /**
   * Messages from here do not come to mailboxes of the same process (the kernel's, which hears of them otherwise), but to those in queue
   * groups they do; and who publishes here never waits: a full mailbox with BLOCK loses the message. Default false.
   */
  kernel?: boolean;
}

/** Bits of an id's upper half that count; those above tell apart the workers that count for one source: ids have 52 bits. */
const HIGH_BITS = 12;
/** In the place of a thread's slot: the kernel, who publishes for others too. */
const KERNEL_MARK = 255;
/** From here on the count's upper half moves, so that no batch crosses it. */
const COUNT_MAX = 0xff00_0000;
const BATCH_MAX = 65536;
const NONE = new Uint8Array(0);
const encoder = new TextEncoder();

/** The bus as one worker uses it: see `BusAccess`. One for each worker; `createBus` came first. */
export class ArenaBus implements BusAccess {
  readonly #arena: Arena;
  readonly #handle: ProcessHandle;
  readonly #records: Records;
  readonly #extents: Extents;
  readonly #table: SubscriptionTable;
  readonly #mailboxes: Mailboxes;
  readonly #lasts: LastValues;
  readonly #router: Router;
  readonly #out: Outgoing;
  readonly #publication: Publication;
  readonly #requests = new OpenRequests();
  readonly #slot: number;
  /** For last values that a new subscription gets. */
  readonly #lastOut: Outgoing;
  /** For answers, which may be given while a publication waits. */
  readonly #answerOut: Outgoing;
  /** Of the request whose publication waits; also in the control block. */
  #pending = 0;
  #count = 0;
  #high: number;

  /** `handle`: of the worker's own control block. */
  constructor(arena: Arena, handle: ProcessHandle, options: ArenaBusOptions = {}) {
    this.#arena = arena;
    this.#handle = handle;
    this.#records = new Records(arena);
    this.#extents = new Extents(arena, this.#records.bus);
    this.#table = new SubscriptionTable(this.#records);
    this.#mailboxes = new Mailboxes(this.#records, this.#extents, this.#table);
    this.#lasts = new LastValues(this.#records, this.#extents);
    this.#slot = slotOfProcess(arena, handle);
    this.#router = new Router(this.#records, this.#extents, this.#table, options.kernel ? this.#slot : -1);
    this.#out = new Outgoing(arena, this.#extents);
    this.#publication = new Publication(this.#out, new WaitsFor(arena, handle));
    this.#publication.neverWaits = options.kernel ?? false;
    this.#lastOut = new Outgoing(arena, this.#extents);
    this.#answerOut = new Outgoing(arena, this.#extents);
    const mark = handle.pid === KERNEL_PID ? KERNEL_MARK : handle.slot === this.#slot ? 0 : handle.slot;
    this.#high = mark << HIGH_BITS;
  }

  topic(window: MemoryWindow, pointer: number, length: number): RoutedTopic | null {
    return this.#router.topic(window, pointer, length);
  }

  topicOf(subject: string): RoutedTopic | null {
    return this.#router.topicOf(subject);
  }

  /** Full mailboxes with REFUSE lose what is published from now on, instead of refusing it. Default false. */
  set neverRefused(never: boolean) {
    this.#publication.neverRefused = never;
  }

  /** The number of the message that was published last; with `take` a new one. */
  lastId(take = false): number {
    if (take) this.#nextId();
    return this.#high * 4294967296 + this.#count;
  }

  #nextId(): void {
    if (this.#count >= COUNT_MAX) {
      this.#count = 0;
      this.#high++;
    }
    this.#count++;
  }

  /** Whether anybody would get a message of this topic now. */
  hasListeners(topic: RoutedTopic): boolean {
    if (this.#router.isCurrent(topic)) return topic.route.receivers.length > 0;
    this.#handle.enter();
    const { receivers } = this.#router.route(topic);
    this.#handle.leave();
    return receivers.length > 0;
  }

  publish(topic: RoutedTopic, window: MemoryWindow, payload: number, length: number, retain: boolean, type: Uint8Array | null): number {
    if (length > PAYLOAD_MAX) return -Errno.EMSGSIZE;
    this.#handle.enter();
    this.#fill(topic, window, payload, length, type);
    const result = retain ? this.#publishRetained(topic) : this.#publication.deliver(this.#router.route(topic));
    this.#handle.leave();
    return result;
  }

  #fill(topic: RoutedTopic, window: MemoryWindow, payload: number, length: number, type: Uint8Array | null): void {
    // A request that was left waiting is not asked any more.
    if (this.#pending !== 0) this.#asked(0, this.#pending);
    this.#out.text = topic.text(type);
    this.#number(this.#out, window, payload, length);
  }

  /** Everything but the text. */
  #number(out: Outgoing, window: MemoryWindow, payload: number, length: number): void {
    out.window = window;
    out.pointer = payload;
    out.length = length;
    out.flags = 0;
    out.source = this.#handle.actor === KERNEL_PID ? 0 : this.#handle.actor;
    this.#nextId();
    out.idLow = this.#count;
    out.idHigh = this.#high;
    out.replyTo = out.correlation = 0;
  }

  /** The value is set, and where it goes is settled, under one lock: so a new subscriber gets it once, as a last value or as a message. */
  #publishRetained(topic: RoutedTopic): number {
    const out = this.#out;
    if (!out.hold()) return -Errno.ENOMEM;
    this.#records.lock();
    const route = this.#router.routeLocked(topic);
    const kept = this.#lasts.set(topic, out);
    this.#records.unlock();
    if (kept) return this.#publication.deliver(route);
    out.letGo();
    return -Errno.ENOMEM;
  }

  publishMany(topic: RoutedTopic, window: MemoryWindow, pointer: number, length: number, type: Uint8Array | null): number {
    this.#handle.enter();
    this.#fill(topic, window, pointer, 0, type);
    const route = this.#router.route(topic);
    const end = pointer + length;
    const count = route.single === null ? this.#publishEach(route, pointer, end) : route.single.putMany(this.#out, pointer, end, BATCH_MAX);
    // The first number was taken already.
    this.#count += Math.max(0, count - 1);
    this.#handle.leave();
    return count;
  }

  /** To several mailboxes, if none of them can refuse or make us wait. */
  #publishEach({ receivers, inlineMax }: Route, pointer: number, end: number): number {
    const out = this.#out;
    let count = 0;
    if (!receivers.every(({ policy }) => policy === Policy.DROP_OLDEST)) return 0;
    for (let at = pointer; at + 4 <= end && count < BATCH_MAX; at = out.pointer + out.length) {
      out.length = out.window.view.getUint32(at, true);
      out.pointer = at + 4;
      if (out.pointer + out.length > end || out.size > Math.min(inlineMax, PAYLOAD_MAX)) break;
      for (const receiver of receivers) receiver.put(out);
      out.idLow++;
      count++;
    }
    return count;
  }

  request(topic: RoutedTopic, window: MemoryWindow, payload: number, length: number, type: Uint8Array | null, milliseconds: number): number {
    if (length > PAYLOAD_MAX) return -Errno.EMSGSIZE;
    const correlation = (1 + Math.random() * 0xffff_ffff) >>> 0;
    this.#handle.enter();
    this.#records.lock();
    const mailbox = this.#mailboxes.createRequest(this.#slot, topic.bytes, correlation, wallClock() + milliseconds);
    this.#records.unlock();
    const result = mailbox < 0 ? mailbox : this.#ask(topic, window, payload, length, type, mailbox, correlation);
    this.#handle.leave();
    return result;
  }

  #ask(topic: RoutedTopic, window: MemoryWindow, payload: number, length: number, type: Uint8Array | null, mailbox: number, correlation: number): number {
    const out = this.#out;
    this.#fill(topic, window, payload, length, type);
    out.flags = FrameFlag.REQUEST;
    out.replyTo = this.#records.nameOf(mailbox);
    out.correlation = correlation;
    return this.#asked(this.#publication.deliver(this.#router.route(topic)), mailbox);
  }

  /** While the publication waits, the mailbox is in the control block: who ends meanwhile has it in no descriptor yet. */
  #asked(result: number, mailbox: number): number {
    this.#pending = result === BLOCKED ? mailbox : 0;
    this.#arena.u32[(this.#handle.address >>> 2) + Pcb.INBOX] = this.#pending;
    if (result > 0) return mailbox;
    if (result !== BLOCKED) this.#mailboxes.release(mailbox);
    return result === 0 ? -Errno.EHOSTUNREACH : result;
  }

  resume(): number {
    return this.#goOn(false);
  }

  giveUp(): number {
    return this.#goOn(true);
  }

  #goOn(giveUp: boolean): number {
    this.#handle.enter();
    const result = giveUp ? this.#publication.giveUp() : this.#publication.resume();
    const answer = this.#pending === 0 ? result : this.#asked(result, this.#pending);
    this.#handle.leave();
    return answer;
  }

  get blockedOn(): Blocking {
    return this.#publication.blockedOn;
  }

  reply(replyTo: number, correlation: number, window: MemoryWindow, payload: number, length: number, type: Uint8Array | null): number {
    if (replyTo === 0 && correlation === 0) return -Errno.EINVAL;
    if (length > PAYLOAD_MAX) return -Errno.EMSGSIZE;
    if (!this.#requests.has(replyTo, correlation)) return -Errno.ENOENT;
    this.#handle.enter();
    const result = this.#answer(replyTo, correlation, window, payload, length, type);
    this.#handle.leave();
    if (result === 0 || result === -Errno.ENOENT) this.#requests.close(correlation);
    return result;
  }

  #answer(replyTo: number, correlation: number, window: MemoryWindow, payload: number, length: number, type: Uint8Array | null): number {
    const mailbox = this.#records.named(replyTo);
    if (mailbox === 0) return -Errno.ENOENT;
    const word = mailbox >>> 2;
    this.#records.lockMailbox(mailbox);
    const { u32, f64 } = this.#arena;
    const waits = this.#records.nameOf(mailbox) === replyTo && u32[word + MailboxWord.STATE] === MailboxState.OPEN
      && u32[word + MailboxWord.KIND] === MailboxKind.REQUEST && u32[word + MailboxWord.CORRELATION] === correlation
      && u32[word + MailboxWord.REPLY] === 0 && f64[(word + MailboxWord.DEADLINE) >>> 1]! > wallClock();
    const result = waits ? this.#putReply(word, replyTo, correlation, window, payload, length, type) : -Errno.ENOENT;
    this.#records.unlockMailbox(mailbox);
    if (result === 0) wakeWaiters(this.#arena, word);
    return result;
  }

  #putReply(word: number, replyTo: number, correlation: number, window: MemoryWindow, payload: number, length: number, type: Uint8Array | null): number {
    const out = this.#answerOut;
    out.text = frameText(NONE, type);
    const size = out.text.length + length + Frame.HEADER;
    const owner = this.#arena.u32[word + MailboxWord.OWNER]!;
    if (!this.#records.charge(owner, size)) return -Errno.EAGAIN;
    const extent = this.#extents.create(size);
    if (extent === 0) {
      this.#records.discharge(owner, size);
      return -Errno.ENOMEM;
    }
    this.#number(out, window, payload, length);
    out.replyTo = replyTo;
    out.correlation = correlation;
    out.writeHeader(extent + ExtentWord.HEADER, 0);
    out.copyTo(extent + ExtentWord.HEADER + Frame.HEADER + out.text.length);
    Atomics.store(this.#arena.u32, word + MailboxWord.REPLY, extent);
    return 0;
  }

  subscribe(pattern: string, options: MailboxOptions = {}): number {
    const { policy = Policy.DROP_OLDEST, capacity = CAPACITY_DEFAULT, group = '' } = options;
    if (!isCapacity(capacity) || !(policy in POLICIES) || !isGroup(group)) return -Errno.EINVAL;
    const tokens = patternTokens(pattern);
    if (typeof tokens === 'string') return -Errno.EINVAL;
    this.#handle.enter();
    this.#records.lock();
    let mailbox = this.#mailboxes.createRing(this.#slot, policy, capacity);
    const slot = mailbox < 0 ? mailbox : this.#table.add(mailbox, pattern, group);
    if (slot >= 0 && options.last) this.#putLasts(mailbox, tokens);
    this.#records.unlock();
    if (mailbox >= 0 && slot < 0) {
      this.#mailboxes.release(mailbox);
      mailbox = slot;
    }
    this.#handle.leave();
    return mailbox;
  }

  /** Under the bus's lock: nobody else has heard of the mailbox yet. */
  #putLasts(mailbox: number, pattern: readonly string[]): void {
    const outlet = new Outlet(this.#records, this.#extents, mailbox);
    const out = this.#lastOut;
    for (const value of this.#lasts.matching(pattern)) {
      this.#lasts.load(value, out);
      if (outlet.put(out) === Put.FULL) outlet.lose();
    }
  }

  /** The address of a mailbox of which `listen` makes more: -ENFILE, -ENOMEM, -EDQUOT, -EINVAL. */
  createMailbox(policy: number, capacity: number): number {
    if (!isCapacity(capacity) || !(policy in POLICIES)) return -Errno.EINVAL;
    this.#handle.enter();
    this.#records.lock();
    const mailbox = this.#mailboxes.createRing(this.#slot, policy, capacity);
    this.#records.unlock();
    this.#handle.leave();
    return mailbox;
  }

  /** One more pattern for a mailbox of ours: a number for `unlisten`, else -EINVAL, -ENFILE, -ENOMEM. */
  listen(mailbox: number, pattern: string, group = ''): number {
    if (typeof patternTokens(pattern) === 'string' || !isGroup(group)) return -Errno.EINVAL;
    this.#handle.enter();
    this.#records.lock();
    const slot = this.#table.add(mailbox, pattern, group);
    this.#records.unlock();
    this.#handle.leave();
    return slot;
  }

  unlisten(mailbox: number, subscription: number): void {
    this.#handle.enter();
    this.#records.lock();
    this.#table.remove(mailbox, subscription);
    this.#records.unlock();
    this.#handle.leave();
  }

  mailbox(address: number): Mailbox {
    return new Mailbox(this.#records, this.#extents, address, this.#onRequest);
  }

  readonly #onRequest = (replyTo: number, correlation: number): void => this.#requests.note(replyTo, correlation);

  release(mailbox: number): void {
    this.#handle.enter();
    this.#mailboxes.release(mailbox);
    this.#handle.leave();
  }

  revoke(mailbox: number): void {
    this.#handle.enter();
    this.#mailboxes.revoke(mailbox);
    this.#handle.leave();
  }

  /** The last values of the subjects that a pattern takes, as frames, those set longest ago first; null: not a pattern. */
  last(pattern: string): Uint8Array<ArrayBuffer>[] | null {
    const tokens = patternTokens(pattern);
    if (typeof tokens === 'string') return null;
    return this.#locked(() => this.#lasts.matching(tokens).map((value) => this.#lasts.frame(value)));
  }

  /** Subjects that have a last value, and those that somebody listens to by name. */
  subjects(): string[] {
    return this.#locked(() => knownSubjects(this.#lasts, this.#table));
  }

  /** Bytes that the mailboxes of this process take up, payloads by reference included. */
  get charged(): number {
    return this.#records.charged(this.#slot);
  }

  /** Whether the topic had a last value, which it has no more. */
  forget(topic: RoutedTopic): boolean {
    return this.#locked(() => this.#lasts.forget(topic));
  }

  #locked<T>(action: () => T): T {
    this.#handle.enter();
    this.#records.lock();
    const result = action();
    this.#records.unlock();
    this.#handle.leave();
    return result;
  }
}

const POLICIES: Record<number, true> = { [Policy.DROP_OLDEST]: true, [Policy.BLOCK]: true, [Policy.REFUSE]: true };

const isCapacity = (bytes: number): boolean => bytes >= CAPACITY_MIN && bytes <= CAPACITY_MAX && Number.isInteger(Math.log2(bytes));

/** Like a token of a subject, or empty. */
function isGroup(group: string): boolean {
  return group === '' || (encoder.encode(group.slice(0, TYPE_MAX + 1)).length <= TYPE_MAX && typeof subjectTokens(group) !== 'string');
}
