import { checkDepth, encodable } from './value-writer.ts';
import { MsgpackExtension } from './msgpack-decode.ts';

/**
 * One line of JSON. What JSON does not have: bytes become base64 text, whole numbers beyond 2^53 their digits, `NaN` and the infinities null,
 * MessagePack's extensions `{"extension": number, "bytes": base64}`. @throws FsError EINVAL for what is no data, E2BIG
 */
export function jsonText(value: unknown): string {
  return isPlain(value, 0) ? JSON.stringify(value) : write(value, 0);
}

/** `JSON.stringify` gives the same. */
function isPlain(value: unknown, depth: number): boolean {
  checkDepth(depth);
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.every((element) => isPlain(element, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || Object.hasOwn(value, 'toJSON')) return false;
  for (const name in value) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined && !isPlain(member, depth + 1)) return false;
  }
  return true;
}

function write(value: unknown, depth: number): string {
  checkDepth(depth);
  if (value instanceof MsgpackExtension) return `{"extension":${value.type},"bytes":"${base64(value.bytes)}"}`;
  const data = encodable(value);
  switch (data.kind) {
    case 'null': return 'null';
    case 'bigint': return String(data.value);
    case 'bytes': return `"${base64(data.value)}"`;
    case 'list': return `[${data.value.map((element) => write(element, depth + 1)).join(',')}]`;
    case 'map': return `{${data.value.map(([name, member]) => `${JSON.stringify(name)}:${write(member, depth + 1)}`).join(',')}}`;
    default: return JSON.stringify(data.value);
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648, 4, with padding. */
export function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b, c] = [bytes[at]!, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
    const left = bytes.length - at;
    parts.push(ALPHABET[a >> 2]! + ALPHABET[((a & 3) << 4) | (b >> 4)]! + (left > 1 ? ALPHABET[((b & 15) << 2) | (c >> 6)]! : '=') + (left > 2 ? ALPHABET[c & 63]! : '='));
  }
  return parts.join('');
}
