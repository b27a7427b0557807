import { ShellError } from '../state/index.ts';
import type { Builtin } from './builtin.ts';
import type { Builtins } from './lookup.ts';

const COLUMNS = 76;

/** Names side by side, as many in a line as fit. */
function wrapped(names: readonly string[]): string {
  const lines = [''];
  for (const name of names) {
    if (lines.at(-1)!.length + name.length + 1 > COLUMNS) lines.push('');
    lines.push(`${lines.pop()!} ${name}`);
  }
  return lines.map((line) => ` ${line}\n`).join('');
}

/** What the shell has in itself, and where the rest is. */
export function help(builtins: Builtins): Builtin {
  return {
    usage: '[command …]',
    summary: 'what there is, or how a built-in command is used',
    pure: true,
    run({ args, out }) {
      for (const name of args) {
        const builtin = builtins.get(name);
        if (!builtin) throw new ShellError(`${name}: not built in; try ${name} --help`, { status: 1 });
        out(`${`${name} ${builtin.usage}`.trim()}\n    ${builtin.summary}\n`);
      }
      if (args.length > 0) return 0;
      out('A POSIX shell: variables, $(…), pipes, redirections, if for while case, functions, jobs (Ctrl-Z, &, fg, bg).\n');
      out('Built in (help NAME says more):\n');
      out(wrapped([...builtins.keys()].toSorted((a, b) => (a < b ? -1 : 1))));
      out('Programs: a path, or a name on PATH; ls /bin lists them, NAME --help says what they do.\n');
      return 0;
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
