export { runModule, runThread, TRAP_CODE, type RunOptions, type RunResult } from './run-module.ts';
export { wantsThreads } from './module-check.ts';
export { prepareMainThread } from './threads.ts';
