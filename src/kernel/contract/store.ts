import type { NodeKind } from '../../shared/abi/index.ts';
import type { LayerRecord, PackedChunk, PackRow, RunRecord, SnapshotRecord } from './store-rows.ts';

/** Bytes of a file in one chunk: block `i` of a file covers `[i * BLOCK_SIZE, (i + 1) * BLOCK_SIZE)`. */
export type BlockSize = 65536;

/** `pack` of a reference to a block of the base layer's file named by `NodeRecord.base`. */
export type BasePack = -1;

/**
 * Where the bytes of one block of a file are. Three forms:
 * a stored chunk (`pack` >= 1, `hash` set); a block of the base file (`pack` -1, `hash` empty, `offset` in that file);
 * a hole (`length` 0, `pack` 0, `hash` empty).
 */
export interface ChunkRef {
  /** BLAKE3 of the whole stored chunk, 32 bytes, hex. Empty for a hole and for a block of the base. */
  hash: string;
  pack: number;
  offset: number;
  /** Bytes that are stored (the last block of a file may be shorter than a block). */
  length: number;
  /** Only the first `valid` bytes count, the rest reads as zeros: the file was cut inside of this block. Default `length`. */
  valid?: number;
}

/** The persistent form of a node. */
export interface NodeRecord {
  ino: number;
  kind: Extract<NodeKind, 'file' | 'directory' | 'symlink'>;
  /** Bytes of a file or of a symlink's target; 0 for a directory. */
  size: number;
  nlink: number;
  /** Nanoseconds since the epoch. */
  atime: bigint;
  mtime: bigint;
  ctime: bigint;
  /** Of a symlink. */
  target?: string;
  /** Of a file; block `i` is `chunks[i]`, missing ones are holes. Absent with `base`: all of it is the base file's. */
  chunks?: readonly ChunkRef[];
  /** Absolute path in the base layer whose contents this still has, whole or in the blocks with `pack` -1. */
  base?: string;
}

/** What a file holds, by reference. Neither `chunks` nor `base`: all of it reads as zeros. */
export type FileContents = Pick<NodeRecord, 'size' | 'chunks' | 'base'>;

/** A name in a directory of the upper layer; `node` null is a whiteout. A hard-linked node is in `nodes` under its ino. */
export interface EntryRecord {
  parent: number;
  name: string;
  node: NodeRecord | { ino: number; linked: true } | null;
}

export type JournalOp =
  'create' | 'mkdir' | 'symlink' | 'link' | 'unlink' | 'rmdir' | 'rename' | 'write' | 'attr';

/** One block of a file that a `write` replaced; `null`: the file did not reach that far, or a hole. */
export interface BlockChange {
  index: number;
  before: ChunkRef | null;
  after: ChunkRef | null;
}

/**
 * One change, with all that is needed to undo it. `before` and `after` carry `chunks` only where nothing else remembers
 * them: `before` of the `unlink` (or `replaced` of the `rename`) that drops a file's last name. What a `write` did to the contents is in `blocks`.
 */
export interface JournalRecord {
  /** 1, 2, 3 … without gaps. */
  seq: number;
  /** Nanoseconds since the epoch. */
  time: bigint;
  pid: number;
  /** The run that made it: unique in the workspace, over sessions; 0: the user in the window, or before format 2. */
  run: number;
  op: JournalOp;
  /** Absolute, as it was when the change was made. */
  path: string;
  /** Inode number of the directory in which `path`'s last name was; 0 for `write` and `attr`. */
  parent: number;
  /** For rename: the directory of `to`. */
  parent2?: number;
  /** For rename: the new path. For link: the path of the node that was linked. */
  to?: string;
  before: NodeRecord | null;
  after: NodeRecord | null;
  /** For rename: the node that was at the new path. */
  replaced?: NodeRecord | null;
  /** For write. */
  blocks?: readonly BlockChange[];
}

/** Rows of one layer: put (no key twice, none that is removed as well) and removed. */
export interface LayerRows {
  layer: number;
  entries: EntryRecord[];
  removed: { parent: number; name: string }[];
  /** Hard-linked nodes and the root, and ones to drop. */
  nodes: NodeRecord[];
  droppedNodes: number[];
}

