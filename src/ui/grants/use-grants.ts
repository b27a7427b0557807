import { useCallback, useEffect, useState } from 'react';
import type { ManifestProblem, ProcessGrants } from '../../shared/abi/index.ts';
import { useApp } from '../app/index.ts';

const REFRESH_MS = 1000;

export interface Policy {
  rules: number;
  problems: readonly ManifestProblem[];
}

export interface GrantsState {
  processes: readonly ProcessGrants[] | null;
  policy: Policy | null;
  error: string | null;
  refresh: () => Promise<void>;
}

/** Who may do what, and the policy's state: read every second while it is shown, and at once after `refresh`. */
export function useGrants(): GrantsState {
  const app = useApp();
  const [state, setState] = useState<Omit<GrantsState, 'refresh'>>({ processes: null, policy: null, error: null });
  const refresh = useCallback(async (): Promise<void> => {
    const { api } = app.client;
    try {
      const [processes, policy] = await Promise.all([api.grantList(), api.policyState()]);
      setState({ processes, policy, error: null });
    } catch (error) {
      setState((before) => ({ ...before, error: error instanceof Error ? error.message : String(error) }));
    }
  }, [app]);
  useEffect(() => {
    const again = (): void => void refresh();
    again();
    const timer = setInterval(again, REFRESH_MS);
    const ended = app.processes.subscribe(again);
    const answered = app.approvals.store.subscribe(again);
    return () => {
      clearInterval(timer);
      ended();
      answered();
    };
  }, [app, refresh]);
  return { ...state, refresh };
}
