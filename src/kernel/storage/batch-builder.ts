import type { EntryRecord, JournalRecord, StoreBatch } from '../contract/index.ts';
import type { LowerStack } from './lower-stack.ts';
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
  readonly #lower: LowerStack;

  constructor(shadow: Shadow, lower: LowerStack) {
    this.#shadow = shadow;
    this.#lower = lower;
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
    const below = new Map<number, Set<string>>();
    for (const slot of this.#slots.values()) this.#finishSlot(slot, batch, below);
    for (const ino of this.#nodes) {
      const node = this.#shadow.get(ino);
      if (node) batch.nodes.push(node.record);
    }
    batch.droppedNodes = [...this.#dropped].filter((ino) => !this.#shadow.get(ino));
    return batch;
  }

  #finishSlot({ parent, name, ino }: Slot, batch: StoreBatch, below: Map<number, Set<string>>): void {
    const node = ino === null ? undefined : this.#shadow.get(ino);
    if (node) batch.entries.push({ parent, name, node: node.linked ? { ino: node.record.ino, linked: true } : node.record });
    else if (this.#needsWhiteout(parent, name, below)) batch.entries.push({ parent, name, node: null } satisfies EntryRecord);
    else batch.removed.push({ parent, name });
  }

  /** Names of a directory that is gone need none: nothing reaches it. One too many does no harm. */
  #needsWhiteout(parent: number, name: string, below: Map<number, Set<string>>): boolean {
    if (!this.#shadow.get(parent)) return false;
    let names = below.get(parent);
    if (!names) {
      const visible = this.#lower.visible(parent);
      if (!visible) return true;
      below.set(parent, (names = visible));
    }
    return names.has(name);
  }
}
