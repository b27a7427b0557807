import { FsError } from '../../../../shared/base/index.ts';
import { findProgram, reason, type Builtin, type Builtins, type Context } from '../builtins/index.ts';
import { ArithmeticError, Expander, ExpansionError } from '../expand/index.ts';
import { awaitForeground, wasInterrupted } from '../jobs/index.ts';
import type { Assignment, Command, FunctionDefinition, Simple, Word } from '../parse/index.ts';
import { parseDocument } from '../parse/index.ts';
import { DEFAULT_PATH, Jobs, jobState, ShellError, Unwind, type ProgramOptions, type Shell, type Variable } from '../state/index.ts';
import { encodeText } from '../system/index.ts';
import { Redirections } from './redirections.ts';
import { complain, failure, printError, reportEnd, TOO_MUCH } from './report.ts';
import { spawnProgram, type Place } from './spawn.ts';

/** What simple commands need of the rest. */
export interface Commands {
  command(shell: Shell, command: Command): number;
  subshell(shell: Shell, run: (copy: Shell) => number): number;
}

/** Status of who wrote into a pipe that nobody reads. */
const BROKEN_PIPE = 141;
/** Runs a built-in command as a program, by the arguments that follow. */
const AS_PROGRAM = ['/bin/sh', '-c', '"$0" "$@"'];
/** Built-ins whose arguments `name=value` are assignments: neither split nor matched. */
const DECLARING = new Set(['export', 'readonly', 'local']);
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/** Simple commands: expansion, assignments, redirections, and then a function, a built-in or a program (POSIX.1-2017, Shell, 2.9.1). */
export class SimpleCommands {
  readonly #builtins: Builtins;
  readonly #commands: Commands;

  constructor(builtins: Builtins, commands: Commands) {
    this.#builtins = builtins;
    this.#commands = commands;
  }

  run(shell: Shell, command: Simple): number {
    shell.line = command.line;
    shell.substituted = null;
    try {
      const argv = this.words(shell, command.words);
      if (argv.length === 0) return this.#withoutName(shell, command);
      return this.#named(shell, argv, command);
    } catch (error) {
      return this.#failed(shell, error);
    }
  }

  /** The command's words, expanded. */
  words(shell: Shell, words: readonly Word[]): string[] {
    const expander = new Expander(shell);
    const [first, ...rest] = words;
    const name = first?.length === 1 && first[0]!.k === 'text' ? first[0]!.s : '';
    if (!DECLARING.has(name)) return expander.fields(words);
    return [name, ...rest.flatMap((word) => (word[0]?.k === 'text' && ASSIGNMENT.test(word[0].s) ? [this.#declaration(expander, word)] : expander.fields([word])))];
  }

  /** `name=value` as one text, with the tildes of an assignment. */
  #declaration(expander: Expander, word: Word): string {
    const [first, ...rest] = word as [Extract<Word[number], { k: 'text' }>, ...Word];
    const cut = first.s.indexOf('=') + 1;
    return first.s.slice(0, cut) + expander.text([...(cut < first.s.length ? [{ k: 'text' as const, s: first.s.slice(cut) }] : []), ...rest], true);
  }

  #failed(shell: Shell, error: unknown): number {
    if (error instanceof ExpansionError || error instanceof ArithmeticError) {
      complain(shell, error.message);
      throw failure(shell, 2);
    }
    if (error instanceof RangeError) {
      complain(shell, TOO_MUCH);
      throw failure(shell, 2);
    }
    if (error instanceof FsError) {
      complain(shell, error.message);
      return 1;
    }
    if (!(error instanceof ShellError)) throw error;
    complain(shell, error.message);
    if (error.ends) throw failure(shell, error.status);
    return error.status;
  }

  /** Assignments and redirections alone. */
  #withoutName(shell: Shell, { assigns, redirects }: Simple): number {
    const redirections = new Redirections(shell);
    try {
      redirections.apply(redirects);
      this.#assign(shell, assigns);
      return shell.substituted ?? 0;
    } finally {
      redirections.restore();
    }
  }

  #assign(shell: Shell, assigns: readonly Assignment[]): void {
    const expander = new Expander(shell);
    for (const { name, value } of assigns) {
      const text = expander.text(value, true);
      if (shell.options.has('xtrace')) this.trace(shell, [`${name}=${text}`]);
      shell.set(name, text);
    }
  }

