import { FsError } from '../base/index.ts';
import { decodeCbor } from './cbor-decode.ts';
import { encodeCbor } from './cbor-encode.ts';
import { decodeJson } from './json-decode.ts';
import { jsonText } from './json-encode.ts';
import { decodeMsgpack } from './msgpack-decode.ts';
import { encodeMsgpack } from './msgpack-encode.ts';
import { CODEC_PREFIX, PAYLOAD_MAX, prefixLength, requireCodec, type Codec } from './multicodec.ts';
import { encodable, utf8Of, ValueWriter } from './value-writer.ts';

/** What a payload says, and how it said it. */
export interface Decoded {
  codec: Codec;
  /** `raw`: a copy of the bytes. */
  data: unknown;
}

/**
 * A payload with its prefix. Without `codec` bytes are `raw`, all else is JSON. Text as `raw` is its UTF-8.
 * @throws FsError EINVAL for what is no data (or no bytes and no text, as `raw`), E2BIG when it is nested too deeply, EMSGSIZE over 16 MiB
 */
export function encodePayload(data: unknown, codec: Codec = defaultCodec(data)): Uint8Array<ArrayBuffer> {
  if (codec === 'cbor' || codec === 'msgpack') {
    const writer = new ValueWriter();
    writer.raw(CODEC_PREFIX[codec]);
    (codec === 'cbor' ? encodeCbor : encodeMsgpack)(data, writer);
    return writer.finish();
  }
  return withPrefix(codec, codec === 'json' ? utf8Of(jsonText(data)) : rawBytes(data));
}

/** The prefix and what follows it. @throws FsError EMSGSIZE */
export function withPrefix(codec: Codec, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const prefix = CODEC_PREFIX[codec];
  const size = prefix.length + bytes.length;
  if (size > PAYLOAD_MAX) throw new FsError('EMSGSIZE', 'encode', undefined, { detail: `a payload of ${size} bytes, over ${PAYLOAD_MAX}` });
  const payload = new Uint8Array(size);
  payload.set(prefix);
  payload.set(bytes, prefix.length);
  return payload;
}

/**
 * What a payload says. The bytes must not be shared with anyone who may change them meanwhile.
 * @throws FsError EINVAL for an unknown prefix or a malformed payload, E2BIG for one with too many or too deeply nested values, EMSGSIZE over 16 MiB
 */
export function decodePayload(payload: Uint8Array): Decoded {
  const codec = requireCodec(payload, 'decode');
  const at = prefixLength(codec);
  switch (codec) {
    case 'raw': return { codec, data: payload.slice(at) };
    case 'json': return { codec, data: decodeJson(payload, at) };
    case 'cbor': return { codec, data: decodeCbor(payload, at) };
    case 'msgpack': return { codec, data: decodeMsgpack(payload, at) };
  }
}

function defaultCodec(data: unknown): Codec {
  return data instanceof ArrayBuffer || ArrayBuffer.isView(data) ? 'raw' : 'json';
}

function rawBytes(data: unknown): Uint8Array {
  const taken = encodable(data);
  if (taken.kind === 'bytes') return taken.value;
  if (taken.kind === 'text') return utf8Of(taken.value);
  throw new FsError('EINVAL', 'encode', undefined, { detail: 'only bytes and text can be raw' });
}
