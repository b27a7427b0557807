export { EMPTY_HEAD, emptyBatch, headAfter, rowsOf } from './batch.ts';
export type * from './file-service.ts';
export type * from './kv.ts';
export type * from './store.ts';
export type * from './folder.ts';
export type * from './ports.ts';
export type * from './manifest.ts';
export type * from './tree-view.ts';
export type * from './store-rows.ts';
