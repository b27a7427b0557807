import { createStore, type StoreApi } from 'zustand/vanilla';
import { loadSetting, saveSetting } from './persisted.ts';

export const SHEETS = ['files', 'view', 'terminal', 'processes', 'more'] as const;
/** The one pane that a narrow window shows. */
export type Sheet = (typeof SHEETS)[number];

export interface Layout {
  /** Width of the explorer in px. */
  left: number;
  /** Height of the terminal pane in px. */
  bottom: number;
  leftOpen: boolean;
  bottomOpen: boolean;
  sheet: Sheet;
}

export type LayoutStore = StoreApi<Layout>;

export const LAYOUT_LIMITS = { left: { min: 180, max: 720 }, bottom: { min: 96, max: 900 } } as const;
export const DEFAULT_LAYOUT: Layout = { left: 296, bottom: 260, leftOpen: true, bottomOpen: true, sheet: 'view' };

export function clampPane(pane: 'left' | 'bottom', size: number): number {
  const { min, max } = LAYOUT_LIMITS[pane];
  return Math.round(Math.min(max, Math.max(min, size)));
}

/** Accepts what `localStorage` holds; anything odd falls back field by field. */
export function acceptLayout(value: unknown): Layout {
  const found = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<keyof Layout, unknown>>;
  const sheet = SHEETS.find((name) => name === found.sheet);
  return {
    left: typeof found.left === 'number' ? clampPane('left', found.left) : DEFAULT_LAYOUT.left,
    bottom: typeof found.bottom === 'number' ? clampPane('bottom', found.bottom) : DEFAULT_LAYOUT.bottom,
    leftOpen: found.leftOpen !== false,
    bottomOpen: found.bottomOpen !== false,
    sheet: sheet ?? DEFAULT_LAYOUT.sheet,
  };
}

export function createLayout(): LayoutStore {
  const store = createStore<Layout>(() => loadSetting('layout', DEFAULT_LAYOUT, acceptLayout));
  store.subscribe((layout) => saveSetting('layout', layout));
  return store;
}
