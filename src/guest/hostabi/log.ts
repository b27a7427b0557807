import { BufferWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { Topic } from '../../shared/bus/index.ts';
import { LOG_LEVELS, withPrefix } from '../../shared/ipc/index.ts';
import type { HostContext } from './context.ts';
import { markOf, messageFault } from './payload.ts';
import { textAt } from './text.ts';

const FIELDS_MAX = 16 * 1024;
const encoder = new TextEncoder();

/** `astrid_log`: a `LogLine` on `log.<pid>`, which nobody else can write there. What a program says of itself needs no grant; it counts as a message. */
export function logCalls({ guest, budget }: HostContext) {
  const { process, mailboxes } = guest.vfs;
  let own: Topic | null = null;

  /** As fields if it is a JSON object, else as text. */
  function payloadOf(topic: Topic, level: string, text: string): Uint8Array | number {
    const { registered } = markOf(topic);
    const encoded = (member: string): Uint8Array => withPrefix('json', encoder.encode(`{"level":"${level}",${member}}`));
    if (text.trimStart().startsWith('{')) {
      const payload = encoded(`"fields":${text}`);
      if (messageFault(topic.subject, '', payload, registered, 'kernel') === 0) return payload;
    }
    const payload = encoded(`"text":${JSON.stringify(text)}`);
    return messageFault(topic.subject, '', payload, registered, 'kernel') || payload;
  }

  return {
    astrid_log(level: number, fields: number, length: number): number {
      [fields, length] = [fields >>> 0, length >>> 0];
      if (!guest.memory.has(fields, length)) return Errno.EFAULT;
      const name = LOG_LEVELS[level];
      if (name === undefined) return Errno.EINVAL;
      const text = textAt(guest.memory, fields, length, FIELDS_MAX);
      if (typeof text === 'number') return text === Errno.E2BIG ? Errno.EMSGSIZE : text;
      own ??= process.bus.topicOf(`log.${process.pid}`);
      if (!own) return Errno.EIO;
      const payload = payloadOf(own, name, text);
      if (typeof payload === 'number') return payload;
      if (!budget.take()) return Errno.EDQUOT;
      const { typeBytes } = markOf(own);
      const result = process.bus.publish(own, new BufferWindow(process.arena).wrap(payload), 0, payload.length, false, typeBytes);
      const settled = mailboxes.settled(result, { finish: (step) => step(), stays: () => 0 });
      return settled < 0 ? -settled : 0;
    },
  };
}
