import { emptyBatch, type ChunkRef, type Collection, type PackedChunk, type PackRow, type Store, type StoreBatch } from '../contract/index.ts';
import { lengthOf, packRows, refsOf } from './chunk-refs.ts';
import { BASE_PACK, PACK_SIZE } from './chunks.ts';
import type { Hasher } from './hasher.ts';

export interface SweepOptions {
  store: Pick<Store, 'chunk' | 'commit' | 'packIndex'>;
  hasher: Hasher;
  yield: () => Promise<void>;
  /** Packs up to this one are looked at. */
  last: number;
  nextPack: () => number;
  /** No hash leads to these places any more. */
  forget: (row: PackRow) => void;
  learn: (row: PackRow) => void;
  ended: () => void;
}

/** A pack of which less than this is alive is written anew. */
const SPARSE = 0.5;
/** Bytes that one transaction moves, at most, and packs that it drops. */
const MOVED_MAX = 8 * PACK_SIZE;
const DROPPED_MAX = 256;

type Piece = { chunk: PackedChunk; bytes: Uint8Array };

/** One collection of chunks: marks, then a sweep. */
export class ChunkSweep implements Collection {
  readonly #options: SweepOptions;
  /** pack * PACK_SIZE + offset. */
  readonly #live = new Set<number>();
  /** Of references to packs that are gone: their chunks are where the hash is. */
  readonly #moved = new Set<string>();
  readonly #known = new Set<number>();
  readonly #touched = new Set<number>();
  #freed = 0;
  #dropped: number[] = [];
  #pieces: Piece[] = [];
  #filled = 0;

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  /** Learns which packs there are. */
  async start(): Promise<void> {
    for await (const { pack } of packRows(this.#options.store, this.#options.yield)) this.#known.add(pack);
  }

  mark(ref: ChunkRef): void {
    if (ref.length === 0 || ref.pack === BASE_PACK) return;
    // Packs that are not known yet, or not any more, are decided by the hash.
    if (this.#known.has(ref.pack)) this.#live.add(ref.pack * PACK_SIZE + ref.offset);
    else this.#moved.add(ref.hash);
  }

  markBatch(batch: StoreBatch): void {
    for (const ref of refsOf(batch)) this.mark(ref);
  }

  /** Somebody found a chunk in this pack, and will refer to it. */
  touch(pack: number): void {
    this.#touched.add(pack);
  }

  cancel(): void {
    this.#options.ended();
  }

  async sweep(): Promise<{ freed: number }> {
    try {
      for await (const row of packRows(this.#options.store, this.#options.yield)) {
        if (row.pack > this.#options.last) break;
        await this.#visit(row);
        if (this.#filled >= MOVED_MAX || this.#dropped.length >= DROPPED_MAX) await this.#commit();
      }
      await this.#commit();
      return { freed: this.#freed };
    } finally {
      this.#options.ended();
    }
  }

  async #visit({ pack, chunks }: PackRow): Promise<void> {
    const live = chunks.filter(({ hash, offset }) => this.#live.has(pack * PACK_SIZE + offset) || this.#moved.has(hash));
    const [kept, all] = [lengthOf(live), lengthOf(chunks)];
    if (this.#touched.has(pack) || kept > all * SPARSE || kept === all) return;
    // From here on nobody finds these places, before the first await: who found one until now has touched the pack.
    this.#options.forget({ pack, chunks });
    const pieces = await this.#read(pack, live).catch(() => null);
    if (!pieces) return;
    this.#pieces.push(...pieces);
    this.#filled += kept;
    this.#dropped.push(pack);
    this.#freed += all - kept;
  }

  /** A pack with a chunk that cannot be read, or is not what its hash says, stays as it is, for what can be saved of it. */
  async #read(pack: number, live: readonly PackedChunk[]): Promise<Piece[]> {
    const pieces: Piece[] = [];
    for (const chunk of live) {
      const bytes = await this.#options.store.chunk({ ...chunk, pack });
      if (this.#options.hasher.hash(bytes) !== chunk.hash) throw new Error(`pack ${pack} is damaged`);
      pieces.push({ chunk, bytes: bytes.slice() });
    }
    return pieces;
  }

  async #commit(): Promise<void> {
    if (this.#dropped.length === 0) return;
    const packs = [...this.#lay()];
    const nextPack = packs.reduce((next, { id }) => Math.max(next, id + 1), 0);
    await this.#options.store.commit(emptyBatch({ packs, nextPack, droppedPacks: this.#dropped, durability: 'relaxed' }));
    for (const { id, chunks } of packs) this.#options.learn({ pack: id, chunks });
    this.#dropped = [];
    this.#pieces = [];
    this.#filled = 0;
  }

  *#lay(): Generator<StoreBatch['packs'][number]> {
    for (let at = 0; at < this.#pieces.length; ) {
      const chunks: PackedChunk[] = [];
      const start = at;
      let size = 0;
      for (let piece = this.#pieces[at]; piece && size + piece.bytes.length <= PACK_SIZE; piece = this.#pieces[++at]) {
        chunks.push({ hash: piece.chunk.hash, offset: size, length: piece.bytes.length });
        size += piece.bytes.length;
      }
      const bytes = new Uint8Array(size);
      for (const [i, { offset }] of chunks.entries()) bytes.set(this.#pieces[start + i]!.bytes, offset);
      yield { id: this.#options.nextPack(), bytes, chunks };
    }
  }
}
