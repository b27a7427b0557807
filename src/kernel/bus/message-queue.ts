import type { BusMessage } from '../../shared/abi/index.ts';

/** Bytes of payloads of processes that wait in one queue, at most; a single message may have more. */
export const QUEUE_BYTES = 32 << 20;

/**
 * Messages for one subscriber, first in first out, at most `capacity` and `QUEUE_BYTES`. When full one is dropped and counted (the oldest, or for a queue that
 * refuses the new one); the count travels as `dropped` of the next message that is taken.
 */
export class MessageQueue {
  readonly refuses: boolean;
  readonly #capacity: number;
  #slots: (BusMessage | undefined)[];
  /** Of indices into the slots, which are a power of two. */
  #mask: number;
  #head = 0;
  #size = 0;
  #bytes = 0;
  #dropped = 0;
  #droppedInAll = 0;

  constructor(capacity: number, refuses = false) {
    this.#capacity = capacity;
    this.refuses = refuses;
    this.#slots = new Array<BusMessage | undefined>(16);
    this.#mask = 15;
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.#capacity || this.#bytes >= QUEUE_BYTES;
  }

  /** Since the queue was made. */
  get droppedInAll(): number {
    return this.#droppedInAll;
  }

  push(message: BusMessage): void {
    const bytes = message.size ?? 0;
    if (this.#size >= this.#capacity || (this.#bytes + bytes > QUEUE_BYTES && this.#size > 0)) {
      if (this.refuses) return this.lose(1);
      this.#makeRoom(bytes);
    }
    if (this.#size > this.#mask) this.#grow();
    this.#bytes += bytes;
    this.#slots[(this.#head + this.#size) & this.#mask] = message;
    this.#size++;
  }

  #makeRoom(bytes: number): void {
    do {
      this.#shift();
      this.lose(1);
    } while (this.#size > 0 && this.#bytes + bytes > QUEUE_BYTES);
  }

  /** Counts messages that were lost elsewhere. */
  lose(count: number): void {
    this.#dropped += count;
    this.#droppedInAll += count;
  }

  take(): BusMessage | undefined {
    const message = this.#shift();
    if (!message || this.#dropped === 0) return message;
    const told = { ...message, dropped: this.#dropped };
    this.#dropped = 0;
    return told;
  }

  clear(): void {
    this.#slots = new Array<BusMessage | undefined>(16);
    this.#mask = 15;
    this.#size = 0;
    this.#bytes = 0;
    this.#head = 0;
  }

  #shift(): BusMessage | undefined {
    if (this.#size === 0) return undefined;
    const message = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & this.#mask;
    this.#size--;
    this.#bytes -= message?.size ?? 0;
    return message;
  }

  #grow(): void {
    const wider = new Array<BusMessage | undefined>(this.#slots.length * 2);
    for (let at = 0; at < this.#size; at++) wider[at] = this.#slots[(this.#head + at) & this.#mask];
    this.#slots = wider;
    this.#mask = wider.length - 1;
    this.#head = 0;
  }
}
