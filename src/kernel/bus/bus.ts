import type { BusMessage } from '../../shared/abi/index.ts';
import type { Clock } from '../../shared/base/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { parsePattern } from '../../shared/bus/index.ts';
import { ArenaBridge, type BridgeParts } from './arena-bridge.ts';
import type { PublishOptions, ReplyOptions, RequestOptions, RequestReply, SubscribeOptions, Subscription } from './contract.ts';
import type { Subscriber } from './inlet.ts';
import { MessageQueue } from './message-queue.ts';
import { Requests } from './requests.ts';
import { SubjectIndex, type Match } from './subject-index.ts';

/** Messages that a subscription holds before it drops the oldest. */
export const DEFAULT_CAPACITY = 1024;
const CAPACITY_MAX = 1 << 20;
/** Messages that one subscriber gets in a turn before the others have theirs. */
const TURN = 256;
/** Milliseconds until a request is given up. */
const DEADLINE = 5000;
/** Milliseconds for which one look at the clock does. */
const MOMENT = 1;

export interface BusOptions {
  clock: Clock;
  /** Runs a task soon, never at once. Default: a microtask. */
  schedule?: (task: () => void) => void;
  /** Hears what a listener threw (that listener stays subscribed), and what could not be told to processes. */
  onListenerError?: (error: unknown, pattern: string) => void;
}

/** A subscription whose owner takes messages when it can. */
export interface PullSubscription extends Subscription {
  readonly pending: number;
  /** At most `max` messages, the oldest first. */
  take(max: number): BusMessage[];
}

export type BusListener = (message: BusMessage) => void;

interface Opened {
  readonly pattern: string;
  readonly subscriber: Subscriber;
  readonly group: string;
  readonly last: boolean;
  /** Ends its share of a mailbox in the arena. */
  close: (() => void) | null;
}

const NO_OPTIONS: PublishOptions = {};

function microtask(task: () => void): void {
  void Promise.resolve().then(task);
}

function checkCapacity(pattern: string, capacity: number): number {
  if (Number.isInteger(capacity) && capacity > 0 && capacity <= CAPACITY_MAX) return capacity;
  throw new FsError('EINVAL', 'subscribe', pattern, { detail: `capacity ${capacity} is not in 1…${CAPACITY_MAX}` });
}

/**
 * The message bus of the kernel's worker. Subjects `a.b.c`; patterns with `*` (one token) and `>` (the rest), as in NATS. Once it is connected to the
 * arena, processes hear what is published here, and subscribers here what processes publish.
 *
 * `publish` puts the message into the bounded queue of each subscriber and returns; listeners run later, in turns.
 * So a publisher is never held up, what one publisher sends arrives in its order, and a listener that is slow or
 * throws costs only its own messages. The message object is shared between listeners: it is not to be changed.
 */
export class Bus implements RequestReply {
  readonly #index = new SubjectIndex<Subscriber>();
  readonly #clock: Clock;
  readonly #schedule: (task: () => void) => void;
  readonly #onListenerError: (error: unknown, pattern: string) => void;
  readonly #opened = new Set<Opened>();
  readonly #requests = new Requests();
  #bridge: ArenaBridge | null = null;
  #numbers = 0;
  #ids = 0;
  #time = 0;
  #timeHolds = false;

  constructor(options: BusOptions) {
    this.#clock = options.clock;
    this.#schedule = options.schedule ?? microtask;
    this.#onListenerError = options.onListenerError ?? (() => {});
  }

