import { useCallback, useEffect, useState } from 'react';
import type { LayerInfo } from '../../shared/abi/index.ts';
import { useApp } from '../app/index.ts';

const PAUSE_MS = 600;

/** The layers, read again while files change; a text where they cannot be read, null until they are. */
export function useLayers(): { layers: LayerInfo[] | string | null; reload: () => void } {
  const app = useApp();
  const [layers, setLayers] = useState<LayerInfo[] | string | null>(null);
  const [asked, setAsked] = useState(0);
  const reload = useCallback(() => setAsked((count) => count + 1), []);
  useEffect(() => {
    let gone = false;
    app.client.api.layerList().catch((error: unknown) => (error instanceof Error ? error.message : String(error))).then((next) => {
      if (!gone) setLayers(next);
    });
    return () => {
      gone = true;
    };
  }, [app, asked]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        reload();
      }, PAUSE_MS);
    };
    const ends = ['fs.changed.>', 'workspace.changed', 'proc.>'].map((pattern) => app.page.bus.subscribe(pattern, soon));
    return () => {
      clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [app, reload]);
  return { layers, reload };
}
