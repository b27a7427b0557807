import { FsError } from '../../shared/base/index.ts';
import {
  headAfter, rowsOf, type ChunkRef, type EntryRecord, type JournalRecord, type LayerRecord, type LayerRows, type NodeRecord, type OnDamaged, type PackRow,
  type RunRecord, type SnapshotRecord, type Store, type StoreBatch, type StoreHead,
} from '../contract/index.ts';
import { recordCodec } from './codec.ts';
import { MemoryDisk, STORE_FORMAT } from './memory-disk.ts';

/**
 * A store in memory: for private mode and for tests. Keeps encoded copies, so nothing that a caller holds is shared.
 * `quota` in bytes of packs and journal (default 1 GiB); beyond it commits fail with ENOSPC and change nothing.
 */
export class MemoryStore implements Store {
  readonly #disk: MemoryDisk;
  readonly #quota: number;
  #tail: Promise<unknown> = Promise.resolve();
  #open = false;
  #readOnly: string | null = null;
  /** Of the last commit that this store knows of. */
  #revision = 0;

  constructor(disk: MemoryDisk = new MemoryDisk(), options: { quota?: number } = {}) {
    this.#disk = disk;
    this.#quota = options.quota ?? 2 ** 30;
  }

  async open(): Promise<StoreHead> {
    this.#open = true;
    this.#revision = this.#disk.head.revision;
    return this.head();
  }

  head(): StoreHead {
    const { head } = this.#disk;
    if (head.format <= STORE_FORMAT) return { ...head };
    return { ...head, readOnly: `the workspace has format ${head.format}, this version knows ${STORE_FORMAT}` };
  }

  async refresh(readOnly: string | null = this.#readOnly): Promise<StoreHead> {
    await this.#tail;
    this.#readOnly = readOnly;
    this.#revision = this.#disk.head.revision;
    return this.head();
  }

  commit(batch: StoreBatch): Promise<void> {
    const done = this.#tail.then(() => this.#apply(batch));
    this.#tail = done.catch(() => undefined);
    return done;
  }

  #apply(batch: StoreBatch): void {
    this.#check('commit');
    const disk = this.#disk;
    if (this.#readOnly !== null) throw new FsError('EROFS', 'commit', undefined, { detail: this.#readOnly });
    if (disk.head.format > STORE_FORMAT) throw new FsError('EROFS', 'commit', undefined, { detail: 'newer format' });
    if (disk.head.revision !== this.#revision) throw new FsError('EIO', 'commit', undefined, { detail: 'another owner has written' });
    const segment = batch.journal[0] && { first: batch.journal[0].seq, bytes: recordCodec.encodeSegment(batch.journal) };
    const rows = rowsOf(batch, disk.head.upper).map(encodeRows);
    const packs = batch.packs.map(({ id, bytes, chunks }) => ({ id, bytes: bytes.slice(), index: recordCodec.encodePack(chunks) }));
    const { layers = [], runs = [], snapshots = [], settings = [] } = batch;
    const rowsOfIndex = (batch.packRows ?? []).map(({ pack, chunks }) => ({ pack, bytes: recordCodec.encodePack(chunks) }));
    const tables = structuredClone({ layers, runs, snapshots, settings });
    const added = packs.reduce((sum, pack) => sum + pack.bytes.length, segment?.bytes.length ?? 0);
    if (added > 0 && disk.bytes + added > this.#quota) {
      throw new FsError('ENOSPC', 'commit', undefined, { detail: `${added} bytes more than ${this.#quota - disk.bytes} left` });
    }
    // From here on nothing can fail.
    disk.bytes += added;
    if (segment) disk.segments.push(segment);
    for (const layer of rows) putRows(disk, layer);
    for (const { id, bytes, index } of packs) {
      disk.packs.set(id, bytes);
      disk.packIndex.set(id, index);
    }
    this.#drop(batch);
    for (const { pack, bytes } of rowsOfIndex) disk.packIndex.set(pack, bytes);
    putTables(disk, batch, tables);
    disk.head = headAfter(disk.head, batch, STORE_FORMAT);
    this.#trim(disk.head.oldest);
    this.#revision = disk.head.revision;
  }

  #drop({ droppedLayers = [], droppedPacks = [] }: StoreBatch): void {
    for (const id of droppedLayers) {
      this.#disk.layers.delete(id);
      this.#disk.rows.delete(id);
    }
    for (const id of droppedPacks) {
      this.#disk.bytes -= this.#disk.packs.get(id)?.length ?? 0;
      this.#disk.packs.delete(id);
      this.#disk.packIndex.delete(id);
    }
  }

