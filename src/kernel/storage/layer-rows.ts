import { emptyBatch, type EntryRecord, type NodeRecord, type Store, type StoreBatch } from '../contract/index.ts';

/** Rows in memory, and in one batch, at a time. */
const PAGE = 2048;

/** Writes the rows of a layer in pages. Nothing of it counts until that layer is in the stack. */
export class LayerRows {
  readonly #store: Store;
  readonly #layer: number;
  readonly #guard: (batch: StoreBatch) => void;
  #entries: EntryRecord[] = [];
  #nodes: NodeRecord[] = [];

  /** `guard` is told of each batch before it is committed. */
  constructor(store: Store, layer: number, guard: (batch: StoreBatch) => void) {
    this.#store = store;
    this.#layer = layer;
    this.#guard = guard;
  }

  async entry(row: EntryRecord): Promise<void> {
    if (this.#entries.push(row) >= PAGE) await this.flush();
  }

  async node(node: NodeRecord): Promise<void> {
    if (this.#nodes.push(node) >= PAGE) await this.flush();
  }

  async flush(): Promise<void> {
    const batch = emptyBatch({ layer: this.#layer, entries: this.#entries, nodes: this.#nodes, durability: 'relaxed' });
    [this.#entries, this.#nodes] = [[], []];
    this.#guard(batch);
    await this.#store.commit(batch);
  }
}
