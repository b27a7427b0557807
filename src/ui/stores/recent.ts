import { createStore, type StoreApi } from 'zustand/vanilla';
import { loadSetting, saveSetting } from './persisted.ts';

/** What was used last, the newest first. */
export interface Recent {
  /** Ids of commands. */
  commands: readonly string[];
  /** Paths of files. */
  files: readonly string[];
}

export type RecentStore = StoreApi<Recent>;

export const COMMANDS_MAX = 8;
export const FILES_MAX = 12;
const TEXT_MAX = 4096;

const first = (list: readonly string[], item: string, count: number): string[] => [item, ...list.filter((other) => other !== item)].slice(0, count);

export function noteCommand(store: RecentStore, id: string): void {
  store.setState(({ commands }) => ({ commands: first(commands, id, COMMANDS_MAX) }));
}

export function noteFile(store: RecentStore, path: string): void {
  store.setState(({ files }) => ({ files: first(files, path, FILES_MAX) }));
}

export function acceptRecent(value: unknown): Recent {
  const found = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<keyof Recent, unknown>>;
  const texts = (list: unknown, count: number, begin: string): string[] =>
    [...new Set((Array.isArray(list) ? list : []).filter((item): item is string => typeof item === 'string' && item.startsWith(begin) && item.length <= TEXT_MAX))].slice(0, count);
  return { commands: texts(found.commands, COMMANDS_MAX, ''), files: texts(found.files, FILES_MAX, '/') };
}

export function createRecent(): RecentStore {
  const store = createStore<Recent>(() => loadSetting('recent', { commands: [], files: [] }, acceptRecent));
  store.subscribe((recent) => saveSetting('recent', recent));
  return store;
}
