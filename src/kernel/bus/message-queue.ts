import type { BusMessage } from '../../shared/abi/index.ts';

/**
 * Messages for one subscriber, first in first out, at most `capacity`. When full the oldest is dropped and counted;
 * the count travels as `dropped` of the next message that is taken.
 */
export class MessageQueue {
  readonly #capacity: number;
  #slots: (BusMessage | undefined)[];
  #head = 0;
  #size = 0;
  #dropped = 0;
  #droppedInAll = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#slots = new Array<BusMessage | undefined>(Math.min(capacity, 16));
  }

  get size(): number {
    return this.#size;
  }

  /** Since the queue was made. */
  get droppedInAll(): number {
    return this.#droppedInAll;
  }

  push(message: BusMessage): void {
    if (this.#size === this.#capacity) this.#dropOldest();
    else if (this.#size === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#size) % this.#slots.length] = message;
    this.#size++;
  }

  take(): BusMessage | undefined {
    const message = this.#shift();
    if (!message || this.#dropped === 0) return message;
    const told = { ...message, dropped: this.#dropped };
    this.#dropped = 0;
    return told;
  }

  clear(): void {
    this.#slots = [];
    this.#size = 0;
    this.#head = 0;
  }

  #shift(): BusMessage | undefined {
    if (this.#size === 0) return undefined;
    const message = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#slots.length;
    this.#size--;
    return message;
  }

  #dropOldest(): void {
    this.#shift();
    this.#dropped++;
    this.#droppedInAll++;
  }

  #grow(): void {
    const wider = new Array<BusMessage | undefined>(Math.min(this.#capacity, Math.max(16, this.#slots.length * 2)));
    for (let at = 0; at < this.#size; at++) wider[at] = this.#slots[(this.#head + at) % this.#slots.length];
    this.#slots = wider;
    this.#head = 0;
  }
}
