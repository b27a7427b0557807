import type { BusCodec } from '../../shared/abi/index.ts';
import { MESSAGES, typeOfSubject, type MessageType } from '../../shared/ipc/index.ts';

/** `auto`: JSON if it is that, else text. */
export type FormCodec = 'auto' | BusCodec;

export interface Publication {
  data: Uint8Array | string | number | boolean | null | object;
  codec: BusCodec;
}

const encoder = new TextEncoder();

/** What is typed, as a message. On a subject whose type has a member for it plain text is that. A text: why it is none. */
export function publicationOf(text: string, codec: FormCodec, subject: string): Publication | string {
  if (codec === 'raw') return { data: encoder.encode(text), codec: 'raw' };
  try {
    const data = JSON.parse(text) as Publication['data'];
    return { data, codec: codec === 'auto' ? 'json' : codec };
  } catch (error) {
    if (codec !== 'auto') return `That is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  const bare = registered(subject)?.bare;
  return bare === undefined ? { data: encoder.encode(text), codec: 'raw' } : { data: { [bare]: text }, codec: 'json' };
}

/** What is said about a subject's type; null where none is registered. */
export function aboutSubject(subject: string): string | null {
  const name = typeOfSubject(subject);
  if (!name) return null;
  const { from, about } = MESSAGES[name];
  return `${name}: ${about}${from === 'kernel' ? '; only the kernel may send it' : ''}`;
}

function registered(subject: string): MessageType<unknown> | undefined {
  const name = typeOfSubject(subject);
  return name && MESSAGES[name];
}
