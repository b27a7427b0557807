import { FileType } from '../../../shared/abi/index.ts';
import { OfdFlag } from '../../../shared/arena/index.ts';
import { FsError, basename, dirname, joinPath } from '../../../shared/base/index.ts';
import { OpenFlag } from '../../vfs/index.ts';
import type { Files } from '../shell/index.ts';
import { forEach, options, wanted, type Builtin, type Invocation } from './command.ts';

function makeParents(files: Files, path: string): void {
  const whole = files.resolve(path);
  if (files.isDirectory(whole)) return;
  if (whole !== '/') makeParents(files, dirname(whole));
  files.mkdir(whole);
}

function remove(files: Files, path: string, recursive: boolean): void {
  if (files.stat(path, false).type !== FileType.DIRECTORY) {
    files.unlink(path);
    return;
  }
  if (!recursive) throw new FsError('EISDIR', 'rm', path, { detail: 'is a directory (use -r)' });
  for (const { name } of files.list(path)) remove(files, joinPath(path, name), true);
  files.rmdir(path);
}

function copyFile(files: Files, from: string, to: string): void {
  const source = files.open(from, OfdFlag.READ);
  try {
    const target = files.open(to, OfdFlag.WRITE, OpenFlag.CREATE | OpenFlag.TRUNCATE);
    try {
      for (let bytes = files.read(source); bytes.length > 0; bytes = files.read(source)) files.write(target, bytes);
    } finally {
      files.close(target);
    }
  } finally {
    files.close(source);
  }
}

function copy(files: Files, from: string, to: string, recursive: boolean): void {
  const { type } = files.stat(from, !recursive);
  if (type === FileType.SYMBOLIC_LINK) files.symlink(files.readlink(from), to);
  else if (type !== FileType.DIRECTORY) copyFile(files, from, to);
  else {
    if (!recursive) throw new FsError('EISDIR', 'cp', from, { detail: 'is a directory (use -r)' });
    if (`${files.resolve(to)}/`.startsWith(`${files.resolve(from)}/`)) {
      throw new FsError('EINVAL', 'cp', from, { detail: 'cannot be copied into itself' });
    }
    const entries = files.list(from);
    if (!files.isDirectory(to)) files.mkdir(to);
    for (const { name } of entries) copy(files, joinPath(from, name), joinPath(to, name), true);
  }
}

/** Moves or copies one or several sources to a target, which must be a directory if there are several. */
function transfer(invocation: Invocation, operands: string[], action: (from: string, to: string) => void): number {
  wanted(operands, 2);
  const { files } = invocation.shell;
  const target = operands.at(-1)!;
  const into = files.isDirectory(target);
  if (operands.length > 2 && !into) throw new FsError('ENOTDIR', 'copy', target);
  return forEach(invocation, operands.slice(0, -1), (from) => {
    const to = into ? joinPath(target, basename(files.resolve(from))) : target;
    const same = files.resolve(from) === files.resolve(to);
    if (same) throw new FsError('EINVAL', 'copy', from, { detail: 'source and target are the same file' });
    action(from, to);
  });
}

function move(files: Files, from: string, to: string): void {
  try {
    files.rename(from, to);
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== 'EXDEV') throw error;
    copy(files, from, to, true);
    remove(files, from, true);
  }
}

export const mkdir: Builtin = {
  usage: '[-p] directory …',
  summary: 'make directories',
  run(invocation) {
    const { flags, rest } = options(invocation.args, 'p');
    wanted(rest, 1);
    const { files } = invocation.shell;
    return forEach(invocation, rest, (path) => (flags.has('p') ? makeParents(files, path) : files.mkdir(path)));
  },
};

export const rmdir: Builtin = {
  usage: 'directory …',
  summary: 'remove empty directories',
  run(invocation) {
    wanted(invocation.args, 1);
    return forEach(invocation, invocation.args, (path) => invocation.shell.files.rmdir(path));
  },
};

export const rm: Builtin = {
  usage: '[-rf] path …',
  summary: 'remove files, with -r directories too',
  run(invocation) {
    const { flags, rest } = options(invocation.args, 'rRf');
    if (!flags.has('f')) wanted(rest, 1);
    const { files } = invocation.shell;
    return forEach(invocation, rest, (path) => {
      if (flags.has('f') && !files.tryStat(path, false)) return;
      remove(files, path, flags.has('r') || flags.has('R'));
    });
  },
};

export const mv: Builtin = {
  usage: 'from … to',
  summary: 'move or rename',
  run: (invocation) => transfer(invocation, options(invocation.args, 'f').rest,
    (from, to) => move(invocation.shell.files, from, to)),
};

export const cp: Builtin = {
  usage: '[-r] from … to',
  summary: 'copy files, with -r directories too',
  run(invocation) {
    const { flags, rest } = options(invocation.args, 'rRa');
    return transfer(invocation, rest, (from, to) => copy(invocation.shell.files, from, to, flags.size > 0));
  },
};

export const ln: Builtin = {
  usage: '-s target name',
  summary: 'make a symbolic link',
  run(invocation) {
    const { rest } = options(invocation.args, 's');
    wanted(rest, 2, 2);
    invocation.shell.files.symlink(rest[0]!, rest[1]!);
    return 0;
  },
};

export const touch: Builtin = {
  usage: 'file …',
  summary: 'make empty files, or bring their times to now',
  run(invocation) {
    wanted(invocation.args, 1);
    const now = BigInt(Date.now()) * 1_000_000n;
    return forEach(invocation, invocation.args, (path) => invocation.shell.files.touch(path, now));
  },
};
