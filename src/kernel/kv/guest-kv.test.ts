import { beforeEach, describe, expect, test } from 'vitest';
import { SYSCALL_DATA_MAX, type Action } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Authority } from '../contract/index.ts';
import { GuestKv, type KvCaller } from './guest-kv.ts';
import { KvStore } from './kv-store.ts';
import { MemoryKvBackend } from './memory-kv.ts';
import { PACKAGE_QUOTA } from './quota.ts';
import { ScratchKv } from './scratch-kv.ts';

let store: KvStore;
let kv: GuestKv;
let asked: Action[];
let granted: Set<string>;

const authority: Authority = {
  require: (_pid, action) => {
    asked.push(action);
    if (action.kind !== 'kv' || !granted.has(`${action.access} ${action.namespace}`)) throw new FsError('ENOTCAPABLE', 'kv');
  },
  watch: () => ({ dispose: () => undefined }),
};

const HASH = 'ab'.repeat(32);
const a: KvCaller = { pid: 1, identity: { hash: HASH, trust: 'unknown', id: 'org.example.notes' } };
const shipped: KvCaller = { pid: 2, identity: { hash: 'cd'.repeat(32), trust: 'trusted', id: 'org.example.notes' } };

beforeEach(() => {
  asked = [];
  granted = new Set();
  store = new KvStore(new MemoryKvBackend(), true);
  kv = new GuestKv({ store, authority, scratch: (below) => new ScratchKv(below) });
});

const utf8 = new TextEncoder();

function records(...writes: [key: string | Uint8Array, value: string | Uint8Array | null][]): Uint8Array {
  const parts = writes.map(([key, value]) => {
    const k = typeof key === 'string' ? utf8.encode(key) : key;
    const v = value === null ? new Uint8Array(0) : typeof value === 'string' ? utf8.encode(value) : value;
    const head = new DataView(new ArrayBuffer(8));
    head.setUint32(0, k.length, true);
    head.setUint32(4, value === null ? 0xffffffff : v.length, true);
    return Buffer.concat([new Uint8Array(head.buffer), k, v]);
  });
  return new Uint8Array(Buffer.concat(parts));
}

function decoded(data: Uint8Array): [string, string][] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const found: [string, string][] = [];
  const text = (from: number, length: number): string => new TextDecoder().decode(data.subarray(from, from + length));
  for (let at = 0; at < data.length;) {
    const [k, v] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    found.push([text(at + 8, k), text(at + 8 + k, v)]);
    at += 8 + k + v;
  }
  return found;
}

const write = (caller: KvCaller, namespace: string, ...writes: Parameters<typeof records>) => kv.write(caller, namespace, records(...writes), true);
const read = async (caller: KvCaller, key: string, namespace = ''): Promise<string> => new TextDecoder().decode((await kv.get(caller, namespace, key, 0)).data);
const code = (action: () => Promise<unknown>): Promise<string> => action().then(() => 'done', (error: unknown) => (error instanceof FsError ? error.code : String(error)));

describe('KG1 whose namespace is whose', () => {
  test('one’s own needs no grant; an unknown module is its hash, whatever id it claims', async () => {
    await write(a, '', ['k', 'of a']);
    await write(shipped, '', ['k', 'of the shipped one']);
    expect([await read(a, 'k'), await read(shipped, 'k')]).toEqual(['of a', 'of the shipped one']);
    expect(await store.namespaces()).toEqual([`pkg:${HASH}`, 'pkg:org.example.notes']);
    expect(await read(a, 'k', `pkg:${HASH}`)).toBe('of a');
    expect(asked).toEqual([]);
  });

  test('all others by their grant, reading and writing apart', async () => {
    for (const namespace of ['pkg:org.example.notes', 'shared', 'palimpsest:audit']) expect(await code(() => read(a, 'k', namespace))).toBe('ENOTCAPABLE');
    granted.add('write shared');
    expect(await code(() => write(a, 'shared', ['k', 'v']))).toBe('done');
    expect(await code(() => read(a, 'k', 'shared'))).toBe('ENOTCAPABLE');
    expect(await code(() => kv.scan(a, 'shared', { prefix: '', after: '', length: 100 }))).toBe('ENOTCAPABLE');
    expect(await code(() => kv.has(a, 'shared', 'k'))).toBe('ENOTCAPABLE');
    expect(asked.at(-1)).toEqual({ kind: 'kv', namespace: 'shared', access: 'read' });
  });

  test('names that are none; a program without identity', async () => {
    for (const namespace of ['.', '../x', 'a b', 'a\0', 'x'.repeat(129), 'ä']) expect(await code(() => read(a, 'k', namespace))).toBe('EINVAL');
    const nobody: KvCaller = { pid: 3, identity: { hash: '', trust: 'unknown' } };
    expect(await code(() => write(nobody, '', ['k', 'v']))).toBe('ENOTSUP');
    expect(asked).toEqual([]);
  });
});

