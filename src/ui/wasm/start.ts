import { readerOf, type Reader } from '../calls/index.ts';
import type { WasmApi } from './wasm.worker.ts';

/** A worker that takes one binary apart. */
export const startWasmReader = (): Reader<WasmApi> => readerOf(new Worker(new URL('./wasm.worker.ts', import.meta.url), { type: 'module', name: 'wasm inspector' }));
