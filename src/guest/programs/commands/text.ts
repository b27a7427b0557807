import { OfdFlag } from '../../../shared/arena/index.ts';
import { forEach, type Builtin, type Invocation } from './command.ts';

function pour({ shell: { files }, out }: Invocation, fd: number): void {
  for (let bytes = files.read(fd); bytes.length > 0; bytes = files.read(fd)) out.bytes(bytes);
}

export const cat: Builtin = {
  usage: '[file …]',
  summary: 'print files, or what is typed',
  cooked: true,
  run(invocation) {
    const { files } = invocation.shell;
    if (invocation.args.length === 0) {
      pour(invocation, invocation.input);
      return 0;
    }
    return forEach(invocation, invocation.args, (path) => {
      const fd = path === '-' ? invocation.input : files.open(path, OfdFlag.READ);
      try {
        pour(invocation, fd);
      } finally {
        if (fd !== invocation.input) files.close(fd);
      }
    });
  },
};

export const echo: Builtin = {
  usage: '[-n] [text …]',
  summary: 'print its arguments',
  run({ args, out }) {
    const bare = args[0] === '-n';
    out.text((bare ? args.slice(1) : args).join(' ') + (bare ? '' : '\n'));
    return 0;
  },
};

export const clear: Builtin = {
  usage: '',
  summary: 'clear the terminal',
  run({ out }) {
    out.text('\x1b[H\x1b[2J\x1b[3J');
    return 0;
  },
};
