import type { ProcessInfo } from '../../shared/abi/index.ts';
import type { Rates } from './samples.ts';

export interface ProcessRow {
  process: ProcessInfo;
  /** From 0; always 0 where the list is sorted by a column. */
  level: number;
  /** Place among its siblings from 1, and how many they are. */
  place: number;
  siblings: number;
  /** Null: nobody below it is listed. */
  open: boolean | null;
}

/** What rows can be sorted by; `tree`: children below their parents, the oldest first. */
export type SortKey = 'tree' | 'cpu' | 'memory' | 'calls' | 'read' | 'written' | 'files' | 'time';

export interface ListOptions {
  sort: SortKey;
  /** Words that name, arguments or number must have. */
  filter: string;
  ended: boolean;
  closed: ReadonlySet<number>;
  rates: (pid: number) => Rates | null;
  now: number;
}

/** The rows of the pane. A filter keeps the parents of what it finds. */
export function processRows(list: readonly ProcessInfo[], options: ListOptions): ProcessRow[] {
  const shown = list.filter((process) => options.ended || !process.exit);
  const found = shown.filter((process) => matches(process, options.filter));
  if (options.sort === 'tree') return treeRows(withParents(shown, found), options);
  const value = (process: ProcessInfo): number => measure(process, options);
  return found.toSorted((a, b) => Number(Boolean(a.exit)) - Number(Boolean(b.exit)) || value(b) - value(a) || a.pid - b.pid)
    .map((process, at) => ({ process, level: 0, place: at + 1, siblings: found.length, open: null }));
}

export function matches({ pid, name, args }: ProcessInfo, filter: string): boolean {
  const text = `${pid} ${name} ${args.join(' ')}`.toLowerCase();
  return filter.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function withParents(shown: readonly ProcessInfo[], found: readonly ProcessInfo[]): ProcessInfo[] {
  if (found.length === shown.length) return [...shown];
  const byPid = new Map(shown.map((process) => [process.pid, process]));
  const kept = new Set<ProcessInfo>();
  for (let process of found) {
    while (process && !kept.has(process)) {
      kept.add(process);
      process = byPid.get(process.ppid)!;
    }
  }
  return shown.filter((process) => kept.has(process));
}

/** Those that run before those that have ended, each with what it started below it. */
function treeRows(list: readonly ProcessInfo[], { closed }: ListOptions): ProcessRow[] {
  const pids = new Set(list.map(({ pid }) => pid));
  const children = new Map<number, ProcessInfo[]>();
  for (const process of list) {
    const parent = pids.has(process.ppid) && process.ppid !== process.pid ? process.ppid : 0;
    children.set(parent, [...(children.get(parent) ?? []), process]);
  }
  const rows: ProcessRow[] = [];
  const add = (parent: number, level: number): void => {
    const siblings = (children.get(parent) ?? []).toSorted((a, b) => Number(Boolean(a.exit)) - Number(Boolean(b.exit)) || (a.exit ? b.pid - a.pid : a.pid - b.pid));
    for (const [at, process] of siblings.entries()) {
      const open = children.has(process.pid) ? !closed.has(process.pid) : null;
      rows.push({ process, level, place: at + 1, siblings: siblings.length, open });
      if (open) add(process.pid, level + 1);
    }
  };
  add(0, 0);
  return rows;
}

function measure(process: ProcessInfo, { sort, rates, now }: ListOptions): number {
  const rate = rates(process.pid);
  switch (sort) {
    case 'cpu': return rate?.cpu ?? -1;
    case 'calls': return rate?.calls ?? -1;
    case 'read': return rate?.read ?? -1;
    case 'written': return rate?.written ?? -1;
    case 'memory': return process.memory ?? -1;
    case 'files': return process.openFiles;
    default: return process.exit ? process.exit.duration : now - process.started;
  }
}
