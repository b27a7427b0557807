import type { SignalName } from '../../../../shared/abi/index.ts';
import { OfdFlag } from '../../../../shared/arena/index.ts';
import { FsError } from '../../../../shared/base/index.ts';
import { OpenFlag } from '../../../vfs/index.ts';
import { ShellError, type Alarm, type Shell } from '../state/index.ts';
import { signalName } from '../system/index.ts';
import { letters, reason, shortened, type Builtin, type Context } from './builtin.ts';

/** Commands that start programs, and so are the shell's own: preview 1 has no call for that. */

/** Exit statuses of `timeout`, and of `nohup`, as GNU's: the time was over; the command itself failed. */
const TIMED_OUT = 124;
const FAILED = 125;
const KILLED = 137;

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration such as `5`, `0.5s`, `2m`. */
function duration(text: string): number {
  const match = /^(\d{1,9}(?:\.\d*)?|\.\d+)(ms|[smhd])?$/.exec(text);
  if (!match) throw new ShellError(`invalid time interval '${text}'`, { status: FAILED });
  return Math.ceil(Number(match[1]) * UNITS[(match[2] ?? 's') as keyof typeof UNITS]);
}

function signalOf(text: string): SignalName {
  const name = signalName(text);
  if (!name) throw new ShellError(`'${text}': invalid signal`, { status: FAILED });
  return name;
}

/** The options of a command that returns 125 for what it does not understand. */
function options(args: readonly string[], known: string, long: Readonly<Record<string, string>>): ReturnType<typeof letters> {
  try {
    return letters(shortened(args, long), known);
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    throw new ShellError(error.message, { status: FAILED });
  }
}

export const timeout: Builtin = {
  usage: '[-s signal] [-k duration] [-p] [-v] duration command [argument …]',
  summary: 'run a program, and send it a signal (TERM) when the time is over; -k: then KILL',
  run({ shell, args, errorLine }) {
    const { flags, rest } = options(args, 's:k:pvf', { signal: '-s', 'kill-after': '-k', 'preserve-status': '-p', verbose: '-v', foreground: '-f' });
    const [time, ...argv] = rest;
    if (time === undefined || argv.length === 0) throw new ShellError(`usage: timeout ${timeout.usage}`, { status: FAILED });
    const signal = signalOf(flags.get('s') ?? 'TERM');
    const after = duration(time);
    const last = duration(flags.get('k') ?? '0');
    const alarms: Alarm[] = [];
    if (after > 0) alarms.push({ after, signal, sent: false });
    if (after > 0 && last > 0) alarms.push({ after: after + last, signal: 'KILL', sent: false });
    const status = shell.runner.program(shell, argv, { alarms });
    const sent = alarms.filter((alarm) => alarm.sent);
    if (flags.has('v')) for (const alarm of sent) errorLine(`timeout: sending signal ${alarm.signal} to command '${argv[0]}'`);
    if (sent.length === 0 || flags.has('p')) return status;
    return sent.at(-1)!.signal === 'KILL' && status === KILLED ? KILLED : TIMED_OUT;
  },
};

/** Runs something and prints on standard error how long it took: as POSIX has it, or in minutes and milliseconds. */
export function timed(shell: Shell, posix: boolean, print: (text: string) => void, run: () => number): number {
  const from = performance.now();
  const before = computed(shell);
  try {
    return run();
  } finally {
    const show = posix ? (milliseconds: number) => ` ${(milliseconds / 1000).toFixed(2)}` : (milliseconds: number) => `\t${Math.floor(milliseconds / 60_000)}m${((milliseconds % 60_000) / 1000).toFixed(3)}s`;
    print(`${posix ? '' : '\n'}real${show(performance.now() - from)}\nuser${show(Math.max(0, computed(shell) - before))}\nsys${show(0)}\n`);
  }
}

/** Milliseconds that this process and its children have computed. */
function computed(shell: Shell): number {
  const own = shell.system.pid;
  return shell.system.processes().reduce((sum, { pid, ppid, cpu }) => (pid === own || ppid === own ? sum + cpu : sum), 0);
}

/** Where `time` is no reserved word, as after an assignment. */
export const time: Builtin = {
  usage: '[-p] pipeline',
  summary: 'run commands and say how long they took and computed',
  run({ shell, args, errorLine }) {
    const posix = args[0] === '-p';
    const argv = posix ? args.slice(1) : args;
    return timed(shell, posix, (text) => errorLine(text.trimEnd()), () => (argv.length === 0 ? 0 : shell.runner.program(shell, argv)));
  },
};

export const nice: Builtin = {
  usage: '[-n number] [command [argument …]]',
  summary: 'run a command; all have the same priority here, 0',
  run({ shell, args, out }) {
    const known = args.map((arg, at) => (at === 0 ? arg.replace(/^-(-?\d+)$/, '-n$1') : arg));
    const { flags, rest } = options(known, 'n:', { adjustment: '-n' });
    if (flags.has('n') && !/^[-+]?\d+$/.test(flags.get('n')!)) throw new ShellError(`invalid adjustment '${flags.get('n')}'`, { status: FAILED });
    if (rest.length > 0) return shell.runner.program(shell, rest);
    if (flags.has('n')) throw new ShellError('a command must be given with an adjustment', { status: FAILED });
    out('0\n');
    return 0;
  },
};

/** Where the output goes: `nohup.out` here, or at home. */
function openOutput({ shell }: Context): { fd: number; path: string } {
  const home = shell.get('HOME');
  const paths = ['nohup.out', ...(home ? [`${home}/nohup.out`] : [])];
  for (const path of paths) {
    try {
      return { fd: shell.files.open(path, OfdFlag.WRITE | OfdFlag.APPEND, OpenFlag.CREATE), path };
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      if (path === paths.at(-1)) throw new ShellError(`failed to open '${path}': ${reason(error)}`, { status: FAILED });
    }
  }
  throw new Error('there is always a path');
}

/** Calls `run` without a terminal at descriptors 0 to 2, each of which was one before. */
function withoutTerminal(context: Context, run: () => number): number {
  const { shell, errorLine } = context;
  const { files, system } = shell;
  const [input, output, errors] = [0, 1, 2].map((fd) => system.isOpen(fd) && files.isTerminal(fd)) as [boolean, boolean, boolean];
  const file = output ? openOutput(context) : null;
  const ignored = input ? 'ignoring input' : '';
  if (file) errorLine(`nohup: ${ignored}${input ? ' and ' : ''}appending output to '${file.path}'`);
  else if (input || errors) errorLine(`nohup: ${ignored}${input && errors ? ' and ' : ''}${errors ? 'redirecting stderr to stdout' : ''}`);
  const toErrors = errors && system.isOpen(1) ? () => system.exchanged(2, system.save(1), run) : run;
  const toOutput = file ? () => system.exchanged(1, file.fd, toErrors) : toErrors;
  return input ? system.exchanged(0, system.openNull(false), toOutput) : toOutput();
}

export const nohup: Builtin = {
  usage: 'command [argument …]',
  summary: 'run a command that goes on when the terminal is gone; output for a terminal goes to nohup.out',
  run(context) {
    const { shell } = context;
    const { rest } = options(context.args, '', {});
    if (rest.length === 0) throw new ShellError(`usage: nohup ${nohup.usage}`, { status: FAILED });
    const own = new Map(shell.traps);
    shell.traps.set('HUP', '');
    shell.runner.trapsChanged(shell);
    try {
      return withoutTerminal(context, () => shell.runner.program(shell, rest));
    } finally {
      shell.traps = own;
      shell.runner.trapsChanged(shell);
    }
  },
};
