import { rowsOf, type LayerRows, type RecordCodec, type StoreBatch, type StoreHead } from '../../kernel/contract/index.ts';
import { HEAD } from './idb-schema.ts';

/** Records in one value of the journal, at most; bounds what must be decoded to read one. */
const SEGMENT_RECORDS = 4096;

export const settingKey = (key: string): string => `setting:${key}`;

export interface PutContext {
  /** The head after the batch. */
  head: StoreHead;
  /** The upper before it. */
  upper: number;
  codec: RecordCodec;
}

/**
 * Asks for all that a batch puts and drops. Requests are not listened to one by one: an error of any of them aborts the
 * transaction, which is listened to. False if an answer will lead to another request, so that the transaction must not be committed yet.
 */
export function putBatch(transaction: IDBTransaction, batch: StoreBatch, { head, upper, codec }: PutContext): boolean {
  putPacks(transaction, batch, codec);
  for (const rows of rowsOf(batch, upper)) putRows(transaction, rows, codec);
  const journal = transaction.objectStore('journal');
  for (let at = 0; at < batch.journal.length; at += SEGMENT_RECORDS) {
    const records = batch.journal.slice(at, at + SEGMENT_RECORDS);
    journal.put(codec.encodeSegment(records), records[0]?.seq);
  }
  putTables(transaction, batch);
  transaction.objectStore('meta').put(head, HEAD);
  if (batch.trimJournal === undefined) return true;
  trimJournal(journal, head);
  return false;
}

function putPacks(transaction: IDBTransaction, { packs, droppedPacks = [], packRows = [] }: StoreBatch, codec: RecordCodec): void {
  const store = transaction.objectStore('packs');
  const index = transaction.objectStore('packIndex');
  for (const { id, bytes, chunks } of packs) {
    store.put(wholeBuffer(bytes), id);
    index.put(codec.encodePack(chunks), id);
  }
  for (const id of droppedPacks) {
    store.delete(id);
    index.delete(id);
  }
  for (const { pack, chunks } of packRows) index.put(codec.encodePack(chunks), pack);
}

function putRows(transaction: IDBTransaction, rows: LayerRows, codec: RecordCodec): void {
  const { layer } = rows;
  const entries = transaction.objectStore('entries');
  const nodes = transaction.objectStore('nodes');
  for (const { parent, name } of rows.removed) entries.delete([layer, parent, name]);
  for (const entry of rows.entries) entries.put(codec.encodeEntry(entry), [layer, entry.parent, entry.name]);
  for (const ino of rows.droppedNodes) nodes.delete([layer, ino]);
  for (const node of rows.nodes) nodes.put(codec.encodeNode(node), [layer, node.ino]);
}

function putTables(transaction: IDBTransaction, batch: StoreBatch): void {
  const layers = transaction.objectStore('layers');
  for (const id of batch.droppedLayers ?? []) {
    layers.delete(id);
    for (const name of ['entries', 'nodes']) transaction.objectStore(name).delete(IDBKeyRange.bound([id], [id, []]));
  }
  for (const layer of batch.layers ?? []) layers.put(layer, layer.id);
  const runs = transaction.objectStore('runs');
  for (const run of batch.droppedRuns ?? []) runs.delete(run);
  for (const run of batch.runs ?? []) runs.put(run, run.run);
  const snapshots = transaction.objectStore('snapshots');
  for (const name of batch.droppedSnapshots ?? []) snapshots.delete(name);
  for (const snapshot of batch.snapshots ?? []) snapshots.put(snapshot, snapshot.name);
  const meta = transaction.objectStore('meta');
  for (const { key, value } of batch.settings ?? []) {
    if (value === undefined) meta.delete(settingKey(key));
    else meta.put(value, settingKey(key));
  }
}

/** A segment goes when all of it is older than the first record that is kept. */
function trimJournal(journal: IDBObjectStore, { oldest, seq }: StoreHead): void {
  if (oldest > seq) {
    journal.clear();
    return;
  }
  const holder = journal.openKeyCursor(IDBKeyRange.upperBound(oldest), 'prev');
  holder.onsuccess = () => {
    if (holder.result) journal.delete(IDBKeyRange.upperBound(holder.result.key, true));
  };
}

/** A pack is stored as an ArrayBuffer; copied only if the view does not cover one. */
function wholeBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length ? buffer : bytes.slice().buffer;
}
