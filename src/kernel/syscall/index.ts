export { Syscalls, type SyscallsOptions } from './syscalls.ts';
export { workspaceOf, type CallWorkspace } from './workspace-calls.ts';
