import { describe, expect, it } from 'vitest';
import type { ProcessInfo } from '../../shared/abi/index.ts';
import { POINTS_MAX, PROCESSES_MAX, Samples } from './samples.ts';

const process = (pid: number, more: Partial<ProcessInfo>): ProcessInfo => ({
  pid, ppid: 0, group: pid, session: 1, name: 'p', args: [], cwd: '/', state: 'running', started: 0, tty: null, openFiles: 0, syscalls: 0, cpu: 0, read: 0, written: 0, ...more,
});

describe('samples of processes', () => {
  it('are differences by the second', () => {
    const samples = new Samples();
    samples.take([process(1, { syscalls: 100, cpu: 500, read: 10 })], 1000);
    expect(samples.latest(1)).toBeNull();
    samples.take([process(1, { syscalls: 300, cpu: 1500, read: 2010, memory: 65536 })], 3000);
    expect(samples.latest(1)).toEqual({ cpu: 50, memory: 65536, calls: 100, read: 1000, written: 0 });
    // Too soon after the last one to say anything.
    samples.take([process(1, { syscalls: 400 })], 3100);
    expect(samples.series(1).times).toEqual([3000]);
  });

  it('begin anew for a number that was given again, and end with the process', () => {
    const samples = new Samples();
    samples.take([process(1, { syscalls: 100 })], 1000);
    samples.take([process(1, { syscalls: 10 })], 2000);
    expect(samples.latest(1)).toBeNull();
    samples.take([process(1, { syscalls: 20 })], 3000);
    expect(samples.latest(1)).toMatchObject({ calls: 10 });
    samples.take([], 4000);
    expect(samples.latest(1)).toBeNull();
    expect(samples.series(1).times).toEqual([3000]);
  });

  it('are bounded', () => {
    const samples = new Samples();
    for (let second = 0; second < POINTS_MAX + 20; second++) samples.take([process(1, { syscalls: second })], second * 1000);
    expect(samples.series(1).times).toHaveLength(POINTS_MAX);
    for (const second of [1, 2]) samples.take(Array.from({ length: PROCESSES_MAX + 50 }, (_, at) => process(at + 2, { syscalls: second })), 1e6 + second * 1000);
    samples.take([], 2e6);
    expect(Array.from({ length: PROCESSES_MAX + 60 }, (_, at) => samples.series(at).times.length).filter((length) => length > 0)).toHaveLength(PROCESSES_MAX);
  });
});
