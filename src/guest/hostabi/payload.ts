import { MemoryWindow } from '../../shared/arena/index.ts';
import { Errno, FsError } from '../../shared/base/index.ts';
import { PAYLOAD_MAX, TYPE_MAX, type Topic } from '../../shared/bus/index.ts';
import { checkMessage, isMessageName, typeOfSubject, type MessageName, type Sender } from '../../shared/ipc/index.ts';
import type { Process } from '../vfs/index.ts';
import { Decisions, type Remembered } from './decisions.ts';
import { textAt } from './text.ts';

/** First bytes of payloads: raw, CBOR; JSON and MessagePack, whose prefix goes on with 4. */
const Prefix = { RAW: 0x55, CBOR: 0x51, JSON: 0x80, MSGPACK: 0x81, SECOND: 0x04 } as const;

const encoder = new TextEncoder();

/** What is known of a subject that this process publishes to. */
export interface TopicMark extends Remembered {
  /** The type that it is registered with, by name and in UTF-8. */
  registered: MessageName | undefined;
  typeBytes: Uint8Array | null;
}

export function markOf(topic: Topic): TopicMark {
  let mark = topic.mark as TopicMark | undefined;
  if (!mark) {
    const registered = typeOfSubject(topic.subject);
    topic.mark = mark = { ...Decisions.none(true), registered, typeBytes: registered ? encoder.encode(registered) : null };
  }
  return mark;
}

/** Whether a payload begins with a content type that is known: 0, EINVAL, or EMSGSIZE. Its bounds were checked. */
export function prefixFault(u8: Uint8Array, pointer: number, length: number): number {
  if (length > PAYLOAD_MAX) return Errno.EMSGSIZE;
  const first = length > 0 ? u8[pointer] : 0;
  if (first === Prefix.RAW || first === Prefix.CBOR) return 0;
  const isLong = first === Prefix.JSON || first === Prefix.MSGPACK;
  return isLong && length > 1 && u8[pointer + 1] === Prefix.SECOND ? 0 : Errno.EINVAL;
}

/**
 * A payload as it is published: where it was checked, and must not change any more, a copy. After `check`: `window`, `at` and `type` are
 * what the bus is given.
 */
export class Outgoing {
  readonly #process: Process;
  window: MemoryWindow;
  at = 0;
  type: Uint8Array | null = null;

  constructor(process: Process) {
    this.#process = process;
    this.window = new MemoryWindow(process.arena, new ArrayBuffer(0));
  }

  /** 0, or an errno: EINVAL, EMSGSIZE, E2BIG, EILSEQ, EFAULT; EPERM for what only the kernel may send. `type`: of the message, length 0 for none. */
  check(memory: MemoryWindow, payload: number, length: number, topic: Topic, type: number, typeLength: number): number {
    const mark = markOf(topic);
    this.window = memory;
    this.at = payload;
    this.type = mark.typeBytes;
    const fault = prefixFault(memory.u8, payload, length);
    if (fault !== 0 || (typeLength === 0 && mark.registered === undefined)) return fault;
    return this.#checkType(memory, payload, length, topic, mark, type, typeLength);
  }

  #checkType(memory: MemoryWindow, payload: number, length: number, topic: Topic, mark: TopicMark, type: number, typeLength: number): number {
    const name = textAt(memory, type, typeLength, TYPE_MAX);
    if (typeof name === 'number') return name === Errno.E2BIG ? Errno.EINVAL : name;
    if (name !== '') this.type = encoder.encode(name);
    // Another thread must not change what was found to be right.
    const copied = memory.shared && (mark.registered !== undefined || isMessageName(name));
    const bytes = copied ? memory.u8.slice(payload, payload + length) : memory.u8.subarray(payload, payload + length);
    if (copied) {
      this.window = new MemoryWindow(this.#process.arena, bytes.buffer as ArrayBuffer);
      this.at = 0;
    }
    return messageFault(topic.subject, name, bytes, mark.registered);
  }
}

/** What is wrong with a message of a type, as an errno; 0 if nothing is. */
export function messageFault(subject: string, type: string, payload: Uint8Array, registered: MessageName | undefined, sender: Sender = 'guest'): number {
  try {
    checkMessage(subject, type, payload, sender, registered);
    return 0;
  } catch (error) {
    if (error instanceof FsError) return error.errno;
    throw error;
  }
}
