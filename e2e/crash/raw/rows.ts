import type { Page } from '@playwright/test';

/** The database as it is, values undecoded. */
export interface RawDatabase {
  head: { format: number; seq: number; oldest: number; nextIno: number; nextPack: number; upper: number; stack: number[] };
  entries: { key: [number, number, string]; value: Uint8Array }[];
  nodes: { key: [number, number]; value: Uint8Array }[];
  /** By the first record's number, in order. */
  journal: Map<number, Uint8Array>;
  packs: Map<number, Uint8Array>;
  packIndex: Map<number, Uint8Array>;
}

/** What never changes once it is written need not be fetched twice. */
export type Cache = Pick<RawDatabase, 'journal' | 'packs' | 'packIndex'>;

export const emptyCache = (): Cache => ({ journal: new Map(), packs: new Map(), packIndex: new Map() });

/**
 * Reads the database by plain IndexedDB in a page of the same origin that does not run the kernel.
 * Null if there is none.
 */
export async function readDatabase(page: Page, name: string, cache: Cache): Promise<RawDatabase | null> {
  const got = await page.evaluate(async ({ database: wanted, known }) => {
    if (!(await indexedDB.databases()).some((database) => database.name === wanted)) return null;
    const answer = <T>(request: IDBRequest<T>): Promise<T> => new Promise((done, fail) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    const text = (value: ArrayBuffer | Uint8Array): string => {
      const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
      let binary = '';
      for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
      return btoa(binary);
    };
    // What was killed may hold the files for a moment longer.
    const open = async (tries: number): Promise<IDBDatabase> => answer(indexedDB.open(wanted)).catch(async (error: unknown) => {
      if (tries === 0) throw error;
      await new Promise((done) => setTimeout(done, 300));
      return open(tries - 1);
    });
    const database = await open(20);
    const store = (of: string): IDBObjectStore => database.transaction(of).objectStore(of);
    const all = async (of: string) => {
      const [keys, values] = await Promise.all([answer(store(of).getAllKeys()), answer(store(of).getAll())]);
      return keys.map((key, i) => ({ key, value: text(values[i]) }));
    };
    const fresh = async (of: 'journal' | 'packs' | 'packIndex') => {
      const keys = (await answer(store(of).getAllKeys())) as number[];
      const values: [number, string][] = [];
      for (const key of keys) if (!known[of].includes(key)) values.push([key, text(await answer(store(of).get(key)))]);
      return { keys, values };
    };
    const found = {
      head: await answer(store('meta').get('head')),
      entries: await all('entries'), nodes: await all('nodes'),
      journal: await fresh('journal'), packs: await fresh('packs'), packIndex: await fresh('packIndex'),
    };
    database.close();
    return JSON.stringify(found);
  }, { database: name, known: { journal: [...cache.journal.keys()], packs: [...cache.packs.keys()], packIndex: [...cache.packIndex.keys()] } });
  if (got === null) return null;
  const found = JSON.parse(got);
  const rows = <Key>(list: { key: Key; value: string }[]) => list.map(({ key, value }) => ({ key, value: Buffer.from(value, 'base64') as Uint8Array }));
  for (const store of ['journal', 'packs', 'packIndex'] as const) {
    const { keys, values } = found[store] as { keys: number[]; values: [number, string][] };
    for (const [key, value] of values) cache[store].set(key, Buffer.from(value, 'base64'));
    for (const key of cache[store].keys()) if (!keys.includes(key)) cache[store].delete(key);
  }
  if (!found.head) return null;
  return { head: found.head, entries: rows<[number, number, string]>(found.entries), nodes: rows<[number, number]>(found.nodes), ...cache };
}
