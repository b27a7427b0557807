import type { BackupParts, BackupRecord } from './backup.ts';

const NAME = 'palimpsest-backup';
const STORE = 'backup';
const KEY = 'record';

const answer = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error ?? new Error('the database failed'));
});

async function withStore<T>(mode: IDBTransactionMode, action: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await answer(opening);
  try {
    return await answer(action(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

/** Where the file's handle is kept: a database of its own, as a handle can be nowhere else. A browser that cannot keep it forgets it with the page. */
export const backupRecords: Pick<BackupParts, 'load' | 'save'> = {
  load: async () => ((await withStore('readonly', (store) => store.get(KEY)).catch(() => null)) as BackupRecord | null | undefined) ?? null,
  save: async (record) => {
    await withStore<unknown>('readwrite', (store): IDBRequest => (record ? store.put(record, KEY) : store.delete(KEY))).catch(() => undefined);
  },
};
