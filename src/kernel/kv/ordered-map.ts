import { compareKeys } from './keys.ts';

/** Keys in one run; a run that has more is split. */
const RUN = 512;

/** A map whose keys can be listed in the order of their UTF-8 bytes from any place: sorted runs beside a `Map`. */
export class OrderedMap<T> {
  readonly #values = new Map<string, T>();
  /** No run is empty; every key of a run is before those of the next. */
  readonly #runs: string[][] = [];

  get size(): number {
    return this.#values.size;
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  set(key: string, value: T): void {
    if (!this.#values.has(key)) this.#insert(key);
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (!this.#values.delete(key)) return;
    const at = this.#runOf(key);
    const run = this.#runs[at]!;
    run.splice(placeIn(run, key), 1);
    if (run.length === 0) this.#runs.splice(at, 1);
  }

  /** In order, from `key` on. The map must not change meanwhile. */
  *from(key: string): Generator<[string, T]> {
    for (let at = this.#runOf(key), skip = true; at < this.#runs.length; at++, skip = false) {
      const run = this.#runs[at]!;
      for (let i = skip ? placeIn(run, key) : 0; i < run.length; i++) yield [run[i]!, this.#values.get(run[i]!)!];
    }
  }

  #insert(key: string): void {
    if (this.#runs.length === 0) {
      this.#runs.push([key]);
      return;
    }
    const at = Math.min(this.#runOf(key), this.#runs.length - 1);
    const run = this.#runs[at]!;
    run.splice(placeIn(run, key), 0, key);
    if (run.length > RUN) this.#runs.splice(at + 1, 0, run.splice(RUN / 2));
  }

  /** The first run whose last key is not before `key`. */
  #runOf(key: string): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(this.#runs[middle]!.at(-1)!, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The first place in `run` whose key is not before `key`. */
function placeIn(run: readonly string[], key: string): number {
  let low = 0;
  let high = run.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(run[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A page of an ordered map: see `KvRange`. */
export function* inRange<T extends { size: number }>(map: OrderedMap<T>, range: { prefix: string; after?: string; limit: number; maxBytes: number; values: boolean }): Generator<[string, T]> {
  const { prefix, after = prefix, limit, maxBytes, values } = range;
  let count = 0;
  let bytes = 0;
  for (const [key, entry] of map.from(compareKeys(after, prefix) > 0 ? after : prefix)) {
    if (key === range.after) continue;
    if (!key.startsWith(prefix)) return;
    bytes += values ? entry.size : 0;
    if (count >= limit || (bytes > maxBytes && count > 0)) return;
    count++;
    yield [key, entry];
  }
}
