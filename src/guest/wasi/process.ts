import { WASIProcExit, wasi } from '@bjorn3/browser_wasi_shim';
import { Errno } from '../../shared/base/index.ts';
import type { GuestContext } from './context.ts';

/** Names of preview 1's signals, by number. */
const signals = [
  'NONE', 'HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM',
  'TERM', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'XCPU', 'XFSZ', 'VTALRM', 'PROF', 'WINCH', 'POLL',
  'PWR', 'SYS',
] as const;

/** `proc_*` and `sched_yield`. */
export function processCalls(context: GuestContext) {
  return {
    proc_exit(code: number): never {
      throw new WASIProcExit(code & 0xff);
    },

    /** The kernel does what the signal does: end, stop or nothing. Those that it does not know end the process all the same. */
    proc_raise(signal: number): number {
      const name = signals[signal];
      if (name === undefined) return Errno.EINVAL;
      if (signal === wasi.SIGNAL_NONE || signal === wasi.SIGNAL_URG) return 0;
      const { process } = context.vfs;
      const { errno } = process.kernel({ op: 'kill', pid: process.pid, signal: name });
      process.handle.hold();
      if (errno === 0) return 0;
      throw new WASIProcExit(128 + signal);
    },

    sched_yield: (): number => 0,
  };
}
