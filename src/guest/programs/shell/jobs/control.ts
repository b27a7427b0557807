import { Signals, type ExitStatus, type SignalName } from '../../../../shared/abi/index.ts';
import { FsError } from '../../../../shared/base/index.ts';
import { encodeText } from '../system/index.ts';
import { jobState, jobStatus, noteProcess, Unwind, type Alarm, type Job, type JobProcess, type Shell } from '../state/index.ts';

/** Status of a command that a signal stopped. */
const stoppedStatus = (signal: string): number => 128 + (Signals[signal as SignalName] ?? 0);

/** Gives the terminal to a process group. What cannot be (there is none, it has hung up) changes nothing. */
export function giveTerminal(shell: Shell, group: number): void {
  if (shell.terminal < 0) return;
  try {
    shell.ask<'tty-foreground'>({ op: 'tty-foreground', fd: shell.terminal, group });
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
  }
}

export function takeTerminal(shell: Shell): void {
  if (shell.terminal >= 0) giveTerminal(shell, ownGroup(shell));
}

const groups = new WeakMap<object, number>();

function ownGroup(shell: Shell): number {
  let group = groups.get(shell.system);
  if (group === undefined) {
    try {
      ({ group } = shell.ask<'identity'>({ op: 'identity', pid: 0 }));
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      group = shell.system.pid;
    }
    groups.set(shell.system, group);
  }
  return group;
}

/** Waits until a process has ended or, where jobs are controlled, was stopped. Traps wait until then. */
function awaitProcess(shell: Shell, job: Job, process: JobProcess, alarms: readonly Alarm[]): void {
  const from = performance.now();
  while (process.state === 'running') {
    const alarm = alarms.find(({ sent }) => !sent);
    const until = alarm ? from + alarm.after : Infinity;
    try {
      const result = shell.system.wait({ pid: process.pid, untraced: shell.monitor, until });
      if (result) noteProcess(job, process, result);
      if (result?.state === 'stopped') process.status = stoppedStatus(result.signal);
      if (result !== null) continue;
      passOn(shell, job);
      if (alarm && performance.now() >= until) ring(shell, job, process, alarm);
    } catch (error) {
      if (!(error instanceof FsError) || error.code !== 'ECHILD') throw error;
      process.state = 'exited';
    }
  }
}

/** Sends the alarm's signal to the job, or without a group of its own to the process and what that has started. */
function ring(shell: Shell, job: Job, process: JobProcess, alarm: Alarm): void {
  alarm.sent = true;
  const targets = job.group > 0 ? [-job.group] : family(shell, process.pid);
  for (const pid of targets) {
    send(shell, pid, alarm.signal);
    // Who is stopped would not hear it.
    if (alarm.signal !== 'KILL') send(shell, pid, 'CONT');
  }
}

/** A process and those that it has started, and so on, that still run. */
function family(shell: Shell, pid: number): number[] {
  const found = [pid];
  for (const each of shell.system.processes()) if (each.state !== 'exited' && found.includes(each.ppid)) found.push(each.pid);
  return found;
}

/** Whoever has ended meanwhile needs no signal. */
function send(shell: Shell, pid: number, signal: SignalName): void {
  try {
    shell.ask<'kill'>({ op: 'kill', pid, signal });
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
  }
}

const KEYS: readonly string[] = ['INT', 'QUIT', 'TSTP'];

/**
 * Caught signals that interrupted a wait stay for later, so that the next wait is not interrupted by them again. Keys that were
 * pressed just before the job had the terminal were meant for it.
 */
function passOn(shell: Shell, job: Job): void {
  for (const name of shell.system.signals()) {
    if (shell.monitor && job.group > 0 && KEYS.includes(name)) shell.ask<'kill'>({ op: 'kill', pid: -job.group, signal: name });
    else shell.system.putBack(name);
  }
  shell.system.releaseHeld();
}

/** Waits for a job in the foreground, and sends it the alarms whose time comes. The status; a job that was stopped stays in the list. */
export function awaitForeground(shell: Shell, job: Job, alarms: readonly Alarm[] = []): number {
  for (const process of job.processes) awaitProcess(shell, job, process, alarms);
  if (shell.monitor) takeTerminal(shell);
  return jobStatus(job, shell.options.has('pipefail'));
}

