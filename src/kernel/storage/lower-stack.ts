import type { BaseLayer, EntryRecord, NodeRecord, Store, ViewEntry } from '../contract/index.ts';
import { isBaseIno } from './manifest.ts';

/** Rows of frozen layers that are kept in memory, at most; the directories that were not used for longest go. */
const ROWS_MAX = 200_000;
const NOTHING: ReadonlyMap<string, EntryRecord> = new Map();

export interface StackOptions {
  store: Pick<Store, 'entries' | 'node'>;
  base: BaseLayer;
}

/**
 * What lies below an upper layer: the base, and on it frozen layers. A name is what the topmost frozen layer with a row for it says,
 * else what the base says. Frozen layers do not change, so rows that were read are kept, until the stack is another.
 */
export class LowerStack {
  readonly #store: StackOptions['store'];
  readonly #base: BaseLayer;
  /** From the bottom to the top. */
  #layers: readonly number[] = [];
  /** Directories with this number and greater ones were made since the top layer was frozen: no layer has rows of them. */
  #firstNew = 2;
  /** Rows of all frozen layers by directory, the topmost of each name. The last used come last. */
  readonly #rows = new Map<number, ReadonlyMap<string, EntryRecord>>();
  #count = 0;
  #generation = 0;

  constructor({ store, base }: StackOptions) {
    this.#store = store;
    this.#base = base;
  }

  get layers(): readonly number[] {
    return this.#layers;
  }

  /** `nextIno`: no directory that the frozen layers know has this number or a greater one. */
  set(layers: readonly number[], nextIno: number): void {
    this.#layers = [...layers];
    this.#firstNew = nextIno;
    this.#rows.clear();
    this.#count = 0;
    this.#generation++;
  }

  /** The frozen layers' rows of a directory, whiteouts included. */
  async rows(parent: number): Promise<ReadonlyMap<string, EntryRecord>> {
    if (!this.#mayHave(parent)) return NOTHING;
    const known = this.#rows.get(parent);
    if (known) {
      this.#rows.delete(parent);
      this.#rows.set(parent, known);
      return known;
    }
    const generation = this.#generation;
    const layers = await Promise.all(this.#layers.map((layer) => this.#store.entries(parent, layer)));
    const rows = new Map(layers.flat().map((entry) => [entry.name, entry]));
    if (generation === this.#generation) this.#keep(parent, rows);
    return rows;
  }

  /** Makes `visible` answer for these directories, until other rows are read. */
  async preload(parents: Iterable<number>): Promise<void> {
    const missing = [...new Set(parents)].filter((parent) => this.#mayHave(parent));
    for (const parent of missing) await this.rows(parent);
    // What was read last may have pushed out what was read first, where there is more than is kept.
    for (const parent of missing) if (!this.#rows.has(parent)) this.#keep(parent, await this.rows(parent), false);
  }

  /** Names that are there without the upper; null if the directory was not preloaded. */
  visible(parent: number): Set<string> | null {
    const names = new Set(this.#base.entries(parent).map(({ name }) => name));
    if (!this.#mayHave(parent)) return names;
    const rows = this.#rows.get(parent);
    if (!rows) return null;
    for (const { name, node } of rows.values()) {
      if (node) names.add(name);
      else names.delete(name);
    }
    return names;
  }

  /** All that is in a directory without the upper. */
  async children(parent: number): Promise<ViewEntry[]> {
    const rows = await this.rows(parent);
    const found = this.#base.entries(parent).filter(({ name }) => !rows.has(name)).map(({ name, node }) => ({ name, record: node }));
    for (const { name, node } of rows.values()) {
      const record = node && 'linked' in node ? await this.node(node.ino) : node;
      if (record) found.push({ name, record });
    }
    return found;
  }

  /** What is at a name without the upper. */
  async lookup(parent: number, name: string): Promise<NodeRecord | undefined> {
    const row = (await this.rows(parent)).get(name);
    if (!row) return this.#base.entries(parent).find((entry) => entry.name === name)?.node;
    return row.node && 'linked' in row.node ? this.node(row.node.ino) : (row.node ?? undefined);
  }

  /** What the topmost frozen layer that has it says of a node in `nodes`. */
  async node(ino: number): Promise<NodeRecord | undefined> {
    for (const layer of this.#layers.toReversed()) {
      const node = await this.#store.node(ino, layer);
      if (node) return node;
    }
    return undefined;
  }

  #mayHave(parent: number): boolean {
    return this.#layers.length > 0 && (isBaseIno(parent) || parent < this.#firstNew);
  }

  #keep(parent: number, rows: ReadonlyMap<string, EntryRecord>, evict = true): void {
    this.#count += rows.size + 1 - (this.#rows.has(parent) ? (this.#rows.get(parent)?.size ?? 0) + 1 : 0);
    this.#rows.set(parent, rows);
    for (const [oldest, { size }] of this.#rows) {
      if (!evict || this.#count <= ROWS_MAX || oldest === parent) return;
      this.#rows.delete(oldest);
      this.#count -= size + 1;
    }
  }
}
