export * from './limits.ts';
export * from './nodes.ts';
export * from './kernel-api.ts';
export * from './process.ts';
export * from './process-calls.ts';
export * from './signals.ts';
export * from './syscall.ts';
