import type { KernelApi, LayerInfo, MergeOptions, MergeResult, TreeDifference, WorkspaceApi } from '../../shared/abi/index.ts';

/**
 * The layers of the workspace: the base that is shipped, frozen layers on it, and the upper, to which changes go; and beside them sessions
 * (`run({overlay: 'session'})`) and branches. `discard`, `remove`, `rebase` and `merge` change what is seen, each as one run, which can be undone; the others
 * do not. Names have letters, digits, `.`, `_`, `-`, at most 64 (`EINVAL`); one that is taken is `EEXIST`, one that is not there `ENOENT`.
 */
export interface PalimpsestLayers {
  /** The base, the stack from the bottom to the top, then sessions, branches and mounted folders. */
  list(): Promise<LayerInfo[]>;
  /** Freezes the upper as a layer of this name; an empty upper is on top of it then. At most 64 frozen layers (`ENOSPC`). */
  push(name: string): Promise<LayerInfo>;
  /**
   * Merges the upper into the frozen layer below it. `EINVAL` if there is none. `folder`: commits to this mounted folder of the disk instead;
   * `EBUSY`, with a list, where something was left (`folders.commit` takes choices).
   */
  commit(folder?: string): Promise<LayerInfo>;
  /** Throws the upper's changes away. */
  discard(options?: MergeOptions): Promise<MergeResult>;
  /** Takes a layer out of the stack. What the layers above it changed stays; where that meets what it changed, it is told as a conflict. */
  remove(name: string, options?: MergeOptions): Promise<MergeResult>;
  /** As if these layers, from the bottom to the top, had always been below the upper. Those that are left out go. */
  rebase(layers: readonly string[], options?: MergeOptions): Promise<MergeResult>;
  rename(name: string, to: string): Promise<void>;
  /** What a layer (default: the upper) changes against those below it: at most 10 000, by path. */
  diff(name?: string): Promise<{ changes: TreeDifference[]; more: boolean }>;
  /** Does to the workspace what was done in a session or a branch, three-way, and drops that if nothing is in conflict. One run, that can be undone. */
  merge(name: string, options?: MergeOptions): Promise<MergeResult>;
  /** Keeps a session as a branch, which is seen at `/branch/<name>`. */
  keep(session: string, name: string): Promise<LayerInfo>;
  /** Throws a session or a branch away; `EBUSY` while a program runs in it. */
  drop(name: string): Promise<void>;
}

export function createLayers(kernel: KernelApi): PalimpsestLayers {
  const api = kernel as KernelApi & WorkspaceApi;
  return Object.freeze({
    list: () => api.layerList(),
    push: (name: string) => api.layerPush(name),
    commit: (folder?: string) => api.layerCommit(folder),
    discard: (options?: MergeOptions) => api.layerDiscard(options),
    remove: (name: string, options?: MergeOptions) => api.layerRemove(name, options),
    rebase: (layers: readonly string[], options?: MergeOptions) => api.layerRebase([...layers], options),
    rename: (name: string, to: string) => api.layerRename(name, to),
    diff: (name?: string) => api.layerDiff(name),
    merge: (name: string, options?: MergeOptions) => api.layerMerge(name, options),
    keep: (session: string, name: string) => api.layerKeep(session, name),
    drop: (name: string) => api.layerDrop(name),
  });
}
