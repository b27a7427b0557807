import { useSyncExternalStore } from 'react';

const narrow = globalThis.matchMedia?.('(max-width: 759px), (max-height: 479px)');

function subscribe(listener: () => void): () => void {
  narrow?.addEventListener('change', listener);
  return () => narrow?.removeEventListener('change', listener);
}

/** Height of a row in px: `dense` with a mouse, as high as a finger needs on a phone. */
export const useRowHeight = (dense: number): number => (useSyncExternalStore(subscribe, () => narrow?.matches ?? false) ? 36 : dense);
