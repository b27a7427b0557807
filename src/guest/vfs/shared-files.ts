import { OfdFlag, type MemoryWindow } from '../../shared/arena/index.ts';
import type { Process } from './process.ts';

/**
 * Reads, writes and seeks at the position of a file's description that others (descriptors of any process) hold too.
 * Finding the position, moving bytes and putting it forward is one step under the description's lock, within one section: no byte is read twice
 * or written over by another. What the tree lacks is brought between steps, and the step is done again.
 */
export class SharedFiles {
  readonly #process: Process;

  constructor(process: Process) {
    this.#process = process;
  }

  /** Reads at the position, to the file's end at most. */
  read(ofd: number, window: MemoryWindow, pointer: number, length: number): number {
    let done = 0;
    while (done < length) {
      const taken = this.#readStep(ofd, window, pointer + done, length - done);
      if (taken === 0) break;
      done += Math.max(taken, 0);
      const failed = taken < 0 ? this.#process.retry(taken) : 0;
      if (failed < 0) return done > 0 ? done : failed;
    }
    return done;
  }

  #readStep(ofd: number, window: MemoryWindow, pointer: number, length: number): number {
    const { files, handle, tree } = this.#process;
    const inode = files.object(ofd);
    handle.enter();
    const locked = files.lockPosition(ofd);
    const at = files.position(ofd);
    const taken = tree.read(inode, at, window, pointer, length);
    if (taken > 0) files.setPosition(ofd, at + taken);
    if (locked) files.unlockPosition(ofd);
    handle.leave();
    return taken;
  }

  /** As `Tree.write`, at the position, or at the file's end for an append descriptor. */
  write(ofd: number, window: MemoryWindow, pointer: number, length: number): number {
    const { files, handle, tree } = this.#process;
    const inode = files.object(ofd);
    const append = (files.flags(ofd) & OfdFlag.APPEND) !== 0;
    handle.enter();
    const locked = files.lockPosition(ofd);
    const at = files.position(ofd);
    const written = append ? tree.append(inode, window, pointer, length) : tree.write(inode, at, window, pointer, length);
    if (written > 0) files.setPosition(ofd, append ? tree.position : at + written);
    if (locked) files.unlockPosition(ofd);
    handle.leave();
    return written;
  }

  /** Moves the position by `offset`; the new one, or the one that it would be where that is no position: then nothing has moved. */
  move(ofd: number, offset: number): number {
    const { files, handle } = this.#process;
    handle.enter();
    const locked = files.lockPosition(ofd);
    const position = files.position(ofd) + offset;
    if (position >= 0 && position <= Number.MAX_SAFE_INTEGER) files.setPosition(ofd, position);
    if (locked) files.unlockPosition(ofd);
    handle.leave();
    return position;
  }
}
