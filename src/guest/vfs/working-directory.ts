import { OfdKind } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { FOREIGN } from '../../shared/tree/index.ts';
import type { Process } from './process.ts';

const SLASH = 47;
const DOT = 46;
const FIRST_PREOPEN = 3;

/**
 * Preview 1 has no working directory, and wasi-libc strips the slash off absolute paths: where a process has both `.` and `/`
 * among its preopens, `/home/a` and `home/a` both arrive as `home/a` at `.`. So a path that begins with a name
 * which the working directory does not have is looked up from `/`. It adds no authority: both were granted.
 */
export class WorkingDirectory {
  readonly #process: Process;
  #cwd = -1;
  #root = -1;
  /** The description that was `.`, so that another use of the descriptor's number is noticed. */
  #ofd = 0;

  constructor(process: Process) {
    this.#process = process;
  }

  /** The descriptor of `/` if a path that was not found below `fd` belongs there; else -1. */
  rootFor(fd: number, bytes: Uint8Array, at: number, length: number): number {
    if (!this.#isCwd(fd)) return -1;
    return this.#has(bytes, at, firstLength(bytes, at, length)) ? -1 : this.#root;
  }

  /** For calls that make or remove names: only a path of several parts can be meant from `/`, lest `rm bin` in a home removes `/bin`. */
  place(fd: number, bytes: Uint8Array, at: number, length: number): number {
    if (!this.#isCwd(fd)) return fd;
    const first = firstLength(bytes, at, length);
    if (first === length || this.#has(bytes, at, first)) return fd;
    return this.#root;
  }

  #isCwd(fd: number): boolean {
    if (this.#cwd < 0) this.#search();
    return fd === this.#cwd && this.#root >= 0 && this.#process.table.get(fd) === this.#ofd;
  }

  /** Preopens are the first descriptors, without a gap, after the listening sockets. */
  #search(): void {
    const { files, table } = this.#process;
    for (let fd = FIRST_PREOPEN; ; fd++) {
      const ofd = table.get(fd);
      if (ofd !== 0 && files.kind(ofd) === OfdKind.LISTENER) continue;
      const name = ofd === 0 ? null : files.preopenName(ofd);
      if (name === null) return;
      if (name.length === 1 && name[0] === SLASH) this.#root = fd;
      if (name.length === 1 && name[0] === DOT) {
        this.#cwd = fd;
        this.#ofd = ofd;
      }
    }
  }

  /** Whether the working directory has a name; what cannot be told counts as there. */
  #has(bytes: Uint8Array, at: number, length: number): boolean {
    const { files, tree } = this.#process;
    for (;;) {
      const found = tree.walk(files.object(this.#ofd), files.confine(this.#ofd), bytes, at, length, false);
      if (found === -Errno.ENOENT) return false;
      if (found >= 0 || found === FOREIGN || this.#process.retry(found) < 0) return true;
    }
  }
}

function firstLength(bytes: Uint8Array, at: number, length: number): number {
  let end = at;
  while (end < at + length && bytes[end] !== SLASH) end++;
  return end - at;
}
