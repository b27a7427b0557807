import { describe, expect, test } from 'vitest';
import type { ProcessInfo } from '../../../shared/abi/index.ts';
import { fileServiceConformance } from '../testing/index.ts';
import { ProcService, type ProcSource } from './index.ts';

const clock = { realtime: () => 5n, monotonic: () => 0 };
const info: ProcessInfo = {
  pid: 7, ppid: 1, group: 7, session: 1, name: 'cat', args: ['a b', 'ü'], cwd: '/home', state: 'running', started: 1.5, tty: 2,
  memory: 65536, openFiles: 2, syscalls: 9,
};

function source(processes: Map<number, ProcessInfo>): ProcSource {
  return {
    pids: () => [...processes.keys()],
    process: (pid) => processes.get(pid),
    environment: () => ['A=1', 'B=2'],
    descriptors: () => [{ fd: 0, target: 'pipe:[1]' }, { fd: 3, target: '/' }],
    mounts: () => [{ path: '/', service: 'tree', flags: 'rw' }, { path: '/a b', service: 'dev', flags: 'rw' }],
    memory: () => ({ total: 1024 * 1024, free: 2048 }),
    uptime: () => 12.3456,
    version: () => 'Palimpsest 0.1.0',
  };
}

const make = (processes = new Map([[7, info], [2 ** 31, { ...info, pid: 2 ** 31 }]])) =>
  new ProcService({ dev: 4, clock, source: source(processes) });

fileServiceConformance('proc', () => make(), { writable: false, file: ['7', 'status'], directory: ['7', 'fd'] });

describe('proc', () => {
  const read = (service: ProcService, ...path: string[]) => {
    const node = path.reduce((dir, name) => service.lookup(dir, name), service.root());
    return new TextDecoder().decode(service.read(node, 0, 65536));
  };

  test('files of a process', () => {
    const service = make();
    expect(read(service, '7', 'cmdline')).toBe('cat\0a b\0ü\0');
    expect(read(service, '7', 'environ')).toBe('A=1\0B=2\0');
    expect(read(service, '7', 'status')).toContain('State:\trunning\nPid:\t7\nPPid:\t1\n');
    expect(read(service, '7', 'mounts')).toBe('tree / tree rw 0 0\ndev /a\\040b dev rw 0 0\n');
  });

  test('files of the system', () => {
    const service = make();
    expect(read(service, 'meminfo')).toBe('MemTotal:           1024 kB\nMemFree:               2 kB\n');
    expect(read(service, 'uptime')).toBe('12.35 0.00\n');
    expect(read(service, 'version')).toBe('Palimpsest 0.1.0\n');
  });

  test('links: the working directory and descriptors', () => {
    const service = make();
    const dir = service.lookup(service.root(), '7');
    expect(service.readlink(service.lookup(dir, 'cwd'))).toBe('/home');
    expect(service.readlink(service.lookup(service.lookup(dir, 'fd'), '3'))).toBe('/');
  });

  test('a process that ended is gone', () => {
    const processes = new Map([[7, info]]);
    const service = make(processes);
    const dir = service.lookup(service.root(), '7');
    processes.clear();
    expect(() => service.lookup(service.root(), '7')).toThrow(/ENOENT/);
    expect(() => service.readdir(dir, 0, 9)).toThrow(/ESTALE/);
  });
});
