import { createStore, useStore } from 'zustand';
import { loadSetting, saveSetting } from '../../stores/index.ts';

/** How all text editors show their texts. */
export interface EditorOptions {
  wrap: boolean;
  /** Columns of a tab. */
  tab: number;
}

export const TAB_WIDTHS = [2, 4, 8] as const;

function accept(value: unknown): EditorOptions | undefined {
  const found = value as Partial<EditorOptions> | null;
  const tab = TAB_WIDTHS.find((width) => width === found?.tab);
  return tab !== undefined && typeof found?.wrap === 'boolean' ? { wrap: found.wrap, tab } : undefined;
}

const first = (): EditorOptions => ({ wrap: matchMedia('(max-width: 759px), (max-height: 479px)').matches, tab: 4 });
const store = createStore<EditorOptions>(() => loadSetting('editor', first(), accept));
store.subscribe((options) => saveSetting('editor', options));

export function useEditorOptions(): EditorOptions {
  return useStore(store);
}

export function setEditorOptions(change: Partial<EditorOptions>): void {
  store.setState(change);
}

export const toggleWrap = (): void => store.setState(({ wrap }) => ({ wrap: !wrap }));
