import type { NodeKind } from './nodes.ts';

/** A folder of the user's disk, seen at `/mnt/<name>`. */
export interface FolderInfo {
  name: string;
  path: string;
  /** As the system calls it. */
  label: string;
  /** Milliseconds since the epoch. */
  mounted: number;
  /** Files and directories that were found when it was last looked at. */
  entries: number;
  /** `ask`: the browser wants to be asked again, in answer to a press (`folders.allow`). */
  permission: 'granted' | 'ask' | 'denied';
  /** A commit that was interrupted: `commit(name, {resume: true})` goes on, `folders.stop(name)` forgets it. */
  interrupted?: { started: number; done: number; total: number };
}

/** What a commit would do, or did, to one path of the folder. */
export interface FolderChange {
  /** Relative to the folder. */
  path: string;
  /** `settle`: the folder has it already. */
  change: 'added' | 'changed' | 'deleted' | 'renamed' | 'settle';
  /** Of a renamed file: its path in the folder. */
  from?: string;
  kind: NodeKind;
  /** In the workspace, and in the folder when it was last looked at. Bytes. */
  size: number;
  sizeBefore: number;
  /** Why it cannot be committed as it is: both sides changed it. */
  conflict?: FolderConflict;
  /** Why the folder cannot hold it at all; it is left out. */
  problem?: string;
}

export interface FolderConflict {
  reason: 'both-changed' | 'changed-on-disk' | 'deleted-on-disk' | 'exists-on-disk' | 'not-empty';
  /** A sentence for people. */
  detail: string;
}

/** Something that happened to the folder itself since it was last looked at. */
export interface FolderDiskChange {
  path: string;
  change: 'added' | 'changed' | 'deleted';
  kind: NodeKind;
  /** The workspace changed it as well: it was left as it is there. */
  conflict?: FolderConflict;
}

export type FolderChoice = 'mine' | 'theirs' | 'both';

export interface FolderCommitOptions {
  /**
   * At a conflict: `mine` writes the workspace's, `theirs` takes the folder's into the workspace, `both` keeps the folder's and writes the
   * workspace's beside it as `name (palimpsest)`. One for all or by path; paths without one are left out. Default: all are left out.
   */
  onConflict?: FolderChoice | Readonly<Record<string, FolderChoice>>;
  /** Only say what would be done. */
  dryRun?: boolean;
  /** Goes on with a commit that was interrupted, with its choices: only what it was about. */
  resume?: boolean;
}

export interface FolderCommitResult {
  /** What was done (or would be). */
  done: FolderChange[];
  /** What was left out: conflicts without a choice, problems, and what failed with why (`problem`). */
  left: FolderChange[];
  /** It was cancelled, or the permission went: the rest is still to do. */
  interrupted: boolean;
}

export interface FolderDiff {
  changes: FolderChange[];
  /** What happened in the folder meanwhile. */
  disk: FolderDiskChange[];
  /** More than 10 000 of either. */
  more: boolean;
}

/** Published as `folder.<name>.progress`, at most every 100 ms. `total` 0: not known yet. */
export interface FolderProgress {
  phase: 'scan' | 'mount' | 'compare' | 'commit' | 'refresh';
  done: number;
  total: number;
  path?: string;
}

/**
 * The window's calls about folders of the user's disk. Failures are `FsError`: EINVAL for a name that is none (as of layers), EEXIST, ENOENT for a
 * folder that is not mounted, EACCES without permission, E2BIG for more than 200 000 entries, EBUSY while another of these calls works on the
 * folder, ECANCELED after `folderCancel`.
 */
export interface FolderCalls {
  /** `handle`: a `FileSystemDirectoryHandle`. The folder itself is only read. */
  folderMount(handle: unknown, name: string): Promise<FolderInfo>;
  folderList(): Promise<FolderInfo[]>;
  folderDiff(name: string): Promise<FolderDiff>;
  folderCommit(name: string, options?: FolderCommitOptions): Promise<FolderCommitResult>;
  /** Looks at the folder again and takes what changed there into the workspace, except where that changed it too. */
  folderRefresh(name: string): Promise<FolderDiskChange[]>;
  /** Takes `/mnt/<name>` away; the folder stays as it is. EBUSY if there is something that was not committed, without `force`. */
  folderUnmount(name: string, options?: { force?: boolean }): Promise<void>;
  /** Forgets a commit that was interrupted. */
  folderStop(name: string): Promise<void>;
  /** Ends what works on the folder now; a commit between two files. */
  folderCancel(name: string): Promise<void>;
  /** The handle, for the window to ask for permission. */
  folderHandle(name: string): Promise<unknown>;
  /** The permission was given (again). */
  folderAllowed(name: string): Promise<FolderInfo>;
}
