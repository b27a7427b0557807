import type { BusMessage } from '../../shared/abi/index.ts';
import type { Disposable } from '../../shared/base/index.ts';
import type { Codec } from '../../shared/ipc/index.ts';

/** How structured data travels in a payload (content type first, as a multicodec) to and from processes. */
export interface PayloadCodec {
  /** Without `codec` bytes are raw, all else JSON. @throws FsError EINVAL for data that does not have the shape of its `type`, or cannot be encoded. */
  encode(data: unknown, type: string | undefined, codec?: Codec): Uint8Array<ArrayBuffer>;
  /** Never throws: what cannot be decoded is given as bytes. */
  decode(payload: Uint8Array, type: string | undefined): unknown;
}

export interface PublishOptions {
  /** Name of the message's type. */
  type?: string;
  /** Kept as the subject's last value. Default false. */
  retain?: boolean;
  /** How it is encoded for processes. Default: bytes raw, all else JSON. */
  codec?: Codec;
  /** Fails with EAGAIN where a subscriber that refuses is full. Default: such a one loses the message. */
  strict?: boolean;
  /** On behalf of this process (a file of the bus): it is the message's source. Default 0: the kernel or the page. */
  source?: number;
}

export interface RequestOptions {
  type?: string;
  codec?: Codec;
  /** Milliseconds until the request is given up. Default 5000. */
  deadline?: number;
}

export interface ReplyOptions {
  type?: string;
  codec?: Codec;
}

export type SubscriberPolicy = 'drop-oldest' | 'refuse';

export interface SubscribeOptions {
  /** Messages that the queue holds. Default 1024. */
  capacity?: number;
  /** What happens when the queue is full. `refuse`: who publishes strictly, and processes, get EAGAIN; others' messages are lost. Default `drop-oldest`. */
  policy?: SubscriberPolicy;
  /** Queue group: each message goes to one of its members, here or in a process. */
  group?: string;
  /** First the last values of the subjects that match. */
  last?: boolean;
}

/** What the kernel's parts and the window have of the bus, beside what `Bus` says itself. */
export interface RequestReply {
  /** @throws FsError EHOSTUNREACH when nobody listens, ETIMEDOUT at the deadline. */
  request(subject: string, data: unknown, options?: RequestOptions): Promise<BusMessage>;
  /** Answers `message.request`. @throws FsError EINVAL for what was no request, ENOENT for one that was answered or whose asker is gone. */
  reply(request: number | undefined, data: unknown, options?: ReplyOptions): void;
  /** The last values of the subjects that match. */
  last(pattern: string): BusMessage[];
}

export interface Subscription extends Disposable {
  readonly pattern: string;
  /** Messages lost so far. */
  readonly dropped: number;
}
