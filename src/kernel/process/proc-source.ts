import type { Arena } from '../../shared/arena/index.ts';
import { FD_MAX } from '../../shared/arena/index.ts';
import { FsError, type Clock } from '../../shared/base/index.ts';
import type { Caller } from '../contract/index.ts';
import type { ProcSource } from '../services/proc/index.ts';
import type { Descriptors } from './descriptors.ts';
import { DEFAULT_LIMITS, maySet, withLimits } from './limits.ts';
import type { ProcessRecord } from './process-record.ts';
import type { Processes } from './processes.ts';
import { parseSignal } from './signals.ts';

/**
 * The open descriptors. Threads let go of descriptions at any time, so each is held while it is looked at. A process of one thread
 * takes no lock for that, so what it closes meanwhile may be seen as anything, and is left out where that makes no sense.
 */
function describeAll({ fds, threads, namespace }: ProcessRecord, descriptors: Descriptors): { fd: number; target: string }[] {
  const found: { fd: number; target: string }[] = [];
  const hold = threads.count > 1;
  for (let fd = 0; fd < FD_MAX; fd++) {
    const ofd = hold ? fds.acquire(fd) : fds.get(fd);
    if (ofd === 0) continue;
    try {
      found.push({ fd, target: `${descriptors.describe(ofd, namespace)}${descriptors.rightsNote(ofd)}` });
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
    } finally {
      if (hold) descriptors.files.release(ofd);
    }
  }
  return found;
}

/** What the descriptors of a process that does not run yet are open on. */
export function openOf({ fds, namespace }: ProcessRecord, descriptors: Descriptors): { fd: number; target: string }[] {
  const open: { fd: number; target: string }[] = [];
  fds.forEach((ofd, fd) => open.push({ fd, target: descriptors.describe(ofd, namespace) }));
  return open;
}

/** What `/proc` shows. `processes` is null until they are made. */
export function procSource(processes: () => Processes | null, descriptors: Descriptors, arena: Arena, clock: Clock, version: string, trace: (pid: number) => string = () => ''): ProcSource {
  const boot = clock.monotonic();
  const record = (pid: number) => processes()?.get(pid);
  return {
    pids: () => processes()?.running().map(({ pid }) => pid) ?? [],
    process: (pid) => processes()?.info(pid),
    environment: (pid) => [...(record(pid)?.env ?? [])],
    descriptors: (pid) => {
      const process = record(pid);
      return process ? describeAll(process, descriptors) : [];
    },
    limits: (pid) => record(pid)?.limits ?? DEFAULT_LIMITS,
    namespace: (pid) => record(pid)?.namespace.script() ?? [],
    trace,
    signal: (pid, signal, caller) => {
      requireControl(processes(), pid, caller);
      // What it does to the process is no answer to who writes here: it may be that process.
      processes()?.kill(pid, parseSignal(signal)).catch(() => {});
    },
    setLimits: (pid, set, caller) => {
      const target = requireControl(processes(), pid, caller);
      const own = caller !== undefined && mayControlAll(processes(), caller) ? record(caller)!.limits : null;
      if (caller !== undefined && !maySet(target.limits, set, own)) throw new FsError('EPERM', 'write', 'ctl', { detail: 'limits are lowered, or raised to one’s own' });
      processes()?.setLimits(target, withLimits(target.limits, set));
    },
    mounts: (pid) => (record(pid) ?? processes()?.running()[0])?.namespace.mounts().map(({ path, service }) => ({ path, service: service.name, flags: service.write ? 'rw' : 'ro' })) ?? [],
    memory: () => {
      const { total, free } = arena.stats();
      return { total, free };
    },
    uptime: () => (clock.monotonic() - boot) / 1000,
    version: () => version,
  };
}

/** The window's user, and processes that may end all. */
function mayControlAll(processes: Processes | null, caller: Caller): boolean {
  return caller === undefined || processes?.get(caller)?.grants.kill === 'all';
}

/** The process, if `caller` may control it. @throws FsError ESRCH, EPERM */
function requireControl(processes: Processes | null, pid: number, caller: Caller): ProcessRecord {
  const target = processes?.get(pid);
  if (!processes || !target) throw new FsError('ESRCH', 'write', String(pid));
  if (caller === pid || mayControlAll(processes, caller) || (caller !== undefined && processes.isChild(pid, caller))) return target;
  throw new FsError('EPERM', 'write', 'ctl', { detail: `process ${pid} is not a child of ${caller}` });
}
