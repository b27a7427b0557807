import { FsError } from '../base/index.ts';
import { MESSAGES, type MessageData, type MessageName, type MessageType } from './messages.ts';
import { requireCodec } from './multicodec.ts';
import { decodePayload } from './payload.ts';
import type { Fault } from './shape.ts';

/** Who sends a message: a guest, the page (which may send what guests may), or the kernel itself. */
export type Sender = 'guest' | 'page' | 'kernel';

const types = new Map<string, MessageType<unknown>>(Object.entries(MESSAGES));
/** Registered patterns by their first part, which none of them leaves open. */
const byFirstPart = new Map<string, { parts: string[]; type: MessageName }[]>();
for (const [type, { subjects }] of Object.entries(MESSAGES) as [MessageName, MessageType<unknown>][]) {
  for (const subject of subjects) {
    const parts = subject.split('.');
    const first = parts[0]!;
    byFirstPart.set(first, [...(byFirstPart.get(first) ?? []), { parts, type }]);
  }
}

export function isMessageName(type: string): type is MessageName {
  return types.has(type);
}

/**
 * The type that a subject is registered with, if one is. The answer for a subject never changes: who publishes to one again and again remembers it.
 */
export function typeOfSubject(subject: string): MessageName | undefined {
  const dot = subject.indexOf('.');
  const candidates = byFirstPart.get(dot < 0 ? subject : subject.slice(0, dot));
  if (!candidates) return undefined;
  const parts = subject.split('.');
  return candidates.find((candidate) => covers(candidate.parts, parts))?.type;
}

/** Whether a process that is not the kernel may publish to a subject at all, whatever it was granted. */
export function isKernelSubject(subject: string): boolean {
  const type = typeOfSubject(subject);
  return type !== undefined && MESSAGES[type].from === 'kernel';
}

/** What is wrong with the data of a message of this type; null for a type that is not registered. */
export function faultOf(type: string, data: unknown): Fault | null {
  return types.get(type)?.shape.fault(data) ?? null;
}

/** @throws FsError EINVAL that names the member */
export function validateMessage<N extends MessageName>(type: N, data: unknown, subject?: string): asserts data is MessageData<N> {
  const fault = faultOf(type, data);
  if (fault) throw new FsError('EINVAL', 'publish', subject, { detail: `${type}: ${fault.at ? fault.at.replace(/^\./, '') : 'the payload'} ${fault.why}` });
}

/**
 * What is done at the boundary with a message before it is published. `type` empty: none was given. `registered` is `typeOfSubject(subject)`,
 * for callers that remember it. A payload of which no registered type speaks is not decoded.
 * @returns the message's type; empty for none
 * @throws FsError EPERM for what only the kernel may send; EINVAL for another type than the subject's, a wrong shape, a malformed payload or an
 * unknown content type; EMSGSIZE, E2BIG
 */
export function checkMessage(subject: string, type: string, payload: Uint8Array, sender: Sender, registered: MessageName | undefined = typeOfSubject(subject)): string {
  const actual = requireType(subject, type, sender, registered);
  if (isMessageName(actual)) validateMessage(actual, dataOf(payload, subject), subject);
  else requireCodec(payload, 'publish', subject);
  return actual;
}

/** The same for data that was not encoded. */
export function checkData(subject: string, type: string, data: unknown, sender: Sender): string {
  const actual = requireType(subject, type, sender, typeOfSubject(subject));
  if (isMessageName(actual)) validateMessage(actual, data, subject);
  return actual;
}

function requireType(subject: string, type: string, sender: Sender, registered: MessageName | undefined): string {
  if (registered && type !== '' && type !== registered) throw new FsError('EINVAL', 'publish', subject, { detail: `this subject carries ${registered}, not ${JSON.stringify(type.slice(0, 64))}` });
  const actual = registered ?? type;
  if (sender !== 'kernel' && isMessageName(actual) && MESSAGES[actual].from === 'kernel') {
    throw new FsError('EPERM', 'publish', subject, { detail: `${actual} comes from the kernel alone` });
  }
  return actual;
}

function dataOf(payload: Uint8Array, subject: string): unknown {
  try {
    return decodePayload(payload).data;
  } catch (error) {
    if (error instanceof FsError) throw new FsError(error.code, 'publish', subject, { ...(error.detail !== undefined && { detail: error.detail }), cause: error });
    throw error;
  }
}

function covers(pattern: readonly string[], subject: readonly string[]): boolean {
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === '>') return subject.length > at;
    if (at >= subject.length || (pattern[at] !== '*' && pattern[at] !== subject[at])) return false;
  }
  return pattern.length === subject.length;
}
