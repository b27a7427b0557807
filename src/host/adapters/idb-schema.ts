import type { DBSchema, IDBPDatabase } from 'idb';
import type { StoreHead } from '../../kernel/contract/index.ts';

/** Object stores of a workspace, all with keys out of line; see kernel/storage/FORMAT.md. */
export interface WorkspaceSchema extends DBSchema {
  meta: { key: string; value: StoreHead };
  entries: { key: [number, string]; value: Uint8Array<ArrayBuffer> };
  nodes: { key: number; value: Uint8Array<ArrayBuffer> };
  /** By the sequence number of the first record. */
  journal: { key: number; value: Uint8Array<ArrayBuffer> };
  packs: { key: number; value: ArrayBuffer };
}

export const STORES = ['meta', 'entries', 'nodes', 'journal', 'packs'] as const;

export function createStores(database: IDBPDatabase<WorkspaceSchema>, from: number): void {
  if (from < 1) for (const name of STORES) database.createObjectStore(name);
}
