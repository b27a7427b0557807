import type { KvWrite } from '../contract/index.ts';
import { decodeKey, encodeKey } from './keys.ts';

/** Before the first frame; the byte after the magic is 1 once the file holds everything that it must. */
export const HEADER_SIZE = 16;
export const COMPLETE_AT = 8;
const MAGIC = 'PALIKV1\n';
/** Length and CRC-32 of what follows, 32 bits each, little-endian. */
export const FRAME_HEAD = 8;
/** Of a frame's payload; more than one commit can have. */
export const FRAME_MAX = 96 * 1024 * 1024;

const Op = { set: 1, delete: 2, clear: 3, quota: 4 } as const;

export type LogOp =
  /** `at`: where the value is in the file. */
  | { op: 'set'; namespace: string; key: string; at: number; size: number }
  | { op: 'delete'; namespace: string; key: string }
  | { op: 'clear'; namespace: string }
  | { op: 'quota'; namespace: string; maxKeys: number; maxBytes: number };

export function encodeHeader(complete: boolean): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_SIZE);
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
  bytes[COMPLETE_AT] = complete ? 1 : 0;
  return bytes;
}

export function readHeader(bytes: Uint8Array): 'complete' | 'incomplete' | 'foreign' {
  if (bytes.length < HEADER_SIZE) return 'incomplete';
  for (let i = 0; i < MAGIC.length; i++) if (bytes[i] !== MAGIC.charCodeAt(i)) return 'foreign';
  return bytes[COMPLETE_AT] === 1 ? 'complete' : 'incomplete';
}

type Encoded = { head: Uint8Array; value?: Uint8Array };

let lastName = { text: '', bytes: encodeKey('') };

/** Of a namespace: most frames have only one. */
function nameBytes(text: string): Uint8Array {
  if (lastName.text !== text) lastName = { text, bytes: encodeKey(text) };
  return lastName.bytes;
}

function encodeOp(op: number, namespace: string, key?: string, extra = 0): Uint8Array<ArrayBuffer> {
  const name = nameBytes(namespace);
  const keyBytes = key === undefined ? null : encodeKey(key);
  const bytes = new Uint8Array(2 + name.length + (keyBytes ? 2 + keyBytes.length : 0) + extra);
  bytes[0] = op;
  bytes[1] = name.length;
  bytes.set(name, 2);
  if (keyBytes) {
    bytes[2 + name.length] = keyBytes.length & 255;
    bytes[3 + name.length] = keyBytes.length >> 8;
    bytes.set(keyBytes, 4 + name.length);
  }
  return bytes;
}

function encodeWrite({ namespace, key, value }: KvWrite): Encoded {
  if (!value) return { head: encodeOp(Op.delete, namespace, key) };
  const head = encodeOp(Op.set, namespace, key, 4);
  new DataView(head.buffer).setUint32(head.length - 4, value.length, true);
  return { head, value };
}

function encodeQuota(namespace: string, maxKeys: number, maxBytes: number): Uint8Array<ArrayBuffer> {
  const head = encodeOp(Op.quota, namespace, undefined, 16);
  const view = new DataView(head.buffer);
  view.setFloat64(head.length - 16, maxKeys, true);
  view.setFloat64(head.length - 8, maxBytes, true);
  return head;
}

/** What one frame holds: done in this order. */
export interface LogCommit {
  cleared: readonly string[];
  writes: readonly KvWrite[];
  quotas: readonly { namespace: string; maxKeys: number; maxBytes: number }[];
}

/** One frame: all that a commit does. */
export function encodeFrame({ cleared, writes, quotas }: LogCommit): Uint8Array<ArrayBuffer> {
  const parts: Encoded[] = cleared.map((namespace) => ({ head: encodeOp(Op.clear, namespace) }));
  for (const write of writes) parts.push(encodeWrite(write));
  for (const { namespace, maxKeys, maxBytes } of quotas) parts.push({ head: encodeQuota(namespace, maxKeys, maxBytes) });
  const length = parts.reduce((sum, { head, value }) => sum + head.length + (value?.length ?? 0), 0);
  const frame = new Uint8Array(FRAME_HEAD + length);
  let at = FRAME_HEAD;
  for (const { head, value } of parts) {
    frame.set(head, at);
    at += head.length;
    if (value) frame.set(value, at);
    at += value?.length ?? 0;
  }
  const view = new DataView(frame.buffer);
  view.setUint32(0, length, true);
  view.setUint32(4, crc32(frame.subarray(FRAME_HEAD)), true);
  return frame;
}

/** @param payload without its head, at `at` of the file; its CRC was checked */
export function* decodeFrame(payload: Uint8Array, at: number): Generator<LogOp> {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  for (let i = 0; i < payload.length;) {
    const op = payload[i]!;
    const afterName = i + 2 + payload[i + 1]!;
    const namespace = decodeKey(payload.subarray(i + 2, afterName));
    if (op === Op.clear) {
      yield { op: 'clear', namespace };
      i = afterName;
    } else if (op === Op.quota) {
      yield { op: 'quota', namespace, maxKeys: view.getFloat64(afterName, true), maxBytes: view.getFloat64(afterName + 8, true) };
      i = afterName + 16;
    } else {
      const afterKey = afterName + 2 + view.getUint16(afterName, true);
      const key = decodeKey(payload.subarray(afterName + 2, afterKey));
      if (op === Op.delete) yield { op: 'delete', namespace, key };
      const size = op === Op.set ? view.getUint32(afterKey, true) : 0;
      if (op === Op.set) yield { op: 'set', namespace, key, at: at + afterKey + 4, size };
      i = op === Op.set ? afterKey + 4 + size : afterKey;
    }
  }
}

const TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of ISO 3309 (as in gzip). */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
