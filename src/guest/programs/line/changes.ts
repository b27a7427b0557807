/** One edit, with all that its inverse needs. Places and counts are in graphemes. */
export interface Change {
  at: number;
  removed: readonly string[];
  inserted: readonly string[];
  /** The cursor before it. */
  cursor: number;
  /** It is undone together with the one before. */
  joins: boolean;
}

const CHANGES_MAX = 1000;
const GRAPHEMES_MAX = 1 << 20;

/** The edits of a line, to be undone. Bounded: the oldest are forgotten. */
export class ChangeLog {
  #changes: Change[] = [];
  #size = 0;

  add(change: Change): void {
    this.#changes.push(change);
    this.#size += change.removed.length + change.inserted.length;
    while (this.#changes.length > CHANGES_MAX || (this.#size > GRAPHEMES_MAX && this.#changes.length > 1)) {
      const oldest = this.#changes.shift()!;
      this.#size -= oldest.removed.length + oldest.inserted.length;
    }
  }

  /** Takes the last edits that belong together, last first; empty if there are none. */
  take(): Change[] {
    const taken: Change[] = [];
    for (let joins = true; joins && this.#changes.length > 0;) {
      const change = this.#changes.pop()!;
      this.#size -= change.removed.length + change.inserted.length;
      joins = change.joins;
      taken.push(change);
    }
    return taken;
  }

  clear(): void {
    this.#changes = [];
    this.#size = 0;
  }
}
