import { describe, expect, it } from 'vitest';
import type { ProcessInfo } from '../../shared/abi/index.ts';
import { processRows, type ListOptions } from './process-tree.ts';

const process = (pid: number, ppid: number, more: Partial<ProcessInfo> = {}): ProcessInfo => ({
  pid, ppid, group: pid, session: 1, name: `p${pid}`, args: [], cwd: '/', state: 'running', started: pid, tty: null, openFiles: pid, syscalls: 0, cpu: 0, read: 0, written: 0, ...more,
});
const exit = { code: 0, signal: null, reason: 'exit', duration: 5 } as const;
const options = (more: Partial<ListOptions> = {}): ListOptions => ({ sort: 'tree', filter: '', ended: true, closed: new Set(), rates: () => null, now: 100, ...more });
const shape = (list: ProcessInfo[], more: Partial<ListOptions> = {}): string[] => processRows(list, options(more)).map(({ process: { pid }, level }) => `${'.'.repeat(level)}${pid}`);

const list = [process(1, 0), process(2, 1), process(5, 2, { name: 'grep' }), process(3, 1, { exit, state: 'exited' }), process(4, 99)];

describe('rows of the processes', () => {
  it('puts children below their parents, ended ones after those that run', () => {
    expect(shape(list)).toEqual(['1', '.2', '..5', '.3', '4']);
    expect(shape(list, { ended: false })).toEqual(['1', '.2', '..5', '4']);
    expect(processRows(list, options())[1]).toMatchObject({ place: 1, siblings: 2, open: true });
  });

  it('closes a branch', () => {
    expect(shape(list, { closed: new Set([2]) })).toEqual(['1', '.2', '.3', '4']);
  });

  it('keeps the parents of what a filter finds', () => {
    expect(shape(list, { filter: 'GREP' })).toEqual(['1', '.2', '..5']);
    expect(shape(list, { filter: 'nothing' })).toEqual([]);
  });

  it('sorts by a column without levels', () => {
    expect(shape(list, { sort: 'files' })).toEqual(['5', '4', '2', '1', '3']);
  });

  it('ends where parents go in a circle, or a process is its own', () => {
    expect(shape([process(7, 8), process(8, 7), process(9, 9)])).toEqual(['9']);
  });
});
