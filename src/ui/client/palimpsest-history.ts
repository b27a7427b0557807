import type {
  BlameRange, DirEntry, HistoryCost, HistoryEntry, HistoryFilter, HistoryRun, KernelApi, LayerInfo, MergeOptions, MergeResult, Point, Provenance, Retention,
  Snapshot, Stat, TreeDifference, UndoTarget, WorkspaceApi,
} from '../../shared/abi/index.ts';
import { joinPath } from '../../shared/base/index.ts';

/** The workspace as it was at a point; read-only. */
export interface PastFiles {
  readFile(path: string): Promise<Uint8Array>;
  readdir(path: string): Promise<DirEntry[]>;
  stat(path: string): Promise<Stat>;
  lstat(path: string): Promise<Stat>;
  readlink(path: string): Promise<string>;
}

/**
 * The past of the workspace. A point in time is an entry's number (the state after it), a snapshot's or a branch's name, or `'now'`.
 * Rejects with `ENOENT` for a point that is not there or no longer kept.
 */
export interface PalimpsestHistory {
  /** Newest first. */
  entries(filter?: HistoryFilter): Promise<{ entries: HistoryEntry[]; more: boolean }>;
  /** By process and by act of the user; newest first. */
  runs(filter?: HistoryFilter): Promise<HistoryRun[]>;
  /** The same files are at `/history/<point>/`, for programs too. */
  at(point: Point): PastFiles;
  diff(from: Point, to: Point, path?: string): Promise<{ changes: TreeDifference[]; more: boolean }>;
  /** Takes back one entry, or all that a run did, with `children` also what it started; later changes stay, and where they meet these it is told as a conflict. */
  undo(target: UndoTarget, options?: MergeOptions): Promise<MergeResult>;
  /** Brings a path, with all below it, back to what it was. */
  restore(path: string, point: Point, options?: MergeOptions): Promise<MergeResult>;
  /** A writable line of its own, at `/branch/<name>`. */
  branch(point: Point, name: string): Promise<LayerInfo>;
  /** Names a point, default now; it and what came after it are kept until the name is dropped. */
  snapshot(name: string, point?: Point): Promise<Snapshot>;
  snapshots(): Promise<Snapshot[]>;
  dropSnapshot(name: string): Promise<void>;
  /** Who wrote a file; newest first. */
  writers(path: string): Promise<Provenance[]>;
  /** Who wrote each line of a text file last. */
  blame(path: string): Promise<BlameRange[]>;
  cost(): Promise<HistoryCost>;
  retention(): Promise<Retention>;
  setRetention(retention: Retention): Promise<void>;
  /** Forgets what came before the point, as far as nothing pins it. */
  trim(before: Point): Promise<{ freed: number; cost: HistoryCost }>;
}

const absolute = (path: string): string => joinPath('/', path);

export function createHistory(kernel: KernelApi): PalimpsestHistory {
  const api = kernel as KernelApi & WorkspaceApi;
  return Object.freeze({
    entries: (filter?: HistoryFilter) => api.historyEntries(filter),
    runs: (filter?: HistoryFilter) => api.historyRuns(filter),
    at: (point: Point) => pastFiles(api, `/history/${point}`),
    diff: (from: Point, to: Point, path?: string) => api.historyDiff(from, to, path),
    undo: (target: UndoTarget, options?: MergeOptions) => api.historyUndo(target, options),
    restore: (path: string, point: Point, options?: MergeOptions) => api.historyRestore(absolute(path), point, options),
    branch: (point: Point, name: string) => api.historyBranch(point, name),
    snapshot: (name: string, point?: Point) => api.historySnapshot(name, point),
    snapshots: () => api.historySnapshots(),
    dropSnapshot: (name: string) => api.historyDropSnapshot(name),
    writers: (path: string) => api.historyWriters(absolute(path)),
    blame: (path: string) => api.historyBlame(absolute(path)),
    cost: () => api.historyCost(),
    retention: () => api.historyRetention(),
    setRetention: (retention: Retention) => api.historySetRetention(retention),
    trim: (before: Point) => api.historyTrim(before),
  });
}

function pastFiles(api: KernelApi, root: string): PastFiles {
  const past = (path: string): string => root + absolute(path);
  return Object.freeze({
    readFile: (path: string) => api.readFile(past(path)),
    readdir: (path: string) => api.readdir(past(path)),
    stat: (path: string) => api.stat(past(path)),
    lstat: (path: string) => api.lstat(past(path)),
    readlink: (path: string) => api.readlink(past(path)),
  });
}
