import { createStore, type StoreApi } from 'zustand/vanilla';
import { loadSetting, saveSetting } from './persisted.ts';

export const TOUR_STEPS = ['drop', 'run', 'see', 'undo'] as const;
export type TourStep = (typeof TOUR_STEPS)[number] | 'end';

export interface Tour {
  /** Null while it is not taken. */
  step: TourStep | null;
  /** It was taken or declined once, and is not offered again. */
  seen: boolean;
}

export type TourStore = StoreApi<Tour>;

/** What goes on in the window that the tour follows. */
export interface TourFacts {
  /** The last program that ended has changed something. */
  changed: boolean;
  /** What it changed is being looked at. */
  looked: boolean;
  /** It was undone. */
  undone: boolean;
}

export function createTour(): TourStore {
  const store = createStore<Tour>(() => ({ step: null, seen: loadSetting('tour', false, (value) => value === true) }));
  store.subscribe(({ seen }) => saveSetting('tour', seen));
  return store;
}

export const beginTour = (store: TourStore): void => store.setState({ step: 'drop', seen: true });

export const endTour = (store: TourStore): void => store.setState({ step: null, seen: true });

/** The step before or after; after the last one there is a word at the end, and then nothing. */
export function turnTour(store: TourStore, by: 1 | -1): void {
  store.setState(({ step }) => {
    const all: readonly TourStep[] = [...TOUR_STEPS, 'end'];
    return step === null ? {} : { step: all[Math.max(0, all.indexOf(step) + by)] ?? null };
  });
}

/** Goes on by itself where the user has done what a step is about, in whatever way. */
export function followTour(step: TourStep | null, { changed, looked, undone }: TourFacts): TourStep | null {
  if ((step === 'drop' || step === 'run') && changed) return 'see';
  if (step === 'see' && changed && (looked || undone)) return undone ? 'end' : 'undo';
  return step === 'undo' && undone ? 'end' : step;
}