/** Everything that one transaction commits, all or nothing. What is absent stays as it is. */
export interface StoreBatch {
  journal: JournalRecord[];
  /** Layer of `entries`, `removed`, `nodes` and `droppedNodes`. Default: the upper, as it is before this batch. */
  layer?: number;
  /** Put; no key twice, none that is in `removed` as well. */
  entries: EntryRecord[];
  /** Removed entries: names that exist in no lower layer either. */
  removed: { parent: number; name: string }[];
  /** Hard-linked nodes and the root, and ones to drop. */
  nodes: NodeRecord[];
  droppedNodes: number[];
  /** Rows of further layers. */
  rows?: LayerRows[];
  packs: { id: number; bytes: Uint8Array; chunks: readonly PackedChunk[] }[];
  /** The head's counters never go back: each becomes the greater of what it is and this. */
  nextIno: number;
  nextPack: number;
  nextLayer?: number;
  nextRun?: number;
  /** Put, by id. */
  layers?: LayerRecord[];
  /** Dropped with all their rows. */
  droppedLayers?: number[];
  /** The new stack. */
  stack?: Pick<StoreHead, 'upper' | 'stack'>;
  /** Put, by number. */
  runs?: RunRecord[];
  droppedRuns?: number[];
  /** Put, by name. */
  snapshots?: SnapshotRecord[];
  droppedSnapshots?: string[];
  /** Structured data by key, for settings that belong to the workspace; `undefined` removes one. */
  settings?: { key: string; value: unknown }[];
  /** First record that is kept from now on; never goes back. */
  trimJournal?: number;
  /** Dropped with their rows of the index. */
  droppedPacks?: number[];
  /** Rows of the index of packs that are there, put again. */
  packRows?: PackRow[];
  /** `strict`: on disk before it resolves (fd_sync). */
  durability: 'relaxed' | 'strict';
}

/** A value that cannot be decoded, by where it is. A journal segment is named by its first record. */
export type DamagedRow =
  | { table: 'entries'; layer: number; parent: number; name: string }
  | { table: 'nodes'; layer: number; ino: number }
  | { table: 'journal'; seq: number }
  | { table: 'packIndex'; pack: number };

/** Takes what cannot be decoded, in the place of EIO for all of the call; it counts among those of a limit. */
export type OnDamaged = (row: DamagedRow) => void;

export interface StoreHead {
  format: number;
  /** Of the last journal record; 0 when there is none. */
  seq: number;
  /** First journal record that is kept. */
  oldest: number;
  nextIno: number;
  nextPack: number;
  nextLayer: number;
  nextRun: number;
  /** The layer that changes go to. */
  upper: number;
  /** Frozen layers between the base and the upper, from the bottom to the top. */
  stack: readonly number[];
  /** Count of commits: what a session that was overtaken knows is not what is stored. */
  revision: number;
  /** False after a kill: the last owner did not `close`. */
  clean: boolean;
  /** Why writing is refused (a newer format), if it is. Commits then fail with EROFS. */
  readOnly?: string;
}

