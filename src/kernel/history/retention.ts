import type { HistoryCost, Retention as Bounds } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { emptyBatch, type ChunkRef, type JournalRecord, type Store } from '../contract/index.ts';
import { collectChunks, refsOf, scanLayer, scanLayerNodes, type ChunkStore } from '../storage/index.ts';
import { CostCounter } from './cost.ts';
import type { JournalIndex } from './journal-index.ts';

export interface RetentionOptions {
  index: JournalIndex;
  store: Store;
  /** Runs between two batches, also while one cannot be stored for want of space: `JournalWriter.makingRoom`. */
  between: <T>(action: () => Promise<T>) => Promise<T>;
  chunks: ChunkStore;
  /** References that are in no batch yet; see `collectChunks`. */
  loose: () => Iterable<ChunkRef>;
  /** Entries that something stands on or looks at, besides snapshots, sessions and branches: what came after them is kept. */
  pins: () => Iterable<number>;
  /** There may be more space than before. */
  onFreed?: () => void;
  /** Milliseconds since the epoch. */
  now: () => number;
  yield: () => Promise<void>;
}

const DAY = 86_400_000;
export const DEFAULT_RETENTION: Bounds = Object.freeze({ age: 90 * DAY, entries: 200_000, bytes: 2 ** 30 });
const SETTING = 'retention';
const PAGE = 1024;
/** What is beyond a bound goes once it is this part of it, so that not every entry costs a collection. */
const SLACK = 1 / 20;

