import { FsError } from '../../shared/base/index.ts';
import type {
  ChunkRef, EntryRecord, JournalRecord, NodeRecord, Store, StoreBatch, StoreHead,
} from '../contract/index.ts';
import { recordCodec } from './codec.ts';

/** Version of the stored format; see FORMAT.md. */
export const STORE_FORMAT = 1;

/** What a `MemoryStore` keeps; hand it to another one to reopen. */
export class MemoryDisk {
  head: StoreHead = { format: STORE_FORMAT, seq: 0, nextIno: 2, nextPack: 1, clean: true };
  /** By parent and name, encoded. */
  readonly entries = new Map<number, Map<string, Uint8Array>>();
  readonly nodes = new Map<number, Uint8Array>();
  readonly segments: { first: number; bytes: Uint8Array }[] = [];
  readonly packs = new Map<number, Uint8Array>();
  bytes = 0;
}

/**
 * A store in memory: for private mode and for tests. Keeps encoded copies, so nothing that a caller holds is shared.
 * `quota` in bytes of packs and journal (default 1 GiB); beyond it commits fail with ENOSPC and change nothing.
 */
export class MemoryStore implements Store {
  readonly #disk: MemoryDisk;
  readonly #quota: number;
  #tail: Promise<unknown> = Promise.resolve();
  #open = false;
  /** Of the last record that this store knows of. */
  #seq = 0;

  constructor(disk: MemoryDisk = new MemoryDisk(), options: { quota?: number } = {}) {
    this.#disk = disk;
    this.#quota = options.quota ?? 2 ** 30;
  }

  async open(): Promise<StoreHead> {
    this.#open = true;
    const { head } = this.#disk;
    this.#seq = head.seq;
    if (head.format <= STORE_FORMAT) return { ...head };
    return { ...head, readOnly: `the workspace has format ${head.format}, this version knows ${STORE_FORMAT}` };
  }

  commit(batch: StoreBatch): Promise<void> {
    const done = this.#tail.then(() => this.#apply(batch));
    this.#tail = done.catch(() => undefined);
    return done;
  }

  #apply(batch: StoreBatch): void {
    this.#check('commit');
    const disk = this.#disk;
    if (disk.head.format > STORE_FORMAT) throw new FsError('EROFS', 'commit', undefined, { detail: 'newer format' });
    if (disk.head.seq !== this.#seq) throw new FsError('EIO', 'commit', undefined, { detail: 'another owner has written' });
    const segment = batch.journal[0] && { first: batch.journal[0].seq, bytes: recordCodec.encodeSegment(batch.journal) };
    const entries = batch.entries.map((entry) => ({ entry, bytes: recordCodec.encodeEntry(entry) }));
    const nodes = batch.nodes.map((node) => ({ ino: node.ino, bytes: recordCodec.encodeNode(node) }));
    const packs = batch.packs.map(({ id, bytes }) => ({ id, bytes: bytes.slice() }));
    const added = packs.reduce((sum, pack) => sum + pack.bytes.length, segment?.bytes.length ?? 0);
    if (disk.bytes + added > this.#quota) {
      throw new FsError('ENOSPC', 'commit', undefined, { detail: `${added} bytes more than ${this.#quota - disk.bytes} left` });
    }
    disk.bytes += added;
    if (segment) disk.segments.push(segment);
    for (const { parent, name } of batch.removed) disk.entries.get(parent)?.delete(name);
    for (const { entry, bytes } of entries) this.#directory(entry.parent).set(entry.name, bytes);
    for (const ino of batch.droppedNodes) disk.nodes.delete(ino);
    for (const { ino, bytes } of nodes) disk.nodes.set(ino, bytes);
    for (const { id, bytes } of packs) disk.packs.set(id, bytes);
    disk.head = {
      format: STORE_FORMAT, clean: false, nextIno: batch.nextIno, nextPack: batch.nextPack,
      seq: batch.journal.at(-1)?.seq ?? disk.head.seq,
    };
    this.#seq = disk.head.seq;
  }

  #directory(parent: number): Map<string, Uint8Array> {
    let directory = this.#disk.entries.get(parent);
    if (!directory) this.#disk.entries.set(parent, (directory = new Map()));
    return directory;
  }

  async entries(parent: number): Promise<EntryRecord[]> {
    this.#check('entries');
    const values = this.#disk.entries.get(parent)?.values() ?? [];
    const found = Array.from(values, (bytes) => recordCodec.decodeEntry(parent, bytes));
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async countEntries(): Promise<number> {
    this.#check('count');
    let count = 0;
    for (const directory of this.#disk.entries.values()) count += directory.size;
    return count;
  }

  async node(ino: number): Promise<NodeRecord | undefined> {
    this.#check('node');
    const bytes = this.#disk.nodes.get(ino);
    return bytes && recordCodec.decodeNode(bytes);
  }

  async chunk(ref: ChunkRef): Promise<Uint8Array> {
    this.#check('chunk');
    const bytes = this.#disk.packs.get(ref.pack);
    if (!bytes || bytes.length < ref.offset + ref.length) throw missingChunk(ref);
    return bytes.slice(ref.offset, ref.offset + ref.length);
  }

  async journal(from: number, limit: number): Promise<JournalRecord[]> {
    this.#check('journal');
    const { segments } = this.#disk;
    const start = segments.findLastIndex((segment) => segment.first <= from);
    const records: JournalRecord[] = [];
    for (let i = Math.max(0, start); i < segments.length && records.length < limit; i++) {
      const segment = segments[i];
      if (segment) records.push(...recordCodec.decodeSegment(segment.bytes).filter((record) => record.seq >= from));
    }
    return records.slice(0, limit);
  }

  async usage(): Promise<{ usage: number; quota: number }> {
    return { usage: this.#disk.bytes, quota: this.#quota };
  }

  async close(): Promise<void> {
    await this.#tail;
    const owned = this.#disk.head.format <= STORE_FORMAT && this.#disk.head.seq === this.#seq;
    if (this.#open && owned) this.#disk.head = { ...this.#disk.head, clean: true };
    this.#open = false;
  }

  #check(operation: string): void {
    if (!this.#open) throw new FsError('EIO', operation, undefined, { detail: 'the store is not open' });
  }
}

/** The error of a chunk that is not where its reference says. */
export function missingChunk(ref: ChunkRef): FsError {
  return new FsError('EIO', 'chunk', undefined, {
    detail: `chunk ${ref.hash.slice(0, 12)} of ${ref.length} bytes is not at ${ref.offset} of pack ${ref.pack}`,
  });
}
