import type { BaseLayer, EntryRecord, Store } from '../contract/index.ts';
import { scanLayer } from './layer-scan.ts';
import { ROOT_INO } from './manifest.ts';

/** A directory or a node with several names that is, or was, at a name; null: neither any more. */
type Slot = { ino: number; linked: boolean } | null;

/** What can be reached from the root in a stack of layers: the rows below a directory stay in their layer when one further up removes it. */
export class Reachable {
  /** Directories, by number. */
  readonly directories = new Set<number>([ROOT_INO]);
  /** Nodes with several names of which one is in such a directory. */
  readonly linked = new Set<number>();
  readonly #slots = new Map<number, Map<string, Slot>>();

  static async of(base: BaseLayer, store: Store, layers: readonly number[]): Promise<Reachable> {
    const found = new Reachable();
    found.#addBase(base, ROOT_INO);
    for (const layer of layers) for await (const row of scanLayer(store, layer)) found.#add(row);
    found.#walk();
    return found;
  }

  #addBase(base: BaseLayer, parent: number): void {
    for (const { name, node } of base.entries(parent)) {
      if (node.kind !== 'directory') continue;
      this.#namesOf(parent).set(name, { ino: node.ino, linked: false });
      this.#addBase(base, node.ino);
    }
  }

  #add({ parent, name, node }: EntryRecord): void {
    const linked = node !== null && 'linked' in node;
    if (node && (linked || node.kind === 'directory')) this.#namesOf(parent).set(name, { ino: node.ino, linked });
    else if (this.#slots.get(parent)?.has(name)) this.#namesOf(parent).set(name, null);
  }

  #namesOf(parent: number): Map<string, Slot> {
    const known = this.#slots.get(parent) ?? new Map<string, Slot>();
    this.#slots.set(parent, known);
    return known;
  }

  /** A set gives what is added to it meanwhile, too. */
  #walk(): void {
    for (const parent of this.directories) {
      for (const node of this.#slots.get(parent)?.values() ?? []) {
        if (node) (node.linked ? this.linked : this.directories).add(node.ino);
      }
    }
    this.#slots.clear();
  }
}
