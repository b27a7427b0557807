import { FileType } from '../../../../shared/abi/index.ts';
import { ShellError, type Shell } from '../state/index.ts';
import type { Builtin } from './builtin.ts';

/** Of `env` itself, as GNU's. */
const FAILED = 125;

interface Prepared {
  environment: Record<string, string>;
  rest: readonly string[];
  directory: string | undefined;
  /** Ends what is printed. */
  end: string;
}

const VALUED: Readonly<Record<string, string>> = { '--unset': '-u', '--chdir': '-C' };

/** Takes options and assignments from the front. @throws ShellError */
function prepare(environment: Record<string, string>, args: readonly string[]): Prepared {
  const prepared: Prepared = { environment, rest: [], directory: undefined, end: '\n' };
  let at = 0;
  for (; args[at]?.startsWith('-'); at++) {
    const option = args[at]!;
    if (option === '--') {
      at++;
      break;
    }
    if (option === '-i' || option === '-' || option === '--ignore-environment') prepared.environment = {};
    else if (option === '-0' || option === '--null') prepared.end = '\0';
    else at += valued(prepared, option, args[at + 1]);
  }
  for (; /^[^=]+=/.test(args[at] ?? ''); at++) {
    const cut = args[at]!.indexOf('=');
    prepared.environment[args[at]!.slice(0, cut)] = args[at]!.slice(cut + 1);
  }
  const rest = args.slice(at);
  // One in another needs no process between them.
  return rest[0] === 'env' && prepared.directory === undefined ? prepare(prepared.environment, rest.slice(1)) : { ...prepared, rest };
}

/** An option with a value, in the same word or the next one. Words taken beyond the first. */
function valued(prepared: Prepared, option: string, next: string | undefined): number {
  const [name = '', inWord] = option.startsWith('--') ? option.split(/=([^]*)/, 2) : [option.slice(0, 2), option.slice(2) || undefined];
  const letter = VALUED[name] ?? name;
  const value = inWord ?? next;
  if ((letter !== '-u' && letter !== '-C') || value === undefined) throw new ShellError(`Illegal option ${option}`, { status: FAILED });
  if (letter === '-u') delete prepared.environment[value];
  else prepared.directory = value;
  return inWord === undefined ? 1 : 0;
}

function inDirectory(shell: Shell, directory: string, run: (cwd: string) => number): number {
  if (shell.files.tryStat(directory)?.type !== FileType.DIRECTORY) throw new ShellError(`cannot change directory to '${directory}': No such directory`, { status: FAILED });
  const { cwd } = shell.files;
  shell.files.cwd = shell.files.resolve(directory);
  try {
    return run(shell.files.cwd);
  } finally {
    shell.files.cwd = cwd;
  }
}

/** `env` (POSIX.1-2017, XCU): a program with another environment; alone, it prints it. In the shell, as it starts processes. */
export const env: Builtin = {
  usage: '[-i0] [-u name] [-C directory] [name=value …] [command [argument …]]',
  summary: 'run a program with another environment, or print it',
  run({ shell, args, out }) {
    const { environment, rest, directory, end } = prepare(shell.vars.environment(), args);
    if (rest.length > 0) {
      const run = (own: Record<string, string>): number => shell.runner.program(shell, rest, { env: own });
      return directory === undefined ? run(environment) : inDirectory(shell, directory, (PWD) => run({ ...environment, PWD }));
    }
    for (const [name, value] of Object.entries(environment)) out(`${name}=${value}${end}`);
    return 0;
  },
};
