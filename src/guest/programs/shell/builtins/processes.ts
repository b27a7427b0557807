import { Signals, type SignalName } from '../../../../shared/abi/index.ts';
import { FsError } from '../../../../shared/base/index.ts';
import { awaitForeground, awaitJob, describe, jobLine, poll, resume } from '../jobs/index.ts';
import { jobState, ShellError, type Job, type Shell } from '../state/index.ts';
import { signalName } from '../system/index.ts';
import { letters, number, reason, type Builtin } from './builtin.ts';

function jobOf(shell: Shell, spec: string | undefined): Job {
  const job = spec === undefined ? shell.jobs.current : shell.jobs.find(spec);
  if (!job) throw new ShellError(spec === undefined ? 'No current job' : `No such job: ${spec}`);
  return job;
}

export const jobs: Builtin = {
  usage: '[-lp] [job …]',
  summary: 'list what runs in the background or is stopped',
  pure: true,
  run({ shell, args, out }) {
    const { flags, rest } = letters(args, 'lp');
    poll(shell);
    const list = rest.length > 0 ? rest.map((spec) => jobOf(shell, spec)) : [...shell.jobs.list];
    for (const job of list) {
      if (flags.has('p')) out(`${job.processes[0]?.pid}\n`);
      else if (flags.has('l')) out(jobLine(shell, job).replace(/^(\[\d+\] .) /, `$1 ${job.processes.map(({ pid }) => pid).join(' ')} `));
      else out(jobLine(shell, job));
      job.told = true;
      if (jobState(job) === 'exited') shell.jobs.remove(job);
    }
    return 0;
  },
};

export const fg: Builtin = {
  usage: '[job]',
  summary: 'go on with a job in the foreground',
  run({ shell, args }) {
    const job = jobOf(shell, args[0]);
    if (!shell.monitor) throw new ShellError(`job ${args[0] ?? '%+'} not created under job control`);
    resume(shell, job, true);
    const status = awaitForeground(shell, job);
    if (jobState(job) === 'exited') shell.jobs.remove(job);
    return status;
  },
};

export const bg: Builtin = {
  usage: '[job …]',
  summary: 'go on with jobs in the background',
  run({ shell, args, out }) {
    for (const spec of args.length > 0 ? args : [undefined]) {
      const job = jobOf(shell, spec);
      if (!shell.monitor) throw new ShellError(`job ${spec ?? '%+'} not created under job control`);
      resume(shell, job, false);
      out(`[${job.id}] ${job.text}\n`);
    }
    return 0;
  },
};

export const wait: Builtin = {
  usage: '[pid | job …]',
  summary: 'wait for background processes',
  run({ shell, args, errorLine }) {
    if (args.length === 0) {
      for (const job of [...shell.jobs.list]) {
        if (jobState(job) === 'stopped') continue;
        const status = awaitJob(shell, job);
        if (shell.system.hasSignals) return status;
      }
      return 0;
    }
    let status = 0;
    for (const word of args) {
      const job = word.startsWith('%') ? jobOf(shell, word) : shell.jobs.ofPid(number(word));
      status = job ? awaitJob(shell, job) : 127;
      const ended = job?.processes.at(-1)?.ended;
      if (ended?.signal && !shell.interactive && ended.signal !== 'INT' && ended.signal !== 'PIPE') errorLine(describe(ended, status));
    }
    return status;
  },
};

const NAMES = Object.keys(Signals) as SignalName[];

function listSignals(word: string | undefined): string {
  if (word === undefined) return `${NAMES.join('\n')}\n`;
  const code = number(word);
  const name = signalName(String(code > 128 ? code - 128 : code));
  if (!name) throw new ShellError(`invalid signal number or exit status: ${word}`);
  return `${name}\n`;
}

const KILL_USAGE = 'Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]';

/** The signal that the first arguments name, and the targets after them. */
function killArguments(args: readonly string[]): { signal: string; targets: readonly string[] } {
  const [first = '', second] = args;
  if (first === '-s' || first === '-n') {
    if (second === undefined) throw new ShellError(KILL_USAGE);
    return { signal: wanted(second), targets: args[2] === '--' ? args.slice(3) : args.slice(2) };
  }
  if (first === '--') return { signal: 'TERM', targets: args.slice(1) };
  if (!/^-./.test(first) || args.length < 2) return { signal: 'TERM', targets: args };
  return { signal: wanted(first.slice(1)), targets: second === '--' ? args.slice(2) : args.slice(1) };
}

