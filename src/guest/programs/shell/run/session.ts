import { FsError } from '../../../../shared/base/index.ts';
import type { Vfs } from '../../../vfs/index.ts';
import { allBuiltins, findProgram, readLine, reason, takeOptions, type Builtin } from '../builtins/index.ts';
import { notices, takeTerminal } from '../jobs/index.ts';
import { Expander } from '../expand/index.ts';
import { isIncomplete, parseDocument, ParseError, Parser, type List, type ParserOptions } from '../parse/index.ts';
import { jobState, Shell, ShellError, Unwind } from '../state/index.ts';
import { decodeText, encodeText, System } from '../system/index.ts';
import { Executor } from './executor.ts';
import { complain, printError, TOO_MUCH } from './report.ts';
import { announceSignals } from './signals.ts';
import { readState, type Work } from './state.ts';

export interface SessionOptions {
  vfs: Vfs;
  /** With the name. */
  args: readonly string[];
  /** `NAME=value`. */
  env: readonly string[];
  cwd: string;
}

const NAME = /^[A-Za-z_]\w*$/;
/** What shells with a prompt run before the user's own file. */
const SYSTEM_START = '/etc/shrc';
/** Status of a shell that could not read its script. */
const NO_SCRIPT = 2;
const KEYWORDS = ['case', 'do', 'done', 'elif', 'else', 'esac', 'fi', 'for', 'if', 'then', 'until', 'while'];

/** A shell process: how it was called, and what it runs. */
export class Session {
  readonly shell: Shell;
  readonly #executor: Executor;
  readonly #builtins: Map<string, Builtin>;

  constructor({ vfs, env, cwd }: SessionOptions) {
    this.#builtins = allBuiltins();
    this.#executor = new Executor(this.#builtins);
    const system = new System(vfs, cwd);
    this.shell = new Shell(system, this.#executor);
    this.#importEnvironment(env, cwd);
  }

  #importEnvironment(env: readonly string[], cwd: string): void {
    const { vars } = this.shell;
    for (const entry of env) {
      const cut = entry.indexOf('=');
      const name = cut < 0 ? entry : entry.slice(0, cut);
      if (NAME.test(name)) vars.set(name, cut < 0 ? '' : entry.slice(cut + 1), true);
    }
    for (const [name, value] of [['IFS', ' \t\n'], ['OPTIND', '1'], ['PPID', String(this.shell.system.ppid)], ['PS2', '> '], ['PS4', '+ ']] as const) {
      vars.restore(name, { value, exported: false, readonly: false });
    }
    vars.set('PWD', cwd, true);
    if (vars.get('PATH') === undefined) vars.set('PATH', this.shell.path);
  }

  /** Runs what the arguments say to its end; `interact` is the loop of a shell with a prompt. The exit code. */
  run(args: readonly string[], interact: (session: Session) => void): number {
    const { shell } = this;
    this.#name = args[0] ?? 'sh';
    if (args[1] === '--state-fd') return this.#runState(Number(args[2]));
    let call: Call;
    try {
      call = parseCall(shell, args);
    } catch (error) {
      if (!(error instanceof ShellError)) throw error;
      printError(shell, `${shell.arg0}: 0: ${error.message}\n`);
      return NO_SCRIPT;
    }
    if (call.kind === 'terminal') return this.#interact(interact);
    if (call.kind === 'file') return this.#runFile(call.path);
    return this.#script(call.kind === 'text' ? new Source(shell, call.text) : new Source(shell, '', () => this.#nextLine()));
  }

  #runState(fd: number): number {
    const { shell } = this;
    let work: Work;
    try {
      work = readState(shell, this.#readState(fd));
    } catch (error) {
      if (!(error instanceof FsError) && !(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
      printError(shell, `${this.#name}: 0: there is no state of a shell at descriptor ${fd}\n`);
      return NO_SCRIPT;
    }
    if (shell.traps.size > 0) announceSignals(shell);
    return this.#executor.whole(shell, () => ('list' in work ? this.#executor.list(shell, work.list) : this.#executor.command(shell, work.command)));
  }

  /** What another shell has left in a pipe, which is closed then. */
  #readState(fd: number): string {
    const { system } = this.shell;
    const pieces: Uint8Array[] = [];
    for (let bytes = system.read(fd, 65536); bytes === null || bytes.length > 0; bytes = system.read(fd, 65536)) if (bytes) pieces.push(bytes.slice());
    system.close(fd);
    const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return decodeText(all);
  }

  #runFile(path: string): number {
    const { shell } = this;
    let text: string;
    try {
      text = decodeText(shell.files.readAll(path));
    } catch (error) {
      printError(shell, `${this.#name}: 0: cannot open ${path}: ${reason(error)}\n`);
      return NO_SCRIPT;
    }
    return this.#script(new Source(shell, text));
  }

