import { readerOf, type Reader } from '../calls/index.ts';
import type { TreeApi } from './tree.worker.ts';

export type { TreeFacts, TreeFormat, TreeRow } from './session.ts';
export type { Fault } from './store.ts';
export type { TreeApi } from './tree.worker.ts';

/** A worker that holds one document of JSON, JSON Lines or YAML. */
export const startTreeReader = (): Reader<TreeApi> => readerOf(new Worker(new URL('./tree.worker.ts', import.meta.url), { type: 'module', name: 'tree' }));