  /** Once: from now on processes take part. `pump` is to be called whenever the kernel's bell has rung. */
  connect(parts: BridgeParts): void {
    this.#bridge = new ArenaBridge(parts, () => ++this.#numbers);
    for (const opened of this.#opened) this.#open(opened);
  }

  pump(): void {
    this.#bridge?.pump();
  }

  /** Subjects that have a last value, and those that processes listen to by name. */
  subjects(): string[] {
    return this.#bridge?.subjects() ?? [];
  }

  /** Whether anybody here, programs left out, listens to what begins with these tokens by name, not by a pattern for everything. */
  isAsked(tokens: string): boolean {
    for (const { pattern } of this.#opened) if (pattern.startsWith(`${tokens}.`)) return true;
    return false;
  }

  /** Hears of subjects on which something is published, each at least once. */
  watchSubjects(listener: (subject: string) => void): void {
    this.#index.onSubject = listener;
  }

  /**
   * Returns how many subscriptions took the message, those of processes included. @throws FsError EINVAL for an invalid subject; if it is `strict` also EAGAIN, ENOMEM,
   * EMSGSIZE, and what the codec throws.
   */
  publish(subject: string, data: unknown, options: PublishOptions = NO_OPTIONS): number {
    const match = this.#index.match(subject);
    const { items } = match;
    const bridge = this.#bridge;
    if (options.strict) this.#checkRoom(match);
    const shared = bridge !== null && (bridge.hears(match) || options.retain === true);
    const reached = shared ? this.#share(bridge, match, data, options) : 0;
    if (items.length > 0) this.#put(items, this.#message(subject, data, options.source, options.type ?? match.type, shared));
    return reached + items.length;
  }

  #checkRoom({ items, subject }: Match<Subscriber>): void {
    if (items.some(({ queue }) => queue.refuses && queue.isFull)) throw new FsError('EAGAIN', 'publish', subject, { detail: 'a subscriber that refuses is full' });
  }

  #share(bridge: ArenaBridge, match: Match<Subscriber>, data: unknown, options: PublishOptions): number {
    try {
      const reached = bridge.publish(match, data, options);
      if (reached < 0) throw FsError.fromErrno(-reached, 'publish', match.subject);
      return reached;
    } catch (error) {
      if (options.strict) throw error;
      this.#onListenerError(error, match.subject);
      return 0;
    }
  }

  #message(subject: string, data: unknown, source: number | undefined, type: string | undefined, shared: boolean): BusMessage {
    const id = this.#bridge === null ? ++this.#ids : this.#bridge.messageId(!shared);
    const message: BusMessage = { subject, data, time: this.#timeHolds ? this.#time : this.#now(), id };
    if (source !== undefined) message.source = source;
    if (type !== undefined) message.type = type;
    return message;
  }

  /** Milliseconds since the epoch. A look at the clock costs as much as a message. */
  #now(): number {
    this.#timeHolds = true;
    setTimeout(() => (this.#timeHolds = false), MOMENT);
    return (this.#time = Number(this.#clock.realtime() / 1000n) / 1000);
  }

  #put(subscribers: readonly Subscriber[], message: BusMessage): void {
    for (let i = 0; i < subscribers.length; i++) {
      const subscriber = subscribers[i]!;
      subscriber.queue.push(message);
      subscriber.wake();
    }
  }

  /** @throws FsError EINVAL for an invalid pattern or capacity; EDQUOT, ENFILE, ENOMEM: the arena has no room for more */
  subscribe(pattern: string, listener: BusListener, options: SubscribeOptions = {}): Subscription {
    let scheduled = false;
    const queue = this.#queue(pattern, options);
    const turn = (): void => {
      scheduled = false;
      for (let left = TURN; left > 0; left--) {
        const message = queue.take();
        if (!message) break;
        this.#deliver(listener, message, pattern);
      }
      if (queue.refuses) this.#bridge?.taken();
      wake();
    };
    const wake = (): void => {
      if (scheduled || queue.size === 0) return;
      scheduled = true;
      this.#schedule(turn);
    };
    return this.#subscription(pattern, queue, wake, options);
  }

  /** A subscription that is only told (`onReady`, on each publication) and takes messages itself. */
  pull(pattern: string, onReady: () => void, options: SubscribeOptions = {}): PullSubscription {
    const queue = this.#queue(pattern, options);
    return {
      ...this.#subscription(pattern, queue, onReady, options),
      get dropped() {
        return queue.droppedInAll;
      },
      get pending() {
        return queue.size;
      },
      take: (max) => {
        const taken = takeUpTo(queue, max);
        if (queue.refuses) this.#bridge?.taken();
        return taken;
      },
    };
  }

  #queue(pattern: string, { capacity = DEFAULT_CAPACITY, policy }: SubscribeOptions): MessageQueue {
    return new MessageQueue(checkCapacity(pattern, capacity), policy === 'refuse');
  }

