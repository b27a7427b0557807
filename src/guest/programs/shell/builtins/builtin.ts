import { FsError } from '../../../../shared/base/index.ts';
import { ShellError, type Shell } from '../state/index.ts';

/** What a built-in command gets. What it prints is written when it returns. */
export interface Context {
  readonly shell: Shell;
  /** As it was called. */
  readonly name: string;
  /** Without the name. */
  readonly args: readonly string[];
  out(text: string): void;
  /** Prints `sh: 3: name: message`. */
  error(message: string): void;
  /** Prints a line on standard error as it is. */
  errorLine(text: string): void;
}

export interface Builtin {
  /** After the name, for `help`. */
  usage: string;
  summary: string;
  /** A special built-in (POSIX.1-2017, Shell, 2.14): before functions, its assignments stay, its errors end a script. */
  special?: boolean;
  /** Neither reads input nor changes the shell, so that in a pipeline it needs no process. */
  pure?: boolean;
  /** The exit status. A `ShellError` thrown is printed. */
  run(context: Context): number;
}

export const NAME = /^[A-Za-z_]\w*$/;

/** A status or count. @throws ShellError */
export function number(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new ShellError(`Illegal number: ${text}`, { ends: true });
  return Number(text);
}

/** Letters of the options before the operands. `known` as for getopts: a letter that takes an argument has a colon after it. @throws ShellError */
export function letters(args: readonly string[], known: string): { flags: Map<string, string>; rest: string[] } {
  const flags = new Map<string, string>();
  let at = 0;
  for (; at < args.length && /^-./.test(args[at]!); at++) {
    if (args[at] === '--') {
      at++;
      break;
    }
    for (let text = args[at]!.slice(1); text !== ''; text = text.slice(1)) {
      const letter = text[0]!;
      const where = known.indexOf(letter);
      if (where < 0 || letter === ':') throw new ShellError(`Illegal option -${letter}`);
      if (known[where + 1] !== ':') {
        flags.set(letter, '');
        continue;
      }
      const value = text.slice(1) || args[++at];
      if (value === undefined) throw new ShellError(`No arg for -${letter} option`);
      flags.set(letter, value);
      break;
    }
  }
  return { flags, rest: args.slice(at) };
}

/** Arguments with long options (`--name`, `--name=value`) as the short ones that `long` names. @throws ShellError */
export function shortened(args: readonly string[], long: Readonly<Record<string, string>>): string[] {
  const short: string[] = [];
  for (const [at, arg] of args.entries()) {
    if (!arg.startsWith('-') || arg === '--') return [...short, ...args.slice(at)];
    if (!arg.startsWith('--')) {
      short.push(arg);
      continue;
    }
    const [, name = '', value] = /^--([^=]*)(?:=([^]*))?$/.exec(arg)!;
    if (!Object.hasOwn(long, name)) throw new ShellError(`Illegal option ${arg}`);
    short.push(long[name]!);
    if (value !== undefined) short.push(value);
  }
  return short;
}

/** A word as it could be typed: in single quotes. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** Why a file operation failed, as shells say it. */
export function reason(error: unknown): string {
  if (!(error instanceof FsError)) throw error;
  switch (error.code) {
    case 'ENOENT': return 'No such file';
    case 'ENOTDIR': return 'Not a directory';
    case 'EISDIR': return 'Is a directory';
    case 'EEXIST': return 'File exists';
    case 'EACCES': case 'EPERM': case 'ENOTCAPABLE': return 'Permission denied';
    case 'EBADF': return 'Bad file descriptor';
    case 'EROFS': return 'Read-only file system';
    case 'ENOSPC': return 'No space left on device';
    case 'EPIPE': return 'Broken pipe';
    case 'ESRCH': return 'No such process';
    case 'ELOOP': return 'Too many levels of symbolic links';
    case 'ENAMETOOLONG': return 'File name too long';
    case 'EMFILE': case 'ENFILE': return 'Too many open files';
    case 'EINVAL': return error.detail ?? 'Invalid argument';
    case 'ECONNREFUSED': return 'Connection refused';
    case 'ENXIO': return 'No such device or address';
    // What stands between the path and the code.
    default: return error.detail ?? /: (.*) \(E\w+\)$/.exec(error.message)?.[1] ?? error.message;
  }
}
