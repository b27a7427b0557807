import type { ExitStatus, Limits, SignalName, SyscallRequest, SyscallValues } from '../../../../shared/abi/index.ts';
import { FsError } from '../../../../shared/base/index.ts';
import type { ExpandScope } from '../expand/index.ts';
import type { FunctionDefinition, List } from '../parse/index.ts';
import type { Files, System } from '../system/index.ts';
import { Jobs } from './jobs.ts';
import { Options } from './options.ts';
import { Variables } from './variables.ts';

/** A signal for a program that still runs `after` so many milliseconds. */
export interface Alarm {
  after: number;
  signal: SignalName;
  /** Set when it was sent. */
  sent: boolean;
}

export interface ProgramOptions {
  /** Look along the default path instead of `PATH`. */
  defaultPath?: boolean;
  /** End with its status. */
  exec?: boolean;
  /** All of the environment. Default: the exported variables. No built-in command is looked for. */
  env?: Record<string, string>;
  /** In the order of their times. No built-in command is looked for. */
  alarms?: readonly Alarm[];
  /** Told how a program (no built-in) ended. */
  ended?: (status: ExitStatus) => void;
}

/** What commands need of the part that runs commands. */
export interface Runner {
  /** What the commands print, without the last line ends. */
  substitute(shell: Shell, body: List): string;
  /** Runs a text as a script in this very shell. `line`: of its first line. */
  text(shell: Shell, text: string, line?: number): number;
  /** Runs a program, built-in or not, but no function. */
  program(shell: Shell, argv: readonly string[], options?: ProgramOptions): number;
  /** Makes the kernel send the signals that have traps. */
  trapsChanged(shell: Shell): void;
}

/** Of the text that a shell keeps; names that a script gives `trap`. */
export type TrapName = string;

const PATH = '/bin:/usr/bin';

/** An execution environment (POSIX.1-2017, Shell, 2.12). A subshell within the process is a copy. */
export class Shell implements ExpandScope {
  readonly system: System;
  readonly runner: Runner;
  vars = new Variables();
  functions = new Map<string, FunctionDefinition>();
  aliases = new Map<string, string>();
  options = new Options();
  positional: readonly string[] = [];
  /** `$0` */
  arg0 = 'sh';
  /** `$$` */
  pid: number;
  status = 0;
  /** `$!` */
  lastBackground: number | undefined;
  /** Actions by name of signal, `EXIT` included; empty: the signal is ignored. */
  traps = new Map<TrapName, string>();
  jobs = new Jobs();
  /** Paths of commands that were found. */
  hash = new Map<string, string>();
  /** Of the command that is running. */
  line = 1;
  /** Surrounding constructs in which `set -e` does not count. */
  errexitIgnored = 0;
  loopDepth = 0;
  functionDepth = 0;
  /** Files read by `.` that are being run. */
  sourceDepth = 0;
  /** How deep in subshells of this process. */
  subshellDepth = 0;
  /** Status of the last command substitution; null since none was made. */
  substituted: number | null = null;
  /** Position within an argument, of `getopts`. */
  optionOffset = 0;
  umask = 0o022;
  /** What `ulimit` has set, for what is started from here. */
  limits: Partial<Limits> = {};
  history: readonly string[] = [];
  /** The list of commands that is running, for the list of jobs. */
  text = '';
  /** What undoes the redirections that `exec` made in this subshell. */
  undo: (() => void)[] = [];
  /** Where the shell reaches its terminal; -1 if it has none. Set while jobs have groups of their own. */
  terminal = -1;

  constructor(system: System, runner: Runner) {
    this.system = system;
    this.runner = runner;
    this.pid = system.pid;
  }

  /** A subshell in this process. Traps are reset, jobs are not its own. */
  clone(): Shell {
    const copy = new Shell(this.system, this.runner);
    Object.assign(copy, this, {
      vars: this.vars.clone(), functions: new Map(this.functions), aliases: new Map(this.aliases), options: new Options(this.options.list()),
      hash: new Map(this.hash), jobs: new Jobs(), traps: new Map([...this.traps].filter(([, action]) => action === '')),
      subshellDepth: this.subshellDepth + 1, loopDepth: 0, substituted: null, terminal: -1, undo: [],
    });
    copy.options.put('monitor', false);
    return copy;
  }

  get files(): Files {
    return this.system.files;
  }

  get interactive(): boolean {
    return this.options.has('interactive');
  }

  get monitor(): boolean {
    return this.options.has('monitor');
  }

  get nounset(): boolean {
    return this.options.has('nounset');
  }

  get noglob(): boolean {
    return this.options.has('noglob');
  }

  get(name: string): string | undefined {
    return name === 'LINENO' ? String(this.line) : this.vars.get(name);
  }

  set(name: string, value: string): void {
    this.vars.set(name, value, this.options.has('allexport'));
    if (name === 'PATH') this.hash.clear();
    if (name === 'OPTIND') this.optionOffset = 0;
  }

  special(name: string): string | undefined {
    switch (name) {
      case '?': return String(this.status);
      case '#': return String(this.positional.length);
      case '-': return this.options.letters;
      case '$': return String(this.pid);
      case '!': return this.lastBackground === undefined ? undefined : String(this.lastBackground);
      case '0': return this.arg0;
      default: return undefined;
    }
  }

  home(user: string): string | undefined {
    return user === '' || user === this.vars.get('USER') ? this.vars.get('HOME') : undefined;
  }

  substitute(body: List): string {
    return this.runner.substitute(this, body);
  }

  list(directory: string): string[] {
    try {
      return this.files.list(directory === '' ? '.' : directory).map(({ name }) => name);
    } catch {
      return [];
    }
  }

  exists(path: string): boolean {
    return path.endsWith('/') ? this.files.isDirectory(path) : this.files.tryStat(path, false) !== null;
  }

  /** Of the terminal. */
  get size(): { columns: number; rows: number } {
    try {
      const { columns, rows } = this.ask<'tty-size'>({ op: 'tty-size', fd: this.files.isTerminal(1) ? 1 : 0 });
      return { columns: Math.max(columns, 8), rows: Math.max(rows, 2) };
    } catch (error) {
      if (error instanceof FsError) return { columns: 80, rows: 24 };
      throw error;
    }
  }

  get path(): string {
    return this.vars.get('PATH') ?? PATH;
  }

  /** A blocking call to the kernel. Throws `FsError`. */
  ask<Op extends SyscallRequest['op']>(request: Extract<SyscallRequest, { op: Op }>, path?: string): SyscallValues[Op] {
    return this.system.ask<Op>(request, path);
  }
}

/** Where commands are looked for if `PATH` is not set, and by `command -p`. */
export const DEFAULT_PATH = PATH;
