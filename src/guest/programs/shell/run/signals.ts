import type { SignalName } from '../../../../shared/abi/index.ts';
import { FsError } from '../../../../shared/base/index.ts';
import { Unwind, type Shell } from '../state/index.ts';

/** What a shell with a prompt does not let end or stop it. Caught, not ignored: its children are to have the default. */
const INTERACTIVE: readonly SignalName[] = ['INT', 'TERM', 'QUIT', 'TSTP', 'TTIN', 'TTOU', 'WINCH'];

/** Tells the kernel which signals the shell acts upon. */
export function announceSignals(shell: Shell): void {
  const caught = new Set<string>(shell.interactive ? INTERACTIVE : []);
  const ignored: string[] = [];
  for (const [name, action] of shell.traps) {
    if (name === 'EXIT' || name === 'KILL' || name === 'STOP') continue;
    if (action === '') {
      ignored.push(name);
      caught.delete(name);
    } else caught.add(name);
  }
  put(shell, [...caught], ignored);
}

function put(shell: Shell, caught: string[], ignored: string[]): void {
  try {
    shell.ask<'signals'>({ op: 'signals', caught, ignored });
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
  }
}

/** What runs in the background without job control is not ended from the keyboard (POSIX.1-2017, Shell, 2.11). */
export function startIgnoringKeys<T>(shell: Shell, start: () => T): T {
  if (shell.monitor || (shell.traps.get('INT') === '' && shell.traps.get('QUIT') === '')) return start();
  const own = new Map(shell.traps);
  shell.traps.set('INT', '').set('QUIT', '');
  announceSignals(shell);
  try {
    return start();
  } finally {
    shell.traps = own;
    announceSignals(shell);
  }
}

/** Runs the traps of signals that came; Ctrl-C without a trap takes a shell with a prompt back to it. */
export function actOnSignals(shell: Shell, run: (action: string) => void): void {
  for (const name of shell.system.signals()) {
    const action = shell.traps.get(name);
    if (action) run(action);
    else if (shell.interactive && name === 'INT') throw new Unwind('abort', 130);
    else if (shell.subshellDepth > 0) shell.system.putBack(name);
  }
}
