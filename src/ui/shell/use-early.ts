import { useEffect } from 'react';

/** Fetches code that will be wanted at a key, when the page has nothing else to do; without it the first letters typed would be lost. */
export function useEarly(load: () => Promise<unknown>): void {
  useEffect(() => {
    const fetch = (): void => void load().catch(() => undefined);
    if (!('requestIdleCallback' in window)) {
      const timer = setTimeout(fetch, 1000);
      return () => clearTimeout(timer);
    }
    const idle = requestIdleCallback(fetch, { timeout: 3000 });
    return () => cancelIdleCallback(idle);
  }, [load]);
}
