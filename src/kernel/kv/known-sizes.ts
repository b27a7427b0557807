/** What an entry takes besides its name, about. */
const OVERHEAD = 64;
const BYTES = 32 * 1024 * 1024;

/** Sizes of values that were written or looked up lately; beyond its bound the oldest are forgotten. Null: known not to be there. */
export class KnownSizes {
  readonly #sizes = new Map<string, number | null>();
  #bytes = 0;

  /** undefined: not known. */
  get(id: string): number | null | undefined {
    return this.#sizes.get(id);
  }

  set(id: string, size: number | null): void {
    if (!this.#sizes.delete(id)) this.#bytes += cost(id);
    this.#sizes.set(id, size);
    // To look for the oldest is to pass all that were moved to the end since the map was last made smaller.
    if (this.#bytes <= BYTES) return;
    for (const oldest of this.#sizes.keys()) {
      if (this.#bytes <= BYTES) return;
      this.#sizes.delete(oldest);
      this.#bytes -= cost(oldest);
    }
  }

  clear(): void {
    this.#sizes.clear();
    this.#bytes = 0;
  }
}

const cost = (id: string): number => OVERHEAD + id.length * 2;
