import { isMessageName, validateMessage } from './check.ts';
import type { Codec } from './multicodec.ts';
import { decodePayload, encodePayload } from './payload.ts';

/** How structured data travels on the bus. */
export const messageCodec = {
  /** @throws FsError EINVAL for data that does not have the shape of a registered type, or is no data; E2BIG, EMSGSIZE */
  encode(data: unknown, type: string | undefined, codec?: Codec): Uint8Array<ArrayBuffer> {
    if (type !== undefined && isMessageName(type)) validateMessage(type, data);
    return encodePayload(data, codec);
  },
  /** Never throws: what cannot be decoded is given as its bytes, prefix included. */
  decode(payload: Uint8Array): unknown {
    try {
      return decodePayload(payload).data;
    } catch {
      return payload.slice();
    }
  },
};
