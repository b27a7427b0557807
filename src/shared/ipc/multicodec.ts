import type { BusCodec } from '../abi/index.ts';
import { FsError } from '../base/index.ts';

/** How a payload is encoded: `raw` is bytes that mean nothing to the bus. */
export type Codec = BusCodec;

/** Codes of the multicodec table, written before each payload as an unsigned varint. */
export const MULTICODEC = { raw: 0x55, json: 0x0200, cbor: 0x51, msgpack: 0x0201 } as const satisfies Record<Codec, number>;

/** The same as media types, which is what CloudEvents calls `datacontenttype`. */
export const CONTENT_TYPE = {
  raw: 'application/octet-stream', json: 'application/json', cbor: 'application/cbor', msgpack: 'application/msgpack',
} as const satisfies Record<Codec, string>;

/** The varints as bytes. */
export const CODEC_PREFIX = {
  raw: Uint8Array.of(0x55), json: Uint8Array.of(0x80, 0x04), cbor: Uint8Array.of(0x51), msgpack: Uint8Array.of(0x81, 0x04),
} as const satisfies Record<Codec, Uint8Array>;

/** Bytes of a payload, its prefix included, at most. */
export const PAYLOAD_MAX = 16 * 2 ** 20;

/**
 * Which codec a payload begins with, or null for none that is known. A varint that is longer than it need be is none.
 * Allocates nothing.
 */
export function codecOf(payload: Uint8Array): Codec | null {
  const first = payload[0];
  if (first === 0x55) return 'raw';
  if (first === 0x51) return 'cbor';
  if (payload[1] !== 0x04) return null;
  if (first === 0x80) return 'json';
  return first === 0x81 ? 'msgpack' : null;
}

/** Bytes of the prefix. */
export const prefixLength = (codec: Codec): number => CODEC_PREFIX[codec].length;

/** @throws FsError EINVAL without a prefix that is known, EMSGSIZE over 16 MiB */
export function requireCodec(payload: Uint8Array, operation: string, subject?: string): Codec {
  if (payload.length > PAYLOAD_MAX) throw new FsError('EMSGSIZE', operation, subject, { detail: `a payload of ${payload.length} bytes, over ${PAYLOAD_MAX}` });
  const codec = codecOf(payload);
  if (codec) return codec;
  throw new FsError('EINVAL', operation, subject, { detail: payload.length === 0 ? 'the payload is empty: it begins with its content type' : 'the payload does not begin with a content type that is known' });
}
