import { FsError } from '../../../shared/base/index.ts';

interface Common {
  /** Immutable; also the inode number. */
  readonly id: number;
  nlink: number;
  /** Open references beyond names. */
  open: number;
  atime: bigint;
  mtime: bigint;
  ctime: bigint;
}

/** `bytes` may be longer than `size`; what is beyond is zero. */
export type MemoryFile = Common & { readonly kind: 'file'; bytes: Uint8Array; size: number };
export type MemorySymlink = Common & { readonly kind: 'symlink'; readonly target: string };
/** `entries` is in order of `cookie`. `parent` is null for the root. */
export type MemoryDirectory = Common & {
  readonly kind: 'directory';
  readonly entries: Map<string, { node: MemoryNode; cookie: number }>;
  parent: MemoryDirectory | null;
  nextCookie: number;
};
export type MemoryNode = MemoryFile | MemorySymlink | MemoryDirectory;

function common(id: number, now: bigint, nlink: number): Common {
  return { id, nlink, open: 0, atime: now, mtime: now, ctime: now };
}

export function newFile(id: number, now: bigint): MemoryFile {
  return { ...common(id, now, 1), kind: 'file', bytes: new Uint8Array(0), size: 0 };
}

export function newSymlink(id: number, now: bigint, target: string): MemorySymlink {
  return { ...common(id, now, 1), kind: 'symlink', target };
}

export function newDirectory(id: number, now: bigint, parent: MemoryDirectory | null): MemoryDirectory {
  return { ...common(id, now, 2), kind: 'directory', entries: new Map(), parent, nextCookie: 1 };
}

export function addEntry(parent: MemoryDirectory, name: string, node: MemoryNode): void {
  parent.entries.set(name, { node, cookie: parent.nextCookie++ });
}

/** @throws FsError ENOTDIR */
export function asDirectory(operation: string, node: MemoryNode, path?: string): MemoryDirectory {
  if (node.kind !== 'directory') throw new FsError('ENOTDIR', operation, path);
  return node;
}

/** @throws FsError EISDIR for a directory, EINVAL for a link */
export function asFile(operation: string, node: MemoryNode): MemoryFile {
  if (node.kind === 'file') return node;
  throw new FsError(node.kind === 'directory' ? 'EISDIR' : 'EINVAL', operation);
}
