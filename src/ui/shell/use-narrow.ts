import { useSyncExternalStore } from 'react';

const query = matchMedia('(max-width: 759px), (max-height: 479px)');

function subscribe(listener: () => void): () => void {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

export const isNarrow = (): boolean => query.matches;

/** Whether the window shows one pane at a time. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, isNarrow);
}
