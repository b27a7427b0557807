import { OPTION_NAMES, ShellError, type OptionName, type Shell, type Variable } from '../state/index.ts';
import { letters, NAME, number, quote, type Builtin, type Context } from './builtin.ts';

/** `name` or `name=value`. @throws ShellError for what is no name */
export function declaration(text: string, ends = true): { name: string; value: string | undefined } {
  const cut = text.indexOf('=');
  const name = cut < 0 ? text : text.slice(0, cut);
  if (!NAME.test(name)) throw new ShellError(`${name}: bad variable name`, { ends });
  return { name, value: cut < 0 ? undefined : text.slice(cut + 1) };
}

function listMarked({ shell, out, name }: Context, mark: 'exported' | 'readonly'): number {
  for (const [key, variable] of sorted(shell)) {
    if (variable[mark]) out(`${name} ${key}${variable.value === undefined ? '' : `=${quote(variable.value)}`}\n`);
  }
  return 0;
}

function sorted(shell: Shell): [string, Variable][] {
  return shell.vars.entries().toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function marking(mark: 'exported' | 'readonly', summary: string): Builtin {
  return {
    usage: '[-p] [name[=value] …]',
    summary,
    special: true,
    run(context) {
      const { shell, args } = context;
      const { flags, rest } = letters(args, 'p');
      if (flags.has('p') || rest.length === 0) return listMarked(context, mark);
      for (const word of rest) {
        const { name, value } = declaration(word);
        if (value !== undefined) shell.set(name, value);
        shell.vars.mark(name, { [mark]: true });
      }
      return 0;
    },
  };
}

export const exportVariables = marking('exported', 'pass variables on to programs');
export const readonlyVariables = marking('readonly', 'keep variables from being changed');

export const unset: Builtin = {
  usage: '[-f] [-v] name …',
  summary: 'forget variables or functions',
  special: true,
  run({ shell, args }) {
    const { flags, rest } = letters(args, 'fv');
    for (const name of rest) {
      if (flags.has('f')) {
        shell.functions.delete(name);
        continue;
      }
      shell.vars.unset(name);
      if (name === 'PATH') shell.hash.clear();
    }
    return 0;
  },
};

export const local: Builtin = {
  usage: 'name[=value] …',
  summary: "make a function's own variables",
  special: true,
  run({ shell, args }) {
    for (const word of args) {
      const { name, value } = declaration(word);
      if (!shell.vars.makeLocal(name)) throw new ShellError('not in a function', { ends: true });
      if (value !== undefined) shell.set(name, value);
    }
    return 0;
  },
};

export const shift: Builtin = {
  usage: '[n]',
  summary: 'drop the first positional parameters',
  special: true,
  run({ shell, args }) {
    const by = args[0] === undefined ? 1 : number(args[0]);
    if (by > shell.positional.length) throw new ShellError("can't shift that many", { ends: true });
    shell.positional = shell.positional.slice(by);
    return 0;
  },
};

/** Takes `-e`, `+x`, `-o name` and the like from the front. What is left, and whether operands were given (`--` alone counts). */
export function takeOptions(shell: Shell, args: readonly string[]): { rest: readonly string[]; given: boolean; asked: '-o' | '+o' | null } {
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at]!;
    if (word === '--') return { rest: args.slice(at + 1), given: true, asked: null };
    if (word === '-') {
      shell.options.put('xtrace', false);
      shell.options.put('verbose', false);
      return { rest: args.slice(at + 1), given: at + 1 < args.length, asked: null };
    }
    if (!/^[-+]./.test(word)) break;
    for (const letter of word.slice(1)) {
      if (letter !== 'o') {
        shell.options.putLetter(letter, word.startsWith('-'));
        continue;
      }
      const name = args[++at];
      if (name === undefined) return { rest: [], given: false, asked: word.startsWith('-') ? '-o' : '+o' };
      shell.options.putName(name, word.startsWith('-'));
    }
  }
  return { rest: args.slice(at), given: at < args.length, asked: null };
}

function listOptions({ shell, out }: Context, asked: '-o' | '+o'): number {
  if (asked === '-o') out('Current option settings\n');
  for (const name of Object.keys(OPTION_NAMES) as OptionName[]) {
    const on = shell.options.has(name);
    out(asked === '-o' ? `${name.padEnd(16)}${on ? 'on' : 'off'}\n` : `set ${on ? '-' : '+'}o ${name}\n`);
  }
  return 0;
}

export const set: Builtin = {
  usage: '[-+aCefhmnuvx] [-+o option] [argument …]',
  summary: 'set options and positional parameters, list variables',
  special: true,
  run(context) {
    const { shell, args, out } = context;
    if (args.length === 0) {
      for (const [name, { value }] of sorted(shell)) if (value !== undefined) out(`${name}=${quote(value)}\n`);
      return 0;
    }
    const { rest, given, asked } = takeOptions(shell, args);
    if (asked) return listOptions(context, asked);
    if (given) {
      shell.positional = rest;
      shell.optionOffset = 0;
    }
    return 0;
  },
};

export const alias: Builtin = {
  usage: '[name[=value] …]',
  summary: 'give a command another name',
  run({ shell, args, out, errorLine }) {
    const show = (name: string, value: string): void => out(`${name}=${quote(value)}\n`);
    if (args.length === 0) for (const [name, value] of [...shell.aliases].toSorted()) show(name, value);
    let status = 0;
    for (const word of args) {
      const cut = word.indexOf('=', 1);
      const value = cut < 0 ? shell.aliases.get(word) : undefined;
      if (cut >= 0) shell.aliases.set(word.slice(0, cut), word.slice(cut + 1));
      else if (value !== undefined) show(word, value);
      else {
        errorLine(`alias: ${word} not found`);
        status = 1;
      }
    }
    return status;
  },
};

export const unalias: Builtin = {
  usage: '[-a] name …',
  summary: 'forget other names',
  run({ shell, args, errorLine }) {
    const { flags, rest } = letters(args, 'a');
    if (flags.has('a')) shell.aliases.clear();
    let status = 0;
    for (const name of rest) {
      if (shell.aliases.delete(name)) continue;
      errorLine(`unalias: ${name} not found`);
      status = 1;
    }
    return status;
  },
};
