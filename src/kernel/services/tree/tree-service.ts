import type { Awaitable, FileContents, FileService, Node, NodeEntry, NodeStat } from '../../contract/index.ts';
import { BufferWindow } from '../../../shared/arena/index.ts';
import { FsError } from '../../../shared/base/index.ts';
import { MISS, OpenFlag, WAIT, type ListedEntry, type Tree } from '../../../shared/tree/index.ts';
import { checkName } from '../names/index.ts';
import { TreeNodes, kindOf } from './tree-nodes.ts';

export interface TreeServiceOptions {
  name: string;
  dev: number;
  /** As the kernel uses it: a process without a namespace, for mounts are the namespace's. */
  tree: Tree;
  /** Inode of the volume's root. */
  root: number;
  /** Populates a directory (`block` -1) or loads a block of a file. */
  resolve(inode: number, block: number): Promise<void>;
  /** Lets others get on (the drain of the journal, a capture) before an operation is tried again. Default: 2 ms. */
  pause?: () => Promise<void>;
  /** By-reference contents, of a volume that is stored; see `OverlayVolume`. Default: none, and everything is copied. */
  contents?: {
    of(inode: number): Promise<FileContents>;
    adopt(inode: number, contents: FileContents, patient: boolean): number;
  };
  /** Until everything written so far is durable. Default: at once, as for a volatile volume. */
  sync?: () => Promise<void>;
}

/** Bytes of one read or write, at most. */
const TRANSFER_MAX = 1 << 20;
/** Times that one operation asks for what is missing. Far more than the blocks of one transfer. */
const TRIES_MAX = 100_000;
/** Times that a change of contents waits until what others changed is told in their name; then it goes under theirs. */
const PATIENCE = 20;

/** Times that a node is to have exactly, in nanoseconds; those left out are as the change made them. */
export interface ExactTimes {
  atime?: bigint;
  mtime?: bigint;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function shortPause(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 2));
}

/**
 * A volume of the shared tree as a file service: what the kernel itself, and whatever goes through a namespace, uses.
 * Processes use the tree directly. Operations that meet what is not in the arena ask for it and are tried again.
 */
export class TreeService implements FileService {
  readonly name: string;
  readonly dev: number;
  readonly #options: TreeServiceOptions;
  readonly #tree: Tree;
  readonly #nodes: TreeNodes;
  readonly #window: BufferWindow;
  readonly #actor: number;

  /** `actor`: in whose name its changes are in the journal. Default: the kernel's, for the user in the window. */
  constructor(options: TreeServiceOptions, actor = options.tree.process.pid) {
    this.name = options.name;
    this.dev = options.dev;
    this.#options = options;
    this.#tree = options.tree;
    this.#nodes = new TreeNodes(options.tree);
    this.#window = new BufferWindow(options.tree.arena);
    this.#actor = actor;
  }

  /** The same volume and nodes; what is changed through it stands in the journal under this pid. */
  as(actor: number): TreeService {
    return new TreeService(this.#options, actor);
  }

  root(): Node {
    return this.#nodes.nodeOf(this.#options.root);
  }

  lookup(dir: Node, name: string): Awaitable<Node> {
    const bytes = nameBytes('lookup', name);
    return this.#on('lookup', dir, name, (inode) => this.#nodes.child(inode, bytes));
  }

  parent(dir: Node): Node {
    return this.#nodes.held('parent', dir, (inode) => {
      if (!this.#tree.inodes.isDirectory(inode)) throw new FsError('ENOTDIR', 'parent');
      return this.#nodes.nodeOf(this.#nodes.parent(inode));
    });
  }

  stat(node: Node): NodeStat {
    return this.#nodes.held('stat', node, (inode) => this.#nodes.stat(inode));
  }

  readdir(dir: Node, cookie: number, limit: number): Awaitable<NodeEntry[]> {
    let listed: ListedEntry[] = [];
    const done = this.#on('readdir', dir, undefined, (inode) => {
      if (!this.#tree.inodes.isDirectory(inode)) throw new FsError('ENOTDIR', 'readdir');
      const result = this.#tree.list(inode, cookie, limit);
      if (result === MISS) return MISS;
      listed = result;
      return 0;
    });
    const entries = (): NodeEntry[] => listed.map((entry) => this.#entry(entry));
    return done instanceof Promise ? done.then(entries) : entries();
  }

  #entry({ name, inode, type, cookie }: ListedEntry): NodeEntry {
    return { name: decoder.decode(name), node: this.#nodes.nodeOf(inode), kind: kindOf(type), ino: this.#tree.inodes.ino(inode), cookie };
  }

