import type { TreeDifference } from '../../shared/abi/index.ts';
import type { NodeRecord, TreeView } from '../contract/index.ts';
import { joinName, sameBytes } from '../history/index.ts';
import { chunksOf } from '../storage/index.ts';

interface Place {
  path: string;
  record: NodeRecord;
}

/**
 * How one tree differs from another, in no order, by comparing them: a node that lost a name and gained another is renamed, a name that stands for
 * another file is changed; a directory whose times alone are others is not told. `touched`: whether anything at or below the path of a directory that is
 * the same one in both may differ; those that may not are not read.
 */
export async function viewDifferences(from: TreeView, to: TreeView, touched: (path: string) => boolean): Promise<TreeDifference[]> {
  return new Comparison(from, to, touched).run();
}

class Comparison {
  readonly #from: TreeView;
  readonly #to: TreeView;
  readonly #touched: (path: string) => boolean;
  readonly #found: TreeDifference[] = [];
  /** By inode number: names that are only in the one tree, and only in the other. */
  readonly #lost = new Map<number, Place[]>();
  #gained: Place[] = [];

  constructor(from: TreeView, to: TreeView, touched: (path: string) => boolean) {
    this.#from = from;
    this.#to = to;
    this.#touched = touched;
  }

  async run(): Promise<TreeDifference[]> {
    await this.#compare((await this.#from.root()).ino, (await this.#to.root()).ino, '/');
    // What lies in a directory that came or went may have been somewhere else, or be somewhere else now.
    while ((await this.#tellMoved()) || (await this.#openGained()) || (await this.#openLost()));
    const left = new Map([...this.#lost.values()].flat().map((place) => [place.path, place]));
    for (const { path, record } of this.#gained) {
      const before = left.get(path)?.record ?? null;
      left.delete(path);
      this.#found.push({ ...difference(path, before, record), change: before ? 'changed' : 'added' });
    }
    for (const { path, record } of left.values()) this.#found.push({ ...difference(path, record, null), change: 'deleted' });
    return this.#found;
  }

  async #compare(fromDir: number, toDir: number, path: string): Promise<void> {
    const [before, after] = [await named(this.#from, fromDir), await named(this.#to, toDir)];
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      const at = joinName(path, name);
      const [a, b] = [before.get(name), after.get(name)];
      if (a?.kind === 'directory' && b?.kind === 'directory' && a.ino === b.ino) {
        if (this.#touched(at)) await this.#compare(a.ino, b.ino, at);
      } else if (a && b && a.ino === b.ino) this.#changed(at, a, b);
      else {
        if (a) this.#lose({ path: at, record: a });
        if (b) this.#gained.push({ path: at, record: b });
      }
    }
  }

  #lose(place: Place): void {
    const known = this.#lost.get(place.record.ino);
    if (known) known.push(place);
    else this.#lost.set(place.record.ino, [place]);
  }

  /** Nodes that have another name now. Yields whether there were such: comparing one that is a directory may find more. */
  async #tellMoved(): Promise<boolean> {
    const gained = this.#gained;
    this.#gained = [];
    let moved = false;
    for (const now of gained) {
      const left = this.#lost.get(now.record.ino)?.shift();
      if (!left) {
        this.#gained.push(now);
        continue;
      }
      moved = true;
      this.#found.push({ ...difference(now.path, left.record, now.record), change: 'renamed', from: left.path });
      if (now.record.kind === 'directory') await this.#compare(left.record.ino, now.record.ino, now.path);
    }
    return moved;
  }

  /** Tells directories that are new, and puts what is in them in their place. */
  async #openGained(): Promise<boolean> {
    const directories = this.#gained.filter(({ record }) => record.kind === 'directory');
    this.#gained = this.#gained.filter(({ record }) => record.kind !== 'directory');
    for (const { path, record } of directories) {
      this.#found.push({ ...difference(path, null, record), change: 'added' });
      for (const { name, record: inner } of await this.#to.entries(record.ino)) this.#gained.push({ path: joinName(path, name), record: inner });
    }
    return directories.length > 0;
  }

  async #openLost(): Promise<boolean> {
    const directories = [...this.#lost.values()].flat().filter(({ record }) => record.kind === 'directory');
    for (const { path, record } of directories) {
      this.#lost.delete(record.ino);
      this.#found.push({ ...difference(path, record, null), change: 'deleted' });
      for (const { name, record: inner } of await this.#from.entries(record.ino)) this.#lose({ path: joinName(path, name), record: inner });
    }
    return directories.length > 0;
  }

  #changed(path: string, before: NodeRecord, after: NodeRecord): void {
    const found = difference(path, before, after);
    if (found.content || before.mtime !== after.mtime) this.#found.push({ ...found, change: 'changed' });
  }
}

async function named(view: TreeView, ino: number): Promise<Map<string, NodeRecord>> {
  return new Map((await view.entries(ino)).map(({ name, record }) => [name, record]));
}

function difference(path: string, before: NodeRecord | null, after: NodeRecord | null): Omit<TreeDifference, 'change'> {
  const milliseconds = (node: NodeRecord | null): number => Number((node?.mtime ?? 0n) / 1_000_000n);
  const { kind } = (after ?? before)!;
  return {
    path, kind, size: after?.size ?? 0, sizeBefore: before?.size ?? 0, mtime: milliseconds(after), mtimeBefore: milliseconds(before),
    content: before && after ? contentDiffers(before, after) : kind !== 'directory',
    ...(before && before.kind !== kind ? { kindBefore: before.kind } : {}),
  };
}

function contentDiffers(before: NodeRecord, after: NodeRecord): boolean {
  if (before.kind !== after.kind || before.size !== after.size || before.target !== after.target) return true;
  const [a, b] = [chunksOf(before), chunksOf(after)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [left, right] = [a[index] ?? null, b[index] ?? null];
    if (!sameBytes(left, right) || (left?.pack === -1 && before.base !== after.base)) return true;
  }
  return false;
}
