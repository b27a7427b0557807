import type { ExitStatus } from '../../../../shared/abi/index.ts';
import { OfdFlag } from '../../../../shared/arena/index.ts';
import { ShellError, type Shell } from '../state/index.ts';
import { decodeText, encodeText } from '../system/index.ts';
import { letters, number, shortened, type Builtin, type Context } from './builtin.ts';

/** Bytes of one line, or of one item with `-0` and `-d`, at most. */
const RECORD_MAX = 16 * 1024 * 1024;
/** Argument bytes of one command. */
const ARGUMENTS_MAX = 32 * 1024;
/** Exit statuses as GNU's: of commands that returned 1 to 125, returned 255, were ended by a signal. */
const SOME_FAILED = 123;
const STOPPED = 124;
const BY_SIGNAL = 125;

const LONG = {
  null: '-0', delimiter: '-d', 'arg-file': '-a', 'max-args': '-n', 'max-lines': '-L', 'max-chars': '-s', 'max-procs': '-P', 'no-run-if-empty': '-r', verbose: '-t',
  exit: '-x', replace: '-I',
};

interface Plan {
  readonly command: readonly string[];
  /** Arguments, bytes of arguments and lines of input of one command, at most. */
  readonly count: number;
  readonly bytes: number;
  readonly lines: number;
  readonly replace: string | undefined;
  /** What ends an item; undefined: the input is words in lines. */
  readonly separator: number | undefined;
  readonly trace: boolean;
  readonly runEmpty: boolean;
}

/** The code of the one character that `-d` names. */
function delimiter(text: string): number {
  const names: Record<string, string> = { '\\n': '\n', '\\t': '\t', '\\0': '\0', '\\r': '\r', '\\\\': '\\' };
  const character = names[text] ?? text;
  if (character.length !== 1 || character.charCodeAt(0) > 127) throw new ShellError(`-d takes one character, not ${text}`, { status: 1 });
  return character.charCodeAt(0);
}

function least(text: string | undefined): number {
  if (text === undefined) return Infinity;
  const value = number(text);
  if (value < 1) throw new ShellError(`${text} is less than 1`, { status: 1 });
  return value;
}

function plan(args: readonly string[]): { plan: Plan; file: string | undefined } {
  const { flags, rest } = letters(shortened(args, LONG), '0rtxn:I:L:d:s:P:a:');
  const separator = flags.has('0') ? 0 : flags.has('d') ? delimiter(flags.get('d')!) : undefined;
  const replace = flags.get('I');
  return {
    file: flags.get('a'),
    plan: {
      command: rest.length > 0 ? rest : ['echo'], count: least(flags.get('n')), bytes: Math.min(least(flags.get('s')), ARGUMENTS_MAX), lines: least(flags.get('L')),
      replace, separator, trace: flags.has('t'), runEmpty: !flags.has('r') && replace === undefined,
    },
  };
}

/** The input up to each `separator`, without it, as it comes; what is after the last one too. */
function* records(shell: Shell, fd: number, separator: number): Generator<string> {
  let rest = new Uint8Array(0);
  for (;;) {
    const bytes = shell.system.read(fd, 65536);
    if (bytes === null) throw new ShellError('interrupted', { status: 130 });
    if (bytes.length === 0) break;
    if (rest.length + bytes.length > RECORD_MAX) throw new ShellError('a line of the input is too long', { status: 1 });
    const all = new Uint8Array(rest.length + bytes.length);
    all.set(rest);
    all.set(bytes, rest.length);
    let from = 0;
    for (let end = all.indexOf(separator, rest.length); end >= 0; end = all.indexOf(separator, from)) {
      yield decodeText(all.subarray(from, end));
      from = end + 1;
    }
    rest = all.slice(from);
  }
  if (rest.length > 0) yield decodeText(rest);
}

const TOKEN = /\\([^])|"([^"]*)"|'([^']*)'|([ \t]+)|(["'])|([^\\"' \t]+)/g;

/** Words of a line: blanks separate, quotes and backslashes keep (POSIX.1-2017, XCU, xargs). `whole`: blanks inside are kept, it is one. */
function words(line: string, whole: boolean): string[] {
  const found: string[] = [];
  let word: string | null = null;
  for (const [, escaped, double, single, blank, open, plain] of line.matchAll(TOKEN)) {
    if (open !== undefined) throw new ShellError(`unmatched ${open === '"' ? 'double' : 'single'} quote; with -0 quotes mean nothing`, { status: 1 });
    if (blank !== undefined && (!whole || word === null)) {
      if (word !== null) found.push(word);
      word = null;
    } else word = (word ?? '') + (escaped ?? double ?? single ?? blank ?? plain ?? '');
  }
  return word === null ? found : [...found, word];
}

