import { Signals, isSignalName, type SignalName } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';

export type Signal = SignalName;

/** What a signal does to a process that neither catches nor ignores it (POSIX.1-2017, XBD `<signal.h>`). */
type Action = 'end' | 'nothing' | 'stop' | 'continue';

const OTHERS: Partial<Record<Signal, Action>> = {
  CHLD: 'nothing', WINCH: 'nothing', CONT: 'continue', STOP: 'stop', TSTP: 'stop', TTIN: 'stop', TTOU: 'stop',
};

export function defaultAction(signal: Signal): Action {
  return OTHERS[signal] ?? 'end';
}

/** The signal's bit in `Pcb.SIGNAL` and in the masks of a process. */
export function bitOf(signal: Signal): number {
  return 1 << (Signals[signal] - 1);
}

/** @throws FsError EINVAL for a name that is none, and for those that can be neither caught nor ignored */
export function maskOf(names: readonly string[]): number {
  return names.reduce((mask, name) => {
    const signal = parseSignal(name);
    if (signal === 'KILL' || signal === 'STOP') throw new FsError('EINVAL', 'signals', undefined, { detail: `${signal} can be neither caught nor ignored` });
    return mask | bitOf(signal);
  }, 0);
}

/** `INT` for `int`, `SIGINT` and `2`. @throws FsError EINVAL */
export function parseSignal(text: string): Signal {
  const name = text.toUpperCase().replace(/^SIG/, '');
  if (isSignalName(name)) return name;
  const found = (Object.keys(Signals) as Signal[]).find((signal) => String(Signals[signal]) === name);
  if (!found) throw new FsError('EINVAL', 'kill', undefined, { detail: `there is no signal ${text.slice(0, 20)}` });
  return found;
}

/** Exit code of a process that a signal ended, as shells have it. */
export function signalCode(signal: Signal): number {
  return 128 + Signals[signal];
}
