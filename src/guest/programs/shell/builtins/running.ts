import { ShellError, type Shell } from '../state/index.ts';
import { decodeText, encodeText } from '../system/index.ts';
import { letters, number, type Builtin } from './builtin.ts';

/** Commands that start programs, and so are the shell's own: preview 1 has no call for that. */

/** Input that `xargs` takes, and argument bytes of one command, at most. */
const INPUT_MAX = 16 * 1024 * 1024;
const ARGUMENTS_MAX = 32 * 1024;
/** Of `timeout`, and of `xargs` whose command has returned 255. */
const TIMED_OUT = 124;
const XARGS_STOPPED = 124;

function readInput(shell: Shell): string {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (let bytes = shell.system.read(0, 65536); bytes === null || bytes.length > 0; bytes = shell.system.read(0, 65536)) {
    if (bytes === null) throw new ShellError('interrupted', { status: 130 });
    size += bytes.length;
    if (size > INPUT_MAX) throw new ShellError('too much input', { status: 1 });
    pieces.push(bytes.slice());
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return decodeText(all);
}

/** Words of the input: blanks and line ends separate, quotes and backslashes keep (POSIX.1-2017, XCU, xargs). */
function words(text: string): string[] {
  const found = text.match(/(?:"[^"\n]*"|'[^'\n]*'|\\[^]|[^\s"'\\])+/g) ?? [];
  return found.map((word) => word.replace(/"([^"]*)"|'([^']*)'|\\([^])/g, (_, double?: string, single?: string, escaped?: string) => double ?? single ?? escaped ?? ''));
}

/** Groups of at most `count` items whose bytes fit into one command. */
function batches(items: readonly string[], count: number): string[][] {
  const all: string[][] = [];
  let size = Infinity;
  for (const item of items) {
    const bytes = encodeText(item).length + 1;
    if (size + bytes > ARGUMENTS_MAX || all.at(-1)!.length >= count) {
      all.push([]);
      size = 0;
    }
    all.at(-1)!.push(item);
    size += bytes;
  }
  return all;
}

export const xargs: Builtin = {
  usage: '[-0rt] [-n count] [-I text] [command [argument …]]',
  summary: 'run a command with arguments from the input',
  run(context) {
    const { shell, args, errorLine } = context;
    const { flags, rest } = letters(args, '0rtn:I:L:d:');
    const command = rest.length > 0 ? rest : ['echo'];
    const replace = flags.get('I');
    const text = readInput(shell);
    const lines = (separator: string): string[] => text.split(separator).filter((item) => item !== '');
    const items = flags.has('0') ? lines('\0') : flags.has('d') ? lines(flags.get('d')!.replace('\\n', '\n')) : replace !== undefined ? lines('\n').map((line) => line.trim()) : words(text);
    const count = replace !== undefined ? 1 : flags.has('n') ? Math.max(1, number(flags.get('n')!)) : flags.has('L') ? Math.max(1, number(flags.get('L')!)) : Infinity;
    const groups = batches(items, count);
    // Without input the command runs once, unless `-r` or `-I` is given.
    if (groups.length === 0 && !flags.has('r') && replace === undefined) groups.push([]);
    let status = 0;
    for (const group of groups) {
      const argv = replace === undefined ? [...command, ...group] : command.map((word) => word.replaceAll(replace, group[0]!));
      if (flags.has('t')) errorLine(argv.join(' '));
      const code = shell.runner.program(shell, argv);
      if (code === 126 || code === 127) return code;
      if (code === 255) return XARGS_STOPPED;
      if (code !== 0) status = 123;
    }
    return status;
  },
};

/** Milliseconds of a duration such as `5`, `0.5s`, `2m`. */
function duration(text: string): number {
  const match = /^(\d{1,9}(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (!match) throw new ShellError(`invalid time interval ${text}`, { status: 125 });
  return Math.ceil(Number(match[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[(match[2] ?? 's') as 'ms' | 's' | 'm' | 'h']);
}

export const timeout: Builtin = {
  usage: 'duration command [argument …]',
  summary: 'run a program, and end it when the time is over',
  run({ shell, args }) {
    const [time, ...argv] = args;
    if (time === undefined || argv.length === 0) throw new ShellError('usage: timeout duration command [argument …]', { status: 125 });
    const wall = duration(time);
    const from = performance.now();
    const status = shell.runner.program(shell, argv, { limits: { wall } });
    return status > 128 && performance.now() - from >= wall ? TIMED_OUT : status;
  },
};

export const time: Builtin = {
  usage: '[-p] command [argument …]',
  summary: 'run a command and say how long it took',
  run({ shell, args, errorLine }) {
    const argv = args[0] === '-p' ? args.slice(1) : args;
    const from = performance.now();
    const before = computed(shell);
    const status = argv.length === 0 ? 0 : shell.runner.program(shell, argv);
    errorLine(`real ${seconds(performance.now() - from)}\nuser ${seconds(computed(shell) - before)}\nsys ${seconds(0)}`);
    return status;
  },
};

/** Milliseconds that this process and its children have computed. */
function computed(shell: Shell): number {
  const own = shell.system.pid;
  return shell.system.processes().reduce((sum, { pid, ppid, cpu }) => (pid === own || ppid === own ? sum + cpu : sum), 0);
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(2);
