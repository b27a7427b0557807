import type { Disposable } from '../../shared/base/index.ts';
import type { Bus, PullSubscription } from './bus.ts';
import type { SubscribeOptions } from './contract.ts';

/** What a subscriber in another realm is reached by; a MessagePort is one. */
export interface SubscriberPort {
  postMessage(message: unknown): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  close?(): void;
}

/** Messages that may be under way, unacknowledged. */
const CREDIT = 512;
/** Bytes of payloads of processes that may be under way; a batch more than that is never. */
const CREDIT_BYTES = 32 << 20;
/** Messages of one batch. */
const BATCH = 128;

/**
 * Forwards what `pattern` takes as batches of `BusMessage[]`. The receiver sends back, for each batch, the number of
 * messages it has taken; without these numbers at most 512 are under way (and 64 MiB of what processes sent), the rest waits in the bounded queue, which
 * drops the oldest and counts. A message that cannot be cloned is replaced by one whose data is an `error` text.
 */
export class PortSubscriber implements Disposable {
  readonly #port: SubscriberPort;
  readonly #subscription: PullSubscription;
  #credit = CREDIT;
  /** Bytes of each message that is under way, and of all of them. */
  readonly #flying: number[] = [];
  #bytes = 0;
  #scheduled = false;
  #disposed = false;

  constructor(bus: Bus, pattern: string, port: SubscriberPort, options: SubscribeOptions = {}) {
    this.#port = port;
    this.#subscription = bus.pull(pattern, () => this.#wake(), options);
    port.onmessage = (event) => this.#acknowledge(event.data);
  }

  get dropped(): number {
    return this.#subscription.dropped;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#subscription.dispose();
    this.#port.onmessage = null;
    this.#port.close?.();
  }

  #acknowledge(count: unknown): void {
    if (typeof count !== 'number' || !(count > 0)) return;
    const taken = Math.min(this.#flying.length, Math.floor(count));
    for (let n = 0; n < taken; n++) this.#bytes -= this.#flying[n]!;
    this.#flying.splice(0, taken);
    this.#credit += taken;
    this.#flush();
  }

  #wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    void Promise.resolve().then(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    while (!this.#disposed && this.#credit > 0 && this.#bytes < CREDIT_BYTES) {
      const batch = this.#subscription.take(Math.min(BATCH, this.#credit));
      if (batch.length === 0) return;
      this.#credit -= batch.length;
      for (const { size = 0 } of batch) {
        this.#flying.push(size);
        this.#bytes += size;
      }
      this.#post(batch);
    }
  }

  #post(batch: { data: unknown }[]): void {
    try {
      this.#port.postMessage(batch);
    } catch {
      for (const message of batch) this.#postAlone(message);
    }
  }

  #postAlone(message: { data: unknown }): void {
    try {
      this.#port.postMessage([message]);
    } catch (error) {
      this.#port.postMessage([{ ...message, data: { error: String(error) } }]);
    }
  }
}
