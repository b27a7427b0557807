import type { BusMessage } from '../../shared/abi/index.ts';
import type { Clock, Disposable } from '../../shared/base/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { MessageQueue } from './message-queue.ts';
import { SubjectIndex } from './subject-index.ts';
import type { PublishOptions, SubscribeOptions } from './contract.ts';
import { parsePattern } from '../../shared/bus/index.ts';

/** Messages that a subscription holds before it drops the oldest. */
export const DEFAULT_CAPACITY = 1024;
const CAPACITY_MAX = 1 << 20;
/** Messages that one subscriber gets in a turn before the others have theirs. */
const TURN = 256;

export interface BusOptions {
  clock: Clock;
  /** Runs a task soon, never at once. Default: a microtask. */
  schedule?: (task: () => void) => void;
  /** Hears what a listener threw; that listener stays subscribed. */
  onListenerError?: (error: unknown, pattern: string) => void;
}

export interface Subscription extends Disposable {
  readonly pattern: string;
  /** Messages lost so far. */
  readonly dropped: number;
}

/** A subscription whose owner takes messages when it can. */
export interface PullSubscription extends Subscription {
  readonly pending: number;
  /** At most `max` messages, the oldest first. */
  take(max: number): BusMessage[];
}

export type BusListener = (message: BusMessage) => void;

interface Subscriber {
  readonly queue: MessageQueue;
  /** Told once per publication that finds it idle. */
  wake(): void;
}

function microtask(task: () => void): void {
  void Promise.resolve().then(task);
}

function checkCapacity(pattern: string, capacity: number): number {
  if (Number.isInteger(capacity) && capacity > 0 && capacity <= CAPACITY_MAX) return capacity;
  throw new FsError('EINVAL', 'subscribe', pattern, { detail: `capacity ${capacity} is not in 1…${CAPACITY_MAX}` });
}

/**
 * The message bus. Subjects `a.b.c`; patterns with `*` (one token) and `>` (the rest), as in NATS.
 *
 * `publish` puts the message into the bounded queue of each subscriber and returns; listeners run later, in turns.
 * So a publisher is never held up, what one publisher sends arrives in its order, and a listener that is slow or
 * throws costs only its own messages. The message object is shared between listeners: it is not to be changed.
 */
export class Bus {
  readonly #index = new SubjectIndex<Subscriber>();
  readonly #clock: Clock;
  readonly #schedule: (task: () => void) => void;
  readonly #onListenerError: (error: unknown, pattern: string) => void;

  constructor(options: BusOptions) {
    this.#clock = options.clock;
    this.#schedule = options.schedule ?? microtask;
    this.#onListenerError = options.onListenerError ?? (() => {});
  }

  /** Hears of subjects on which something is published, each at least once. */
  watchSubjects(listener: (subject: string) => void): void {
    this.#index.onSubject = listener;
  }

  /** Returns how many subscriptions took the message. @throws FsError EINVAL for an invalid subject. */
  publish(subject: string, data: unknown, { source, type }: PublishOptions = {}): number {
    const subscribers = this.#index.match(subject);
    if (subscribers.length === 0) return 0;
    const message: BusMessage = { subject, data, time: Number(this.#clock.realtime() / 1000n) / 1000, ...(source !== undefined && { source }), ...(type !== undefined && { type }) };
    for (const subscriber of subscribers) {
      subscriber.queue.push(message);
      subscriber.wake();
    }
    return subscribers.length;
  }

  /** @throws FsError EINVAL for an invalid pattern or capacity. */
  subscribe(pattern: string, listener: BusListener, options: SubscribeOptions = {}): Subscription {
    let scheduled = false;
    const turn = (): void => {
      scheduled = false;
      for (let left = TURN; left > 0; left--) {
        const message = subscription.take(1)[0];
        if (!message) return;
        this.#deliver(listener, message, pattern);
      }
      wake();
    };
    const wake = (): void => {
      if (scheduled || subscription.pending === 0) return;
      scheduled = true;
      this.#schedule(turn);
    };
    const subscription = this.pull(pattern, wake, options);
    return subscription;
  }

  /** A subscription that is only told (`onReady`, on each publication) and takes messages itself. */
  pull(pattern: string, onReady: () => void, options: SubscribeOptions = {}): PullSubscription {
    const tokens = parsePattern(pattern);
    if (options.policy === 'refuse' || options.group !== undefined || options.last) throw new FsError('ENOTSUP', 'subscribe', pattern);
    const queue = new MessageQueue(checkCapacity(pattern, options.capacity ?? DEFAULT_CAPACITY));
    const subscriber: Subscriber = { queue, wake: onReady };
    this.#index.add(tokens, subscriber);
    return {
      pattern,
      get dropped() {
        return queue.droppedInAll;
      },
      get pending() {
        return queue.size;
      },
      take: (max) => takeUpTo(queue, max),
      dispose: () => {
        this.#index.remove(tokens, subscriber);
        queue.clear();
      },
    };
  }

  #deliver(listener: BusListener, message: BusMessage, pattern: string): void {
    try {
      listener(message);
    } catch (error) {
      this.#onListenerError(error, pattern);
    }
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
