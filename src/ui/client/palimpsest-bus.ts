import type { BusMessage, BusPublishOptions, BusRequestOptions, BusSubscribeOptions } from '../../shared/abi/index.ts';
import type { BusClient } from './bus-client.ts';

export type BusData = Uint8Array | string | number | boolean | null | object;

export interface BusListenOptions extends BusSubscribeOptions {
  /** The kernel refuses the pattern or an option. Default: it is reported as an uncaught error. */
  onError?: (error: unknown) => void;
}

/**
 * Messages. Failures are `Error`s with `.code`: `EINVAL` for what is no subject or pattern and for data that does not have the shape of its type (the message names the
 * member), `EPERM` for what the kernel alone says, `EMSGSIZE` over 16 MiB, `EAGAIN` when a mailbox that refuses is full.
 */
export interface PalimpsestBus {
  /** Bytes are raw, all else JSON, unless `codec` says it. A `type` is checked where it is known (`UserInput.v1`). `retain`: kept as the subject's last value. */
  publish(subject: string, data: BusData, options?: BusPublishOptions): Promise<void>;
  /** The one reply. `EHOSTUNREACH` when nobody listens, `ETIMEDOUT` after `deadline` milliseconds (5000). */
  request(subject: string, data: BusData, options?: BusRequestOptions): Promise<BusMessage>;
  /** Answers a message that is a request. `EINVAL` for one that is none, `ENOENT` when it was answered or its asker is gone. */
  reply(message: BusMessage, data: BusData, options?: Pick<BusRequestOptions, 'type' | 'codec'>): Promise<void>;
  /**
   * `*` stands for one token, `>` for the rest. Listeners run in the order of publication; while they are busy at most `capacity` (1024) messages wait, then `policy` says
   * what happens: the oldest is dropped and counted in `dropped` of the next one, or who publishes fails with `EAGAIN`. `queue`: each message goes to one of those with the same name.
   * `last`: first the last values. Returns what ends the subscription.
   */
  subscribe(pattern: string, listener: (message: BusMessage) => void, options?: BusListenOptions): () => void;
}

export function createBus(bus: BusClient): PalimpsestBus {
  return Object.freeze<PalimpsestBus>({
    publish: (subject, data, options) => bus.publish(subject, data, options),
    request: (subject, data, options) => bus.request(subject, data, options),
    reply: (message, data, options) => bus.reply(message.request ?? 0, data, options),
    subscribe: (pattern, listener, { onError, ...options } = {}) => bus.subscribe(pattern, listener, onError, options),
  });
}
