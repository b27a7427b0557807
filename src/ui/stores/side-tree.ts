import { readDirectory, type ReadPage, type Touch } from './read-directory.ts';
import { TreeModel } from './tree-model.ts';
import type { TreeNode } from './tree-node.ts';

/** A tree beside the present one, read a directory at a time: the base layer, or what a process sees. What is open in `from` is opened when it is first met. */
export class SideTree {
  readonly model = new TreeModel();
  readonly #read: ReadPage;
  readonly #touch: Touch;
  readonly #from: TreeModel;
  #reading: Promise<void> | null = null;

  constructor(read: ReadPage, touch: Touch, from: TreeModel) {
    this.#read = read;
    this.#touch = touch;
    this.#from = from;
  }

  load(node: TreeNode): Promise<void> {
    return readDirectory(this.model, node, this.#read, this.#touch, () => this.model.find(node.path) === node);
  }

  /** Reads all that is open again; calls meanwhile share it. */
  refresh(): Promise<void> {
    this.#reading ??= this.#refresh(this.model.root).finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #refresh(node: TreeNode): Promise<void> {
    const fresh = node.children === null;
    await this.load(node);
    const open: TreeNode[] = [];
    for (const child of node.children ?? []) {
      if (child.kind !== 'directory') continue;
      if (fresh && child.children === null && this.#from.find(child.path)?.expanded) this.model.setExpanded(child, true);
      if (child.expanded) open.push(child);
      else if (child.children) this.model.unload(child);
    }
    await Promise.all(open.map((child) => this.#refresh(child)));
  }
}
