import { FsError } from '../../shared/base/index.ts';
import type { FileContents, Node, NodeRecord } from '../contract/index.ts';
import { HOLE } from '../storage/index.ts';
import type { TreeService } from '../services/tree/index.ts';
import type { LiveTree } from './rows.ts';

const FOLDER = 'lost+found';
const NAME_MAX = 200;

/** Puts what has no place into `/lost+found`, by reference, as changes of the live tree. Rule FS7. */
export class LostAndFound {
  readonly #tree: TreeService;
  #folder: Node | null = null;

  constructor(tree: TreeService) {
    this.#tree = tree;
  }

  /** A file with what is left of its contents. Returns its path. */
  async file(wanted: string, record: NodeRecord, without: readonly number[] = []): Promise<string> {
    const folder = await this.#open();
    const name = await this.#free(folder, wanted);
    await this.#adopt(folder, name, record, without);
    return `/${FOLDER}/${name}`;
  }

  /** A directory that nothing leads to, with all that it leads to. Returns its path. */
  async directory(ino: number, live: LiveTree): Promise<string> {
    const folder = await this.#open();
    const name = await this.#free(folder, `directory ${ino}`);
    await this.#fill(await this.#tree.mkdir(folder, name), ino, live, new Set([ino]));
    return `/${FOLDER}/${name}`;
  }

  async #fill(folder: Node, ino: number, live: LiveTree, seen: Set<number>): Promise<void> {
    for (const { name, ino: child } of live.slots.get(ino)?.values() ?? []) {
      const record = live.records.get(child);
      if (!record || (record.kind === 'directory' && seen.has(child))) continue;
      if (record.kind === 'file') await this.#adopt(folder, name, record, []);
      else if (record.kind === 'symlink') await this.#tree.symlink(folder, name, record.target ?? '');
      else {
        seen.add(child);
        await this.#fill(await this.#tree.mkdir(folder, name), child, live, seen);
      }
    }
  }

  async #adopt(folder: Node, name: string, record: NodeRecord, without: readonly number[]): Promise<void> {
    const { size, atime, mtime } = record;
    const contents: FileContents = { size };
    // A file of which the base has everything, or nothing, has no chunks to leave out.
    if (record.chunks) contents.chunks = record.chunks.map((ref, index) => (without.includes(index) ? HOLE : ref));
    else if (without.length > 0 || record.base === undefined) contents.chunks = [];
    if (record.base !== undefined && (!contents.chunks || contents.chunks.some(({ pack }) => pack < 0))) contents.base = record.base;
    await this.#tree.adopt(folder, name, contents, { atime, mtime });
  }

  async #open(): Promise<Node> {
    if (this.#folder !== null) return this.#folder;
    const root = this.#tree.root();
    const found = await this.#lookup(root, FOLDER);
    return (this.#folder = found ?? (await this.#tree.mkdir(root, FOLDER)));
  }

  async #free(folder: Node, wanted: string): Promise<string> {
    const plain = wanted.replaceAll('/', ' ').trim().slice(0, NAME_MAX) || 'file';
    for (let i = 1; ; i += 1) {
      const name = i === 1 ? plain : `${plain} ${i}`;
      if ((await this.#lookup(folder, name)) === null) return name;
    }
  }

  async #lookup(folder: Node, name: string): Promise<Node | null> {
    try {
      return await this.#tree.lookup(folder, name);
    } catch (error) {
      if (error instanceof FsError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
      throw error;
    }
  }

  /** Takes a name away, if it still stands for this file and nobody has written to it since. */
  async unlink(path: string, { ino, size, mtime }: NodeRecord): Promise<void> {
    const parts = path.split('/').slice(1);
    const last = parts.pop() ?? '';
    let folder: Node | null = this.#tree.root();
    for (const name of parts) folder = folder && (await this.#lookup(folder, name));
    const file = folder && (await this.#lookup(folder, last));
    if (folder === null || file === null) return;
    const now = await this.#tree.stat(file);
    if (now.ino === ino && now.size === size && now.mtime === mtime) await this.#tree.unlink(folder, last);
  }
}
