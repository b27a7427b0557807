import { ShellError } from '../state/index.ts';
import type { Builtin } from './builtin.ts';

type Environment = Record<string, string>;

/** Takes options and assignments from the front: the environment that they make, and what is left. */
function prepare(environment: Environment, args: readonly string[]): { environment: Environment; rest: readonly string[] } {
  let at = 0;
  for (; args[at]?.startsWith('-'); at++) {
    const option = args[at]!;
    if (option === '--') {
      at++;
      break;
    }
    if (option === '-i' || option === '-') environment = {};
    else if (option === '-u' && args[at + 1] !== undefined) delete environment[args[++at]!];
    else throw new ShellError(`Illegal option ${option}`);
  }
  for (; /^[^=]+=/.test(args[at] ?? ''); at++) {
    const cut = args[at]!.indexOf('=');
    environment[args[at]!.slice(0, cut)] = args[at]!.slice(cut + 1);
  }
  const rest = args.slice(at);
  return rest[0] === 'env' ? prepare(environment, rest.slice(1)) : { environment, rest };
}

/** `env` (POSIX.1-2017, XCU): a program with another environment; alone, it prints it. In the shell, as it starts processes. */
export const env: Builtin = {
  usage: '[-i] [-u name] [name=value …] [command [argument …]]',
  summary: 'run a program with another environment, or print it',
  run({ shell, args, out }) {
    const { environment, rest } = prepare(shell.vars.environment(), args);
    if (rest.length > 0) return shell.runner.program(shell, rest, { env: environment });
    for (const [name, value] of Object.entries(environment)) out(`${name}=${value}\n`);
    return 0;
  },
};