/** The persistence below the overlay. Adapters: memory (tests, private mode) and IndexedDB. Failures: FsError ENOSPC, EIO, EROFS. */
export interface Store {
  open(): Promise<StoreHead>;
  /** All or nothing. Commits take effect in the order of the calls. */
  commit(batch: StoreBatch): Promise<void>;
  /** The head after the last commit that succeeded; what `open` gave before the first. */
  head(): StoreHead;
  /**
   * Reads the stored head anew, as another session may have committed, after the commits that were asked for. `readOnly`: why this session must
   * not write from now on; null: it may, and its next commit follows what is stored now. Default: as before.
   */
  refresh(readOnly?: string | null): Promise<StoreHead>;
  /** Entries of one directory in one layer (default: the upper), by name. */
  entries(parent: number, layer?: number): Promise<EntryRecord[]>;
  /** Count of all entries of a layer (default: the upper), whiteouts included. */
  countEntries(layer?: number): Promise<number>;
  /** Default layer: the upper. */
  node(ino: number, layer?: number): Promise<NodeRecord | undefined>;
  /** At most `limit` entries of a layer after a key, by parent and name. `null`: from the start. */
  scanEntries(layer: number, after: { parent: number; name: string } | null, limit: number, damaged?: OnDamaged): Promise<EntryRecord[]>;
  /** At most `limit` of a layer's nodes with greater inode numbers, by those. */
  scanNodes(layer: number, after: number, limit: number, damaged?: OnDamaged): Promise<NodeRecord[]>;
  /** The stored bytes of one chunk (`length` of them, `valid` not applied); EIO if they are not there. */
  chunk(ref: ChunkRef): Promise<Uint8Array>;
  /** Records `from`, `from + 1`, …, at most `limit`; those before the head's `oldest` are left out. */
  journal(from: number, limit: number, damaged?: OnDamaged): Promise<JournalRecord[]>;
  /** By id. */
  layers(): Promise<LayerRecord[]>;
  /** Runs from this number on, at most `limit`. */
  runs(from: number, limit: number): Promise<RunRecord[]>;
  /** By name. */
  snapshots(): Promise<SnapshotRecord[]>;
  setting(key: string): Promise<unknown>;
  /** What is in the packs from this number on, at most `limit` of them. */
  packIndex(from: number, limit: number, damaged?: OnDamaged): Promise<PackRow[]>;
  /** Runs `action` after the commits that were asked for and before those that will be: what is stored stands still. `action` must not commit. */
  still<T>(action: () => Promise<T>): Promise<T>;
  /** Bytes. */
  usage(): Promise<{ usage: number; quota: number }>;
  /** Marks the store clean and lets go of it. */
  close(): Promise<void>;
}

/**
 * A collection of chunks that nothing refers to. Between its begin and the sweep whoever began it marks each reference of all layers,
 * of the journal that is kept, and of contents that were given to files and are not folded yet (`Overlay.adoptedRefs`). What becomes part of
 * a batch meanwhile, or is found by its hash, is marked by those who do that.
 */
export interface Collection {
  mark(ref: ChunkRef): void;
  /** Drops packs without a marked chunk and writes anew those that are mostly dead; references stay as they are. Ends the collection. Bytes. */
  sweep(): Promise<{ freed: number }>;
  /** Ends it without a sweep. */
  cancel(): void;
}

/** The stored form of records, passed to a store by the root. Encodings are versioned with the store's format. */
export interface RecordCodec {
  encodeEntry(entry: EntryRecord): Uint8Array<ArrayBuffer>;
  decodeEntry(parent: number, bytes: Uint8Array): EntryRecord;
  encodeNode(node: NodeRecord): Uint8Array<ArrayBuffer>;
  decodeNode(bytes: Uint8Array): NodeRecord;
  encodeSegment(records: readonly JournalRecord[]): Uint8Array<ArrayBuffer>;
  decodeSegment(bytes: Uint8Array): JournalRecord[];
  encodePack(chunks: readonly PackedChunk[]): Uint8Array<ArrayBuffer>;
  decodePack(bytes: Uint8Array): PackedChunk[];
  /** What makes format 2 of the values of format 1. A new one for each workspace. */
  fromFormat1(): FormatMigration;
}

/** Turns the values of an older format into the next one's. Every segment, in order, and every entry and node must be shown to it. */
export interface FormatMigration {
  /** The head of the new format, of that of the old one. */
  head(old: Pick<StoreHead, 'seq' | 'nextIno' | 'nextPack' | 'clean'>): StoreHead;
  /** The upper, the one layer that there is then. */
  layer(created: number): LayerRecord;
  segment(bytes: Uint8Array): Uint8Array<ArrayBuffer>;
  /** Their encodings stay. */
  entry(bytes: Uint8Array): void;
  node(bytes: Uint8Array): void;
  /** After all of these: what is known to be in the packs. */
  packs(): PackRow[];
}

/** The read-only layer that is shipped. Inode numbers are stable across versions of it: 1 for the root, else >= 2^40. */
export interface BaseLayer {
  root(): NodeRecord;
  /** Children of a directory of the base, by its ino; empty if it is not one of the base. */
  entries(parent: number): readonly { name: string; node: NodeRecord }[];
  /** Contents of a file, by absolute path. EIO if they cannot be had or are not what the manifest says. */
  read(path: string): Promise<Uint8Array>;
  /** Bytes `offset` … of it, for what is too long to be read as a whole. Default: a part of `read`. */
  readRange?(path: string, offset: number, length: number): Promise<Uint8Array>;
}
