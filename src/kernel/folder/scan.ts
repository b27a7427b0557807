import type { BaseStat, FolderEntry, FolderProvider, FolderStat } from '../contract/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { foreignNameProblem, inside } from './names.ts';
import type { Progress } from './progress.ts';

/** Entries of one folder, at most. */
export const SCAN_MAX = 200_000;

/** All that is in a folder at one moment, as far as it holds still: by path, parents before children. */
export type FolderMap = ReadonlyMap<string, FolderStat>;
export type BaseMap = ReadonlyMap<string, BaseStat>;

export interface Scanned {
  entries: FolderMap;
  /** Left out, and why. */
  problems: { path: string; why: string }[];
}

/** @throws FsError E2BIG, ECANCELED, and what the provider throws */
export async function scanFolder(provider: FolderProvider, progress: Progress, limit = SCAN_MAX): Promise<Scanned> {
  const entries = new Map<string, FolderStat>();
  const problems: Scanned['problems'] = [];
  const queue = [''];
  // Directories that go while we look are as if they had gone before.
  for (let at = 0; at < queue.length; at++) {
    const dir = queue[at]!;
    for await (const entry of tolerant(provider, dir)) {
      progress.step(entries.size, 0, inside(dir, entry.name));
      const why = foreignNameProblem(entry.name);
      const path = inside(dir, entry.name);
      if (why !== null) problems.push({ path, why });
      else if (entries.size >= limit) throw new FsError('E2BIG', 'scan', undefined, { detail: `the folder has more than ${limit} entries; take one of the folders in it` });
      else entries.set(path, { kind: entry.kind, size: entry.size, mtime: entry.mtime });
      if (why === null && entry.kind === 'directory') queue.push(path);
    }
  }
  return { entries, problems };
}

async function* tolerant(provider: FolderProvider, dir: string): AsyncGenerator<FolderEntry> {
  try {
    yield* provider.list(dir);
  } catch (error) {
    const gone = error instanceof FsError && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    if (!gone || dir === '') throw error;
  }
}

export function sameStat(a: FolderStat | undefined | null, b: FolderStat | undefined | null): boolean {
  if (!a || !b) return !a && !b;
  return a.kind === b.kind && (a.kind === 'directory' || (a.size === b.size && a.mtime === b.mtime));
}
