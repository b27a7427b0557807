import type { MergeOptions, MergeResult, Point, TreeDifference } from './history.ts';

export type LayerKind = 'base' | 'frozen' | 'imported' | 'folder' | 'upper' | 'session' | 'branch';

/** One layer. The stack is listed from the bottom to the top; sessions and branches are beside it. */
export interface LayerInfo {
  /** 0: the base. */
  id: number;
  name: string;
  kind: LayerKind;
  /** Milliseconds since the epoch. */
  created: number;
  /** Names that it adds or changes, and names that it deletes. */
  entries: number;
  whiteouts: number;
  /** Of a session or branch: the entry on which it stands. */
  at?: number;
  /** Of a session whose program runs: its pid. */
  pid?: number;
}

/**
 * The window's calls about layers. Failures are `FsError`: EEXIST for a name that is taken, EINVAL for one that is none
 * (letters, digits, `.`, `_`, `-`; at most 64), ENOENT for a layer that is not there.
 */
export interface LayerCalls {
  layerList(): Promise<LayerInfo[]>;
  /** Freezes the upper as a layer of this name; a new, empty upper is on top then. Nothing that is seen changes. */
  layerPush(name: string): Promise<LayerInfo>;
  /**
   * Merges the upper into the frozen layer below it. Nothing that is seen changes. EINVAL if there is none above the base.
   * `folder`: writes to this mounted folder of the disk instead, as `folderCommit`; EBUSY, with a list, where something was left.
   */
  layerCommit(folder?: string): Promise<LayerInfo>;
  /** Throws the upper's changes away: what is seen is what the layers below give. One run, that can be undone. */
  layerDiscard(options?: MergeOptions): Promise<MergeResult>;
  /** Takes a layer out of the stack. What the layers above changed stays, conflicts are named. One run, that can be undone. */
  layerRemove(name: string, options?: MergeOptions): Promise<MergeResult>;
  /** Moves the upper's changes onto the stack as if `layers` (names, bottom to top) had always been below it. */
  layerRebase(layers: string[], options?: MergeOptions): Promise<MergeResult>;
  layerRename(name: string, to: string): Promise<void>;
  /** What the layer (default: the upper) changes against those below it. */
  layerDiff(name?: string): Promise<{ changes: TreeDifference[]; more: boolean }>;

  /** A writable line of its own that starts at `point`; seen at `/branch/<name>`. */
  historyBranch(point: Point, name: string): Promise<LayerInfo>;
  /** Merges a session or a branch into the workspace, three-way, and drops it if nothing is in conflict. */
  layerMerge(name: string, options?: MergeOptions): Promise<MergeResult>;
  /** Keeps a session as a branch of this name. */
  layerKeep(session: string, name: string): Promise<LayerInfo>;
  /** Throws a session or a branch away. */
  layerDrop(name: string): Promise<void>;
}
