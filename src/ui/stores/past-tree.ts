import type { KernelApi } from '../../shared/abi/index.ts';
import { pathAt } from './timeline.ts';
import { TreeModel, type TreeNode } from './tree-model.ts';

/**
 * The namespace as it was at a point. Its entries have the paths that they had then; what is open stays open from one point
 * to the next, and is read again there.
 */
export class PastTree {
  readonly model = new TreeModel();
  readonly #readdir: KernelApi['readdir'];
  readonly #touch: (rows: boolean) => void;
  #wanted: number | null = null;
  #shown: number | null = null;
  #busy = false;

  constructor(readdir: KernelApi['readdir'], touch: (rows: boolean) => void) {
    this.#readdir = readdir;
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
    const point = this.#wanted;
    if (point === null) return;
    node.loading = true;
    this.#touch(false);
    await this.#list(node, point);
    node.loading = false;
    this.#touch(true);
  }

  async #read(node: TreeNode, point: number, from: TreeModel): Promise<void> {
    const fresh = node.children === null;
    await this.#list(node, point);
    const open = (node.children ?? []).filter((child) => {
      if (child.kind !== 'directory') return false;
      // A directory that appears for the first time is open where it is open now.
      if (fresh && child.children === null && from.find(child.path)?.expanded) this.model.setExpanded(child, true);
      if (!child.expanded && child.children) this.#close(child);
      return child.expanded;
    });
    await Promise.all(open.map((child) => this.#read(child, point, from)));
  }

  /** It is read when it is opened again, as it is at the point that is shown then. */
  #close(node: TreeNode): void {
    this.model.setChildren(node, []);
    node.children = null;
  }

  async #list(node: TreeNode, point: number): Promise<void> {
    try {
      const entries = await this.#readdir(pathAt(point, node.path));
      if (this.#wanted === null) return;
      this.model.setChildren(node, entries.map((entry) => ({ ...entry, origin: 'base' as const })));
    } catch (error) {
      this.model.setChildren(node, []);
      node.error = error instanceof Error ? error.message : String(error);
    }
  }
}
