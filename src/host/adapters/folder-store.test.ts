import { IDBObjectStore } from 'fake-indexeddb';
import { expect, it, vi } from 'vitest';
import { folderStoreConformance } from '../../kernel/folder/testing/store-conformance.ts';
import { IdbFolderStore } from './folder-store.ts';
import { freshIndexedDb } from './testing/fresh-indexeddb.ts';

let count = 0;

freshIndexedDb();

folderStoreConformance('IdbFolderStore', async () => {
  const name = `folders-${count++}`;
  return { store: new IdbFolderStore(name), again: () => new IdbFolderStore(name) };
});

it('FM4 a full disk is ENOSPC', async () => {
  const store = new IdbFolderStore('full');
  await store.records();
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  await expect(store.keep('folder:1:1:1/a', 0, new Uint8Array(1))).rejects.toMatchObject({ code: 'ENOSPC' });
});

it('FM5 a database that was deleted is made again', async () => {
  const store = new IdbFolderStore('gone');
  expect(await store.nextId()).toBe(1);
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('gone');
    request.onsuccess = resolve;
    request.onerror = reject;
  });
  expect(await store.nextId()).toBe(1);
});
