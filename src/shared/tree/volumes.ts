import { FileType } from '../abi/index.ts';
import { Dirent, Inode, InodeFlag, type Arena } from '../arena/index.ts';
import { changeNames } from './change-names.ts';
import type { Tree } from './tree.ts';
import { VolatileSpace } from './volatile-space.ts';

/**
 * `stored`: filled from below, starting with its root, which has number 1; changes are journaled under its device. `past`: the same, and
 * nothing in it can be changed. `volatile`: in memory only; all of these together have at most `limit` bytes (0: no bound; absent: as before).
 */
export type VolumeKind = 'stored' | 'past' | { volatile: true; limit?: number };

/** Makes and frees volumes. The kernel's. */
export class Volumes {
  readonly #tree: Tree;
  readonly #arena: Arena;

  constructor(tree: Tree) {
    this.#tree = tree;
    this.#arena = tree.arena;
  }

  make(dev: number, kind: VolumeKind): number {
    const isVolatile = typeof kind === 'object';
    const space = new VolatileSpace(this.#arena);
    if (isVolatile && kind.limit !== undefined) space.limit(kind.limit);
    this.#tree.lock();
    const root = this.#tree.inodes.create(FileType.DIRECTORY, 0, dev);
    if (root !== 0) this.#begin(root, kind);
    this.#tree.unlock();
    if (root === 0) throw new Error('arena full: no room for a volume');
    return root;
  }

  #begin(root: number, kind: VolumeKind): void {
    const { u32 } = this.#arena;
    const word = root >>> 2;
    if (typeof kind === 'object') {
      u32[word + Inode.FLAGS] = u32[word + Inode.FLAGS]! | InodeFlag.VOLATILE;
      u32[word + Inode.ORIGIN] = 0;
      return;
    }
    this.#tree.inodes.setIno(root, 1);
    const flags = u32[word + Inode.FLAGS]! & ~InodeFlag.POPULATED;
    u32[word + Inode.FLAGS] = kind === 'past' ? flags | InodeFlag.READ_ONLY : flags;
  }

  drop(root: number, most: number): boolean {
    const { u32 } = this.#arena;
    let left = most;
    changeNames(this.#tree, () => {
      // Nobody makes a name in it any more.
      Atomics.store(u32, (root >>> 2) + Inode.NLINK, 0);
      while (left > 0 && u32[(root >>> 2) + Inode.LIVE] !== 0) left = this.#dropBelow(root, left);
    });
    if (left <= 0 || !this.#freeRest(root)) return false;
    this.#tree.lock();
    // It was never counted, and is given back as every node.
    new VolatileSpace(this.#arena).takeNode(root);
    this.#tree.ops.reap(root);
    this.#tree.unlock();
    return true;
  }

  /** Goes down the last names, and takes the last names there that lead no further down. How many may still be taken. */
  #dropBelow(root: number, most: number): number {
    let dir = root;
    for (let inner = this.#innerDirectory(dir); inner !== 0; inner = this.#innerDirectory(dir)) dir = inner;
    const { u32 } = this.#arena;
    let left = most;
    for (; left > 0 && u32[(dir >>> 2) + Inode.LIVE] !== 0 && this.#innerDirectory(dir) === 0; left--) this.#dropName(this.#lastName(dir));
    return left;
  }

  /** The last name of a directory, if that is a directory with names. */
  #innerDirectory(dir: number): number {
    const { u32 } = this.#arena;
    const dirent = u32[(dir >>> 2) + Inode.LIVE] === 0 ? 0 : this.#lastName(dir);
    const inode = dirent === 0 ? 0 : u32[(dirent >>> 2) + Dirent.INODE]!;
    return inode !== 0 && this.#tree.inodes.isDirectory(inode) && u32[(inode >>> 2) + Inode.LIVE] !== 0 ? inode : 0;
  }

  /** COUNT ends at a live slot. */
  #lastName(dir: number): number {
    return this.#tree.names.slot(dir, this.#arena.u32[(dir >>> 2) + Inode.COUNT]! - 1);
  }

  #dropName(dirent: number): void {
    const { inodes, names, ops } = this.#tree;
    const { u32 } = this.#arena;
    const inode = u32[(dirent >>> 2) + Dirent.INODE]!;
    names.remove(dirent);
    if (inodes.isDirectory(inode)) {
      u32[(inode >>> 2) + Inode.PARENT] = inode;
      Atomics.store(u32, (inode >>> 2) + Inode.NLINK, 0);
    } else inodes.addLinks(inode, -1);
    ops.reap(inode);
  }

  /**
   * Frees what no name in the arena leads to any more, such as a file with further names in directories that nobody has read. False while somebody
   * has the root or something else open, or the journal still needs one.
   */
  #freeRest(root: number): boolean {
    const { u32 } = this.#arena;
    const isOf = (inode: number): boolean => u32[(inode >>> 2) + Inode.VOLUME] === root && !(u32[(inode >>> 2) + Inode.FLAGS]! & InodeFlag.FREED);
    const rest: number[] = [];
    this.#arena.forEachAllocation((address, _bytes, kind) => void (kind === 'inode' && address !== root && isOf(address) && rest.push(address)));
    this.#tree.lock();
    for (const inode of rest) {
      // Its address may have become another's, of another volume.
      if (!isOf(inode)) continue;
      Atomics.store(u32, (inode >>> 2) + Inode.NLINK, 0);
      this.#tree.ops.reap(inode);
    }
    this.#tree.unlock();
    return u32[(root >>> 2) + Inode.OPENS] === 0 && !rest.some(isOf);
  }
}
