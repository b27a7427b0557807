import type { Limits, ProcessInfo, SignalName } from '../../../shared/abi/index.ts';
import type { Caller } from '../../contract/index.ts';

/** What `/proc` shows, from whoever knows it. Ended processes are not among them. */
export interface ProcSource {
  pids(): number[];
  process(pid: number): ProcessInfo | undefined;
  /** `NAME=value` strings. */
  environment(pid: number): string[];
  /** Open descriptors in ascending order; `target` reads like a path or `pipe:[7]`. */
  descriptors(pid: number): { fd: number; target: string }[];
  limits(pid: number): Limits;
  /** What made its namespace, a line each, in the words of `rc`: `mount tree /`, `bind -b /home/bin /bin`. */
  namespace(pid: number): string[];
  /** Its last system calls, a line each, as strace prints them. */
  trace(pid: number): string;
  /** For `caller`. @throws FsError EPERM, EINVAL */
  signal(pid: number, signal: SignalName, caller: Caller): void;
  /** For `caller`. @throws FsError EPERM, EINVAL */
  setLimits(pid: number, limits: Partial<Limits>, caller: Caller): void;
  /** Of the process, or of the kernel for pid 0. */
  mounts(pid: number): { path: string; service: string; flags: string }[];
  /** Bytes of shared memory. */
  memory(): { total: number; free: number };
  /** Seconds since boot. */
  uptime(): number;
  version(): string;
}

interface ProcFile {
  readonly name: string;
  readonly kind: 'file' | 'symlink';
  text(source: ProcSource, pid: number): string;
}

function mountLines(source: ProcSource, pid: number): string {
  return source.mounts(pid).map(({ path, service, flags }) => `${service} ${escapePath(path)} ${service} ${flags} 0 0\n`).join('');
}

/** As in `/proc/mounts` of Linux: blanks and backslashes as octal. */
function escapePath(path: string): string {
  return path.replace(/[ \t\n\\]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function status(source: ProcSource, pid: number): string {
  const info = source.process(pid);
  if (!info) return '';
  const rows: [string, string | number][] = [
    ['Name', info.name], ['State', info.state], ['Pid', info.pid], ['PPid', info.ppid], ['NSpgid', info.group], ['NSsid', info.session],
    ['FDSize', info.openFiles], ['Syscalls', info.syscalls], ['Tty', info.tty ?? '-'], ['CpuTime', `${Math.round(info.cpu)} ms`], ['Threads', info.threads ?? 1], ['ReadBytes', info.read], ['WrittenBytes', info.written],
  ];
  if (info.memory !== undefined) rows.push(['VmSize', `${Math.round(info.memory / 1024)} kB`]);
  return rows.map(([key, value]) => `${key}:\t${value}\n`).join('');
}

function commandLine(source: ProcSource, pid: number): string {
  const info = source.process(pid);
  return info ? [info.name, ...info.args].map((arg) => `${arg}\0`).join('') : '';
}

const LIMIT_ROWS: readonly [text: string, name: keyof Limits, unit: string][] = [
  ['Max cpu time', 'cpu', 'ms'], ['Max wall time', 'wall', 'ms'], ['Max address space', 'memory', 'bytes'],
  ['Max output', 'output', 'bytes'], ['Max open files', 'files', 'files'], ['Max processes', 'processes', 'processes'],
];

/** As Linux has it; soft and hard limits are one here. */
function limits(source: ProcSource, pid: number): string {
  const values = source.limits(pid);
  const row = (text: string, soft: string, hard: string, unit: string): string => `${text.padEnd(26)}${soft.padEnd(21)}${hard.padEnd(21)}${unit.padEnd(10)}\n`;
  return row('Limit', 'Soft Limit', 'Hard Limit', 'Units') + LIMIT_ROWS.map(([text, name, unit]) => {
    const value = String(values[name] ?? 'unlimited');
    return row(text, value, value, unit);
  }).join('');
}

function meminfo(source: ProcSource): string {
  const { total, free } = source.memory();
  const row = (key: string, bytes: number): string => `${`${key}:`.padEnd(16)}${String(Math.floor(bytes / 1024)).padStart(8)} kB\n`;
  return row('MemTotal', total) + row('MemFree', free);
}

/** The order is part of node numbers: add at the end. */
export const PROCESS_FILES: readonly ProcFile[] = [
  { name: 'status', kind: 'file', text: status },
  { name: 'cmdline', kind: 'file', text: commandLine },
  { name: 'environ', kind: 'file', text: (source, pid) => source.environment(pid).map((one) => `${one}\0`).join('') },
  { name: 'cwd', kind: 'symlink', text: () => '' },
  { name: 'mounts', kind: 'file', text: mountLines },
  { name: 'ns', kind: 'file', text: (source, pid) => [...source.namespace(pid), `cd ${source.process(pid)?.cwd ?? '/'}`].map((line) => `${line}\n`).join('') },
  { name: 'limits', kind: 'file', text: limits },
  { name: 'ctl', kind: 'file', text: () => '' },
  { name: 'trace', kind: 'file', text: (source, pid) => source.trace(pid) },
];

export const SYSTEM_FILES: readonly ProcFile[] = [
  { name: 'meminfo', kind: 'file', text: meminfo },
  { name: 'mounts', kind: 'file', text: (source) => mountLines(source, 0) },
  { name: 'uptime', kind: 'file', text: (source) => `${source.uptime().toFixed(2)} 0.00\n` },
  { name: 'version', kind: 'file', text: (source) => `${source.version()}\n` },
];
