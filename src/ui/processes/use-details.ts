import { useEffect, useState } from 'react';
import type { ProcessDetails, ProcessGrants } from '../../shared/abi/index.ts';
import { useApp } from '../app/index.ts';

export interface Details extends ProcessDetails {
  grants: ProcessGrants | null;
}

/** What the kernel says of one process, anew with each `now`; what was last known stays when it has ended. */
export function useDetails(pid: number, now: number): { details: Details | null; error: string | null } {
  const app = useApp();
  const [state, setState] = useState<{ pid: number; details: Details | null; error: string | null }>({ pid, details: null, error: null });
  useEffect(() => {
    let gone = false;
    const { api } = app.client;
    Promise.all([api.processDetails(pid), api.grantList()]).then(
      ([details, grants]) => ({ pid, details: { ...details, grants: grants.find((each) => each.pid === pid) ?? null }, error: null }),
      (error: unknown) => ({ pid, error: error instanceof Error ? error.message : String(error) }),
    ).then((next) => {
      if (!gone) setState((before) => ({ details: before.pid === pid ? before.details : null, ...next }));
    });
    return () => {
      gone = true;
    };
  }, [app, pid, now]);
  return state.pid === pid ? state : { details: null, error: null };
}
