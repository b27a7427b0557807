import { FsError, normalizePath } from '../../../../shared/base/index.ts';
import { ShellError, type Shell } from '../state/index.ts';
import { letters, type Builtin } from './builtin.ts';

/** Where the links of an absolute path lead. @throws FsError */
function physical(shell: Shell, path: string): string {
  let done = '';
  let left = path.split('/').filter((part) => part !== '');
  for (let links = 0; left.length > 0;) {
    const [part = '', ...rest] = left;
    left = rest;
    if (part === '.' || part === '') continue;
    if (part === '..') {
      done = done.replace(/\/[^/]*$/, '');
      continue;
    }
    const next = `${done}/${part}`;
    const target = linkTarget(shell, next);
    if (target === null) {
      done = next;
      continue;
    }
    if (++links > 40) throw new FsError('ELOOP', 'cd', path);
    if (target.startsWith('/')) done = '';
    left = [...target.split('/'), ...left];
  }
  return done === '' ? '/' : done;
}

function linkTarget(shell: Shell, path: string): string | null {
  try {
    return shell.files.readlink(path);
  } catch (error) {
    if (error instanceof FsError) return null;
    throw error;
  }
}

/** Changes the working directory of this shell; the kernel is told if it is the process's. */
export function changeDirectory(shell: Shell, to: string): void {
  const from = shell.files.cwd;
  shell.files.cwd = to;
  shell.set('OLDPWD', shell.vars.get('PWD') ?? from);
  shell.set('PWD', to);
  // Names that were found from the old place.
  if (shell.path.split(':').some((directory) => !directory.startsWith('/'))) shell.hash.clear();
  if (shell.subshellDepth > 0) return;
  try {
    shell.ask<'chdir'>({ op: 'chdir', path: to });
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
  }
}

/** Directories of `CDPATH` come first for names that are plain; null if nothing there. */
function alongCdpath(shell: Shell, operand: string): string | null {
  if (/^\.{0,2}(?:\/|$)/.test(operand)) return null;
  for (const base of (shell.get('CDPATH') ?? '').split(':')) {
    if (base === '' || base === '.') continue;
    const path = shell.files.resolve(`${base}/${operand}`);
    if (shell.files.isDirectory(path)) return path;
  }
  return null;
}

export const cd: Builtin = {
  usage: '[-L | -P] [directory]',
  summary: 'change the working directory; - goes back',
  run({ shell, args, out }) {
    const dash = args.at(-1) === '-';
    const { flags, rest } = letters(dash ? args.slice(0, -1) : args, 'LP');
    const operand = dash ? shell.get('OLDPWD') : (rest[0] ?? shell.get('HOME'));
    if (operand === undefined) throw new ShellError(dash ? 'OLDPWD not set' : 'HOME not set', { status: 2 });
    const found = alongCdpath(shell, operand);
    const wanted = found ?? shell.files.resolve(operand === '' ? '.' : operand);
    let to = normalizePath(wanted);
    try {
      if (flags.has('P')) to = physical(shell, wanted);
      if (!shell.files.isDirectory(to)) throw new FsError('ENOTDIR', 'cd', to);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new ShellError(`can't cd to ${operand}`);
    }
    changeDirectory(shell, to);
    if (dash || found !== null) out(`${to}\n`);
    return 0;
  },
};

export const pwd: Builtin = {
  usage: '[-L | -P]',
  summary: 'print the working directory',
  pure: true,
  run({ shell, args, out }) {
    const { flags } = letters(args, 'LP');
    out(`${flags.has('P') ? physical(shell, shell.files.cwd) : shell.files.cwd}\n`);
    return 0;
  },
};
