import { beforeEach, describe, expect, test } from 'vitest';
import type { ProcessInfo } from '../../../shared/abi/index.ts';
import { fileServiceConformance } from '../testing/index.ts';
import { ProcService, type ProcSource } from './index.ts';

const clock = { realtime: () => 5n, monotonic: () => 0 };
const info: ProcessInfo = {
  pid: 7, ppid: 1, group: 7, session: 1, name: 'cat', args: ['a b', 'ü'], cwd: '/home', state: 'running', started: 1.5, tty: 2,
  memory: 65536, openFiles: 2, syscalls: 9, cpu: 1500, read: 10, written: 20,
};

const calls: unknown[] = [];

function source(processes: Map<number, ProcessInfo>): ProcSource {
  return {
    pids: () => [...processes.keys()],
    process: (pid) => processes.get(pid),
    environment: () => ['A=1', 'B=2'],
    descriptors: () => [{ fd: 0, target: 'pipe:[1]' }, { fd: 3, target: '/' }],
    mounts: () => [{ path: '/', service: 'tree', flags: 'rw' }, { path: '/a b', service: 'dev', flags: 'rw' }],
    limits: () => ({ memory: 65536, wall: null, cpu: 1000, files: 1024, output: null, processes: 224, messages: null }),
    namespace: () => ['mount tree /', "bind -b '/a b' /bin"],
    trace: () => '[pid 7] fd_read\n',
    signal: (...call) => void calls.push(call),
    setLimits: (...call) => void calls.push(call),
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

  test('limits as Linux has them, the namespace as Plan 9 does', () => {
    const service = make();
    const lines = read(service, '7', 'limits').split('\n');
    expect(lines[0]).toBe('Limit                     Soft Limit           Hard Limit           Units     ');
    expect(lines[1]).toBe('Max cpu time              1000                 1000                 ms        ');
    expect(lines[2]).toBe('Max wall time             unlimited            unlimited            ms        ');
    expect(lines).toHaveLength(8);
    expect(read(service, '7', 'ns')).toBe("mount tree /\nbind -b '/a b' /bin\ncd /home\n");
    expect(read(service, '7', 'trace')).toBe('[pid 7] fd_read\n');
  });

  test('self is who asks', () => {
    const service = make();
    const self = service.lookup(service.root(), 'self');
    expect(service.stat(self).kind).toBe('symlink');
    expect(service.readlink(self, 7)).toBe('7');
    expect(() => service.readlink(self)).toThrow(/ENOENT/);
  });

  describe('ctl', () => {
    const write = (line: string, caller?: number) => {
      const service = make();
      return service.write(service.lookup(service.lookup(service.root(), '7'), 'ctl'), 0, new TextEncoder().encode(line), caller);
    };
    beforeEach(() => void calls.splice(0));

    test.each([['kill', 'KILL'], ['stop\n', 'STOP'], [' start ', 'CONT'], ['int', 'INT'], ['term', 'TERM'], ['hup', 'HUP']])('%s is a signal', (line, signal) => {
      expect(write(line, 3)).toBe(line.length);
      expect(calls).toEqual([[7, signal, 3]]);
    });

    test('limits are numbers, or none', () => {
      write('limit cpu 1000\nlimit output none\n');
      expect(calls).toEqual([[7, { cpu: 1000 }, undefined], [7, { output: null }, undefined]]);
    });

    test.each(['explode', 'kill 9', 'limit', 'limit cpu', 'limit cpu -1', 'limit cpu 1 2', 'limit speed 1', 'constructor', 'x'.repeat(5000)])('%.20s is refused, and nothing is done', (line) => {
      expect(() => write(`kill\n${line}`)).toThrow(/EINVAL/);
      expect(calls).toEqual([]);
    });

    test('no other file is written', () => {
      const service = make();
      const status = service.lookup(service.lookup(service.root(), '7'), 'status');
      expect(() => service.write(status, 0, new Uint8Array(1))).toThrow(/EACCES/);
      expect(() => service.truncate(status)).toThrow(/EACCES/);
      expect(() => service.write(service.root(), 0, new Uint8Array(1))).toThrow(/EISDIR/);
    });
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
