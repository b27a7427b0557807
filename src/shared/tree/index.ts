export { Tree, OpenFlag, type ListedEntry } from './tree.ts';
export { TreeKeeper, type FillEntry, type Cut } from './keeper.ts';
export type { TreeCapture } from './capture.ts';
export type { TreeChange } from './tree-change.ts';
export { checkTree, type CheckReport } from './check.ts';
export { MISS, FOREIGN, WAIT } from './walker.ts';
export { BLOCK, FILE_MAX } from './bodies.ts';
export { NamespaceRecords, type RecordedMount } from './namespace-records.ts';
export { isUtf8, hashName } from './names.ts';
