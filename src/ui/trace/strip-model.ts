import { createStore, type StoreApi } from 'zustand/vanilla';
import type { TraceBucket, TraceCalls, TraceFilter, TracedCall } from '../../shared/abi/index.ts';
import { bucketsFor, isWhole, type Stretch } from './strip-geometry.ts';

export interface StripState {
  /** From the run's start to its end, or to now. */
  whole: Stretch;
  overview: readonly TraceBucket[];
  /** What is shown large, and the buckets of it. */
  shown: Stretch;
  buckets: readonly TraceBucket[];
  /** Where there are few calls: each of them. */
  spans: readonly TracedCall[] | null;
}

type Api = Pick<TraceCalls, 'traceStrip' | 'traceRead'>;

/** Up to so many calls are drawn one by one. */
const SPANS_MAX = 400;
const NONE: StripState = { whole: { from: 0, to: 0 }, overview: [], shown: { from: 0, to: 0 }, buckets: [], spans: null };

export interface StripWish {
  run: number;
  filter: TraceFilter;
  whole: Stretch;
  shown: Stretch;
}

/** What the strip is drawn from. One reading at a time; of what was wished meanwhile only the last is read. */
export class StripModel {
  readonly store: StoreApi<StripState> = createStore<StripState>(() => NONE);
  readonly #api: Api;
  readonly #failed: (error: unknown) => void;
  #width = 600;
  #wish: StripWish | null = null;
  #reading = false;

  constructor(api: Api, failed: (error: unknown) => void) {
    this.#api = api;
    this.#failed = failed;
  }

  setWidth(width: number): void {
    if (bucketsFor(width) === bucketsFor(this.#width)) return;
    this.#width = width;
    const { whole, shown, overview } = this.store.getState();
    if (overview.length > 0 && this.#last) this.read({ ...this.#last, whole, shown });
  }

  #last: StripWish | null = null;

  read(wish: StripWish): void {
    this.#wish = wish;
    if (!this.#reading) void this.#go();
  }

  clear(): void {
    this.#wish = null;
    this.#last = null;
    this.store.setState(NONE);
  }

  async #go(): Promise<void> {
    this.#reading = true;
    for (let wish = this.#wish; wish; wish = this.#wish) {
      this.#wish = null;
      try {
        const state = await this.#readOne(wish);
        // Another run was chosen meanwhile, or none.
        const next = this.#wish as StripWish | null;
        if (next && next.run !== wish.run) continue;
        this.#last = wish;
        this.store.setState(state);
      } catch (error) {
        this.#failed(error);
      }
    }
    this.#reading = false;
  }

  async #readOne({ run, filter, whole, shown }: StripWish): Promise<StripState> {
    const count = bucketsFor(this.#width);
    const all = isWhole(shown, whole);
    const [overview, own] = await Promise.all([
      this.#api.traceStrip(run, filter, whole.from, whole.to, count),
      all ? null : this.#api.traceStrip(run, filter, shown.from, shown.to, count),
    ]);
    const buckets = own ?? overview;
    const calls = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
    const few = calls > 0 && calls <= SPANS_MAX;
    const spans = few ? (await this.#api.traceRead(run, all ? filter : { ...filter, from: shown.from, to: shown.to }, 0, SPANS_MAX * 2)).calls : null;
    return { whole, overview, shown, buckets, spans };
  }
}
