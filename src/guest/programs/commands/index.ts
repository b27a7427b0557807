import { FsError } from '../../../shared/base/index.ts';
import { printable } from '../line/index.ts';
import type { Builtin as ShellBuiltin } from '../shell/index.ts';
import { cp, ln, mkdir, mv, rm, rmdir, touch } from './changing.ts';
import { UsageError, type Builtin } from './command.ts';
import { ls } from './listing.ts';
import { Output } from './output.ts';
import { cat, env } from './text.ts';

const USAGE = 2;

/** A command as the shell runs its own. */
function adapt(builtin: Builtin): ShellBuiltin {
  return {
    usage: builtin.usage,
    summary: builtin.summary,
    run({ shell, name, args }) {
      const error = new Output(shell, 2);
      try {
        return builtin.run({ shell, args: [...args], input: 0, out: new Output(shell, 1), error });
      } catch (failure) {
        if (failure instanceof UsageError) {
          error.line(`${name}: ${printable(failure.message)}; usage: ${name} ${builtin.usage}`);
          return USAGE;
        }
        if (!(failure instanceof FsError) || failure.code === 'EPIPE') throw failure;
        error.line(printable(failure.message));
        return 1;
      }
    },
  };
}

/** Commands on files that the shell has in itself. */
export const commands: ReadonlyMap<string, ShellBuiltin> = new Map(
  Object.entries({ cat, cp, env, ln, ls, mkdir, mv, rm, rmdir, touch }).map(([name, builtin]) => [name, adapt(builtin)]),
);
