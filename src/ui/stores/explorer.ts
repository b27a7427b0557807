import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FsChange, FsChanged, FsRead, KernelApi } from '../../shared/abi/index.ts';
import { basename, dirname } from '../../shared/base/index.ts';
import { PastTree } from './past-tree.ts';
import { pathAt } from './timeline.ts';
import { TreeModel, type TreeNode } from './tree-model.ts';

export type ExplorerView = 'merged' | 'changes';

export interface ExplorerState {
  rows: readonly TreeNode[];
  /** Grows with every change of a row that `rows` itself does not show: glow, size, loading. */
  version: number;
  view: ExplorerView;
  filter: string;
  /** Path of the row that has, or would get, the focus. */
  active: string;
  /** Path of the row whose name is being edited. */
  renaming: string | null;
  showDeleted: boolean;
  /** Why the list of changes could not be read. */
  changesError: string | null;
  /** The entry after which the namespace is shown, read-only; null: now. */
  point: number | null;
}

/** Past so many changes of one directory in one batch it is read again as a whole. */
const SINGLE_UPDATES_MAX = 48;
/** A directory is read again at most this often, in ms; a large one less often (a ms for 20 entries). */
const REREAD_MS = 250;
const CHANGES_MAX = 5000;

type Api = Pick<KernelApi, 'readdir' | 'lstat' | 'changes'>;
type Schedule = (work: () => void) => void;

/** Keeps the explorer's tree in step with the namespace; all of its changes in one frame cost one commit. */
export class Explorer {
  readonly store: StoreApi<ExplorerState>;
  readonly #merged = new TreeModel();
  #changes = new TreeModel();
  readonly #past: PastTree;
  readonly #api: Api;
  readonly #schedule: Schedule;
  readonly #loading = new Map<string, Promise<void>>();
  /** Directories that changed while they were being read. */
  readonly #stale = new Set<string>();
  readonly #rereads = new Map<string, { again: boolean }>();
  #commitAsked = false;
  #rowsStale = false;
  #changesStale = false;

  constructor(api: Api, schedule: Schedule = (work) => void requestAnimationFrame(work)) {
    this.#api = api;
    this.#schedule = schedule;
    this.#past = new PastTree(api.readdir, (rows) => this.#touch(rows));
    this.store = createStore<ExplorerState>(() => ({
      rows: this.#merged.rows, version: 0, view: 'merged', filter: '', active: '/', renaming: null, showDeleted: true, changesError: null,
      point: null,
    }));
  }

