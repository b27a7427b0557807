export { codecOf, CODEC_PREFIX, CONTENT_TYPE, MULTICODEC, PAYLOAD_MAX, prefixLength, requireCodec, type Codec } from './multicodec.ts';
export { decodePayload, encodePayload, withPrefix, type Decoded } from './payload.ts';
export { messageCodec } from './payload-codec.ts';
export { MsgpackExtension } from './msgpack-decode.ts';
export { base64, jsonText } from './json-encode.ts';
export { DEPTH_MAX, VALUES_MAX } from './value-reader.ts';
export { LOG_LEVELS, MESSAGES, type LogLevel, type MessageData, type MessageName, type MessageType } from './messages.ts';
export {
  checkData, checkMessage, faultOf, isKernelSubject, isMessageName, typeOfSubject, validateMessage, type Sender,
} from './check.ts';
export { cloudEventText, pidOf, sourceOf, timestamp, toCloudEvent, UNTYPED, type CloudEvent, type Envelope } from './envelope.ts';
export type { Fault, Shape, TypeOf } from './shape.ts';
