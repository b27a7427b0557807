import { FileType } from '../../../../shared/abi/index.ts';
import { OfdFlag } from '../../../../shared/arena/index.ts';
import { FsError } from '../../../../shared/base/index.ts';
import { findProgram, reason } from '../builtins/index.ts';
import { ShellError, type Shell } from '../state/index.ts';
import { encodeText } from '../system/index.ts';
import { writeState, type Work } from './state.ts';

/** Where a process goes: its group (0: one of its own), and whether that gets the terminal. */
export interface Place {
  group?: number;
  foreground?: boolean;
}

const SHELL = '/bin/sh';
/** The descriptor at which a subshell finds its state. */
const STATE_FD = 10;
/** Bytes of a file by which it is told what it is. */
const HEAD = 128;
const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

/** The child's descriptors: those for scripts, as they are here. */
function descriptors(shell: Shell): [number, number][] {
  const { system } = shell;
  const open = system.openFds();
  const closed = [0, 1, 2].filter((fd) => !open.includes(fd));
  return [...open.map((fd): [number, number] => [fd, fd]), ...closed.map((fd): [number, number] => [fd, -1])];
}

function start(shell: Shell, path: string, argv: readonly string[], env: Record<string, string>, fds: [number, number][], place: Place): number {
  // `ulimit` in a subshell of this process could not set the process's own.
  const limits = shell.subshellDepth > 0 ? shell.limits : {};
  try {
    return shell.ask<'spawn'>({ op: 'spawn', path, argv: [...argv], env, cwd: shell.files.cwd, fds, ...place, ...(Object.keys(limits).length > 0 ? { limits } : {}) }, path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (error.code === 'EAGAIN') throw new ShellError(`Cannot fork: ${error.detail ?? 'too many processes'}`, { ends: true });
    if (error.code === 'ENOENT') throw new ShellError(`${argv[0]}: not found`, { status: NOT_FOUND });
    throw new ShellError(`${argv[0]}: ${error.code === 'E2BIG' ? 'Argument list too long' : reason(error)}`, { status: NOT_RUNNABLE });
  }
}

/** Starts a program. The pid. @throws ShellError with status 127 if there is none, 126 if it cannot be run */
export function spawnProgram(shell: Shell, argv: readonly string[], env: Record<string, string>, path: string | undefined, place: Place): number {
  const name = argv[0]!;
  const file = findProgram(shell, name, path);
  if (file === null) throw new ShellError(`${name}: not found`, { status: NOT_FOUND });
  const kind = fileKind(shell, file);
  if (kind === 'directory') throw new ShellError(`${name}: Permission denied`, { status: NOT_RUNNABLE });
  if (kind === 'binary') throw new ShellError(`${name}: Exec format error`, { status: NOT_RUNNABLE });
  const absolute = shell.files.resolve(file);
  // What has no first line that says how to run it is a script for the shell (POSIX.1-2017, Shell, 2.9.1).
  if (kind === 'text') return start(shell, SHELL, [SHELL, file, ...argv.slice(1)], env, descriptors(shell), place);
  return start(shell, absolute, argv, env, descriptors(shell), place);
}

function fileKind(shell: Shell, path: string): 'runnable' | 'text' | 'binary' | 'directory' {
  const { files } = shell;
  if (files.tryStat(path)?.type === FileType.DIRECTORY) return 'directory';
  // Whoever gave it that name means a module: the kernel says what it is instead.
  if (path.endsWith('.wasm')) return 'runnable';
  let fd = -1;
  try {
    fd = files.open(path, OfdFlag.READ);
    const head = files.read(fd, HEAD);
    if (head[0] === 0 && head[1] === 0x61) return 'runnable';
    if (head[0] === 0x23 && head[1] === 0x21) return 'runnable';
    return head.includes(0) ? 'binary' : 'text';
  } catch (error) {
    if (error instanceof FsError) return 'runnable';
    throw error;
  } finally {
    if (fd >= 0) files.close(fd);
  }
}

/** Starts a shell that has this one's state and does a part of its work, as a fork would. The pid. */
export function spawnShell(shell: Shell, work: Work, text: string, place: Place): number {
  const { system } = shell;
  const reader = system.filled(encodeText(writeState(shell, work)));
  try {
    // The text is for lists of processes only.
    return start(shell, SHELL, ['sh', '--state-fd', String(STATE_FD), text.slice(0, 200)], {}, [...descriptors(shell), [STATE_FD, reader]], place);
  } finally {
    system.close(reader);
  }
}
