import { FsError } from '../../shared/base/index.ts';
import type { FileContents, FileService, FolderStat, Node, NodeEntry } from '../contract/index.ts';
import { splitPath } from './names.ts';
import type { MineEntry } from './plan.ts';
import type { Progress } from './progress.ts';
import { parseReference } from './reference.ts';

/** The workspace's tree, as this folder needs it: a file service that takes contents by reference. */
export interface FolderTree extends Required<Pick<FileService, 'root' | 'lookup' | 'stat' | 'readdir' | 'read' | 'mkdir' | 'unlink' | 'rmdir' | 'rename' | 'sync'>> {
  contents(node: Node): Promise<FileContents>;
  adopt(dir: Node, name: string, contents: FileContents, times?: { atime?: bigint; mtime?: bigint }): Promise<Node>;
  replace(node: Node, contents: FileContents, times?: { atime?: bigint; mtime?: bigint }): Promise<void>;
}

export interface LiveEntry extends MineEntry {
  node: Node;
  /** Nanoseconds. */
  mtime: bigint;
}

export type LiveMap = Map<string, LiveEntry>;

/** Where folders are mounted. */
export const MOUNTS = 'mnt';
const PAGE = 1024;
const SLICE = 1 << 20;

const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms)) * 1_000_000n;

/** What the workspace has at `/mnt/<name>`. Paths are relative to that. */
export class LiveFolder {
  readonly #tree: FolderTree;
  readonly #name: string;
  readonly #hash: (bytes: Uint8Array) => string;
  readonly #directories = new Map<string, Node>();

  /** `hash`: a cryptographic one. */
  constructor(tree: FolderTree, name: string, hash: (bytes: Uint8Array) => string) {
    this.#tree = tree;
    this.#name = name;
    this.#hash = hash;
  }

