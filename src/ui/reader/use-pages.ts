import { useEffect, useState } from 'react';

/** Rows that are asked for at once, and pages that are kept. */
const PAGE = 100;
const PAGES_MAX = 64;

interface Pages<T> {
  source: unknown;
  pages: Map<number, T[] | null>;
}

/**
 * Rows of a list that lives elsewhere; those of `[start, end)` are fetched, and a few thousand are kept. `source`: another one forgets all, until then the
 * rows stay. Yields the row at an index, undefined while it is on its way.
 */
export function usePages<T>(source: unknown, load: (from: number, to: number) => Promise<T[]>, start: number, end: number): (index: number) => T | undefined {
  const [cache, setCache] = useState<Pages<T>>(() => ({ source, pages: new Map() }));
  if (cache.source !== source) setCache({ source, pages: new Map() });
  const [, redraw] = useState(0);
  const first = Math.floor(start / PAGE);
  const last = Math.ceil(end / PAGE);
  useEffect(() => {
    for (let page = first; page < last; page++) {
      if (cache.pages.has(page)) continue;
      cache.pages.set(page, null);
      load(page * PAGE, (page + 1) * PAGE).then((rows) => {
        cache.pages.set(page, rows);
        for (const old of cache.pages.keys()) {
          if (cache.pages.size <= PAGES_MAX) break;
          if (old < first || old >= last) cache.pages.delete(old);
        }
        redraw((count) => count + 1);
      }, () => cache.pages.delete(page));
    }
  }, [cache, load, first, last]);
  return (index) => cache.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
}
