import type { Notice } from '../../shared/abi/index.ts';

/** Files named in the notice, at most. */
const NAMED_MAX = 3;
/** Files that are told apart, at most. */
const KNOWN_MAX = 10_000;

/** One notice for all stored files that turned out to be damaged when something read them. */
export class DamageNotices {
  readonly #raise: (notice: Notice) => void;
  readonly #paths = new Set<string>();

  constructor(raise: (notice: Notice) => void) {
    this.#raise = raise;
  }

  tell(path: string, detail: string): void {
    if (this.#paths.has(path) || this.#paths.size >= KNOWN_MAX) return;
    this.#paths.add(path);
    const named = [...this.#paths].slice(-NAMED_MAX).reverse().join(', ');
    const more = this.#paths.size > NAMED_MAX ? ` and ${this.#paths.size - NAMED_MAX} more` : '';
    this.#raise({
      id: 'damage', level: 'error', title: this.#paths.size === 1 ? 'A stored file is damaged' : `${this.#paths.size} stored files are damaged`,
      detail: `${named}${more}: ${detail}. Who reads it gets an error (EIO), never wrong bytes. Repairing puts what can be saved into /lost+found.`,
      action: 'repair',
    });
  }
}
