import type { ExitStatus } from '../../../shared/abi/index.ts';
import { FileType } from '../../../shared/abi/index.ts';
import { OfdFlag } from '../../../shared/arena/index.ts';
import { FsError } from '../../../shared/base/index.ts';
import { OpenFlag } from '../../vfs/index.ts';
import { builtins, UsageError, type Builtin } from '../commands/index.ts';
import { type Command, expandWord, Output, ParseError, parseLine, printable, type Redirect, type Shell } from '../shell/index.ts';

const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;
const USAGE = 2;
const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

type Streams = [input: number, output: number, error: number];

/** Runs one line. Returns the exit code of its last command; what goes wrong is printed. */
export function runLine(shell: Shell, line: string): number {
  let commands: Command[];
  try {
    commands = parseLine(line);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    new Output(shell.files, 2).line(`syntax: ${error.message}`);
    return (shell.status = USAGE);
  }
  for (const command of commands) {
    const skip = (command.when === 'success' && shell.status !== 0) || (command.when === 'failure' && shell.status === 0);
    if (!skip) shell.status = runCommand(shell, command);
    if (shell.ended) break;
  }
  return shell.status;
}

function runCommand(shell: Shell, command: Command): number {
  const opened: number[] = [];
  try {
    const streams = redirect(shell, command.redirects, opened);
    return runWords(shell, command.words.flatMap((word) => expandWord(word, shell)), streams);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    new Output(shell.files, 2).line(printable(error.message));
    return 1;
  } finally {
    for (const fd of opened) shell.files.close(fd);
  }
}

/** Opens the files of redirections; what was opened is added to `opened` at once, so that a later failure closes it. */
function redirect(shell: Shell, redirects: readonly Redirect[], opened: number[]): Streams {
  const streams: Streams = [0, 1, 2];
  for (const { kind, fd, target } of redirects) {
    const [path = '', ...more] = expandWord(target, shell);
    if (more.length > 0) throw new FsError('EINVAL', 'redirect', path, { detail: 'matches several files' });
    const file = kind === '<'
      ? shell.files.open(path, OfdFlag.READ)
      : shell.files.open(path, OfdFlag.WRITE | (kind === '>>' ? OfdFlag.APPEND : 0), OpenFlag.CREATE | (kind === '>' ? OpenFlag.TRUNCATE : 0));
    opened.push(file);
    streams[fd] = file;
  }
  return streams;
}

function runWords(shell: Shell, words: string[], streams: Streams): number {
  let first = 0;
  const assigned: [string, string][] = [];
  for (let match = ASSIGNMENT.exec(words[first] ?? ''); match; match = ASSIGNMENT.exec(words[++first] ?? '')) {
    assigned.push([match[1]!, match[2]!]);
  }
  const [name, ...args] = words.slice(first);
  if (name === undefined) {
    for (const [key, value] of assigned) shell.setVariable(key, value);
    return 0;
  }
  const builtin = builtins.get(name);
  if (builtin) return runBuiltin(shell, name, builtin, args, streams);
  return runProgram(shell, name, args, streams, Object.fromEntries(assigned));
}

function runBuiltin(shell: Shell, name: string, builtin: Builtin, args: string[], streams: Streams): number {
  const { files } = shell;
  const error = new Output(files, streams[2]);
  const cooked = builtin.cooked === true && args.length === 0 && files.isTerminal(streams[0]);
  if (cooked) shell.setRaw(false);
  try {
    return builtin.run({ shell, args, input: streams[0], out: new Output(files, streams[1]), error });
  } catch (failure) {
    if (failure instanceof UsageError) {
      error.line(`${name}: ${printable(failure.message)}; usage: ${name} ${builtin.usage}`);
      return USAGE;
    }
    if (!(failure instanceof FsError)) throw failure;
    error.line(printable(failure.message));
    return 1;
  } finally {
    if (cooked) shell.setRaw(true);
  }
}

/** The file that a command's name means: a path if it has a slash, else `/bin/name` or `/bin/name.wasm`; null if there is none. */
export function findProgram(shell: Shell, name: string): string | null {
  const candidates = name.includes('/') ? [shell.files.resolve(name)] : [`/bin/${name}`, `/bin/${name}.wasm`];
  return candidates.find((path) => shell.files.tryStat(path) !== null) ?? null;
}

function runProgram(shell: Shell, name: string, args: string[], streams: Streams, extra: Record<string, string>): number {
  const error = new Output(shell.files, streams[2]);
  const path = findProgram(shell, name);
  if (path === null) {
    error.line(`${printable(name)}: ${name.includes('/') ? 'no such file' : 'no such command or program in /bin (try help)'}`);
    return NOT_FOUND;
  }
  if (shell.files.stat(path).type !== FileType.REGULAR_FILE) {
    error.line(`${printable(name)}: is not a file that can be run`);
    return NOT_RUNNABLE;
  }
  const interactive = shell.files.isTerminal(0);
  if (interactive) shell.setRaw(false);
  try {
    const env = { ...shell.environment(), ...extra };
    const pid = shell.ask<'spawn'>({ op: 'spawn', path, argv: [name, ...args], env, cwd: shell.files.cwd, group: 0, foreground: true, fds: streams.map((fd, at): [number, number] => [at, fd]) }, name);
    const ended = shell.ask<'wait'>({ op: 'wait', pid }, name);
    return ended?.state === 'exited' ? report(shell, name, ended.status) : 0;
  } catch (failure) {
    if (!(failure instanceof FsError)) throw failure;
    error.line(printable(failure.message));
    return NOT_RUNNABLE;
  } finally {
    if (interactive) shell.setRaw(true);
  }
}

/** Says how a program ended, if it did not end well. */
function report(shell: Shell, name: string, status: ExitStatus): number {
  const error = new Output(shell.files, 2);
  const label = printable(name);
  const message = (status.message ?? '').split('\n').map(printable).join('\n');
  // Ctrl-C has been seen: the terminal showed it.
  if (status.signal === 'INT') return status.code;
  if (status.signal !== null) error.line(error.colour('2', `${label}: ended by ${status.signal}`));
  else if (status.reason === 'trap') error.line(error.colour('31', `${label}: trap: ${message}`));
  else if (status.reason === 'error') error.line(error.colour('31', `${label}: ${message}`));
  else if (status.code !== 0) error.line(error.colour('2', `${label}: exit ${status.code}`));
  return status.code;
}
