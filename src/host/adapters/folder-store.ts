import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { FolderListing, FolderRecord, FolderStore } from '../../kernel/contract/index.ts';
import { idbError } from './idb-errors.ts';

/** Keys out of line. */
interface FoldersSchema extends DBSchema {
  /** `nextId`. */
  meta: { key: string; value: number };
  folders: { key: number; value: FolderRecord };
  /** How many items of its commit are done. */
  done: { key: number; value: number };
  /** By folder and directory. */
  listings: { key: [number, string]; value: FolderListing };
  /** References whose parts are all there. */
  kept: { key: string; value: true };
  parts: { key: [string, number]; value: ArrayBuffer };
}

const STORES = ['meta', 'folders', 'done', 'listings', 'kept', 'parts'] as const;
const VERSION = 1;

/** What is remembered of folders, in an IndexedDB database of its own: handles are objects that only a browser can store. */
export class IdbFolderStore implements FolderStore {
  readonly #name: string;
  #opened: Promise<IDBPDatabase<FoldersSchema>> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  records(): Promise<FolderRecord[]> {
    return this.#do('records', (database) => database.getAll('folders'));
  }

  nextId(): Promise<number> {
    return this.#do('nextId', async (database) => {
      const transaction = database.transaction('meta', 'readwrite', { durability: 'strict' });
      const id = (await transaction.store.get('nextId')) ?? 1;
      await Promise.all([transaction.store.put(id + 1, 'nextId'), transaction.done]);
      return id;
    });
  }

  put(record: FolderRecord): Promise<void> {
    return this.#do('put', async (database) => {
      const transaction = database.transaction('folders', 'readwrite', { durability: 'strict' });
      await Promise.all([transaction.store.put(record, record.id), transaction.done]);
    });
  }

  done(id: number): Promise<number> {
    return this.#do('done', async (database) => (await database.get('done', id)) ?? 0);
  }

  putDone(id: number, done: number): Promise<void> {
    return this.#do('putDone', async (database) => void (await database.put('done', done, id)));
  }

  drop(id: number): Promise<void> {
    return this.#do('drop', async (database) => {
      const transaction = database.transaction(['folders', 'done', 'listings'], 'readwrite');
      await Promise.all([
        transaction.objectStore('folders').delete(id), transaction.objectStore('done').delete(id),
        transaction.objectStore('listings').delete(allOf(id)), transaction.done,
      ]);
    });
  }

  listings(id: number): Promise<Map<string, FolderListing>> {
    return this.#do('listings', async (database) => {
      const transaction = database.transaction('listings');
      const [keys, values] = await Promise.all([transaction.store.getAllKeys(allOf(id)), transaction.store.getAll(allOf(id))]);
      return new Map(keys.map(([, dir], at) => [dir, values[at]!]));
    });
  }

  putListings(id: number, listings: ReadonlyMap<string, FolderListing | null>, all = false): Promise<void> {
    return this.#do('putListings', async (database) => {
      const transaction = database.transaction('listings', 'readwrite', { durability: 'strict' });
      const work: Promise<unknown>[] = [transaction.done];
      if (all) work.push(transaction.store.delete(allOf(id)));
      for (const [dir, listing] of listings) work.push(listing ? transaction.store.put(listing, [id, dir]) : transaction.store.delete([id, dir]));
      await Promise.all(work);
    });
  }

  kept(): Promise<string[]> {
    return this.#do('kept', (database) => database.getAllKeys('kept'));
  }

  keep(reference: string, part: number, bytes: Uint8Array): Promise<void> {
    return this.#do('keep', async (database) => void (await database.put('parts', bytes.slice().buffer, [reference, part])));
  }

  setKept(reference: string): Promise<void> {
    return this.#do('setKept', async (database) => {
      // Strict: what comes next destroys the only other copy.
      const transaction = database.transaction('kept', 'readwrite', { durability: 'strict' });
      await Promise.all([transaction.store.put(true, reference), transaction.done]);
    });
  }

  keptPart(reference: string, part: number): Promise<Uint8Array | undefined> {
    return this.#do('keptPart', async (database) => {
      const bytes = await database.get('parts', [reference, part]);
      return bytes && new Uint8Array(bytes);
    });
  }

  async #do<T>(operation: string, work: (database: IDBPDatabase<FoldersSchema>) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#open());
    } catch (error) {
      throw idbError(operation, error);
    }
  }

  /** Opened when it is first needed; again after the browser closed it, or another tab wanted it away. */
  #open(): Promise<IDBPDatabase<FoldersSchema>> {
    const forget = (): void => { this.#opened = undefined; };
    this.#opened ??= openDB<FoldersSchema>(this.#name, VERSION, {
      upgrade: (database, from) => {
        if (from < 1) for (const name of STORES) database.createObjectStore(name);
      },
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        forget();
      },
      terminated: forget,
    });
    this.#opened.catch(forget);
    return this.#opened;
  }
}

const allOf = (id: number): IDBKeyRange => IDBKeyRange.bound([id], [id + 1], false, true);