/** What is kept of the past, and what it costs. Rules HR* in SPEC.md. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #costs: CostCounter;
  #trimming: Promise<unknown> = Promise.resolve();

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#costs = new CostCounter(options);
  }

  async bounds(): Promise<Bounds> {
    const stored = await this.#options.store.setting(SETTING);
    return isBounds(stored) ? stored : DEFAULT_RETENTION;
  }

  /** @throws FsError EINVAL for what is no count or `null` */
  async setBounds(bounds: Bounds): Promise<void> {
    if (!isBounds(bounds)) throw new FsError('EINVAL', 'retention', undefined, { detail: 'age, entries and bytes are numbers from 0 on, or null for no bound' });
    const { age, entries, bytes } = bounds;
    await this.#options.store.commit(emptyBatch({ settings: [{ key: SETTING, value: { age, entries, bytes } }] }));
  }

  cost(): Promise<HistoryCost> {
    return this.#costs.count();
  }

  /**
   * Forgets the records up to `point`, as far as nothing pins them, and frees what only they needed. The oldest point is then `point`, or an older
   * one that is pinned. One after the other. @throws FsError EROFS, ENOSPC, EIO
   */
  trim(point: number): Promise<{ freed: number; cost: HistoryCost }> {
    const done = this.#trimming.then(async () => {
      await this.#trimJournal(point + 1);
      const { freed } = await collectChunks(this.#options);
      this.#options.onFreed?.();
      return { freed, cost: await this.cost() };
    });
    this.#trimming = done.catch(() => undefined);
    return done;
  }

  /** Trims what is clearly beyond the bounds. Whether it did. */
  async tend(): Promise<boolean> {
    const { index } = this.#options;
    const first = await this.#firstWithin(await this.bounds());
    const kept = await this.#pinned(first);
    if (kept - index.oldest <= Math.max(64, (index.last - kept) * SLACK)) return false;
    await this.trim(kept - 1);
    return true;
  }

  async #trimJournal(first: number): Promise<void> {
    const { index, store, between, pins } = this.#options;
    await between(async () => {
      const kept = Math.min(await this.#pinned(first), store.head().seq + 1);
      if (kept <= index.oldest) return;
      const droppedRuns = await this.#endedBefore(kept);
      // Somebody may have begun to stand on an older point while the store was asked.
      if ([...pins()].some((entry) => entry + 1 < kept)) return;
      // First the index: from here on nobody begins to read what goes.
      index.trim(kept);
      await store.commit(emptyBatch({ trimJournal: kept, droppedRuns }));
    });
  }

  /** The first record that must be kept so that every pinned point can be seen. */
  async #pinned(first: number): Promise<number> {
    const { store, pins } = this.#options;
    const entries = [...(await store.snapshots()).map(({ entry }) => entry), ...(await store.layers()).flatMap(({ at }) => at ?? []), ...pins()];
    return entries.reduce((kept, entry) => Math.min(kept, entry + 1), first);
  }

  async #firstWithin({ age, entries, bytes }: Bounds): Promise<number> {
    const { index, now, store } = this.#options;
    let first = index.oldest;
    if (entries !== null) first = Math.max(first, index.last - entries + 1);
    if (age !== null) first = Math.max(first, await this.#firstSince(BigInt(Math.floor(now() - age)) * 1_000_000n));
    // Counting reads the whole journal: not while all that is stored is below the bound.
    if (bytes !== null && (await store.usage()).usage > bytes) first = Math.max(first, await this.#firstOfLast(bytes));
    return first;
  }

  /** The first stored record that is not older; by halves, as times go up but for the clock being set. */
  async #firstSince(time: bigint): Promise<number> {
    let [low, high] = [this.#options.index.oldest, this.#options.store.head().seq + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [record] = await this.#options.store.journal(middle, 1);
      if (record && record.time < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The first record of the newest ones that need at most so many bytes of chunks that the present does not need. */
  async #firstOfLast(bytes: number): Promise<number> {
    const { index, store } = this.#options;
    const seen = await this.#presentChunks();
    let left = bytes;
    for (let end = store.head().seq; end >= index.oldest;) {
      const start = Math.max(index.oldest, end - PAGE + 1);
      const page = (await this.#page(start)).filter(({ seq }) => seq <= end).reverse();
      for (const record of page) {
        for (const ref of refsOf(emptyBatch({ journal: [record] }))) {
          if (seen.has(keyOf(ref))) continue;
          seen.set(keyOf(ref), ref.length);
          left -= ref.length;
        }
        if (left < 0) return record.seq + 1;
      }
      end = start - 1;
      await this.#options.yield();
    }
    return index.oldest;
  }

  async #presentChunks(): Promise<Map<string, number>> {
    const { store, yield: pause } = this.#options;
    const found = new Map<string, number>();
    const add = (chunks: readonly ChunkRef[] = []): void => {
      for (const ref of chunks) if (ref.length > 0 && ref.pack > 0) found.set(keyOf(ref), ref.length);
    };
    for (const { id } of await store.layers()) {
      for await (const { node } of scanLayer(store, id, pause)) if (node && !('linked' in node)) add(node.chunks);
      for await (const { chunks } of scanLayerNodes(store, id, pause)) add(chunks);
    }
    return found;
  }

  /** Runs that had ended before a record was made, and started none that had not. */
  async #endedBefore(seq: number): Promise<number[]> {
    const { store } = this.#options;
    const [record] = await store.journal(seq, 1);
    const time = record ? Number(record.time / 1_000_000n) : Infinity;
    // With the runs that started them: who started a run that is kept is kept as well.
    const ended = new Map<number, number | undefined>();
    const parents: number[] = [];
    for (let from = 0; ;) {
      const page = await store.runs(from, PAGE);
      for (const { run, parent, ended: end } of page) {
        if (end !== undefined && end < time) ended.set(run, parent);
        else if (parent !== undefined) parents.push(parent);
      }
      if (page.length < PAGE) break;
      from = page.at(-1)!.run + 1;
    }
    for (let at = parents.pop(); at !== undefined; at = parents.pop()) {
      const above = ended.get(at);
      if (ended.delete(at) && above !== undefined) parents.push(above);
    }
    return [...ended.keys()];
  }

  #page(from: number): Promise<JournalRecord[]> {
    return this.#options.store.journal(from, PAGE);
  }
}

const keyOf = ({ hash }: ChunkRef): string => hash;

function isBounds(value: unknown): value is Bounds {
  if (typeof value !== 'object' || value === null) return false;
  const { age, entries, bytes } = value as Partial<Record<keyof Bounds, unknown>>;
  return [age, entries, bytes].every((bound) => bound === null || (typeof bound === 'number' && Number.isFinite(bound) && bound >= 0));
}

/** Milliseconds after the start, and between two looks, at which what is beyond the bounds goes. */
const FIRST = 60_000;
const EVERY = 600_000;

/** Keeps the bounds in the background while `owned`. Returns what stops it. What cannot be trimmed now is tried again; a bug of ours is told. */
export function tendRegularly(retention: Retention, owned: () => boolean, onFault: (error: unknown) => void): () => void {
  const tend = (): void => {
    timer = setTimeout(tend, EVERY);
    if (owned()) void retention.tend().catch((error: unknown) => (error instanceof FsError ? undefined : onFault(error)));
  };
  let timer = setTimeout(tend, FIRST);
  return () => clearTimeout(timer);
}
