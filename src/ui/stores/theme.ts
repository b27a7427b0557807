import { createStore, type StoreApi } from 'zustand/vanilla';
import { loadSetting, saveSetting } from './persisted.ts';

export const THEME_CHOICES = ['system', 'night', 'day'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];

export interface Theme {
  choice: ThemeChoice;
  /** What is shown: the choice, or what the system prefers. */
  shown: 'night' | 'day';
}

export type ThemeStore = StoreApi<Theme>;

/** Follows the system until told otherwise, and writes `data-theme` on the root element. */
export function createTheme(): ThemeStore {
  const light = matchMedia('(prefers-color-scheme: light)');
  const resolve = (choice: ThemeChoice): Theme => ({
    choice, shown: choice === 'system' ? (light.matches ? 'day' : 'night') : choice,
  });
  const initial = loadSetting<ThemeChoice>('theme', 'system', (value) => THEME_CHOICES.find((name) => name === value));
  const store = createStore<Theme>(() => resolve(initial));
  const show = (): void => void (document.documentElement.dataset['theme'] = store.getState().shown);
  store.subscribe(show);
  light.addEventListener('change', () => store.setState(resolve(store.getState().choice)));
  show();
  return store;
}

export function chooseTheme(store: ThemeStore, choice: ThemeChoice): void {
  const light = matchMedia('(prefers-color-scheme: light)').matches;
  store.setState({ choice, shown: choice === 'system' ? (light ? 'day' : 'night') : choice });
  saveSetting('theme', choice);
}
