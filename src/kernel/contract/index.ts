export type * from './file-service.ts';
export type * from './store.ts';
export type * from './ports.ts';
export type * from './manifest.ts';
export type * from './tree-view.ts';
