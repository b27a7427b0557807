import { FsError } from '../../shared/base/index.ts';
import type { Node, NodeEntry } from '../contract/index.ts';
import type { Location } from './mount-table.ts';
import type { Namespace } from './namespace.ts';
import { childPath } from './path-parts.ts';
import { need } from './refuse.ts';
import { sameLocation } from './walk.ts';

/** Bytes moved at once. */
const SLICE = 1 << 20;
/** Entries taken from a directory at once. */
const PAGE = 256;

/** A name in a directory where nothing is yet. */
export interface Vacancy {
  dir: Location;
  name: string;
}

/**
 * Copies a file, a link (not what it leads to) or a directory with all below it. Within one service that can, contents are copied by
 * reference. What is mounted below the source is left out, and stands as an empty directory. A failure in the middle leaves what was copied.
 * @throws FsError EEXIST, EISDIR for a directory that is not asked for, EINVAL into itself or for a device
 */
export async function copyTo(namespace: Namespace, source: Location, to: Vacancy, recursive: boolean): Promise<void> {
  const { kind } = await source.mount.service.stat(source.node);
  if (kind !== 'directory') return copyOne(source, kind, to);
  if (!recursive) throw new FsError('EISDIR', 'copy', source.path);
  if (await isBelow(namespace, to.dir, source)) throw new FsError('EINVAL', 'copy', source.path, { detail: 'a directory cannot be copied into itself' });
  const open = [{ from: source, to: await makeDirectory(to) }];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const inner of await copyEntries(namespace, next.from, next.to)) open.push(inner);
  }
}

/** Copies what is no directory; makes the directories and returns those that have something to copy. */
async function copyEntries(namespace: Namespace, from: Location, to: Location): Promise<{ from: Location; to: Location }[]> {
  const inner: { from: Location; to: Location }[] = [];
  for (let cookie = 0; ;) {
    const page = await from.mount.service.readdir(from.node, cookie, PAGE);
    for (const entry of page) {
      const made = await copyEntry(from, entry, to);
      if (made && !namespace.covering(from, entry.node)) inner.push({ from: child(from, entry.node, entry.name), to: made });
    }
    if (page.length === 0) return inner;
    cookie = (page.at(-1) as NodeEntry).cookie;
  }
}

async function copyEntry(from: Location, { name, kind, node }: NodeEntry, dir: Location): Promise<Location | undefined> {
  if (kind === 'directory') return makeDirectory({ dir, name });
  await copyOne(child(from, node, name), kind, { dir, name });
  return undefined;
}

const child = ({ mount, path }: Location, node: Node, name: string): Location => ({ mount, node, path: childPath(path, name) });

async function makeDirectory({ dir, name }: Vacancy): Promise<Location> {
  return child(dir, await need(dir, 'mkdir', childPath(dir.path, name))(dir.node, name), name);
}

async function copyOne(source: Location, kind: NodeEntry['kind'], { dir, name }: Vacancy): Promise<void> {
  const { service } = source.mount;
  const path = childPath(dir.path, name);
  if (kind === 'symlink') {
    await need(dir, 'symlink', path)(dir.node, name, (await service.readlink?.(source.node)) ?? '');
    return;
  }
  if (kind !== 'file') throw new FsError('EINVAL', 'copy', source.path, { detail: 'it is neither a file, a link nor a directory' });
  if (service === dir.mount.service && (await service.clone?.(source.node, dir.node, name)) !== undefined) return;
  await copyBytes(source, child(dir, await need(dir, 'create', path)(dir.node, name), name));
}

async function copyBytes(source: Location, target: Location): Promise<void> {
  const write = need(target, 'write', target.path);
  for (let position = 0; ;) {
    const bytes = await source.mount.service.read(source.node, position, SLICE);
    if (bytes.length === 0) return;
    for (let done = 0; done < bytes.length;) {
      const count = await write(target.node, position + done, bytes.subarray(done));
      if (count <= 0) throw new FsError('ENOSPC', 'copy', target.path);
      done += count;
    }
    position += bytes.length;
  }
}

async function isBelow(namespace: Namespace, dir: Location, above: Location): Promise<boolean> {
  for (let at = dir; ;) {
    if (sameLocation(at, above)) return true;
    const parent = await namespace.parent(at);
    if (sameLocation(parent, at)) return false;
    at = parent;
  }
}
