import type { ChangeOp, NodeKind } from './nodes.ts';

/** A point in time: an entry's number (the state after that entry; 0: before all of them), a snapshot's or a branch's name, or `'now'`. */
export type Point = number | string;

/** What made a run's changes: a program, the user in the window, or the kernel for the user. */
export type RunKind = 'program' | 'user' | 'undo' | 'restore' | 'merge' | 'import' | 'discard' | 'repair';

/** One change. Times in milliseconds since the epoch. */
export interface HistoryEntry {
  seq: number;
  time: number;
  /** Unique in the workspace, over reloads; 0: the user. */
  run: number;
  pid: number;
  op: ChangeOp;
  /** Absolute, as it was then. */
  path: string;
  /** For rename: the new path. For link: the path of the node that was linked. */
  to?: string;
  kind: NodeKind;
  /** Bytes, where there was something before, and after. */
  sizeBefore?: number;
  sizeAfter?: number;
}

/** The entries of one process, or of one act of the user. */
export interface HistoryRun {
  run: number;
  pid: number;
  /** The run of the process that started it, if one did. */
  parent?: number;
  /**
   * The runs by which it was started, its parent first, at most 64; a shell at a prompt ends them and is not among them. The last one is the
   * command that the user gave. Absent: none.
   */
  ancestors?: number[];
  kind: RunKind;
  /** The program's name, or what was done (`undo of run 7`, `undo of run 7 and what it started`). */
  name: string;
  args: string[];
  started: number;
  /** First and last entry, and how many there are. */
  first: number;
  last: number;
  entries: number;
}

export interface HistoryFilter {
  /** Only what happened at or below this path (as it was then). */
  path?: string;
  pid?: number;
  run?: number;
  /** With `run`: also what it started, directly or not. Default false. */
  children?: boolean;
  /** Only entries after this point. */
  since?: Point;
  /** Only entries before this number: for paging. Newest first. */
  before?: number;
  /** Default 1000, at most 10 000. */
  limit?: number;
}

/** One difference of two trees. A renamed node may be changed as well. */
export interface TreeDifference {
  /** In the later tree; of a deleted node: in the earlier one. */
  path: string;
  change: 'added' | 'changed' | 'deleted' | 'renamed';
  /** Of a renamed node: the path in the earlier tree. */
  from?: string;
  kind: NodeKind;
  /** Where it differs. */
  kindBefore?: NodeKind;
  size: number;
  sizeBefore: number;
  /** Milliseconds since the epoch. */
  mtime: number;
  mtimeBefore: number;
  /** The contents (or the symlink's target) differ. */
  content: boolean;
}

/** Something that was changed later, so that it cannot be undone or merged without losing that: it was left as it is. */
export interface MergeConflict {
  path: string;
  reason: 'changed-later' | 'deleted-later' | 'exists' | 'not-empty' | 'moved-later' | 'no-parent' | 'changed-below';
  /** A sentence for people. */
  detail: string;
}

/** What an undo, a restore or a merge did. */
export interface MergeResult {
  /** The run under which its own entries are, so that it can be undone; 0 if it changed nothing. */
  run: number;
  /** Paths that were changed. */
  changed: string[];
  conflicts: MergeConflict[];
}

export interface MergeOptions {
  /** Only say what would be done. */
  dryRun?: boolean;
  /** At a conflict: leave what is there (default), take the other side, or keep both (the other side beside it as `name.theirs`). */
  onConflict?: 'mine' | 'theirs' | 'both';
  /** Only these paths, as the conflicts of an earlier call name them. Default: all. */
  paths?: string[];
}

export interface Snapshot {
  name: string;
  entry: number;
  /** Milliseconds since the epoch. */
  time: number;
}

/** A run that wrote a file. */
export interface Provenance {
  seq: number;
  time: number;
  run: number;
  name: string;
  op: ChangeOp;
  size: number;
}

/** Lines `from` … `from + count - 1` (from 1) were last written by that entry. `seq` 0: shipped, or older than the history. */
export interface BlameRange {
  from: number;
  count: number;
  seq: number;
  run: number;
  name: string;
  time: number;
}

/** What an undo takes back: an entry, or a run; with `children` (default false) also all that it started, directly or not, as one act. */
export type UndoTarget = { entry: number } | { run: number; children?: boolean };

/** What is kept of the past. `null`: no bound. */
export interface Retention {
  /** Milliseconds. */
  age: number | null;
  /** Entries. */
  entries: number | null;
  /** Bytes that only the past needs. */
  bytes: number | null;
}

export interface HistoryCost {
  entries: number;
  /** First entry that is kept; the oldest point is the one before it. */
  oldest: number;
  /** Bytes of the journal, of chunks that the present needs, and of chunks that only the past needs. */
  journal: number;
  present: number;
  past: number;
}

/** The window's calls about time. Failures are `FsError`; an unknown or trimmed point is ENOENT. */
export interface HistoryCalls {
  historyEntries(filter?: HistoryFilter): Promise<{ entries: HistoryEntry[]; more: boolean }>;
  /** Newest first. */
  historyRuns(filter?: HistoryFilter): Promise<HistoryRun[]>;
  /** At most 10 000, ordered by path. */
  historyDiff(from: Point, to: Point, path?: string): Promise<{ changes: TreeDifference[]; more: boolean }>;
  historyUndo(target: UndoTarget, options?: MergeOptions): Promise<MergeResult>;
  /** Brings `path` and all below it back to what it was. */
  historyRestore(path: string, point: Point, options?: MergeOptions): Promise<MergeResult>;
  /** Names a point, default now, and keeps it from being trimmed. EEXIST for a name that is taken. */
  historySnapshot(name: string, point?: Point): Promise<Snapshot>;
  historySnapshots(): Promise<Snapshot[]>;
  historyDropSnapshot(name: string): Promise<void>;
  historyWriters(path: string): Promise<Provenance[]>;
  historyBlame(path: string): Promise<BlameRange[]>;
  historyCost(): Promise<HistoryCost>;
  historyRetention(): Promise<Retention>;
  historySetRetention(retention: Retention): Promise<void>;
  /** Forgets what came before the point, as far as nothing pins it, and collects chunks. Returns the bytes that were freed. */
  historyTrim(before: Point): Promise<{ freed: number; cost: HistoryCost }>;
}
