import { describe, expect, it } from 'vitest';
import type { ExitStatus, ProcessInfo } from '../../shared/abi/index.ts';
import { ENDED_MAX, foldProcessMessage, mergeListing } from './processes.ts';

const exit: ExitStatus = { code: 0, signal: null, reason: 'exit', duration: 1 };
const process = (pid: number, ended = false): ProcessInfo => ({
  pid, ppid: 1, group: pid, session: 1, name: `p${pid}`, args: [], cwd: '/', state: ended ? 'exited' : 'running', started: 0, tty: null, openFiles: 0, syscalls: 0, cpu: 0, read: 0, written: 0, ...(ended && { exit }),
});

describe('processes', () => {
  it('adds, ends, and passes over other messages', () => {
    let list = foldProcessMessage([], { subject: 'proc.7.spawn', data: process(7) });
    list = foldProcessMessage(list, { subject: 'proc.3.spawn', data: process(3) });
    list = foldProcessMessage(list, { subject: 'proc.7.exit', data: exit });
    expect(list.map(({ pid, state }) => [pid, state])).toEqual([[3, 'running'], [7, 'exited']]);
    expect(foldProcessMessage(list, { subject: 'proc.7.other', data: null })).toBe(list);
  });

  it('keeps ended ones that the kernel forgot, up to a bound', () => {
    const many = Array.from({ length: ENDED_MAX + 5 }, (_, index) => process(index + 1, true));
    const merged = mergeListing(many, [process(1000)]);
    expect(merged).toHaveLength(ENDED_MAX + 1);
    expect(merged[0]?.pid).toBe(6);
    expect(mergeListing([process(1)], [])).toEqual([]);
  });
});
