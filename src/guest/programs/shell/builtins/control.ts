import { decodeText } from '../system/index.ts';
import { ShellError, Unwind } from '../state/index.ts';
import { number, reason, type Builtin, type Context } from './builtin.ts';

/** Leaves or goes on with a surrounding loop; without one it does nothing. */
function loop(kind: 'break' | 'continue', summary: string): Builtin {
  return {
    usage: '[n]',
    summary,
    special: true,
    run({ shell, args }) {
      const levels = args[0] === undefined ? 1 : number(args[0]);
      if (levels < 1) throw new ShellError(`Illegal number: ${args[0]}`, { ends: true });
      if (shell.loopDepth > 0) throw new Unwind(kind, 0, Math.min(levels, shell.loopDepth));
      return 0;
    },
  };
}

export const breakLoop = loop('break', 'leave a loop');
export const continueLoop = loop('continue', 'go on with the next turn of a loop');

const statusOf = ({ shell, args }: Context): number => (args[0] === undefined ? shell.status : number(args[0]) & 0xff);

export const returnFrom: Builtin = {
  usage: '[status]',
  summary: 'leave a function or a file read by `.`',
  special: true,
  run(context) {
    const { shell } = context;
    const inside = shell.functionDepth > 0 || shell.sourceDepth > 0;
    throw new Unwind(inside ? 'return' : 'exit', statusOf(context));
  },
};

export const exit: Builtin = {
  usage: '[status]',
  summary: 'end the shell',
  special: true,
  run(context) {
    throw new Unwind('exit', statusOf(context));
  },
};

export const evaluate: Builtin = {
  usage: '[argument …]',
  summary: 'run a text as commands',
  special: true,
  run: ({ shell, args }) => (args.length === 0 ? 0 : shell.runner.text(shell, args.join(' '), shell.line)),
};

/** Of a name without a slash, along `PATH`. */
function sourceFile({ shell }: Context, name: string): string | null {
  const candidates = name.includes('/') ? [name] : [...shell.path.split(':').map((directory) => `${directory || '.'}/${name}`), name];
  return candidates.find((path) => shell.exists(path) && !shell.files.isDirectory(path)) ?? null;
}

export const source: Builtin = {
  usage: 'file [argument …]',
  summary: 'run the commands of a file in this shell',
  special: true,
  run(context) {
    const { shell, args } = context;
    const [name, ...given] = args;
    if (name === undefined) throw new ShellError('filename argument required', { ends: true });
    const path = sourceFile(context, name);
    if (path === null) throw new ShellError(`${name.includes('/') ? `cannot open ${name}: No such file` : `${name}: not found`}`, { ends: true });
    const text = readScript(context, path);
    const positional = shell.positional;
    if (given.length > 0) shell.positional = given;
    shell.sourceDepth++;
    try {
      return shell.runner.text(shell, text);
    } catch (error) {
      if (error instanceof Unwind && error.kind === 'return') return error.status;
      throw error;
    } finally {
      shell.sourceDepth--;
      if (given.length > 0) shell.positional = positional;
    }
  },
};

function readScript({ shell }: Context, path: string): string {
  try {
    return decodeText(shell.files.readAll(path));
  } catch (error) {
    throw new ShellError(`cannot open ${path}: ${reason(error)}`, { ends: true });
  }
}

export const times: Builtin = {
  usage: '',
  summary: 'print how long the shell, and what it started, have computed',
  special: true,
  pure: true,
  run({ shell, out }) {
    // Of ended processes the kernel keeps the last ones; there is no system time, as system calls run in the process.
    const all = shell.system.processes();
    const own = all.find(({ pid }) => pid === shell.system.pid)?.cpu ?? 0;
    const children = all.reduce((sum, { ppid, exit, cpu }) => (ppid === shell.system.pid && exit ? sum + cpu : sum), 0);
    for (const time of [own, children]) out(`${clock(time)} ${clock(0)}\n`);
    return 0;
  },
};

function clock(milliseconds: number): string {
  return `${Math.floor(milliseconds / 60000)}m${((milliseconds % 60000) / 1000).toFixed(6)}s`;
}

export const umask: Builtin = {
  usage: '[-S] [mask]',
  summary: 'the mask of permissions, which files here do not have',
  run({ shell, args, out }) {
    const [first] = args;
    if (first === undefined) out(`${shell.umask.toString(8).padStart(4, '0')}\n`);
    else if (first === '-S') out(`u=${rights(shell.umask >> 6)},g=${rights(shell.umask >> 3)},o=${rights(shell.umask)}\n`);
    else if (!/^[0-7]{1,4}$/.test(first)) throw new ShellError(`Illegal number: ${first}`, { ends: true });
    else shell.umask = Number.parseInt(first, 8);
    return 0;
  },
};

function rights(mask: number): string {
  return ['r', 'w', 'x'].filter((_, index) => !(mask & (4 >> index))).join('');
}
