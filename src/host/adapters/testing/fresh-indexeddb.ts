import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, vi } from 'vitest';

/** Each test of the file has an IndexedDB of its own, with nothing in it; its spies and stubs go with it. */
export function freshIndexedDb(): void {
  beforeEach(async () => {
    const { IDBCursor, IDBDatabase, IDBIndex, IDBKeyRange, IDBObjectStore, IDBRequest, IDBTransaction } = await import('fake-indexeddb');
    for (const [name, value] of Object.entries({ IDBCursor, IDBDatabase, IDBIndex, IDBKeyRange, IDBObjectStore, IDBRequest, IDBTransaction })) {
      vi.stubGlobal(name, value);
    }
    vi.stubGlobal('indexedDB', new IDBFactory());
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
}
