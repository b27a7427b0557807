import { OfdFlag, OfdKind, type MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { BLOCKED, type MailboxReader } from '../../shared/bus/index.ts';
import type { Process } from './process.ts';
import type { Streams } from './streams.ts';

/** A publication or request that may have to wait for room. */
export interface Unsettled {
  /** Makes of what `step` gives (the bus's result, or BLOCKED again) the caller's. */
  finish(step: () => number): number;
  /** 0 while it may be published, or the errno. */
  stays(): number;
  /** Of what the bus gave although it may not any more. */
  drop?(result: number): void;
}

/**
 * Subscriptions and requests as descriptions: one read gives one message as a frame (`wasm-samples/sdk/ABI.md`, "Reading"). Results are >= 0,
 * or a negated errno.
 */
export class Mailboxes {
  readonly #process: Process;
  readonly #streams: Streams;
  /** By address. A mailbox lives while we have it open, so an entry is true until a close. */
  readonly #readers = new Map<number, MailboxReader>();

  constructor(process: Process, streams: Streams) {
    this.#process = process;
    this.#streams = streams;
  }

  forget(): void {
    if (this.#readers.size > 0) this.#readers.clear();
  }

  reader(ofd: number): MailboxReader {
    const address = this.#process.files.object(ofd);
    let reader = this.#readers.get(address);
    if (!reader) this.#readers.set(address, (reader = this.#process.bus.mailbox(address)));
    return reader;
  }

  /**
   * A descriptor for a mailbox that `make` gives (an address, or a negated errno), made in one section: a mailbox without a description would be
   * nobody's. `pattern`: what must still be granted when it is read; null where nothing has to. `asked`: the grant epoch before it was asked for,
   * so that what was revoked since is noticed by the first read.
   */
  install(make: () => number, pattern: Uint8Array | null, asked = this.#process.handle.grantEpoch): number {
    const { handle } = this.#process;
    handle.enter();
    const mailbox = make();
    const fd = mailbox < 0 ? mailbox : this.#describe(mailbox, pattern, asked);
    handle.leave();
    return fd;
  }

  #describe(mailbox: number, pattern: Uint8Array | null, asked: number): number {
    const { files, table, bus } = this.#process;
    const ofd = files.create(OfdKind.MAILBOX, mailbox, OfdFlag.READ);
    if (ofd === 0) {
      bus.release(mailbox);
      return -Errno.ENOMEM;
    }
    files.setPosition(ofd, asked);
    const fd = pattern !== null && !files.setLabel(ofd, pattern) ? -Errno.ENOMEM : table.install(ofd);
    if (fd < 0) files.release(ofd);
    return fd;
  }

  /** MX1: 0 while its subscription is granted, else -ENOTCAPABLE. Asks the kernel when what is granted has changed. */
  allowed(ofd: number): number {
    const { files, handle } = this.#process;
    const epoch = handle.grantEpoch;
    const position = files.position(ofd);
    if (position === epoch) return 0;
    return position === -epoch - 1 ? -Errno.ENOTCAPABLE : this.#ask(ofd, epoch);
  }

  #ask(ofd: number, epoch: number): number {
    const { files } = this.#process;
    const pattern = files.label(ofd);
    const refused = pattern !== null
      && this.#process.kernel({ op: 'authorize', action: { kind: 'subscribe', subject: new TextDecoder().decode(pattern) } }).errno !== 0;
    files.setPosition(ofd, refused ? -epoch - 1 : epoch);
    return refused ? -Errno.ENOTCAPABLE : 0;
  }

  /** Bytes of the frame; -EMSGSIZE: it is longer than `length` and stays; -EAGAIN; -EINTR; -ETIMEDOUT, -ENOTCAPABLE: no more comes. */
  read(ofd: number, window: MemoryWindow, pointer: number, length: number, mayWait: boolean): number {
    const reader = this.reader(ofd);
    const taken = this.#take(ofd, reader, window, pointer, length);
    if (taken !== 0) return taken;
    if (!mayWait || this.#process.files.flags(ofd) & OfdFlag.NONBLOCK) return -Errno.EAGAIN;
    return this.#streams.waiting(reader, () => this.#take(ofd, reader, window, pointer, length), 0, () => untilDeadline(reader));
  }

  #take(ofd: number, reader: MailboxReader, window: MemoryWindow, pointer: number, length: number): number {
    const refused = this.allowed(ofd);
    if (refused < 0) return refused;
    const { handle } = this.#process;
    handle.enter();
    const taken = reader.tryRead(window, pointer, length);
    handle.leave();
    return taken;
  }

  /**
   * The result of a publication: of one that met a mailbox whose publishers wait, once there is room. After a caught signal the mailbox does not
   * get the message; once it may not be published any more (`stays`), none does that was full.
   */
  settled(result: number, { finish, stays, drop }: Unsettled): number {
    const { bus } = this.#process;
    const resume = (): number => bus.resume();
    let refused = 0;
    while (result === BLOCKED) {
      const full = bus.blockedOn;
      const later = this.#streams.waiting(full, () => {
        refused = stays();
        if (refused !== 0) return -refused;
        const now = finish(resume);
        if (now !== BLOCKED) return now < 0 ? now : now + 1;
        return bus.blockedOn.address === full.address ? 0 : BLOCKED;
      });
      if (refused !== 0) return this.#abandon(drop, refused);
      if (later === -Errno.EINTR) result = finish(() => bus.giveUp());
      else result = later > 0 ? later - 1 : later;
    }
    return result;
  }

  #abandon(drop: Unsettled['drop'], refused: number): number {
    const { bus, handle } = this.#process;
    handle.enter();
    let result = bus.giveUp();
    while (result === BLOCKED) result = bus.giveUp();
    if (result > 0) drop?.(result);
    handle.leave();
    return -refused;
  }

  /** Bytes of the next frame, 0 if there is none; 1 for a mailbox whose read tells why there is none. */
  nextSize(ofd: number): number {
    if (this.allowed(ofd) < 0) return 1;
    const { handle } = this.#process;
    handle.enter();
    const size = this.reader(ofd).nextSize();
    handle.leave();
    return size;
  }
}

/** Milliseconds until a request's time is up, and a moment more. */
export function untilDeadline({ deadline }: MailboxReader): number {
  return deadline === Infinity ? Infinity : Math.max(0, Math.ceil(deadline - Date.now())) + 1;
}