function wanted(text: string): string {
  if (text === '0') return '0';
  const name = signalName(text);
  if (!name) throw new ShellError(`invalid signal number or name: ${text}`);
  return name;
}

export const kill: Builtin = {
  usage: '[-s signal | -signal] pid | job …',
  summary: 'send a signal; default TERM',
  run({ shell, args, out, error }) {
    if (args[0] === '-l' || args[0] === '-L') {
      out(listSignals(args[1]));
      return 0;
    }
    const { signal, targets } = killArguments(args);
    if (targets.length === 0) throw new ShellError(KILL_USAGE);
    let status = 0;
    for (const target of targets) {
      try {
        for (const pid of pidsOf(shell, target)) shell.ask<'kill'>({ op: 'kill', pid, signal });
      } catch (failure) {
        if (!(failure instanceof FsError)) throw failure;
        error(`${reason(failure)}\n`);
        status = 1;
      }
    }
    return status;
  },
};

function pidsOf(shell: Shell, target: string): number[] {
  if (target.startsWith('%')) {
    const job = jobOf(shell, target);
    return job.group > 0 ? [-job.group] : job.processes.map(({ pid }) => pid);
  }
  if (!/^-?\d{1,9}$/.test(target)) throw new ShellError(`Illegal number: ${target}`);
  return [Number(target)];
}

export const ps: Builtin = {
  usage: '',
  summary: 'list processes',
  run({ shell, out }) {
    const rows = shell.system.processes().filter(({ state }) => state !== 'exited');
    out('  PID  PPID STATE     NAME\n');
    for (const { pid, ppid, state, name, args } of rows) {
      const command = [name, ...args].join(' ').replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
      out(`${String(pid).padStart(5)} ${String(ppid).padStart(5)} ${state.padEnd(9)} ${command}\n`);
    }
    return 0;
  },
};

const LIMITS = {
  v: { key: 'memory', unit: 1024, text: 'memory (kbytes)' },
  d: { key: 'memory', unit: 1024, text: 'memory (kbytes)' },
  t: { key: 'cpu', unit: 1000, text: 'time (seconds)' },
  n: { key: 'files', unit: 1, text: 'nofiles' },
  f: { key: 'output', unit: 512, text: 'file (blocks)' },
  p: { key: 'processes', unit: 1, text: 'process' },
  u: { key: 'processes', unit: 1, text: 'process' },
} as const;

export const ulimit: Builtin = {
  usage: '[-HS] [-a | -tfdvnpu [number | unlimited]]',
  summary: 'limits of what is started from here',
  run({ shell, args, out }) {
    const { flags, rest } = letters(args, 'HSatfdvnpu');
    if (flags.has('a')) {
      const limits = shell.ask<'limits'>({ op: 'limits', pid: 0 });
      for (const letter of ['t', 'f', 'v', 'n', 'p'] as const) {
        const { key, unit, text } = LIMITS[letter];
        out(`${text.padEnd(20)} ${limits[key] === null ? 'unlimited' : Math.floor(limits[key] / unit)}\n`);
      }
      return 0;
    }
    const letter = [...flags.keys()].find((flag): flag is keyof typeof LIMITS => Object.hasOwn(LIMITS, flag)) ?? 'f';
    const { key, unit } = LIMITS[letter];
    const [value] = rest;
    if (value === undefined) {
      const limit = shell.ask<'limits'>({ op: 'limits', pid: 0 })[key];
      out(`${limit === null ? 'unlimited' : Math.floor(limit / unit)}\n`);
      return 0;
    }
    if (value !== 'unlimited' && !/^\d{1,15}$/.test(value)) throw new ShellError('bad number');
    const limits = { ...shell.limits, [key]: value === 'unlimited' ? null : Number(value) * unit };
    // A subshell of this process limits only what it starts.
    if (shell.subshellDepth === 0) setLimits(shell, limits);
    shell.limits = limits;
    return 0;
  },
};

function setLimits(shell: Shell, set: Shell['limits']): void {
  try {
    shell.ask<'limits'>({ op: 'limits', pid: 0, set });
  } catch (error) {
    throw new ShellError(`error setting limit (${reason(error)})`);
  }
}
