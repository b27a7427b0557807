import type { Builtin } from './builtin.ts';
import { breakLoop, continueLoop, evaluate, exit, returnFrom, source, times, umask } from './control.ts';
import { cd, pwd } from './directories.ts';
import { fsck } from './fsck.ts';
import { help, history } from './help.ts';
import { env } from './environment.ts';
import { getopts, read } from './input.ts';
import { journal } from './journal.ts';
import { layer } from './layer.ts';
import { lookups } from './lookup.ts';
import { bind, mount, ns, unbind } from './namespace.ts';
import { chmod } from './permissions.ts';
import { printf } from './printf.ts';
import { bg, fg, jobs, kill, ps, ulimit, wait } from './processes.ts';
import { nice, nohup, time, timeout } from './running.ts';
import { bracket, test } from './test.ts';
import { clear, colon, echo, fail, succeed } from './text.ts';
import { trap } from './trap.ts';
import { undo } from './undo.ts';
import { xargs } from './xargs.ts';
import { alias, exportVariables, local, readonlyVariables, set, shift, unalias, unset } from './variables.ts';

const OWN: Record<string, Builtin> = {
  ':': colon, '.': source, '[': bracket, alias, bg, bind, break: breakLoop, cd, chmod, clear, continue: continueLoop, echo, env, eval: evaluate, exit,
  export: exportVariables, false: fail, fg, fsck, getopts, history, jobs, journal, kill, layer, local, mount, nice, nohup, ns, printf, ps, pwd, read, readonly: readonlyVariables,
  return: returnFrom, set, shift, source, test, time, timeout, times, trap, true: succeed, ulimit, umask, unalias, unbind, undo, unset, wait, xargs,
  // Its redirections stay; who runs commands looks after that.
  exec: {
    usage: '[command [argument …]]', summary: 'end with a command; without one, keep redirections', special: true,
    run: ({ shell, args }) => (args.length === 0 ? 0 : shell.runner.program(shell, args[0] === '--' ? args.slice(1) : args, { exec: true })),
  },
};

/** The commands that are the shell's own, by name. */
export function allBuiltins(): Map<string, Builtin> {
  const all = new Map<string, Builtin>(Object.entries(OWN));
  for (const [name, builtin] of Object.entries(lookups(all))) all.set(name, builtin);
  all.set('help', help(all));
  return all;
}

export { reason, type Builtin, type Context } from './builtin.ts';
export { readLine } from './input.ts';
export { changeDirectory } from './directories.ts';
export { timed } from './running.ts';
export { findProgram, type Builtins } from './lookup.ts';
export { declaration, takeOptions } from './variables.ts';
