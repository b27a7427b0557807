import type { BusMessage } from '../../shared/abi/index.ts';
import { BufferWindow, KERNEL_SLOT, ringBell, type Arena, type ProcessHandle } from '../../shared/arena/index.ts';
import { Errno, FsError } from '../../shared/base/index.ts';
import { Frame, FrameFlag, Policy, type ArenaBus, type Mailbox } from '../../shared/bus/index.ts';
import type { PayloadCodec, PublishOptions, ReplyOptions, RequestOptions } from './contract.ts';
import { Inlet, type Subscriber } from './inlet.ts';
import type { Match } from './subject-index.ts';

export interface BridgeParts {
  arena: Arena;
  /** Made for the kernel. */
  bus: ArenaBus;
  /** The kernel's. */
  handle: ProcessHandle;
  codec: PayloadCodec;
}

/** Bytes of the mailbox of a pattern that somebody in the kernel listens to. */
const CAPACITY = 32 * 1024;
const BUFFER = 64 * 1024;
/** Bytes that are taken from one mailbox before others have their turn. */
const TURN = 1024 * 1024;
/** Requests of processes that can be answered; with more the oldest no longer can. */
const REMOTE_MAX = 4096;
const TYPES_MAX = 256;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Between the kernel's subscribers and the processes' mailboxes. What processes publish comes through mailboxes of the kernel, one for each pattern that
 * somebody listens to: so a flood of one subject costs the others nothing. What the kernel publishes is encoded once, and only if a process listens.
 */
export class ArenaBridge {
  readonly #arena: Arena;
  readonly #bus: ArenaBus;
  readonly #handle: ProcessHandle;
  readonly #codec: PayloadCodec;
  readonly #nextNumber: () => number;
  readonly #window: BufferWindow;
  readonly #buffer = new Uint8Array(BUFFER);
  readonly #inlets = new Map<string, Inlet>();
  /** Requests of ours, with what to do with the answer. */
  readonly #asked = new Map<Mailbox, (reply: BusMessage) => void>();
  /** Requests of processes, by the number that the kernel knows them by. */
  readonly #remote = new Map<number, { replyTo: number; correlation: number }>();
  readonly #types = new Map<string, Uint8Array>();
  #keys = 0;

  constructor({ arena, bus, handle, codec }: BridgeParts, nextNumber: () => number) {
    this.#arena = arena;
    this.#bus = bus;
    this.#handle = handle;
    this.#codec = codec;
    this.#nextNumber = nextNumber;
    this.#window = new BufferWindow(arena);
  }

  /** Whether a mailbox would get a message of this subject now. */
  hears(match: Match<unknown>): boolean {
    match.topic ??= this.#bus.topicOf(match.subject);
    return this.#bus.hasListeners(match.topic!);
  }

  /** The number of the message that was published last, or of a new one. */
  messageId(take: boolean): number {
    return this.#bus.lastId(take);
  }

  /** How many mailboxes have it, or a negated errno. @throws FsError of the codec */
  publish(match: Match<unknown>, data: unknown, { type = match.type, codec, retain = false, strict = false, source = 0 }: PublishOptions): number {
    const payload = this.#codec.encode(data, type, codec);
    match.topic ??= this.#bus.topicOf(match.subject);
    this.#bus.neverRefused = !strict;
    if (source !== 0) this.#handle.actor = source;
    const result = this.#bus.publish(match.topic!, this.#window.wrap(payload), 0, payload.length, retain, this.#typeBytes(type));
    this.#handle.actor = this.#handle.pid;
    return result;
  }

  /** The same array for the same name, which the topic then knows. */
  #typeBytes(type: string | undefined): Uint8Array | null {
    if (type === undefined) return null;
    let bytes = this.#types.get(type);
    if (!bytes) {
      if (this.#types.size >= TYPES_MAX) this.#types.clear();
      this.#types.set(type, (bytes = encoder.encode(type)));
    }
    return bytes;
  }

