import type { MemoryWindow, Waitable } from '../arena/index.ts';

/** A subject that this worker publishes to: what it knows of it, kept while it is used. */
export interface Topic {
  readonly subject: string;
  /** UTF-8 of it. */
  readonly bytes: Uint8Array;
  /** For the caller's own use: what it has decided about this subject. Undefined in a new one. */
  mark: unknown;
}

export interface MailboxOptions {
  /** `Policy`. Default: DROP_OLDEST. */
  policy?: number;
  /** Bytes, a power of two. Default 64 KiB. */
  capacity?: number;
  /** Queue group: each message goes to one of its members. Default: none. */
  group?: string;
  /** First the last values of the subjects that match. */
  last?: boolean;
}

/**
 * The reading end of a subscription, or of one request (then it gives the one reply). Callers are behind their gate; whoever sleeps
 * registers as a waiter first, then looks again.
 */
export interface MailboxReader extends Waitable {
  readonly address: number;
  /** Bytes of the next message as a frame; 0: there is none yet. A mailbox that has ended gives 1: reading it tells why. */
  nextSize(): number;
  /**
   * Takes one message: the bytes of its frame. 0: there is none yet. -EMSGSIZE: `length` is too small, the message stays.
   * -ETIMEDOUT: the request's deadline has passed; -ENOENT: its reply was read; -ENOTCAPABLE: it was closed from outside (revoked).
   */
  tryRead(window: MemoryWindow, pointer: number, length: number): number;
  /** As many as fit, each at a multiple of 8 after the first; the bytes used, else as `tryRead`. */
  takeMany(window: MemoryWindow, pointer: number, length: number): number;
  /** Messages lost so far. */
  readonly dropped: number;
  /** Milliseconds since the epoch until a request is given up; Infinity for other mailboxes. */
  readonly deadline: number;
}

/** What a publication waits for. */
export interface Blocking extends Waitable {
  readonly address: number;
}

/**
 * The bus as one worker uses it. Results are >= 0 or a negated errno. Enters the gate itself; nothing waits in it. Subjects, patterns
 * and payloads come from a guest: they are checked, bounds of the window by the caller. What `subscribe`, `request` and `resume` give is to
 * be put into a description within the same section, else a death would leave it to nobody.
 */
export interface BusAccess {
  /** Null: not a subject (EINVAL). */
  topic(window: MemoryWindow, pointer: number, length: number): Topic | null;
  /** The same for text. */
  topicOf(subject: string): Topic | null;
  /**
   * The number of mailboxes that have it (0: nobody listens). `retain`: kept as the subject's last value. -EAGAIN: a mailbox with
   * REFUSE is full; -EMSGSIZE; -ENOMEM: the arena has no room; BLOCKED; -EDEADLK: the process whose full mailbox it would have to wait for
   * waits for one of ours, which counts it as lost; all others have it. `type`: at most TYPE_MAX bytes.
   */
  publish(topic: Topic, window: MemoryWindow, payload: number, length: number, retain: boolean, type: Uint8Array | null): number;
  /**
   * Several messages under one lock: at `pointer` records `u32 length, payload`, one after the other. The number of records that were
   * published; fewer than all when a mailbox refused one or `BLOCKED` would have been the answer: go on with `publish`.
   */
  publishMany(topic: Topic, window: MemoryWindow, pointer: number, length: number, type: Uint8Array | null): number;
  /**
   * Publishes a request: the address of the mailbox that gets its reply, owned by the caller. `milliseconds` from now. -EHOSTUNREACH: nobody listens;
   * -ENFILE; as `publish`.
   */
  request(topic: Topic, window: MemoryWindow, payload: number, length: number, type: Uint8Array | null, milliseconds: number): number;
  /** After BLOCKED, once `blockedOn` has changed: the result of the publication or request, or BLOCKED again. */
  resume(): number;
  /** After BLOCKED: gives up on the mailbox that is full, which counts it as lost. The result of the publication or request. */
  giveUp(): number;
  /** A mailbox, or the members of a queue group (then the address of one). */
  readonly blockedOn: Blocking;
  /**
   * Answers a request that this worker has read: `replyTo` and `correlation` from its frame. -EINVAL: it was no request (both 0);
   * -ENOENT: this worker has read no such one, or it was answered, or its asker is gone.
   */
  reply(replyTo: number, correlation: number, window: MemoryWindow, payload: number, length: number, type: Uint8Array | null): number;
  /** The address of a new mailbox, owned by the caller. -EINVAL: the pattern or an option; -EDQUOT: this process's
   * mailboxes take up too much; -ENOMEM, -ENFILE: no room for another. */
  subscribe(pattern: string, options?: MailboxOptions): number;
  /** Opens what `subscribe` or `request` gave, here or in another thread. */
  mailbox(address: number): MailboxReader;
  /** Ends it and gives it back; `ObjectOwner.releaseMailbox`. */
  release(mailbox: number): void;
  /** Ends it for its reader (-ENOTCAPABLE), who still has to release it. */
  revoke(mailbox: number): void;
}
