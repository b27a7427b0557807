import { createStore, type StoreApi } from 'zustand/vanilla';

export type DockSide = 'right' | 'below';

/** What can be done to the groups of the centre while they are shown. */
export interface DockControl {
  /** Puts the active tab into a new group beside. */
  split(side: DockSide): void;
  /** Puts the active tab into the next or previous group. */
  moveToGroup(step: 1 | -1): void;
  /** Takes the keyboard to the next or previous group. */
  turnGroup(step: 1 | -1): void;
  /** Shows the next or previous tab of the active group. */
  turnTab(step: 1 | -1): void;
  /** Moves the active tab within its group. */
  shiftTab(step: 1 | -1): void;
  /** Makes the active group larger or smaller, by a step of 48 px. */
  resize(step: 1 | -1): void;
  /** Takes the keyboard to the active tab. */
  focusTab(): void;
}

export interface DockState {
  /** Null in a narrow window, and until the dock's code is there. */
  control: DockControl | null;
  groups: number;
  /** Only the active group is shown, over all of the window. */
  maximised: boolean;
}

export type DockStore = StoreApi<DockState>;

export const createDock = (): DockStore => createStore<DockState>(() => ({ control: null, groups: 1, maximised: false }));
