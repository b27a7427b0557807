import { FsError } from '../../shared/base/index.ts';
import { decodeKey, encodeKey, checkKey, KEY_MAX, VALUE_MAX } from './keys.ts';
import type { BatchWrite, KvStore } from './kv-store.ts';

/** BLAKE3, 32 bytes as hex. */
export interface ArchiveHasher {
  hash(bytes: Uint8Array): string;
}

/*
 * Magic, then sections: length (32 bits, little-endian) · hash (32 bytes) of the hash before (zeros at first) and the payload · payload.
 * A payload begins with its kind. Entries: each key length, value length (32 bits), key, value. The last section is the end: count of keys,
 * bytes of keys and values (64-bit floats).
 */
const MAGIC = 'palimpsest-kv 1\n';
const HASH = 32;
const Kind = { entries: 1, end: 2 } as const;
/** Of one section; a value larger than this has one of its own. */
const SECTION = 1024 * 1024;
const SECTION_MAX = VALUE_MAX + KEY_MAX + 64;
/** Entries asked for at a time. */
const PAGE = 256;

/** All of a namespace; what changes meanwhile may be in it or not. */
export async function* exportNamespace(store: KvStore, namespace: string, hasher: ArchiveHasher): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield new TextEncoder().encode(MAGIC);
  const chain = new Chain(hasher);
  let section = new Section(Kind.entries);
  let keys = 0;
  let bytes = 0;
  for (let after: string | null | undefined; after !== null;) {
    const page = await store.scanPrefix(namespace, '', { limit: PAGE, ...(after !== undefined && { after }) });
    for (const { key, value } of page.entries) {
      const name = encodeKey(key);
      section.entry(name, value);
      keys++;
      bytes += name.length + value.length;
      if (section.length < SECTION) continue;
      yield chain.seal(section);
      section = new Section(Kind.entries);
    }
    after = page.next;
  }
  if (section.length > 1) yield chain.seal(section);
  const end = new Section(Kind.end);
  end.totals(keys, bytes);
  yield chain.seal(end);
}

/** Bytes that can be read twice. */
export interface ArchiveSource {
  size: number;
  read(at: number, length: number): Promise<Uint8Array>;
}

/**
 * Reads all of it and checks every hash before the first write. Then it is written in batches: a failure in the middle leaves those
 * that were written, and the import can be made again.
 * EBADMSG: not an archive, damaged or cut short; nothing was changed. ENOSPC: beyond the quota.
 * @param replace the namespace is emptied first; else keys that the archive does not have stay
 */
export async function importNamespace(store: KvStore, namespace: string, source: ArchiveSource, hasher: ArchiveHasher, replace: boolean): Promise<{ keys: number; bytes: number }> {
  const totals = await verify(source, hasher);
  const { maxKeys, maxBytes } = await store.info(namespace);
  if (totals.keys > maxKeys || totals.bytes > maxBytes) {
    throw new FsError('ENOSPC', 'import', undefined, { detail: `the archive has ${totals.keys} keys and ${totals.bytes} bytes, the quota of ${namespace} is ${maxKeys} and ${maxBytes}` });
  }
  let clear = replace;
  for await (const writes of sections(source, hasher)) {
    await store.replace(namespace, writes, clear);
    clear = false;
  }
  if (clear) await store.clear(namespace);
  return totals;
}

async function verify(source: ArchiveSource, hasher: ArchiveHasher): Promise<{ keys: number; bytes: number }> {
  const found = { keys: 0, bytes: 0 };
  for await (const writes of sections(source, hasher)) {
    found.keys += writes.length;
    for (const { key, value } of writes) found.bytes += encodeKey(key).length + (value?.length ?? 0);
  }
  return found;
}

const bad = (detail: string): FsError => new FsError('EBADMSG', 'import', undefined, { detail });

