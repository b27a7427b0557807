import type { Builtin } from './builtin.ts';
import type { Builtins } from './lookup.ts';

/** What the shell has in itself, and where the rest is. */
export function help(builtins: Builtins): Builtin {
  return {
    usage: '[command]',
    summary: 'print this list',
    pure: true,
    run({ args, out }) {
      const shown = [...builtins].filter(([name]) => args.length === 0 || args.includes(name)).toSorted(([a], [b]) => (a < b ? -1 : 1));
      for (const [name, { usage, summary }] of shown) out(`  ${`${name} ${usage}`.trim().padEnd(34)} ${summary}\n`);
      if (args.length === 0) out('Programs: a path, or a name on PATH (see /bin). This is a POSIX shell: pipes, redirections, variables, loops, functions, jobs.\n');
      return shown.length > 0 ? 0 : 1;
    },
  };
}

export const history: Builtin = {
  usage: '',
  summary: 'print the lines that were typed',
  pure: true,
  run({ shell, out }) {
    shell.history.forEach((line, index) => out(`${String(index + 1).padStart(4)}  ${line}\n`));
    return 0;
  },
};
