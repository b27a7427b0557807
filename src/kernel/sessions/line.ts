import type { ChunkRef, EntryRecord, FileContents, LayerRecord, NodeRecord, Store, StoreBatch, TreeView, ViewEntry } from '../contract/index.ts';
import { Overlay, ROOT_INO, scanLayerNodes, type CutPart, type MergedEntry, type OverlayOptions, type PreparedBatch } from '../storage/index.ts';
import type { VolumeStore } from '../volume/index.ts';
import type { LowerView } from './lower-view.ts';

export interface LineOptions extends Pick<OverlayOptions, 'hasher' | 'yield' | 'chunks'> {
  store: Store;
  lower: LowerView;
  onFault?: (message: string) => void;
  /** Something that was changed in it is seen from now on. */
  onFolded?: () => void;
}

/** A line beside the workspace: a layer of its own on a view of the workspace. Its changes are no entries of the workspace's journal. */
export class Line implements VolumeStore {
  /** As it is stored; replaced when that changes. */
  record: LayerRecord;
  readonly #lower: LowerView;
  readonly #overlay: Overlay;
  readonly #store: Store;
  readonly #onFolded: (() => void) | undefined;
  #changed: boolean;

  private constructor(record: LayerRecord, lower: LowerView, overlay: Overlay, store: Store, changed: boolean, onFolded?: () => void) {
    this.record = record;
    this.#lower = lower;
    this.#overlay = overlay;
    this.#store = store;
    this.#changed = changed;
    this.#onFolded = onFolded;
  }

  static async open(record: LayerRecord, { store, lower, onFolded, ...rest }: LineOptions): Promise<Line> {
    const overlay = new Overlay({ ...rest, store, base: lower });
    await overlay.open({ ...store.head(), upper: record.id, stack: [] });
    return new Line(record, lower, overlay, store, await hasRows(store, record.id), onFolded);
  }

  /** Whether it differs from the view on which it stands, as of the last batch. */
  get changed(): boolean {
    return this.#changed;
  }

  /** On what it stands. */
  get base(): TreeView {
    return this.#lower.view;
  }

  async populate(ino: number): Promise<MergedEntry[]> {
    await this.#lower.load(ino);
    return this.#overlay.populate(ino);
  }

  loadBlock(ino: number, index: number): Promise<Uint8Array> {
    return this.#overlay.loadBlock(ino, index);
  }

  contents(ino: number): FileContents | undefined {
    return this.#overlay.contents(ino);
  }

  adopt(ino: number, contents: FileContents): void {
    this.#overlay.adopt(ino, contents);
  }

  takeAdopted(): ReadonlyMap<number, FileContents> {
    return this.#overlay.takeAdopted();
  }

  /** Folds its part of a cut. Not to be called before the last call has ended. */
  async apply(part: CutPart, position: number): Promise<PreparedBatch | null> {
    const prepared = await this.#overlay.apply({ ...part, position });
    if (prepared) {
      this.#changed = true;
      this.#onFolded?.();
    }
    return prepared;
  }

  settle(batch: StoreBatch): void {
    this.#overlay.settle(batch);
  }

  /**
   * Whether anything at or below a path, of a directory that is in the line and in its base, may differ. Says yes to all where it cannot be told by
   * paths: a directory was moved, or nobody has read the changed ones since the line was opened.
   */
  async touched(): Promise<(path: string) => boolean> {
    const paths = new Set<string>();
    const moved = { from: new Set<number>(), to: new Set<number>() };
    const touch = (path: string): void => {
      for (let above = path; above !== '' && !paths.has(above); above = above.slice(0, above.lastIndexOf('/'))) paths.add(above);
    };
    // A file with several names may be changed without a row of any of them.
    for await (const { ino } of scanLayerNodes(this.#store, this.record.id)) {
      const path = this.#overlay.path(ino);
      if (path === undefined) return () => true;
      touch(path.slice(0, path.lastIndexOf('/')));
    }
    for await (const { parent, name, node } of this.#rows()) {
      const path = this.#overlay.path(parent);
      if (path === undefined) return () => true;
      touch(path);
      const before = await this.#lower.view.lookup(parent, name);
      if (before?.kind === 'directory' && before.ino !== node?.ino) moved.from.add(before.ino);
      if (node && node.ino !== before?.ino) moved.to.add(node.ino);
    }
    // Below a directory that was moved the paths of the two are not the same.
    if ([...moved.from].some((ino) => moved.to.has(ino))) return () => true;
    return (path) => paths.has(path);
  }

  async *#rows(): AsyncGenerator<EntryRecord> {
    for (let page = await this.#page(null); page.length > 0; page = await this.#page(page.at(-1)!)) yield* page;
  }

  #page(after: EntryRecord | null): Promise<EntryRecord[]> {
    return this.#store.scanEntries(this.record.id, after, 1000);
  }

  /** References that are in no batch yet; see `Overlay.adoptedRefs`. */
  adoptedRefs(held?: ReadonlySet<number>): Iterable<ChunkRef> {
    return this.#overlay.adoptedRefs(held);
  }

  /** What it is now, as of the last batch; what is asked later may be of later. */
  view(): TreeView {
    const entries = async (ino: number): Promise<ViewEntry[]> => {
      await this.#lower.load(ino);
      return this.#overlay.merged(ino);
    };
    return {
      at: this.#lower.view.at,
      root: async () => this.#overlay.record(ROOT_INO) ?? this.#lower.root(),
      entries,
      lookup: async (ino, name) => (await entries(ino)).find((entry) => entry.name === name)?.record,
      node: async (ino) => (await this.#overlay.find(ino)) ?? this.#lower.view.node(ino),
      block: (record: NodeRecord, index: number) => this.#overlay.block(record, index),
    };
  }
}

/** A file with several names may be changed without a row of any of them; the root's own record holds nothing but times. */
async function hasRows(store: Store, layer: number): Promise<boolean> {
  return (await store.countEntries(layer)) > 0 || (await store.scanNodes(layer, ROOT_INO, 1)).length > 0;
}
