export { Descriptors, locate, type Base } from './descriptors.ts';
export { HandleTable, type OpenHandle } from './handles.ts';
export { ModuleLoader } from './module-loader.ts';
export type { ProcessRecord } from './process-record.ts';
export { Processes, type Launch, type ProcessesOptions } from './processes.ts';
export { Programs, type ProgramsOptions } from './programs.ts';
export { RunChanges, type CommittedChange } from './run-changes.ts';
export { parseSignal, signalCode, type Signal } from './signals.ts';
export { WorkerPool, type WorkerPoolOptions } from './worker-pool.ts';
