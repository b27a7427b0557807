import type { FolderProgress } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';

/** Milliseconds between two messages. */
const PAUSE = 100;

/** How far a piece of work on a folder is, and whether it is to go on. */
export class Progress {
  readonly signal: AbortSignal;
  readonly #say: (progress: FolderProgress) => void;
  readonly #now: () => number;
  #phase: FolderProgress['phase'] = 'scan';
  #said = Number.NEGATIVE_INFINITY;

  constructor(signal: AbortSignal, say: (progress: FolderProgress) => void, now: () => number) {
    this.signal = signal;
    this.#say = say;
    this.#now = now;
  }

  phase(phase: FolderProgress['phase']): this {
    this.#phase = phase;
    this.#said = Number.NEGATIVE_INFINITY;
    return this;
  }

  /** @throws FsError ECANCELED */
  step(done: number, total: number, path?: string): void {
    this.check();
    const now = this.#now();
    if (now - this.#said < PAUSE) return;
    this.#said = now;
    this.#say({ phase: this.#phase, done, total, ...(path !== undefined && { path }) });
  }

  /** @throws FsError ECANCELED */
  check(): void {
    if (this.signal.aborted) throw new FsError('ECANCELED', this.#phase);
  }

  static silent(): Progress {
    return new Progress(new AbortController().signal, () => undefined, () => 0);
  }
}