/** Lines, a line end after a backslash being part of one. */
function* lines(shell: Shell, fd: number): Generator<string> {
  let before = '';
  for (const record of records(shell, fd, 10)) {
    const line = before + record;
    before = /(?:^|[^\\])(?:\\\\)*\\$/.test(line) ? `${line}\n` : '';
    if (before === '') yield line;
  }
  if (before !== '') yield before;
}

/** One call of `xargs`. */
class Run {
  status = 0;
  #pending: string[] = [];
  #bytes = 0;
  #lines = 0;
  #commands = 0;

  constructor(readonly context: Context, readonly plan: Plan) {}

  input(fd: number): void {
    const { shell } = this.context;
    const { separator, replace } = this.plan;
    if (separator !== undefined) for (const item of records(shell, fd, separator)) this.#items([item], true);
    else {
      for (const line of lines(shell, fd)) {
        const items = words(line, replace !== undefined);
        // A blank at the end joins it with the next line.
        if (items.length > 0) this.#items(items, !/[ \t]$/.test(line));
      }
    }
    if (this.#pending.length > 0 || (this.#commands === 0 && this.plan.runEmpty)) this.#flush();
  }

  #items(items: readonly string[], ends: boolean): void {
    const { replace } = this.plan;
    if (replace !== undefined) {
      for (const item of items) this.#run(this.plan.command.map((word) => word.replaceAll(replace, () => item)));
      return;
    }
    for (const item of items) this.#add(item);
    if (!ends || ++this.#lines < this.plan.lines) return;
    this.#flush();
  }

  #add(item: string): void {
    const bytes = encodeText(item).length + 1;
    if (bytes > this.plan.bytes) throw new ShellError('argument line too long', { status: 1 });
    if (this.#bytes + bytes > this.plan.bytes || this.#pending.length >= this.plan.count) this.#flush();
    this.#pending.push(item);
    this.#bytes += bytes;
  }

  #flush(): void {
    const argv = [...this.plan.command, ...this.#pending];
    this.#pending = [];
    this.#bytes = 0;
    this.#lines = 0;
    this.#run(argv);
  }

  #run(argv: readonly string[]): void {
    const { shell, errorLine } = this.context;
    this.#commands++;
    if (this.plan.trace) errorLine(argv.join(' '));
    let end: ExitStatus | undefined;
    const nothing = shell.system.openNull(false);
    const code = shell.system.exchanged(0, nothing, () => shell.runner.program(shell, argv, { ended: (status) => void (end = status) }));
    if (code === 0) return;
    if (code === 126 || code === 127) throw new Stop(code);
    if (end?.signal) throw new Stop(BY_SIGNAL, `${argv[0]}: terminated by signal ${end.signal}`);
    if (code === 255) throw new Stop(STOPPED, `${argv[0]}: exited with status 255; aborting`);
    this.status = SOME_FAILED;
  }
}

/** No further commands are run. */
class Stop extends Error {
  constructor(readonly status: number, message = '') {
    super(message);
  }
}

/** Out of the way of children. */
function openOwn(shell: Shell, path: string): number {
  const fd = shell.files.open(path, OfdFlag.READ);
  const own = shell.system.save(fd);
  shell.system.close(fd);
  return own;
}

/** In the shell, as programs cannot start others. */
export const xargs: Builtin = {
  usage: '[-0rtx] [-a file] [-d character] [-n count | -L lines | -I text] [-P count] [-s bytes] [command [argument …]]',
  summary: 'run a command with arguments from the input; one at a time, whatever -P says',
  run(context) {
    const { shell, args, errorLine } = context;
    const { plan: wanted, file } = plan(args);
    const run = new Run(context, wanted);
    const fd = file === undefined ? 0 : openOwn(shell, file);
    try {
      run.input(fd);
      return run.status;
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      if (error.message !== '') errorLine(`xargs: ${error.message}`);
      return error.status;
    } finally {
      if (fd !== 0) shell.system.close(fd);
    }
  },
};
