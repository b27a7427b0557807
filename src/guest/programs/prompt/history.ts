const LINES_MAX = 1000;

/** Former lines, newest last, with a place in them while the user looks through. */
export class History {
  #lines: string[];
  /** Index of the line shown; `#lines.length` is the one being typed. */
  #at: number;
  #draft = '';

  constructor(lines: readonly string[] = []) {
    this.#lines = lines.filter((line) => line !== '').slice(-LINES_MAX);
    this.#at = this.#lines.length;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** False if the line is not kept: blank, begun with a space, or the same as the last one. */
  add(line: string): boolean {
    const keep = line.trim() !== '' && !line.startsWith(' ') && line !== this.#lines.at(-1);
    if (keep) this.#lines = [...this.#lines, line].slice(-LINES_MAX);
    this.#at = this.#lines.length;
    return keep;
  }

  /** The line before the shown one; null at the first. `current` is what stands in the editor. */
  previous(current: string): string | null {
    if (this.#at === 0) return null;
    if (this.#at === this.#lines.length) this.#draft = current;
    return this.#lines[--this.#at]!;
  }

  next(): string | null {
    if (this.#at >= this.#lines.length) return null;
    this.#at++;
    return this.#at === this.#lines.length ? this.#draft : this.#lines[this.#at]!;
  }
}
