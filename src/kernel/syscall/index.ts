export { Syscalls, type SyscallsOptions } from './syscalls.ts';
