import { timed, type Builtins } from '../builtins/index.ts';
import { ArithmeticError, compilePattern, Expander, ExpansionError, matches } from '../expand/index.ts';
import type { AndOr, Command, Compound, List, Pipeline } from '../parse/index.ts';
import { ParseError, Parser } from '../parse/index.ts';
import { ShellError, Unwind, type ProgramOptions, type Runner, type Shell } from '../state/index.ts';
import { decodeText } from '../system/index.ts';
import { Pipelines } from './pipelines.ts';
import { Redirections } from './redirections.ts';
import { complain, failure, printError, TOO_MUCH } from './report.ts';
import { actOnSignals, announceSignals } from './signals.ts';
import { SimpleCommands } from './simple.ts';

/** Lists within lists (functions, substitutions, `eval`) before the stack could run out. */
const DEPTH_MAX = 200;

/** Runs what was parsed (POSIX.1-2017, Shell, 2.9). Statuses are returned; `Unwind` is thrown. */
export class Executor implements Runner {
  readonly #simple: SimpleCommands;
  readonly #pipelines: Pipelines;
  #depth = 0;
  #inTrap = false;

  constructor(builtins: Builtins) {
    this.#simple = new SimpleCommands(builtins, this);
    this.#pipelines = new Pipelines(builtins, this.#simple, this);
  }

  list(shell: Shell, list: List): number {
    if (++this.#depth > DEPTH_MAX) {
      this.#depth--;
      throw new ShellError(`Maximum function recursion depth (${DEPTH_MAX}) reached`, { ends: true });
    }
    try {
      let status = 0;
      for (const item of list) {
        if (shell.system.hasSignals) this.act(shell);
        if (shell.options.has('noexec') && !shell.interactive) return status;
        // Most are one command: a frame less on the stack for each counts in recursions.
        const { first } = item;
        const plain = item.rest.length === 0 && !item.background && !first.negated && first.timed === undefined;
        const only = plain && first.commands.length === 1 ? first.commands[0]! : null;
        if (only) {
          shell.text = item.text;
          status = this.command(shell, only);
          shell.status = status;
          if (status !== 0) this.#checkErrexit(shell, status, only);
          continue;
        }
        status = item.background ? this.#pipelines.background(shell, item) : this.#andOr(shell, item);
        shell.status = status;
      }
      if (shell.system.hasSignals) this.act(shell);
      return status;
    } finally {
      this.#depth--;
    }
  }

  /** Runs the traps of signals that came. */
  act(shell: Shell): void {
    if (this.#inTrap) return;
    actOnSignals(shell, (action) => this.trap(shell, action));
  }

  /** Runs a trap's action; the status is what it was. */
  trap(shell: Shell, action: string): void {
    const { status } = shell;
    const inTrap = this.#inTrap;
    this.#inTrap = true;
    try {
      this.text(shell, action, shell.line);
    } finally {
      this.#inTrap = inTrap;
    }
    shell.status = status;
  }

  #andOr(shell: Shell, { first, rest, text }: AndOr): number {
    shell.text = text;
    if (rest.length === 0) return this.#pipeline(shell, first);
    let status = this.#tested(shell, () => this.#pipeline(shell, first));
    rest.forEach(({ op, pipeline }, index) => {
      if ((op === '&&') !== (status === 0)) return;
      shell.status = status;
      status = index === rest.length - 1 ? this.#pipeline(shell, pipeline) : this.#tested(shell, () => this.#pipeline(shell, pipeline));
    });
    return status;
  }

