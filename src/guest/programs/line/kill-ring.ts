const ENTRIES_MAX = 32;

/** What was cut, newest last. Cuts in a row make one entry. */
export class KillRing {
  #entries: string[] = [];
  /** Of the entry last yanked, counted from the newest. */
  #turned = 0;

  /** `joins`: the key before was a cut too. `backward`: the text stood before the cursor. */
  add(text: string, joins: boolean, backward: boolean): void {
    const last = joins ? (this.#entries.pop() ?? '') : '';
    this.#entries = [...this.#entries, backward ? text + last : last + text].slice(-ENTRIES_MAX);
    this.#turned = 0;
  }

  /** The newest; `''` if nothing was cut yet. */
  newest(): string {
    this.#turned = 0;
    return this.#entries.at(-1) ?? '';
  }

  /** The one before that which was given last; after the oldest the newest again. */
  before(): string {
    if (this.#entries.length === 0) return '';
    this.#turned = (this.#turned + 1) % this.#entries.length;
    return this.#entries.at(-1 - this.#turned)!;
  }
}
