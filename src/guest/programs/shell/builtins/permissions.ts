import { FsError } from '../../../../shared/base/index.ts';
import { ShellError } from '../state/index.ts';
import { reason, type Builtin } from './builtin.ts';

const CLAUSE = /^([ugoa]*)((?:[-+=][rwxXst]*)+)$/;

/** Whether a mode takes something from the one user that there is; null if it is no mode. */
function takes(mode: string): boolean | null {
  if (/^[0-7]{1,4}$/.test(mode)) return (Number.parseInt(mode, 8) & 0o700) !== 0o700;
  const clauses = mode.split(',').map((clause) => CLAUSE.exec(clause));
  if (clauses.includes(null)) return null;
  return clauses.some((found) => {
    const [, who = '', changes = ''] = found!;
    if (who !== '' && !/[ua]/.test(who)) return false;
    return [...changes.matchAll(/([-=])([rwxXst]*)/g)].some(([, sign, letters = '']) => (sign === '-' ? /[rwxX]/.test(letters) : !['r', 'w', 'x'].every((right) => letters.includes(right))));
  });
}

/** Files have no permissions: all can be read, written and run. So what gives permissions is done already, and what takes them fails. */
export const chmod: Builtin = {
  usage: '[-R] mode file …',
  summary: 'permissions, which files here do not have: giving them does nothing, taking them fails',
  pure: true,
  run({ shell, args, error }) {
    // Modes such as -w are no options.
    const rest = args.filter((word) => !/^-(?:[Rcfv]+|-|-recursive|-changes|-silent|-quiet|-verbose)$/.test(word));
    const [mode, ...files] = rest;
    if (mode === undefined || files.length === 0) throw new ShellError('usage: chmod [-R] mode file …', { status: 1 });
    const denied = takes(mode);
    if (denied === null) throw new ShellError(`${mode}: Illegal mode`, { status: 1 });
    let status = 0;
    for (const file of files) {
      try {
        shell.files.stat(file);
        if (!denied) continue;
        error(`${file}: Operation not supported: all files can be read, written and run`);
      } catch (failure) {
        if (!(failure instanceof FsError)) throw failure;
        error(`${file}: ${reason(failure)}`);
      }
      status = 1;
    }
    return status;
  },
};
