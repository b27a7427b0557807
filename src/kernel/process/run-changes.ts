import type { ExitStatus } from '../../shared/abi/index.ts';

/** What the journal tells of one change. */
export interface CommittedChange {
  pid: number;
  op: 'create' | 'mkdir' | 'symlink' | 'link' | 'unlink' | 'rmdir' | 'rename' | 'write' | 'attr';
  /** For a rename the new path. */
  path: string;
  /** For a rename the old path. */
  from?: string;
}

/** Paths kept for one run, at most; further ones are counted. */
const PATHS_MAX = 100;

class Run {
  readonly #written = new Set<string>();
  readonly #deleted = new Set<string>();
  #more = 0;
  readonly parent: number;

  constructor(parent: number) {
    this.parent = parent;
  }

  add({ op, path, from }: CommittedChange): void {
    if (op === 'unlink' || op === 'rmdir') this.#delete(path);
    else {
      if (from !== undefined) this.#delete(from);
      this.#write(path);
    }
  }

  /** What a run made and removed again leaves no trace. */
  #delete(path: string): void {
    if (!this.#written.delete(path)) this.#keep(this.#deleted, path);
  }

  #write(path: string): void {
    this.#deleted.delete(path);
    this.#keep(this.#written, path);
  }

  #keep(paths: Set<string>, path: string): void {
    if (paths.has(path)) return;
    if (this.#written.size + this.#deleted.size < PATHS_MAX) paths.add(path);
    else this.#more++;
  }

  summary(): NonNullable<ExitStatus['changes']> {
    return { written: [...this.#written], deleted: [...this.#deleted], more: this.#more };
  }
}

/** Collects, for each running process, what it and what it started did to the tree: at most 100 paths, the rest as a count. */
export class RunChanges {
  readonly #runs = new Map<number, Run>();

  /** `parent`: the process that started it; 0 for none. */
  begin(pid: number, parent = 0): void {
    this.#runs.set(pid, new Run(parent));
  }

  /** To be called with each batch that was committed. Changes of others than running processes are left out. */
  add(changes: readonly CommittedChange[]): void {
    for (const change of changes) {
      for (let run = this.#runs.get(change.pid); run; run = this.#runs.get(run.parent)) run.add(change);
    }
  }

  /** The summary, and the end of the collection. Undefined if there was none. */
  end(pid: number): ExitStatus['changes'] {
    const summary = this.#runs.get(pid)?.summary();
    this.#runs.delete(pid);
    return summary;
  }
}
