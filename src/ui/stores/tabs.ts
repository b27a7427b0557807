import { createStore, type StoreApi } from 'zustand/vanilla';
import { parseDiff } from './diff-spec.ts';
import { acceptDockLayout, groupsOf, type DockLayout } from './dock-layout.ts';
import { loadSetting, saveSetting } from './persisted.ts';
import type { TabId } from './tab-id.ts';

export interface Tabs {
  /** All that are open, each once; where they are is the dock's. */
  open: readonly TabId[];
  /** The one that was used last, `''` where none is open. */
  active: TabId;
  /** The one that the next one to be looked at takes the place of. */
  preview: TabId | null;
  /** Files whose text was changed and not saved, as the drafts say. */
  unsaved: readonly TabId[];
  /** Those that were closed, the last one at the end. */
  closed: readonly TabId[];
  /** Null: all in one group. */
  layout: DockLayout | null;
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
/** The panes that are there once, in the order in which a first visit shows them. */
export const FIXED: readonly TabId[] = [WELCOME, MAP, PROCESSES, TRACE, TIMELINE, LAYERS, BUS, GRANTS, AUDIT];
/** Files and comparisons that stay open; of more, the one that was opened first is closed. */
const OPENED_MAX = 50;
const CLOSED_MAX = 20;
const VERSION = 2;

export const NO_TAB: TabId = '';

export const DEFAULT_TABS: Tabs = { open: FIXED, active: WELCOME, preview: null, unsaved: [], closed: [], layout: null };

export const fileTab = (path: string): TabId => `file:${path}`;

/** Path of the file that a tab shows, null where it is none. */
export const pathOfTab = (id: TabId): string | null => (id.startsWith('file:') ? id.slice(5) : null);

const isFixed = (id: TabId): boolean => FIXED.includes(id);

/** How a tab is opened: to `look` at, until the next one is looked at, or to `keep`. */
export type OpenAs = 'look' | 'keep';

/** Shows a tab, opening it where it is not. One that is looked at takes the place of the one before. */
export function openTab(tabs: Tabs, id: TabId, as: OpenAs = 'keep'): Tabs {
  if (tabs.open.includes(id)) return { ...tabs, active: id, preview: as === 'keep' && tabs.preview === id ? null : tabs.preview };
  const closed = tabs.closed.filter((other) => other !== id);
  if (as === 'keep') return bounded({ ...tabs, open: [...tabs.open, id], active: id, closed });
  const left = tabs.open.filter((other) => other !== tabs.preview);
  return bounded({ ...tabs, open: [...left, id], active: id, preview: id, closed });
}

function bounded(tabs: Tabs): Tabs {
  const opened = tabs.open.filter((id) => !isFixed(id));
  const victim = opened.length > OPENED_MAX ? opened.find((id) => id !== tabs.active && !tabs.unsaved.includes(id)) : undefined;
  return victim === undefined ? tabs : closeTab(tabs, victim);
}

export const openFileTab = (tabs: Tabs, path: string, as: OpenAs = 'look'): Tabs => openTab(tabs, fileTab(path), as);

/** A tab that was only looked at stays. */
export const keepTab = (tabs: Tabs, id: TabId): Tabs => (tabs.preview === id ? { ...tabs, preview: null } : tabs);

/** Says which files have text that is not saved. Such a tab is not only looked at. */
export function markUnsaved(tabs: Tabs, paths: Iterable<string>): Tabs {
  const unsaved = Array.from(paths, fileTab);
  return { ...tabs, unsaved, preview: tabs.preview !== null && unsaved.includes(tabs.preview) ? null : tabs.preview };
}

/** Closing the active tab shows the next one of its group, else the one before it, else another group's. */
export function closeTab(tabs: Tabs, id: TabId): Tabs {
  if (!tabs.open.includes(id)) return tabs;
  const open = tabs.open.filter((other) => other !== id);
  return {
    ...tabs, open,
    active: tabs.active === id ? neighbour(tabs, id) : tabs.active,
    preview: tabs.preview === id ? null : tabs.preview,
    closed: [...tabs.closed.filter((other) => other !== id), id].slice(-CLOSED_MAX),
  };
}

function neighbour({ open, layout }: Tabs, id: TabId): TabId {
  const groups = groupsOf(layout);
  const group = groups.find(({ tabs }) => tabs.includes(id))?.tabs ?? open;
  const at = group.indexOf(id);
  const near = [...group.slice(at + 1), ...group.slice(0, at).toReversed(), ...groups.map(({ active }) => active), ...open];
  return near.find((other) => other !== id && open.includes(other)) ?? NO_TAB;
}

export const closeFileTab = (tabs: Tabs, path: string): Tabs => closeTab(tabs, fileTab(path));

/** Opens again what was closed last. */
export function reopenTab(tabs: Tabs): Tabs {
  const last = tabs.closed.at(-1);
  return last === undefined ? tabs : openTab(tabs, last);
}

/** Follows a rename of a file, or of a directory above it. */
export function renameTabs(tabs: Tabs, from: string, to: string): Tabs {
  const moved = (id: TabId): TabId => {
    const path = pathOfTab(id);
    if (path === from) return fileTab(to);
    return path?.startsWith(`${from}/`) ? fileTab(to + path.slice(from.length)) : id;
  };
  const all = (ids: readonly TabId[]): TabId[] => [...new Set(ids.map(moved))];
  return { ...tabs, open: all(tabs.open), active: moved(tabs.active), preview: tabs.preview && moved(tabs.preview), closed: all(tabs.closed), layout: tabs.layout && renamed(tabs.layout, moved) };
}

function renamed({ direction, root }: DockLayout, moved: (id: TabId) => TabId): DockLayout {
  const each = (node: DockLayout['root']): DockLayout['root'] => ({
    ...node, children: node.children.map((child) => ('tabs' in child ? { ...child, tabs: child.tabs.map(moved), active: moved(child.active) } : each(child))),
  });
  return { direction, root: each(root) };
}

/** The panes of a first visit in one group; files and comparisons stay open, behind them. */
export function resetTabs(tabs: Tabs): Tabs {
  const opened = tabs.open.filter((id) => !isFixed(id));
  return { ...tabs, open: [...FIXED, ...opened], active: tabs.active === NO_TAB ? WELCOME : tabs.active, layout: null };
}

const PATH_MAX = 4096;

function isTab(id: unknown): id is TabId {
  if (typeof id !== 'string') return false;
  return isFixed(id) || (id.startsWith('file:/') && id.length <= PATH_MAX) || parseDiff(id) !== null;
}

/** Takes what `localStorage` holds, also of the version before; nothing of it is believed. */
export function acceptTabs(value: unknown): Tabs | undefined {
  const found = value as Partial<Record<keyof Tabs | 'version' | 'files' | 'diffs', unknown>> | null;
  if (typeof found !== 'object' || found === null) return undefined;
  const listed = found.version === VERSION ? found.open : [...FIXED, ...before(found.files, 'file:'), ...before(found.diffs, '')];
  if (!Array.isArray(listed)) return undefined;
  const valid = [...new Set(listed.filter(isTab))];
  const opened = new Set(valid.filter((id) => !isFixed(id)).slice(-OPENED_MAX));
  const open = valid.filter((id) => isFixed(id) || opened.has(id));
  const layout = acceptDockLayout(found.layout, open) ?? null;
  return {
    ...DEFAULT_TABS, open, layout,
    active: open.find((id) => id === found.active) ?? groupsOf(layout)[0]?.active ?? open[0] ?? NO_TAB,
    preview: open.find((id) => id === found.preview && !isFixed(id)) ?? null,
  };
}

const before = (list: unknown, prefix: string): string[] => (Array.isArray(list) ? list.flatMap((name) => (typeof name === 'string' ? prefix + name : [])) : []);

export function createTabs(): TabsStore {
  const store = createStore<Tabs>(() => loadSetting('tabs', DEFAULT_TABS, acceptTabs));
  store.subscribe(({ open, active, preview, layout }) => saveSetting('tabs', { version: VERSION, open, active, preview, layout }));
  return store;
}
