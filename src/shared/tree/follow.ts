import { Errno } from '../base/index.ts';
import { FileType } from '../abi/index.ts';
import { Dirent, Inode, InodeFlag, lock, unlock, type Arena } from '../arena/index.ts';
import { changeNames } from './change-names.ts';
import type { FillEntry } from './fill-entry.ts';
import { hashName } from './names.ts';
import type { Tree } from './tree.ts';

/** An entry of a directory as it is now. */
export interface FollowEntry extends FillEntry {
  /** A file whose contents are others than those that the tree may have. */
  stale: boolean;
}

/** All that is in a directory now. */
export interface FollowDirectory {
  inode: number;
  entries: readonly FollowEntry[];
}

/** What `Follower` needs of the keeper: nodes that are made from below. */
export interface FollowNodes {
  make(dir: number, entry: FillEntry): number;
  /** Files with several names, by their numbers. */
  linked(dir: number): Map<number, number>;
}

/**
 * Brings a tree, in which nobody else makes changes, to what another has made of the store below: nothing is journaled. A node
 * keeps its identity by its number, so what is open stays open.
 */
export class Follower {
  readonly #tree: Tree;
  readonly #nodes: FollowNodes;
  readonly #arena: Arena;

  constructor(tree: Tree, nodes: FollowNodes) {
    this.#tree = tree;
    this.#nodes = nodes;
    this.#arena = tree.arena;
  }

  /**
   * Makes the directories have exactly these entries, in one step for all who walk. What loses its last name goes, with all
   * below it; it lives on for who has it open. A directory that is itself gone has no entries here.
   * @param isElsewhere whether a node has names in directories that are neither listed nor below one that goes
   * @returns 0; -ENOSPC: some of it may be done, and all of it is to be tried again
   */
  apply(directories: readonly FollowDirectory[], isElsewhere: (ino: number) => boolean): number {
    let result = 0;
    changeNames(this.#tree, () => {
      const known = this.#known(directories);
      const lost = new Set<number>();
      const placed = new Set<number>();
      for (const { inode, entries } of directories) this.#removeOthers(inode, entries, lost);
      for (const { inode, entries } of directories) {
        for (const entry of entries) result = Math.min(result, this.#put(inode, entry, known, placed));
        if (result === 0) Atomics.or(this.#arena.u32, (inode >>> 2) + Inode.FLAGS, InodeFlag.POPULATED);
      }
      if (result === 0) for (const inode of lost) this.#drop(inode, placed, isElsewhere);
    });
    return result;
  }

  /** Times of a volume's root, which no directory lists. */
  setTimes(inode: number, entry: Pick<FillEntry, 'atime' | 'mtime' | 'ctime'>): void {
    const { inodes } = this.#tree;
    inodes.setTimeBig(inode, Inode.ATIME, entry.atime);
    inodes.setTimeBig(inode, Inode.MTIME, entry.mtime);
    inodes.setTimeBig(inode, Inode.CTIME, entry.ctime);
  }

  /** Nodes that are in the directories, by number: one that moves from one to another is the same. */
  #known(directories: readonly FollowDirectory[]): Map<number, number> {
    const known = new Map<number, number>();
    for (const { inode } of directories) {
      for (const dirent of this.#dirents(inode)) {
        const node = this.#arena.u32[(dirent >>> 2) + Dirent.INODE]!;
        known.set(this.#tree.inodes.ino(node), node);
      }
    }
    return known;
  }

  #dirents(dir: number): number[] {
    const count = this.#arena.u32[(dir >>> 2) + Inode.COUNT]!;
    const found: number[] = [];
    for (let index = 0; index < count; index++) {
      const dirent = this.#tree.names.slot(dir, index);
      if (dirent !== 0) found.push(dirent);
    }
    return found;
  }