  #subscription(pattern: string, queue: MessageQueue, wake: () => void, { group = '', last = false }: SubscribeOptions): Subscription {
    const tokens = parsePattern(pattern);
    const subscriber: Subscriber = { queue, wake: () => {} };
    const opened: Opened = { pattern, subscriber, group, last, close: null };
    if (this.#bridge) this.#open(opened);
    // What is there already is told once the caller has its subscription.
    subscriber.wake = wake;
    if (queue.size > 0) this.#schedule(wake);
    this.#opened.add(opened);
    // A group's members get all of their messages by the arena, so that each is one's.
    if (group === '') this.#index.add(tokens, opened.subscriber);
    return {
      pattern,
      get dropped() {
        return queue.droppedInAll;
      },
      dispose: () => {
        if (!this.#opened.delete(opened)) return;
        opened.close?.();
        if (group === '') this.#index.remove(tokens, opened.subscriber);
        queue.clear();
      },
    };
  }

  #open(opened: Opened): void {
    opened.close = this.#bridge!.open(opened.pattern, opened.group, opened.last, opened.subscriber);
  }

  #deliver(listener: BusListener, message: BusMessage, pattern: string): void {
    try {
      listener(message);
    } catch (error) {
      this.#onListenerError(error, pattern);
    }
  }

  request(subject: string, data: unknown, options: RequestOptions = {}): Promise<BusMessage> {
    return new Promise((resolve, reject) => {
      const match = this.#index.match(subject);
      const { items } = match;
      const bridge = this.#bridge;
      const shared = bridge !== null && bridge.hears(match);
      const { deadline = DEADLINE } = options;
      const number = ++this.#numbers;
      if (items.length > 0 || shared) this.#requests.open(number, subject, deadline, resolve, reject);
      const asked = shared && this.#ask(bridge, match, data, options, number, deadline);
      if (items.length > 0) {
        const message = this.#message(subject, data, undefined, options.type ?? match.type, false);
        message.request = number;
        this.#put(items, message);
      } else if (!asked) {
        const error = new FsError('EHOSTUNREACH', 'request', subject, { detail: 'nobody listens' });
        if (shared) this.#requests.fail(number, error);
        else reject(error);
      }
    });
  }

  /** False: by now no process listens, or (then the request has failed) it cannot be asked. */
  #ask(bridge: ArenaBridge, match: Match<Subscriber>, data: unknown, options: RequestOptions, number: number, deadline: number): boolean {
    try {
      const cancel = bridge.ask(match, data, options, deadline, (reply) => void this.#requests.answer(number, reply));
      if (cancel) this.#requests.onEnd(number, cancel);
      return cancel !== null;
    } catch (error) {
      if (match.items.length === 0) this.#requests.fail(number, error as FsError);
      else this.#onListenerError(error, match.subject);
      return true;
    }
  }

  reply(request: number | undefined, data: unknown, options: ReplyOptions = NO_OPTIONS): void {
    if (request === undefined) throw new FsError('EINVAL', 'reply', undefined, { detail: 'the message is no request' });
    const subject = this.#requests.subjectOf(request);
    if (subject !== undefined) this.#requests.answer(request, this.#message(subject, data, undefined, options.type, false));
    else if (!this.#bridge?.answer(request, data, options)) throw new FsError('ENOENT', 'reply', undefined, { detail: 'it was answered, or nobody waits for it' });
  }

  last(pattern: string): BusMessage[] {
    parsePattern(pattern);
    return this.#bridge?.last(pattern) ?? [];
  }
}

function takeUpTo(queue: MessageQueue, max: number): BusMessage[] {
  const taken: BusMessage[] = [];
  while (taken.length < max) {
    const message = queue.take();
    if (!message) break;
    taken.push(message);
  }
  return taken;
}
