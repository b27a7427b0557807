/** Kinds of nodes, with preview 1's `filetype` numbers. */
export const FileType = {
  UNKNOWN: 0, BLOCK_DEVICE: 1, CHARACTER_DEVICE: 2, DIRECTORY: 3, REGULAR_FILE: 4,
  SOCKET_DGRAM: 5, SOCKET_STREAM: 6, SYMBOLIC_LINK: 7,
} as const;

export type NodeKind = 'file' | 'directory' | 'symlink' | 'device' | 'pipe' | 'socket';

/**
 * Where an entry comes from. `base`: as shipped; `new`: only in the upper layer; `changed`: in both;
 * `deleted`: a whiteout (listed only on request); `mount`: another file service's root; `device`; `memory`: not persisted.
 */
export type Origin = 'base' | 'new' | 'changed' | 'deleted' | 'mount' | 'device' | 'memory';

export interface DirEntry {
  name: string;
  kind: NodeKind;
  /** Bytes; number of entries for a directory where it is known, else 0. */
  size: number;
  origin: Origin;
}

export interface Stat {
  kind: NodeKind;
  size: number;
  origin: Origin;
  dev: number;
  ino: number;
  nlink: number;
  /** Milliseconds since the epoch, with fractions. */
  atime: number;
  mtime: number;
  ctime: number;
}

/** What a change did to a name or a node. */
export type ChangeOp = 'create' | 'mkdir' | 'symlink' | 'link' | 'unlink' | 'rmdir' | 'rename' | 'write' | 'attr';
