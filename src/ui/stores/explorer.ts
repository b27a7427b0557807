import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ExploreCalls, FsChanged, FsRead, KernelApi } from '../../shared/abi/index.ts';
import { dirname } from '../../shared/base/index.ts';
import { isEmpty, parseQuery } from '../../shared/search/index.ts';
import { isEditable, layerOf, pidOf, type ExplorerState, type ExplorerView } from './explorer-state.ts';
import { LiveTree } from './live-tree.ts';
import { PastTree } from './past-tree.ts';
import { PAGE_ENTRIES, readDirectory } from './read-directory.ts';
import { chooseAll, chooseOne, chooseTo, chosenNodes, toggleOne } from './row-choice.ts';
import { SearchResults, type SearchScope } from './search-results.ts';
import { SideTree } from './side-tree.ts';
import { pathAt } from './timeline.ts';
import { TreeModel } from './tree-model.ts';
import type { TreeNode } from './tree-node.ts';
import { treeOf, type PlacedEntry } from './tree-of.ts';

/** Rows that glow of one message, at most. */
const GLOWS_MAX = 48;
const CHANGES_MAX = 5000;
/** What is not kept in step entry by entry (changes, layers, what a process sees) is read again at most this often, in ms. */
const REREAD_MS = 400;

export type ExplorerApi = ExploreCalls & Pick<KernelApi, 'changes' | 'layerDiff'>;
type Schedule = (work: () => void) => void;

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Keeps what the explorer shows in step with the namespace; all changes of one frame are drawn at once. */
export class Explorer {
  readonly store: StoreApi<ExplorerState>;
  readonly #api: ExplorerApi;
  readonly #schedule: Schedule;
  readonly #live: LiveTree;
  readonly #past: PastTree;
  readonly #results: SearchResults;
  /** What a view other than `merged` shows. */
  #model = new TreeModel();
  #side: SideTree | null = null;
  /** Counts the changes of view: what was asked for an earlier one is not shown. */
  #turn = 0;
  #drawAsked = false;
  #rereading = false;

