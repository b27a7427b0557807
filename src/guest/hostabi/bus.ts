import type { MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { BLOCKED, CAPACITY_MAX, CAPACITY_MIN, Frame, Policy, TYPE_MAX, type MailboxOptions, type Topic } from '../../shared/bus/index.ts';
import { isUtf8 } from '../vfs/index.ts';
import type { HostContext } from './context.ts';
import { Decisions } from './decisions.ts';
import { markOf, Outgoing, prefixFault } from './payload.ts';
import { milliseconds, textAt } from './text.ts';

const SUBJECT_MAX = 256;
/** Longer deadlines are as good as this one, in milliseconds: about 24 days. */
const DEADLINE_MAX = 2 ** 31 - 1;
const PUBLISH_OPTIONS = { size: 16, RETAIN: 1 } as const;
const SUBSCRIBE_OPTIONS = { size: 24, LAST: 1 } as const;

const encoder = new TextEncoder();

/** `astrid_publish`, `astrid_subscribe`, `astrid_request`, `astrid_reply`: through the arena, without a call of the kernel once an action is decided. */
export function busCalls({ guest, decisions, budget }: HostContext) {
  const { process, mailboxes } = guest.vfs;
  const outgoing = new Outgoing(process);

  function topicAt(memory: MemoryWindow, pointer: number, length: number): Topic | number {
    const topic = length <= SUBJECT_MAX ? process.bus.topic(memory, pointer, length) : null;
    if (topic) return topic;
    return isUtf8(memory.u8, pointer, Math.min(length, SUBJECT_MAX)) || length > SUBJECT_MAX ? Errno.EINVAL : Errno.EILSEQ;
  }

  /** Whether this process may publish there, and once more in this second. */
  function mayPublish(topic: Topic): number {
    const mark = markOf(topic);
    const remembered = decisions.remembers(mark);
    if (!remembered) {
      const refused = decisions.allow(mark, { kind: 'publish', subject: topic.subject });
      if (refused !== 0) return refused;
    }
    if (!budget.take()) return Errno.EDQUOT;
    if (remembered) decisions.count(mark);
    return 0;
  }

  const stays = (topic: Topic): (() => number) => decisions.stays(markOf(topic), { kind: 'publish', subject: topic.subject });

  function publish(memory: MemoryWindow, topic: Topic, payload: number, length: number, type: number, typeLength: number, retain: boolean): number {
    const refused = outgoing.check(memory, payload, length, topic, type, typeLength) || mayPublish(topic);
    if (refused !== 0) return refused;
    const result = process.bus.publish(topic, outgoing.window, outgoing.at, length, retain, outgoing.type);
    return errno(result === BLOCKED ? mailboxes.settled(result, { finish: (step) => step(), stays: stays(topic) }) : result);
  }

  function publishWith(memory: MemoryWindow, topic: Topic, payload: number, length: number, options: number): number {
    const { view } = memory;
    const flags = view.getUint32(options, true);
    if (flags & ~PUBLISH_OPTIONS.RETAIN || view.getUint32(options + 12, true) !== 0) return Errno.EINVAL;
    return publish(memory, topic, payload, length, view.getUint32(options + 4, true), view.getUint32(options + 8, true), flags === PUBLISH_OPTIONS.RETAIN);
  }

  function readOptions(memory: MemoryWindow, at: number): MailboxOptions | number {
    if (at === 0) return {};
    const [flags, policy, capacity, group, groupLength, rest] = [0, 4, 8, 12, 16, 20].map((offset) => memory.view.getUint32(at + offset, true)) as [number, number, number, number, number, number];
    if (flags & ~SUBSCRIBE_OPTIONS.LAST || policy > Policy.REFUSE || rest !== 0) return Errno.EINVAL;
    if (capacity !== 0 && (capacity < CAPACITY_MIN || capacity > CAPACITY_MAX || (capacity & (capacity - 1)) !== 0)) return Errno.EINVAL;
    const name = textAt(memory, group, groupLength, TYPE_MAX);
    if (typeof name === 'number') return name === Errno.E2BIG ? Errno.EINVAL : name;
    return { policy, last: flags === SUBSCRIBE_OPTIONS.LAST, ...(capacity !== 0 && { capacity }), ...(name !== '' && { group: name }) };
  }

  function handle(fd: number, out: number): number {
    if (fd < 0) return -fd;
    guest.memory.view.setUint32(out, fd, true);
    return 0;
  }

  return {
    astrid_publish(subject: number, subjectLength: number, payload: number, length: number, options: number): number {
      // The way of most messages: nothing is allocated on it.
      subject >>>= 0;
      subjectLength >>>= 0;
      payload >>>= 0;
      length >>>= 0;
      options >>>= 0;
      const { memory } = guest;
      if (!memory.has(subject, subjectLength) || !memory.has(payload, length) || (options !== 0 && !memory.has(options, PUBLISH_OPTIONS.size))) return Errno.EFAULT;
      const topic = topicAt(memory, subject, subjectLength);
      if (typeof topic === 'number') return topic;
      return options === 0 ? publish(memory, topic, payload, length, 0, 0, false) : publishWith(memory, topic, payload, length, options);
    },

    astrid_subscribe(pattern: number, patternLength: number, options: number, out: number): number {
      [pattern, patternLength, options, out] = [pattern >>> 0, patternLength >>> 0, options >>> 0, out >>> 0];
      const { memory } = guest;
      if (!memory.has(out, 4) || (options !== 0 && !memory.has(options, SUBSCRIBE_OPTIONS.size))) return Errno.EFAULT;
      const text = textAt(memory, pattern, patternLength, SUBJECT_MAX);
      if (typeof text === 'number') return text === Errno.E2BIG ? Errno.EINVAL : text;
      const wanted = readOptions(memory, options);
      if (typeof wanted === 'number') return wanted;
      const asked = process.handle.grantEpoch;
      const refused = decisions.allow(Decisions.none(), { kind: 'subscribe', subject: text });
      if (refused !== 0) return refused;
      return handle(mailboxes.install(() => process.bus.subscribe(text, wanted), encoder.encode(text), asked), out);
    },

    astrid_request(subject: number, subjectLength: number, payload: number, length: number, deadline: bigint, out: number): number {
      [subject, subjectLength, payload, length, out] = [subject >>> 0, subjectLength >>> 0, payload >>> 0, length >>> 0, out >>> 0];
      const { memory } = guest;
      if (!memory.has(subject, subjectLength) || !memory.has(payload, length) || !memory.has(out, 4)) return Errno.EFAULT;
      const topic = topicAt(memory, subject, subjectLength);
      if (typeof topic === 'number') return topic;
      const time = Math.min(milliseconds(deadline), DEADLINE_MAX);
      if (time < 0) return Errno.EINVAL;
      const refused = outgoing.check(memory, payload, length, topic, 0, 0) || mayPublish(topic);
      if (refused !== 0) return refused;
      const { window, at, type } = outgoing;
      const asked = mailboxes.install(() => process.bus.request(topic, window, at, length, type, time), null);
      return handle(mailboxes.settled(asked, { finish: (step) => mailboxes.install(step, null), stays: stays(topic), drop: (mailbox) => process.bus.release(mailbox) }), out);
    },

    astrid_reply(message: number, payload: number, length: number): number {
      [message, payload, length] = [message >>> 0, payload >>> 0, length >>> 0];
      const { memory } = guest;
      if (!memory.has(message, Frame.HEADER) || !memory.has(payload, length)) return Errno.EFAULT;
      const fault = prefixFault(memory.u8, payload, length);
      if (fault !== 0) return fault;
      if (!budget.take()) return Errno.EDQUOT;
      const replyTo = memory.view.getUint32(message + Frame.REPLY_TO, true);
      const correlation = memory.view.getUint32(message + Frame.CORRELATION, true);
      return errno(process.bus.reply(replyTo, correlation, memory, payload, length, null));
    },
  };
}

const errno = (result: number): number => (result < 0 ? -result : 0);
