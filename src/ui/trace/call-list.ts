import { createStore, type StoreApi } from 'zustand/vanilla';
import type { TraceCalls, TraceFilter, TracedCall } from '../../shared/abi/index.ts';
import { CallWindow, PAGE } from './call-window.ts';

export interface CallListState {
  /** How many match. */
  total: number;
  /** Grows whenever rows are other ones. */
  stamp: number;
  /** The end stays in sight while calls come. */
  following: boolean;
  loading: boolean;
}

type Api = Pick<TraceCalls, 'traceRead' | 'tracePlace'>;

/** Calls of the end that are read at once: more than a screen has rows. */
const TAIL = 120;

/**
 * The calls of one run that match a filter, as a list of any length. While the run goes on it grows; and once the kernel keeps no more, its beginning goes:
 * then all rows have other places, and whoever looks at some is told by how many.
 */
export class CallList {
  readonly store: StoreApi<CallListState> = createStore<CallListState>(() => ({ total: 0, stamp: 0, following: false, loading: true }));
  readonly #api: Api;
  readonly #failed: (error: unknown) => void;
  #window: CallWindow;
  #run = -1;
  #filter: TraceFilter = {};
  #first = 0;
  #sight = { start: 0, end: 40 };
  /** Grows with each list that is asked for. */
  #asked = 0;
  #updating = false;
  /** Rows went to other places: by so many. */
  onShift: (by: number) => void = () => undefined;

  constructor(api: Api, failed: (error: unknown) => void) {
    this.#api = api;
    this.#failed = failed;
    this.#window = new CallWindow((from, count) => this.#api.traceRead(this.#run, this.#filter, from, count), () => this.#emit(), failed);
  }

  row(index: number): TracedCall | undefined {
    return this.#window.row(index);
  }

  /** Rows `[start, end)` are in sight. */
  want(start: number, end: number): void {
    this.#sight = { start, end };
    this.#window.want(start, end, !this.store.getState().following);
  }

  /** Another run or filter. What is shown stays until the new is there. `tail`: from its end, and following it. */
  async show(run: number, filter: TraceFilter, tail: boolean): Promise<void> {
    const asked = ++this.#asked;
    this.store.setState({ loading: true });
    try {
      const { info, total, calls } = await this.#api.traceRead(run, filter, tail ? -TAIL : 0, tail ? TAIL : PAGE);
      if (asked !== this.#asked) return;
      [this.#run, this.#filter, this.#first] = [run, filter, info.first];
      this.#sight = { start: 0, end: 40 };
      this.#window.reset(total);
      this.#window.put(total, tail ? Math.max(0, total - calls.length) : 0, calls);
      this.#emit({ following: tail, loading: false });
    } catch (error) {
      if (asked === this.#asked) this.#failed(error);
    }
  }

  /** There may be more, and less of the beginning. One at a time: the caller comes again. */
  async update(): Promise<void> {
    if (this.#updating || this.#run < 0) return;
    this.#updating = true;
    const asked = this.#asked;
    try {
      const { following } = this.store.getState();
      const { info, total, calls } = await this.#api.traceRead(this.#run, this.#filter, following ? -TAIL : -1, following ? TAIL : 1);
      if (asked !== this.#asked) return;
      const moved = info.first !== this.#first;
      this.#first = info.first;
      if (following) {
        if (moved) this.#window.reset(total);
        this.#window.put(total, Math.max(0, total - calls.length), calls);
        this.#emit();
      } else if (moved) await this.#shift(asked);
      else if (total !== this.#window.total) {
        this.#window.grow(total);
        this.#window.want(this.#sight.start, this.#sight.end);
        this.#emit();
      }
    } catch (error) {
      if (asked === this.#asked) this.#failed(error);
    } finally {
      this.#updating = false;
    }
  }

  /** Where a call stands now; the next one where it does not match, -1 for none. */
  place(seq: number): Promise<number> {
    return this.#api.tracePlace(this.#run, this.#filter, seq);
  }

  setFollowing(following: boolean): void {
    if (following === this.store.getState().following) return;
    this.store.setState({ following });
    if (following) void this.update();
  }

  dispose(): void {
    this.#asked++;
    this.#window.dispose();
  }

  /** Finds the first row in sight again, reads around it, and tells how far it went. */
  async #shift(asked: number): Promise<void> {
    const { start } = this.#sight;
    const anchor = this.#window.row(start);
    const place = anchor ? await this.#api.tracePlace(this.#run, this.#filter, anchor.seq) : 0;
    const from = Math.max(0, place - 50);
    const { info, total, calls } = await this.#api.traceRead(this.#run, this.#filter, from, PAGE);
    if (asked !== this.#asked) return;
    this.#first = info.first;
    // Between the two calls some more may have gone.
    const found = anchor ? calls.findIndex(({ seq }) => seq >= anchor.seq) : -1;
    const now = found < 0 ? Math.min(start, Math.max(0, total - 1)) : from + found;
    this.#window.reset(total);
    this.#window.put(total, from, calls);
    this.#emit();
    if (now !== start) this.onShift(now - start);
    this.#window.want(now, now + this.#sight.end - this.#sight.start);
  }

  #emit(more: Partial<CallListState> = {}): void {
    this.store.setState(({ stamp }) => ({ total: this.#window.total, stamp: stamp + 1, ...more }));
  }
}