  /** Where a failure decides something, so that `set -e` does not end the shell for it. */
  #tested(shell: Shell, run: () => number): number {
    shell.errexitIgnored++;
    try {
      return run();
    } finally {
      shell.errexitIgnored--;
    }
  }

  #pipeline(shell: Shell, { timed: form, negated, commands }: Pipeline): number {
    if (form !== undefined) return timed(shell, form === 'posix', (text) => printError(shell, text), () => this.#pipeline(shell, { negated, commands }));
    if (negated) {
      const status = this.#tested(shell, () => this.#commands(shell, commands));
      return (shell.status = status === 0 ? 1 : 0);
    }
    const status = this.#commands(shell, commands);
    shell.status = status;
    if (status !== 0) this.#checkErrexit(shell, status, commands.length === 1 ? commands[0]! : null);
    return status;
  }

  /** `set -e`. `only`: the command, null for a pipeline; what is within a compound command has been looked at there. */
  #checkErrexit(shell: Shell, status: number, only: Command | null): void {
    const counts = only === null || only.k === 'simple' || only.k === 'subshell';
    if (counts && shell.options.has('errexit') && shell.errexitIgnored === 0) throw new Unwind('exit', status);
  }

  #commands(shell: Shell, commands: readonly Command[]): number {
    return commands.length === 1 ? this.command(shell, commands[0]!) : this.#pipelines.run(shell, commands);
  }

  command(shell: Shell, command: Command): number {
    switch (command.k) {
      case 'simple': return this.#simple.run(shell, command);
      case 'function':
        shell.functions.set(command.name, command);
        return 0;
      default:
        if (command.redirects.length > 0) return this.#redirected(shell, command);
        return command.k === 'group' ? this.list(shell, command.body) : this.#compound(shell, command);
    }
  }

  #redirected(shell: Shell, command: Compound): number {
    const redirections = new Redirections(shell);
    try {
      try {
        redirections.apply(command.redirects);
      } catch (error) {
        return this.failed(shell, error, command.line);
      }
      return this.#compound(shell, command);
    } finally {
      redirections.restore();
    }
  }

  /** Prints what went wrong before a command could run. Its status; expansions that fail end the shell. */
  failed(shell: Shell, error: unknown, line: number): number {
    if (error instanceof ExpansionError || error instanceof ArithmeticError) {
      complain(shell, error.message, line);
      throw failure(shell, 2);
    }
    if (!(error instanceof ShellError)) throw error;
    complain(shell, error.message, line);
    if (error.ends) throw failure(shell, error.status);
    return error.status;
  }

  #compound(shell: Shell, command: Compound): number {
    switch (command.k) {
      case 'group': return this.list(shell, command.body);
      case 'subshell':
        if (shell.monitor) return this.#pipelines.run(shell, [{ ...command, redirects: [] }]);
        return this.subshell(shell, (copy) => this.list(copy, command.body));
      case 'if': return this.#if(shell, command);
      case 'for': return this.#for(shell, command);
      case 'while': return this.#while(shell, command);
      default: return this.#case(shell, command);
    }
  }

  #if(shell: Shell, { branches, otherwise }: Extract<Compound, { k: 'if' }>): number {
    for (const { test, body } of branches) {
      if (this.#tested(shell, () => this.list(shell, test)) === 0) return this.list(shell, body);
    }
    return otherwise ? this.list(shell, otherwise) : 0;
  }

  #for(shell: Shell, { name, words, body, line }: Extract<Compound, { k: 'for' }>): number {
    let values: readonly string[];
    try {
      values = words ? new Expander(shell).fields(words) : shell.positional;
    } catch (error) {
      return this.failed(shell, error, line);
    }
    let status = 0;
    this.#loop(shell, (turn) => {
      for (const value of values) {
        try {
          shell.set(name, value);
        } catch (error) {
          this.failed(shell, error, line);
        }
        if (!turn(() => (status = this.list(shell, body)))) break;
      }
    });
    return status;
  }

  #while(shell: Shell, { test, body, until }: Extract<Compound, { k: 'while' }>): number {
    let status = 0;
    this.#loop(shell, (turn) => {
      let ended = false;
      while (!ended) {
        const goesOn = turn(() => {
          ended = (this.#tested(shell, () => this.list(shell, test)) === 0) === until;
          if (!ended) status = this.list(shell, body);
        });
        if (!goesOn) break;
      }
    });
    return status;
  }

  /** `turn` runs one turn of the loop and says whether there may be another. `break` and `continue` have status 0. */
  #loop(shell: Shell, run: (turn: (body: () => void) => boolean) => void): void {
    shell.loopDepth++;
    try {
      run((body) => {
        try {
          body();
          return true;
        } catch (error) {
          if (!(error instanceof Unwind) || (error.kind !== 'break' && error.kind !== 'continue')) throw error;
          shell.status = 0;
          if (error.levels > 1) throw new Unwind(error.kind, 0, error.levels - 1);
          return error.kind === 'continue';
        }
      });
    } finally {
      shell.loopDepth--;
    }
  }

  #case(shell: Shell, { word, items, line }: Extract<Compound, { k: 'case' }>): number {
    try {
      const expander = new Expander(shell);
      const text = expander.text(word);
      const item = items.find(({ patterns }) => patterns.some((pattern) => matches(compilePattern(expander.pattern(pattern)), text)));
      return item ? this.list(shell, item.body) : 0;
    } catch (error) {
      return this.failed(shell, error, line);
    }
  }

  /** Runs something as a fork would, in this process: on a copy of the shell, whose changes are gone after it. The status. */
  subshell(shell: Shell, run: (copy: Shell) => number): number {
    const copy = shell.clone();
    const { cwd } = shell.files;
    try {
      return this.whole(copy, () => run(copy));
    } finally {
      for (const undo of copy.undo.toReversed()) undo();
      shell.files.cwd = cwd;
      shell.system.releaseHeld();
      if (copy.traps.size > 0 || shell.traps.size > 0) announceSignals(shell);
    }
  }

  /** Runs a shell's work to its end: `exit` and errors end it, then its EXIT trap runs. The status. */
  whole(shell: Shell, run: () => number): number {
    let status = this.#untilExit(shell, run);
    const action = shell.traps.get('EXIT');
    if (action) {
      shell.traps.delete('EXIT');
      shell.status = status;
      status = this.#untilExit(shell, () => {
        this.trap(shell, action);
        return shell.status;
      });
    }
    return status;
  }

  #untilExit(shell: Shell, run: () => number): number {
    try {
      return run();
    } catch (error) {
      if (error instanceof Unwind && error.kind !== 'abort') return error.status;
      if (error instanceof Unwind && shell.subshellDepth === 0) return error.status;
      if (error instanceof ShellError) {
        complain(shell, error.message);
        return error.status;
      }
      if (!(error instanceof RangeError)) throw error;
      complain(shell, TOO_MUCH);
      return 2;
    }
  }

  substitute(shell: Shell, body: List): string {
    let status = 0;
    const { bytes, overflowed } = shell.system.capture(() => {
      status = this.subshell(shell, (copy) => this.list(copy, body));
    });
    if (overflowed) throw new ExpansionError('command substitution: more output than fits');
    shell.substituted = status;
    return decodeText(bytes).replaceAll('\0', '').replace(/\n+$/, '');
  }

  text(shell: Shell, text: string, line = 1): number {
    const parser = new Parser(text, { line, alias: (name) => shell.aliases.get(name) });
    let status = 0;
    for (;;) {
      const list = this.#next(shell, parser);
      if (list === null) return status;
      status = this.list(shell, list);
    }
  }

  #next(shell: Shell, parser: Parser): List | null {
    try {
      return parser.next();
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      shell.line = error.line;
      throw new ShellError(`Syntax error: ${error.message}`, { ends: true });
    }
  }

  trapsChanged(shell: Shell): void {
    announceSignals(shell);
  }

  program(shell: Shell, argv: readonly string[], options: ProgramOptions = {}): number {
    return this.#simple.call(shell, argv, options);
  }
}
