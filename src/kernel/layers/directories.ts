import type { BaseLayer, EntryRecord, Store } from '../contract/index.ts';
import { ROOT_INO, scanLayer } from '../storage/index.ts';

const key = (parent: number, name: string): string => `${parent}/${name}`;

/** Where directories are in a stack of layers, so that rows, which know numbers, can be told by paths. */
export class Directories {
  /** What is at a name where a directory is or was; null: no directory any more. */
  readonly #slots: Map<string, number | null>;
  /** One name of each node that is in `nodes`. */
  readonly #linked: Map<number, { parent: number; name: string }>;
  #places: Map<number, { parent: number; name: string }> | null = null;

  private constructor(slots: Map<string, number | null>, linked: Directories['linked']) {
    this.#slots = slots;
    this.#linked = linked;
  }

  /** Of the base with these layers on it. */
  static async of(base: BaseLayer, store: Store, layers: readonly number[]): Promise<Directories> {
    const found = new Directories(new Map(), new Map());
    const visit = (parent: number): void => {
      for (const { name, node } of base.entries(parent)) {
        if (node.kind !== 'directory') continue;
        found.#slots.set(key(parent, name), node.ino);
        visit(node.ino);
      }
    };
    visit(ROOT_INO);
    for (const layer of layers) for await (const row of scanLayer(store, layer)) found.add(row);
    return found;
  }

  get linked(): Map<number, { parent: number; name: string }> {
    return this.#linked;
  }

  /** The same with more rows on it. */
  with(rows: Iterable<EntryRecord>): Directories {
    const copy = new Directories(new Map(this.#slots), new Map(this.#linked));
    for (const row of rows) copy.add(row);
    return copy;
  }

  add({ parent, name, node }: EntryRecord): void {
    this.#places = null;
    const slot = key(parent, name);
    if (node && !('linked' in node) && node.kind === 'directory') this.#slots.set(slot, node.ino);
    else if (this.#slots.has(slot)) this.#slots.set(slot, null);
    if (node && 'linked' in node) this.#linked.set(node.ino, { parent, name });
  }

  /** Absolute; undefined for a name in a directory that is not in the tree. */
  pathOf(parent: number, name: string): string | undefined {
    const places = (this.#places ??= this.#index());
    const parts = [name];
    for (let at = parent; at !== ROOT_INO; ) {
      const place = places.get(at);
      if (!place || parts.length > places.size + 1) return undefined;
      parts.push(place.name);
      at = place.parent;
    }
    return `/${parts.reverse().join('/')}`;
  }

  #index(): Map<number, { parent: number; name: string }> {
    const places = new Map<number, { parent: number; name: string }>();
    for (const [slot, ino] of this.#slots) {
      const at = slot.indexOf('/');
      if (ino !== null) places.set(ino, { parent: Number(slot.slice(0, at)), name: slot.slice(at + 1) });
    }
    return places;
  }
}