  /** A segment goes when all of it is older. */
  #trim(oldest: number): void {
    const { segments } = this.#disk;
    while (segments[1] && segments[1].first <= oldest) this.#disk.bytes -= segments.shift()?.bytes.length ?? 0;
    if (segments.length === 1 && this.#disk.head.seq < oldest) this.#disk.bytes -= segments.shift()?.bytes.length ?? 0;
  }

  async entries(parent: number, layer = this.#disk.head.upper): Promise<EntryRecord[]> {
    this.#check('entries');
    const values = [...(this.#disk.rows.get(layer)?.entries.get(parent)?.values() ?? [])];
    const found = decoded(values, (bytes) => recordCodec.decodeEntry(parent, bytes), () => undefined, undefined);
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async countEntries(layer = this.#disk.head.upper): Promise<number> {
    this.#check('count');
    let count = 0;
    for (const directory of this.#disk.rows.get(layer)?.entries.values() ?? []) count += directory.size;
    return count;
  }

  async node(ino: number, layer = this.#disk.head.upper): Promise<NodeRecord | undefined> {
    this.#check('node');
    const bytes = this.#disk.rows.get(layer)?.nodes.get(ino);
    return bytes && decoded([bytes], recordCodec.decodeNode, () => undefined, undefined)[0];
  }

  async scanEntries(layer: number, after: { parent: number; name: string } | null, limit: number, damaged?: OnDamaged): Promise<EntryRecord[]> {
    this.#check('scan');
    const directories = this.#disk.rows.get(layer)?.entries ?? new Map<number, Map<string, Uint8Array>>();
    const rows: { parent: number; name: string; bytes: Uint8Array }[] = [];
    for (const parent of [...directories.keys()].filter((ino) => !after || ino >= after.parent).sort((a, b) => a - b)) {
      if (rows.length >= limit) break;
      const names = [...(directories.get(parent) ?? [])].filter(([name]) => parent !== after?.parent || name > after.name);
      rows.push(...names.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, bytes]) => ({ parent, name, bytes })));
    }
    return decoded(rows.slice(0, limit), ({ parent, bytes }) => recordCodec.decodeEntry(parent, bytes), ({ parent, name }) => damaged?.({ table: 'entries', layer, parent, name }), damaged);
  }

  async scanNodes(layer: number, after: number, limit: number, damaged?: OnDamaged): Promise<NodeRecord[]> {
    this.#check('scan');
    const nodes = [...(this.#disk.rows.get(layer)?.nodes ?? [])].filter(([ino]) => ino > after).sort(([a], [b]) => a - b);
    return decoded(nodes.slice(0, limit), ([, bytes]) => recordCodec.decodeNode(bytes), ([ino]) => damaged?.({ table: 'nodes', layer, ino }), damaged);
  }

  async chunk(ref: ChunkRef): Promise<Uint8Array> {
    this.#check('chunk');
    const bytes = this.#disk.packs.get(ref.pack);
    if (!bytes || bytes.length < ref.offset + ref.length) throw missingChunk(ref);
    return bytes.slice(ref.offset, ref.offset + ref.length);
  }

  async journal(from: number, limit: number, damaged?: OnDamaged): Promise<JournalRecord[]> {
    this.#check('journal');
    const { segments, head: { oldest } } = this.#disk;
    const first = Math.max(from, oldest);
    const start = segments.findLastIndex((segment) => segment.first <= first);
    const records: JournalRecord[] = [];
    for (let i = Math.max(0, start); i < segments.length && records.length < limit; i++) {
      const segment = segments[i];
      if (!segment) continue;
      const [found = []] = decoded([segment], ({ bytes }) => recordCodec.decodeSegment(bytes), ({ first: seq }) => damaged?.({ table: 'journal', seq }), damaged);
      records.push(...found.filter((record) => record.seq >= first));
    }
    return records.slice(0, limit);
  }

  async layers(): Promise<LayerRecord[]> {
    this.#check('layers');
    return structuredClone([...this.#disk.layers.values()].sort((a, b) => a.id - b.id));
  }

  async runs(from: number, limit: number): Promise<RunRecord[]> {
    this.#check('runs');
    const runs = [...this.#disk.runs.values()].filter(({ run }) => run >= from).sort((a, b) => a.run - b.run);
    return structuredClone(runs.slice(0, limit));
  }

  async snapshots(): Promise<SnapshotRecord[]> {
    this.#check('snapshots');
    return structuredClone([...this.#disk.snapshots.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  async setting(key: string): Promise<unknown> {
    this.#check('setting');
    return structuredClone(this.#disk.settings.get(key));
  }

  async packIndex(from: number, limit: number, damaged?: OnDamaged): Promise<PackRow[]> {
    this.#check('index');
    const rows = [...this.#disk.packIndex].filter(([pack]) => pack >= from).sort(([a], [b]) => a - b);
    return decoded(rows.slice(0, limit), ([pack, bytes]) => ({ pack, chunks: recordCodec.decodePack(bytes) }), ([pack]) => damaged?.({ table: 'packIndex', pack }), damaged);
  }

  still<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(action);
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async usage(): Promise<{ usage: number; quota: number }> {
    return { usage: this.#disk.bytes, quota: this.#quota };
  }

  async close(): Promise<void> {
    await this.#tail;
    const owned = this.#disk.head.format <= STORE_FORMAT && this.#disk.head.revision === this.#revision;
    if (this.#open && owned) this.#disk.head = { ...this.#disk.head, clean: true };
    this.#open = false;
  }

  #check(operation: string): void {
    if (!this.#open) throw new FsError('EIO', operation, undefined, { detail: 'the store is not open' });
  }
}

/** Values that cannot be decoded are told if somebody listens; else the first is EIO for all. */
function decoded<Row, T>(rows: readonly Row[], decode: (row: Row) => T, tell: (row: Row) => void, tolerant: unknown): T[] {
  return rows.flatMap((row) => {
    try {
      return [decode(row)];
    } catch (error) {
      if (tolerant === undefined) throw new FsError('EIO', 'decode', undefined, { cause: error, detail: String(error) });
      tell(row);
      return [];
    }
  });
}

type EncodedRows = Pick<LayerRows, 'layer' | 'removed' | 'droppedNodes'> & {
  entries: { parent: number; name: string; bytes: Uint8Array }[];
  nodes: { ino: number; bytes: Uint8Array }[];
};

function encodeRows({ layer, entries, removed, nodes, droppedNodes }: LayerRows): EncodedRows {
  return {
    layer, removed, droppedNodes,
    entries: entries.map((entry) => ({ parent: entry.parent, name: entry.name, bytes: recordCodec.encodeEntry(entry) })),
    nodes: nodes.map((node) => ({ ino: node.ino, bytes: recordCodec.encodeNode(node) })),
  };
}

function putRows(disk: MemoryDisk, { layer, entries, removed, nodes, droppedNodes }: EncodedRows): void {
  const rows = disk.layer(layer);
  for (const { parent, name } of removed) rows.entries.get(parent)?.delete(name);
  for (const { parent, name, bytes } of entries) rows.directory(parent).set(name, bytes);
  for (const ino of droppedNodes) rows.nodes.delete(ino);
  for (const { ino, bytes } of nodes) rows.nodes.set(ino, bytes);
}

function putTables(disk: MemoryDisk, { droppedRuns = [], droppedSnapshots = [] }: StoreBatch, put: Required<Pick<StoreBatch, 'layers' | 'runs' | 'snapshots' | 'settings'>>): void {
  for (const run of droppedRuns) disk.runs.delete(run);
  for (const name of droppedSnapshots) disk.snapshots.delete(name);
  for (const layer of put.layers) disk.layers.set(layer.id, layer);
  for (const run of put.runs) disk.runs.set(run.run, run);
  for (const snapshot of put.snapshots) disk.snapshots.set(snapshot.name, snapshot);
  for (const { key, value } of put.settings) {
    if (value === undefined) disk.settings.delete(key);
    else disk.settings.set(key, value);
  }
}

/** The error of a chunk that is not where its reference says. */
export function missingChunk(ref: ChunkRef): FsError {
  return new FsError('EIO', 'chunk', undefined, {
    detail: `chunk ${ref.hash.slice(0, 12)} of ${ref.length} bytes is not at ${ref.offset} of pack ${ref.pack}`,
  });
}