  readlink(node: Node): string {
    return this.#nodes.held('readlink', node, (inode) => {
      if (kindOf(this.#tree.kind(inode)) !== 'symlink') throw new FsError('EINVAL', 'readlink', undefined, { detail: 'not a symbolic link' });
      return decoder.decode(this.#nodes.target(inode));
    });
  }

  read(node: Node, position: number, length: number): Awaitable<Uint8Array> {
    let bytes: Uint8Array = new Uint8Array(0);
    const count = this.#on('read', node, undefined, (inode) => {
      this.#requireFile('read', inode);
      const size = Math.max(0, Math.min(length, TRANSFER_MAX, this.#tree.size(inode) - position));
      if (bytes.length !== size) bytes = new Uint8Array(size);
      return size === 0 ? 0 : this.#tree.read(inode, position, this.#window.wrap(bytes), 0, size);
    });
    return count instanceof Promise ? count.then((got) => bytes.subarray(0, got)) : bytes.subarray(0, count);
  }

  write(node: Node, position: number, data: Uint8Array): Awaitable<number> {
    const part = data.subarray(0, TRANSFER_MAX);
    return this.#on('write', node, undefined, (inode) => {
      this.#requireFile('write', inode);
      return this.#tree.write(inode, position, this.#window.wrap(part), 0, part.length);
    });
  }

  truncate(node: Node, size: number): Awaitable<void> {
    return nothing(this.#on('truncate', node, undefined, (inode) => {
      this.#requireFile('truncate', inode);
      return this.#tree.truncate(inode, size);
    }));
  }

  create(dir: Node, name: string): Awaitable<Node> {
    const bytes = nameBytes('create', name);
    return this.#on('create', dir, name, (inode) => {
      const made = this.#tree.openAt(inode, 0, bytes, 0, bytes.length, OpenFlag.CREATE | OpenFlag.EXCLUSIVE, true, false);
      if (made < 0) return made;
      const node = this.#nodes.nodeOf(made);
      this.#tree.release(made);
      return node;
    });
  }

  mkdir(dir: Node, name: string): Awaitable<Node> {
    const bytes = nameBytes('mkdir', name);
    return this.#on('mkdir', dir, name, (inode) => {
      const made = this.#tree.ops.mkdirAt(inode, 0, bytes, 0, bytes.length);
      return made < 0 ? made : this.#nodes.child(inode, bytes);
    });
  }

  symlink(dir: Node, name: string, target: string): Awaitable<Node> {
    const bytes = nameBytes('symlink', name);
    const to = encoder.encode(target);
    return this.#on('symlink', dir, name, (inode) => {
      const made = this.#tree.ops.symlinkAt(to, 0, to.length, inode, 0, bytes, 0, bytes.length);
      return made < 0 ? made : this.#nodes.child(inode, bytes);
    });
  }

  link(dir: Node, name: string, node: Node): Awaitable<void> {
    const bytes = nameBytes('link', name);
    return nothing(this.#on('link', dir, name, (into) => this.#nodes.held('link', node, (inode) => {
      if (this.#tree.inodes.isDirectory(inode)) throw new FsError('EPERM', 'link', name, { detail: 'directories have one name' });
      if (this.#tree.inodes.nlink(inode) === 0) throw new FsError('ENOENT', 'link', name, { detail: 'the file has no name any more' });
      return this.#tree.ops.linkNodeAt(inode, into, 0, bytes, 0, bytes.length);
    })));
  }

  /** Gives a file, named by one of its names, another one. */
  linkName(fromDir: Node, fromName: string, dir: Node, name: string): Awaitable<void> {
    const from = nameBytes('link', fromName);
    const bytes = nameBytes('link', name);
    return nothing(this.#on('link', dir, name, (into) => this.#nodes.held('link', fromDir, (source) =>
      this.#tree.ops.linkAt(source, 0, from, 0, from.length, false, into, 0, bytes, 0, bytes.length))));
  }

  unlink(dir: Node, name: string): Awaitable<void> {
    const bytes = nameBytes('unlink', name);
    return nothing(this.#on('unlink', dir, name, (inode) => this.#tree.ops.unlinkAt(inode, 0, bytes, 0, bytes.length)));
  }

  rmdir(dir: Node, name: string): Awaitable<void> {
    const bytes = nameBytes('rmdir', name);
    return nothing(this.#on('rmdir', dir, name, (inode) => this.#tree.ops.rmdirAt(inode, 0, bytes, 0, bytes.length)));
  }

  rename(fromDir: Node, fromName: string, toDir: Node, toName: string): Awaitable<void> {
    const from = nameBytes('rename', fromName);
    const to = nameBytes('rename', toName);
    return nothing(this.#on('rename', fromDir, fromName, (source) => this.#nodes.held('rename', toDir, (target) =>
      this.#tree.ops.renameAt(source, 0, from, 0, from.length, target, 0, to, 0, to.length))));
  }

  setTimes(node: Node, atime: bigint | undefined, mtime: bigint | undefined): Awaitable<void> {
    return nothing(this.#on('setTimes', node, undefined, (inode) => this.#tree.setTimes(inode, atime ?? -1n, mtime ?? -1n)));
  }

  /**
   * Makes a file with contents that are in the store already: no byte is copied, whatever the size. They must stay there meanwhile.
   * @throws FsError EEXIST, ENOTSUP for a volume that is not stored, EFBIG
   */
  async adopt(dir: Node, name: string, contents: FileContents, times: ExactTimes = {}): Promise<Node> {
    this.#byReference();
    const bytes = nameBytes('create', name);
    return this.#on('create', dir, name, (inode) => {
      const made = this.#tree.openAt(inode, 0, bytes, 0, bytes.length, OpenFlag.CREATE | OpenFlag.EXCLUSIVE, true, false);
      if (made < 0) return made;
      try {
        return this.#filled(inode, bytes, made, contents, times);
      } finally {
        this.#tree.release(made);
      }
    });
  }

  /** A new file gets its contents before anybody can cut the journal between, or is taken back. */
  #filled(dir: number, name: Uint8Array, made: number, contents: FileContents, times: ExactTimes): number {
    const result = this.#give(made, contents, times, false);
    if (result === 0) return this.#nodes.nodeOf(made);
    this.#tree.ops.unlinkAt(dir, 0, name, 0, name.length);
    return result;
  }

  /** Replaces the contents of a file, for all its names and for those who have it open, as `adopt`. */
  async replace(node: Node, contents: FileContents, times: ExactTimes = {}): Promise<void> {
    this.#byReference();
    let tries = 0;
    await this.#on('write', node, undefined, (inode) => {
      this.#requireFile('write', inode);
      return this.#give(inode, contents, times, tries++ < PATIENCE);
    });
  }

  #give(inode: number, contents: FileContents, { atime, mtime }: ExactTimes, patient: boolean): number {
    const result = this.#byReference().adopt(inode, contents, patient);
    if (result !== 0 || (atime === undefined && mtime === undefined)) return result;
    return this.#tree.setTimes(inode, atime ?? -1n, mtime ?? -1n);
  }

  /** What a file holds, with everything that was written to it before the call. @throws FsError ENOTSUP for a volume that is not stored */
  async contents(node: Node): Promise<FileContents> {
    const inode = this.#nodes.held('read', node, (held) => {
      this.#requireFile('read', held);
      this.#tree.retain(held);
      return held;
    });
    try {
      return await this.#byReference().of(inode);
    } finally {
      this.#tree.release(inode);
    }
  }

  /**
   * A copy of a file of this volume, by reference; undefined for a volume that is not stored, and for what is read from a folder of the disk,
   * where others may change it: a copy is to stay. @throws FsError EEXIST
   */
  async clone(node: Node, dir: Node, name: string): Promise<Node | undefined> {
    if (!this.#options.contents) return undefined;
    const contents = await this.contents(node);
    if (contents.base !== undefined && !contents.base.startsWith('/')) return undefined;
    return this.adopt(dir, name, contents);
  }

  #byReference(): NonNullable<TreeServiceOptions['contents']> {
    if (this.#options.contents) return this.#options.contents;
    throw new FsError('ENOTSUP', 'copy', undefined, { detail: `${this.name} is not stored` });
  }

  async sync(): Promise<void> {
    await this.#options.sync?.();
  }

  retain(node: Node): void {
    this.#nodes.held('retain', node, (inode) => this.#tree.retain(inode));
  }

  release(node: Node): void {
    this.#nodes.held('release', node, (inode) => this.#tree.release(inode));
  }

  inode(node: Node): number {
    return this.#nodes.held('inode', node, (inode) => inode);
  }

  /** The node of an inode of this volume; undefined for one of another volume. The caller has a reference to it. */
  nodeOfInode(inode: number): Node | undefined {
    return this.#nodes.volume(inode) === this.#options.root ? this.#nodes.nodeOf(inode) : undefined;
  }

  #requireFile(operation: string, inode: number): void {
    const kind = kindOf(this.#tree.kind(inode));
    if (kind === 'directory') throw new FsError('EISDIR', operation);
    if (kind === 'symlink') throw new FsError('EINVAL', operation);
  }

  /** One operation of the tree on the inode of `node`; done at once if nothing is missing. */
  #on(operation: string, node: Node, path: string | undefined, attempt: (inode: number) => number): Awaitable<number> {
    this.#tree.arena.sync();
    const result = this.#attempt(operation, node, attempt);
    if (result >= 0) return result;
    if (result !== MISS && result !== WAIT) throw FsError.fromErrno(-result, operation, path);
    return this.#again(operation, node, path, attempt, result);
  }

  #attempt(operation: string, node: Node, attempt: (inode: number) => number): number {
    const { process } = this.#tree;
    process.actor = this.#actor;
    try {
      return this.#nodes.held(operation, node, attempt);
    } finally {
      process.actor = process.pid;
    }
  }

  async #again(operation: string, node: Node, path: string | undefined, attempt: (inode: number) => number, first: number): Promise<number> {
    let result = first;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      if (result >= 0) return result;
      if (result === MISS) await this.#options.resolve(this.#tree.missInode, this.#tree.missBlock);
      else if (result === WAIT) await (this.#options.pause ?? shortPause)();
      else throw FsError.fromErrno(-result, operation, path);
      this.#tree.arena.sync();
      result = this.#attempt(operation, node, attempt);
    }
    throw new FsError('EIO', operation, path, { detail: 'what it needs does not stay in memory' });
  }
}

function nameBytes(operation: string, name: string): Uint8Array {
  checkName(operation, name);
  return encoder.encode(name);
}

function nothing(result: Awaitable<unknown>): Awaitable<void> {
  return result instanceof Promise ? result.then(() => undefined) : undefined;
}
