import { unwrap, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb';
import type { LayerRecord, RecordCodec, RunRecord, SnapshotRecord, StoreHead } from '../../kernel/contract/index.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Object stores of a workspace, all with keys out of line; see kernel/storage/FORMAT.md. */
export interface WorkspaceSchema extends DBSchema {
  /** `head`, a StoreHead; `setting:…`, structured data. */
  meta: { key: string; value: unknown };
  layers: { key: number; value: LayerRecord };
  /** By layer, parent and name. */
  entries: { key: [number, number, string]; value: Bytes };
  /** By layer and inode number. */
  nodes: { key: [number, number]; value: Bytes };
  /** By the sequence number of the first record. */
  journal: { key: number; value: Bytes };
  runs: { key: number; value: RunRecord };
  snapshots: { key: string; value: SnapshotRecord };
  packs: { key: number; value: ArrayBuffer };
  packIndex: { key: number; value: Bytes };
}

export const DATABASE_VERSION = 2;
export const HEAD = 'head';
export const STORES = ['meta', 'layers', 'entries', 'nodes', 'journal', 'runs', 'snapshots', 'packs', 'packIndex'] as const;

type Upgrade = IDBPTransaction<WorkspaceSchema, StoreNames<WorkspaceSchema>[], 'versionchange'>;

/** Object stores of version 1 that had other keys. */
const REKEYED = ['entries', 'nodes'] as const;
/** Values of version 1 that are in memory at a time. */
const PAGE = 4096;

/** Makes or migrates the database in its upgrade transaction: whole, or not at all, for an error of any request aborts it. */
export async function upgradeStores(database: IDBPDatabase<WorkspaceSchema>, from: number, upgrade: Upgrade, codec: RecordCodec): Promise<void> {
  if (from === 1) for (const name of REKEYED) upgrade.objectStore(name).name = `${name}1` as typeof name;
  const present = new Set<string>(database.objectStoreNames);
  for (const name of STORES) if (!present.has(name)) database.createObjectStore(name);
  if (from === 1) await fromVersion1(database, upgrade, codec);
}

async function fromVersion1(database: IDBPDatabase<WorkspaceSchema>, upgrade: Upgrade, codec: RecordCodec): Promise<void> {
  const migration = codec.fromFormat1();
  const layer = migration.layer(Date.now());
  for (let cursor = await upgrade.objectStore('journal').openCursor(); cursor; cursor = await cursor.continue()) {
    await cursor.update(migration.segment(cursor.value));
  }
  // Requests that nobody waits for: an error of one aborts the transaction.
  const entries = unwrap(upgrade.objectStore('entries'));
  await forEachOld<[number, string]>(upgrade, 'entries1', ([parent, name], value) => {
    migration.entry(value);
    entries.put(value, [layer.id, parent, name]);
  });
  const nodes = unwrap(upgrade.objectStore('nodes'));
  await forEachOld<number>(upgrade, 'nodes1', (ino, value) => {
    migration.node(value);
    nodes.put(value, [layer.id, ino]);
  });
  for (const name of REKEYED) database.deleteObjectStore(`${name}1` as typeof name);
  const index = unwrap(upgrade.objectStore('packIndex'));
  for (const { pack, chunks } of migration.packs()) index.put(codec.encodePack(chunks), pack);
  await upgrade.objectStore('layers').put(layer, layer.id);
  const meta = upgrade.objectStore('meta');
  const head = await meta.get(HEAD);
  if (head) await meta.put(migration.head(head as StoreHead), HEAD);
}

async function forEachOld<Key extends IDBValidKey>(upgrade: Upgrade, name: string, action: (key: Key, value: Bytes) => void): Promise<void> {
  // A name of version 1, which the schema of this one does not have.
  const store = upgrade.objectStore(name as 'journal');
  for (let range: IDBKeyRange | null = null; ; ) {
    const [keys, values]: [Key[], Bytes[]] = await Promise.all([
      store.getAllKeys(range, PAGE) as unknown as Promise<Key[]>, store.getAll(range, PAGE),
    ]);
    for (const [i, key] of keys.entries()) action(key, values[i]!);
    const last = keys.at(-1);
    if (last === undefined || keys.length < PAGE) return;
    range = IDBKeyRange.lowerBound(last, true);
  }
}
