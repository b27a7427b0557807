import { useEffect, useState } from 'react';
import type { RunPlan } from '../../shared/abi/index.ts';
import { useApp } from '../app/index.ts';

/** What a module would get. `null`: it is being asked for; a string: why that failed. */
export type Planned = RunPlan | string | null;

/** Typed text is looked at when it rests for this long, in ms. */
const REST_MS = 250;

/** Asks the kernel what a module would get, with this manifest's text, else with one that it finds. */
export function usePlan(module: Uint8Array | string | null, manifest: string | null): Planned {
  const app = useApp();
  const [planned, setPlanned] = useState<{ manifest: string | null; result: Planned }>({ manifest, result: null });
  useEffect(() => {
    if (module === null) return undefined;
    let gone = false;
    const timer = setTimeout(() => {
      app.client.api.planRun(module, ...(manifest === null ? [] : [manifest])).catch((error: unknown) => (error instanceof Error ? error.message : String(error))).then((result) => {
        if (!gone) setPlanned({ manifest, result });
      });
    }, manifest === null ? 0 : REST_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [app, module, manifest]);
  // What is known of another text is not what this one says.
  return planned.manifest === manifest ? planned.result : null;
}
