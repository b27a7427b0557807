import { FsError } from '../../shared/base/index.ts';
import type { ChunkRef, Collection, PackRow, Store, StoreBatch } from '../contract/index.ts';
import { packRows } from './chunk-refs.ts';
import { ChunkSweep } from './chunk-sweep.ts';
import { PACK_SIZE } from './chunks.ts';
import type { Hasher } from './hasher.ts';

export interface ChunkStoreOptions {
  store: Pick<Store, 'chunk' | 'commit' | 'packIndex'>;
  hasher: Hasher;
  /** Lets others run between slices of work. */
  yield: () => Promise<void>;
  /** Hashes whose places are in memory, at most; beyond it the first known go, and their bytes may be stored twice. Default 262 144: 16 GiB of whole blocks. */
  hashes?: number;
}

const HASHES_MAX = 2 ** 18;

/** What one batch refers to, from the moment its blocks are looked up until it is in the store. */
export class ChunkHold {
  /** Its own packs, and those in which chunks were found that it refers to. */
  readonly uses = new Set<number>();
  /** Its own chunks by hash; the number of the pack may not be set yet. */
  readonly own = new Map<string, ChunkRef>();
  batch: StoreBatch | null = null;
}

/**
 * The chunks of a workspace, for all its overlays: where the bytes of a hash are, so that they are stored once, the numbers of packs,
 * and what a collection must leave. Rules CH* in SPEC.md.
 */
export class ChunkStore {
  readonly #options: ChunkStoreOptions;
  readonly #bound: number;
  /** By hash: pack * PACK_SIZE + offset. */
  readonly #places = new Map<string, number>();
  readonly #holds = new Set<ChunkHold>();
  #sweep: ChunkSweep | null = null;
  #nextPack = 1;
  #generation = 0;
  #filled: Promise<void> | null = null;

  constructor(options: ChunkStoreOptions) {
    this.#options = options;
    this.#bound = options.hashes ?? HASHES_MAX;
  }

  /** Of the head, when the store was opened. */
  start(nextPack: number): void {
    this.#nextPack = Math.max(this.#nextPack, nextPack);
  }

  /** Another session wrote meanwhile, and may have dropped packs: what was known of places is forgotten, and read anew. With no batch under way. */
  restart(nextPack: number): void {
    this.#places.clear();
    this.#generation++;
    this.#filled = null;
    this.start(nextPack);
  }

  nextPack(): number {
    return this.#nextPack++;
  }

  get lastPack(): number {
    return this.#nextPack - 1;
  }

  /** Learns what the packs of earlier sessions hold, in the background; until then some bytes may be stored again. */
  fill(): Promise<void> {
    this.#filled ??= this.#fill();
    return this.#filled;
  }

  hold(): ChunkHold {
    const hold = new ChunkHold();
    this.#holds.add(hold);
    return hold;
  }

  /** The batch is in the store, or will not be. */
  release(hold: ChunkHold, stored: boolean): void {
    this.#holds.delete(hold);
    if (stored) for (const { id, chunks } of hold.batch?.packs ?? []) this.learn({ pack: id, chunks });
  }

  /** A chunk with this hash that is stored, or that this batch or one of those `before` it, which are stored first, brings. */
  find(hash: string, length: number, hold: ChunkHold, before: Iterable<ChunkHold>): ChunkRef | undefined {
    const place = this.#places.get(hash);
    if (place !== undefined) {
      const ref = { hash, pack: Math.floor(place / PACK_SIZE), offset: place % PACK_SIZE, length };
      this.#use(ref.pack, hold);
      return ref;
    }
    for (const { own } of before) {
      const found = own.get(hash);
      if (found) return found;
    }
    return hold.own.get(hash);
  }