  /** `set -x` */
  trace(shell: Shell, words: readonly string[]): void {
    const prefix = shell.get('PS4') ?? '+ ';
    const text = /[$`\\]/.test(prefix) ? new Expander(shell).text(parseDocument(prefix)) : prefix;
    printError(shell, `${text}${words.join(' ')}\n`);
  }

  #named(shell: Shell, argv: readonly string[], command: Simple): number {
    const name = argv[0]!;
    const builtin = this.#builtins.get(name);
    const definition = builtin?.special ? undefined : shell.functions.get(name);
    const redirections = new Redirections(shell);
    const before: [string, Variable | undefined][] = [];
    try {
      try {
        redirections.apply(command.redirects);
      } catch (error) {
        if (error instanceof ShellError && builtin?.special) throw new ShellError(error.message, { status: error.status, ends: true });
        throw error;
      }
      const env = this.#prefix(shell, command.assigns, builtin, definition, before);
      if (shell.options.has('xtrace')) this.trace(shell, [...Object.entries(env).map(([key, value]) => `${key}=${value}`), ...argv]);
      if (name === 'exec' && builtin) this.#keep(shell, redirections);
      // What goes wrong is told while the redirections stand: `cd nowhere 2>/dev/null` is silent.
      try {
        if (definition) return this.#function(shell, definition, argv);
        return builtin ? this.builtin(shell, builtin, argv) : this.#program(shell, argv, { ...shell.vars.environment(), ...env }, env['PATH']);
      } catch (error) {
        return this.#failed(shell, error);
      }
    } finally {
      for (const [key, variable] of before.toReversed()) shell.vars.restore(key, variable);
      redirections.restore();
    }
  }

  /**
   * Assignments before a command: they stay if it is a special built-in, are undone after another built-in or a function
   * (`before` is filled with what they were), and are for a program's environment only (which is returned).
   */
  #prefix(shell: Shell, assigns: readonly Assignment[], builtin: Builtin | undefined, definition: FunctionDefinition | undefined, before: [string, Variable | undefined][]): Record<string, string> {
    if (assigns.length === 0) return {};
    if (builtin?.special) {
      this.#assign(shell, assigns);
      return {};
    }
    const expander = new Expander(shell);
    const env: Record<string, string> = {};
    for (const { name, value } of assigns) {
      const text = expander.text(value, true);
      env[name] = text;
      if (!builtin && !definition) continue;
      before.push([name, shell.vars.find(name)]);
      shell.set(name, text);
      shell.vars.mark(name, { exported: true });
    }
    return env;
  }

  /** Redirections of `exec` stay; in a subshell within the process, until that ends. */
  #keep(shell: Shell, redirections: Redirections): void {
    if (shell.subshellDepth === 0) {
      redirections.keep();
      return;
    }
    const kept = redirections.release();
    shell.undo.push(() => kept.restore());
  }

  #function(shell: Shell, { body }: FunctionDefinition, argv: readonly string[]): number {
    const { positional, loopDepth } = shell;
    shell.positional = argv.slice(1);
    shell.loopDepth = 0;
    shell.functionDepth++;
    shell.vars.enterFunction();
    try {
      return this.#commands.command(shell, body);
    } catch (error) {
      if (error instanceof Unwind && error.kind === 'return') return error.status;
      throw error;
    } finally {
      shell.vars.leaveFunction();
      shell.functionDepth--;
      shell.loopDepth = loopDepth;
      shell.positional = positional;
    }
  }

  builtin(shell: Shell, builtin: Builtin, argv: readonly string[]): number {
    const output: string[] = [];
    let status: number;
    try {
      status = this.collect(shell, builtin, argv, output);
    } finally {
      if (output.length > 0 && !this.#print(shell, argv[0]!, output.join(''))) status = 1;
    }
    return status;
  }

  /** Runs a built-in; what it prints is added to `output`. */
  collect(shell: Shell, builtin: Builtin, argv: readonly string[], output: string[]): number {
    const name = argv[0]!;
    const { line } = shell;
    const context: Context = {
      shell, name, args: argv.slice(1),
      out: (text) => void output.push(text),
      error: (message) => complain(shell, `${name}: ${message}`, line),
      errorLine: (text) => printError(shell, `${text}\n`),
    };
    try {
      return builtin.run(context);
    } catch (error) {
      if (error instanceof FsError) {
        if (error.code === 'EPIPE' && shell.traps.get('PIPE') !== '') throw failure(shell, BROKEN_PIPE);
        complain(shell, `${name}: ${reason(error)}`, line);
        return 1;
      }
      if (!(error instanceof ShellError)) throw error;
      // What a text that `eval` runs has told of itself is not told as the built-in's.
      const silent = builtin.special && /^(?:Cannot fork|Maximum)/.test(error.message);
      throw new ShellError(silent ? error.message : `${name}: ${error.message}`, { status: error.status, ends: error.ends && builtin.special === true });
    }
  }

  /** False if it could not be printed. Where nobody reads any more it ends the shell, as SIGPIPE would. */
  #print(shell: Shell, name: string, text: string): boolean {
    try {
      shell.system.write(1, encodeText(text));
      return true;
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      if (error.code === 'EPIPE' && shell.traps.get('PIPE') !== '') throw failure(shell, BROKEN_PIPE);
      complain(shell, `${name}: ${error.code === 'EBADF' || error.code === 'EPIPE' ? `${name}: I/O error` : reason(error)}`);
      return false;
    }
  }

  /** `env`: all of the environment. */
  #program(shell: Shell, argv: readonly string[], env: Record<string, string>, path?: string, { alarms = [], ended }: ProgramOptions = {}): number {
    const place: Place = shell.monitor ? { group: 0, foreground: true } : {};
    const pid = spawnProgram(shell, argv, env, path, place);
    const job = Jobs.create([pid], shell.monitor ? pid : 0, shell.text || argv.join(' '));
    const status = awaitForeground(shell, job, alarms);
    // Whoever set an alarm knows how that ends.
    const awaited = alarms.some(({ sent }) => sent) && jobState(job) === 'exited';
    const end = job.processes[0]?.ended;
    if (end) ended?.(end);
    if (!awaited) finishForeground(shell, job, argv[0]!);
    return status;
  }

  /** Starts a program with `env` added to the environment. The pid. */
  start(shell: Shell, argv: readonly string[], env: Record<string, string>, place: Place): number {
    return spawnProgram(shell, argv, { ...shell.vars.environment(), ...env }, env['PATH'], place);
  }

  /** Values of assignments before a program. */
  environment(shell: Shell, assigns: readonly Assignment[]): Record<string, string> {
    const expander = new Expander(shell);
    return Object.fromEntries(assigns.map(({ name, value }) => [name, expander.text(value, true)]));
  }

  /** As `command`, `exec` and `env` do it: no functions. */
  call(shell: Shell, argv: readonly string[], options: ProgramOptions): number {
    const { defaultPath = false, exec = false, env } = options;
    const process = exec || env !== undefined || options.alarms !== undefined;
    const builtin = this.#builtins.get(argv[0]!);
    if (builtin && !process) return this.#calledBuiltin(shell, builtin, argv);
    const path = defaultPath ? DEFAULT_PATH : env?.['PATH'];
    // What only the shell has (`env`, `timeout`, …) is run by one of its own.
    const only = builtin && findProgram(shell, argv[0]!, path) === null;
    try {
      const status = this.#program(shell, only ? [...AS_PROGRAM, ...argv] : argv, env ?? shell.vars.environment(), path, options);
      if (exec) throw new Unwind('exit', status);
      return status;
    } catch (error) {
      if (!(error instanceof ShellError)) throw error;
      if (exec) throw new ShellError(error.message, { status: error.status, ends: true });
      complain(shell, error.message);
      return error.status;
    }
  }

  /** `command` takes from a special built-in that its errors end the shell. */
  #calledBuiltin(shell: Shell, builtin: Builtin, argv: readonly string[]): number {
    try {
      return this.builtin(shell, builtin, argv);
    } catch (error) {
      if (!(error instanceof ShellError)) throw error;
      complain(shell, error.message);
      return error.status;
    }
  }
}

/** After a job in the foreground: a stopped one is put into the list; Ctrl-C gives up the line, too. */
export function finishForeground(shell: Shell, job: ReturnType<typeof Jobs.create>, name: string): void {
  if (jobState(job) === 'stopped') {
    shell.jobs.enter(job);
    job.told = false;
    if (shell.loopDepth > 0) throw new Unwind('abort', job.processes.at(-1)!.status);
    return;
  }
  reportEnd(shell, name, job.processes.at(-1)?.ended);
  if (shell.interactive && wasInterrupted(job)) throw new Unwind('abort', 130);
}
