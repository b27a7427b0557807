import { createStore, type StoreApi } from 'zustand/vanilla';
import type { BusMessage, ExitStatus, ProcessInfo } from '../../shared/abi/index.ts';

export interface Processes {
  /** By pid, running ones and the last of those that ended. */
  list: readonly ProcessInfo[];
  /** The one that the pane shows in full. */
  selected: number | null;
}

export type ProcessesStore = StoreApi<Processes>;

/** Ended processes that stay listed. */
export const ENDED_MAX = 50;

export function createProcesses(): ProcessesStore {
  return createStore<Processes>(() => ({ list: [], selected: null }));
}

/** Takes a whole listing from the kernel, but keeps ended processes that the kernel has forgotten. */
export function mergeListing(list: readonly ProcessInfo[], listing: readonly ProcessInfo[]): ProcessInfo[] {
  const known = new Set(listing.map((process) => process.pid));
  const ended = list.filter((process) => !known.has(process.pid) && process.exit);
  return trimEnded([...ended, ...listing]);
}

/** Folds one message of `proc.>` into the list. */
export function foldProcessMessage(list: readonly ProcessInfo[], message: Pick<BusMessage, 'subject' | 'data'>): readonly ProcessInfo[] {
  const [, pidText, event] = message.subject.split('.');
  const pid = Number(pidText);
  if (event === 'spawn') return trimEnded([...list.filter((process) => process.pid !== pid), message.data as ProcessInfo]);
  if (event !== 'exit') return list;
  const exit = message.data as ExitStatus;
  return list.map((process) => (process.pid === pid ? { ...process, state: 'exited', exit } : process));
}

function trimEnded(list: ProcessInfo[]): ProcessInfo[] {
  const sorted = list.toSorted((a, b) => a.pid - b.pid);
  const surplus = sorted.filter((process) => process.exit).length - ENDED_MAX;
  if (surplus <= 0) return sorted;
  const gone = new Set(sorted.filter((process) => process.exit).slice(0, surplus).map((process) => process.pid));
  return sorted.filter((process) => !gone.has(process.pid));
}
