import { FsError } from '../../shared/base/index.ts';

/** Bytes of a key in UTF-8, and of a value, at most. */
export const KEY_MAX = 1024;
export const VALUE_MAX = 8 * 1024 * 1024;

const NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/;
const encoder = new TextEncoder();

export const encodeKey = (key: string): Uint8Array<ArrayBuffer> => encoder.encode(key);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
export const decodeKey = (bytes: Uint8Array | ArrayBuffer): string => decoder.decode(bytes);

/** Bytes of `key` in UTF-8, if it is well formed. */
export function keyLength(key: string): number {
  let length = key.length;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    if (unit >= 0x80) length += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
}

/** EINVAL: no string. EILSEQ: not well formed (a lone surrogate). ENAMETOOLONG: more than `KEY_MAX` bytes. */
export function checkKey(operation: string, key: unknown): string {
  if (typeof key !== 'string') throw new FsError('EINVAL', operation, undefined, { detail: 'the key is not a string' });
  if (!key.isWellFormed()) throw new FsError('EILSEQ', operation, undefined, { detail: 'the key is not valid Unicode' });
  const length = key.length > KEY_MAX ? key.length : keyLength(key);
  if (length > KEY_MAX) throw new FsError('ENAMETOOLONG', operation, undefined, { detail: `the key has ${length} bytes or more, at most ${KEY_MAX} are possible` });
  return key;
}

/** EINVAL: no bytes. EFBIG: more than `VALUE_MAX`. The caller keeps its own: what is returned is a copy. */
export function checkValue(operation: string, value: unknown): Uint8Array<ArrayBuffer> {
  if (!(value instanceof Uint8Array)) throw new FsError('EINVAL', operation, undefined, { detail: 'the value is not a Uint8Array' });
  if (value.length > VALUE_MAX) throw new FsError('EFBIG', operation, undefined, { detail: `the value has ${value.length} bytes, at most ${VALUE_MAX} are possible` });
  return new Uint8Array(value);
}

export function checkNamespace(operation: string, namespace: unknown): string {
  if (typeof namespace === 'string' && NAMESPACE.test(namespace)) return namespace;
  throw new FsError('EINVAL', operation, undefined, { detail: 'a namespace is 1 to 128 letters, digits and . _ : / -, and begins with a letter or digit' });
}

/** Units in the order of code points: surrogates stand for what is above U+FFFF. */
const ordered = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

/** The order of the UTF-8 bytes, which is that of the code points and not that of JavaScript's `<`. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return ordered(x) - ordered(y);
  }
  return a.length - b.length;
}
