import { createStore, type StoreApi } from 'zustand/vanilla';
import { parseDiff } from './diff-spec.ts';
import { loadSetting, saveSetting } from './persisted.ts';

/** A tab of the centre: `welcome`, one of the fixed ones (`processes`, `grants`, …), `file:<path>` or `diff:<what is compared>`. */
export type TabId = string;

export interface Tabs {
  /** Paths of the open files, in the order of the tabs. */
  files: readonly string[];
  /** Tabs of open comparisons (`diffTab`). */
  diffs: readonly TabId[];
  active: TabId;
}

export type TabsStore = StoreApi<Tabs>;

export const WELCOME: TabId = 'welcome';
export const MAP: TabId = 'map';
export const PROCESSES: TabId = 'processes';
export const TRACE: TabId = 'trace';
export const TIMELINE: TabId = 'timeline';
export const LAYERS: TabId = 'layers';
export const BUS: TabId = 'bus';
export const GRANTS: TabId = 'grants';
export const AUDIT: TabId = 'audit';
const FIXED: readonly TabId[] = [PROCESSES, TIMELINE, LAYERS, BUS, GRANTS, AUDIT];
/** Comparisons that stay open; the oldest is closed for a further one. */
const DIFFS_MAX = 8;

export const fileTab = (path: string): TabId => `file:${path}`;

/** Those that the user opened, in the order of the tabs. */
const openedIds = (tabs: Tabs): TabId[] => [...tabs.files.map(fileTab), ...tabs.diffs];

/** All tabs as they are shown: the welcome tab only where nothing is open. */
export function tabIds(tabs: Tabs): TabId[] {
  const opened = openedIds(tabs);
  return [...(opened.length === 0 ? [WELCOME] : []), ...opened, ...FIXED];
}

export function openFileTab(tabs: Tabs, path: string): Tabs {
  return { ...tabs, files: tabs.files.includes(path) ? tabs.files : [...tabs.files, path], active: fileTab(path) };
}

export function openDiffTab(tabs: Tabs, id: TabId): Tabs {
  return { ...tabs, diffs: tabs.diffs.includes(id) ? tabs.diffs : [...tabs.diffs, id].slice(-DIFFS_MAX), active: id };
}

/** Closing the active tab shows its right neighbour, else its left one, else the welcome tab. */
export function closeTab(tabs: Tabs, id: TabId): Tabs {
  const opened = openedIds(tabs);
  const at = opened.indexOf(id);
  if (at < 0) return tabs;
  const left = { files: tabs.files.filter((path) => fileTab(path) !== id), diffs: tabs.diffs.filter((other) => other !== id) };
  if (tabs.active !== id) return { ...left, active: tabs.active };
  return { ...left, active: opened[at + 1] ?? opened[at - 1] ?? WELCOME };
}

export const closeFileTab = (tabs: Tabs, path: string): Tabs => closeTab(tabs, fileTab(path));

/** Follows a rename of a file, or of a directory above it. */
export function renameTabs(tabs: Tabs, from: string, to: string): Tabs {
  const moved = (path: string): string => (path === from ? to : path.startsWith(`${from}/`) ? to + path.slice(from.length) : path);
  const active = tabs.active.startsWith('file:') ? fileTab(moved(tabs.active.slice(5))) : tabs.active;
  return { ...tabs, files: [...new Set(tabs.files.map(moved))], active };
}

export function acceptTabs(value: unknown): Tabs | undefined {
  const found = value as Partial<Record<keyof Tabs, unknown>> | null;
  if (!found || !Array.isArray(found.files)) return undefined;
  const files = found.files.filter((path): path is string => typeof path === 'string' && path.startsWith('/')).slice(0, 50);
  const diffs = (Array.isArray(found.diffs) ? found.diffs : []).filter((id): id is string => typeof id === 'string' && parseDiff(id) !== null).slice(-DIFFS_MAX);
  const tabs = { files, diffs, active: typeof found.active === 'string' ? found.active : WELCOME };
  return tabIds(tabs).includes(tabs.active) ? tabs : { ...tabs, active: tabIds(tabs)[0] ?? WELCOME };
}

export function createTabs(): TabsStore {
  const store = createStore<Tabs>(() => loadSetting('tabs', { files: [], diffs: [], active: WELCOME }, acceptTabs));
  store.subscribe((tabs) => saveSetting('tabs', tabs));
  return store;
}
