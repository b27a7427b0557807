import { openDB, unwrap, type IDBPDatabase } from 'idb';
import { FsError } from '../../shared/base/index.ts';
import type {
  ChunkRef, EntryRecord, JournalRecord, NodeRecord, RecordCodec, Store, StoreBatch, StoreHead,
} from '../../kernel/contract/index.ts';
import { idbError, openFailure } from './idb-errors.ts';
import { createStores, STORES, type WorkspaceSchema } from './idb-schema.ts';
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
  /** Another tab holds an older version open; opening waits for it. */
  onBlocked?: () => void;
  /** Why this session must not write (another tab owns the workspace). Default: it may. */
  readOnly?: string;
  /** Milliseconds to wait for the database to open. Default 5000. */
  patience?: number;
  /** For tests. Default: `navigator.storage.estimate()`. */
  estimate?: () => Promise<{ usage?: number; quota?: number }>;
}

type Database = IDBPDatabase<WorkspaceSchema>;
const HEAD = 'head';
const PATIENCE = 5000;
/** Records in one value of the journal, at most; bounds what must be decoded to read one. */
const SEGMENT_RECORDS = 4096;

/** The store in IndexedDB: one `readwrite` transaction for each batch. Layout in kernel/storage/FORMAT.md. */
export class IdbStore implements Store {
  readonly #options: IdbStoreOptions;
  readonly #packs = new PackCache();
  #database: Database | undefined;
  #head: StoreHead = { format: 0, seq: 0, nextIno: 2, nextPack: 1, clean: true };
  /** Of the last commit that was asked for. */
  #seq = 0;
  #lost: string | undefined;

  constructor(options: IdbStoreOptions) {
    this.#options = options;
  }

  async open(): Promise<StoreHead> {
    this.#database = await this.#openDatabase();
    const { format, readOnly } = this.#options;
    const head = await this.#run('open', async (database) => database.get('meta', HEAD));
    this.#head = head ?? { ...this.#head, format };
    this.#seq = this.#head.seq;
    delete this.#head.readOnly;
    if (readOnly !== undefined) this.#head.readOnly = readOnly;
    if (this.#head.format > format) {
      this.#head.readOnly = `the workspace has format ${this.#head.format}, this version knows up to ${format}`;
    }
    return { ...this.#head };
  }

  commit(batch: StoreBatch): Promise<void> {
    return this.#run('commit', async (database) => {
      if (this.#head.readOnly) throw new FsError('EROFS', 'commit', undefined, { detail: this.#head.readOnly });
      const expected = this.#seq;
      const seq = batch.journal.at(-1)?.seq ?? expected;
      const head: StoreHead = {
        format: this.#options.format, clean: false, nextIno: batch.nextIno, nextPack: batch.nextPack, seq,
      };
      this.#seq = seq;
      try {
        await this.#transact(database, batch, head, expected);
        this.#head = head;
      } catch (error) {
        this.#seq = this.#head.seq;
        throw error;
      }
    });
  }

  /** Rule ST14: a commit that does not follow the stored head is another owner's; it is undone as a whole. */
  async #transact(database: Database, batch: StoreBatch, head: StoreHead, expected: number): Promise<void> {
    const { durability } = batch;
    const transaction = unwrap(database).transaction([...STORES], 'readwrite', { durability });
    let overtaken = false;
    const stored: IDBRequest<StoreHead | undefined> = transaction.objectStore('meta').get(HEAD);
    stored.onsuccess = () => {
      overtaken = (stored.result?.seq ?? 0) !== expected;
      if (overtaken) transaction.abort();
      else transaction.commit();
    };
    const done = completion(transaction);
    try {
      this.#put(transaction, batch, head);
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

  entries(parent: number): Promise<EntryRecord[]> {
    return this.#run('entries', async (database) => {
      const values = await database.getAll('entries', IDBKeyRange.bound([parent], [parent, []]));
      return values.map((bytes) => this.#options.codec.decodeEntry(parent, bytes));
    });
  }

  countEntries(): Promise<number> {
    return this.#run('count', async (database) => database.count('entries'));
  }

