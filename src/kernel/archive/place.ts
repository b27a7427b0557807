import type { FileService, Node, NodeEntry, NodeStat } from '../contract/index.ts';
import { FsError } from '../../shared/base/index.ts';

/** A file service that takes everything that an import writes. */
export type WritableService = Required<Pick<FileService,
  'root' | 'lookup' | 'stat' | 'readdir' | 'readlink' | 'read' | 'write' | 'truncate' | 'create' | 'mkdir' | 'symlink' | 'link' | 'unlink' | 'rmdir' | 'rename' | 'setTimes'>>;

/** Entries asked of a directory at once. */
const PAGE = 512;

/** @throws FsError EROFS for a service that lacks one of the operations */
export function requireWritable(service: FileService, path: string): WritableService {
  const { readlink, write, truncate, create, mkdir, symlink, link, unlink, rmdir, rename, setTimes } = service;
  if (!(readlink && write && truncate && create && mkdir && symlink && link && unlink && rmdir && rename && setTimes)) {
    throw new FsError('EROFS', 'import', path, { detail: 'files cannot be put there' });
  }
  return service as WritableService;
}

/** The entry of this very name: no link is followed. Undefined if there is none. */
export async function find(service: WritableService, dir: Node, name: string): Promise<{ node: Node; stat: NodeStat } | undefined> {
  try {
    const node = await service.lookup(dir, name);
    return { node, stat: await service.stat(node) };
  } catch (error) {
    if (error instanceof FsError && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** All entries of a directory, also while others come and go. */
export async function* entriesOf(service: Pick<FileService, 'readdir'>, dir: Node): AsyncGenerator<NodeEntry> {
  for (let cookie = 0; ;) {
    const page = await service.readdir(dir, cookie, PAGE);
    yield* page;
    if (page.length === 0) return;
    cookie = page.at(-1)!.cookie;
  }
}

/** Removes an entry and, if it is a directory, all that is in it. */
export async function removeTree(service: WritableService, dir: Node, name: string): Promise<void> {
  const found = await find(service, dir, name);
  if (!found) return;
  if (found.stat.kind !== 'directory') {
    await service.unlink(dir, name);
    return;
  }
  const open: { dir: Node; name: string; node: Node }[] = [{ dir, name, node: found.node }];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const inner = await emptyFiles(service, top.node);
    if (inner) open.push({ dir: top.node, name: inner.name, node: inner.node });
    else {
      await service.rmdir(top.dir, top.name);
      open.pop();
    }
  }
}

/** Removes files until there is a directory, which it returns. */
async function emptyFiles(service: WritableService, dir: Node): Promise<NodeEntry | undefined> {
  for (;;) {
    const page = await service.readdir(dir, 0, PAGE);
    if (page.length === 0) return undefined;
    for (const entry of page) {
      if (entry.kind === 'directory') return entry;
      await service.unlink(dir, entry.name);
    }
  }
}
