import { openDB, unwrap, type DBSchema, type IDBPDatabase } from 'idb';
import { FsError } from '../../shared/base/index.ts';
import type { KvBackend, KvCommit, KvFound, KvKey, KvRange, KvSpace } from '../../kernel/contract/index.ts';
import { idbError } from './idb-errors.ts';

export interface IdbKvOptions {
  /** Of the database. */
  name: string;
  /** Keys as bytes, so that IndexedDB orders them as UTF-8. */
  encodeKey(key: string): Uint8Array<ArrayBuffer>;
  decodeKey(bytes: ArrayBuffer): string;
  /** The database was deleted, closed or taken over; operations fail with EIO from then on. */
  onLost?: (reason: string) => void;
}

type Key = [namespace: string, key: ArrayBuffer];

/** Object stores, keys out of line. A value above `INLINE` is in `blobs`, with its size in `entries`: so a size costs no reading. */
interface KvSchema extends DBSchema {
  entries: { key: Key; value: ArrayBuffer | number };
  blobs: { key: Key; value: ArrayBuffer };
  spaces: { key: string; value: KvSpace };
  /** `owner`: counts who opened it to write; the last one may. `succeeded:<owner>`: that one may not any more. */
  meta: { key: string; value: number };
}

const STORES = ['entries', 'blobs', 'spaces', 'meta'] as const;
const OWNER = 'owner';
const succeeded = (owner: number): string => `succeeded:${owner}`;
const INLINE = 65_536;
/** A zero before the key's bytes: an empty binary key would pass for a detached buffer in some implementations. */
const FIRST = 1;
/** Entries read in one request of a scan: at most 16 MiB. */
const STEP = 256;

/** Key-value pairs in an IndexedDB database of their own. */
export class IdbKvBackend implements KvBackend {
  readonly kind = 'indexeddb';
  readonly #options: IdbKvOptions;
  #database: IDBPDatabase<KvSchema> | undefined;
  /** Our number among the owners; 0: only reading. */
  #owner = 0;
  #lost: string | undefined;

  constructor(options: IdbKvOptions) {
    this.#options = options;
  }

  async open(owner: boolean): Promise<void> {
    const { name } = this.#options;
    this.#lost = undefined;
    const database = await openDB<KvSchema>(name, 1, {
      upgrade: (fresh) => {
        for (const store of STORES) fresh.createObjectStore(store);
      },
      blocking: (_now, next) => {
        database.close();
        this.#lose(next === null ? 'the key-value store was deleted' : 'a newer version of this page wants the key-value store');
      },
      terminated: () => this.#lose('the browser closed the key-value store'),
    }).catch((error: unknown) => {
      throw idbError('open', error);
    });
    this.#database = database;
    this.#owner = 0;
    if (owner) this.#owner = await this.#run('open', async () => this.#nextOwner(database));
  }