  #removeOthers(dir: number, entries: readonly FollowEntry[], lost: Set<number>): void {
    const { names, inodes } = this.#tree;
    const { u32 } = this.#arena;
    const kept = new Set<number>();
    for (const { name, ino } of entries) {
      const dirent = names.lookup(dir, hashName(name, 0, name.length), name, 0, name.length);
      if (dirent !== 0 && inodes.ino(u32[(dirent >>> 2) + Dirent.INODE]!) === ino) kept.add(dirent);
    }
    for (const dirent of this.#dirents(dir)) {
      if (kept.has(dirent)) continue;
      lost.add(u32[(dirent >>> 2) + Dirent.INODE]!);
      names.remove(dirent);
    }
  }

  #put(dir: number, entry: FollowEntry, known: Map<number, number>, placed: Set<number>): number {
    const { names, inodes } = this.#tree;
    const { u32 } = this.#arena;
    const { name, ino } = entry;
    const hash = hashName(name, 0, name.length);
    const present = names.lookup(dir, hash, name, 0, name.length);
    let inode = present === 0 ? this.#find(dir, ino, known) : u32[(present >>> 2) + Dirent.INODE]!;
    if (present === 0) {
      const dirent = names.prepare(dir, name.length);
      if (dirent === 0) return -Errno.ENOSPC;
      const made = inode === 0;
      if (made) inode = this.#nodes.make(dir, entry);
      if (inode === 0) {
        names.free(dirent, name.length);
        return -Errno.ENOSPC;
      }
      names.insert(dirent, dir, hash, name, 0, name.length, inode);
      known.set(ino, inode);
      if (entry.nlink > 1) this.#nodes.linked(dir).set(ino, inode);
      if (made) {
        placed.add(inode);
        return 0;
      }
      if (inodes.isDirectory(inode)) u32[(inode >>> 2) + Inode.PARENT] = dir;
    }
    placed.add(inode);
    this.#update(inode, entry);
    return 0;
  }

  #find(dir: number, ino: number, known: ReadonlyMap<number, number>): number {
    const inode = known.get(ino) ?? this.#nodes.linked(dir).get(ino) ?? 0;
    const { inodes } = this.#tree;
    return inode !== 0 && inodes.ino(inode) === ino && !(inodes.flags(inode) & InodeFlag.FREED) ? inode : 0;
  }

  #update(inode: number, entry: FollowEntry): void {
    const { bodies, process } = this.#tree;
    const { u32, i32 } = this.#arena;
    const word = inode >>> 2;
    Atomics.store(u32, word + Inode.NLINK, entry.nlink);
    u32[word + Inode.ORIGIN] = entry.origin;
    this.setTimes(inode, entry);
    if (entry.type !== FileType.REGULAR_FILE || !entry.stale) return;
    lock(i32, word + Inode.LOCK, process.pid);
    this.#arena.sync();
    bodies.freeBody(inode);
    u32[word + Inode.FLAGS] = entry.size > 0 ? u32[word + Inode.FLAGS]! | InodeFlag.REMOTE : u32[word + Inode.FLAGS]! & ~InodeFlag.REMOTE;
    bodies.setSize(word, entry.size);
    unlock(i32, word + Inode.LOCK);
  }

  /** Names of it that are in directories nobody has read find a node of their own then. */
  #drop(inode: number, placed: ReadonlySet<number>, isElsewhere: (ino: number) => boolean): void {
    const { u32 } = this.#arena;
    const { inodes, names, ops } = this.#tree;
    // By another name it may be gone already.
    if (placed.has(inode) || inodes.flags(inode) & InodeFlag.FREED || isElsewhere(inodes.ino(inode))) return;
    if (inodes.isDirectory(inode)) {
      for (const dirent of this.#dirents(inode)) {
        const inner = u32[(dirent >>> 2) + Dirent.INODE]!;
        names.remove(dirent);
        this.#drop(inner, placed, isElsewhere);
      }
      u32[(inode >>> 2) + Inode.PARENT] = inode;
    }
    this.#nodes.linked(inode).delete(inodes.ino(inode));
    Atomics.store(u32, (inode >>> 2) + Inode.NLINK, 0);
    ops.reap(inode);
  }
}
