import type {
  ChunkRef, EntryRecord, FormatMigration, JournalRecord, LayerRecord, NodeRecord, PackedChunk, PackRow, StoreHead,
} from '../contract/index.ts';
import { BASE_PACK } from './chunks.ts';
import { baseIno, ROOT_INO } from './manifest.ts';

/** The decoders that the migration needs. */
export interface Format1Values {
  decodeEntry(parent: number, bytes: Uint8Array): EntryRecord;
  decodeNode(bytes: Uint8Array): NodeRecord;
  decodeSegment(bytes: Uint8Array, format: number): JournalRecord[];
  encodeSegment(records: readonly JournalRecord[]): Uint8Array<ArrayBuffer>;
}

/**
 * The directories at a moment of the history, by path, found by replaying names. One of the base has the number that
 * follows from the path at which it was shipped, wherever it is now.
 */
class DirectoryReplay {
  /** Directories that were made or moved, by `parent/name`. */
  readonly #slots = new Map<string, number>();
  /** Where directories of the base were shipped; the root as the empty path. */
  readonly #shipped = new Map<number, string>([[ROOT_INO, '']]);

  /** Of the directory at an absolute path; 0 if the records before do not tell of one. */
  find(path: string): number {
    let ino = ROOT_INO;
    for (const name of path.split('/')) {
      if (name !== '' && ino !== 0) ino = this.#child(ino, name);
    }
    return ino;
  }

  set(parent: number, name: string, ino: number | null): void {
    if (ino === null) this.#slots.delete(`${parent}/${name}`);
    else this.#slots.set(`${parent}/${name}`, ino);
  }

  #child(parent: number, name: string): number {
    const known = this.#slots.get(`${parent}/${name}`);
    if (known !== undefined) return known;
    const shipped = this.#shipped.get(parent);
    if (shipped === undefined) return 0;
    const ino = baseIno(`${shipped}/${name}`);
    this.#shipped.set(ino, `${shipped}/${name}`);
    return ino;
  }
}

/** Format 1 to 2: one layer, records with the numbers of their directories, an index of the packs. See FORMAT.md. */
export class FromFormat1 implements FormatMigration {
  readonly #values: Format1Values;
  readonly #directories = new DirectoryReplay();
  readonly #packs = new Map<number, Map<number, PackedChunk>>();

  constructor(values: Format1Values) {
    this.#values = values;
  }

  head({ seq, nextIno, nextPack, clean }: Pick<StoreHead, 'seq' | 'nextIno' | 'nextPack' | 'clean'>): StoreHead {
    return { format: 2, seq, oldest: 1, nextIno, nextPack, nextLayer: 2, nextRun: 1, upper: 1, stack: [], revision: 0, clean };
  }

  layer(created: number): LayerRecord {
    return { id: 1, name: 'upper', kind: 'upper', created };
  }

  segment(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    return this.#values.encodeSegment(this.#values.decodeSegment(bytes, 1).map((record) => this.#record(record)));
  }

  entry(bytes: Uint8Array): void {
    const { node } = this.#values.decodeEntry(0, bytes);
    if (node && !('linked' in node)) this.#note(node.chunks);
  }

  node(bytes: Uint8Array): void {
    this.#note(this.#values.decodeNode(bytes).chunks);
  }

  packs(): PackRow[] {
    return [...this.#packs].sort(([a], [b]) => a - b)
      .map(([pack, chunks]) => ({ pack, chunks: [...chunks.values()].sort((a, b) => a.offset - b.offset) }));
  }

  #record(record: JournalRecord): JournalRecord {
    this.#note(record.before?.chunks);
    this.#note(record.replaced?.chunks);
    for (const { before, after } of record.blocks ?? []) this.#note([before, after]);
    if (record.op === 'write' || record.op === 'attr') return record;
    const parent = this.#directories.find(parentOf(record.path));
    const migrated = { ...record, parent };
    if (record.op === 'rename') migrated.parent2 = this.#directories.find(parentOf(record.to ?? record.path));
    this.#replay(migrated);
    return migrated;
  }

  #replay({ op, path, to, parent, parent2 = parent, after }: JournalRecord): void {
    if (op === 'mkdir' && after) this.#directories.set(parent, nameOf(path), after.ino);
    else if (op === 'rmdir') this.#directories.set(parent, nameOf(path), null);
    else if (op === 'rename' && after?.kind === 'directory') {
      // Asked for before it moves, so that where it was shipped is known.
      this.#directories.find(path);
      this.#directories.set(parent, nameOf(path), null);
      this.#directories.set(parent2, nameOf(to ?? path), after.ino);
    }
  }

  #note(refs: readonly (ChunkRef | null)[] = []): void {
    for (const ref of refs) {
      if (!ref || ref.length === 0 || ref.pack === BASE_PACK) continue;
      let pack = this.#packs.get(ref.pack);
      if (!pack) this.#packs.set(ref.pack, (pack = new Map()));
      pack.set(ref.offset, { hash: ref.hash, offset: ref.offset, length: ref.length });
    }
  }
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
