import type { DirEntry, Origin } from '../../shared/abi/index.ts';
import { FsError, joinPath } from '../../shared/base/index.ts';

export interface ChangedPath {
  path: string;
  origin: Origin;
  kind: DirEntry['kind'];
  size: number;
}

export interface ChangeSources {
  readdir(path: string): Promise<DirEntry[]>;
  /** What the base layer ships in this directory; none if it is not one of the base's. */
  shipped(path: string): Promise<readonly Pick<DirEntry, 'name' | 'kind' | 'size'>[]>;
}

/** Entries looked at in one call, at most: a view must not read a workspace of a million files. */
const VISIT_MAX = 100_000;

/** The base layer's entries that are not in `present` any more. */
export async function deletedEntries(sources: ChangeSources, path: string, present: readonly DirEntry[]): Promise<DirEntry[]> {
  const names = new Set(present.map((entry) => entry.name));
  const shipped = await sources.shipped(path);
  return shipped.filter((entry) => !names.has(entry.name)).map((entry) => ({ ...entry, origin: 'deleted' as const }));
}

/** Entries below `path` that the upper layer added, changed or deleted; breadth first, at most `limit`. */
export async function listChanges(sources: ChangeSources, path: string, limit: number): Promise<ChangedPath[]> {
  const found: ChangedPath[] = [];
  const queue = [path];
  for (let visited = 0; queue.length > 0 && found.length < limit && visited < VISIT_MAX;) {
    const dir = queue.shift()!;
    const entries = await sources.readdir(dir).catch(ifGone);
    visited += entries.length + 1;
    for (const entry of [...entries, ...(await deletedEntries(sources, dir, entries))]) {
      const at = joinPath(dir, entry.name);
      if (isChange(entry)) found.push({ path: at, origin: entry.origin, kind: entry.kind, size: entry.size });
      if (entry.kind === 'directory' && (entry.origin === 'base' || entry.origin === 'new' || entry.origin === 'changed')) queue.push(at);
    }
  }
  return found.slice(0, limit);
}

/** A directory that was shipped and only had its times moved on by what is in it is no change of its own. */
function isChange({ origin, kind }: DirEntry): boolean {
  return origin === 'new' || origin === 'deleted' || (origin === 'changed' && kind !== 'directory');
}

function ifGone(error: unknown): DirEntry[] {
  if (error instanceof FsError) return [];
  throw error;
}
