import { Arena, BufferWindow, KERNEL_PCB, ProcessHandle, ProcessTable, tickCoarse } from '../../arena/index.ts';
import { ArenaBus, createBus, Frame, type BusOptions, type Mailbox, type MailboxOptions, type Topic } from '../index.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A frame, decoded. */
export interface Got {
  subject: string;
  type: string;
  text: string;
  payload: Uint8Array;
  flags: number;
  source: number;
  id: number;
  replyTo: number;
  correlation: number;
  lost: number;
}

export function decodeFrame(frame: Uint8Array): Got {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const subject = Frame.HEADER + view.getUint16(Frame.SUBJECT_LENGTH, true);
  const type = subject + view.getUint16(Frame.TYPE_LENGTH, true);
  const payload = frame.slice(type, type + view.getUint32(Frame.PAYLOAD_LENGTH, true));
  return {
    subject: decoder.decode(frame.subarray(Frame.HEADER, subject)), type: decoder.decode(frame.subarray(subject, type)),
    payload, text: payload.length < 1000 ? decoder.decode(payload) : '', flags: frame[Frame.FLAGS]!,
    source: view.getUint32(Frame.SOURCE, true), id: Number(view.getBigUint64(Frame.ID, true)),
    replyTo: view.getUint32(Frame.REPLY_TO, true), correlation: view.getUint32(Frame.CORRELATION, true), lost: view.getUint32(Frame.LOST, true),
  };
}

/** A process as the bus's tests have it: its bus, and a window over bytes. */
export class Peer {
  readonly bus: ArenaBus;
  readonly handle: ProcessHandle;
  readonly window: BufferWindow;
  readonly #buffer = new Uint8Array(1 << 16);

  constructor(arena: Arena, pcb: number, kernel = false) {
    this.handle = new ProcessHandle(arena, pcb);
    this.bus = new ArenaBus(arena, this.handle, { kernel });
    this.window = new BufferWindow(arena);
  }

  topic(subject: string): Topic {
    const bytes = encoder.encode(subject);
    const topic = this.bus.topic(this.window.wrap(bytes), 0, bytes.length);
    if (!topic) throw new Error(`not a subject: ${subject.slice(0, 300)}`);
    return topic;
  }

  publish(subject: string, payload: string | Uint8Array, options: { retain?: boolean; type?: string } = {}): number {
    const bytes = typeof payload === 'string' ? encoder.encode(payload) : payload;
    const topic = this.topic(subject);
    return this.bus.publish(topic as never, this.window.wrap(bytes), 0, bytes.length, options.retain ?? false, options.type === undefined ? null : encoder.encode(options.type));
  }

  request(subject: string, payload: string, milliseconds = 60_000): number {
    const bytes = encoder.encode(payload);
    const topic = this.topic(subject);
    return this.bus.request(topic as never, this.window.wrap(bytes), 0, bytes.length, null, milliseconds);
  }

  reply({ replyTo, correlation }: { replyTo: number; correlation: number }, payload: string | Uint8Array): number {
    const bytes = typeof payload === 'string' ? encoder.encode(payload) : payload;
    return this.bus.reply(replyTo, correlation, this.window.wrap(bytes), 0, bytes.length, null);
  }

  subscribe(pattern: string, options?: MailboxOptions): Mailbox {
    const address = this.bus.subscribe(pattern, options);
    if (address < 0) throw new Error(`subscribe ${pattern}: ${address}`);
    return this.bus.mailbox(address);
  }

  /** The next message, or the result of a read that gave none. */
  read(mailbox: Mailbox): Got | number {
    this.handle.enter();
    const size = mailbox.nextSize();
    const buffer = size > this.#buffer.length ? new Uint8Array(size) : this.#buffer;
    const taken = mailbox.tryRead(this.window.wrap(buffer), 0, buffer.length);
    this.handle.leave();
    return taken > 0 ? decodeFrame(buffer.subarray(0, taken)) : taken;
  }

  /** All that there is, one read after the other. */
  drain(mailbox: Mailbox): Got[] {
    const all: Got[] = [];
    for (let got = this.read(mailbox); typeof got !== 'number'; got = this.read(mailbox)) all.push(got);
    return all;
  }

  /** All that there is, in batches. */
  drainMany(mailbox: Mailbox, length = 1 << 16): Got[] {
    const buffer = new Uint8Array(length);
    const all: Got[] = [];
    for (;;) {
      this.handle.enter();
      const used = mailbox.takeMany(this.window.wrap(buffer), 0, buffer.length);
      this.handle.leave();
      if (used <= 0) return all;
      for (let at = 0; at < used; at = (at + new DataView(buffer.buffer).getUint32(at, true) + 7) & ~7) {
        all.push(decodeFrame(buffer.subarray(at, at + new DataView(buffer.buffer).getUint32(at, true))));
      }
    }
  }

  texts(mailbox: Mailbox): string[] {
    return this.drain(mailbox).map(({ text }) => text);
  }
}

/** An arena with a bus, a kernel and as many processes as are asked for, all in this thread. */
export class BusRig {
  readonly arena: Arena;
  readonly table: ProcessTable;
  readonly kernel: Peer;
  readonly peers: Peer[];

  constructor(processes: number, options: BusOptions & { pages?: number; maxPages?: number } = {}) {
    this.arena = Arena.create({ pages: options.pages ?? 64, maxPages: options.maxPages ?? 4096, journalBytes: 1 << 16 });
    tickCoarse(this.arena, 1_700_000_000e9);
    createBus(this.arena, options);
    this.table = new ProcessTable(this.arena);
    this.kernel = new Peer(this.arena, KERNEL_PCB, true);
    this.peers = Array.from({ length: processes }, (_, i) => new Peer(this.arena, this.table.allocate(10 + i, 1)));
  }
}

/** What is allocated, as text: a check that nothing is left behind. */
export function inUse(rig: BusRig): string {
  const live: string[] = [];
  rig.arena.forEachAllocation((address, bytes) => void live.push(`${address}+${bytes}`));
  return live.toSorted().join();
}
