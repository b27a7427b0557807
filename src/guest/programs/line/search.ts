export type Direction = 'back' | 'forward';

interface State {
  pattern: string;
  /** Index of the line found. */
  index: number;
  /** Where the pattern begins in it, in UTF-16 units. */
  offset: number;
  failed: boolean;
  direction: Direction;
}

/** Incremental search through lines. Each key makes a state, so that Backspace goes back to the one before. */
export class Search {
  readonly #lines: readonly string[];
  readonly #states: State[];

  /** Begins behind the end of line `index`. */
  constructor(lines: readonly string[], index: number, direction: Direction) {
    this.#lines = lines;
    this.#states = [{ pattern: '', index, offset: lines[index]?.length ?? 0, failed: false, direction }];
  }

  get state(): Readonly<State> {
    return this.#states.at(-1)!;
  }

  /** The line found, or the one where the search began. */
  get line(): string {
    return this.#lines[this.state.index] ?? '';
  }

  /** Adds to the pattern; what is found already counts if it still matches. */
  type(text: string): void {
    const { index, offset, direction } = this.state;
    this.#look(this.state.pattern + text, index, offset, direction);
  }

  /** The next match in a direction. `fallback` is the pattern if none was typed. */
  again(direction: Direction, fallback: string): void {
    const { pattern, index, offset } = this.state;
    if (pattern === '') this.#look(fallback, index, offset, direction);
    else this.#look(pattern, index, offset + (direction === 'back' ? -1 : 1), direction);
  }

  /** Takes the last key back. False if there was none. */
  back(): boolean {
    if (this.#states.length < 2) return false;
    this.#states.pop();
    return true;
  }

  #look(pattern: string, index: number, offset: number, direction: Direction): void {
    const found = pattern === '' ? { index, offset } : find(this.#lines, pattern, index, offset, direction);
    const kept = this.state;
    this.#states.push(found
      ? { pattern, ...found, failed: false, direction }
      : { pattern, index: kept.index, offset: kept.offset, failed: true, direction });
  }
}

/** From `offset` in line `index` on. A line that reads as the one left behind is passed over. */
function find(lines: readonly string[], pattern: string, index: number, offset: number, direction: Direction): { index: number; offset: number } | null {
  const step = direction === 'back' ? -1 : 1;
  const left = lines[index];
  for (let at = index; at >= 0 && at < lines.length; at += step) {
    const line = lines[at]!;
    if (at !== index && line === left) continue;
    const found = within(line, pattern, at === index ? offset : null, direction);
    if (found >= 0) return { index: at, offset: found };
  }
  return null;
}

function within(line: string, pattern: string, offset: number | null, direction: Direction): number {
  if (direction === 'back') return offset !== null && offset < 0 ? -1 : line.lastIndexOf(pattern, offset ?? line.length);
  return line.indexOf(pattern, offset ?? 0);
}