  async exists(): Promise<boolean> {
    return (await this.#find('')) !== undefined;
  }

  /** @throws FsError EEXIST */
  async make(): Promise<void> {
    const root = this.#tree.root();
    const mounts = (await missing(() => this.#tree.lookup(root, MOUNTS))) ?? (await this.#tree.mkdir(root, MOUNTS));
    await this.#tree.mkdir(mounts, this.#name);
  }

  /** All that is below, parents first. */
  async walk(progress: Progress): Promise<LiveMap> {
    const found: LiveMap = new Map();
    this.#directories.clear();
    const queue = [''];
    for (let at = 0; at < queue.length; at++) {
      const dir = queue[at]!;
      const node = await this.#directory(dir);
      for await (const entry of this.#entries(node)) {
        const path = dir === '' ? entry.name : `${dir}/${entry.name}`;
        progress.step(found.size, 0, path);
        const described = await missing(() => this.#describe(entry));
        if (!described) continue;
        found.set(path, described);
        if (described.kind === 'directory') queue.push(path);
      }
    }
    return found;
  }

  async #describe({ node, kind }: NodeEntry): Promise<LiveEntry> {
    const { size, mtime } = await this.#tree.stat(node);
    return { kind, node, size, mtime, ...(kind === 'file' && (await this.#contents(node))) };
  }

  async *#entries(node: Node): AsyncGenerator<NodeEntry> {
    for (let cookie = 0; ;) {
      const page = await this.#tree.readdir(node, cookie, PAGE);
      yield* page;
      if (page.length === 0) return;
      cookie = page.at(-1)!.cookie;
    }
  }

  /** Takes a file or a directory of the disk in the place of what is at `path`. */
  async take(path: string, stat: FolderStat, reference: string): Promise<void> {
    const { dir, name } = splitPath(path);
    const parent = await this.#directory(dir);
    const old = await missing(() => this.#tree.lookup(parent, name));
    const kind = old === undefined ? undefined : (await this.#tree.stat(old)).kind;
    if (old !== undefined && kind === 'file' && stat.kind === 'file') {
      await this.#tree.replace(old, { size: stat.size, base: reference }, { mtime: nanoseconds(stat.mtime) });
      return;
    }
    if (kind === 'directory' && stat.kind === 'directory') return;
    if (old !== undefined) await this.drop(path);
    if (stat.kind === 'directory') await this.#tree.mkdir(parent, name);
    else await this.#tree.adopt(parent, name, { size: stat.size, base: reference }, { mtime: nanoseconds(stat.mtime) });
  }

  /** Removes a file, a link or an empty directory; nothing where nothing is. @throws FsError ENOTEMPTY */
  async drop(path: string): Promise<void> {
    const { dir, name } = splitPath(path);
    const parent = path === '' ? await this.#tree.lookup(this.#tree.root(), MOUNTS) : await this.#directory(dir);
    const own = path === '' ? this.#name : name;
    const node = await missing(() => this.#tree.lookup(parent, own));
    if (node === undefined) return;
    if ((await this.#tree.stat(node)).kind === 'directory') {
      this.#directories.clear();
      await this.#tree.rmdir(parent, own);
    } else await this.#tree.unlink(parent, own);
  }

  /** Removes all of it, and the mount itself. */
  async dropAll(progress: Progress): Promise<void> {
    if (!(await this.exists())) return;
    for (const path of [...(await this.walk(progress)).keys()].toReversed()) await this.drop(path);
    await this.drop('');
  }

  async rename(path: string, to: string): Promise<void> {
    const from = splitPath(path);
    const target = splitPath(to);
    await this.#tree.rename(await this.#directory(from.dir), from.name, await this.#directory(target.dir), target.name);
  }

  async has(path: string): Promise<boolean> {
    const { dir, name } = splitPath(path);
    return (await missing(async () => this.#tree.lookup(await this.#directory(dir), name))) !== undefined;
  }

  /** The file as it is now. @throws FsError ENOENT, EISDIR */
  async file(path: string): Promise<LiveEntry> {
    const { dir, name } = splitPath(path);
    const node = await this.#tree.lookup(await this.#directory(dir), name);
    const { kind, size, mtime } = await this.#tree.stat(node);
    if (kind !== 'file') throw new FsError('EISDIR', 'commit', path);
    return { kind, node, size, mtime, ...(await this.#contents(node)) };
  }

  /** Bytes of a file, to its end. */
  async *bytes(node: Node, progress: Progress): AsyncGenerator<Uint8Array> {
    for (let at = 0; ;) {
      progress.check();
      const part = await this.#tree.read(node, at, SLICE);
      if (part.length === 0) return;
      yield part;
      at += part.length;
    }
  }

  async #contents(node: Node): Promise<Pick<LiveEntry, 'reference' | 'fingerprint'>> {
    const contents = await this.#tree.contents(node);
    const reference = wholeReference(contents);
    return reference === undefined ? { fingerprint: this.#hash(fingerprintOf(contents)) } : { reference, fingerprint: reference };
  }

  sync(): Promise<void> {
    return Promise.resolve(this.#tree.sync());
  }

  async #find(path: string): Promise<Node | undefined> {
    return missing(() => this.#directory(path));
  }

  async #directory(path: string): Promise<Node> {
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    const { dir, name } = splitPath(path);
    const node = path === ''
      ? await this.#tree.lookup(await this.#tree.lookup(this.#tree.root(), MOUNTS), this.#name)
      : await this.#tree.lookup(await this.#directory(dir), name);
    this.#directories.set(path, node);
    return node;
  }
}

/** Contents that are wholly one file of a folder. */
function wholeReference({ base, chunks, size }: FileContents): string | undefined {
  return base !== undefined && chunks === undefined && parseReference(base)?.stat.size === size ? base : undefined;
}

/** Equal for equal contents that came to be in the same way; wherever the store has put them. */
function fingerprintOf({ size, chunks = [], base = '' }: FileContents): Uint8Array {
  const parts = chunks.map(({ hash, pack, offset, length, valid }) => `${hash || (pack < 0 ? offset : '')} ${Math.min(length, valid ?? length)}`);
  return new TextEncoder().encode([size, chunks.some(({ pack }) => pack < 0) ? base : '', ...parts].join('\n'));
}

/** @throws what is no sign that nothing is there */
async function missing<T>(ask: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof FsError && (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ESTALE')) return undefined;
    throw error;
  }
}
