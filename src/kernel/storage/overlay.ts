import type { Origin } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import {
  emptyBatch, type BaseLayer, type ChunkRef, type EntryRecord, type FileContents, type JournalRecord, type NodeRecord, type Store, type StoreBatch, type StoreHead,
  type ViewEntry,
} from '../contract/index.ts';
import { BatchBuilder } from './batch-builder.ts';
import { packBlocks, type PackedBlocks } from './block-packer.ts';
import { ChunkStore, type ChunkHold } from './chunk-store.ts';
import { BASE_PACK, BLOCK_SIZE, blockLength, chunksOf, validLength } from './chunks.ts';
import { Fold, type CommittedChange } from './fold.ts';
import type { Hasher } from './hasher.ts';
import { LayerReader } from './layer-reader.ts';
import { BASE_INO, ROOT_INO } from './manifest.ts';
import type { Capture, CutBatch } from './raw-change.ts';
import type { Runs } from './runs.ts';
import { Shadow, type ListedNode, type Name } from './shadow.ts';

export interface OverlayOptions {
  store: Store;
  base: BaseLayer;
  hasher: Hasher;
  /** Lets others run between slices of hashing. */
  yield: () => Promise<void>;
  /** Shared by all overlays of the store. Default: one of its own. */
  chunks?: ChunkStore;
  /** The runs of this session. Default: all is the user's. */
  runs?: Pick<Runs, 'of' | 'rows'>;
  /** Told of a batch's records before anything of it is in the store. */
  onPrepared?: (records: readonly JournalRecord[]) => void;
  /** Told of what is stored and cannot be read, when something wants it: EIO for that. */
  onDamage?: (path: string, detail: string) => void;
  /** Told of changes that do not fit; they are left out. A bug of ours, for the supervisor. */
  onFault?: (message: string) => void;
}

export interface MergedEntry {
  name: string;
  record: NodeRecord;
  origin: Extract<Origin, 'base' | 'new' | 'changed'>;
}

/** A batch that was applied but is not in the store yet. */
export interface PreparedBatch {
  batch: StoreBatch;
  /** For the bus, once it is committed. */
  committed: CommittedChange[];
  position: number;
}

/** Files without a name whose contents are kept for open descriptors, at most; the oldest go first. */
const MAX_ORPHANS = 65536;
const NOTHING: ReadonlyMap<number, FileContents> = new Map();

/**
 * The merge of the base, the frozen layers and the upper layer, and the fold that keeps the upper layer. Rules OV*, LA* in SPEC.md.
 * `apply` calls must not overlap, and batches must be committed in the order in which they were applied.
 */
export class Overlay {
  /** Of all overlays of the store. */
  readonly chunks: ChunkStore;
  readonly #options: OverlayOptions;
  readonly #shadow = new Shadow();
  /** Those of the base, once something asked for one. */
  readonly #directories = new Map<number, NodeRecord>();
  readonly #orphans = new Map<number, NodeRecord>();
  /** Contents given by reference that no batch has folded yet, by inode number; and those that no cut has taken yet. */
  readonly #adopted = new Map<number, FileContents>();
  #fresh = new Map<number, FileContents>();
  readonly #layers: LayerReader;
  /** Applied, not yet committed. */
  readonly #pending: StoreBatch[] = [];
  readonly #holds = new Map<StoreBatch, ChunkHold>();
  #seq = 0;
  #nextIno = 2;

  constructor(options: OverlayOptions) {
    this.#options = options;
    this.#layers = new LayerReader(options, this.#pending, (ino) => this.record(ino));
    this.chunks = options.chunks ?? new ChunkStore(options);
  }