  node(ino: number): Promise<NodeRecord | undefined> {
    return this.#run('node', async (database) => {
      const bytes = await database.get('nodes', ino);
      return bytes && this.#options.codec.decodeNode(bytes);
    });
  }

  async chunk(ref: ChunkRef): Promise<Uint8Array> {
    const bytes = await this.#packs.get(ref.pack, (pack) => this.#run('chunk', async (database) => database.get('packs', pack)));
    if (bytes && bytes.byteLength >= ref.offset + ref.length) return new Uint8Array(bytes, ref.offset, ref.length);
    throw new FsError('EIO', 'chunk', undefined, {
      detail: `chunk ${ref.hash.slice(0, 12)} of ${ref.length} bytes is not at ${ref.offset} of pack ${ref.pack}`,
    });
  }

  journal(from: number, limit: number): Promise<JournalRecord[]> {
    return this.#run('journal', async (database) => {
      const first = await database.transaction('journal').store.openKeyCursor(IDBKeyRange.upperBound(from), 'prev');
      const records: JournalRecord[] = [];
      let cursor = await database.transaction('journal').store.openCursor(IDBKeyRange.lowerBound(first?.key ?? from));
      for (; cursor && records.length < limit; cursor = await cursor.continue()) {
        for (const record of this.#options.codec.decodeSegment(cursor.value)) if (record.seq >= from) records.push(record);
      }
      return records.slice(0, limit);
    });
  }

  async usage(): Promise<{ usage: number; quota: number }> {
    const estimate = this.#options.estimate ?? (() => navigator.storage.estimate());
    const { usage, quota } = await estimate().catch((cause: unknown) => {
      throw new FsError('EIO', 'usage', undefined, { cause });
    });
    return { usage: usage ?? 0, quota: quota ?? 0 };
  }

  async close(): Promise<void> {
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

  #openDatabase(): Promise<Database> {
    const { name, onBlocked, patience = PATIENCE } = this.#options;
    const opening = openDB<WorkspaceSchema>(name, 1, {
      upgrade: createStores,
      blocked: () => onBlocked?.(),
      blocking: () => {
        this.#lose('another tab deletes or upgrades this workspace');
        this.#database?.close();
      },
      terminated: () => this.#lose('the browser closed the database: it was deleted or its storage failed'),
    });
    return withPatience(opening, patience).catch((error: unknown) => {
      throw openFailure(name, error);
    });
  }

  /** Requests are not listened to one by one: an error of any of them aborts the transaction, which is listened to. */
  #put(transaction: IDBTransaction, batch: StoreBatch, head: StoreHead): void {
    const { codec } = this.#options;
    const entries = transaction.objectStore('entries');
    const nodes = transaction.objectStore('nodes');
    const packs = transaction.objectStore('packs');
    const journal = transaction.objectStore('journal');
    for (const { id, bytes } of batch.packs) packs.put(wholeBuffer(bytes), id);
    for (const { parent, name } of batch.removed) entries.delete([parent, name]);
    for (const entry of batch.entries) entries.put(codec.encodeEntry(entry), [entry.parent, entry.name]);
    for (const ino of batch.droppedNodes) nodes.delete(ino);
    for (const node of batch.nodes) nodes.put(codec.encodeNode(node), node.ino);
    for (let at = 0; at < batch.journal.length; at += SEGMENT_RECORDS) {
      const records = batch.journal.slice(at, at + SEGMENT_RECORDS);
      journal.put(codec.encodeSegment(records), records[0]?.seq);
    }
    transaction.objectStore('meta').put(head, HEAD);
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
    this.#options.onLost?.(reason);
  }
}

/** A pack is stored as an ArrayBuffer; copied only if the view does not cover one. */
function wholeBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length ? buffer : bytes.slice().buffer;
}

/** A database that opens after all is closed again: somebody has gone on without it. */
async function withPatience(opening: Promise<Database>, patience: number): Promise<Database> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      opening.then((database) => database.close(), () => undefined);
      reject(new Error(`the database did not answer within ${patience / 1000} s; another tab may hold it`));
    }, patience);
  });
  return Promise.race([opening, late]).finally(() => clearTimeout(timer));
}

function completion(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException('the transaction was aborted', 'AbortError'));
  });
}
