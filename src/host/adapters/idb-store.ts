import { unwrap } from 'idb';
import { FsError } from '../../shared/base/index.ts';
import {
  EMPTY_HEAD, headAfter, type ChunkRef, type EntryRecord, type JournalRecord, type LayerRecord, type NodeRecord, type OnDamaged, type PackRow, type RecordCodec,
  type RunRecord, type SnapshotRecord, type Store, type StoreBatch, type StoreHead,
} from '../../kernel/contract/index.ts';
import { putBatch, settingKey } from './idb-batch.ts';
import { idbError } from './idb-errors.ts';
import { openDatabase, type Database } from './idb-open.ts';
import { HEAD, STORES } from './idb-schema.ts';
import { PackCache } from './pack-cache.ts';

export interface IdbStoreOptions {
  /** Of the database, one for each workspace. */
  name: string;
  codec: RecordCodec;
  /** Format that the codec writes; a store with a newer one is opened read-only. */
  format: number;
  /**
   * The store cannot be used any more: the database was deleted or closed under us, or another version wants it.
   * Called at most once; operations fail with EIO from then on.
   */
  onLost?: (reason: string) => void;
  /** A batch is in the store, for those who follow it. */
  onCommitted?: () => void;
  /** Another tab holds an older version open; opening waits for it. */
  onBlocked?: () => void;
  /** Why this session must not write (another tab owns the workspace). Default: it may. */
  readOnly?: string;
  /** Milliseconds to wait for the database to open; the time of a migration does not count. Default 10 000. */
  patience?: number;
  /** For tests. Default: `navigator.storage.estimate()`. */
  estimate?: () => Promise<{ usage?: number; quota?: number }>;
}

/** The store in IndexedDB: one `readwrite` transaction for each batch. Layout in kernel/storage/FORMAT.md. */
export class IdbStore implements Store {
  readonly #options: IdbStoreOptions;
  readonly #packs = new PackCache();
  #database: Database | undefined;
  #head: StoreHead = EMPTY_HEAD;
  /** Commits are made one after the other: each is checked against the one before. */
  #tail: Promise<unknown> = Promise.resolve();
  #lost: string | undefined;

  constructor(options: IdbStoreOptions) {
    this.#options = options;
  }

