import { cp, ln, mkdir, mv, rm, rmdir, touch } from './changing.ts';
import type { Builtin } from './command.ts';
import { ls } from './listing.ts';
import { kill, ps } from './processes.ts';
import { cd, env, exit, exportVariable, history, pwd, unset } from './session.ts';
import { cat, clear, echo } from './text.ts';

const help: Builtin = {
  usage: '',
  summary: 'print this list',
  run({ out }) {
    for (const [name, { usage, summary }] of builtins) {
      out.line(`  ${`${name} ${usage}`.trim().padEnd(26)} ${out.colour('2', summary)}`);
    }
    out.line('Programs: a path, or a name in /bin. Redirect with > >> < 2>; join with ; && ||.');
    return 0;
  },
};

const succeed: Builtin = { usage: '', summary: 'succeed', run: () => 0 };
const fail: Builtin = { usage: '', summary: 'fail', run: () => 1 };

/** The commands that the prompt has in itself, by name. */
export const builtins: ReadonlyMap<string, Builtin> = new Map(Object.entries({
  cat, cd, clear, cp, echo, env, exit, export: exportVariable, false: fail, help, history, kill, ln, ls, mkdir, mv, ps,
  pwd, rm, rmdir, touch, true: succeed, unset,
}));

export { UsageError, type Builtin, type Invocation } from './command.ts';
