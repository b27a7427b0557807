import type { DirEntry } from './nodes.ts';

/** An entry with what the explorer shows of it. */
export interface ExploreEntry extends DirEntry {
  /** Milliseconds since the epoch; 0 where it is not known. */
  mtime: number;
  /** What the process through whose eyes one looks may do there: bits of `RightBit`, 0: it cannot reach it. Absent where one looks with one's own. */
  rights?: number;
}

export interface ListOptions {
  /** Also what the upper layer deleted, with the last page. Default false. Not with `pid` or `layer`. */
  deleted?: boolean;
  /** Goes on after the page whose `next` this was. Default: from the beginning. */
  after?: number;
  /** Entries of the page; default and at most 4096. */
  limit?: number;
  /** As this process sees it. */
  pid?: number;
  /** What the base layer ships, whatever was changed since. Not with `pid`. */
  layer?: 'base';
}

export interface ListPage {
  entries: ExploreEntry[];
  /** For `after`; null: this was the last one. */
  next: number | null;
  /** Entries of the directory where it is known, else 0. */
  total: number;
}

export interface SearchRequest {
  /** As it was typed: words, and qualifiers as `origin:new run:12 kind:dir ext:wasm` (`shared/search`). */
  query: string;
  /** Default `/`. */
  below?: string;
  /** As this process sees it. */
  pid?: number;
}

export interface SearchHit extends ExploreEntry {
  path: string;
  /** The higher, the better. */
  score: number;
}

/** What a part of a search found. */
export interface SearchPage {
  /** For `exploreSearchMore` and `exploreSearchStop`. */
  id: number;
  /** The best 512 of this part. */
  hits: SearchHit[];
  /** Entries that matched, and that were looked at, since the search began. */
  matched: number;
  visited: number;
  done: boolean;
  /** It ended at its bound: there is more that was not looked at. */
  bounded: boolean;
}

/** A change of one entry as part of a batch. `move` and `copy` take a free name (EEXIST). */
export type FileAct = { op: 'remove'; path: string } | { op: 'move' | 'copy'; from: string; to: string };

export interface BatchResult {
  /** The run under which the changes stand, for `historyUndo`; 0: nothing that is kept was changed. */
  run: number;
  done: number;
  failed: { path: string; error: string }[];
}

/** A directory that a process was given. */
export interface ProcessDirectory {
  /** What the process calls it. */
  name: string;
  path: string;
  rights: string[];
  /** Only names that match have rights. */
  globs?: { path: string; rights: string[] }[];
}

/** What a running process has of the namespace. */
export interface ProcessView {
  pid: number;
  name: string;
  cwd: string;
  /** The session or branch in which it runs. */
  overlay?: string;
  /** `path` in the process's namespace; `service`: what is shown there. The root first. */
  mounts: { path: string; service: string; flags: string }[];
  /** What made it, as commands: `bind /home/bin /bin`. */
  script: string[];
  directories: ProcessDirectory[];
}

/** The explorer's calls. Failures are `FsError`; a process that has ended is ESRCH, a search that is over or was pushed out by newer ones ENOENT. */
export interface ExploreCalls {
  /** A part of a directory, in the order of its service. */
  exploreList(path: string, options?: ListOptions): Promise<ListPage>;
  /** At most 1024 paths; null where nothing is. Links are not followed. */
  exploreEntries(paths: string[]): Promise<(ExploreEntry | null)[]>;
  /** Looks for at most 50 ms and yields what was found so far; the rest is had by `exploreSearchMore`. At most 4 go on at once, the oldest is stopped for another. */
  exploreSearch(request: SearchRequest): Promise<SearchPage>;
  exploreSearchMore(id: number): Promise<SearchPage>;
  exploreSearchStop(id: number): Promise<void>;
  /** Several changes as one act of the user, that is undone as one. What fails is told, the rest is done. Resolves when it is durable. */
  exploreBatch(title: string, acts: FileAct[]): Promise<BatchResult>;
  exploreProcess(pid: number): Promise<ProcessView>;
}