  async open(): Promise<StoreHead> {
    const { name, codec, format, readOnly, onBlocked, patience } = this.#options;
    this.#database = await openDatabase({
      name, codec, patience, onBlocked, readOnly: readOnly !== undefined,
      onLost: (reason) => this.#lose(reason),
    });
    const head = await this.#run('open', async (database) => database.get('meta', HEAD));
    const { readOnly: _, ...stored } = { ...EMPTY_HEAD, format, ...(head as StoreHead | undefined) };
    this.#head = stored;
    if (readOnly !== undefined) this.#head.readOnly = readOnly;
    if (stored.format > format) {
      this.#head.readOnly = newerFormat(stored.format, format);
    }
    return this.head();
  }

  head(): StoreHead {
    return { ...this.#head };
  }

  async refresh(readOnly: string | null = this.#head.readOnly ?? null): Promise<StoreHead> {
    await this.#tail;
    const stored = (await this.#run('open', async (database) => database.get('meta', HEAD))) as StoreHead | undefined;
    const { format } = this.#options;
    const { readOnly: _, ...head } = { ...EMPTY_HEAD, format, ...stored };
    const newer = head.format > format ? newerFormat(head.format, format) : null;
    this.#head = newer ?? readOnly ? { ...head, readOnly: newer ?? readOnly ?? '' } : head;
    return this.head();
  }

  commit(batch: StoreBatch): Promise<void> {
    const done = this.#tail.then(() => this.#commit(batch));
    this.#tail = done.catch(() => undefined);
    return done;
  }

  #commit(batch: StoreBatch): Promise<void> {
    return this.#run('commit', async (database) => {
      if (this.#head.readOnly) throw new FsError('EROFS', 'commit', undefined, { detail: this.#head.readOnly });
      const head = headAfter(this.#head, batch, this.#options.format);
      // A workspace in which nothing has happened takes no room; its layer's record comes with the first batch.
      const first = this.#head.revision === 0 && !batch.layers;
      await this.#transact(database, first ? { ...batch, layers: [...(await this.layers())] } : batch, head);
      this.#head = head;
      for (const pack of batch.droppedPacks ?? []) this.#packs.drop(pack);
      this.#options.onCommitted?.();
    });
  }

  /** Rule ST14: a commit that does not follow the stored head is another owner's; it is undone as a whole. */
  async #transact(database: Database, batch: StoreBatch, head: StoreHead): Promise<void> {
    const { durability } = batch;
    const { codec } = this.#options;
    const { revision: expected, upper } = this.#head;
    const transaction = unwrap(database).transaction([...STORES], 'readwrite', { durability });
    let overtaken = false;
    let asked = false;
    const stored: IDBRequest<StoreHead | undefined> = transaction.objectStore('meta').get(HEAD);
    stored.onsuccess = () => {
      overtaken = (stored.result?.revision ?? 0) !== expected;
      if (overtaken) transaction.abort();
      else if (asked) transaction.commit();
    };
    const done = completion(transaction);
    try {
      asked = putBatch(transaction, batch, { head, upper, codec });
    } catch (error) {
      done.catch(() => undefined);
      transaction.abort();
      throw error;
    }
    await done.catch((error: unknown) => {
      if (!overtaken) throw error;
      this.#lose('another tab has taken over this workspace');
      throw new FsError('EIO', 'commit', undefined, { detail: this.#lost ?? '', cause: error });
    });
  }

  entries(parent: number, layer = this.#head.upper): Promise<EntryRecord[]> {
    return this.#run('entries', async (database) => {
      const values = await database.getAll('entries', IDBKeyRange.bound([layer, parent], [layer, parent, []]));
      return values.map((bytes) => this.#options.codec.decodeEntry(parent, bytes));
    });
  }

  countEntries(layer = this.#head.upper): Promise<number> {
    return this.#run('count', async (database) => database.count('entries', IDBKeyRange.bound([layer], [layer, []])));
  }

  node(ino: number, layer = this.#head.upper): Promise<NodeRecord | undefined> {
    return this.#run('node', async (database) => {
      const bytes = await database.get('nodes', [layer, ino]);
      return bytes && this.#options.codec.decodeNode(bytes);
    });
  }

  scanEntries(layer: number, after: { parent: number; name: string } | null, limit: number, damaged?: OnDamaged): Promise<EntryRecord[]> {
    return this.#run('scan', async (database) => {
      const from = after ? [layer, after.parent, after.name] : [layer];
      const range = IDBKeyRange.bound(from, [layer, []], true);
      const { store } = database.transaction('entries');
      const [keys, values] = await Promise.all([store.getAllKeys(range, limit), store.getAll(range, limit)]);
      const decode = (bytes: Uint8Array, i: number): EntryRecord => this.#options.codec.decodeEntry(keys[i]![1], bytes);
      return decodeAll(values, decode, (i) => damaged?.({ table: 'entries', layer, parent: keys[i]![1], name: keys[i]![2] }), damaged);
    });
  }

  scanNodes(layer: number, after: number, limit: number, damaged?: OnDamaged): Promise<NodeRecord[]> {
    return this.#run('scan', async (database) => {
      const range = IDBKeyRange.bound([layer, after], [layer, []], true);
      const { store } = database.transaction('nodes');
      const [keys, values] = await Promise.all([store.getAllKeys(range, limit), store.getAll(range, limit)]);
      return decodeAll(values, this.#options.codec.decodeNode, (i) => damaged?.({ table: 'nodes', layer, ino: keys[i]![1] }), damaged);
    });
  }

  async chunk(ref: ChunkRef): Promise<Uint8Array> {
    const bytes = await this.#packs.get(ref.pack, (pack) => this.#run('chunk', async (database) => database.get('packs', pack)));
    if (bytes && bytes.byteLength >= ref.offset + ref.length) return new Uint8Array(bytes, ref.offset, ref.length);
    throw new FsError('EIO', 'chunk', undefined, {
      detail: `chunk ${ref.hash.slice(0, 12)} of ${ref.length} bytes is not at ${ref.offset} of pack ${ref.pack}`,
    });
  }

  journal(from: number, limit: number, damaged?: OnDamaged): Promise<JournalRecord[]> {
    return this.#run('journal', async (database) => {
      const start = Math.max(from, this.#head.oldest);
      const { store } = database.transaction('journal');
      const first = await store.openKeyCursor(IDBKeyRange.upperBound(start), 'prev');
      const records: JournalRecord[] = [];
      let cursor = await store.openCursor(IDBKeyRange.lowerBound(first?.key ?? start));
      for (; cursor && records.length < limit; cursor = await cursor.continue()) {
        const seq = cursor.key;
        const [segment = []] = decodeAll([cursor.value], this.#options.codec.decodeSegment, () => damaged?.({ table: 'journal', seq }), damaged);
        for (const record of segment) if (record.seq >= start) records.push(record);
      }
      return records.slice(0, limit);
    });
  }

  layers(): Promise<LayerRecord[]> {
    return this.#run('layers', async (database) => {
      const layers = await database.getAll('layers');
      return layers.length > 0 ? layers : [firstLayer(this.#head.upper)];
    });
  }

  runs(from: number, limit: number): Promise<RunRecord[]> {
    return this.#run('runs', async (database) => database.getAll('runs', IDBKeyRange.lowerBound(from), limit));
  }

  snapshots(): Promise<SnapshotRecord[]> {
    return this.#run('snapshots', async (database) => database.getAll('snapshots'));
  }

  setting(key: string): Promise<unknown> {
    return this.#run('setting', async (database) => database.get('meta', settingKey(key)));
  }

  packIndex(from: number, limit: number, damaged?: OnDamaged): Promise<PackRow[]> {
    return this.#run('index', async (database) => {
      const { store } = database.transaction('packIndex');
      const range = IDBKeyRange.lowerBound(from);
      const [keys, values] = await Promise.all([store.getAllKeys(range, limit), store.getAll(range, limit)]);
      const decode = (bytes: Uint8Array, i: number): PackRow => ({ pack: keys[i]!, chunks: this.#options.codec.decodePack(bytes) });
      return decodeAll(values, decode, (i) => damaged?.({ table: 'packIndex', pack: keys[i]! }), damaged);
    });
  }

  still<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(action);
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async usage(): Promise<{ usage: number; quota: number }> {
    const estimate = this.#options.estimate ?? (() => navigator.storage.estimate());
    const { usage, quota } = await estimate().catch((cause: unknown) => {
      throw new FsError('EIO', 'usage', undefined, { cause });
    });
    return { usage: usage ?? 0, quota: quota ?? 0 };
  }

  async close(): Promise<void> {
    await this.#tail;
    const database = this.#database;
    if (!database) return;
    if (!this.#lost && !this.#head.readOnly) {
      await this.#run('close', async () => {
        const transaction = database.transaction('meta', 'readwrite', { durability: 'strict' });
        await transaction.store.put({ ...this.#head, clean: true }, HEAD);
        await transaction.done;
      });
    }
    this.#database = undefined;
    database.close();
  }

  async #run<T>(operation: string, action: (database: Database) => Promise<T>): Promise<T> {
    const database = this.#database;
    if (this.#lost || !database) throw new FsError('EIO', operation, undefined, { detail: this.#lost ?? 'the store is not open' });
    try {
      return await action(database);
    } catch (error) {
      throw idbError(operation, error, this.#lost);
    }
  }

  #lose(reason: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    this.#database?.close();
    this.#options.onLost?.(reason);
  }
}

const firstLayer = (id: number): LayerRecord => ({ id, name: 'upper', kind: 'upper', created: Date.now() });

/** Values that cannot be decoded are told one by one if somebody listens; else the first is an error of all. */
function decodeAll<T>(values: readonly Uint8Array[], decode: (bytes: Uint8Array, i: number) => T, tell: (i: number) => void, tolerant: unknown): T[] {
  return values.flatMap((bytes, i) => {
    try {
      return [decode(bytes, i)];
    } catch (error) {
      if (tolerant === undefined) throw error;
      tell(i);
      return [];
    }
  });
}

function completion(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException('the transaction was aborted', 'AbortError'));
  });
}

const newerFormat = (stored: number, known: number): string => `the workspace has format ${stored}, this version knows up to ${known}`;