  constructor(api: ExplorerApi, schedule: Schedule = (work) => void requestAnimationFrame(work)) {
    this.#api = api;
    this.#schedule = schedule;
    const touch = (): void => this.#touch();
    this.#live = new LiveTree({ api, touch, deleted: () => this.store.getState().showDeleted });
    this.#past = new PastTree((path, options) => api.exploreList(path, options), touch);
    this.#results = new SearchResults(api, () => this.#base, (search) => {
      this.store.setState({ search });
      this.#touch();
    });
    this.store = createStore<ExplorerState>(() => ({
      rows: this.#live.model.rows, version: 0, view: 'merged', viewError: null, viewMore: false, process: null, filter: '', search: null,
      ...chooseOne('/'), selecting: false, clipboard: null, renaming: null, showDeleted: true, point: null,
    }));
  }

  /** What is shown without a filter. */
  get #base(): TreeModel {
    const { point, view } = this.store.getState();
    if (point !== null) return this.#past.model;
    return view === 'merged' ? this.#live.model : (this.#side?.model ?? this.#model);
  }

  get #shown(): TreeModel {
    return this.store.getState().search ? this.#results.model : this.#base;
  }

  /** Shows the namespace as it was after an entry; null: as it is. What is open stays open. */
  async setPoint(point: number | null): Promise<void> {
    const shown = this.#past.show(point, this.#live.model);
    if (point !== null && this.store.getState().point === null) {
      // Not before there is something to show.
      await shown;
      if (this.#past.point === null) return;
    }
    this.store.setState({ point: this.#past.point, renaming: null });
    this.#restartSearch();
    this.#touch();
    await shown;
  }

  /** Where the kernel has what a row shows: below `/history` while a moment of the past is shown. */
  pathOf(path: string): string {
    return pathAt(this.store.getState().point, path);
  }

  find(path: string): TreeNode | undefined {
    return this.#shown.find(path);
  }

  /** Everything loaded so far of the namespace as it is, for the palette. */
  get loaded(): Iterable<TreeNode> {
    return entriesIn(this.#live.model);
  }

  /** Closes all directories but the root; what was read stays. */
  closeAll(): void {
    const model = this.#shown;
    for (const node of model.loaded) if (node.parent) model.setExpanded(node, false);
    this.#touch();
  }

  /** Reads a directory; resolves when it is read, or has failed. Calls at the same time share one reading. */
  load(path: string): Promise<void> {
    return this.#live.load(path);
  }

  setExpanded(node: TreeNode, expanded: boolean): void {
    this.#shown.setExpanded(node, expanded);
    this.#touch();
    if (expanded && !node.children) void this.#loadShown(node);
  }

  #loadShown(node: TreeNode): Promise<void> {
    const { search, point, view } = this.store.getState();
    if (search) return this.#loadFound(node);
    if (point !== null) return this.#past.load(node);
    if (view === 'merged') return this.#live.load(node.path);
    return this.#side?.load(node) ?? Promise.resolve();
  }

  /** A directory that was found is opened among the results. */
  #loadFound(node: TreeNode): Promise<void> {
    const { view, point } = this.store.getState();
    const pid = pidOf(view);
    const { model } = this.#results;
    const read: ExploreCalls['exploreList'] = (path, options) => this.#api.exploreList(pathAt(point, path), { ...options, ...(pid !== null && { pid }) });
    return readDirectory(model, node, (path, after) => read(path, { after, limit: PAGE_ENTRIES }), () => this.#touch(), () => this.#results.model === model);
  }

  /** Expands what is above `path`, loading it where necessary, and makes it the active row. A view or filter that does not show it goes. */
  async reveal(path: string): Promise<void> {
    const { point, view, search } = this.store.getState();
    if (point !== null) return this.activate(path);
    if (search && !this.#results.model.find(path)) this.setFilter('');
    if (view !== 'merged') this.setView('merged');
    for (const directory of above(path)) {
      const node = this.#live.model.find(directory);
      if (!node) return;
      this.#live.model.setExpanded(node, true);
      if (!node.children) await this.load(directory);
    }
    // What was made just now may be missing yet, and a reading that was under way may have begun before it.
    for (let attempt = 0; attempt < 2 && !this.#live.model.find(path); attempt++) await this.load(dirname(path));
    this.flush();
    this.activate(path);
  }

  /** Reads the root and opens `/home`. */
  async openFirst(): Promise<void> {
    await this.load('/');
    const home = this.#live.model.find('/home');
    if (!home) return;
    this.#live.model.setExpanded(home, true);
    this.#touch();
    if (!home.children) await this.load('/home');
  }

  /** Makes it the active row and the only chosen one. */
  activate(path: string): void {
    const { active, selected } = this.store.getState();
    if (active !== path || selected.size !== 1 || !selected.has(path)) this.store.setState(chooseOne(path));
  }

  /** Makes it the active row; what is chosen stays. */
  focusRow(path: string): void {
    if (this.store.getState().active !== path) this.store.setState({ active: path });
  }

  toggleChosen(path: string): void {
    this.store.setState((state) => toggleOne(state, path));
  }

  /** Begins with nothing chosen, and ends so. */
  setSelecting(selecting: boolean): void {
    this.store.setState(({ active }) => (selecting ? { selecting, selected: new Set() } : { selecting, ...chooseOne(active) }));
  }

  chooseTo(node: TreeNode): void {
    this.store.setState((state) => chooseTo(state, this.#shown.rows, node, (path) => this.find(path)));
  }

  chooseAll(): void {
    this.store.setState((state) => chooseAll(state, this.#shown.rows));
  }

  /** What an action is about; see `chosenNodes`. */
  chosen(): TreeNode[] {
    return chosenNodes(this.store.getState(), (path) => this.find(path));
  }

  rename(path: string | null): void {
    if (path === null || isEditable(this.store.getState())) this.store.setState({ renaming: path });
  }

  setClipboard(clipboard: ExplorerState['clipboard']): void {
    this.store.setState({ clipboard });
  }

  setFilter(filter: string): void {
    this.store.setState({ filter });
    this.#restartSearch();
  }

  /** Positions in a row's name of what the filter found it by. */
  marks(node: TreeNode): number[] {
    return this.store.getState().search ? this.#results.marks(node) : [];
  }

  #restartSearch(): void {
    const { filter, search } = this.store.getState();
    if (isEmpty(parseQuery(filter))) {
      this.#results.stop();
      if (search) this.store.setState({ search: null });
      this.#touch();
    } else this.#results.search(filter, this.#scope());
  }

  #scope(): SearchScope {
    const { view, point } = this.store.getState();
    if (point !== null) return { below: pathAt(point, '/'), prefix: pathAt(point, '/').replace(/\/$/, '') };
    if (view === 'merged') return { below: '/', prefix: '' };
    const pid = pidOf(view);
    return pid === null ? { loaded: this.#base } : { below: '/', prefix: '', pid };
  }

  setView(view: ExplorerView): void {
    this.#turn++;
    this.#side = null;
    this.#model = new TreeModel();
    this.store.setState({ view, viewError: null, viewMore: false, process: null, renaming: null });
    this.#touch();
    void this.#readView().then(() => this.#restartSearch());
  }

  setShowDeleted(showDeleted: boolean): void {
    this.store.setState({ showDeleted });
    this.#live.reloadAll();
  }

  /** Reads what the view shows. What was open stays open. */
  async #readView(): Promise<void> {
    const turn = this.#turn;
    const { view } = this.store.getState();
    try {
      if (view === 'changes') await this.#showEntries(turn, { changes: await this.#api.changes('/', CHANGES_MAX), more: false });
      const layer = layerOf(view);
      if (layer === 'base') await this.#showSide(turn, { layer });
      else if (layer !== null) await this.#showEntries(turn, await this.#layerEntries(layer));
      const pid = pidOf(view);
      if (pid !== null) await this.#showProcess(turn, pid);
      if (turn === this.#turn) this.store.setState({ viewError: null });
    } catch (error) {
      if (turn === this.#turn) this.store.setState({ viewError: reason(error) });
    }
    this.#touch();
  }

  async #showEntries(turn: number, { changes, more }: { changes: readonly PlacedEntry[]; more: boolean }): Promise<void> {
    if (turn !== this.#turn) return;
    this.#model = treeOf(changes, this.#model);
    this.store.setState({ viewMore: more });
  }

  async #layerEntries(layer: string): Promise<{ changes: PlacedEntry[]; more: boolean }> {
    const { changes, more } = await this.#api.layerDiff(layer);
    const origins = { added: 'new', renamed: 'new', changed: 'changed', deleted: 'deleted' } as const;
    // Of what was renamed the old name is covered, as one that was deleted.
    const covered = changes.flatMap(({ from, kind }): PlacedEntry[] => (from === undefined ? [] : [{ path: from, kind, size: 0, origin: 'deleted' }]));
    return { more, changes: [...covered, ...changes.map(({ path, change, kind, size, mtime }): PlacedEntry => ({ path, kind, size, mtime, origin: origins[change] }))] };
  }

  async #showSide(turn: number, options: { layer: 'base' } | { pid: number }): Promise<void> {
    this.#side ??= new SideTree((path, after) => this.#api.exploreList(path, { after, limit: PAGE_ENTRIES, ...options }), () => this.#touch(), this.#live.model);
    if (turn === this.#turn) await this.#side.refresh();
  }

  async #showProcess(turn: number, pid: number): Promise<void> {
    const process = await this.#api.exploreProcess(pid);
    if (turn !== this.#turn) return;
    this.store.setState({ process: { ...process, ended: false } });
    await this.#showSide(turn, { pid });
  }

  /** A process has ended: what it saw stays in view, and is said to be over. */
  processEnded(pid: number): void {
    const { process } = this.store.getState();
    if (process?.pid === pid && !process.ended) this.store.setState({ process: { ...process, ended: true } });
  }

  /** Takes one message of `fs.changed.*`. */
  changed(message: FsChanged): void {
    const { view, search } = this.store.getState();
    if (view !== 'merged' && view !== 'layer:base') this.#rereadSoon();
    this.#live.changed(message);
    if (search) void this.#results.changed(message);
    for (const change of message.changes.slice(-GLOWS_MAX)) this.#glow(change.path, 'write');
    this.#touch();
  }

  /** Takes one message of `fs.read.*`. */
  wasRead(message: FsRead): void {
    for (const path of message.paths.slice(-GLOWS_MAX)) this.#glow(path, 'read');
    this.#touch();
  }

  /** Draws now rather than with the next frame. */
  flush(): void {
    this.#drawAsked = false;
    const { rows } = this.#shown;
    this.store.setState((state) => ({ rows, version: state.version + 1, ...this.#keptActive(state) }));
  }

  /** Where the active row has gone, its neighbour is active; in another tree, what is above it. */
  #keptActive({ rows: before, active }: ExplorerState): Partial<ExplorerState> {
    const model = this.#shown;
    const node = model.find(active);
    if (node && model.rows.indexOf(node) >= 0) {
      this.#place = { model, index: model.rows.indexOf(node) };
      return {};
    }
    if (before.length <= 1 && active === '/') return {};
    const { index } = this.#place;
    const next = node || this.#place.model !== model ? model.nearestVisible(active) : model.rows.at(Math.min(index, model.rows.length - 1));
    return next ? chooseOne(next.path) : {};
  }

  #place: { model: TreeModel | null; index: number } = { model: null, index: 0 };

  #touch(): void {
    if (this.#drawAsked) return;
    this.#drawAsked = true;
    this.#schedule(() => {
      if (this.#drawAsked) this.flush();
    });
  }

  #glow(path: string, kind: 'read' | 'write'): void {
    if (this.store.getState().point !== null) return;
    const node = this.#shown.nearestVisible(path);
    if (!node || node.path === '/') return;
    node.glow = kind;
    node.glows++;
    node.glowed = performance.now();
    this.#shown.touch(node);
  }

  #rereadSoon(): void {
    if (this.#rereading || this.store.getState().process?.ended) return;
    this.#rereading = true;
    setTimeout(() => {
      void this.#readView().finally(() => {
        this.#rereading = false;
      });
    }, REREAD_MS);
  }
}

/** All but the rows that stand for what is not loaded. */
function* entriesIn(model: TreeModel): Generator<TreeNode> {
  for (const node of model.loaded) if (node.more === 0) yield node;
}

/** The directories above a path, from the root. */
function above(path: string): string[] {
  const found: string[] = [];
  for (let at = dirname(path); ; at = dirname(at)) {
    found.unshift(at);
    if (at === '/') return found;
  }
}

/** A name that is free in `taken`: `base`, else `base-2`, `base-3`, … before the extension. */
export function freeName(base: string, taken: ReadonlySet<string>): string {
  if (!taken.has(base)) return base;
  const dot = base.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [base.slice(0, dot), base.slice(dot)] : [base, ''];
  for (let count = 2; ; count++) if (!taken.has(`${stem}-${count}${extension}`)) return `${stem}-${count}${extension}`;
}
