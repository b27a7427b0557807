import type { ExploreCalls, ExploreEntry, FsChanged } from '../../shared/abi/index.ts';
import { basename, dirname, joinPath } from '../../shared/base/index.ts';
import { LOADED_MAX, PAGE_ENTRIES, readDirectory, type Touch } from './read-directory.ts';
import { TreeModel } from './tree-model.ts';
import type { TreeNode } from './tree-node.ts';

/** Entries that are asked for in one call; one call at a time. */
const ASKED_MAX = 1024;
/** Changed entries that wait to be asked for; past it their directories are read again. */
const PENDING_MAX = 16_384;
/** A directory is read again at most this often, in ms; a large one less often (a ms for 20 entries). */
const REREAD_MS = 250;
/** In a larger directory a shipped entry that is deleted is marked where it is, without reading the directory again. */
const REREAD_ENTRIES_MAX = 4096;

export interface LiveTreeOptions {
  api: Pick<ExploreCalls, 'exploreList' | 'exploreEntries'>;
  /** Whether deleted entries are shown. */
  deleted(): boolean;
  touch: Touch;
}

/** The namespace as it is, kept in step: what changed in the directories that are loaded is asked for, many at once. */
export class LiveTree {
  readonly model = new TreeModel();
  readonly #options: LiveTreeOptions;
  readonly #loading = new Map<string, Promise<void>>();
  /** Directories that changed while they were being read. */
  readonly #stale = new Set<string>();
  readonly #rereads = new Map<string, { again: boolean }>();
  readonly #pending = new Set<string>();
  #asking = false;

  constructor(options: LiveTreeOptions) {
    this.#options = options;
  }

  /** Reads a directory; resolves when it is read, or has failed. Calls at the same time share one reading. */
  load(path: string): Promise<void> {
    const underWay = this.#loading.get(path);
    if (underWay) return underWay;
    const node = this.model.find(path);
    if (!node || node.kind !== 'directory') return Promise.resolve();
    const { api, deleted, touch } = this.#options;
    const isLoaded = (): boolean => this.model.find(path) === node;
    const loading = readDirectory(this.model, node, (at, after) => api.exploreList(at, { after, limit: PAGE_ENTRIES, deleted: deleted() }), touch, isLoaded).finally(() => {
      this.#loading.delete(path);
      if (this.#stale.delete(path)) this.#reread(path);
    });
    this.#loading.set(path, loading);
    return loading;
  }

  /** Reads all that is loaded again. */
  reloadAll(): void {
    for (const node of [...this.model.loaded]) if (node.children) this.#reread(node.path);
  }

  changed({ changes, overflow, within }: FsChanged): void {
    if (overflow && !within) this.reloadAll();
    for (const path of within ?? []) if (this.model.find(path)?.children) this.#reread(path);
    for (const { op, path, from } of changes) {
      this.#note(path);
      if (from !== undefined) this.#note(from);
      if (op === 'rename' && this.model.find(path)?.children) this.#reread(path);
    }
    void this.#ask();
  }

  #note(path: string): void {
    const directory = dirname(path);
    // What is changed in a directory may change where the directory itself comes from.
    if (directory !== '/' && this.model.find(directory)) this.#pending.add(directory);
    if (this.#loading.has(directory)) this.#stale.add(directory);
    if (!this.model.find(directory)?.children) return;
    if (this.#pending.size < PENDING_MAX) this.#pending.add(path);
    else this.#reread(directory);
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    while (this.#pending.size > 0) {
      const paths = [...this.#pending].slice(0, ASKED_MAX);
      for (const path of paths) this.#pending.delete(path);
      // The kernel's worker ended, or the page is about to: there is nothing to show then.
      const entries = await this.#options.api.exploreEntries(paths).catch(() => null);
      if (entries) this.#take(paths, entries);
    }
    this.#asking = false;
  }

  #take(paths: readonly string[], entries: readonly (ExploreEntry | null)[]): void {
    const found = new Map<TreeNode, ExploreEntry[]>();
    paths.forEach((path, at) => {
      const parent = this.model.find(dirname(path));
      const entry = entries[at];
      if (!parent?.children) return;
      if (entry) found.set(parent, [...(found.get(parent) ?? []), { ...entry, name: basename(path) }]);
      else this.#gone(parent, path);
    });
    for (const [parent, listed] of found) this.#update(parent, listed);
    this.#options.touch(true);
  }

  /** A directory at its bound takes no more entries: they are counted. */
  #update(parent: TreeNode, listed: readonly ExploreEntry[]): void {
    const loaded = parent.children?.length ?? 0;
    const room = Math.max(0, LOADED_MAX - loaded);
    const isKnown = ({ name }: ExploreEntry): boolean => this.model.find(joinPath(parent.path, name)) !== undefined;
    const taken = room >= listed.length ? listed : [...listed.filter(isKnown), ...listed.filter((entry) => !isKnown(entry)).slice(0, room)];
    this.model.upsertAll(parent, taken);
    for (const { name, size } of taken) {
      const directory = this.model.find(joinPath(parent.path, name));
      if ((directory?.children?.length ?? 0) >= LOADED_MAX) this.model.setMore(directory!, size);
    }
  }

  #gone(parent: TreeNode, path: string): void {
    const node = this.model.find(path);
    if (!node || node.origin === 'deleted') return;
    const shipped = node.origin === 'base' || node.origin === 'changed';
    if (!shipped || !this.#options.deleted()) return this.model.remove(node);
    if ((parent.children?.length ?? 0) <= REREAD_ENTRIES_MAX) return this.#reread(parent.path);
    this.model.setExpanded(node, false);
    this.model.unload(node);
    node.origin = 'deleted';
    this.model.touch(node);
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
      const entries = this.model.find(path)?.children?.length ?? 0;
      setTimeout(() => {
        this.#rereads.delete(path);
        if (state.again && this.model.find(path)?.children) this.#reread(path);
      }, Math.max(REREAD_MS, entries / 20));
    });
  }
}
