import type { BaseStat, FolderListing, FolderStat, FolderStore } from '../contract/index.ts';
import { inside, splitPath } from './names.ts';
import type { BaseMap, FolderMap } from './scan.ts';

/** What a folder had when it was last looked at or committed to: the common ancestor of both sides. Kept by directory. */
export class Baseline {
  readonly #store: FolderStore;
  readonly #id: number;
  readonly #directories: Map<string, Map<string, BaseStat>>;
  readonly #changed = new Set<string>();

  private constructor(store: FolderStore, id: number, directories: Map<string, Map<string, BaseStat>>) {
    this.#store = store;
    this.#id = id;
    this.#directories = directories;
  }

  static async load(store: FolderStore, id: number): Promise<Baseline> {
    const listings = await store.listings(id);
    return new Baseline(store, id, new Map([...listings].map(([dir, listing]) => [dir, new Map(listing.map(({ name, ...stat }) => [name, stat]))])));
  }

  /** Of a folder that is mounted now. */
  static of(store: FolderStore, id: number, entries: FolderMap): Baseline {
    const baseline = new Baseline(store, id, new Map());
    for (const [path, stat] of entries) baseline.set(path, stat);
    return baseline;
  }

  entries(): BaseMap {
    const entries = new Map<string, BaseStat>();
    const queue = [''];
    for (let at = 0; at < queue.length; at++) {
      for (const [name, stat] of this.#directories.get(queue[at]!) ?? []) {
        const path = inside(queue[at]!, name);
        entries.set(path, stat);
        if (stat.kind === 'directory') queue.push(path);
      }
    }
    return entries;
  }

  get(path: string): BaseStat | undefined {
    const { dir, name } = splitPath(path);
    return this.#directories.get(dir)?.get(name);
  }

  get size(): number {
    return [...this.#directories.values()].reduce((sum, directory) => sum + directory.size, 0);
  }

  /** `mine`: the workspace's contents with which the file is one now. */
  set(path: string, { kind, size, mtime }: FolderStat, mine?: string): void {
    const { dir, name } = splitPath(path);
    const directory = this.#directories.get(dir) ?? new Map<string, BaseStat>();
    this.#directories.set(dir, directory.set(name, { kind, size, mtime, ...(mine !== undefined && { mine }) }));
    this.#changed.add(dir);
    if (kind === 'file') this.#forget(path);
  }

  delete(path: string): void {
    const { dir, name } = splitPath(path);
    if (this.#directories.get(dir)?.delete(name)) this.#changed.add(dir);
    this.#forget(path);
  }

  #forget(path: string): void {
    if (this.#directories.delete(path)) this.#changed.add(path);
  }

  /** Stores what was set since the last call. */
  async flush(): Promise<void> {
    if (this.#changed.size === 0) return;
    const listings = new Map<string, FolderListing | null>();
    for (const dir of this.#changed) {
      const directory = this.#directories.get(dir);
      listings.set(dir, directory ? [...directory].map(([name, stat]) => ({ name, ...stat })) : null);
    }
    this.#changed.clear();
    await this.#store.putListings(this.#id, listings);
  }
}
