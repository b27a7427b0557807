import type { FolderStat } from '../contract/index.ts';

/** A file of a folder as it was at one moment. */
export interface FolderReference {
  id: number;
  path: string;
  stat: FolderStat;
}

/** The `base` of a node whose contents are that file's: `folder:<id>:<size>:<mtime>/<path>`. Different contents, different reference. */
export function referenceOf(id: number, path: string, { size, mtime }: FolderStat): string {
  return `folder:${id}:${size}:${mtime}/${path}`;
}

/** Null for what is no such reference. */
export function parseReference(base: string): FolderReference | null {
  const match = /^folder:(\d+):(\d+):(\d+)\/([^]*)$/.exec(base);
  if (!match) return null;
  return { id: Number(match[1]), path: match[4]!, stat: { kind: 'file', size: Number(match[2]), mtime: Number(match[3]) } };
}
