import { FileType } from '../../../../shared/abi/index.ts';
import { DEFAULT_PATH, ShellError, type Shell } from '../state/index.ts';
import { letters, quote, type Builtin, type Context } from './builtin.ts';

/** Built-in commands by name; filled in by who knows them all. */
export type Builtins = ReadonlyMap<string, Builtin>;

const RESERVED = ['!', '{', '}', 'case', 'do', 'done', 'elif', 'else', 'esac', 'fi', 'for', 'if', 'in', 'then', 'time', 'until', 'while'];

/** The file that a command's name means: itself with a slash, else looked for along `PATH`; in both cases also as `name.wasm`. Null if there is none. */
export function findProgram(shell: Shell, name: string, path = shell.path): string | null {
  if (name === '') return null;
  if (name.includes('/')) return shell.files.tryStat(name) ? name : isFile(shell, `${name}.wasm`) ? `${name}.wasm` : null;
  const known = path === shell.path ? shell.hash.get(name) : undefined;
  if (known !== undefined && shell.files.tryStat(known)) return known;
  for (const directory of path.split(':')) {
    const found = programIn(shell, directory, name);
    if (found === undefined) continue;
    if (path === shell.path && directory.startsWith('/')) shell.hash.set(name, found);
    return found;
  }
  shell.hash.delete(name);
  return null;
}

function programIn(shell: Shell, directory: string, name: string): string | undefined {
  const base = directory === '' ? '.' : directory.replace(/\/+$/, '');
  return [`${base}/${name}`, `${base}/${name}.wasm`].find((file) => isFile(shell, file));
}

function isFile(shell: Shell, path: string): boolean {
  return shell.files.tryStat(path)?.type === FileType.REGULAR_FILE;
}

/** The files that a name means, along `PATH`; with none, the name of what the shell has itself. Status 1 if there is nothing for one. */
function which(builtins: Builtins): Builtin {
  return {
    usage: '[-a] name …',
    summary: 'print where a program is; -a: everywhere on PATH',
    pure: true,
    run({ shell, args, out }) {
      const { flags, rest } = letters(args, 'a');
      let status = 0;
      for (const name of rest) {
        const all = name.includes('/') ? [findProgram(shell, name)] : shell.path.split(':').map((directory) => programIn(shell, directory, name));
        const found = [...new Set(all.filter((file) => file !== null && file !== undefined))];
        if (found.length === 0 && (builtins.has(name) || shell.functions.has(name))) found.push(name);
        if (found.length === 0) status = 1;
        for (const file of flags.has('a') ? found : found.slice(0, 1)) out(`${file}\n`);
      }
      return status;
    },
  };
}

interface Found {
  kind: 'keyword' | 'alias' | 'special' | 'function' | 'builtin' | 'file';
  /** An alias's value, a file's path. */
  text: string;
}

function find(shell: Shell, builtins: Builtins, name: string, path?: string): Found | null {
  const alias = shell.aliases.get(name);
  if (RESERVED.includes(name)) return { kind: 'keyword', text: '' };
  if (alias !== undefined) return { kind: 'alias', text: alias };
  const builtin = builtins.get(name);
  if (builtin?.special) return { kind: 'special', text: '' };
  if (shell.functions.has(name)) return { kind: 'function', text: '' };
  if (builtin) return { kind: 'builtin', text: '' };
  const file = findProgram(shell, name, path);
  return file === null ? null : { kind: 'file', text: file };
}

function describe(name: string, found: Found): string {
  switch (found.kind) {
    case 'keyword': return `${name} is a shell keyword`;
    case 'alias': return `${name} is an alias for ${found.text}`;
    case 'special': return `${name} is a special shell builtin`;
    case 'function': return `${name} is a shell function`;
    case 'builtin': return `${name} is a shell builtin`;
    default: return `${name} is ${found.text}`;
  }
}

function brief(name: string, { kind, text }: Found): string {
  return kind === 'alias' ? `alias ${name}=${quote(text)}` : kind === 'file' ? text : name;
}

/** Says what each name means. */
function explain({ shell, out, args }: Context, names: readonly string[], builtins: Builtins, short: boolean, path?: string): number {
  let status = 0;
  for (const name of names) {
    const found = find(shell, builtins, name, path);
    if (found) out(`${(short ? brief : describe)(name, found)}\n`);
    else {
      status = 127;
      if (!short) out(`${name}: not found\n`);
    }
  }
  return args.length === 0 ? 0 : status;
}

/** `type`, `command`, `hash` and `which`, which know of all built-in commands. */
export function lookups(builtins: Builtins): Record<'type' | 'command' | 'hash' | 'which', Builtin> {
  return {
    which: which(builtins),
    type: { usage: 'name …', summary: 'say what a command is', pure: true, run: (context) => explain(context, context.args, builtins, false) },
    command: {
      usage: '[-p] [-v | -V] name [argument …]',
      summary: 'run a command, but no function',
      run(context) {
        const { shell, args } = context;
        let at = 0;
        const flags = new Set<string>();
        for (; /^-[pvV]+$/.test(args[at] ?? ''); at++) for (const letter of args[at]!.slice(1)) flags.add(letter);
        if (args[at] === '--') at++;
        const rest = args.slice(at);
        const path = flags.has('p') ? DEFAULT_PATH : undefined;
        if (flags.has('v') || flags.has('V')) return explain(context, rest, builtins, flags.has('v'), path);
        return rest.length === 0 ? 0 : shell.runner.program(shell, rest, { defaultPath: flags.has('p') });
      },
    },
    hash: {
      usage: '[-r] [name …]',
      summary: 'where commands were found',
      run({ shell, args, out }) {
        const { flags, rest } = letters(args, 'r');
        if (flags.has('r')) shell.hash.clear();
        else if (rest.length === 0) for (const path of shell.hash.values()) out(`${path}\n`);
        for (const name of rest) {
          shell.hash.delete(name);
          if (!builtins.has(name) && !shell.functions.has(name) && findProgram(shell, name) === null) throw new ShellError(`${name}: not found`, { status: 1 });
        }
        return 0;
      },
    },
  };
}
