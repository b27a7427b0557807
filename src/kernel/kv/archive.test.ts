import { expect, it } from 'vitest';
import { createHasher } from '../storage/index.ts';
import { exportNamespace, importNamespace, type ArchiveSource } from './archive.ts';
import { KvStore } from './kv-store.ts';
import { MemoryKvBackend } from './memory-kv.ts';
import { bytes, text } from './testing/kv-conformance.ts';

const hasher = await createHasher();
const fresh = (): KvStore => new KvStore(new MemoryKvBackend(), true);
const source = (data: Uint8Array): ArchiveSource => ({ size: data.length, read: async (at, length) => data.slice(at, at + length) });

async function exported(store: KvStore, namespace: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of exportNamespace(store, namespace, hasher)) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

async function sample(): Promise<KvStore> {
  const store = fresh();
  for (let i = 0; i < 600; i++) await store.set('from', `k${i}\0ü`, bytes(`${i}`.repeat(i % 50)));
  await store.set('from', '', new Uint8Array(0));
  await store.set('from', '__proto__', new Uint8Array(3_000_000).fill(5));
  return store;
}

it('KA1 what is exported and imported elsewhere is the same; exporting that gives the same bytes', async () => {
  const store = await sample();
  const archive = await exported(store, 'from');
  const other = fresh();
  await other.set('to', 'k1\0ü', bytes('replaced'));
  await other.set('to', 'mine', bytes('kept'));
  expect(await importNamespace(other, 'to', source(archive), hasher, false)).toMatchObject({ keys: 602 });
  expect([(await other.info('to')).keys, text(await other.get('to', 'mine')), text(await other.get('to', 'k1\0ü'))]).toEqual([603, 'kept', '1']);
  await importNamespace(other, 'to', source(archive), hasher, true);
  expect(await other.get('to', 'mine')).toBeNull();
  expect(Buffer.compare(await exported(other, 'to'), archive)).toBe(0);
  const empty = await exported(store, 'nothing');
  await importNamespace(other, 'to', source(empty), hasher, true);
  expect((await other.info('to')).keys).toBe(0);
});

it('KA2 one that is damaged, cut short, longer or no archive changes nothing', async () => {
  const store = fresh();
  for (let i = 0; i < 20; i++) await store.set('from', `k${i}`, bytes(`${i}`));
  const archive = await exported(store, 'from');
  const target = fresh();
  const refuse = async (data: Uint8Array): Promise<void> => {
    await expect(importNamespace(target, 'to', source(data), hasher, true)).rejects.toMatchObject({ code: 'EBADMSG' });
  };
  for (let length = 0; length < archive.length; length += 7) await refuse(archive.slice(0, length));
  for (let at = 0; at < archive.length; at += 5) {
    const damaged = archive.slice();
    damaged[at]! ^= 1 << (at % 8);
    await refuse(damaged);
  }
  await refuse(new Uint8Array([...archive, 0]));
  await refuse(bytes('{"key":"x"}'));
  expect(await target.namespaces()).toEqual([]);
});

it('KA3 one that is beyond the quota is ENOSPC with the numbers, before anything is written', async () => {
  const archive = await exported(await sample(), 'from');
  const target = fresh();
  await target.set('to', 'mine', bytes('x'));
  await target.setQuota('to', { keys: 601 });
  await expect(importNamespace(target, 'to', source(archive), hasher, true)).rejects.toMatchObject({ code: 'ENOSPC', detail: expect.stringMatching(/602 keys.*601/) });
  expect(await target.keys('to')).toEqual(['mine']);
});
