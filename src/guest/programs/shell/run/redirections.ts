import { FileType } from '../../../../shared/abi/index.ts';
import { OfdFlag } from '../../../../shared/arena/index.ts';
import { FsError } from '../../../../shared/base/index.ts';
import { OpenFlag } from '../../../vfs/index.ts';
import { reason } from '../builtins/index.ts';
import { Expander } from '../expand/index.ts';
import type { Redirect } from '../parse/index.ts';
import { ShellError, type Shell } from '../state/index.ts';
import { encodeText, OWN_FDS } from '../system/index.ts';

/** Descriptors that were changed for a command, and how they were before. */
export class Redirections {
  readonly #shell: Shell;
  /** Where the former description is; -1: it was closed. */
  readonly #saved = new Map<number, number>();

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  /** In order, each seen by the next. What was done before a failure is undone by `restore`. @throws ShellError */
  apply(redirects: readonly Redirect[]): void {
    for (const redirect of redirects) this.#apply(redirect);
  }

  /** Makes `fd` mean what `from` means. */
  point(fd: number, from: number): void {
    this.#save(fd);
    this.#shell.system.duplicateTo(from, fd);
  }

  #save(fd: number): void {
    if (this.#saved.has(fd)) return;
    const { system } = this.#shell;
    this.#saved.set(fd, system.isOpen(fd) ? system.save(fd) : -1);
  }

  #apply({ op, fd, target }: Redirect): void {
    const { system } = this.#shell;
    const expander = new Expander(this.#shell);
    const to = fd ?? (op.startsWith('<') ? 0 : 1);
    if (op === '<<') {
      const reader = system.filled(encodeText(expander.text(target)));
      this.#save(to);
      system.move(reader, to);
      return;
    }
    const word = expander.text(target);
    if (op === '<&' || op === '>&') this.#duplicate(to, word);
    else {
      const opened = this.#open(op, word);
      // The lowest free descriptor may be the very one.
      if (opened === to) {
        if (!this.#saved.has(to)) this.#saved.set(to, -1);
        return;
      }
      this.#save(to);
      system.move(opened, to);
    }
  }

  #duplicate(to: number, word: string): void {
    const { system } = this.#shell;
    if (word === '-') {
      this.#save(to);
      system.close(to);
      return;
    }
    if (!/^\d+$/.test(word)) throw new ShellError('Bad fd number');
    const from = Number(word);
    if (from >= OWN_FDS || !system.isOpen(from)) throw new ShellError(`${from}: Bad file descriptor`);
    if (from !== to) this.point(to, from);
  }

  #open(op: Redirect['op'], path: string): number {
    const { files, options, system } = this.#shell;
    try {
      if (path === '/dev/null' && op !== '<>') return system.openNull(op !== '<');
      switch (op) {
        case '<': return files.open(path, OfdFlag.READ);
        case '<>': return files.open(path, OfdFlag.READ | OfdFlag.WRITE, OpenFlag.CREATE);
        case '>>': return files.open(path, OfdFlag.WRITE | OfdFlag.APPEND, OpenFlag.CREATE);
        default: {
          const keep = op === '>' && options.has('noclobber');
          const regular = keep && (files.tryStat(path)?.type ?? FileType.REGULAR_FILE) === FileType.REGULAR_FILE;
          return files.open(path, OfdFlag.WRITE, OpenFlag.CREATE | (regular ? OpenFlag.EXCLUSIVE : OpenFlag.TRUNCATE));
        }
      }
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      const missing = error.code === 'ENOENT';
      if (op === '<') throw new ShellError(`cannot open ${path}: ${missing ? 'No such file' : reason(error)}`);
      throw new ShellError(`cannot create ${path}: ${missing ? 'Directory nonexistent' : reason(error)}`);
    }
  }

  restore(): void {
    const { system } = this.#shell;
    for (const [fd, saved] of [...this.#saved].toReversed()) {
      if (saved >= 0) system.move(saved, fd);
      else system.close(fd);
    }
    this.#saved.clear();
  }

  /** Hands over what was changed, so that `restore` here does nothing. */
  release(): Redirections {
    const other = new Redirections(this.#shell);
    for (const [fd, saved] of this.#saved) other.#saved.set(fd, saved);
    this.#saved.clear();
    return other;
  }

  /** They stay: what was before is let go. */
  keep(): void {
    for (const saved of this.#saved.values()) if (saved >= 0) this.#shell.system.close(saved);
    this.#saved.clear();
  }
}
