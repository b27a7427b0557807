import { Errno } from '../base/index.ts';
import { FileType } from '../abi/index.ts';
import { Inode, InodeFlag, JournalOp, lock, unlock, type Arena } from '../arena/index.ts';
import { FILE_MAX } from './bodies.ts';
import type { TreeParts } from './parts.ts';

/** Gives files contents that only the store has. The kernel's. */
export class Adopter {
  readonly #tree: TreeParts;
  readonly #arena: Arena;

  constructor(tree: TreeParts) {
    this.#tree = tree;
    this.#arena = tree.arena;
  }

  /**
   * The file, to which the caller has a reference, has `size` bytes now, all of them in the store. Who called answers for its blocks
   * from here on, also before the next cut. `patient`: waits while the epoch's changes of it stand in another's name.
   * 0; WAIT; -ENOSPC, -EROFS; -EFBIG; -EINVAL for what is no file; -EXDEV for one that is not stored.
   */
  adopt(inode: number, size: number, patient: boolean): number {
    if (size > FILE_MAX) return -Errno.EFBIG;
    const { process } = this.#tree;
    process.enter();
    lock(this.#arena.i32, (inode >>> 2) + Inode.LOCK, process.pid);
    this.#arena.sync();
    const result = this.#adoptLocked(inode, size, patient);
    unlock(this.#arena.i32, (inode >>> 2) + Inode.LOCK);
    process.leave();
    return result;
  }

  #adoptLocked(inode: number, size: number, patient: boolean): number {
    const { inodes, bodies } = this.#tree;
    const { u32 } = this.#arena;
    const word = inode >>> 2;
    if (inodes.type(inode) !== FileType.REGULAR_FILE) return -Errno.EINVAL;
    const others = patient ? bodies.othersChange(inode) : 0;
    if (others < 0) return others;
    const begun = bodies.beginChange(inode, JournalOp.WRITE);
    if (begun < 0) return begun;
    // A nameless file of this epoch became volatile just now.
    if (u32[word + Inode.FLAGS]! & InodeFlag.VOLATILE) return -Errno.EXDEV;
    bodies.freeBody(inode);
    if (size > 0) u32[word + Inode.FLAGS] = u32[word + Inode.FLAGS]! | InodeFlag.REMOTE;
    bodies.setSize(word, size);
    // What was cut before was cut from other contents.
    u32[word + Inode.LOW] = 0;
    bodies.touchChanged(word);
    return 0;
  }
}
