import { Signals, type SignalName } from '../../../../shared/abi/index.ts';
import { signalName } from '../system/index.ts';
import { quote, type Builtin } from './builtin.ts';

const nameOf = (text: string): string | null => (text === '0' || text === 'EXIT' ? 'EXIT' : signalName(text));

export const trap: Builtin = {
  usage: '[action] signal …',
  summary: 'run a text when a signal comes, or at the end (EXIT)',
  special: true,
  run({ shell, args, out, errorLine }) {
    const rest = args[0] === '--' ? args.slice(1) : args;
    if (rest.length === 0) {
      for (const name of ['EXIT', ...(Object.keys(Signals) as SignalName[])]) {
        const action = shell.traps.get(name);
        if (action !== undefined) out(`trap -- ${quote(action)} ${name}\n`);
      }
      return 0;
    }
    // One operand, or a number first: these signals get their default back.
    const resets = rest.length === 1 || rest[0] === '-' || /^\d+$/.test(rest[0]!);
    const names = rest.length > 1 && (!resets || rest[0] === '-') ? rest.slice(1) : rest;
    let status = 0;
    for (const text of names) {
      const name = nameOf(text);
      if (name === null) {
        errorLine(`trap: ${text}: bad trap`);
        status = 1;
      } else if (resets) shell.traps.delete(name);
      else shell.traps.set(name, rest[0]!);
    }
    shell.runner.trapsChanged(shell);
    return status;
  },
};
