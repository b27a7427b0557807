import type { HostRequest, HostValues } from '../../shared/abi/index.ts';
import type { MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { HostContext } from './context.ts';
import { PairReader, type Place } from './pair-reader.ts';
import { textAt } from './text.ts';

const NAMESPACE_MAX = 128;
const KEY_MAX = 1024;
const VALUE_MAX = 8 * 1024 * 1024;
/** As much as can be staged. */
const BATCH_MAX = 32 * 1024 * 1024;
const DELETED = 0xffff_ffff;
/** `flags` of calls that write: do not wait until it is on disk. */
const RELAXED = 1;

const encoder = new TextEncoder();

/** `u32 key_len, u32 value_len, key`. */
function recordHead(key: string, valueLength: number): Uint8Array {
  const bytes = encoder.encode(key);
  const head = new Uint8Array(8 + bytes.length);
  const view = new DataView(head.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint32(4, valueLength, true);
  head.set(bytes, 8);
  return head;
}

/** A namespace and a key, or an errno. */
function placeAt(memory: MemoryWindow, ns: number, nsLength: number, key: number, keyLength: number): Place | number {
  const namespace = textAt(memory, ns >>> 0, nsLength >>> 0, NAMESPACE_MAX);
  if (typeof namespace === 'number') return namespace === Errno.E2BIG ? Errno.EINVAL : namespace;
  const text = textAt(memory, key >>> 0, keyLength >>> 0, KEY_MAX);
  if (typeof text === 'number') return text === Errno.E2BIG ? Errno.ENAMETOOLONG : text;
  return { namespace, key: text };
}

/** `astrid_kv_*`: who may, and how much, the kernel decides. */
export function kvCalls(context: HostContext) {
  return { ...readCalls(context), ...writeCalls(context) };
}

function readCalls({ guest }: HostContext) {
  const { process } = guest.vfs;
  const pairs = new PairReader(process);
  return {
    astrid_kv_get(ns: number, nsLength: number, key: number, keyLength: number, buf: number, length: number, sizeOut: number): number {
      const where = placeAt(guest.memory, ns, nsLength, key, keyLength);
      if (typeof where === 'number') return where;
      const { memory } = guest;
      [buf, length, sizeOut] = [buf >>> 0, length >>> 0, sizeOut >>> 0];
      if (where.key === '') return Errno.EINVAL;
      return memory.has(buf, length) && memory.has(sizeOut, 4) ? pairs.get(where, memory, buf, length, sizeOut) : Errno.EFAULT;
    },

    astrid_kv_has(ns: number, nsLength: number, key: number, keyLength: number, foundOut: number): number {
      const where = placeAt(guest.memory, ns, nsLength, key, keyLength);
      if (typeof where === 'number') return where;
      const { memory } = guest;
      if (!memory.has(foundOut >>>= 0, 4)) return Errno.EFAULT;
      if (where.key === '') return Errno.EINVAL;
      const { errno, value } = process.kernel({ op: 'kv-has', ...where });
      if (errno === 0) memory.view.setUint32(foundOut, (value as HostValues['kv-has']) ? 1 : 0, true);
      return errno;
    },

    astrid_kv_scan(ns: number, nsLength: number, prefix: number, prefixLength: number, after: number, afterLength: number, buf: number, length: number, usedOut: number): number {
      const where = placeAt(guest.memory, ns, nsLength, prefix, prefixLength);
      if (typeof where === 'number') return where;
      const last = placeAt(guest.memory, 0, 0, after, afterLength);
      if (typeof last === 'number') return last;
      const { memory } = guest;
      [buf, length, usedOut] = [buf >>> 0, length >>> 0, usedOut >>> 0];
      return memory.has(buf, length) && memory.has(usedOut, 4) ? pairs.scan(where, last.key, memory, buf, length, usedOut) : Errno.EFAULT;
    },
  };
}

function writeCalls({ guest, send }: HostContext) {
  /** How many records changed what was there, or a negated errno. */
  function write(namespace: string, flags: number, memory: MemoryWindow, pointer: number, length: number, head?: Uint8Array): number {
    const request: HostRequest = { op: 'kv-write', namespace, durable: (flags & RELAXED) === 0 };
    const { errno, value } = send.call(request, memory, pointer, length, head);
    return errno === 0 ? (value as HostValues['kv-write']) : -errno;
  }

  return {
    astrid_kv_set(ns: number, nsLength: number, key: number, keyLength: number, value: number, length: number, flags: number): number {
      const where = placeAt(guest.memory, ns, nsLength, key, keyLength);
      if (typeof where === 'number') return where;
      const { memory } = guest;
      [value, length] = [value >>> 0, length >>> 0];
      if (!memory.has(value, length)) return Errno.EFAULT;
      if (flags & ~RELAXED || where.key === '') return Errno.EINVAL;
      if (length > VALUE_MAX) return Errno.EFBIG;
      const written = write(where.namespace, flags, memory, value, length, recordHead(where.key, length));
      return written < 0 ? -written : 0;
    },

    astrid_kv_delete(ns: number, nsLength: number, key: number, keyLength: number, flags: number): number {
      const where = placeAt(guest.memory, ns, nsLength, key, keyLength);
      if (typeof where === 'number') return where;
      if (flags & ~RELAXED || where.key === '') return Errno.EINVAL;
      const deleted = write(where.namespace, flags, guest.memory, 0, 0, recordHead(where.key, DELETED));
      if (deleted < 0) return -deleted;
      return deleted === 0 ? Errno.ENOENT : 0;
    },

    astrid_kv_batch(ns: number, nsLength: number, records: number, length: number, flags: number): number {
      const where = placeAt(guest.memory, ns, nsLength, 0, 0);
      if (typeof where === 'number') return where;
      const { memory } = guest;
      [records, length] = [records >>> 0, length >>> 0];
      if (!memory.has(records, length)) return Errno.EFAULT;
      if (flags & ~RELAXED) return Errno.EINVAL;
      if (length > BATCH_MAX) return Errno.E2BIG;
      const written = write(where.namespace, flags, memory, records, length);
      return written < 0 ? -written : 0;
    },
  };
}
