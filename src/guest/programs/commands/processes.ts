import { printable } from '../shell/index.ts';
import { UsageError, wanted, type Builtin } from './command.ts';

export const ps: Builtin = {
  usage: '',
  summary: 'list processes',
  run({ shell, out }) {
    const rows = shell.ask<'processes'>({ op: 'processes' }).filter(({ state }) => state !== 'exited');
    out.line('  PID  PPID STATE     NAME');
    for (const { pid, ppid, state, name, args } of rows) {
      const command = printable([name, ...args].join(' '));
      out.line(`${String(pid).padStart(5)} ${String(ppid).padStart(5)} ${state.padEnd(9)} ${command}`);
    }
    return 0;
  },
};

export const kill: Builtin = {
  usage: '[-SIGNAL] pid …',
  summary: 'end processes; default TERM',
  run({ shell, args }) {
    const named = /^-(?:SIG)?([A-Z0-9]+)$/i.exec(args[0] ?? '');
    const signal = (named?.[1] ?? 'TERM').toUpperCase();
    const pids = named ? args.slice(1) : args;
    wanted(pids, 1);
    for (const text of pids) {
      const pid = Number(text);
      if (!Number.isInteger(pid)) throw new UsageError(`${text} is no process number`);
      shell.ask<'kill'>({ op: 'kill', pid, signal: signal === '9' ? 'KILL' : signal === '2' ? 'INT' : signal }, text);
    }
    return 0;
  },
};
