import { useCallback, useEffect, useState } from 'react';
import type { SizeReport, SizesBy } from '../../shared/abi/index.ts';
import { useApp } from '../app/index.ts';

/** Milliseconds after a change, at least; a slow answer makes the next one wait four times as long. */
const PAUSE_MS = 2000;
const SHARE = 4;

export interface Sizes {
  report: SizeReport | null;
  error: string | null;
  busy: boolean;
  refresh: () => void;
}

/** Sizes below a directory, counted again while files change. */
export function useSizes(path: string, by: SizesBy): Sizes {
  const app = useApp();
  const [answer, setAnswer] = useState<{ report: SizeReport | null; error: string | null; of: string }>({ report: null, error: null, of: '' });
  const [asked, setAsked] = useState(0);
  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  const of = `${asked} ${by} ${path}`;
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let changed = false;
    let took = Infinity;
    const began = performance.now();
    const later = (): void => {
      changed = true;
      if (took < Infinity) timer ??= setTimeout(refresh, Math.max(PAUSE_MS, SHARE * took));
    };
    const end = app.page.bus.subscribe('fs.changed.>', later);
    app.client.api.mapSizes(path, by).then((report) => ({ report, error: null }), (error: unknown) => ({ report: null, error: error instanceof Error ? error.message : String(error) })).then((next) => {
      if (gone) return;
      took = performance.now() - began;
      setAnswer({ ...next, of });
      if (changed) later();
    });
    return () => {
      gone = true;
      clearTimeout(timer);
      end();
    };
  }, [app, path, by, of, refresh]);
  return { report: answer.report, error: answer.error, busy: answer.of !== of, refresh };
}