  /** From now on the subscriber gets what processes publish (a group's: whoever publishes), until the result is called. @throws FsError EDQUOT, ENFILE, ENOMEM */
  open(pattern: string, group: string, last: boolean, subscriber: Subscriber): () => void {
    const { refuses } = subscriber.queue;
    // Last values come through the mailbox, so who wants them shares none.
    const key = last ? `${this.#keys++}` : `${pattern} ${group} ${refuses}`;
    const inlet = this.#inlets.get(key) ?? this.#newInlet(key, pattern, group, last, refuses);
    inlet.subscribers.push(subscriber);
    this.#drain(inlet);
    return () => this.#leave(inlet, subscriber);
  }

  #newInlet(key: string, pattern: string, group: string, last: boolean, refuses: boolean): Inlet {
    const address = this.#bus.subscribe(pattern, { group, last, capacity: CAPACITY, policy: refuses ? Policy.REFUSE : Policy.DROP_OLDEST });
    if (address < 0) throw FsError.fromErrno(-address, 'subscribe', pattern);
    const inlet = new Inlet(key, this.#bus.mailbox(address), group !== '', refuses);
    this.#inlets.set(key, inlet);
    return inlet;
  }

  #leave(inlet: Inlet, subscriber: Subscriber): void {
    const at = inlet.subscribers.indexOf(subscriber);
    if (at < 0) return;
    inlet.subscribers.splice(at, 1);
    if (inlet.subscribers.length > 0) return;
    this.#inlets.delete(inlet.key);
    this.#bus.release(inlet.reader.address);
  }

  /** Brings what has come since to the subscribers and to who asked. */
  pump(): void {
    for (const inlet of this.#inlets.values()) if (!inlet.reader.isQuiet(KERNEL_SLOT)) this.#drain(inlet);
    for (const [reader, settle] of this.#asked) if (!reader.isQuiet(KERNEL_SLOT)) this.#readReply(reader, settle);
  }

  /** A subscriber has taken messages: what had to wait for that comes. */
  taken(): void {
    for (const inlet of this.#inlets.values()) if (inlet.stalled && inlet.hasRoom()) this.#drain(inlet);
  }

  #drain(inlet: Inlet): void {
    const { reader } = inlet;
    reader.addWaiter(KERNEL_SLOT);
    inlet.stalled = false;
    for (let taken = 0; taken < TURN;) {
      const size = reader.nextSize();
      if (size === 0) return;
      if (!inlet.hasRoom()) {
        inlet.stalled = true;
        return;
      }
      taken += this.#take(inlet, size);
    }
    reader.removeWaiter(KERNEL_SLOT);
    ringBell(this.#arena, KERNEL_SLOT);
  }

  #take(inlet: Inlet, size: number): number {
    const buffer = size > BUFFER ? new Uint8Array(size) : this.#buffer;
    this.#handle.enter();
    const window = this.#window.wrap(buffer);
    // One that refuses has room for one more, not for a batch.
    const used = inlet.refuses ? inlet.reader.tryRead(window, 0, buffer.length) : inlet.reader.takeMany(window, 0, buffer.length);
    this.#handle.leave();
    const { view } = window;
    for (let at = 0; at < used; at = (at + view.getUint32(at, true) + 7) & ~7) {
      inlet.receive(this.#decode(view, buffer, at), view.getUint32(at + Frame.LOST, true));
    }
    return Math.max(used, Frame.HEADER);
  }

  #decode(view: DataView, buffer: Uint8Array, at: number): BusMessage {
    const word = (offset: number): number => view.getUint32(at + offset, true);
    const subjectEnd = at + Frame.HEADER + view.getUint16(at + Frame.SUBJECT_LENGTH, true);
    const typeEnd = subjectEnd + view.getUint16(at + Frame.TYPE_LENGTH, true);
    const type = typeEnd === subjectEnd ? undefined : decoder.decode(buffer.subarray(subjectEnd, typeEnd));
    const flags = buffer[at + Frame.FLAGS]!;
    const message: BusMessage = {
      subject: decoder.decode(buffer.subarray(at + Frame.HEADER, subjectEnd)),
      data: this.#codec.decode(buffer.subarray(typeEnd, typeEnd + word(Frame.PAYLOAD_LENGTH)), type),
      time: (word(Frame.TIME + 4) * 4294967296 + word(Frame.TIME)) / 1e6,
      source: word(Frame.SOURCE), id: word(Frame.ID + 4) * 4294967296 + word(Frame.ID), size: word(Frame.PAYLOAD_LENGTH),
    };
    if (type !== undefined) message.type = type;
    if (flags & FrameFlag.LAST) message.last = true;
    if (flags & FrameFlag.REQUEST) message.request = this.#remember(word(Frame.REPLY_TO), word(Frame.CORRELATION));
    return message;
  }

  #remember(replyTo: number, correlation: number): number {
    if (this.#remote.size >= REMOTE_MAX) for (const oldest of this.#remote.keys()) {
      this.#remote.delete(oldest);
      break;
    }
    const number = this.#nextNumber();
    this.#remote.set(number, { replyTo, correlation });
    return number;
  }

  /** Asks the processes; `settle` gets the answer. What it gives back ends the waiting; null: none of them listens any more. @throws FsError */
  ask(match: Match<unknown>, data: unknown, { type = match.type, codec }: RequestOptions, milliseconds: number, settle: (reply: BusMessage) => void): (() => void) | null {
    const payload = this.#codec.encode(data, type, codec);
    match.topic ??= this.#bus.topicOf(match.subject);
    this.#bus.neverRefused = false;
    const address = this.#bus.request(match.topic!, this.#window.wrap(payload), 0, payload.length, this.#typeBytes(type), milliseconds);
    if (address === -Errno.EHOSTUNREACH) return null;
    if (address < 0) throw FsError.fromErrno(-address, 'request', match.subject);
    const reader = this.#bus.mailbox(address);
    this.#asked.set(reader, settle);
    reader.addWaiter(KERNEL_SLOT);
    return () => {
      if (this.#asked.delete(reader)) this.#bus.release(address);
    };
  }

  #readReply(reader: Mailbox, settle: (reply: BusMessage) => void): void {
    reader.addWaiter(KERNEL_SLOT);
    const size = reader.nextSize();
    // Without an answer it ends by its deadline, which the kernel counts itself.
    if (size <= Frame.HEADER) return;
    const buffer = new Uint8Array(size);
    this.#handle.enter();
    const window = this.#window.wrap(buffer);
    const used = reader.tryRead(window, 0, size);
    this.#handle.leave();
    if (used > 0) settle(this.#decode(window.view, buffer, 0));
  }

  /** Whether the number was a process's request. @throws FsError ENOENT, EMSGSIZE, ENOMEM, EAGAIN, or of the codec */
  answer(number: number, data: unknown, { type, codec }: ReplyOptions): boolean {
    const asked = this.#remote.get(number);
    if (!asked) return false;
    const payload = this.#codec.encode(data, type, codec);
    const result = this.#bus.reply(asked.replyTo, asked.correlation, this.#window.wrap(payload), 0, payload.length, this.#typeBytes(type));
    if (result === 0 || result === -Errno.ENOENT) this.#remote.delete(number);
    if (result < 0) throw FsError.fromErrno(-result, 'reply');
    return true;
  }

  subjects(): string[] {
    return this.#bus.subjects();
  }

  /** The last values of the subjects that a pattern takes. */
  last(pattern: string): BusMessage[] {
    return (this.#bus.last(pattern) ?? []).map((frame) => this.#decode(new DataView(frame.buffer), frame, 0));
  }
}
