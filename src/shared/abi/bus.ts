/** How a payload is encoded, as processes get it. `raw`: bytes that mean nothing to the bus. */
export type BusCodec = 'raw' | 'json' | 'cbor' | 'msgpack';

export interface BusMessage {
  subject: string;
  /** Structured data, text or bytes as published. */
  data: unknown;
  /** Kernel time in milliseconds since the epoch. */
  time: number;
  /** Count of messages that this subscriber lost just before this one. */
  dropped?: number;
  /** The sender's pid; 0 or none: the kernel or the page. */
  source?: number;
  /** The sender's count, unique together with `source`. */
  id?: number;
  /** Name of the message's type, e.g. `UserInput.v1`. */
  type?: string;
  /** Bytes of its payload, where a process sent it. */
  size?: number;
  /** A last value, from before the subscription. */
  last?: boolean;
  /** Of a request: what `reply` answers, once. */
  request?: number;
}

export interface BusPublishOptions {
  /** Kept as the subject's last value. Default false. */
  retain?: boolean;
  /** Name of the message's type. Default: the one that the subject is registered with, if any. */
  type?: string;
  /** How processes get it. Default: bytes raw, all else JSON. */
  codec?: BusCodec;
}

export interface BusRequestOptions {
  type?: string;
  codec?: BusCodec;
  /** Milliseconds until the request is given up, 1 to 600 000. Default 5000. */
  deadline?: number;
}

export interface BusSubscribeOptions {
  /** Queue group: each message goes to one of its members, here or in a process. Default: none. */
  queue?: string;
  /** Messages that wait here, 1 to 65 536. Default 1024. */
  capacity?: number;
  /** What happens when that is full: the oldest is dropped and counted, or who publishes fails with EAGAIN. Default `drop-oldest`. */
  policy?: 'drop-oldest' | 'refuse';
  /** First the last values of the subjects that match. */
  last?: boolean;
}

/**
 * The window's calls about messages. Failures are `FsError`: EINVAL for a subject, pattern or option that is none, and for data that does not have the shape of its type (it
 * names the member); EPERM for what the kernel alone says; EMSGSIZE over 16 MiB; EAGAIN when a mailbox that refuses is full.
 */
export interface BusCalls {
  publish(subject: string, data: unknown, options?: BusPublishOptions): Promise<void>;
  /** EHOSTUNREACH when nobody listens, ETIMEDOUT at the deadline. */
  request(subject: string, data: unknown, options?: BusRequestOptions): Promise<BusMessage>;
  /** Answers `message.request`, once. EINVAL for what was no request, ENOENT for one that was answered or whose asker is gone. */
  reply(request: number, data: unknown, options?: Pick<BusRequestOptions, 'type' | 'codec'>): Promise<void>;
  /** The port receives `BusMessage[]` batches, and wants a number (how many it has taken) back for each batch. ENOSPC for more than 256 subscriptions. */
  subscribe(pattern: string, options?: BusSubscribeOptions): Promise<{ id: number; port: MessagePort }>;
  unsubscribe(id: number): Promise<void>;
}
