import type { BaseLayer, NodeRecord, TreeView } from '../contract/index.ts';

type Entries = ReturnType<BaseLayer['entries']>;

/** A view of the tree as what lies below an overlay. It answers at once for the directories that were loaded, and has nothing else. */
export class LowerView implements BaseLayer {
  readonly view: TreeView;
  readonly #files: Pick<BaseLayer, 'read'>;
  readonly #root: NodeRecord;
  readonly #directories = new Map<number, Entries>();

  private constructor(view: TreeView, files: Pick<BaseLayer, 'read'>, root: NodeRecord) {
    this.view = view;
    this.#files = files;
    this.#root = root;
  }

  /** `files`: the base layer, whose files the view's records may name. */
  static async of(view: TreeView, files: Pick<BaseLayer, 'read'>): Promise<LowerView> {
    return new LowerView(view, files, await view.root());
  }

  async load(parent: number): Promise<void> {
    if (this.#directories.has(parent)) return;
    const entries = await this.view.entries(parent);
    this.#directories.set(parent, entries.map(({ name, record }) => ({ name, node: record })));
  }

  root(): NodeRecord {
    return this.#root;
  }

  entries(parent: number): Entries {
    return this.#directories.get(parent) ?? [];
  }

  read(path: string): Promise<Uint8Array> {
    return this.#files.read(path);
  }
}
