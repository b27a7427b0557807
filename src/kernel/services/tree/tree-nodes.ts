import type { Node, NodeStat } from '../../contract/index.ts';
import { FileType, type NodeKind, type Origin } from '../../../shared/abi/index.ts';
import { INODE_MAGIC, Inode, InodeFlag, OriginBit } from '../../../shared/arena/index.ts';
import { FsError } from '../../../shared/base/index.ts';
import type { Tree } from '../../../shared/tree/index.ts';

/** A node is the inode's address / 64, and above it the low bits of its number: an address that was given to another inode is found out. */
const UNITS = 2 ** 26;
const INO_BITS = 2 ** 22;
const INODE_ALIGN = 64;

const KINDS: Partial<Record<number, NodeKind>> = {
  [FileType.DIRECTORY]: 'directory', [FileType.REGULAR_FILE]: 'file', [FileType.SYMBOLIC_LINK]: 'symlink',
  [FileType.CHARACTER_DEVICE]: 'device', [FileType.BLOCK_DEVICE]: 'device', [FileType.SOCKET_STREAM]: 'socket',
};

export function kindOf(type: number): NodeKind {
  return KINDS[type] ?? 'file';
}

/** What the service reads from inode records directly. */
export class TreeNodes {
  readonly #tree: Tree;

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  nodeOf(inode: number): Node {
    return (this.#tree.inodes.ino(inode) % INO_BITS) * UNITS + inode / INODE_ALIGN;
  }

  /** Runs `action` on the inode, which cannot be freed meanwhile. @throws FsError ESTALE if the node is gone */
  held<T>(operation: string, node: Node, action: (inode: number) => T): T {
    const inode = (node % UNITS) * INODE_ALIGN;
    this.#tree.retain(inode);
    try {
      if (!this.#isNode(inode, node)) throw new FsError('ESTALE', operation, undefined, { detail: 'the file is gone' });
      return action(inode);
    } finally {
      this.#tree.release(inode);
    }
  }

  #isNode(inode: number, node: Node): boolean {
    const { u32 } = this.#tree.arena;
    const word = inode >>> 2;
    return u32[word + Inode.MAGIC] === INODE_MAGIC && !(u32[word + Inode.FLAGS]! & InodeFlag.FREED) && this.nodeOf(inode) === node;
  }

  #word(inode: number, field: number): number {
    return this.#tree.arena.u32[(inode >>> 2) + field]!;
  }

  stat(inode: number): NodeStat {
    const { inodes } = this.#tree;
    const kind = kindOf(inodes.type(inode));
    return {
      kind, size: kind === 'directory' ? this.#entries(inode) : this.#tree.size(inode), origin: this.#origin(inode),
      dev: this.#word(inode, Inode.DEV), ino: inodes.ino(inode), nlink: inodes.nlink(inode),
      atime: inodes.time(inode, Inode.ATIME), mtime: inodes.time(inode, Inode.MTIME), ctime: inodes.time(inode, Inode.CTIME),
    };
  }

  /** Entries of a directory, 0 while they are not known. */
  #entries(inode: number): number {
    return this.#tree.inodes.flags(inode) & InodeFlag.POPULATED ? this.#word(inode, Inode.LIVE) : 0;
  }

  #origin(inode: number): Origin {
    if (this.#tree.inodes.flags(inode) & InodeFlag.VOLATILE) return 'memory';
    const bits = this.#word(inode, Inode.ORIGIN);
    if (!(bits & OriginBit.LOWER)) return 'new';
    return bits & OriginBit.UPPER ? 'changed' : 'base';
  }

  /** The parent of a directory; a volume's root is its own. */
  parent(inode: number): number {
    return this.#tree.inodes.flags(inode) & InodeFlag.VOLUME_ROOT ? inode : this.#word(inode, Inode.PARENT);
  }

  /** Root of the volume that it is in. */
  volume(inode: number): number {
    return this.#word(inode, Inode.VOLUME);
  }

  target(inode: number): Uint8Array {
    this.#tree.lock();
    const body = this.#word(inode, Inode.BODY);
    const target = this.#tree.arena.u8.slice(body, body + this.#word(inode, Inode.SIZE));
    this.#tree.unlock();
    return target;
  }

  /** Looks a name up and gives its node, in one section. A negative result is the walk's. */
  child(dir: number, name: Uint8Array): Node {
    const { walker } = this.#tree;
    this.#tree.lock();
    const inode = walker.walk(dir, 0, name, 0, name.length, false, false);
    const node = inode < 0 ? inode : this.nodeOf(inode);
    this.#tree.unlock();
    return node;
  }
}
