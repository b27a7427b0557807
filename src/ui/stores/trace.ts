import { createStore, type StoreApi } from 'zustand/vanilla';

/** What the trace pane is to show when it is next looked at. */
export interface TraceWish {
  /** A run of the history; without one: the newest. */
  run?: number;
  /** A call of the run, by its place. */
  seq?: number;
  /** As it would be typed. Default: none. */
  filter?: string;
  /** Instead of a run: the calls of all runs about this path. */
  path?: string;
}

export type TraceView = 'calls' | 'failed' | 'slowest' | 'stats';

/** How other panes lead to the trace. The pane itself takes the wish and clears it. */
export class Trace {
  readonly store: StoreApi<{ wish: TraceWish | null }> = createStore<{ wish: TraceWish | null }>(() => ({ wish: null }));
  readonly #open: () => void;

  /** @param open shows the pane */
  constructor(open: () => void) {
    this.#open = open;
  }

  /** The system calls of a run. */
  showRun(run: number, more: Omit<TraceWish, 'run' | 'path'> = {}): void {
    this.#wish({ run, ...more });
  }

  /** Those of the newest run, whichever that becomes. */
  showNewest(filter?: string): void {
    this.#wish(filter === undefined ? {} : { filter });
  }

  /** The calls about a path, of all runs that are kept. */
  showPath(path: string): void {
    this.#wish({ path });
  }

  /** What was wished for since the last time; null for nothing. */
  take(): TraceWish | null {
    const { wish } = this.store.getState();
    if (wish) this.store.setState({ wish: null });
    return wish;
  }

  #wish(wish: TraceWish): void {
    this.store.setState({ wish });
    this.#open();
  }
}
