/** Lines kept, in memory and, after trimming, in the file. */
export const HISTORY_MAX = 2000;
/** UTF-16 units of the longest line that is written to the file. */
const STORED_MAX = 32 * 1024;

/**
 * A line as it is written to the history file: its further rows begin with a tab, which no line does, since those that begin
 * with a blank are not kept. Null for one that is too long to be stored.
 */
export function encodeEntry(line: string): string | null {
  return line.length > STORED_MAX ? null : `${line.replaceAll('\n', '\n\t')}\n`;
}

/** The lines of a history file, oldest first. A first row that was cut off is dropped with `skipFirst`. */
export function decodeEntries(text: string, skipFirst = false): string[] {
  const entries: string[] = [];
  for (const row of text.split('\n').slice(skipFirst ? 1 : 0)) {
    if (row.startsWith('\t')) {
      if (entries.length > 0) entries[entries.length - 1] += `\n${row.slice(1)}`;
    } else if (row !== '') {
      entries.push(row);
    }
  }
  return entries;
}

/** Former lines, newest last, with a place in them while the user looks through. */
export class History {
  #lines: string[];
  /** Index of the line shown; `#lines.length` is the one being typed. */
  #at: number;
  #draft = '';

  constructor(lines: readonly string[] = []) {
    this.#lines = lines.slice(-HISTORY_MAX);
    this.#at = this.#lines.length;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** False if the line is not kept: blank, begun with a blank, or the same as the last one. */
  add(line: string): boolean {
    const kept = line.trimEnd();
    const keep = kept !== '' && !/^\s/.test(kept) && kept !== this.#lines.at(-1);
    if (keep) this.#lines = [...this.#lines, kept].slice(-HISTORY_MAX);
    this.rewind();
    return keep;
  }

  /** Back to the line being typed. */
  rewind(): void {
    this.#at = this.#lines.length;
    this.#draft = '';
  }

  /** The line `by` places further; null beyond either end. `current` is what stands in the editor. */
  step(by: number, current: string): string | null {
    return this.go(this.#at + by, current);
  }

  get at(): number {
    return this.#at;
  }

  go(to: number, current: string): string | null {
    if (to < 0 || to > this.#lines.length || to === this.#at) return null;
    if (this.#at === this.#lines.length) this.#draft = current;
    this.#at = to;
    return to === this.#lines.length ? this.#draft : this.#lines[to]!;
  }
}
