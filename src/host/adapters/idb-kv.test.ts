import { IDBObjectStore } from 'fake-indexeddb';
import { expect, it, vi } from 'vitest';
import { decodeKey, encodeKey, KvStore } from '../../kernel/kv/index.ts';
import { bytes, kvConformance, text } from '../../kernel/kv/testing/kv-conformance.ts';
import { IdbKvBackend } from './idb-kv.ts';
import { freshIndexedDb } from './testing/fresh-indexeddb.ts';

let count = 0;

freshIndexedDb();

const make = (name: string, onLost?: (reason: string) => void): IdbKvBackend => new IdbKvBackend({ name, encodeKey, decodeKey, ...(onLost && { onLost }) });

kvConformance('IdbKvBackend', () => {
  const name = `kv-${count++}`;
  return { backend: () => make(name), crash: () => undefined };
});

it('KI1 a second owner makes the first one\'s writes fail as a whole, and it is told once', async () => {
  const lost = vi.fn();
  const first = new KvStore(make('twice', lost), true);
  await first.set('t', 'k', bytes('first'));
  const second = new KvStore(make('twice'), true);
  await second.set('t', 'k', bytes('second'));
  await expect(first.set('t', 'k', bytes('late'))).rejects.toMatchObject({ code: 'EIO', detail: expect.stringMatching(/taken over/) });
  await expect(first.set('t', 'k', bytes('later'))).rejects.toMatchObject({ code: 'EIO' });
  expect([text(await second.get('t', 'k')), lost.mock.calls.length]).toEqual(['second', 1]);
});

it('KI2 many calls at one time share few transactions, strict if one of them must be durable', async () => {
  const store = new KvStore(make('group'), true);
  await store.set('t', 'first', bytes('x'));
  const transaction = vi.spyOn((await import('fake-indexeddb')).IDBDatabase.prototype, 'transaction');
  await Promise.all(Array.from({ length: 1000 }, (_, i) => store.set('t', `k${i}`, bytes('x'), { durable: i === 500 })));
  expect(transaction.mock.calls.length).toBeLessThanOrEqual(2);
  expect(transaction.mock.calls[0]).toMatchObject([expect.anything(), 'readwrite', { durability: 'strict' }]);
  await store.set('t', 'k', bytes('x'), { durable: false });
  expect(transaction.mock.calls.at(-1)).toMatchObject([expect.anything(), 'readwrite', { durability: 'relaxed' }]);
});

it('KI3 no space for one of many is ENOSPC for that one only', async () => {
  const store = new KvStore(make('full'), true);
  const put = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: typeof IDBObjectStore.prototype, value: unknown, key?: IDBValidKey) {
    if (value instanceof ArrayBuffer && value.byteLength === 999) throw new DOMException('full', 'QuotaExceededError');
    return put.call(this, value, key);
  });
  const outcomes = await Promise.allSettled([1, 999, 2].map((length) => store.set('t', `${length}`, new Uint8Array(length))));
  expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'set' : (outcome.reason as { code: string }).code))).toEqual(['set', 'ENOSPC', 'set']);
  expect([await store.keys('t'), (await store.info('t')).keys]).toEqual([['1', '2'], 2]);
});

it('KI4 a value that is large is stored beside, and goes with its key', async () => {
  const store = new KvStore(make('blobs'), true);
  await store.set('t', 'k', new Uint8Array(70_000));
  await store.set('t', 'k', bytes('small'));
  await store.set('t', 'l', new Uint8Array(70_000));
  await store.delete('t', 'l');
  await store.close();
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open('blobs');
    request.onsuccess = () => resolve(request.result);
  });
  const left = await new Promise((resolve) => {
    const request = database.transaction('blobs').objectStore('blobs').count();
    request.onsuccess = () => resolve(request.result);
  });
  expect(left).toBe(0);
});
