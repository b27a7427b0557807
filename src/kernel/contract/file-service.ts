import type { NodeKind, Origin } from '../../shared/abi/index.ts';

export type Awaitable<T> = T | Promise<T>;

/**
 * A service's name for one of its nodes; opaque. Equal for the same directory, as long as that exists.
 * Valid while the node has a name or is retained.
 */
export type Node = number;

export interface NodeStat {
  kind: NodeKind;
  size: number;
  origin: Origin;
  dev: number;
  ino: number;
  nlink: number;
  /** Nanoseconds since the epoch. */
  atime: bigint;
  mtime: bigint;
  ctime: bigint;
}

export interface NodeEntry {
  name: string;
  node: Node;
  kind: NodeKind;
  ino: number;
  /** Give it back to go on after this entry; stays valid while entries come and go. */
  cookie: number;
}

/** The process that asks, by its pid; undefined for the user in the window. */
export type Caller = number | undefined;

/**
 * A file service, as a table of operations in this order. Failures are `FsError`.
 * The required ones are those of a read-only tree; the optional ones are refused with EROFS (or ENOTSUP) where absent.
 */
export interface FileService {
  readonly name: string;
  /** Device number, unique in the kernel. */
  readonly dev: number;
  root(): Node;
  lookup(dir: Node, name: string): Awaitable<Node>;
  /** `..` of a directory; the root's parent is the root. */
  parent(dir: Node): Awaitable<Node>;
  stat(node: Node): Awaitable<NodeStat>;
  /** Entries after `cookie` (0: from the start), at most `limit`, without `.` and `..`. */
  readdir(dir: Node, cookie: number, limit: number): Awaitable<NodeEntry[]>;
  readlink?(node: Node, caller?: Caller): Awaitable<string>;
  /** Bytes from `position`, at most `length`; empty at the end. */
  read(node: Node, position: number, length: number): Awaitable<Uint8Array>;
  /** Returns the count of bytes taken. */
  write?(node: Node, position: number, data: Uint8Array, caller?: Caller): Awaitable<number>;
  truncate?(node: Node, size: number): Awaitable<void>;
  /** EEXIST if the name is there. */
  create?(dir: Node, name: string): Awaitable<Node>;
  mkdir?(dir: Node, name: string): Awaitable<Node>;
  symlink?(dir: Node, name: string, target: string): Awaitable<Node>;
  /** A copy of a file of this service that costs no bytes, under a name that is free; undefined where that cannot be. */
  clone?(file: Node, dir: Node, name: string): Awaitable<Node | undefined>;
  link?(dir: Node, name: string, node: Node): Awaitable<void>;
  unlink?(dir: Node, name: string): Awaitable<void>;
  rmdir?(dir: Node, name: string): Awaitable<void>;
  rename?(fromDir: Node, fromName: string, toDir: Node, toName: string): Awaitable<void>;
  /** `undefined` leaves a time as it is. Nanoseconds. */
  setTimes?(node: Node, atime: bigint | undefined, mtime: bigint | undefined): Awaitable<void>;
  /** Until everything written so far to this service is durable. */
  sync?(): Awaitable<void>;
  /** Seekable and of a size, as a regular file; else a stream (a device). Default true. */
  seekable?(node: Node): boolean;
  /** Keeps an open node valid after its last name is gone; each `retain` is paired with a `release`. */
  retain?(node: Node): void;
  release?(node: Node): void;
  /** The arena address behind a node of the shared tree; only the tree service has it. */
  inode?(node: Node): number;
  /** Files may be in the shared tree, directories are not to be walked there: `..` of one is the service's. Default false. */
  readonly keepsDirectories?: boolean;
  /** The node of an inode of the shared tree, if that is in this service. */
  nodeOfInode?(inode: number): Node | undefined;
}
