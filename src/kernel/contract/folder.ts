/** What a folder of the user's disk says of one of its nodes. `mtime` in milliseconds since the epoch; size and mtime of a directory are 0. */
export interface FolderStat {
  kind: 'file' | 'directory';
  size: number;
  mtime: number;
}

export interface FolderEntry extends FolderStat {
  name: string;
}

/** `ask`: only the window can ask, in answer to a press. */
export type FolderPermission = 'granted' | 'ask' | 'denied';

/**
 * A folder of the user's disk. Paths are relative to it, without a slash at either end; '' is the folder itself. Failures are `FsError`:
 * EACCES when the permission is gone, ENOENT, ENOTDIR, EISDIR, EBUSY while another writes there, ENOSPC, ESTALE where something is not
 * as `expected`. Others may change the folder at any time.
 */
export interface FolderProvider {
  permission(mode: 'read' | 'readwrite'): Promise<FolderPermission>;
  /** In the order of the system; what is neither file nor directory is left out. */
  list(dir: string): AsyncIterable<FolderEntry>;
  /** Undefined where nothing is. */
  stat(path: string): Promise<FolderStat | undefined>;
  /** Bytes `offset` … `offset + length` (fewer at the end) of a file that is as `expected`, before and after it was read. */
  read(path: string, expected: FolderStat, offset: number, length: number): Promise<Uint8Array>;
  /**
   * Makes or replaces a file in a directory that is there. Others see the old contents or the new, never a part; if it rejects, the old.
   * `expected` null: nothing is there. Checked again when all is written.
   */
  write(path: string, content: AsyncIterable<Uint8Array>, expected: FolderStat | null): Promise<FolderStat>;
  /** EEXIST if something is there. */
  mkdir(path: string): Promise<void>;
  /** A directory only if it is empty, else ENOTEMPTY. */
  remove(path: string, expected: FolderStat): Promise<void>;
  /** Why the system cannot store this name in that directory (which may not be there yet); null if it can. Writes nothing. */
  nameProblem(dir: string, name: string): Promise<string | null>;
}

/** A folder, as it is remembered. `handle` is the host's, a structured clone. */
export interface FolderRecord {
  id: number;
  /** Below `/mnt`. */
  name: string;
  /** As the system calls it. */
  label: string;
  handle: unknown;
  /**
   * `mounting`: `/mnt/<name>` may be there in part only, and must not be committed. `left`: unmounted; files that were moved out of it
   * may still need its contents.
   */
  state: 'mounting' | 'mounted' | 'left';
  /** Milliseconds since the epoch. */
  mounted: number;
  /** A commit that has not come to its end. */
  commit?: FolderCommitState;
}

export interface FolderCommitState {
  /** Milliseconds since the epoch. */
  started: number;
  /** Paths, in the order in which they are committed. */
  paths: readonly string[];
  choices: Readonly<Record<string, 'mine' | 'theirs' | 'both'>>;
}

/** What the folder had at a path when it was last looked at or committed to. */
export interface BaseStat extends FolderStat {
  /** Of a file that was committed: the fingerprint of the workspace's contents that it then had. */
  mine?: string;
}

/** One directory of a folder, as it was then. */
export type FolderListing = readonly (BaseStat & { name: string })[];

/** What is remembered of folders, beside the workspace's store. Each call is a transaction. Failures: FsError ENOSPC, EIO. */
export interface FolderStore {
  records(): Promise<FolderRecord[]>;
  /** Gives out ids from 1, none twice. */
  nextId(): Promise<number>;
  put(record: FolderRecord): Promise<void>;
  /** How many files of its commit are done: apart from the record, as it changes with each. */
  done(id: number): Promise<number>;
  putDone(id: number, done: number): Promise<void>;
  /** With its listings; what is kept stays, as other files may need it. */
  drop(id: number): Promise<void>;
  /** By directory. */
  listings(id: number): Promise<Map<string, FolderListing>>;
  /** Replaces these directories' listings; null removes one. `all`: the others are removed too. */
  putListings(id: number, listings: ReadonlyMap<string, FolderListing | null>, all?: boolean): Promise<void>;
  /** References whose contents are kept as a whole. */
  kept(): Promise<string[]>;
  /** Part `part` of the contents of a file that is about to be written over or removed, by its reference. */
  keep(reference: string, part: number, bytes: Uint8Array): Promise<void>;
  /** All parts of it are there. */
  setKept(reference: string): Promise<void>;
  keptPart(reference: string, part: number): Promise<Uint8Array | undefined>;
}

/** What the host gives for folders of the user's disk. */
export interface FolderHost {
  store: FolderStore;
  /** Of a handle that the window gave, or that was remembered. EINVAL if it is none. */
  open(handle: unknown): { provider: FolderProvider; label: string };
}
