import { describe, expect, it } from 'vitest';
import type { ExitStatus, ProcessInfo } from '../../shared/abi/index.ts';
import { endedAtPrompt } from './prompt-runs.ts';

const process = (pid: number, ppid: number, exit?: Partial<ExitStatus>): ProcessInfo => ({
  pid, ppid, group: pid, session: 1, name: `p${pid}`, args: [], cwd: '/home', state: exit ? 'exited' : 'running', started: 100 + pid, tty: 1, openFiles: 0, syscalls: 0, cpu: 0, read: 0, written: 0,
  ...(exit && { exit: { code: 0, signal: null, reason: 'exit', duration: 1, ...exit } }),
});
const wrote = { changes: { written: ['/home/a'], deleted: [], more: 0 } };
const prompts = new Set([1]);

describe('programs typed at a prompt', () => {
  it('the last that changed something is told, once', () => {
    const before = [process(1, 0), process(2, 1)];
    const after = [process(1, 0), process(2, 1, wrote), process(3, 1, wrote), process(4, 1, { changes: { written: [], deleted: [], more: 0 } })];
    expect(endedAtPrompt(before, after, prompts, 0)?.pid).toBe(3);
    expect(endedAtPrompt(after, after, prompts, 0)).toBeNull();
  });

  it('one that broke off is told though it changed nothing, one that only failed is not', () => {
    expect(endedAtPrompt([], [process(2, 1, { code: 134, reason: 'trap' })], prompts, 0)?.pid).toBe(2);
    expect(endedAtPrompt([], [process(2, 1, { code: 1 })], prompts, 0)).toBeNull();
  });

  it('children of programs, programs of the window, those without a terminal and those of an earlier page are not', () => {
    expect(endedAtPrompt([], [process(3, 2, wrote), process(4, 0, wrote), { ...process(5, 1, wrote), tty: null }], prompts, 0)).toBeNull();
    expect(endedAtPrompt([], [process(2, 1, wrote)], prompts, 103)).toBeNull();
  });
});