describe('KG2 records', () => {
  test('a batch is all or nothing; what it changed is counted', async () => {
    expect(await write(a, '', ['a', '1'], ['b', '2'], ['gone', null])).toEqual({ value: 2 });
    expect(await write(a, '', ['a', null], ['a', null], ['b', ''])).toEqual({ value: 2 });
    expect([await code(() => read(a, 'a')), await read(a, 'b'), (await kv.has(a, '', 'a')).value]).toEqual(['ENOENT', '', false]);
    expect(await code(() => write(a, '', ['c', '3'], [new Uint8Array(1025).fill(97), '']))).toBe('ENAMETOOLONG');
    expect(await code(() => read(a, 'c'))).toBe('ENOENT');
  });

  test.each([
    ['a key of no bytes', records(['', 'v']), 'EINVAL'], ['no UTF-8', records([Uint8Array.of(0xff), 'v']), 'EILSEQ'], ['a lone surrogate as UTF-8', records([Uint8Array.of(0xed, 0xa0, 0x80), 'v']), 'EILSEQ'],
    ['cut off in the lengths', records(['k', 'v']).subarray(0, 7), 'EINVAL'], ['cut off in the value', records(['k', 'value']).subarray(0, 12), 'EINVAL'], ['a length beyond everything', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0), 'EINVAL'],
    ['a value of 4 GiB', Uint8Array.of(1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 97), 'EFBIG'],
  ])('%s', async (_what, bytes, expected) => {
    expect(await code(() => kv.write(a, '', bytes, true))).toBe(expected);
    expect(await store.namespaces()).toEqual([]);
  });

  test('no bytes are half a batch (seed 7)', async () => {
    let seed = 7;
    const next = (below: number): number => (seed = (seed * 48271) % 0x7fffffff) % below;
    const whole = records(['a', '1'], ['b', null], ['c', '3']);
    for (let i = 0; i < 500; i++) {
      const bytes = whole.slice(0, next(whole.length + 1));
      if (bytes.length > 0) bytes[next(bytes.length)] = next(256);
      const before = JSON.stringify(decoded((await kv.scan(a, '', { prefix: '', after: '', length: 60_000 })).data!));
      const outcome = await code(() => kv.write(a, '', bytes, true));
      expect(['done', 'EINVAL', 'EILSEQ', 'EFBIG', 'ENAMETOOLONG']).toContain(outcome);
      if (outcome !== 'done') expect(JSON.stringify(decoded((await kv.scan(a, '', { prefix: '', after: '', length: 60_000 })).data!))).toBe(before);
    }
  });

  test('more than 10 000 of them', async () => {
    expect(await code(() => write(a, '', ...Array.from({ length: 10_001 }, (): [string, null] => ['k', null])))).toBe('E2BIG');
  });
});