  #nextLine(): string | null {
    let line = readLine(this.shell, 0);
    for (; line === null; line = readLine(this.shell, 0)) this.#executor.act(this.shell);
    if (line.length === 0) return null;
    const text = decodeText(line);
    if (this.shell.options.has('verbose')) printError(this.shell, text);
    return text;
  }

  /** Runs a script line by line, so that each line sees what the one before it did (aliases, options). */
  #script(source: Source): number {
    const { shell } = this;
    return this.#executor.whole(shell, () => {
      for (;;) {
        const list = source.next();
        if (list === null) return shell.status;
        if (!shell.options.has('noexec')) this.#executor.list(shell, list);
      }
    });
  }

  #interact(interact: (session: Session) => void): number {
    const { shell } = this;
    shell.terminal = shell.system.save(0);
    announceSignals(shell);
    takeTerminal(shell);
    return this.#executor.whole(shell, () => {
      this.#startUp();
      interact(this);
      return shell.status;
    });
  }

  /** What a shell with a prompt runs first: `/etc/shrc`, then the file that `ENV` names, else `~/.shrc` (POSIX.1-2017, XCU, sh). */
  #startUp(): void {
    const { shell } = this;
    this.#runStart(SYSTEM_START);
    const env = shell.get('ENV');
    const file = env === undefined ? `${shell.get('HOME') ?? ''}/.shrc` : new Expander(shell).text(parseDocument(env));
    if (file !== '') this.#runStart(file);
  }

  #runStart(path: string): void {
    const text = this.shell.files.readText(path);
    if (text !== null) this.runTyped(text);
  }

  #name = 'sh';

  /** Whether `exit` was given. */
  ended = false;
  /** Counts what was typed; at which of them the user heard of stopped jobs. */
  #typed = 0;
  #warned = -1;

  /** The end of what is typed, as `exit`. */
  leave(): void {
    this.#typed++;
    this.#leave();
  }

  /** Stopped jobs end with their shell, so the first time it stays and says so. */
  #leave(): void {
    const { shell } = this;
    this.ended = this.#warned === this.#typed - 1 || !shell.jobs.list.some((job) => jobState(job) === 'stopped');
    if (this.ended) return;
    printError(shell, 'You have stopped jobs.\n');
    this.#warned = this.#typed;
  }

  /** Runs what was typed. Errors end what was typed, not the shell. */
  runTyped(text: string): void {
    const { shell } = this;
    shell.line = 1;
    this.#typed++;
    const source = new Source(shell, text);
    try {
      for (let list = source.next(); list !== null; list = source.next()) if (!shell.options.has('noexec')) this.#executor.list(shell, list);
    } catch (error) {
      this.#typedFailed(error);
    }
  }

  #typedFailed(error: unknown): void {
    const { shell } = this;
    if (error instanceof Unwind) {
      shell.status = error.status;
      if (error.kind === 'exit') this.#leave();
      return;
    }
    if (error instanceof RangeError) complain(shell, TOO_MUCH);
    else if (error instanceof ShellError || error instanceof FsError) complain(shell, error.message);
    else throw error;
    shell.status = error instanceof ShellError ? error.status : 2;
  }

  /** Whether a text needs more lines before it can be run. */
  isIncomplete(text: string): boolean {
    return isIncomplete(text, (name) => this.shell.aliases.get(name));
  }

  /** Names for completion. */
  names(kind: 'command' | 'variable' | 'job'): string[] {
    const { shell } = this;
    if (kind === 'variable') return shell.vars.names();
    if (kind === 'job') return shell.jobs.list.map(({ id }) => `%${id}`);
    return [...KEYWORDS, ...this.#builtins.keys(), ...shell.aliases.keys(), ...shell.functions.keys(), ...this.#programs()];
  }

  /** How a built-in command is called; null if there is none of the name. */
  usage(name: string): string | null {
    const builtin = this.#builtins.get(name);
    return builtin ? `usage: ${name} ${builtin.usage}`.trim() : null;
  }

  /** The file of a program; null if there is none. */
  programPath(name: string): string | null {
    const path = findProgram(this.shell, name);
    return path === null ? null : this.shell.files.resolve(path);
  }

  /** Signals that came while a line was typed: their traps run; the others have done there what they do. */
  actOnSignals(): void {
    try {
      this.#executor.act(this.shell);
    } catch (error) {
      if (!(error instanceof Unwind) || error.kind !== 'abort') this.#typedFailed(error);
    }
  }

  #programs(): string[] {
    const { path, files } = this.shell;
    const found: string[] = [];
    for (const directory of path.split(':')) {
      try {
        // A manifest beside a program is none.
        found.push(...files.list(directory || '.').filter(({ name }) => !/(^C|\.c)omponent\.toml$/.test(name)).map(({ name }) => name.replace(/\.wasm$/, '')));
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
      }
    }
    return found;
  }

  /** What has to be told before a prompt: jobs that have ended or stopped. */
  notices(): string {
    return notices(this.shell);
  }

  print(text: string): void {
    this.shell.system.write(1, encodeText(text));
  }
}

