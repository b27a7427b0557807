import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ExitStatus } from '../../shared/abi/index.ts';

export interface MenuItem {
  label: string;
  /** Shown at the right end. */
  keys?: string;
  run: () => void;
  danger?: boolean;
  /** Draws a line above. */
  separated?: boolean;
}

export interface Confirmation {
  title: string;
  detail: string;
  /** The label of the button that goes on. */
  confirm: string;
  run: () => void;
}

export interface RunCard {
  pid: number;
  name: string;
  status: ExitStatus;
}

/** What lies over the panes. Each field is null or false while it is not shown. */
export interface Overlay {
  palette: boolean;
  shortcuts: boolean;
  confirmation: Confirmation | null;
  /** The dropped module that waits for a decision. */
  dropped: File | null;
  menu: { x: number; y: number; label: string; items: MenuItem[] } | null;
  runCard: RunCard | null;
  /** Files are being dragged over the window. */
  dragging: boolean;
  /** Search bar of the terminal pane. */
  terminalSearch: boolean;
  screenReader: boolean;
}

export type OverlayStore = StoreApi<Overlay>;

export function createOverlay(screenReader: boolean): OverlayStore {
  return createStore<Overlay>(() => ({
    palette: false, shortcuts: false, confirmation: null, dropped: null, menu: null, runCard: null, dragging: false,
    terminalSearch: false, screenReader,
  }));
}
