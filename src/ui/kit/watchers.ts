/** Something that goes on while anybody looks: begun for the first, stopped after the last. */
export class Watchers {
  readonly #begin: () => void;
  readonly #stop: () => void;
  readonly #looking = new Set<symbol>();

  constructor(begin: () => void, stop: () => void) {
    this.#begin = begin;
    this.#stop = stop;
  }

  get any(): boolean {
    return this.#looking.size > 0;
  }

  /** Stops it, whoever still looks. */
  end(): void {
    this.#looking.clear();
    this.#stop();
  }

  /** Returns what ends the watching; a second call of it does nothing. */
  watch(): () => void {
    const one = Symbol('watcher');
    const first = !this.any;
    this.#looking.add(one);
    if (first) this.#begin();
    return () => {
      if (this.#looking.delete(one) && !this.any) this.#stop();
    };
  }
}
