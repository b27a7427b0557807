import { OfdFlag } from '../../../shared/arena/index.ts';
import { forEach, type Builtin, type Invocation } from './command.ts';

function pour({ shell: { files }, out }: Invocation, fd: number): void {
  for (let bytes = files.read(fd); bytes.length > 0; bytes = files.read(fd)) out.bytes(bytes);
}

export const cat: Builtin = {
  usage: '[file …]',
  summary: 'print files, or what is typed',
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

export const env: Builtin = {
  usage: '',
  summary: 'print the environment that programs get',
  run({ shell, out }) {
    for (const [name, value] of Object.entries(shell.vars.environment()).toSorted()) out.line(`${name}=${value}`);
    return 0;
  },
};
