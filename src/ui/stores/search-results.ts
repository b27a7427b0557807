import type { ExploreCalls, ExploreEntry, FsChanged, SearchHit, SearchPage } from '../../shared/abi/index.ts';
import { basename } from '../../shared/base/index.ts';
import { hasOrigin, marksIn, nameScore, parseQuery, type Query } from '../../shared/search/index.ts';
import { treeOf } from './tree-of.ts';
import { searchParts, type SearchApi } from './search-parts.ts';
import { TreeModel } from './tree-model.ts';
import type { TreeNode } from './tree-node.ts';

/** How far a search is, and what it found. */
export interface SearchState {
  /** Entries that are shown; fewer than `matched` where there are too many. */
  shown: number;
  matched: number;
  visited: number;
  done: boolean;
  /** It ended at its bound. */
  bounded: boolean;
  error: string | null;
}

/** Where is looked. */
export type SearchScope =
  /** By the kernel. `prefix`: what the paths that it finds begin with, and those of the rows do not. */
  | { below: string; prefix: string; pid?: number }
  /** Among what is loaded. */
  | { loaded: TreeModel };

/** Hits that are shown, the best ones. */
const SHOWN_MAX = 2000;
/** Directories above hits that are asked for. */
const ABOVE_MAX = 1024;
/** Between two drawings of what was found, in ms; and from a key to the search. */
const DRAW_MS = 120;
const TYPING_MS = 100;

type Api = SearchApi & Pick<ExploreCalls, 'exploreEntries'>;

/** What a query finds, as a tree with what is above each hit. A new query stops the one before it. */
export class SearchResults {
  /** Replaced with each drawing. */
  model = new TreeModel();
  readonly #api: Api;
  readonly #told: (state: SearchState) => void;
  readonly #from: () => TreeModel;
  #query: Query = parseQuery('');
  #scope: SearchScope = { below: '/', prefix: '' };
  #hits = new Map<string, SearchHit>();
  #state: SearchState = { shown: 0, matched: 0, visited: 0, done: true, bounded: false, error: null };
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawn = 0;

  /** `told`: after each drawing. `from`: where entries above hits are looked up. */
  constructor(api: Api, from: () => TreeModel, told: (state: SearchState) => void) {
    this.#api = api;
    this.#from = from;
    this.#told = told;
  }

  /** Looks for `text`, a moment after the last call. What was found before stays until then. */
  search(text: string, scope: SearchScope, wait = TYPING_MS): void {
    this.stop();
    this.#query = parseQuery(text);
    this.#scope = scope;
    const turn = this.#turn;
    this.#timer = setTimeout(() => void this.#run(text, turn), wait);
  }

  stop(): void {
    this.#turn++;
    clearTimeout(this.#timer);
  }

  /** Positions in the node's name of what it was found by. */
  marks({ name, path }: TreeNode): number[] {
    return this.#hits.has(path) ? marksIn(this.#query, name, path) : [];
  }

  /** Takes changes of the namespace: hits come and go with them. */
  async changed({ changes }: FsChanged): Promise<void> {
    if ('loaded' in this.#scope || this.#scope.pid !== undefined || this.#scope.prefix !== '' || this.#query.runs.length > 0) return;
    const turn = this.#turn;
    const paths = [...new Set(changes.flatMap(({ path, from }) => (from === undefined ? [path] : [path, from])))]
      .filter((path) => this.#hits.has(path) || nameScore({ ...this.#query, kinds: [] }, { name: basename(path), kind: 'file' }, path) > 0).slice(0, 1024);
    if (paths.length === 0) return;
    const entries = await this.#api.exploreEntries(paths).catch(() => []);
    if (turn !== this.#turn) return;
    paths.forEach((path, at) => this.#update(path, entries[at] ?? null));
    this.#drawSoon();
  }

  #update(path: string, entry: ExploreEntry | null): void {
    const score = entry && hasOrigin(this.#query, entry.origin) ? nameScore(this.#query, entry, path) : 0;
    const known = this.#hits.has(path);
    if (entry && score > 0) this.#hits.set(path, { ...entry, path, score });
    else this.#hits.delete(path);
    this.#state.matched += Number(this.#hits.has(path)) - Number(known);
  }

  async #run(text: string, turn: number): Promise<void> {
    this.#hits = new Map();
    this.#state = { shown: 0, matched: 0, visited: 0, done: false, bounded: false, error: null };
    const scope = this.#scope;
    if ('loaded' in scope) return this.#among(scope.loaded);
    try {
      const { below, prefix, pid } = scope;
      for await (const page of searchParts(this.#api, { query: text, below, ...(pid !== undefined && { pid }) })) {
        if (turn !== this.#turn) return;
        this.#take(page, prefix);
      }
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#state = { ...this.#state, done: true, error: error instanceof Error ? error.message : String(error) };
      this.#draw();
    }
  }

  #among(model: TreeModel): void {
    for (const node of model.loaded) {
      this.#state.visited++;
      const score = node.parent && node.more === 0 && hasOrigin(this.#query, node.origin) ? nameScore(this.#query, node, node.path) : 0;
      if (score > 0) this.#hits.set(node.path, { path: node.path, name: node.name, kind: node.kind, size: node.size, origin: node.origin, mtime: node.mtime, score });
    }
    this.#state.matched = this.#hits.size;
    this.#state.done = true;
    this.#draw();
  }

  #take({ hits, matched, visited, done, bounded }: SearchPage, prefix: string): void {
    for (const hit of hits) {
      const path = hit.path.slice(prefix.length) || '/';
      this.#hits.set(path, { ...hit, path, ...(prefix !== '' && { origin: 'base' as const }) });
    }
    if (this.#hits.size > 2 * SHOWN_MAX) this.#hits = new Map([...this.#hits].sort(([, a], [, b]) => b.score - a.score).slice(0, SHOWN_MAX));
    Object.assign(this.#state, { matched, visited, done, bounded });
    if (done || performance.now() - this.#drawn >= DRAW_MS) this.#draw();
  }

  #drawSoon(): void {
    const turn = this.#turn;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => turn === this.#turn && this.#draw(), DRAW_MS);
  }

  #draw(): void {
    this.#drawn = performance.now();
    const best = [...this.#hits.values()].sort((a, b) => b.score - a.score).slice(0, SHOWN_MAX);
    const from = this.#from();
    this.model = treeOf(best, this.model, (path) => from.find(path)?.origin ?? 'base');
    this.#state = { ...this.#state, shown: best.length };
    this.#told(this.#state);
    if (this.#state.done) void this.#describeAbove(this.model, from);
  }

  /** Directories above hits that were never listed: where they come from is asked for. */
  async #describeAbove(model: TreeModel, from: TreeModel): Promise<void> {
    const scope = this.#scope;
    if ('loaded' in scope || scope.pid !== undefined || scope.prefix !== '') return;
    const unknown = [...model.loaded].filter(({ path, parent }) => parent && !this.#hits.has(path) && !from.find(path)).slice(0, ABOVE_MAX);
    if (unknown.length === 0) return;
    const entries = await this.#api.exploreEntries(unknown.map(({ path }) => path)).catch(() => []);
    if (this.model !== model) return;
    unknown.forEach(({ parent, name }, at) => {
      const entry = entries[at];
      if (entry && parent) model.upsert(parent, { ...entry, name });
    });
    this.#told(this.#state);
  }
}

