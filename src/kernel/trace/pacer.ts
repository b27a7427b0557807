/** Milliseconds for which a search holds the kernel at most, before others have their turn. */
const TURN = 6;

/** Lets others have their turn within long work. */
export class Pacer {
  readonly #yield: () => Promise<void>;
  readonly #now: () => number;
  #since: number;

  constructor(yieldToOthers: () => Promise<void>, now: () => number) {
    this.#yield = yieldToOthers;
    this.#now = now;
    this.#since = now();
  }

  /** To be awaited between pieces that take well below a millisecond each. */
  step(): Promise<void> | undefined {
    return this.#now() - this.#since < TURN ? undefined : this.#rest();
  }

  async #rest(): Promise<void> {
    await this.#yield();
    this.#since = this.#now();
  }
}
