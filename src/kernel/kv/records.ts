import { FsError } from '../../shared/base/index.ts';
import type { KvFound } from '../contract/index.ts';
import { decodeKey, encodeKey, KEY_MAX, VALUE_MAX } from './keys.ts';
import type { BatchWrite } from './kv-store.ts';

/** Bytes of the two lengths before key and value. */
const HEAD = 8;
/** In the place of a value's length: the key goes. */
const DELETE = 0xffffffff;

const invalid = (detail: string): FsError => new FsError('EINVAL', 'kv', undefined, { detail });

/** Of a guest: 1 to 1024 bytes of UTF-8. @throws FsError EINVAL, EILSEQ, ENAMETOOLONG */
export function keyOf(bytes: Uint8Array): string {
  if (bytes.length === 0) throw invalid('a key has at least one byte');
  if (bytes.length > KEY_MAX) throw new FsError('ENAMETOOLONG', 'kv', undefined, { detail: `the key has ${bytes.length} bytes, at most ${KEY_MAX} are possible` });
  try {
    return decodeKey(bytes);
  } catch (cause) {
    throw new FsError('EILSEQ', 'kv', undefined, { cause, detail: 'the key is not UTF-8' });
  }
}

/** Little-endian: length of the key, of the value (0xffffffff: delete), key, value; one after the other. @throws FsError EINVAL, EILSEQ, ENAMETOOLONG, EFBIG */
export function decodeRecords(bytes: Uint8Array): BatchWrite[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const writes: BatchWrite[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + HEAD > bytes.length) throw invalid(`record ${writes.length + 1} is cut off`);
    const [keyLength, given] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    const length = given === DELETE ? 0 : given;
    if (length > VALUE_MAX) throw new FsError('EFBIG', 'kv', undefined, { detail: `a value has ${length} bytes, at most ${VALUE_MAX} are possible` });
    const [from, end] = [at + HEAD + keyLength, at + HEAD + keyLength + length];
    if (end > bytes.length) throw invalid(`record ${writes.length + 1} is cut off`);
    writes.push({ key: keyOf(bytes.subarray(at + HEAD, from)), value: given === DELETE ? null : bytes.subarray(from, end) });
    at = end;
  }
  return writes;
}

/** The same, of as many entries as fit into `room`. `needed`: bytes of the first, if it does not fit; then only its lengths and key are there. */
export function encodeEntries(entries: readonly KvFound[], room: number): { data: Uint8Array; needed: number } {
  const keys = entries.map(({ key }) => encodeKey(key));
  let size = 0;
  let count = 0;
  for (; count < entries.length; count++) {
    const next = size + HEAD + keys[count]!.length + entries[count]!.size;
    if (next > room) break;
    size = next;
  }
  const alone = count === 0 && entries.length > 0;
  const data = new Uint8Array(alone ? HEAD + keys[0]!.length : size);
  const view = new DataView(data.buffer);
  for (let i = 0, at = 0; i < (alone ? 1 : count); i++) {
    const { size: length, value } = entries[i]!;
    view.setUint32(at, keys[i]!.length, true);
    view.setUint32(at + 4, length, true);
    data.set(keys[i]!, at + HEAD);
    at += HEAD + keys[i]!.length;
    if (!alone) data.set(value!, at);
    at += length;
  }
  return { data, needed: alone ? HEAD + keys[0]!.length + entries[0]!.size : 0 };
}