async function* sections(source: ArchiveSource, hasher: ArchiveHasher): AsyncGenerator<BatchWrite[]> {
  const magic = await source.read(0, MAGIC.length);
  if (new TextDecoder('latin1').decode(magic) !== MAGIC) throw bad('this is no export of a key-value store');
  const chain = new Chain(hasher);
  let keys = 0;
  let bytes = 0;
  for (let at = MAGIC.length; ;) {
    const payload = await nextSection(source, at, chain);
    at += 4 + HASH + payload.length;
    if (payload[0] === Kind.end) {
      const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
      if (payload.length !== 17 || view.getFloat64(1, true) !== keys || view.getFloat64(9, true) !== bytes) throw bad('its end does not count what it holds');
      if (at !== source.size) throw bad(`${source.size - at} bytes follow its end`);
      return;
    }
    const writes = [...entries(payload)];
    for (const { key, value } of writes) bytes += encodeKey(key).length + (value?.length ?? 0);
    keys += writes.length;
    yield writes;
  }
}

async function nextSection(source: ArchiveSource, at: number, chain: Chain): Promise<Uint8Array> {
  const head = await source.read(at, 4 + HASH);
  if (head.length < 4 + HASH) throw bad(`it is cut short at byte ${at}`);
  const length = new DataView(head.buffer, head.byteOffset).getUint32(0, true);
  if (length === 0 || length > SECTION + SECTION_MAX) throw bad(`the section at byte ${at} has an impossible length`);
  const payload = await source.read(at + 4 + HASH, length);
  if (payload.length < length) throw bad(`it is cut short at byte ${at}`);
  if (!chain.follows(head.subarray(4), payload)) throw bad(`the section at byte ${at} is damaged`);
  if (payload[0] !== Kind.entries && payload[0] !== Kind.end) throw bad(`the section at byte ${at} is of an unknown kind`);
  return payload;
}

function* entries(payload: Uint8Array): Generator<BatchWrite> {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  for (let at = 1; at < payload.length;) {
    if (at + 8 > payload.length) throw bad('an entry is cut short');
    const [nameLength, valueLength] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    const valueAt = at + 8 + nameLength;
    at = valueAt + valueLength;
    if (nameLength > KEY_MAX || valueLength > VALUE_MAX || at > payload.length) throw bad('an entry has an impossible length');
    yield { key: keyOf(payload.subarray(valueAt - nameLength, valueAt)), value: payload.subarray(valueAt, at) };
  }
}

function keyOf(bytes: Uint8Array): string {
  try {
    return checkKey('import', decodeKey(bytes));
  } catch {
    throw bad('a key is not valid UTF-8');
  }
}

/** Each section's hash covers the one before, so that none can be left out or moved. */
class Chain {
  readonly #hasher: ArchiveHasher;
  #last: Uint8Array = new Uint8Array(HASH);

  constructor(hasher: ArchiveHasher) {
    this.#hasher = hasher;
  }

  seal(section: Section): Uint8Array<ArrayBuffer> {
    const payload = section.payload();
    const bytes = new Uint8Array(4 + HASH + payload.length);
    new DataView(bytes.buffer).setUint32(0, payload.length, true);
    bytes.set(this.#advance(payload), 4);
    bytes.set(payload, 4 + HASH);
    return bytes;
  }

  follows(hash: Uint8Array, payload: Uint8Array): boolean {
    return this.#advance(payload).every((byte, i) => byte === hash[i]);
  }

  #advance(payload: Uint8Array): Uint8Array {
    const both = new Uint8Array(HASH + payload.length);
    both.set(this.#last);
    both.set(payload, HASH);
    this.#last = Uint8Array.from(this.#hasher.hash(both).match(/../g)!, (digits) => Number.parseInt(digits, 16));
    return this.#last;
  }
}

class Section {
  readonly #parts: Uint8Array[];
  length = 1;

  constructor(kind: number) {
    this.#parts = [Uint8Array.of(kind)];
  }

  entry(key: Uint8Array, value: Uint8Array): void {
    const head = new Uint8Array(8);
    const view = new DataView(head.buffer);
    view.setUint32(0, key.length, true);
    view.setUint32(4, value.length, true);
    this.#add(head, key, value);
  }

  totals(keys: number, bytes: number): void {
    const totals = new Uint8Array(16);
    const view = new DataView(totals.buffer);
    view.setFloat64(0, keys, true);
    view.setFloat64(8, bytes, true);
    this.#add(totals);
  }

  payload(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #add(...parts: Uint8Array[]): void {
    this.#parts.push(...parts);
    for (const part of parts) this.length += part.length;
  }
}
