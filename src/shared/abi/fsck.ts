/**
 * What is wrong. `block`: bytes of a file are not what they were; `entry`: a name whose record cannot be read; `dangling`: a name whose node is
 * not there; `orphan`: nodes that no name leads to; `links`: a wrong count of names; `twice`: two nodes of one number; `journal`: records are
 * missing; `index`: a wrong list of what is in a pack; `past`: bytes that only the history needs are not what they were.
 */
export type FsckKind = 'block' | 'entry' | 'dangling' | 'orphan' | 'links' | 'twice' | 'journal' | 'index' | 'past';

export interface FsckFault {
  kind: FsckKind;
  /** Of the file; for what has none, where in the store it is. */
  path: string;
  detail: string;
  /** What was done about it; absent if nothing was. */
  repair?: string;
}

export interface FsckReport {
  /** Nothing that is wrong in the present was found or is left. What is lost of the past cannot be repaired, and does not count. */
  clean: boolean;
  /** It was cancelled: what was not looked at is not known. */
  cancelled: boolean;
  checked: { names: number; records: number; chunks: number; bytes: number };
  /** At most 1000. */
  faults: FsckFault[];
  more: number;
  /** Repairs were made below what this page has in memory: reload it. */
  reload: boolean;
}

/** Published as `fsck.progress`, at most every 100 ms. */
export interface FsckProgress {
  phase: 'names' | 'journal' | 'chunks' | 'repair';
  done: number;
  /** 0: not known. */
  total: number;
}

export interface FsckOptions {
  /** Default: only look. */
  repair?: boolean;
}

/** The window's calls to check the store. One at a time: EBUSY. EROFS for repairs by who must not write. */
export interface FsckCalls {
  fsck(options?: FsckOptions): Promise<FsckReport>;
  /** Ends the running one soon; it reports what it has found. */
  fsckCancel(): Promise<void>;
}
