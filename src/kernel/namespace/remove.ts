import type { NodeEntry } from '../contract/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Location } from './mount-table.ts';
import type { Namespace } from './namespace.ts';
import { childPath } from './path-parts.ts';
import { need } from './refuse.ts';

/** Entries taken from a directory at once. */
const PAGE = 256;

/**
 * Removes everything in a directory, depth first. Entries that others remove meanwhile are no failure.
 * @throws FsError EBUSY at a mountpoint
 */
export async function removeBelow(namespace: Namespace, top: Location): Promise<void> {
  const open: Location[] = [top];
  const { service } = top.mount;
  while (open.length > 0) {
    const dir = open.at(-1) as Location;
    const page = await service.readdir(dir.node, 0, PAGE);
    const inner = await removeFiles(namespace, dir, page);
    if (inner) {
      open.push(inner);
      continue;
    }
    if (page.length > 0) continue;
    open.pop();
    const parent = open.at(-1);
    if (parent) await gone(() => need(parent, 'rmdir', dir.path)(parent.node, dir.path.slice(dir.path.lastIndexOf('/') + 1)));
  }
}

/** Removes the files of a page; stops at its first directory and returns that. */
async function removeFiles(namespace: Namespace, dir: Location, page: NodeEntry[]): Promise<Location | undefined> {
  for (const entry of page) {
    const path = childPath(dir.path, entry.name);
    if (namespace.covering(dir, entry.node)) throw new FsError('EBUSY', 'rm', path, { detail: `something is mounted on ${path}` });
    if (entry.kind === 'directory') return { mount: dir.mount, node: entry.node, path };
    await gone(() => need(dir, 'unlink', path)(dir.node, entry.name));
  }
  return undefined;
}

async function gone(action: () => void | Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== 'ENOENT') throw error;
  }
}
