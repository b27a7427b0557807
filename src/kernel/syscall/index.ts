export { TokenCalls, type TokenCallsOptions } from './host-token-calls.ts';
export { Syscalls, type SyscallsOptions } from './syscalls.ts';
export { workspaceOf, type CallWorkspace } from './workspace-calls.ts';
export { HostCalls, STAGED_MAX, type HostHandler, type HostHandlers, type HostRequestOf } from './host-calls.ts';
export { HostSpawn, type HostSpawnOptions } from './host-spawn.ts';
export { hostHandlers, type HostServices } from './host-services.ts';
