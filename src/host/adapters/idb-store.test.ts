import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { openDB } from 'idb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { recordCodec, STORE_FORMAT } from '../../kernel/storage/index.ts';
import { emptyBatch, file, storeConformance } from '../../kernel/storage/testing/store-conformance.ts';
import { IdbStore, type IdbStoreOptions } from './idb-store.ts';

let count = 0;

beforeEach(async () => {
  const { IDBCursor, IDBDatabase, IDBIndex, IDBRequest, IDBTransaction } = await import('fake-indexeddb');
  for (const [name, value] of Object.entries({ IDBCursor, IDBDatabase, IDBIndex, IDBKeyRange, IDBObjectStore, IDBRequest, IDBTransaction })) {
    vi.stubGlobal(name, value);
  }
  vi.stubGlobal('indexedDB', new IDBFactory());
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const make = (name: string, options: Partial<IdbStoreOptions> = {}): IdbStore =>
  new IdbStore({ name, codec: recordCodec, format: STORE_FORMAT, ...options });

storeConformance('IdbStore', async () => {
  const name = `workspace-${count++}`;
  return { store: () => make(name), crash: () => undefined };
});

it('ST10 a full disk is ENOSPC and changes nothing', async () => {
  const store = make('full');
  await store.open();
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  await expect(store.commit(emptyBatch({ entries: [{ parent: 1, name: 'x', node: file(2) }] }))).rejects.toMatchObject({ code: 'ENOSPC' });
  put.mockRestore();
  expect(await store.entries(1)).toEqual([]);
  await store.commit(emptyBatch({ entries: [{ parent: 1, name: 'x', node: file(2) }] }));
  expect(await store.entries(1)).toHaveLength(1);
  await store.close();
});

it('ST11 a newer format is opened read-only and never written', async () => {
  const first = make('newer', { format: 2 });
  await first.open();
  await first.commit(emptyBatch({ entries: [{ parent: 1, name: 'x', node: file(2) }] }));
  await first.close();
  const second = make('newer');
  expect((await second.open()).readOnly).toMatch(/format 2/);
  await expect(second.commit(emptyBatch())).rejects.toMatchObject({ code: 'EROFS' });
  expect(await second.entries(1)).toHaveLength(1);
  await second.close();
});

it('ST11 a newer database version is EROFS', async () => {
  (await openDB('version', 9)).close();
  await expect(make('version').open()).rejects.toMatchObject({ code: 'EROFS' });
});

it('ST12 a database that another tab deletes is reported as lost, and operations are EIO from then on', async () => {
  const onLost = vi.fn();
  const store = make('deleted', { onLost });
  await store.open();
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('deleted');
    request.onsuccess = resolve;
    request.onerror = reject;
  });
  expect(onLost).toHaveBeenCalledTimes(1);
  await expect(store.commit(emptyBatch())).rejects.toMatchObject({ code: 'EIO' });
  await store.close();
});

it('ST13 usage comes from the browser\'s estimate', async () => {
  const store = make('usage', { estimate: async () => ({ usage: 5, quota: 50 }) });
  await store.open();
  expect(await store.usage()).toEqual({ usage: 5, quota: 50 });
  await store.close();
});

it('ST15 a store opened to read only writes nothing, not even that it was closed', async () => {
  const owner = make('shared');
  await owner.open();
  await owner.commit(emptyBatch({ entries: [{ parent: 1, name: 'x', node: file(2) }] }));
  const follower = make('shared', { readOnly: 'another tab owns it' });
  expect((await follower.open()).readOnly).toBe('another tab owns it');
  await expect(follower.commit(emptyBatch())).rejects.toMatchObject({ code: 'EROFS' });
  await follower.close();
  const next = make('shared');
  expect(await next.open()).toMatchObject({ clean: false });
  expect(await next.open()).not.toHaveProperty('readOnly');
});
