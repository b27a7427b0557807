import type { BusCalls, BusCodec, BusPublishOptions, BusRequestOptions, BusSubscribeOptions } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { checkData, MULTICODEC } from '../../shared/ipc/index.ts';
import { DEFAULT_CAPACITY, parsePattern, parseSubject, PortSubscriber, type Bus, type PublishOptions, type ReplyOptions, type SubscribeOptions, type SubscriberPort } from '../bus/index.ts';

/** Subscriptions of the window. */
const SUBSCRIPTIONS_MAX = 256;
const CAPACITY_MAX = 65_536;
const DEADLINE = 5000;
const DEADLINE_MAX = 600_000;
const NAME_MAX = 255;

/** The window's calls about messages. What it publishes is checked as what programs publish is. */
export function busCalls(bus: Bus): BusCalls {
  const subscribers = new Map<number, PortSubscriber>();
  let next = 1;
  return {
    publish: async (subject, data, options) => {
      bus.publish(text(subject, 'publish'), data, { ...publishOptions(text(subject, 'publish'), data, options, 'publish'), strict: true });
    },
    request: async (subject, data, options) => {
      const { deadline = DEADLINE } = record<BusRequestOptions>(options, 'request');
      if (!(Number.isInteger(deadline) && deadline > 0 && deadline <= DEADLINE_MAX)) throw invalid('request', subject, `the deadline is not 1 to ${DEADLINE_MAX} milliseconds`);
      return bus.request(text(subject, 'request'), data, { ...publishOptions(subject, data, options, 'request'), deadline });
    },
    reply: async (request, data, options) => {
      bus.reply(Number.isSafeInteger(request) && request > 0 ? request : undefined, data, replyOptions(data, options));
    },
    subscribe: async (pattern, options) => {
      parsePattern(text(pattern, 'subscribe'));
      const wanted = subscribeOptions(pattern, options);
      if (subscribers.size >= SUBSCRIPTIONS_MAX) throw new FsError('ENOSPC', 'subscribe', pattern, { detail: `more than ${SUBSCRIPTIONS_MAX} subscriptions` });
      const { port1, port2 } = new MessageChannel();
      const id = next++;
      subscribers.set(id, new PortSubscriber(bus, pattern, port1 as SubscriberPort, wanted));
      return { id, port: port2 };
    },
    unsubscribe: async (id) => {
      subscribers.get(id)?.dispose();
      subscribers.delete(id);
    },
  };
}

/** The subject and the data are checked too. */
function publishOptions(subject: string, data: unknown, options: BusPublishOptions | undefined, operation: string): PublishOptions {
  const { retain, type, codec } = record<BusPublishOptions>(options, operation);
  parseSubject(subject);
  const checked = checkData(subject, type === undefined ? '' : named(type, operation, 'type'), data, 'page');
  if (codec !== undefined && !Object.hasOwn(MULTICODEC, codec)) throw invalid(operation, subject, `the codec is none of ${Object.keys(MULTICODEC).join(', ')}`);
  if (codec === 'raw' && typeof data !== 'string' && !(data instanceof Uint8Array)) throw invalid(operation, subject, 'only bytes and text can be raw');
  return { ...(retain === true && { retain }), ...(checked !== '' && { type: checked }), ...(codec !== undefined && { codec: codec as BusCodec }) };
}

/** A reply is on no subject: a type of the table must have its shape, and not be the kernel's. */
function replyOptions(data: unknown, options: BusRequestOptions | undefined): ReplyOptions {
  const { type, codec } = publishOptions('reply', data, options, 'reply');
  return { ...(type !== undefined && { type }), ...(codec !== undefined && { codec }) };
}

function subscribeOptions(pattern: string, options: BusSubscribeOptions | undefined): SubscribeOptions {
  const { queue, capacity = DEFAULT_CAPACITY, policy = 'drop-oldest', last } = record<BusSubscribeOptions>(options, 'subscribe');
  if (!(Number.isInteger(capacity) && capacity > 0 && capacity <= CAPACITY_MAX)) throw invalid('subscribe', pattern, `the capacity is not 1 to ${CAPACITY_MAX} messages`);
  if (policy !== 'drop-oldest' && policy !== 'refuse') throw invalid('subscribe', pattern, 'the policy is neither drop-oldest nor refuse');
  return { capacity, policy, ...(queue !== undefined && { group: named(queue, 'subscribe', 'queue') }), ...(last === true && { last }) };
}

/** Options come from another realm. */
function record<T extends object>(options: T | undefined, operation: string): T {
  if (options === undefined || options === null) return {} as T;
  if (typeof options !== 'object') throw invalid(operation, undefined, 'the options are not an object');
  return options;
}

function text(value: unknown, operation: string): string {
  if (typeof value !== 'string') throw invalid(operation, undefined, 'the subject is not text');
  return value;
}

/** A name of 1 to 255 bytes without control characters. */
function named(value: unknown, operation: string, what: string): string {
  if (typeof value === 'string' && value !== '' && !/\p{C}/u.test(value) && new TextEncoder().encode(value).length <= NAME_MAX) return value;
  throw invalid(operation, undefined, `the ${what} is no name of 1 to ${NAME_MAX} bytes`);
}

const invalid = (operation: string, subject: string | undefined, detail: string): FsError => new FsError('EINVAL', operation, typeof subject === 'string' ? subject : undefined, { detail });