  /** `head`: of the store, if it is open already; else this opens it. `head.nextIno` is the first inode number that the tree may give out. */
  async open(opened?: StoreHead): Promise<{ head: StoreHead; root: NodeRecord }> {
    const head = opened ?? (await this.#options.store.open());
    this.#seq = head.seq;
    this.#nextIno = head.nextIno;
    this.chunks.start(head.nextPack);
    this.#layers.start(head);
    const root = (await this.#layers.node(ROOT_INO).catch((error: unknown) => this.#damagedRoot(error))) ?? this.#options.base.root();
    this.#shadow.addRoot(root);
    return { head, root };
  }

  /** The merged children of a directory, which are in the shadow from then on. */
  async populate(parent: number): Promise<MergedEntry[]> {
    const { rows, merged } = await this.#layers.merge(parent).catch((error: unknown) => {
      if (isDamage(error)) this.#options.onDamage?.(this.path(parent) ?? '/', 'what is in it cannot be read');
      throw error;
    });
    return merged.map(({ name, record, linked }) => {
      const node = this.#shadow.add(record, parent, name, linked);
      return { name, record: node.record, origin: this.#originOf(rows.get(name), parent, name) };
    });
  }

  /**
   * The merged children of a directory, for who only looks: the shadow does not learn them. What was prepared before the call is
   * in them; of what is prepared or committed meanwhile, any part may be.
   */
  async merged(parent: number): Promise<ViewEntry[]> {
    return (await this.#layers.merge(parent)).merged.map(({ name, record }) => ({ name, record }));
  }

  /** Another session has committed up to this head: what is read from now on is of that. */
  take(head: StoreHead): void {
    this.#seq = head.seq;
    this.#nextIno = Math.max(this.#nextIno, head.nextIno);
    const { upper, stack } = this.stack;
    if (upper !== head.upper || stack.join() !== head.stack.join()) this.#layers.start(head);
  }

  /** As `populate`, of the store alone; the shadow does not learn it. */
  async listed(parent: number): Promise<ListedNode[]> {
    const { rows, merged } = await this.#layers.merge(parent);
    return Promise.all(merged.map(async ({ name, record, linked }) => ({
      name, record: linked ? ((await this.#layers.node(record.ino)) ?? record) : record, linked, origin: this.#originOf(rows.get(name), parent, name),
    })));
  }

  /** What the store says of the root. */
  async listedRoot(): Promise<NodeRecord> {
    return (await this.#layers.node(ROOT_INO)) ?? this.#options.base.root();
  }

  /** Names under which the shadow knows a node. */
  names(ino: number): readonly Name[] {
    return this.#shadow.get(ino)?.names ?? [];
  }

  /** The shadow forgets `before`, the names that were in these directories and below those that are gone, and learns what `listed` gave. */
  relist(root: NodeRecord, before: readonly (Name & { ino: number })[], directories: ReadonlyMap<number, readonly ListedNode[]>): void {
    this.#shadow.relist(root, before, directories, (record) => this.#keepOrphan(record));
  }

  /** The shadow's record of a node of the tree, as of the last batch applied. */
  record(ino: number): NodeRecord | undefined {
    return this.#shadow.get(ino)?.record;
  }

  /** The present record of a node: of the shadow, or of the store for one that has or had several names. */
  async find(ino: number): Promise<NodeRecord | undefined> {
    return this.record(ino) ?? this.#pending.flatMap(({ nodes }) => nodes).findLast((node) => node.ino === ino) ?? (await this.#layers.node(ino));
  }

  /** The layer that is shipped. */
  get base(): BaseLayer {
    return this.#options.base;
  }

  /** The base layer's own record of one of its directories. */
  shippedDirectory(ino: number): NodeRecord | undefined {
    const { base } = this.#options;
    if (this.#directories.size === 0) {
      const visit = (record: NodeRecord): void => {
        this.#directories.set(record.ino, record);
        for (const { node } of base.entries(record.ino)) if (node.kind === 'directory') visit(node);
      };
      visit(base.root());
    }
    return this.#directories.get(ino);
  }

  /** Absolute path as of the last batch applied. */
  path(ino: number): string | undefined {
    return this.#shadow.path(ino);
  }

  /**
   * The stored bytes of one block: at most 64 KiB, fewer (or none) where the rest of it reads as zeros.
   * EIO if they cannot be had or do not have their hash. Shared: do not write to them.
   */
  async loadBlock(ino: number, index: number): Promise<Uint8Array> {
    const record = this.#adopted.get(ino) ?? this.#shadow.get(ino)?.record ?? this.#orphans.get(ino);
    if (!record) throw new FsError('EIO', 'load', undefined, { detail: `inode ${ino} is not known` });
    return this.block(record, index, ino);
  }

  /** As `loadBlock`, of any record whose chunks are kept: of the past as well. `ino` names the file in a failure. */
  async block(record: FileContents & { ino?: number }, index: number, ino = record.ino ?? 0): Promise<Uint8Array> {
    if (!record.chunks && record.base !== undefined) {
      return this.#baseBytes(record.base, index * BLOCK_SIZE, blockLength(record.size, index));
    }
    const ref = record.chunks?.[index];
    if (!ref || ref.length === 0) return new Uint8Array(0);
    return (await this.#chunk(ref, record.base, ino)).subarray(0, validLength(ref));
  }

  /**
   * The tree gave a file, which it told by a `write` or `create` entry, these contents: its blocks are loaded from them at once, and the
   * fold puts them into its record. The chunks must be in the store, or in a batch that was applied.
   */
  adopt(ino: number, contents: FileContents): void {
    for (const ref of contents.chunks ?? []) this.chunks.use(ref);
    this.#adopted.set(ino, contents);
    this.#fresh.set(ino, contents);
  }

  /** What was adopted since the last cut, for the batch that is being cut. */
  takeAdopted(): ReadonlyMap<number, FileContents> {
    const taken = this.#fresh;
    if (taken.size > 0) this.#fresh = new Map();
    return taken;
  }

  /** What a file holds as of the last batch applied; undefined if it is not known. */
  contents(ino: number): FileContents | undefined {
    const record = this.#shadow.get(ino)?.record ?? this.#orphans.get(ino);
    return record?.kind === 'file' ? record : undefined;
  }

  /** References that no record may hold yet: what collects chunks must leave them. `held`: the nameless files that the tree still has; all others are forgotten. */
  *adoptedRefs(held?: ReadonlySet<number>): Generator<ChunkRef> {
    for (const ino of this.#orphans.keys()) if (held?.has(ino) === false) this.forget(ino);
    for (const { chunks } of this.#adopted.values()) yield* chunks ?? [];
    for (const record of this.#orphans.values()) yield* record.chunks ?? [];
  }

  /** Of the last journal record; 0 when there is none. */
  get lastSequence(): number {
    return this.#seq;
  }

  /** What the base layer ships in a directory. */
  shipped(parent: number): { name: string; kind: NodeRecord['kind']; size: number }[] {
    return this.#options.base.entries(parent).map(({ name, node }) => ({ name, kind: node.kind, size: node.size }));
  }

  /** The tree let go of a node that has no name any more. */
  forget(ino: number): void {
    this.#orphans.delete(ino);
  }

  /**
   * Folds a batch of changes: hashes the dirty blocks (yielding), then updates the shadow at once.
   * Null if nothing is to be stored. The caller commits the batch and then calls `settle`.
   */
  async apply(cut: CutBatch): Promise<PreparedBatch | null> {
    await this.#layers.lower.preload(directoriesOf(cut));
    const captures = new Map(cut.captures.filter((capture) => capture.nlink > 0).map((capture) => [capture.ino, capture]));
    const hold = this.chunks.hold();
    try {
      const packed = await this.#pack([...captures.values()], hold);
      const prepared = this.#fold(cut, captures, packed);
      if (prepared) this.#hold(prepared.batch, hold);
      else this.chunks.release(hold, false);
      return prepared;
    } catch (error) {
      this.chunks.release(hold, false);
      throw error;
    }
  }

  #pack(captures: readonly Capture[], hold: ChunkHold): Promise<PackedBlocks> {
    const { hasher, yield: pause } = this.#options;
    return packBlocks(captures, {
      hasher, yield: pause,
      nextPack: () => {
        const pack = this.chunks.nextPack();
        hold.uses.add(pack);
        return pack;
      },
      current: (ino, index) => this.#shadow.get(ino)?.record.chunks?.[index],
      find: (hash, length) => this.chunks.find(hash, length, hold, this.#holds.values()),
      found: (ref) => void hold.own.set(ref.hash, ref),
    });
  }

  /** From here on its chunks can be read, and found by batches after it. */
  #hold(batch: StoreBatch, hold: ChunkHold): void {
    hold.batch = batch;
    this.chunks.guard(batch);
    this.#holds.set(batch, hold);
  }

  /** At once: nobody sees half of it. */
  #fold(cut: CutBatch, captures: ReadonlyMap<number, Capture>, { refs, packs }: PackedBlocks): PreparedBatch | null {
    const builder = new BatchBuilder(this.#shadow, this.#layers.lower);
    const context = {
      shadow: this.#shadow, lower: this.#layers.lower, builder, captures, refs, adopted: cut.adopted ?? NOTHING, seq: this.#seq,
      runOf: (pid: number) => this.#options.runs?.of(pid) ?? 0,
      orphaned: (record: NodeRecord) => this.#keepOrphan(record),
      fault: (message: string) => this.#options.onFault?.(message),
    };
    const fold = new Fold(context);
    for (const change of cut.changes) fold.change(change);
    fold.finish(cut.changes.at(-1)?.pid ?? 0);
    // Another may have been given meanwhile.
    for (const [ino, contents] of cut.adopted ?? NOTHING) if (this.#adopted.get(ino) === contents) this.#adopted.delete(ino);
    this.#seq = context.seq;
    this.#nextIno = cut.changes.reduce((next, { ino }) => (ino < BASE_INO ? Math.max(next, ino + 1) : next), this.#nextIno);
    const nextPack = this.chunks.lastPack + 1;
    const batch = builder.finish({ packs, nextPack, nextIno: this.#nextIno, durability: 'relaxed' });
    if (isEmpty(batch)) return null;
    Object.assign(batch, this.#options.runs?.rows(new Set(batch.journal.map(({ pid }) => pid))));
    this.#pending.push(batch);
    this.#options.onPrepared?.(batch.journal);
    return { batch, committed: fold.committed, position: cut.position };
  }

  /** A batch with nothing in it, to make earlier ones strictly durable. */
  emptyBatch(): StoreBatch {
    return emptyBatch({ nextIno: this.#nextIno });
  }

  /** The batch is in the store. */
  settle(batch: StoreBatch): void {
    const at = this.#pending.indexOf(batch);
    if (at >= 0) this.#pending.splice(at, 1);
    const hold = this.#holds.get(batch);
    if (!hold) return;
    this.#holds.delete(batch);
    this.chunks.release(hold, true);
  }

  /** The layer that changes go to, and the frozen ones below it, from the bottom to the top. */
  get stack(): { upper: number; stack: readonly number[] } {
    return this.#layers.stack;
  }

  /**
   * Commits a batch that changes the stack but not what is seen, and goes on with that stack. Between two batches, with none
   * pending. If the commit fails, all is as before.
   */
  async restack(batch: StoreBatch): Promise<void> {
    if (this.#pending.length > 0) throw new FsError('EIO', 'layer', undefined, { detail: 'a batch is not in the store yet' });
    this.chunks.guard(batch);
    await this.#layers.restack(batch, this.#nextIno);
  }

  /** The root's own record holds nothing but times: without it everything is still there. */
  #damagedRoot(error: unknown): undefined {
    if (!isDamage(error)) throw error;
    this.#options.onDamage?.('/', 'its record cannot be read');
    return undefined;
  }

  async #chunk(ref: ChunkRef, base: string | undefined, ino: number): Promise<Uint8Array> {
    if (ref.pack === BASE_PACK) return this.#baseBytes(base ?? '', ref.offset, ref.length);
    return this.chunks.read(ref).catch((error: unknown) => {
      if (error instanceof FsError && error.code === 'EIO') this.#options.onDamage?.(this.path(ino) ?? 'a file without a name', error.detail ?? error.message);
      throw error instanceof FsError ? new FsError(error.code, 'read', this.path(ino), { cause: error, ...(error.detail === undefined ? {} : { detail: error.detail }) }) : error;
    });
  }

  async #baseBytes(path: string, offset: number, length: number): Promise<Uint8Array> {
    const { base } = this.#options;
    if (base.readRange) return base.readRange(path, offset, length);
    return (await base.read(path)).subarray(offset, offset + length);
  }

  #originOf(entry: EntryRecord | undefined, parent: number, name: string): MergedEntry['origin'] {
    if (!entry?.node) return 'base';
    return this.#options.base.entries(parent).some((shipped) => shipped.name === name) ? 'changed' : 'new';
  }

  #keepOrphan(record: NodeRecord): void {
    this.#orphans.set(record.ino, chunksOf(record).length > 0 ? record : { ...record, chunks: [] });
    const oldest = this.#orphans.keys().next();
    if (this.#orphans.size > MAX_ORPHANS && !oldest.done) this.#orphans.delete(oldest.value);
  }
}

/** The directories in which a batch takes names away, and those that it removes. */
function* directoriesOf({ changes }: CutBatch): Generator<number> {
  for (const { op, ino, parent, parent2, replaced } of changes) {
    if (op === 'write' || op === 'attr') continue;
    yield parent;
    if (parent2) yield parent2;
    if (replaced) yield replaced;
    if (op === 'rmdir') yield ino;
  }
}

/** A value that cannot be decoded, or a row that is missing; not a store that is gone. */
function isDamage(error: unknown): boolean {
  return error instanceof FsError && error.code === 'EIO' && (error.cause instanceof RangeError || error.syscall === 'populate');
}

function isEmpty(batch: StoreBatch): boolean {
  return batch.journal.length + batch.entries.length + batch.removed.length + batch.nodes.length + batch.droppedNodes.length === 0;
}
