import { Inode, InodeFlag, MountKind, MountWord, NAMESPACE_ROOT, NAMESPACE_WORDS, Pcb } from '../arena/index.ts';
import { changeNames } from './change-names.ts';
import type { Tree } from './tree.ts';

/** A mount as walkers in shared memory see it. */
export interface RecordedMount {
  /** From 1 to NAMESPACE_MOUNTS. Keeps its meaning for as long as descriptions that were reached by it may live. */
  slot: number;
  /** Inode of the covered directory; 0 if that is not in the tree. */
  mountpoint: number;
  kind: number;
  /** A directory of the tree, or a service's number. */
  target: number;
  /** Slot of the mount that the mountpoint lies in; 0: the root. */
  outer: number;
}

/**
 * The kernel's hand on namespace records. A record is never changed: a changed namespace is a new record, put in the place of
 * the old one under the tree's lock and its sequence word, so that a walk sees all of one of them or is made again.
 */
export class NamespaceRecords {
  readonly #tree: Tree;
  /** How many records have an inode as a mountpoint. */
  readonly #mountpoints = new Map<number, number>();
  /** The inodes that a record keeps alive. */
  readonly #held = new Map<number, { mountpoints: number[]; inodes: number[] }>();

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  /**
   * The address of a record with these mounts and this inode as `/`; 0 when the arena is full. Mountpoints, directories that are targets
   * and the root are kept alive.
   */
  make(mounts: readonly RecordedMount[], root = this.#tree.root): number {
    const { arena } = this.#tree;
    const address = arena.allocZeroed(4 * NAMESPACE_WORDS);
    if (address === 0) return 0;
    const word = address >>> 2;
    const mountpoints = mounts.map(({ mountpoint }) => mountpoint).filter((inode) => inode !== 0);
    const inodes = [root, ...mountpoints, ...mounts.filter(({ kind }) => kind === MountKind.TREE).map(({ target }) => target)];
    for (const inode of inodes) this.#tree.retain(inode);
    this.#held.set(address, { mountpoints, inodes });
    changeNames(this.#tree, () => {
      const { u32 } = arena;
      u32[word] = Math.max(0, ...mounts.map(({ slot }) => slot));
      u32[word + NAMESPACE_ROOT] = root;
      for (const { slot, mountpoint, kind, target, outer } of mounts) {
        u32.set([mountpoint, kind, target, outer], word + 1 + (slot - 1) * MountWord.SIZE);
      }
      for (const inode of mountpoints) this.#mark(inode);
    });
    return address;
  }

  /** Addresses of the records that there are. */
  all(): number[] {
    return [...this.#held.keys()];
  }

  /** From now on the processes with these control blocks walk by the record. */
  publish(address: number, pcbs: readonly number[]): void {
    changeNames(this.#tree, () => {
      for (const pcb of pcbs) this.#tree.arena.u32[(pcb >>> 2) + Pcb.NAMESPACE] = address;
    });
  }

  /** Frees a record that no process has any more. */
  drop(address: number): void {
    const held = this.#held.get(address);
    if (!held) throw new Error(`namespace record ${address} is not there`);
    this.#held.delete(address);
    changeNames(this.#tree, () => {
      for (const inode of held.mountpoints) this.#unmark(inode);
      this.#tree.arena.free(address);
    });
    for (const inode of held.inodes) this.#tree.release(inode);
  }

  #mark(inode: number): void {
    this.#mountpoints.set(inode, (this.#mountpoints.get(inode) ?? 0) + 1);
    Atomics.or(this.#tree.arena.u32, (inode >>> 2) + Inode.FLAGS, InodeFlag.MOUNTPOINT);
  }

  #unmark(inode: number): void {
    const left = (this.#mountpoints.get(inode) ?? 1) - 1;
    if (left > 0) {
      this.#mountpoints.set(inode, left);
      return;
    }
    this.#mountpoints.delete(inode);
    Atomics.and(this.#tree.arena.u32, (inode >>> 2) + Inode.FLAGS, ~InodeFlag.MOUNTPOINT);
  }
}
