/** For each key, where in a page it occurs. Written while the page grows, then frozen into two flat arrays: about 10 bytes a record. */
export class KeyTable {
  #growing: Map<number, number[]> | null = new Map();
  #keys = new Float64Array(0);
  #at = new Uint16Array(0);

  /** `at` must not go down, and is below 65 536. */
  add(key: number, at: number): void {
    const known = this.#growing?.get(key);
    if (!known) this.#growing?.set(key, [at]);
    else if (known.at(-1) !== at) known.push(at);
  }

  freeze(): void {
    if (!this.#growing) return;
    const pairs = [...this.#growing].sort(([a], [b]) => a - b);
    const count = pairs.reduce((sum, [, at]) => sum + at.length, 0);
    this.#keys = new Float64Array(count);
    this.#at = new Uint16Array(count);
    let next = 0;
    for (const [key, positions] of pairs) {
      for (const at of positions) {
        this.#keys[next] = key;
        this.#at[next++] = at;
      }
    }
    this.#growing = null;
  }

  /** May give one several times. */
  keys(): Iterable<number> {
    return this.#growing ? this.#growing.keys() : this.#keys;
  }

  /** First and last position of the key, and how many it has. */
  span(key: number): { first: number; last: number; count: number } {
    if (this.#growing) {
      const found = this.#growing.get(key) ?? [];
      return { first: found[0] ?? 0, last: found.at(-1) ?? 0, count: found.length };
    }
    const [from, to] = [this.#lowest(key), this.#lowest(key + 1)];
    return { first: this.#at[from] ?? 0, last: this.#at[to - 1] ?? 0, count: to - from };
  }

  /** Positions of the key, going up. */
  find(key: number): number[] {
    if (this.#growing) return this.#growing.get(key) ?? [];
    const found: number[] = [];
    for (let low = this.#lowest(key); this.#keys[low] === key; low++) found.push(this.#at[low]!);
    return found;
  }

  /** Where keys from this one on begin. */
  #lowest(key: number): number {
    let low = 0;
    for (let high = this.#keys.length; low < high;) {
      const middle = (low + high) >>> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