  async spaces(): Promise<Map<string, KvSpace>> {
    return this.#run('spaces', async (database) => {
      const { store } = database.transaction('spaces');
      const [names, spaces] = await Promise.all([store.getAllKeys(), store.getAll()]);
      return new Map(names.map((name, i) => [name, spaces[i]!]));
    });
  }

  async transact(keys: readonly KvKey[], plan: (sizes: readonly (number | undefined)[]) => KvCommit | null, durable: boolean): Promise<void> {
    await this.#run('commit', async (database) => {
      if (this.#owner === 0) throw new FsError('EROFS', 'commit', undefined, { detail: 'another tab owns the workspace' });
      const transaction = unwrap(database).transaction([...STORES], 'readwrite', { durability: durable ? 'strict' : 'relaxed' });
      const done = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new DOMException('the transaction was aborted', 'AbortError'));
      });
      const owned = this.#assertOwner(transaction);
      const failed = inside(transaction, keys.length === 0 ? null : (then) => this.#look(transaction, keys, then), (sizes) => {
        this.#put(transaction, plan(sizes));
        transaction.commit();
      });
      await done.catch((error: unknown) => {
        if (owned()) throw failed() ?? error;
        this.#lose('another tab has taken over this workspace');
        throw new FsError('EIO', 'commit', undefined, { detail: this.#lost ?? '', cause: error });
      });
    });
  }

  get(namespace: string, key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#run('get', async (database) => {
      const place = this.#place(namespace, key);
      const transaction = database.transaction(['entries', 'blobs']);
      const found = await transaction.objectStore('entries').get(place);
      const value = typeof found === 'number' ? await transaction.objectStore('blobs').get(place) : found;
      if (found !== undefined && !value) throw new FsError('EIO', 'get', undefined, { detail: `the value of ${key} is not stored` });
      return value && new Uint8Array(value);
    });
  }

  has(namespace: string, key: string): Promise<boolean> {
    return this.#run('has', async (database) => (await database.getKey('entries', this.#place(namespace, key))) !== undefined);
  }

  scan(namespace: string, range: KvRange): Promise<KvFound[]> {
    return this.#run('scan', async (database) => {
      const transaction = database.transaction(['entries', 'blobs']);
      const [entries, blobs] = [transaction.objectStore('entries'), transaction.objectStore('blobs')];
      const found: KvFound[] = [];
      let bounds: IDBKeyRange | null = this.#bounds(namespace, range.prefix, range.after);
      for (let bytes = 0; bounds && found.length < range.limit;) {
        const count = Math.min(STEP, range.limit - found.length);
        const [keys, values]: [Key[], (ArrayBuffer | number)[]] = await Promise.all([entries.getAllKeys(bounds, count), range.values ? entries.getAll(bounds, count) : []]);
        for (const [i, place] of keys.entries()) {
          const held = values[i];
          const size = held === undefined ? 0 : typeof held === 'number' ? held : held.byteLength;
          bytes += size;
          if (bytes > range.maxBytes && found.length > 0) return found;
          const value = typeof held === 'number' ? await blobs.get(place) : held;
          found.push({ key: this.#options.decodeKey(place[1].slice(FIRST)), size, ...(value && { value: new Uint8Array(value) }) });
        }
        const last = keys.at(-1);
        bounds = keys.length < count || !last ? null : this.#after(namespace, range.prefix, last);
      }
      return found;
    });
  }

  async close(): Promise<void> {
    this.#database?.close();
    this.#database = undefined;
    this.#owner = 0;
  }

  /** Sizes of what is stored; requests of a transaction are answered in order, so with the last one all are known. */
  #look(transaction: IDBTransaction, keys: readonly KvKey[], then: (sizes: (number | undefined)[]) => void): void {
    const entries = transaction.objectStore('entries');
    const sizes: (number | undefined)[] = [];
    keys.forEach(({ namespace, key }, i) => {
      const request: IDBRequest<ArrayBuffer | number | undefined> = entries.get(this.#place(namespace, key));
      request.onsuccess = () => {
        sizes[i] = typeof request.result === 'object' ? request.result.byteLength : request.result;
        if (i === keys.length - 1) then(sizes);
      };
    });
  }

  /**
   * The next owner leaves a mark under our number. An `add` in its place fails then, and with it the whole transaction; so nothing
   * must be waited for before the writes, as would be for a `get`. Returns whether it did not fail.
   */
  #assertOwner(transaction: IDBTransaction): () => boolean {
    const meta = transaction.objectStore('meta');
    let owned = true;
    meta.add(0, succeeded(this.#owner)).onerror = () => {
      owned = false;
    };
    meta.delete(succeeded(this.#owner));
    return () => owned;
  }

  #put(transaction: IDBTransaction, commit: KvCommit | null): void {
    if (!commit) return;
    const [entries, blobs, spaces] = [transaction.objectStore('entries'), transaction.objectStore('blobs'), transaction.objectStore('spaces')];
    for (const namespace of commit.cleared) {
      const all = IDBKeyRange.bound([namespace], [namespace, []]);
      entries.delete(all);
      blobs.delete(all);
    }
    for (const { namespace, key, value, replaces = 0 } of commit.writes) {
      const place = this.#place(namespace, key);
      const large = value !== null && value.length > INLINE;
      if (large) blobs.put(value.buffer, place);
      else if (replaces > INLINE) blobs.delete(place);
      if (value) entries.put(large ? value.length : value.buffer, place);
      else entries.delete(place);
    }
    for (const [namespace, space] of commit.spaces) {
      if (space) spaces.put(space, namespace);
      else spaces.delete(namespace);
    }
  }

  #place(namespace: string, key: string): Key {
    return [namespace, this.#bytes(key).buffer];
  }

  #bytes(key: string): Uint8Array<ArrayBuffer> {
    const encoded = this.#options.encodeKey(key);
    const bytes = new Uint8Array(FIRST + encoded.length);
    bytes.set(encoded, FIRST);
    return bytes;
  }

  #bounds(namespace: string, prefix: string, after?: string): IDBKeyRange | null {
    const first = this.#place(namespace, prefix);
    const end = this.#end(namespace, prefix);
    if (after === undefined) return IDBKeyRange.bound(first, end, false, true);
    const last = this.#place(namespace, after);
    if (indexedDB.cmp(last, end) >= 0) return null;
    return indexedDB.cmp(last, first) < 0 ? IDBKeyRange.bound(first, end, false, true) : IDBKeyRange.bound(last, end, true, true);
  }

  #after(namespace: string, prefix: string, last: Key): IDBKeyRange {
    return IDBKeyRange.bound(last, this.#end(namespace, prefix), true, true);
  }

  /** The end of what begins with the prefix: no UTF-8 has the byte 255. */
  #end(namespace: string, prefix: string): Key {
    const bytes = this.#bytes(prefix);
    bytes[bytes.length - 1]! += 1;
    return [namespace, bytes.buffer];
  }

  async #nextOwner(database: IDBPDatabase<KvSchema>): Promise<number> {
    const transaction = database.transaction('meta', 'readwrite', { durability: 'strict' });
    const owner = ((await transaction.store.get(OWNER)) ?? 0) + 1;
    await Promise.all([transaction.store.put(owner, OWNER), transaction.store.put(0, succeeded(owner - 1)), transaction.done]);
    return owner;
  }

  async #run<T>(operation: string, action: (database: IDBPDatabase<KvSchema>) => Promise<T>): Promise<T> {
    const database = this.#database;
    if (this.#lost !== undefined || !database) throw new FsError('EIO', operation, undefined, { detail: this.#lost ?? 'the store is not open' });
    try {
      return await action(database);
    } catch (error) {
      throw idbError(operation, error, this.#lost);
    }
  }

  #lose(reason: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    this.#options.onLost?.(reason);
  }
}

/** Looks, then acts; or acts at once. A failure of the action aborts the transaction; the result tells it. */
function inside(transaction: IDBTransaction, look: ((then: (sizes: (number | undefined)[]) => void) => void) | null, action: (sizes: (number | undefined)[]) => void): () => unknown {
  let failure: unknown;
  const act = (sizes: (number | undefined)[]): void => {
    try {
      action(sizes);
    } catch (error) {
      failure = error;
      transaction.abort();
    }
  };
  if (look) look(act);
  else act([]);
  return () => failure;
}
