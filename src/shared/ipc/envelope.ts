import { base64, jsonText } from './json-encode.ts';
import { CONTENT_TYPE, type Codec } from './multicodec.ts';
import { decodePayload } from './payload.ts';

/** A message's attributes, by the names that CloudEvents 1.0 has for them. */
export interface Envelope {
  /** The sender's count; unique together with the source. */
  id: string;
  /** A URI reference: `/proc/7` for a process, `/kernel` for the kernel and the page. */
  source: string;
  /** Empty: the sender gave none and the subject is registered with none. */
  type: string;
  subject: string;
  /** Nanoseconds since the epoch. */
  time: bigint;
}

/** A CloudEvent in its JSON format (CloudEvents 1.0.2, JSON Event Format). */
export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  subject: string;
  /** RFC 3339, with nanoseconds. */
  time: string;
  datacontenttype: string;
  data?: unknown;
  data_base64?: string;
}

/** CloudEvents wants a type for each event: of messages that have none it is this. */
export const UNTYPED = 'palimpsest.message';

/** `pid` 0: the kernel or the page. */
export const sourceOf = (pid: number): string => (pid === 0 ? '/kernel' : `/proc/${pid}`);

/** The reverse; null for a source of another kind. */
export function pidOf(source: string): number | null {
  if (source === '/kernel') return 0;
  const pid = Number(/^\/proc\/([1-9]\d{0,9})$/.exec(source)?.[1]);
  return pid <= 0xffffffff ? pid : null;
}

/** Nanoseconds since the epoch as RFC 3339 in UTC. */
export function timestamp(time: bigint): string {
  const seconds = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`;
}

/**
 * A message as a CloudEvent. JSON stays JSON; CBOR and MessagePack, which JSON could not give back as they were, and raw bytes are `data_base64`.
 * @throws FsError as `decodePayload`
 */
export function toCloudEvent(envelope: Envelope, payload: Uint8Array): CloudEvent {
  const { codec, data } = decodePayload(payload);
  return {
    specversion: '1.0', id: envelope.id, source: envelope.source, type: envelope.type || UNTYPED, subject: envelope.subject,
    time: timestamp(envelope.time), datacontenttype: CONTENT_TYPE[codec],
    ...(codec === 'json' ? { data } : { data_base64: base64(payload.subarray(codec === 'raw' || codec === 'cbor' ? 1 : 2)) }),
  };
}

/** As one line of JSON. */
export const cloudEventText = (event: CloudEvent): string => jsonText(event);

export const codecOfContentType = (type: string): Codec | null =>
  (Object.entries(CONTENT_TYPE) as [Codec, string][]).find(([, known]) => known === type)?.[0] ?? null;
