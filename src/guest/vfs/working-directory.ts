import { OfdFlag, OfdKind } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { FOREIGN } from '../../shared/tree/index.ts';
import type { Process } from './process.ts';
import { pathText } from './services.ts';
import { SpokenNames } from './spoken-names.ts';

const SLASH = 47;
const DOT = 46;
const FIRST_PREOPEN = 3;
/** Descriptors that are looked through for preopens, at most. */
const PREOPENS_MAX = 128;

/**
 * Preview 1 has no working directory, and wasi-libc strips the slash off absolute paths: where a process has both `.` and `/`
 * among its preopens, `/home/a` and `home/a` both arrive as `home/a` at `.`. Which one was meant is decided here (WD1 to WD6).
 * It adds no authority: both directories were granted.
 */
export class WorkingDirectory {
  readonly #process: Process;
  readonly #names = new SpokenNames();
  /** While it is set nothing is decided: every path is what it says, below its descriptor. */
  literal = false;
  #searched = false;
  #cwd = -1;
  #root = -1;
  /** The descriptions that were `.` and `/`, so that another use of a descriptor's number is noticed. */
  #cwdOfd = 0;
  #rootOfd = 0;

  constructor(process: Process) {
    this.#process = process;
  }

  /** At the start of a run: what the program is told, its arguments without `argv[0]` and its environment. */
  tell(args: readonly string[], env: readonly string[]): void {
    this.#names.tell(args, env);
    this.#searched = false;
  }

  /** WD2 WD3: the descriptor that a path belongs to by what the program was told; `fd` if that says nothing. For every call. */
  spoken(fd: number, bytes: Uint8Array, at: number, length: number): number {
    if (!this.#isCwd(fd)) return fd;
    const verdict = this.#names.verdict(bytes, at, length);
    if (verdict === 'root') return this.#root;
    const below = verdict === 'below-root' && (isDot(bytes, at, length) || this.#has(this.#root, this.#rootOfd, bytes, at, firstLength(bytes, at, length)));
    return below ? this.#root : fd;
  }

  /** WD4: the descriptor of `/` if a path that was not found below `fd` is there; else -1. */
  rootFor(fd: number, bytes: Uint8Array, at: number, length: number): number {
    return this.#isCwd(fd) && this.#has(this.#root, this.#rootOfd, bytes, at, length) ? this.#root : -1;
  }

  /** WD5: for a call that may make or remove the name. */
  place(fd: number, bytes: Uint8Array, at: number, length: number): number {
    const spoken = this.spoken(fd, bytes, at, length);
    if (spoken !== fd || !this.#isCwd(fd)) return spoken;
    const first = firstLength(bytes, at, length);
    // A lone name is the working directory's own, lest `rm bin` in a home removes `/bin`.
    if (first === length || !this.#has(this.#root, this.#rootOfd, bytes, at, first)) return fd;
    const parent = parentLength(bytes, at, length);
    for (const part of parent === 0 ? [length] : [length, parent]) {
      if (this.#has(fd, this.#cwdOfd, bytes, at, part)) return fd;
      if (this.#has(this.#root, this.#rootOfd, bytes, at, part)) return this.#root;
    }
    return fd;
  }

  /** Whether a path that is taken as it stands leads above where it starts. For those that only the kernel can walk. */
  escapes(bytes: Uint8Array, at: number, length: number): boolean {
    return this.literal && climbs(bytes, at, length);
  }

  #isCwd(fd: number): boolean {
    if (this.literal) return false;
    if (!this.#searched) this.#search();
    const { files, table } = this.#process;
    const isKnown = fd === this.#cwd && this.#root >= 0 && table.get(fd) === this.#cwdOfd && table.get(this.#root) === this.#rootOfd;
    // A description that was closed is given again, to what is opened next.
    return isKnown && (files.flags(this.#cwdOfd) & files.flags(this.#rootOfd) & OfdFlag.PREOPEN) !== 0;
  }

  /** Preopens are among the first descriptors, without a gap; sockets may come before them. */
  #search(): void {
    this.#searched = true;
    this.#cwd = -1;
    this.#root = -1;
    const { files, table } = this.#process;
    for (let fd = FIRST_PREOPEN; fd < PREOPENS_MAX; fd++) {
      const ofd = table.get(fd);
      if (ofd === 0) break;
      const name = files.preopenName(ofd);
      if (name?.length !== 1) continue;
      if (name[0] === SLASH) [this.#root, this.#rootOfd] = [fd, ofd];
      if (name[0] === DOT) [this.#cwd, this.#cwdOfd] = [fd, ofd];
    }
    // In the root itself there is nothing to decide.
    if (this.#cwd >= 0 && this.#root >= 0 && files.object(this.#cwdOfd) === files.object(this.#rootOfd)) this.#cwd = -1;
  }

  /** Whether there is such a path below a directory (a symlink at its end counts); what cannot be told counts as there. */
  #has(fd: number, ofd: number, bytes: Uint8Array, at: number, length: number): boolean {
    const { files, tree } = this.#process;
    const foreign = (): boolean => this.#process.kernel({ op: 'stat', dirfd: fd, path: pathText(bytes, at, length), follow: false }).errno === 0;
    if (files.kind(ofd) === OfdKind.SERVICE) return foreign();
    for (;;) {
      const found = tree.walk(files.object(ofd), files.confine(ofd), bytes, at, length, false);
      if (found === FOREIGN) return foreign();
      if (found === -Errno.ENOENT || found === -Errno.ENOTDIR) return false;
      if (found >= 0 || this.#process.retry(found) < 0) return true;
    }
  }
}

function isDot(bytes: Uint8Array, at: number, length: number): boolean {
  return length === 1 && bytes[at] === DOT;
}

function climbs(bytes: Uint8Array, at: number, length: number): boolean {
  let depth = 0;
  for (let from = at, end; from < at + length; from = end + 1) {
    end = from;
    while (end < at + length && bytes[end] !== SLASH) end++;
    const up = end - from === 2 && bytes[from] === DOT && bytes[from + 1] === DOT;
    if (up) depth--;
    else if (end > from && !(end - from === 1 && bytes[from] === DOT)) depth++;
    if (depth < 0) return true;
  }
  return false;
}

function firstLength(bytes: Uint8Array, at: number, length: number): number {
  let end = at;
  while (end < at + length && bytes[end] !== SLASH) end++;
  return end - at;
}

/** Length of the path without its last name and the slashes around it. */
function parentLength(bytes: Uint8Array, at: number, length: number): number {
  let end = at + length;
  while (end > at && bytes[end - 1] === SLASH) end--;
  while (end > at && bytes[end - 1] !== SLASH) end--;
  while (end > at && bytes[end - 1] === SLASH) end--;
  return end - at;
}
