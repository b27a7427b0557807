import { RightBit } from '../../shared/abi/index.ts';
import { OfdKind, VIA_MASK, type MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { Bounded } from './bounded.ts';
import type { Process } from './process.ts';

/** What is done with a node of the tree that a description is of, as far as the description lets it: times, and the entries of directories. */
export class Nodes {
  readonly #process: Process;
  readonly #bounded: Bounded;

  constructor(process: Process) {
    this.#process = process;
    this.#bounded = new Bounded(process);
  }

  setTimes(ofd: number, atime: bigint, mtime: bigint): number {
    const { files, tree } = this.#process;
    if (files.withheld(ofd) !== 0 && !this.#mayTouch(ofd)) return -Errno.ENOTCAPABLE;
    if (files.kind(ofd) > OfdKind.DIRECTORY) return -Errno.ENOTSUP;
    for (;;) {
      const result = tree.setTimes(files.object(ofd), atime, mtime);
      if (result >= 0) return 0;
      const failed = this.#process.retry(result);
      if (failed < 0) return failed;
    }
  }

  /** RT2: whether the times of what a description that withholds something is of may be set. */
  #mayTouch(ofd: number): boolean {
    const { files, tree } = this.#process;
    const withheld = files.withheld(ofd);
    if (withheld & RightBit.write || files.kind(ofd) !== OfdKind.DIRECTORY) return !(withheld & RightBit.write);
    return this.#bounded.within(ofd, 0, () => {
      tree.lock();
      const rights = tree.walker.bounds.ofDirectory(files.object(ofd), files.confine(ofd) & VIA_MASK);
      tree.unlock();
      return rights & RightBit.write;
    }) !== 0;
  }

  /** Of a directory: bytes used, as `Tree.readdir`. */
  readdir(ofd: number, cookie: number, window: MemoryWindow, pointer: number, length: number): number {
    return this.#process.files.withheld(ofd) === 0 ? this.#readdir(ofd, cookie, window, pointer, length) : this.#readdirWithin(ofd, cookie, window, pointer, length);
  }

  #readdirWithin(ofd: number, cookie: number, window: MemoryWindow, pointer: number, length: number): number {
    return this.#bounded.within(ofd, 0, () => this.#readdir(ofd, cookie, window, pointer, length));
  }

  #readdir(ofd: number, cookie: number, window: MemoryWindow, pointer: number, length: number): number {
    const { files, tree } = this.#process;
    for (;;) {
      const used = tree.readdir(files.object(ofd), files.confine(ofd), cookie, window, pointer, length);
      if (used >= 0) return used;
      const failed = this.#process.retry(used);
      if (failed < 0) return failed;
    }
  }
}