  /** Bytes of a chunk, checked against its hash: where the reference says, else where the hash is now. EIO with the reason. */
  async read(ref: ChunkRef): Promise<Uint8Array> {
    for (const { batch } of this.#holds) {
      const pack = batch?.packs.find(({ id }) => id === ref.pack);
      if (pack) return pack.bytes.subarray(ref.offset, ref.offset + ref.length);
    }
    const first = await this.#checked(ref).catch((error: unknown) => error);
    if (first instanceof Uint8Array) return first;
    const place = this.#places.get(ref.hash);
    if (place !== undefined) {
      const known = { ...ref, pack: Math.floor(place / PACK_SIZE), offset: place % PACK_SIZE };
      const same = known.pack === ref.pack && known.offset === ref.offset;
      const bytes = same ? null : await this.#checked(known).catch(() => null);
      if (bytes) return bytes;
      // What is damaged, or gone, must not be taken for what is written next.
      if (this.#places.get(ref.hash) === place) this.#places.delete(ref.hash);
    }
    const found = await this.#search(ref);
    if (found) return found;
    throw first;
  }

  /** A batch that is about to be stored by another way than `hold`, while chunks may be collected: what it refers to stays. */
  guard(batch: StoreBatch): void {
    this.#sweep?.markBatch(batch);
  }

  /** A reference that will be in a batch to come. */
  use(ref: ChunkRef | null | undefined): void {
    if (ref) this.#sweep?.mark(ref);
  }

  /** Begins a collection. @throws FsError EBUSY while there is one */
  async collect(): Promise<Collection> {
    // Rows that were read before a sweep must not be learnt after it.
    await this.fill();
    if (this.#sweep) throw new FsError('EBUSY', 'collect', undefined, { detail: 'chunks are being collected already' });
    const sweep = new ChunkSweep({
      ...this.#options, last: this.lastPack, nextPack: () => this.nextPack(),
      forget: (row) => this.forget(row), learn: (row) => this.learn(row), ended: () => {
        this.#sweep = null;
      },
    });
    this.#sweep = sweep;
    for (const { uses, batch } of this.#holds) {
      for (const pack of uses) sweep.touch(pack);
      if (batch) sweep.markBatch(batch);
    }
    try {
      await sweep.start();
    } catch (error) {
      this.#sweep = null;
      throw error;
    }
    return sweep;
  }

  learn({ pack, chunks }: PackRow): void {
    for (const { hash, offset } of chunks) {
      this.#places.delete(hash);
      this.#places.set(hash, pack * PACK_SIZE + offset);
    }
    if (this.#places.size <= this.#bound) return;
    for (const hash of this.#places.keys()) {
      if (this.#places.size <= this.#bound) return;
      this.#places.delete(hash);
    }
  }

  forget({ pack, chunks }: PackRow): void {
    for (const { hash, offset } of chunks) if (this.#places.get(hash) === pack * PACK_SIZE + offset) this.#places.delete(hash);
  }

  #use(pack: number, hold: ChunkHold): void {
    hold.uses.add(pack);
    this.#sweep?.touch(pack);
  }

  async #checked(ref: ChunkRef): Promise<Uint8Array> {
    const bytes = await this.#options.store.chunk(ref);
    if (this.#options.hasher.hash(bytes) === ref.hash) return bytes;
    throw new FsError('EIO', 'read', undefined, { detail: `a chunk in pack ${ref.pack} does not have its hash` });
  }

  /** By the store's index: a hash may be elsewhere, where memory does not know, or another session has moved it. */
  async #search(ref: ChunkRef): Promise<Uint8Array | null> {
    for await (const { pack, chunks } of packRows(this.#options.store)) {
      for (const { hash, offset } of chunks) {
        if (hash !== ref.hash || (pack === ref.pack && offset === ref.offset)) continue;
        const bytes = await this.#checked({ ...ref, pack, offset }).catch(() => null);
        if (bytes) return bytes;
      }
    }
    return null;
  }

  async #fill(): Promise<void> {
    const last = this.lastPack;
    const generation = this.#generation;
    for await (const row of packRows(this.#options.store, this.#options.yield)) {
      if (row.pack > last || generation !== this.#generation) return;
      this.learn(row);
    }
  }
}
