import type { BaseLayer, NodeRecord, TreeView, ViewEntry } from '../contract/index.ts';
import { ROOT_INO, type LowerStack } from '../storage/index.ts';

export interface StackViewOptions {
  lower: LowerStack;
  base: BaseLayer;
  block: TreeView['block'];
  at: number;
  /** Names of the root that are there in any case, if the stack does not have them. Default: none. */
  also?: readonly ViewEntry[];
}

/** What frozen layers give on the base. */
export class StackView implements TreeView {
  readonly at: number;
  readonly #options: StackViewOptions;
  readonly #seen = new Map<number, NodeRecord>();

  constructor(options: StackViewOptions) {
    this.#options = options;
    this.at = options.at;
  }

  async root(): Promise<NodeRecord> {
    const { lower, base } = this.#options;
    return (await lower.node(ROOT_INO)) ?? base.root();
  }

  async entries(ino: number): Promise<ViewEntry[]> {
    const { lower, also = [] } = this.#options;
    const entries = await lower.children(ino);
    if (ino === ROOT_INO) entries.push(...also.filter(({ name }) => !entries.some((entry) => entry.name === name)));
    for (const { record } of entries) this.#seen.set(record.ino, record);
    return entries;
  }

  async lookup(ino: number, name: string): Promise<NodeRecord | undefined> {
    return (await this.entries(ino)).find((entry) => entry.name === name)?.record;
  }

  async node(ino: number): Promise<NodeRecord | undefined> {
    return this.#seen.get(ino) ?? (ino === ROOT_INO ? this.root() : this.#options.lower.node(ino));
  }

  block(record: NodeRecord, index: number): Promise<Uint8Array> {
    return this.#options.block(record, index);
  }
}
