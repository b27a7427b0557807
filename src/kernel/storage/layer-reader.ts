import { FsError } from '../../shared/base/index.ts';
import type { BaseLayer, EntryRecord, NodeRecord, Store, StoreBatch, StoreHead, ViewEntry } from '../contract/index.ts';
import { LowerStack } from './lower-stack.ts';

export interface MergedNode extends ViewEntry {
  linked: boolean;
}

/** Of a directory: the topmost rows by name, whiteouts included, and with the base what they give. */
export interface Merge {
  rows: ReadonlyMap<string, EntryRecord>;
  merged: MergedNode[];
}

/** What the base, the layers of the store and the batches that are not in it yet give together. */
export class LayerReader {
  /** What is below the upper. */
  readonly lower: LowerStack;
  readonly #store: Store;
  readonly #base: BaseLayer;
  readonly #pending: readonly StoreBatch[];
  readonly #recordOf: (ino: number) => NodeRecord | undefined;
  #upper = 1;
  /** While the stack becomes another. */
  #restacking: Promise<void> | null = null;
  #generation = 0;

  /** `pending`: batches that were applied and are not committed, in order; the caller changes them. `recordOf`: a node's newest record, if it is known. */
  constructor({ store, base }: { store: Store; base: BaseLayer }, pending: readonly StoreBatch[], recordOf: (ino: number) => NodeRecord | undefined) {
    this.#store = store;
    this.#base = base;
    this.#pending = pending;
    this.#recordOf = recordOf;
    this.lower = new LowerStack({ store, base });
  }

  start({ upper, stack, nextIno }: Pick<StoreHead, 'upper' | 'stack' | 'nextIno'>): void {
    this.#generation++;
    this.#upper = upper;
    this.lower.set(stack, nextIno);
  }

  get stack(): { upper: number; stack: readonly number[] } {
    return { upper: this.#upper, stack: this.lower.layers };
  }

  /** The merged children of a directory. What was read while the stack became another is read again. */
  async merge(parent: number): Promise<Merge> {
    while (this.#restacking) await this.#restacking;
    const generation = this.#generation;
    const merge = await this.#mergeOnce(parent).catch((error: unknown) => {
      if (generation === this.#generation) throw error;
    });
    return merge && generation === this.#generation ? merge : this.merge(parent);
  }

  async #mergeOnce(parent: number): Promise<Merge> {
    const pending = [...this.#pending];
    const [own, below] = await Promise.all([this.#store.entries(parent, this.#upper), this.lower.rows(parent)]);
    const upper = new Map(own.map((entry) => [entry.name, entry]));
    for (const batch of pending) overlayEntries(upper, parent, batch);
    const rows = below.size === 0 ? upper : new Map([...below, ...upper]);
    const merged: MergedNode[] = [];
    for (const { name, node } of this.#base.entries(parent)) {
      if (rows.has(name)) continue;
      const linked = node.kind !== 'directory' && node.nlink > 1;
      merged.push({ name, record: linked ? await this.#linkedRecord(node.ino, pending, name, node) : node, linked });
    }
    for (const { name, node } of rows.values()) {
      if (node === null) continue;
      const linked = 'linked' in node;
      merged.push({ name, record: linked ? await this.#linkedRecord(node.ino, pending, name) : node, linked });
    }
    return { rows, merged };
  }

  /** What the topmost layer of the store that has it says of a node with several names. */
  async node(ino: number): Promise<NodeRecord | undefined> {
    while (this.#restacking) await this.#restacking;
    const generation = this.#generation;
    const node = (await this.#store.node(ino, this.#upper)) ?? (await this.lower.node(ino));
    return generation === this.#generation ? node : this.node(ino);
  }

  /** Commits a batch that changes the stack, and goes on with that one; if it fails, with the old one. */
  async restack(batch: StoreBatch, nextIno: number): Promise<void> {
    let done = (): void => {};
    this.#restacking = new Promise((resolve) => {
      done = resolve;
    });
    this.#generation++;
    try {
      await this.#store.commit(batch);
      this.start({ ...this.#store.head(), nextIno });
    } finally {
      this.#restacking = null;
      done();
    }
  }

  /** `below`: what the base has of it; another of its names may have been changed. */
  async #linkedRecord(ino: number, pending: readonly StoreBatch[], name: string, below?: NodeRecord): Promise<NodeRecord> {
    const known = this.#recordOf(ino) ?? pending.findLast(({ nodes }) => nodes.some((node) => node.ino === ino))
      ?.nodes.find((node) => node.ino === ino);
    const record = known ?? (await this.node(ino)) ?? below;
    if (!record) throw new FsError('EIO', 'populate', name, { detail: `linked inode ${ino} is not in the store` });
    return record;
  }
}

function overlayEntries(upper: Map<string, EntryRecord>, parent: number, batch: StoreBatch): void {
  for (const removed of batch.removed) if (removed.parent === parent) upper.delete(removed.name);
  for (const entry of batch.entries) if (entry.parent === parent) upper.set(entry.name, entry);
}
