import type { Limits } from '../../../../shared/abi/index.ts';
import type { Command, FunctionDefinition, List } from '../parse/index.ts';
import { Options, Variables, type OptionName, type Shell, type Variable } from '../state/index.ts';

/** What a subshell is to do. */
export type Work = { command: Command } | { list: List };

/** A shell's state as it goes to a subshell that is another process: what a fork would have copied, save traps and jobs. */
interface State {
  vars: [string, Variable][];
  functions: [string, FunctionDefinition][];
  aliases: [string, string][];
  options: OptionName[];
  positional: readonly string[];
  arg0: string;
  pid: number;
  status: number;
  lastBackground: number | null;
  /** Signals that are ignored. */
  ignored: string[];
  hash: [string, string][];
  line: number;
  errexitIgnored: number;
  functionDepth: number;
  sourceDepth: number;
  subshells: number;
  umask: number;
  limits: Partial<Limits>;
  work: Work;
}

export function writeState(shell: Shell, work: Work): string {
  const state: State = {
    vars: shell.vars.entries(), functions: [...shell.functions], aliases: [...shell.aliases],
    options: shell.options.list().filter((name) => name !== 'monitor' && name !== 'interactive'),
    positional: shell.positional, arg0: shell.arg0, pid: shell.pid, status: shell.status, lastBackground: shell.lastBackground ?? null,
    ignored: [...shell.traps].filter(([, action]) => action === '').map(([name]) => name), hash: [...shell.hash],
    line: shell.line, errexitIgnored: shell.errexitIgnored, functionDepth: shell.functionDepth, sourceDepth: shell.sourceDepth,
    subshells: shell.subshellDepth + 1, umask: shell.umask, limits: shell.limits, work,
  };
  return JSON.stringify(state);
}

/** Makes `shell` what the state says. What it is to do. Throws SyntaxError or TypeError for what no shell has written. */
export function readState(shell: Shell, text: string): Work {
  const state = JSON.parse(text) as State;
  shell.vars = new Variables(state.vars);
  shell.functions = new Map(state.functions);
  shell.aliases = new Map(state.aliases);
  shell.options = new Options(state.options);
  shell.traps = new Map(state.ignored.map((name) => [name, '']));
  shell.hash = new Map(state.hash);
  const { positional, arg0, pid, status, line, errexitIgnored, functionDepth, sourceDepth, umask, limits } = state;
  Object.assign(shell, { positional, arg0, pid, status, line, errexitIgnored, functionDepth, sourceDepth, umask, limits });
  shell.lastBackground = state.lastBackground ?? undefined;
  if (!('command' in state.work || Array.isArray(state.work.list))) throw new TypeError('a state without work');
  return state.work;
}
