import type { FsckCalls } from './fsck.ts';
import type { HistoryCalls } from './history.ts';
import type { LayerCalls } from './layers.ts';

/** Calls of the window that a process may make too, if it is granted the workspace (the shell of a terminal is). */
export const WORKSPACE_CALLS = [
  'historyEntries', 'historyRuns', 'historyDiff', 'historyUndo', 'historyRestore', 'historySnapshot', 'historySnapshots',
  'historyDropSnapshot', 'historyWriters', 'historyBlame', 'historyCost', 'historyTrim', 'historyBranch',
  'layerList', 'layerPush', 'layerCommit', 'layerDiscard', 'layerRemove', 'layerRebase', 'layerRename', 'layerDiff',
  'layerMerge', 'layerKeep', 'layerDrop', 'fsck',
] as const satisfies readonly (keyof WorkspaceApi)[];

export type WorkspaceApi = HistoryCalls & LayerCalls & Pick<FsckCalls, 'fsck'>;
export type WorkspaceCall = (typeof WORKSPACE_CALLS)[number];

/** What a process gets: the call's value, or why it failed. */
export type WorkspaceAnswer = { value: unknown } | { error: { code: string; message: string } };
