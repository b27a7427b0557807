import { ShellError } from '../state/index.ts';
import { letters, reason, type Builtin } from './builtin.ts';

export const mount: Builtin = {
  usage: '',
  summary: 'list what is mounted where',
  run({ shell, out }) {
    for (const { path, service, flags } of shell.ask<'mounts'>({ op: 'mounts' })) out(`${service} on ${path}${flags === '' ? '' : ` (${flags})`}\n`);
    return 0;
  },
};

export const ns: Builtin = {
  usage: '',
  summary: "this process's namespace, a line for each mount",
  run({ shell, out }) {
    for (const { path, service, flags } of shell.ask<'mounts'>({ op: 'mounts' })) out(`${path.padEnd(20)} ${service.padEnd(12)} ${flags}`.trimEnd() + '\n');
    return 0;
  },
};

export const bind: Builtin = {
  usage: '[-b | -a] new old',
  summary: 'show a directory in another place too; -b before, -a after what is there',
  run({ shell, args }) {
    const { flags, rest } = letters(args, 'ba');
    const [from, to] = rest;
    if (from === undefined || to === undefined || rest.length > 2) throw new ShellError('usage: bind [-b | -a] new old');
    const where = flags.has('b') ? 'before' : flags.has('a') ? 'after' : 'replace';
    try {
      shell.ask<'bind'>({ op: 'bind', from: shell.files.resolve(from), to: shell.files.resolve(to), where }, from);
      shell.system.forgetNull();
    } catch (error) {
      throw new ShellError(`${from}: ${reason(error)}`, { status: 1 });
    }
    return 0;
  },
};

export const unbind: Builtin = {
  usage: 'directory',
  summary: 'undo a bind',
  run({ shell, args }) {
    const [to] = args;
    if (to === undefined || args.length > 1) throw new ShellError('usage: unbind directory');
    try {
      shell.ask<'unbind'>({ op: 'unbind', to: shell.files.resolve(to) }, to);
      shell.system.forgetNull();
    } catch (error) {
      throw new ShellError(`${to}: ${reason(error)}`, { status: 1 });
    }
    return 0;
  },
};
