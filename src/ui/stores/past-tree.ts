import type { ExploreCalls } from '../../shared/abi/index.ts';
import { PAGE_ENTRIES, readDirectory, type Touch } from './read-directory.ts';
import { pathAt } from './timeline.ts';
import { TreeModel } from './tree-model.ts';
import type { TreeNode } from './tree-node.ts';

/**
 * The namespace as it was at a point. Its entries have the paths that they had then; what is open stays open from one point
 * to the next, and is read again there.
 */
export class PastTree {
  readonly model = new TreeModel();
  readonly #list: ExploreCalls['exploreList'];
  readonly #touch: Touch;
  #wanted: number | null = null;
  #shown: number | null = null;
  #busy = false;

  constructor(list: ExploreCalls['exploreList'], touch: Touch) {
    this.#list = list;
    this.#touch = touch;
  }

  /** The point that is shown, or will be once it has been read. */
  get point(): number | null {
    return this.#wanted;
  }

  /**
   * Goes to a point; null: nothing is shown. `from`: what is open there is opened here when it is first met. Of points that
   * come while another is being read only the last one is read next.
   */
  async show(point: number | null, from: TreeModel): Promise<void> {
    this.#wanted = point;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#wanted !== null && this.#shown !== this.#wanted) {
      const at: number = this.#wanted;
      await this.#read(this.model.root, at, from);
      this.#shown = at;
      this.#touch(true);
    }
    if (this.#wanted === null) this.#shown = null;
    this.#busy = false;
  }

  /** Reads one directory that is being opened. */
  async load(node: TreeNode): Promise<void> {
    if (this.#wanted !== null) await this.#readAt(node, this.#wanted);
  }

  async #read(node: TreeNode, point: number, from: TreeModel): Promise<void> {
    const fresh = node.children === null;
    await this.#readAt(node, point);
    const open = [...(node.children ?? [])].filter((child) => {
      if (child.kind !== 'directory') return false;
      // A directory that appears for the first time is open where it is open now.
      if (fresh && child.children === null && from.find(child.path)?.expanded) this.model.setExpanded(child, true);
      // It is read when it is opened again, as it is at the point that is shown then.
      if (!child.expanded && child.children) this.model.unload(child);
      return child.expanded;
    });
    await Promise.all(open.map((child) => this.#read(child, point, from)));
  }

  async #readAt(node: TreeNode, point: number): Promise<void> {
    const read = async (path: string, after: number) => {
      const page = await this.#list(pathAt(point, path), { after, limit: PAGE_ENTRIES });
      return { ...page, entries: page.entries.map((entry) => ({ ...entry, origin: 'base' as const })) };
    };
    await readDirectory(this.model, node, read, this.#touch, () => this.#wanted !== null);
    // What was there at another point is not there at this one.
    if (node.error !== null) this.#empty(node);
  }

  #empty(node: TreeNode): void {
    const { error } = node;
    this.model.setChildren(node, []);
    node.error = error;
  }
}
