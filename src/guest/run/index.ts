export { runModule, TRAP_CODE, type RunOptions, type RunResult } from './run-module.ts';
