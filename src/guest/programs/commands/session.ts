import { printable } from '../shell/index.ts';
import { UsageError, wanted, type Builtin } from './command.ts';

const NAME = /^[A-Za-z_]\w*$/;

export const cd: Builtin = {
  usage: '[directory]',
  summary: 'change the working directory; - goes back',
  run({ shell, args, out }) {
    wanted(args, 0, 1);
    const to = args[0] === '-' ? shell.variable('OLDPWD') || shell.files.cwd : (args[0] ?? shell.home);
    shell.changeDirectory(to);
    if (args[0] === '-') out.line(printable(shell.files.cwd));
    return 0;
  },
};

export const pwd: Builtin = {
  usage: '',
  summary: 'print the working directory',
  run({ shell, out }) {
    out.line(printable(shell.files.cwd));
    return 0;
  },
};

export const env: Builtin = {
  usage: '',
  summary: 'print the environment that programs get',
  run({ shell, out }) {
    for (const [name, value] of Object.entries(shell.environment()).toSorted()) out.line(`${name}=${printable(value)}`);
    return 0;
  },
};

export const exportVariable: Builtin = {
  usage: 'NAME[=value] …',
  summary: 'set a variable and pass it on to programs',
  run({ shell, args }) {
    wanted(args, 1);
    for (const arg of args) {
      const [name = '', ...value] = arg.split('=');
      if (!NAME.test(name)) throw new UsageError(`${name} is no name of a variable`);
      shell.setVariable(name, arg.includes('=') ? value.join('=') : shell.variable(name), true);
    }
    return 0;
  },
};

export const unset: Builtin = {
  usage: 'NAME …',
  summary: 'forget variables',
  run({ shell, args }) {
    for (const name of args) {
      shell.env.delete(name);
      shell.exported.delete(name);
    }
    return 0;
  },
};

export const history: Builtin = {
  usage: '',
  summary: 'print the lines that were typed',
  run({ shell, out }) {
    shell.history.forEach((line, index) => out.line(`${String(index + 1).padStart(4)}  ${printable(line)}`));
    return 0;
  },
};

export const exit: Builtin = {
  usage: '[code]',
  summary: 'end this prompt',
  run({ shell, args }) {
    wanted(args, 0, 1);
    const code = args[0] === undefined ? shell.status : Number(args[0]);
    if (!Number.isInteger(code)) throw new UsageError(`${args[0]} is no number`);
    shell.ended = true;
    return code & 0xff;
  },
};
