import { FsError } from '../base/index.ts';
import { PAYLOAD_MAX } from './multicodec.ts';
import { DEPTH_MAX, tooMuch } from './value-reader.ts';

const encoder = new TextEncoder();
const START = 256;

/** What a value is, for an encoder. `undefined` as an element or the whole is null, as in JSON; as a member it is left out before. */
export type Encodable =
  | { kind: 'null' } | { kind: 'boolean'; value: boolean } | { kind: 'number'; value: number } | { kind: 'bigint'; value: bigint }
  | { kind: 'text'; value: string } | { kind: 'bytes'; value: Uint8Array } | { kind: 'list'; value: readonly unknown[] } | { kind: 'map'; value: [string, unknown][] };

const NULL: Encodable = { kind: 'null' };

/** Takes values apart as structured data: what has `toJSON` (a date) by that. @throws FsError EINVAL for a function or a symbol */
export function encodable(value: unknown): Encodable {
  switch (typeof value) {
    case 'undefined': return NULL;
    case 'boolean': return { kind: 'boolean', value };
    case 'number': return { kind: 'number', value };
    case 'bigint': return { kind: 'bigint', value };
    case 'string': return { kind: 'text', value };
    case 'object': return value === null ? NULL : ofObject(value);
    default: throw new FsError('EINVAL', 'encode', undefined, { detail: `a ${typeof value} is no data` });
  }
}

function ofObject(value: object): Encodable {
  if (value instanceof ArrayBuffer) return { kind: 'bytes', value: new Uint8Array(value) };
  if (ArrayBuffer.isView(value)) return { kind: 'bytes', value: new Uint8Array(value.buffer, value.byteOffset, value.byteLength) };
  if (Array.isArray(value)) return { kind: 'list', value };
  if (value instanceof Map) return { kind: 'map', value: [...value].map(([key, member]) => [String(key), member]) };
  if (value instanceof Set) return { kind: 'list', value: [...value] };
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return encodable((toJSON as () => unknown).call(value));
  const members = Object.entries(value);
  return { kind: 'map', value: members.some(([, member]) => member === undefined) ? members.filter(([, member]) => member !== undefined) : members };
}

/** Nesting of values as they are written; a value that holds itself ends here too. @throws FsError E2BIG */
export function checkDepth(depth: number): void {
  if (depth > DEPTH_MAX) throw tooMuch(`nested deeper than ${DEPTH_MAX}`);
}

/** Bytes that grow, big-endian numbers; over 16 MiB: EMSGSIZE. */
export class ValueWriter {
  #bytes = new Uint8Array(START);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#at);
  }

  u8(value: number): void {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value);
  }

  u64(value: bigint): void {
    const at = this.#room(8);
    this.#view.setBigUint64(at, value);
  }

  f32(value: number): void {
    const at = this.#room(4);
    this.#view.setFloat32(at, value);
  }

  f64(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Text that `isShort`. */
  short(text: string): void {
    const at = this.#room(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[at + i] = text.charCodeAt(i);
  }

  /** Call it before anything of `#bytes` or `#view` is named: it may replace them. */
  #room(length: number): number {
    const from = this.#at;
    this.#at += length;
    if (this.#at > PAYLOAD_MAX) throw new FsError('EMSGSIZE', 'encode', undefined, { detail: `more than ${PAYLOAD_MAX} bytes` });
    if (this.#at > this.#bytes.length) this.#grow();
    return from;
  }

  #grow(): void {
    const wider = new Uint8Array(Math.max(this.#at, this.#bytes.length * 2));
    wider.set(this.#bytes);
    this.#bytes = wider;
    this.#view = new DataView(wider.buffer);
  }
}

/** Letters up to which text is quicker written one by one than by the encoder. */
const SHORT = 96;

/** Few letters, each of one byte. */
export function isShort(text: string): boolean {
  if (text.length > SHORT) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

/** As UTF-8; a lone surrogate becomes U+FFFD. */
export const utf8Of = (text: string): Uint8Array => encoder.encode(text);
