import { createStore, type StoreApi } from 'zustand/vanilla';
import { loadSetting, saveSetting } from './persisted.ts';

/** A tab of the centre: `welcome`, `processes`, or `file:<path>`. */
export type TabId = string;

export interface Tabs {
  /** Paths of the open files, in the order of the tabs. */
  files: readonly string[];
  active: TabId;
}

export type TabsStore = StoreApi<Tabs>;

export const WELCOME: TabId = 'welcome';
export const PROCESSES: TabId = 'processes';
export const fileTab = (path: string): TabId => `file:${path}`;

/** All tabs as they are shown: the welcome tab only where no file is open. */
export function tabIds(tabs: Tabs): TabId[] {
  return [...(tabs.files.length === 0 ? [WELCOME] : []), ...tabs.files.map(fileTab), PROCESSES];
}

export function openFileTab(tabs: Tabs, path: string): Tabs {
  return { files: tabs.files.includes(path) ? tabs.files : [...tabs.files, path], active: fileTab(path) };
}

/** Closing the active tab shows its right neighbour, else its left one, else the welcome tab. */
export function closeFileTab(tabs: Tabs, path: string): Tabs {
  const at = tabs.files.indexOf(path);
  if (at < 0) return tabs;
  const files = tabs.files.filter((other) => other !== path);
  if (tabs.active !== fileTab(path)) return { files, active: tabs.active === WELCOME && files.length > 0 ? PROCESSES : tabs.active };
  const next = files[at] ?? files[at - 1];
  return { files, active: next === undefined ? WELCOME : fileTab(next) };
}

/** Follows a rename of a file, or of a directory above it. */
export function renameTabs(tabs: Tabs, from: string, to: string): Tabs {
  const moved = (path: string): string => (path === from ? to : path.startsWith(`${from}/`) ? to + path.slice(from.length) : path);
  const active = tabs.active.startsWith('file:') ? fileTab(moved(tabs.active.slice(5))) : tabs.active;
  return { files: [...new Set(tabs.files.map(moved))], active };
}

export function acceptTabs(value: unknown): Tabs | undefined {
  const found = value as Partial<Record<keyof Tabs, unknown>> | null;
  if (!found || !Array.isArray(found.files)) return undefined;
  const files = found.files.filter((path): path is string => typeof path === 'string' && path.startsWith('/')).slice(0, 50);
  const tabs = { files, active: typeof found.active === 'string' ? found.active : WELCOME };
  return tabIds(tabs).includes(tabs.active) ? tabs : { files, active: tabIds(tabs)[0] ?? WELCOME };
}

export function createTabs(): TabsStore {
  const store = createStore<Tabs>(() => loadSetting('tabs', { files: [], active: WELCOME }, acceptTabs));
  store.subscribe((tabs) => saveSetting('tabs', tabs));
  return store;
}