test('KG3 a long value comes in parts, all of one value', async () => {
  const value = Uint8Array.from({ length: 3 * SYSCALL_DATA_MAX + 5 }, (_, i) => i % 251);
  await write(a, '', ['k', value]);
  const parts: Uint8Array[] = [];
  for (let from = 0; from < value.length; from += SYSCALL_DATA_MAX) {
    const answer = await kv.get(a, '', 'k', from);
    expect(answer.value).toBe(value.length);
    parts.push(answer.data!);
    // Another process changes it meanwhile.
    if (from === 0) await store.set(`pkg:${HASH}`, 'k', value.map((byte) => byte ^ 1));
  }
  expect(Buffer.concat(parts).equals(value)).toBe(true);
  expect((await kv.get(a, '', 'k', 0)).data![1]).toBe(0);
  for (const from of [-1, 0.5, value.length + 1]) expect(await code(() => kv.get(a, '', 'k', from))).toBe('EINVAL');
});

test('KG4 a scan goes on page by page; an entry that alone does not fit says what it needs', async () => {
  const keys = Array.from({ length: 100 }, (_, i) => `k${String(i).padStart(3, '0')}`);
  await write(a, '', ...keys.map((key): [string, string] => [key, 'value']), ['other', 'x'], ['zz', new Uint8Array(100)]);
  const found: string[] = [];
  for (let after = ''; ;) {
    const { data, value } = await kv.scan(a, '', { prefix: 'k', after, length: 100 });
    expect(value).toBe(0);
    const page = decoded(data!);
    if (page.length === 0) break;
    expect(data!.length).toBeLessThanOrEqual(100);
    found.push(...page.map(([key]) => key));
    after = found.at(-1)!;
  }
  expect(found).toEqual(keys);
  const { data, value } = await kv.scan(a, '', { prefix: 'zz', after: '', length: 50 });
  expect([value, data!.length]).toEqual([110, 10]);
});

test('KG5 a package has its own quota: EDQUOT, and nothing is done', async () => {
  const { maxBytes, maxKeys } = PACKAGE_QUOTA;
  const part = new Uint8Array(8 * 1024 * 1024 - 10);
  await write(a, '', ['a', part], ['b', part]);
  expect(await code(() => write(a, '', ['c', new Uint8Array(100)]))).toBe('EDQUOT');
  expect(await store.info(`pkg:${HASH}`)).toMatchObject({ maxBytes, maxKeys, keys: 2 });
  const many = (from: number, count: number): Parameters<typeof records> => Array.from({ length: count }, (_, i): [string, string] => [`${from + i}`, '']);
  await write(shipped, '', ...many(0, maxKeys));
  expect(await code(() => write(shipped, '', ['one more', '']))).toBe('EDQUOT');
  expect(await code(() => write(shipped, '', ['0', null], ['one more', '']))).toBe('done');
  await store.setQuota(`pkg:${HASH}`, { bytes: maxBytes * 2 });
  expect(await code(() => write(a, '', ['c', new Uint8Array(100)]))).toBe('done');
});

test('KG6 what runs beside the workspace sees the pairs, and changes none of them', async () => {
  await write(a, '', ['a', '1'], ['b', '2'], ['c', '3']);
  const beside: KvCaller = { ...a, pid: 9, line: {} };
  expect(await write(beside, '', ['b', null], ['bb', 'new'], ['a', 'other'], ['d', null])).toEqual({ value: 3 });
  const all = async (caller: KvCaller, length = 1000) => decoded((await kv.scan(caller, '', { prefix: '', after: '', length })).data!);
  expect(await all(beside)).toEqual([['a', 'other'], ['bb', 'new'], ['c', '3']]);
  expect(await all(beside, 30)).toEqual([['a', 'other'], ['bb', 'new']]);
  expect([await code(() => read(beside, 'b')), await read(beside, 'c'), (await kv.has(beside, '', 'bb')).value]).toEqual(['ENOENT', '3', true]);
  expect(await all(a)).toEqual([['a', '1'], ['b', '2'], ['c', '3']]);
  const half = new Uint8Array(8 * 1024 * 1024 - 1000);
  expect([await code(() => write(beside, '', ['big', half], ['big2', half])), await code(() => write(beside, '', ['big', half]))]).toEqual(['done', 'EDQUOT']);
  kv.forget(9);
  expect(await all(beside)).toEqual(await all(a));
});
