import type { NodeRecord, TreeView } from '../contract/index.ts';

const ROOT = 1;

/** A tree as it would be after some steps: a view, with names changed on top. Keys are inode numbers; what is new has negative ones. */
export class Scratch {
  readonly #view: TreeView;
  readonly #children = new Map<number, Map<string, number>>();
  readonly #records = new Map<number, NodeRecord>();
  readonly #places = new Map<number, { parent: number; name: string }>();
  #next = -1;

  constructor(view: TreeView) {
    this.#view = view;
  }

  record(key: number): NodeRecord | undefined {
    return this.#records.get(key);
  }

  setRecord(key: number, record: NodeRecord): void {
    this.#records.set(key, record);
  }

  isDirectory(key: number): boolean {
    return key === ROOT || this.#records.get(key)?.kind === 'directory';
  }

  async children(dir: number): Promise<ReadonlyMap<string, number>> {
    return this.#list(dir);
  }

  async get(dir: number, name: string): Promise<number | undefined> {
    return (await this.#list(dir)).get(name);
  }

  async set(dir: number, name: string, key: number | null): Promise<void> {
    const children = await this.#list(dir);
    if (key === null) children.delete(name);
    else {
      children.set(name, key);
      this.#places.set(key, { parent: dir, name });
    }
  }

  /** A node that is to be made. */
  add(record: NodeRecord): number {
    const key = this.#next--;
    this.#records.set(key, record);
    if (record.kind === 'directory') this.#children.set(key, new Map());
    return key;
  }

  /** What an absolute path names; links are not followed. */
  async walk(path: string): Promise<number | undefined> {
    let at = ROOT;
    for (const name of path.split('/')) {
      if (name === '') continue;
      if (!this.isDirectory(at)) return undefined;
      const next = await this.get(at, name);
      if (next === undefined) return undefined;
      at = next;
    }
    return at;
  }

  /** Of a directory that was met; of another node, one of its paths. */
  pathOf(key: number): string {
    const names: string[] = [];
    for (let at = key; at !== ROOT;) {
      const place = this.#places.get(at);
      if (!place) break;
      names.unshift(place.name);
      at = place.parent;
    }
    return `/${names.join('/')}`;
  }

  isWithin(key: number, above: number): boolean {
    for (let at: number | undefined = key; at !== undefined; at = this.#places.get(at)?.parent) if (at === above) return true;
    return false;
  }

  async #list(dir: number): Promise<Map<string, number>> {
    let children = this.#children.get(dir);
    if (children) return children;
    const entries = dir < 0 ? [] : await this.#view.entries(dir);
    // Another may have listed it meanwhile, and changed it.
    children = this.#children.get(dir) ?? new Map(entries.map(({ name, record }) => [name, record.ino]));
    if (!this.#children.has(dir)) {
      this.#children.set(dir, children);
      for (const { name, record } of entries) {
        if (!this.#records.has(record.ino)) this.#records.set(record.ino, record);
        if (!this.#places.has(record.ino)) this.#places.set(record.ino, { parent: dir, name });
      }
    }
    return children;
  }
}
