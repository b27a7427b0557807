import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Machine } from '../../testing/machine.ts';
import { IdbStore } from './idb-store.ts';

const NAME = 'palimpsest:test';
let machine: Machine | undefined;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

afterEach(async () => {
  await machine?.dispose();
  machine = undefined;
});

const boot = async (): Promise<Machine> => (machine = await Machine.boot({
  openStore: (codec, format, onLost) => new IdbStore({ name: NAME, codec, format, onLost, estimate: async () => ({ usage: 1, quota: 2 }) }),
}));

/** Changes the database behind the kernel's back, by plain IndexedDB. */
async function damage(stores: string[], action: (transaction: IDBTransaction) => void): Promise<void> {
  const database = await answer(indexedDB.open(NAME));
  const transaction = database.transaction(stores, 'readwrite');
  action(transaction);
  await new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onabort = failed;
  });
  database.close();
}

const answer = <T>(request: IDBRequest<T>): Promise<T> => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error!);
});

/** Runs `action` on the first row that it wants. */
function each(store: IDBObjectStore, action: (cursor: IDBCursorWithValue) => void): void {
  const request = store.openCursor();
  request.onsuccess = () => {
    if (!request.result) return;
    action(request.result);
    request.result.continue();
  };
}

const named = (cursor: IDBCursorWithValue, name: string): boolean => (cursor.key as [number, number, string])[2] === name;

it('FS3 FS5 FS6 FS9 FS11 in IndexedDB: rows that cannot be read, rows, nodes and records that are missing, flipped bits, all at once', async () => {
  const first = await boot();
  const big = Uint8Array.from({ length: 200_000 }, (_, i) => Math.imul(i ^ (i >>> 7), 2654435761) >>> (9 + (i >>> 16)));
  await first.api.mkdir('/home/dir');
  await first.api.writeFile('/home/dir/inside', new TextEncoder().encode('inside'));
  await first.api.writeFile('/home/big', big);
  await first.api.writeFile('/home/garbled', new TextEncoder().encode('garbled'));
  await first.api.writeFile('/home/linked', new TextEncoder().encode('linked'));
  expect(await first.run('/bin/ln', ['/home/linked', '/home/second'])).toMatchObject({ code: 0, stderr: '' });
  await first.dispose();
  machine = undefined;

  await damage(['entries', 'nodes', 'packs', 'packIndex'], (transaction) => {
    each(transaction.objectStore('entries'), (cursor) => {
      if (named(cursor, 'dir')) cursor.delete();
      if (named(cursor, 'garbled')) cursor.update(Uint8Array.from([255, 255, 255]));
    });
    each(transaction.objectStore('nodes'), (cursor) => {
      if ((cursor.key as [number, number])[1] !== 1) cursor.update(Uint8Array.from([7]));
    });
    each(transaction.objectStore('packs'), (cursor) => {
      const bytes = new Uint8Array(cursor.value as ArrayBuffer);
      // The second block of the big file, wherever it was put.
      const at = Buffer.from(bytes).indexOf(big.slice(65_536, 65_600));
      if (at < 0) return;
      bytes[at + 70] = bytes[at + 70]! ^ 1;
      cursor.update(bytes.buffer);
    });
    each(transaction.objectStore('packIndex'), (cursor) => void cursor.update(Uint8Array.from([3])));
  });

  const system = await boot();
  const mended = await system.api.fsck({ repair: true });
  const kinds = new Set(mended.faults.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(['block', 'dangling', 'entry', 'index', 'orphan', 'past']);
  expect(mended.clean).toBe(true);
  await system.dispose();

  const after = await boot();
  const text = async (path: string): Promise<string> => new TextDecoder().decode(await after.api.readFile(path));
  expect(await text('/home/garbled')).toBe('garbled');
  expect(await text('/home/linked')).toBe('linked');
  expect(await text('/home/second')).toBe('linked');
  const lost = (await after.api.readdir('/lost+found')).map(({ name }) => name);
  const directory = lost.find((name) => name.startsWith('directory'));
  expect(await text(`/lost+found/${directory}/inside`)).toBe('inside');
  const left = await after.api.readFile('/lost+found/home big');
  expect(left.length).toBe(big.length);
  const same = (from: number, to: number): boolean => Buffer.compare(left.slice(from, to), big.slice(from, to)) === 0;
  expect([same(0, 65_536), same(65_536, 131_072), same(131_072, 200_000)]).toEqual([true, false, true]);
  expect(left.slice(65_536, 131_072).every((byte) => byte === 0)).toBe(true);
  expect((await after.api.fsck()).faults.filter(({ kind }) => kind !== 'past')).toEqual([]);
}, 20_000);

it('FS6 FS10 in IndexedDB: a journal that cannot be read, and one with a gap', async () => {
  for (const garbled of [true, false]) {
    const first = await boot();
    for (const name of ['a', 'b', 'c']) await first.api.writeFile(`/home/${garbled}-${name}`, new TextEncoder().encode(name));
    await first.dispose();
    machine = undefined;
    await damage(['journal'], (transaction) => {
      let seen = 0;
      each(transaction.objectStore('journal'), (cursor) => {
        seen += 1;
        if (seen !== 2) return;
        if (garbled) cursor.update(Uint8Array.from([99, 99]));
        else cursor.delete();
      });
    });
    const system = await boot();
    const mended = await system.api.fsck({ repair: true });
    expect(mended).toMatchObject({ clean: true, reload: true, faults: [{ kind: 'journal', path: '[journal]' }] });
    await system.dispose();
    const after = await boot();
    expect(await after.api.fsck()).toMatchObject({ clean: true, faults: [] });
    await after.dispose();
    machine = undefined;
  }
}, 20_000);
