import type { ExploreEntry, ListOptions, ListPage } from '../../shared/abi/index.ts';
import { dirname, FsError, joinPath } from '../../shared/base/index.ts';
import type { BaseLayer, NodeEntry, NodeStat } from '../contract/index.ts';
import type { Location, Namespace } from '../namespace/index.ts';
import { ROOT_INO } from '../storage/index.ts';

/** Of names that were deleted: what the base layer ships in a directory. */
export type Shipped = (path: string) => Promise<readonly { name: string; kind: ExploreEntry['kind']; size: number }[]>;

const PAGE_MAX = 4096;

const milliseconds = (time: bigint): number => Number(time / 1_000_000n);

/** A part of a directory, in the order of its service. Mountpoints have the origin `mount`. */
export async function listPage(namespace: Namespace, path: string, { after = 0, limit = PAGE_MAX }: Pick<ListOptions, 'after' | 'limit'>): Promise<ListPage> {
  const dir = await namespace.walk(path, { operation: 'readdir' });
  const { service } = dir.mount;
  const { size } = await service.stat(dir.node);
  const wanted = Math.min(PAGE_MAX, limit);
  const entries: ExploreEntry[] = [];
  // A service may give less than it has: only nothing at all is the end.
  for (let cookie = after; ;) {
    const page = await service.readdir(dir.node, cookie, wanted - entries.length);
    if (page.length === 0) return { entries, next: null, total: size };
    for (const entry of page) {
      const described = await describe(namespace, dir, entry);
      if (described) entries.push(described);
    }
    cookie = (page.at(-1) as NodeEntry).cookie;
    if (entries.length >= wanted) return { entries, next: cookie, total: size };
  }
}

/** Undefined for an entry that has gone since it was listed. */
export async function describe(namespace: Namespace, dir: Location, { name, node }: Pick<NodeEntry, 'name' | 'node'>): Promise<ExploreEntry | undefined> {
  const over = namespace.covering(dir, node);
  try {
    const asked = over ? over.service.stat(over.root) : dir.mount.service.stat(node);
    return entryOf(name, asked instanceof Promise ? await asked : asked, over !== undefined);
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}

function entryOf(name: string, { kind, size, origin, mtime }: NodeStat, mounted: boolean): ExploreEntry {
  return { name, kind, size, origin: mounted ? 'mount' : origin, mtime: milliseconds(mtime) };
}

/** What is at a path, a link itself; null: nothing. */
export async function entryAt(namespace: Namespace, path: string): Promise<ExploreEntry | null> {
  try {
    const { mount, node } = await namespace.walk(path, { follow: false });
    const name = path.slice(path.lastIndexOf('/') + 1);
    return entryOf(name, await mount.service.stat(node), mount.at !== null && node === mount.root);
  } catch (error) {
    return nothing(error);
  }
}

/** What is at each of many paths, a link itself; null: nothing. Each directory is walked to once. */
export async function entriesAt(namespace: Namespace, paths: readonly string[]): Promise<(ExploreEntry | null)[]> {
  const directories = new Map<string, Promise<Location | null>>();
  return Promise.all(paths.map(async (path) => {
    if (path === '/') return entryAt(namespace, path);
    const directory = dirname(path);
    const walked = directories.get(directory) ?? namespace.walk(directory).catch(nothing);
    directories.set(directory, walked);
    const dir = await walked;
    return dir && entryIn(namespace, dir, path.slice(path.lastIndexOf('/') + 1));
  }));
}

async function entryIn(namespace: Namespace, dir: Location, name: string): Promise<ExploreEntry | null> {
  try {
    const node = dir.mount.service.lookup(dir.node, name);
    return (await describe(namespace, dir, { name, node: node instanceof Promise ? await node : node })) ?? null;
  } catch (error) {
    return nothing(error);
  }
}

function nothing(error: unknown): null {
  if (error instanceof FsError) return null;
  throw error;
}

/** Names that the base layer ships there and that are not there any more. */
export async function deletedIn(namespace: Namespace, path: string, shipped: Shipped): Promise<ExploreEntry[]> {
  const found: ExploreEntry[] = [];
  for (const { name, kind, size } of await shipped(path)) {
    if ((await entryAt(namespace, joinPath(path, name))) === null) found.push({ name, kind, size, origin: 'deleted', mtime: 0 });
  }
  return found;
}

/** A directory of the base layer as it is shipped. @throws FsError ENOENT, ENOTDIR */
export function basePage(base: BaseLayer, path: string, { after = 0, limit = PAGE_MAX }: Pick<ListOptions, 'after' | 'limit'>): ListPage {
  let at = ROOT_INO;
  for (const part of path.split('/').filter((each) => each !== '')) {
    const found = base.entries(at).find(({ name }) => name === part)?.node;
    if (!found) throw new FsError('ENOENT', 'readdir', path);
    if (found.kind !== 'directory') throw new FsError('ENOTDIR', 'readdir', path);
    at = found.ino;
  }
  const all = base.entries(at);
  const end = after + Math.min(PAGE_MAX, limit);
  const entries = all.slice(after, end).map(({ name, node }): ExploreEntry => ({
    name, kind: node.kind, size: node.kind === 'directory' ? base.entries(node.ino).length : node.size, origin: 'base', mtime: milliseconds(node.mtime),
  }));
  return { entries, next: end < all.length ? end : null, total: all.length };
}