  get #model(): TreeModel {
    if (this.store.getState().point !== null) return this.#past.model;
    return this.store.getState().view === 'merged' ? this.#merged : this.#changes;
  }

  /** Shows the namespace as it was after an entry; null: as it is. What is open stays open. */
  async setPoint(point: number | null): Promise<void> {
    const shown = this.#past.show(point, this.#merged);
    if (point !== null && this.store.getState().point === null) {
      // Not before there is something to show.
      await shown;
      if (this.#past.point === null) return;
    }
    this.store.setState({ point: this.#past.point, renaming: null });
    this.#touch(true);
    await shown;
  }

  /** Where the kernel has what a row shows: below `/history` while a moment of the past is shown. */
  pathOf(path: string): string {
    return pathAt(this.store.getState().point, path);
  }

  find(path: string): TreeNode | undefined {
    return this.#model.find(path);
  }

  /** Everything loaded so far in the merged view, for the palette. */
  get loaded(): IterableIterator<TreeNode> {
    return this.#merged.loaded;
  }

  /** Reads a directory; resolves when it is read, or has failed. Calls at the same time share one reading. */
  load(path: string): Promise<void> {
    const underWay = this.#loading.get(path);
    if (underWay) return underWay;
    const node = this.#merged.find(path);
    if (!node || node.kind !== 'directory') return Promise.resolve();
    const loading = this.#read(node).finally(() => {
      this.#loading.delete(path);
      if (this.#stale.delete(path)) this.#reread(path);
    });
    this.#loading.set(path, loading);
    return loading;
  }

  async #read(node: TreeNode): Promise<void> {
    node.loading = true;
    this.#touch();
    try {
      this.#merged.setChildren(node, await this.#api.readdir(node.path, { deleted: this.store.getState().showDeleted }));
    } catch (error) {
      node.error = error instanceof Error ? error.message : String(error);
      node.children ??= [];
    }
    node.loading = false;
    this.#touch(true);
  }

  setExpanded(node: TreeNode, expanded: boolean): void {
    this.#model.setExpanded(node, expanded);
    this.#touch(true);
    if (!expanded || node.children) return;
    if (this.#model === this.#merged) void this.load(node.path);
    else if (this.#model === this.#past.model) void this.#past.load(node);
  }

  /** Expands what is above `path`, loading it where necessary, and makes it the active row. */
  async reveal(path: string): Promise<void> {
    if (this.store.getState().point !== null) return this.activate(path);
    if (this.store.getState().view !== 'merged') this.setView('merged');
    const above: string[] = [];
    for (let at = dirname(path); ; at = dirname(at)) {
      above.unshift(at);
      if (at === '/') break;
    }
    for (const directory of above) {
      const node = this.#merged.find(directory);
      if (!node) return;
      this.#merged.setExpanded(node, true);
      if (!node.children) await this.load(directory);
    }
    // What was made just now may be missing yet, and a reading that was under way may have begun before it.
    for (let attempt = 0; attempt < 2 && !this.#merged.find(path); attempt++) await this.load(dirname(path));
    this.flush();
    this.activate(path);
  }

  /** Reads the root and opens `/home`. */
  async openFirst(): Promise<void> {
    await this.load('/');
    const home = this.#merged.find('/home');
    if (home) this.setExpanded(home, true);
  }

  activate(path: string): void {
    if (this.store.getState().active !== path) this.store.setState({ active: path });
  }

  rename(path: string | null): void {
    this.store.setState({ renaming: path });
  }

  setFilter(filter: string): void {
    this.#merged.setFilter(filter);
    this.#changes.setFilter(filter);
    this.#past.model.setFilter(filter);
    this.store.setState({ filter });
    this.#touch(true);
  }

  setView(view: ExplorerView): void {
    this.store.setState({ view });
    this.#touch(true);
    if (view === 'changes') void this.readChanges();
  }

  setShowDeleted(showDeleted: boolean): void {
    this.store.setState({ showDeleted });
    for (const node of [...this.#merged.loaded]) if (node.children) this.#reread(node.path);
  }

  /** Reads the upper layer's entries for the view of changes. */
  async readChanges(): Promise<void> {
    try {
      const changes = await this.#api.changes('/', CHANGES_MAX);
      this.#changes = buildChanges(changes, this.#changes);
      this.#changes.setFilter(this.store.getState().filter);
      this.store.setState({ changesError: null });
    } catch (error) {
      this.store.setState({ changesError: error instanceof Error ? error.message : String(error) });
    }
    this.#touch(true);
  }

  /** Takes one message of `fs.changed.*`. */
  changed(message: FsChanged): void {
    if (this.store.getState().view === 'changes') this.#rereadChanges();
    if (message.overflow) {
      for (const node of [...this.#merged.loaded]) if (node.children) this.#reread(node.path);
    } else {
      this.#applyChanges(message.changes);
    }
    for (const change of message.changes.slice(-SINGLE_UPDATES_MAX)) this.#glow(change.path, 'write');
    this.#touch();
  }

  /** Takes one message of `fs.read.*`. */
  wasRead(message: FsRead): void {
    for (const path of message.paths) this.#glow(path, 'read');
    this.#touch();
  }

  /** Makes the rows now rather than with the next frame. */
  flush(): void {
    this.#commitAsked = false;
    if (this.#rowsStale) {
      this.#rowsStale = false;
      this.#merged.commit();
      this.#changes.commit();
      this.#past.model.commit();
    }
    this.store.setState((state) => ({ rows: this.#model.rows, version: state.version + 1 }));
  }

  #touch(rows = false): void {
    this.#rowsStale ||= rows;
    if (this.#commitAsked) return;
    this.#commitAsked = true;
    this.#schedule(() => {
      if (this.#commitAsked) this.flush();
    });
  }

  #glow(path: string, kind: 'read' | 'write'): void {
    if (this.store.getState().point !== null) return;
    const node = this.#model.nearestVisible(path);
    if (!node || node.path === '/') return;
    node.glow = kind;
    node.glows++;
  }

  #applyChanges(changes: readonly FsChange[]): void {
    const byDirectory = new Map<string, Set<string>>();
    const note = (path: string): void => {
      const directory = dirname(path);
      const paths = byDirectory.get(directory) ?? new Set();
      byDirectory.set(directory, paths.add(path));
    };
    for (const change of changes) {
      note(change.path);
      if (change.from !== undefined) note(change.from);
      if (change.op === 'rename' && this.#merged.find(change.path)?.children) this.#reread(change.path);
    }
    for (const [directory, paths] of byDirectory) {
      // What is changed in a directory may change where the directory itself comes from.
      if (directory !== '/' && this.#merged.find(directory)) void this.#updateOne(dirname(directory), directory);
      if (this.#loading.has(directory)) this.#stale.add(directory);
      if (!this.#merged.find(directory)?.children) continue;
      if (paths.size > SINGLE_UPDATES_MAX || this.#rereads.has(directory)) this.#reread(directory);
      else for (const path of paths) void this.#updateOne(directory, path);
    }
  }

  async #updateOne(directory: string, path: string): Promise<void> {
    const stat = await this.#api.lstat(path).catch(() => null);
    const parent = this.#merged.find(directory);
    if (!parent?.children) return;
    const node = this.#merged.find(path);
    if (stat) this.#merged.upsert(parent, { name: basename(path), kind: stat.kind, size: stat.size, origin: stat.origin });
    else if (node && (node.origin === 'base' || node.origin === 'changed')) this.#reread(directory);
    else if (node && node.origin !== 'deleted') this.#merged.remove(node);
    this.#touch(true);
  }

  /** Reads a directory again, now if it was not read just before, else once when the pause is over. */
  #reread(path: string): void {
    const pending = this.#rereads.get(path);
    if (pending) {
      pending.again = true;
      return;
    }
    const state = { again: false };
    this.#rereads.set(path, state);
    void this.load(path).then(() => {
      const entries = this.#merged.find(path)?.children?.length ?? 0;
      setTimeout(() => {
        this.#rereads.delete(path);
        if (state.again && this.#merged.find(path)?.children) this.#reread(path);
      }, Math.max(REREAD_MS, entries / 20));
    });
  }

  #rereadChanges(): void {
    if (this.#changesStale) return;
    this.#changesStale = true;
    setTimeout(() => {
      this.#changesStale = false;
      void this.readChanges();
    }, REREAD_MS);
  }
}

type Change = { path: string; origin: TreeNode['origin']; kind: TreeNode['kind']; size: number };

/** A tree of the changed entries and of the directories above them; all expanded, but for those that were not before. */
export function buildChanges(changes: readonly Change[], before: TreeModel): TreeModel {
  const byDirectory = new Map<string, Map<string, { name: string; kind: TreeNode['kind']; size: number; origin: TreeNode['origin'] }>>();
  const add = (path: string, kind: TreeNode['kind'], size: number, origin: TreeNode['origin'], sure: boolean): void => {
    if (path === '/') return;
    const directory = dirname(path);
    const entries = byDirectory.get(directory) ?? new Map();
    byDirectory.set(directory, entries);
    const name = basename(path);
    if (sure || !entries.has(name)) entries.set(name, { name, kind, size, origin });
    add(directory, 'directory', 0, 'base', false);
  };
  for (const change of changes) add(change.path, change.kind, change.size, change.origin, true);
  const model = new TreeModel();
  const fill = (node: TreeNode): void => {
    model.setChildren(node, [...(byDirectory.get(node.path)?.values() ?? [])]);
    model.setExpanded(node, before.find(node.path)?.expanded ?? true);
    for (const child of node.children ?? []) if (byDirectory.has(child.path)) fill(child);
  };
  fill(model.root);
  model.commit();
  return model;
}

/** A name that is free in `taken`: `base`, else `base-2`, `base-3`, … before the extension. */
export function freeName(base: string, taken: ReadonlySet<string>): string {
  if (!taken.has(base)) return base;
  const dot = base.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [base.slice(0, dot), base.slice(dot)] : [base, ''];
  for (let count = 2; ; count++) if (!taken.has(`${stem}-${count}${extension}`)) return `${stem}-${count}${extension}`;
}
