import { useEffect, useState } from 'react';
import { useApp } from '../app/index.ts';
import { refreshProcesses, type App } from '../stores/index.ts';
import { Samples } from './samples.ts';

const REFRESH_MS = 1000;

const kept = new WeakMap<App, Samples>();

/** One of each page: what was measured stays while another pane is looked at. */
export function samplesOf(app: App): Samples {
  let samples = kept.get(app);
  if (!samples) kept.set(app, (samples = new Samples()));
  return samples;
}

/** Asks the kernel every second while the pane is mounted and the page can be seen; yields the time of the last answer. */
export function useProcesses(): number {
  const app = useApp();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    let gone = false;
    const refresh = async (): Promise<void> => {
      if (document.hidden) return;
      await refreshProcesses(app);
      if (gone) return;
      samplesOf(app).take(app.processes.getState().list, Date.now());
      setNow(Date.now());
    };
    const again = (): void => void refresh().catch(() => undefined);
    again();
    const timer = setInterval(again, REFRESH_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [app]);
  return now;
}
