import type { ViewEntry } from '../contract/index.ts';
import { kindOfFile } from './size-kinds.ts';

export interface SizedFile {
  name: string;
  bytes: number;
  /** Of the layer whose entry is seen; 0: the base. */
  layer: number;
  /** That last wrote it; 0: the user, -1: older than what is known, or shipped. */
  run: number;
  kind: string;
}

export interface SizedDirectory {
  name: string;
  directories: SizedDirectory[];
  files: SizedFile[];
}

export interface SizeTreeSources {
  /** Present children of a directory, by its inode. */
  merged(ino: number): Promise<ViewEntry[]>;
  root: number;
  /** The layer whose entry a node has, if not the base's. */
  layerOf(ino: number): number | undefined;
  runOf(ino: number): number | undefined;
  yield(): Promise<void>;
}

/** Files that are looked at; a workspace with more is counted as far as that. */
export const FILES_MAX = 200_000;
/** Directories are read so deep at most: nothing that is made by hand is deeper. */
const DEPTH_MAX = 256;
/** Entries after which others have their turn. */
const TURN = 4096;

/** All files with their sizes. The largest share of the work is to read the directories. */
export async function readSizeTree(sources: SizeTreeSources): Promise<{ root: SizedDirectory; files: number; truncated: boolean }> {
  const root: SizedDirectory = { name: '', directories: [], files: [] };
  const queue: { ino: number; into: SizedDirectory; depth: number; inPrograms: boolean }[] = [{ ino: sources.root, into: root, depth: 0, inPrograms: false }];
  let files = 0;
  let turn = 0;
  let truncated = false;
  for (let at = 0; at < queue.length; at++) {
    const { ino, into, depth, inPrograms } = queue[at]!;
    for (const { name, record } of await sources.merged(ino)) {
      if (record.kind === 'directory') {
        if (depth >= DEPTH_MAX) continue;
        const directory: SizedDirectory = { name, directories: [], files: [] };
        into.directories.push(directory);
        queue.push({ ino: record.ino, into: directory, depth: depth + 1, inPrograms: inPrograms || (depth === 0 && name === 'bin') });
      } else if (record.kind === 'file') {
        files++;
        const layer = sources.layerOf(record.ino) ?? 0;
        into.files.push({ name, bytes: record.size, layer, run: sources.runOf(record.ino) ?? -1, kind: kindOfFile(name, inPrograms) });
      }
      if (++turn % TURN === 0) await sources.yield();
    }
    truncated ||= files >= FILES_MAX || queue.length >= FILES_MAX;
    if (truncated) break;
  }
  return { root, files, truncated };
}
