import type { HistoryCost } from '../../shared/abi/index.ts';
import { emptyBatch, type ChunkRef, type Store } from '../contract/index.ts';
import { recordCodec, refsOf, scanLayer, scanLayerNodes } from '../storage/index.ts';
import type { JournalIndex } from './journal-index.ts';

export interface CostOptions {
  index: Pick<JournalIndex, 'oldest' | 'last'>;
  store: Store;
  yield: () => Promise<void>;
  /** Chunks that are remembered from one count to the next, at most. Default 500 000, of about 100 bytes each; with more, each count is a full one. */
  chunksMax?: number;
  /** Records in a page. Default 1024; what `journal` is depends on it a little. */
  page?: number;
}

/** Records in a page; pages begin at 1, 1025, … whatever is trimmed, so that a page stays what it was. */
const PAGE = 1024;
const CHUNKS_MAX = 500_000;
/** Hex digits of a hash by which a chunk is known: 52 bits, which a number holds. */
const DIGITS = 13;

/** What was read of a layer: its chunks, by place in the table. `revision`: of the store before that; `frozen`: it was in the stack by then. */
interface Layer {
  revision: number;
  frozen: boolean;
  entries: number;
  chunks: Uint32Array;
}

/**
 * Counts what history costs. Remembered from one count to the next: the bytes of each page of the journal; for each chunk its length and the last record
 * that names it, which says by itself whether it outlives a trim; the chunks of each layer. Read again are pages that grew or were cut, and layers that may have changed.
 */
export class CostCounter {
  readonly #options: CostOptions;
  readonly #places = new Map<number, number>();
  readonly #lengths: number[] = [];
  /** The last record that names a chunk; 0: none. */
  readonly #lasts: number[] = [];
  /** By first record of the page. */
  readonly #pages = new Map<number, { from: number; to: number; bytes: number }>();
  readonly #layers = new Map<number, Layer>();
  readonly #page: number;
  #counting: Promise<unknown> = Promise.resolve();

  constructor(options: CostOptions) {
    this.#options = options;
    this.#page = options.page ?? PAGE;
  }

  /** One after the other. */
  count(): Promise<HistoryCost> {
    const done = this.#counting.then(() => this.#count());
    this.#counting = done.catch(() => undefined);
    return done;
  }

  async #count(): Promise<HistoryCost> {
    const { index, chunksMax = CHUNKS_MAX } = this.#options;
    await this.#readLayers();
    await this.#readJournal();
    const { oldest, last } = index;
    const needed = new Uint8Array(this.#lengths.length);
    for (const { chunks } of this.#layers.values()) for (const place of chunks) needed[place] = 1;
    let [present, past, dead] = [0, 0, 0];
    for (const [place, length] of this.#lengths.entries()) {
      if (needed[place]) present += length;
      else if (this.#lasts[place]! >= oldest) past += length;
      else dead++;
    }
    const journal = [...this.#pages.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    if (this.#lengths.length > chunksMax || dead > this.#lengths.length / 2) this.#forget();
    return { entries: last - oldest + 1, oldest, journal, present, past };
  }

  #forget(): void {
    this.#places.clear();
    this.#lengths.length = this.#lasts.length = 0;
    this.#pages.clear();
    this.#layers.clear();
  }

  async #readJournal(): Promise<void> {
    const { index, store, yield: pause } = this.#options;
    for (const [first, { to }] of this.#pages) if (to < index.oldest) this.#pages.delete(first);
    for (let first = this.#pageOf(index.oldest); first <= store.head().seq; first += this.#page) {
      const [from, to] = [Math.max(first, index.oldest), Math.min(first + this.#page - 1, store.head().seq)];
      const known = this.#pages.get(first);
      if (known?.from === from && known.to === to) continue;
      const records = from > to ? [] : await store.journal(from, to - from + 1);
      this.#pages.set(first, { from: records[0]?.seq ?? from, to: records.at(-1)?.seq ?? to, bytes: records.length === 0 ? 0 : recordCodec.encodeSegment(records).length });
      for (const record of records) {
        for (const ref of refsOf(emptyBatch({ journal: [record] }))) {
          const place = this.#placeOf(ref);
          this.#lasts[place] = Math.max(this.#lasts[place]!, record.seq);
        }
      }
      await pause();
    }
  }

  /** Frozen layers of the stack stay as they are; another one is read again if anything was committed since. */
  async #readLayers(): Promise<void> {
    const { store } = this.#options;
    const ids = (await store.layers()).map(({ id }) => id);
    for (const id of this.#layers.keys()) if (!ids.includes(id)) this.#layers.delete(id);
    for (const id of ids) {
      const { revision, stack } = store.head();
      const known = this.#layers.get(id);
      const [frozen, entries] = [stack.includes(id), await store.countEntries(id)];
      // Only a repair takes rows from a frozen one.
      if (known && (known.revision === revision || (known.frozen && frozen && known.entries === entries))) continue;
      const chunks = await this.#chunksOf(id);
      this.#layers.set(id, { revision, frozen, entries, chunks });
    }
  }

  async #chunksOf(layer: number): Promise<Uint32Array> {
    const { store, yield: pause } = this.#options;
    const found = new Set<number>();
    const add = (chunks: readonly ChunkRef[] = []): void => {
      for (const ref of chunks) if (ref.length > 0 && ref.pack > 0) found.add(this.#placeOf(ref));
    };
    for await (const { node } of scanLayer(store, layer, pause)) if (node && !('linked' in node)) add(node.chunks);
    for await (const { chunks } of scanLayerNodes(store, layer, pause)) add(chunks);
    return Uint32Array.from(found);
  }

  /** First record of the page that has this one. */
  #pageOf(seq: number): number {
    return Math.floor((seq - 1) / this.#page) * this.#page + 1;
  }

  #placeOf({ hash, length }: ChunkRef): number {
    const key = Number.parseInt(hash.slice(0, DIGITS), 16);
    let place = this.#places.get(key);
    if (place === undefined) {
      this.#places.set(key, (place = this.#lengths.length));
      this.#lengths.push(length);
      this.#lasts.push(0);
    }
    return place;
  }
}
