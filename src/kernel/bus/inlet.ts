import type { BusMessage } from '../../shared/abi/index.ts';
import type { Mailbox } from '../../shared/bus/index.ts';
import type { MessageQueue } from './message-queue.ts';

/** Who gets messages in the kernel's worker. */
export interface Subscriber {
  readonly queue: MessageQueue;
  /** Told of each message that was put into the queue. */
  wake: () => void;
}

/** One mailbox in the arena for all of the kernel's subscriptions to one pattern, in one group, with one policy. */
export class Inlet {
  readonly key: string;
  readonly reader: Mailbox;
  readonly refuses: boolean;
  readonly subscribers: Subscriber[] = [];
  /** Messages stay in the mailbox until the subscribers' queues have room. */
  stalled = false;
  readonly #isGroup: boolean;
  #turn = 0;

  constructor(key: string, reader: Mailbox, isGroup: boolean, refuses: boolean) {
    this.key = key;
    this.reader = reader;
    this.refuses = refuses;
    this.#isGroup = isGroup;
  }

  hasRoom(): boolean {
    return !this.refuses || this.subscribers.every(({ queue }) => !queue.isFull);
  }

  /** `lost`: messages that the mailbox lost before this one. */
  receive(message: BusMessage, lost: number): void {
    if (lost > 0) for (const { queue } of this.subscribers) queue.lose(lost);
    if (this.#isGroup) this.#put(this.subscribers[this.#turn++ % this.subscribers.length]!, message);
    else for (const subscriber of this.subscribers) this.#put(subscriber, message);
  }

  #put(subscriber: Subscriber, message: BusMessage): void {
    subscriber.queue.push(message);
    subscriber.wake();
  }
}
