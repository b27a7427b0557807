import { FsError } from '../../../../shared/base/index.ts';
import { signalText } from '../jobs/index.ts';
import { Unwind, type Shell } from '../state/index.ts';
import { encodeText } from '../system/index.ts';

/** The engine has refused: a text beyond its limit, or no more stack. */
export const TOO_MUCH = 'out of memory, or too many commands inside one another';

/** Prints to standard error; where that is closed or broken, nothing. */
export function printError(shell: Shell, text: string): void {
  try {
    if (shell.system.isOpen(2)) shell.system.write(2, encodeText(text));
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
  }
}

/** `sh: 3: message`; a shell with a prompt leaves the line's number out. */
export function complain(shell: Shell, message: string, line = shell.line): void {
  const where = shell.interactive && shell.subshellDepth === 0 ? shell.arg0 : `${shell.arg0}: ${line}`;
  printError(shell, `${where}: ${message}\n`);
}

/** What an error of a special built-in or of an expansion does: it ends a shell without a prompt, and a line with one. */
export function failure(shell: Shell, status: number): Unwind {
  return new Unwind(shell.interactive && shell.subshellDepth === 0 ? 'abort' : 'exit', status);
}

/** Says how a program in the foreground ended, if that was no ordinary exit. For people only. */
export function reportEnd(shell: Shell, name: string, ended: { signal: string | null; reason: string; message?: string } | undefined): void {
  if (!ended) return;
  if (!shell.interactive || shell.subshellDepth > 0) return reportSignal(shell, ended);
  const visible = (text: string): string => text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '?');
  const message = visible(ended.message ?? '');
  // Ctrl-C was seen on the terminal, and nobody reads on after a broken pipe.
  if (ended.signal === 'INT' || ended.signal === 'PIPE') return;
  if (ended.signal !== null) printError(shell, `\x1b[2m${visible(name)}: ended by ${ended.signal}${message === '' ? '' : `: ${message}`}\x1b[0m\n`);
  else if (ended.reason === 'trap') printError(shell, `\x1b[31m${visible(name)}: trap: ${message}\x1b[0m\n`);
  else if (ended.reason === 'error') printError(shell, `\x1b[31m${visible(name)}: ${message}\x1b[0m\n`);
  else if (message !== '') printError(shell, `\x1b[2m${visible(name)}: ${message}\x1b[0m\n`);
}

/** As dash in a script: one word about a signal that ended a program, save those that are meant to be silent. A limit says which it was. */
function reportSignal(shell: Shell, { signal, reason, message }: { signal: string | null; reason: string; message?: string }): void {
  if (signal === null || signal === 'INT' || signal === 'PIPE') return;
  printError(shell, `${(reason === 'limit' && message) || signalText(signal)}\n`);
}
