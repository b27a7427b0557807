import { IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import { openDB } from 'idb';
import { expect, it, vi } from 'vitest';
import { emptyBatch } from '../../kernel/contract/index.ts';
import { MemoryStore, recordCodec, STORE_FORMAT } from '../../kernel/storage/index.ts';
import { asFormat1, type Workspace1 } from '../../kernel/storage/testing/format-1.ts';
import { openOverlay, randomWorkspace, readAll } from '../../kernel/storage/testing/model-workspace.ts';
import { show } from '../../kernel/storage/testing/tree-steps.ts';
import { file, storeConformance } from '../../kernel/storage/testing/store-conformance.ts';
import { IdbStore, type IdbStoreOptions } from './idb-store.ts';
import { freshIndexedDb } from './testing/fresh-indexeddb.ts';

let count = 0;

it('ST26 a browser that cannot open its files for a moment is asked again', async () => {
  const { open } = IDBFactory.prototype;
  let failures = 2;
  vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (this: IDBFactory, ...args) {
    failures -= 1;
    if (failures >= 0) throw new DOMException('Internal error opening backing store for indexedDB.open.', 'UnknownError');
    return open.apply(this, args);
  });
  const store = new IdbStore({ name: 'again', codec: recordCodec, format: STORE_FORMAT });
  expect(await store.open()).toMatchObject({ seq: 0, clean: true });
  await store.close();
  vi.restoreAllMocks();
});

freshIndexedDb();

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
  const first = make('newer', { format: 3 });
  await first.open();
  await first.commit(emptyBatch({ entries: [{ parent: 1, name: 'x', node: file(2) }] }));
  await first.close();
  const second = make('newer');
  expect((await second.open()).readOnly).toMatch(/format 3/);
  await expect(second.commit(emptyBatch())).rejects.toMatchObject({ code: 'EROFS' });
  expect(await second.entries(1)).toHaveLength(1);
  await second.close();
});

it('ST11 a database of a newer version is refused if it lacks what is read, and left as it is', async () => {
  (await openDB('version', 9)).close();
  await expect(make('version').open()).rejects.toMatchObject({ code: 'EROFS', detail: expect.stringMatching(/version 9/) });
  expect((await indexedDB.databases()).map(({ name, version }) => [name, version])).toEqual([['version', 9]]);
});

it('ST11 a database of a newer version is opened read-only if it has what is read', async () => {
  const first = make('newer-version');
  await first.open();
  await first.commit(emptyBatch({ entries: [{ parent: 1, name: 'x', node: file(2) }] }));
  await first.close();
  const upgraded = await openDB('newer-version', 3, { upgrade: (database) => void database.createObjectStore('more') });
  await upgraded.put('meta', { ...(await upgraded.get('meta', 'head')), format: 3 }, 'head');
  upgraded.close();
  const store = make('newer-version');
  expect((await store.open()).readOnly).toMatch(/format 3/);
  expect(await store.entries(1)).toHaveLength(1);
  await expect(store.commit(emptyBatch())).rejects.toMatchObject({ code: 'EROFS' });
  await store.close();
});

/** A database as version 1 made it. */
async function version1(name: string, workspace: Workspace1): Promise<void> {
  const stores = ['meta', 'entries', 'nodes', 'journal', 'packs'] as const;
  const database = await openDB(name, 1, { upgrade: (made) => stores.forEach((store) => made.createObjectStore(store)) });
  const transaction = database.transaction(stores, 'readwrite');
  await transaction.objectStore('meta').put(workspace.head, 'head');
  for (const store of ['entries', 'nodes', 'journal', 'packs'] as const) {
    for (const { key, value } of workspace[store]) await transaction.objectStore(store).put(value, key);
  }
  await transaction.done;
  database.close();
}

it('FM4 a database of version 1 becomes one of version 2 with the same tree and history', async () => {
  const { disk, shown } = await randomWorkspace(21, 30);
  await version1('old', await asFormat1(disk));
  const store = make('old');
  const { overlay, root } = await openOverlay(store, []);
  expect(show(await readAll(overlay, root))).toEqual(shown);
  const before = new MemoryStore(disk);
  await before.open();
  expect(await store.journal(1, 1e9)).toEqual(await before.journal(1, 1e9));
  expect(store.head()).toEqual({ ...before.head(), revision: 0, nextRun: 1 });
  expect(await store.layers()).toMatchObject([{ id: 1, kind: 'upper' }]);
  expect((await store.packIndex(1, 1e9)).length).toBeGreaterThan(0);
  await store.commit(emptyBatch({ entries: [{ parent: 1, name: 'later', node: file(2 ** 39) }] }));
  await store.close();
  const again = make('old');
  expect(await again.open()).toMatchObject({ format: 2, revision: 1 });
  await again.close();
  expect((await indexedDB.databases()).map(({ name, version }) => [name, version])).toEqual([['old', 2]]);
});

it('FM5 a migration that fails leaves the database of version 1 as it was', async () => {
  const { disk } = await randomWorkspace(22, 10);
  const workspace = await asFormat1(disk);
  await version1('broken', { ...workspace, nodes: [...workspace.nodes, { key: 2 ** 41, value: Uint8Array.of(9, 9) }] });
  await expect(make('broken').open()).rejects.toMatchObject({ code: 'EIO' });
  const database = await openDB('broken');
  expect([database.version, [...database.objectStoreNames]]).toEqual([1, ['entries', 'journal', 'meta', 'nodes', 'packs']]);
  expect(await database.getAllKeys('entries')).toEqual(workspace.entries.map(({ key }) => key));
  expect(await database.getAll('journal')).toEqual(workspace.journal.map(({ value }) => value));
  database.close();
});

it('FM6 a session that must not write does not migrate', async () => {
  const { disk } = await randomWorkspace(23, 3);
  await version1('follower', await asFormat1(disk));
  await expect(make('follower', { readOnly: 'another tab owns it' }).open()).rejects.toMatchObject({ code: 'EROFS', detail: expect.stringMatching(/older version/) });
  expect((await indexedDB.databases()).map(({ version }) => version)).toEqual([1]);
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
