import { WASIProcExit, wasi } from '@bjorn3/browser_wasi_shim';
import { Errno } from '../../shared/base/index.ts';
import type { GuestContext } from './context.ts';

/** Names of preview 1's signals, by number. */
const signals = [
  'NONE', 'HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM',
  'TERM', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'XCPU', 'XFSZ', 'VTALRM', 'PROF', 'WINCH', 'POLL',
  'PWR', 'SYS',
] as const;

/** What does nothing to a process that has no handler; there are no handlers and no stopped processes here. */
const ignored: ReadonlySet<number> = new Set([
  wasi.SIGNAL_NONE, wasi.SIGNAL_CHLD, wasi.SIGNAL_CONT, wasi.SIGNAL_URG, wasi.SIGNAL_WINCH,
]);

/** `proc_*` and `sched_yield`. */
export function processCalls(context: GuestContext) {
  return {
    proc_exit(code: number): never {
      throw new WASIProcExit(code & 0xff);
    },

    /** The signal's default action, which ends the process: the kernel does it; if it did not, the process ends itself. */
    proc_raise(signal: number): number {
      const name = signals[signal];
      if (name === undefined) return Errno.EINVAL;
      if (ignored.has(signal)) return 0;
      context.vfs.process.kernel({ op: 'kill', pid: context.vfs.process.pid, signal: name });
      throw new WASIProcExit(128 + signal);
    },

    sched_yield: (): number => 0,
  };
}
