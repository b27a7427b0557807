import { useEffect } from 'react';

/** Milliseconds after the window was drawn in which nothing is fetched: the first programs come first. */
const WAIT_MS = 4000;

/**
 * Fetches code that may be wanted next, a chunk at a time whenever the page has nothing to do, so that a pane opens at once also the first time.
 * Not where the user asked the browser to save data.
 */
export function useIdleCode(loads: readonly (() => Promise<unknown>)[]): void {
  useEffect(() => {
    const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
    if (connection?.saveData || !('requestIdleCallback' in window)) return undefined;
    let idle = 0;
    const next = (at: number): void => {
      const load = loads[at];
      if (load) idle = requestIdleCallback(() => void load().then(() => next(at + 1), () => undefined));
    };
    const timer = setTimeout(() => next(0), WAIT_MS);
    return () => {
      clearTimeout(timer);
      cancelIdleCallback(idle);
    };
  }, [loads]);
}
