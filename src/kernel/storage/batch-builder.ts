import type { BaseLayer, EntryRecord, JournalRecord, StoreBatch } from '../contract/index.ts';
import { ROOT_INO } from './manifest.ts';
import type { Shadow } from './shadow.ts';

type Slot = { parent: number; name: string; ino: number | null };

/** Collects what a batch touches and, at its end, reads the final state of it from the shadow: one put a key. */
export class BatchBuilder {
  readonly journal: JournalRecord[] = [];
  readonly #slots = new Map<string, Slot>();
  readonly #nodes = new Set<number>();
  readonly #dropped = new Set<number>();
  readonly #shadow: Shadow;
  readonly #base: BaseLayer;

  constructor(shadow: Shadow, base: BaseLayer) {
    this.#shadow = shadow;
    this.#base = base;
  }

  /** The name now stands for `ino`; null: for nothing. */
  setName(parent: number, name: string, ino: number | null): void {
    this.#slots.set(`${parent}/${name}`, { parent, name, ino });
  }

  /** The node's record changed. */
  touch(ino: number): void {
    const node = this.#shadow.get(ino);
    if (!node) return;
    if (node.linked || ino === ROOT_INO) this.#nodes.add(ino);
    else for (const { parent, name } of node.names) this.setName(parent, name, ino);
  }

  /** A node of the `nodes` store lost its last name. */
  drop(ino: number): void {
    this.#dropped.add(ino);
  }

  finish(rest: Pick<StoreBatch, 'packs' | 'nextIno' | 'nextPack' | 'durability'>): StoreBatch {
    const batch: StoreBatch = { journal: this.journal, entries: [], removed: [], nodes: [], droppedNodes: [], ...rest };
    const shipped = new Map<number, Set<string>>();
    for (const slot of this.#slots.values()) this.#finishSlot(slot, batch, shipped);
    for (const ino of this.#nodes) {
      const node = this.#shadow.get(ino);
      if (node) batch.nodes.push(node.record);
    }
    batch.droppedNodes = [...this.#dropped].filter((ino) => !this.#shadow.get(ino));
    return batch;
  }

  #finishSlot({ parent, name, ino }: Slot, batch: StoreBatch, shipped: Map<number, Set<string>>): void {
    const node = ino === null ? undefined : this.#shadow.get(ino);
    if (node) batch.entries.push({ parent, name, node: node.linked ? { ino: node.record.ino, linked: true } : node.record });
    else if (this.#needsWhiteout(parent, name, shipped)) batch.entries.push({ parent, name, node: null } satisfies EntryRecord);
    else batch.removed.push({ parent, name });
  }

  /** Names of a directory that is gone need none: nothing reaches it. */
  #needsWhiteout(parent: number, name: string, shipped: Map<number, Set<string>>): boolean {
    if (!this.#shadow.get(parent)) return false;
    let names = shipped.get(parent);
    if (!names) shipped.set(parent, (names = new Set(this.#base.entries(parent).map((entry) => entry.name))));
    return names.has(name);
  }
}