type Call = { kind: 'terminal' } | { kind: 'input' } | { kind: 'text'; text: string } | { kind: 'file'; path: string };

/** How the shell was called (POSIX.1-2017, XCU, sh). @throws ShellError */
function parseCall(shell: Shell, args: readonly string[]): Call {
  shell.arg0 = args[0] ?? 'sh';
  const { text, rest } = callOptions(shell, args.slice(1));
  if (text) {
    const [script, name, ...positional] = rest;
    if (script === undefined) throw new ShellError('-c requires an argument');
    if (name !== undefined) shell.arg0 = name;
    shell.positional = positional;
    return { kind: 'text', text: script };
  }
  const [file, ...positional] = rest;
  if (file !== undefined && !shell.options.has('stdin')) {
    shell.arg0 = file;
    shell.positional = positional;
    return { kind: 'file', path: file };
  }
  shell.positional = rest;
  shell.options.put('stdin', true);
  const terminal = shell.files.isTerminal(0) && shell.files.isTerminal(2);
  if (!terminal && !shell.options.has('interactive')) return { kind: 'input' };
  shell.options.put('interactive', terminal);
  shell.options.put('monitor', terminal);
  return { kind: terminal ? 'terminal' : 'input' };
}

/** Takes the options; `-c` and `-l` are only the command's, not `set`'s. */
function callOptions(shell: Shell, args: readonly string[]): { text: boolean; rest: readonly string[] } {
  let text = false;
  const left: string[] = [];
  let at = 0;
  for (; at < args.length && /^[-+]./.test(args[at]!) && args[at] !== '--'; at++) {
    let word = args[at]!;
    if (word.startsWith('--')) throw new ShellError(`Illegal option ${word}`);
    if (word.startsWith('-')) {
      text ||= word.includes('c');
      word = word.replace(/[cl]/g, '');
    }
    if (word.length > 1) left.push(word);
    if (/o/.test(word) && args[at + 1] !== undefined) left.push(args[++at]!);
  }
  takeOptions(shell, left);
  if (args[at] === '--' || args[at] === '-') at++;
  return { text, rest: args.slice(at) };
}

/** A script's commands, one complete command at a time. */
class Source {
  readonly #shell: Shell;
  readonly #parser: Parser;

  constructor(shell: Shell, text: string, more?: () => string | null) {
    this.#shell = shell;
    const options: ParserOptions = { alias: (name) => shell.aliases.get(name) };
    this.#parser = new Parser(text, more ? { ...options, more } : options);
  }

  /** Null at the end. @throws ShellError for what is no script */
  next(): List | null {
    try {
      return this.#parser.next();
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.#shell.line = error.line;
      throw new ShellError(`Syntax error: ${error.message}`, { ends: true });
    }
  }
}
