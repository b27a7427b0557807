import { FsError } from '../../shared/base/index.ts';

/** The signals that can be sent. Programs have no handlers, so each ends its process. */
const SIGNALS = { HUP: 1, INT: 2, QUIT: 3, KILL: 9, PIPE: 13, TERM: 15 } as const;
export type Signal = keyof typeof SIGNALS;

/** `INT` for `int`, `SIGINT` and `2`. @throws FsError EINVAL */
export function parseSignal(text: string): Signal {
  const name = text.toUpperCase().replace(/^SIG/, '');
  const found = (Object.keys(SIGNALS) as Signal[]).find((signal) => signal === name || String(SIGNALS[signal]) === name);
  if (!found) throw new FsError('EINVAL', 'kill', undefined, { detail: `there is no signal ${text.slice(0, 20)}` });
  return found;
}

/** Exit code of a process that a signal ended, as shells have it. */
export function signalCode(signal: Signal): number {
  return 128 + SIGNALS[signal];
}
