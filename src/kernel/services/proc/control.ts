import type { Limits, SignalName } from '../../../shared/abi/index.ts';
import { FsError } from '../../../shared/base/index.ts';

/** One line of what is written to `/proc/<pid>/ctl`. */
export type Control = { signal: SignalName } | { limits: Partial<Limits> };

const SIGNALS: Readonly<Record<string, SignalName>> = {
  kill: 'KILL', stop: 'STOP', start: 'CONT', int: 'INT', term: 'TERM', hup: 'HUP',
};
const LIMITS: readonly string[] = ['memory', 'wall', 'cpu', 'files', 'output', 'processes'] satisfies (keyof Limits)[];
/** Bytes of one write. */
const CONTROL_MAX = 4096;

const decoder = new TextDecoder();

/**
 * `kill stop start int term hup`, or `limit cpu 1000` (`none`: no limit), one a line. All are read before the first is obeyed.
 * @throws FsError EINVAL that names the line
 */
export function parseControl(data: Uint8Array): Control[] {
  if (data.length > CONTROL_MAX) throw new FsError('EINVAL', 'write', 'ctl', { detail: `${data.length} bytes, ${CONTROL_MAX} at most` });
  return decoder.decode(data).split('\n').map((line) => line.trim()).filter((line) => line !== '').map(parseLine);
}

function parseLine(line: string): Control {
  const [verb = '', name = '', value = '', ...more] = line.split(/\s+/);
  const signal = Object.hasOwn(SIGNALS, verb) ? SIGNALS[verb] : undefined;
  if (signal && name === '') return { signal };
  if (verb === 'limit' && LIMITS.includes(name) && more.length === 0 && /^(none|\d{1,15})$/.test(value)) {
    return { limits: { [name]: value === 'none' ? null : Number(value) } };
  }
  throw new FsError('EINVAL', 'write', 'ctl', { detail: `not understood: ${line.slice(0, 80)}` });
}