/** Whether Ctrl-C ended it: then the line that it is part of is given up, too. */
export function wasInterrupted(job: Job): boolean {
  return job.processes.some(({ ended }) => ended?.signal === 'INT');
}

/** Enters what became of the children since, without waiting. */
export function poll(shell: Shell): void {
  if (shell.jobs.list.every((job) => jobState(job) === 'exited')) return;
  try {
    for (;;) {
      const result = shell.system.wait({ pid: -1, nohang: true, untraced: true });
      if (!result) return;
      shell.jobs.note(result);
    }
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== 'ECHILD') throw error;
    for (const job of shell.jobs.list) for (const process of job.processes) process.state = 'exited';
  }
}

/** Lets a stopped job go on, in the foreground or not. */
export function resume(shell: Shell, job: Job, foreground: boolean): void {
  if (foreground) {
    giveTerminal(shell, job.group);
    shell.system.write(1, encodeText(`${job.text}\n`));
  }
  for (const process of job.processes) if (process.state === 'stopped') process.state = 'running';
  job.told = true;
  shell.jobs.touch(job);
  shell.ask<'kill'>({ op: 'kill', pid: job.group > 0 ? -job.group : job.processes[0]!.pid, signal: 'CONT' });
}

/** Waits for a background job. 128 + signal if a caught signal came first. */
export function awaitJob(shell: Shell, job: Job): number {
  const wait = (process: JobProcess): number | null => {
    while (process.state !== 'exited') {
      try {
        const result = shell.system.wait({ pid: process.pid });
        if (result) noteProcess(job, process, result);
        else if (shell.system.hasSignals) return interrupted(shell);
      } catch (error) {
        if (!(error instanceof FsError) || error.code !== 'ECHILD') throw error;
        process.state = 'exited';
      }
    }
    return null;
  };
  for (const process of job.processes) {
    const signal = wait(process);
    if (signal !== null) return signal;
  }
  shell.jobs.remove(job);
  return jobStatus(job);
}

/** Traps of what came are run by who called `wait`, which ends with this status. */
function interrupted(shell: Shell): number {
  if (shell.interactive && shell.system.interrupting() && !shell.traps.has('INT')) throw new Unwind('abort', 130);
  return 128 + shell.system.firstSignal();
}

/** How a process ended, for people: `Done`, `Exit 3`, `Terminated`. */
export function describe(status: ExitStatus | undefined, code: number): string {
  if (status?.reason === 'limit' && status.message) return status.message;
  if (status?.signal) return signalText(status.signal);
  if (status?.reason === 'trap') return 'Trap';
  return code === 0 ? 'Done' : `Done(${code})`;
}

const SIGNAL_TEXTS: Readonly<Record<string, string>> = {
  HUP: 'Hangup', INT: 'Interrupt', QUIT: 'Quit', KILL: 'Killed', USR1: 'User defined signal 1', USR2: 'User defined signal 2', PIPE: 'Broken pipe',
  ALRM: 'Alarm clock', TERM: 'Terminated', XCPU: 'CPU time limit exceeded', XFSZ: 'File size limit exceeded',
};

/** What a signal did, for people. */
export function signalText(signal: string): string {
  return SIGNAL_TEXTS[signal] ?? signal;
}

/** `[1]+ Done   text` */
export function jobLine(shell: Shell, job: Job): string {
  const state = jobState(job);
  const last = job.processes.at(-1);
  const word = state === 'running' ? 'Running' : state === 'stopped' ? 'Stopped' : describe(last?.ended, jobStatus(job));
  const mark = job === shell.jobs.current ? '+' : job === shell.jobs.previous ? '-' : ' ';
  return `[${job.id}] ${mark} ${word.padEnd(26)}${job.text}${state === 'running' ? ' &' : ''}\n`;
}

/** Lines about jobs whose state has changed since the last time; those that ended are forgotten then. */
export function notices(shell: Shell): string {
  poll(shell);
  let text = '';
  for (const job of [...shell.jobs.list]) {
    const state = jobState(job);
    if (job.told) continue;
    job.told = true;
    if (state !== 'running') text += jobLine(shell, job);
    if (state === 'exited') shell.jobs.remove(job);
  }
  return text;
}
