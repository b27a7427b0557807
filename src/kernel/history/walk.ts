import { FsError } from '../../shared/base/index.ts';
import type { NodeRecord, TreeView } from '../contract/index.ts';
import { joinName } from './effects.ts';

const LINKS_MAX = 40;

export interface Found {
  /** With all links followed. */
  path: string;
  record: NodeRecord;
}

/**
 * The node of an absolute path in a view, links followed as a program would; `follow` false: not the last one.
 * @throws FsError ENOENT, ENOTDIR, ELOOP
 */
export async function walkView(view: TreeView, path: string, follow = true): Promise<Found> {
  const start = await view.root();
  const trail: Found[] = [{ path: '/', record: start }];
  const parts = path.split('/').filter((part) => part !== '');
  for (let links = 0; parts.length > 0;) {
    const name = parts.shift()!;
    const at = trail.at(-1)!;
    if (at.record.kind !== 'directory') throw new FsError('ENOTDIR', 'walk', path);
    if (name === '.') continue;
    if (name === '..') {
      if (trail.length > 1) trail.pop();
      continue;
    }
    const record = await view.lookup(at.record.ino, name);
    if (!record) throw new FsError('ENOENT', 'walk', path);
    if (record.kind === 'symlink' && (follow || parts.length > 0)) {
      if (++links > LINKS_MAX) throw new FsError('ELOOP', 'walk', path);
      const target = record.target ?? '';
      if (target.startsWith('/')) trail.length = 1;
      parts.unshift(...target.split('/').filter((part) => part !== ''));
    } else trail.push({ path: joinName(at.path, name), record });
  }
  return trail.at(-1)!;
}

/** As `walkView`; undefined if there is nothing. */
export async function findInView(view: TreeView, path: string, follow = true): Promise<Found | undefined> {
  try {
    return await walkView(view, path, follow);
  } catch (error) {
    if (error instanceof FsError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** The whole contents of a file of a view. @throws FsError EISDIR, EFBIG for more than `limit` bytes */
export async function readFile(view: TreeView, record: NodeRecord, limit: number): Promise<Uint8Array> {
  if (record.kind === 'directory') throw new FsError('EISDIR', 'read');
  if (record.size > limit) throw new FsError('EFBIG', 'read', undefined, { detail: `it has ${record.size} bytes, at most ${limit} are looked at` });
  const data = new Uint8Array(record.size);
  for (let index = 0; index * 65536 < record.size; index++) data.set((await view.block(record, index)).subarray(0, record.size - index * 65536), index * 65536);
  return data;
}

