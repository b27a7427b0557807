import { useEffect, useRef, useState } from 'react';
import type { FolderProgress } from '../../shared/abi/index.ts';
import type { FolderWork } from '../client/index.ts';

export interface Work {
  running: boolean;
  progress: FolderProgress | null;
  error: string | null;
  /** Undefined where it failed or was cancelled. */
  start<T>(work: (how: FolderWork) => Promise<T>): Promise<T | undefined>;
  cancel(): void;
}

/** One piece of work with progress, which ends with the component that shows it. */
export function useWork(): Work {
  const [state, setState] = useState<Pick<Work, 'running' | 'progress' | 'error'>>({ running: false, progress: null, error: null });
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  return {
    ...state,
    cancel: () => stop.current?.abort(),
    async start(work) {
      const controller = stop.current = new AbortController();
      setState({ running: true, progress: null, error: null });
      try {
        const result = await work({ signal: controller.signal, onProgress: (progress) => setState((now) => (now.running ? { ...now, progress } : now)) });
        setState({ running: false, progress: null, error: null });
        return result;
      } catch (error) {
        setState({ running: false, progress: null, error: controller.signal.aborted ? null : error instanceof Error ? error.message : String(error) });
        return undefined;
      }
    },
  };
}
