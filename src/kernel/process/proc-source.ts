import type { Arena } from '../../shared/arena/index.ts';
import { FD_MAX } from '../../shared/arena/index.ts';
import type { Clock } from '../../shared/base/index.ts';
import type { ProcSource } from '../services/proc/index.ts';
import type { Descriptors } from './descriptors.ts';
import type { Processes } from './processes.ts';

/** What `/proc` shows. `processes` is null until they are made. */
export function procSource(processes: () => Processes | null, descriptors: Descriptors, arena: Arena, clock: Clock, version: string): ProcSource {
  const boot = clock.monotonic();
  const record = (pid: number) => processes()?.get(pid);
  return {
    pids: () => processes()?.running().map(({ pid }) => pid) ?? [],
    process: (pid) => processes()?.info(pid),
    environment: (pid) => [...(record(pid)?.env ?? [])],
    descriptors: (pid) => {
      const fds = record(pid)?.fds;
      if (!fds) return [];
      return Array.from({ length: FD_MAX }, (_, fd) => ({ fd, ofd: fds.get(fd) }))
        .filter(({ ofd }) => ofd !== 0)
        .map(({ fd, ofd }) => ({ fd, target: descriptors.describe(ofd) }));
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
