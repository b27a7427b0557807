import type { TraceFilter } from '../../shared/abi/index.ts';
import type { Chunk } from './chunk.ts';

/** Filters whose counts are remembered for a run. */
const FILTERS = 4;

/** Counts of matches in chunks, which do not change. */
export class Counts {
  readonly #byFilter = new Map<string, WeakMap<Chunk, number>>();

  of(filter: TraceFilter): WeakMap<Chunk, number> {
    const key = JSON.stringify(filter);
    const counts = this.#byFilter.get(key) ?? new WeakMap<Chunk, number>();
    this.#byFilter.delete(key);
    this.#byFilter.set(key, counts);
    if (this.#byFilter.size > FILTERS) this.#byFilter.delete(this.#byFilter.keys().next().value!);
    return counts;
  }
}
