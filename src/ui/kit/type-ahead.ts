const PAUSE_MS = 700;

/** Finds entries of a list by the letters that are typed, one after the other without a long pause. */
export class TypeAhead {
  readonly #now: () => number;
  #typed = '';
  #last = -Infinity;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Index of the entry to go to, after one more letter; `at` where there is none. The same letter again goes on to the next. */
  next(letter: string, labels: readonly string[], at: number): number {
    const now = this.#now();
    const typed = now - this.#last > PAUSE_MS ? letter : this.#typed + letter;
    this.#last = now;
    this.#typed = typed;
    const same = [...typed].every((each) => each === typed[0]);
    const wanted = (same ? typed[0]! : typed).toLowerCase();
    const from = same ? at + 1 : Math.max(at, 0);
    for (let step = 0; step < labels.length; step++) {
      const index = (from + step) % labels.length;
      if (labels[index]!.toLowerCase().startsWith(wanted)) return index;
    }
    return at;
  }
}
