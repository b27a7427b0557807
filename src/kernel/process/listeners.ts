import { Listener, OfdKind, type FdTable, type OpenFiles } from '../../shared/arena/index.ts';
import type { Descriptors } from './descriptors.ts';

/** Where a module finds the first listening socket that it is given, as everywhere. */
const FIRST = 3;

type Streams = readonly (readonly [fd: number, ofd: number])[];

/**
 * Of the descriptors meant for a child that is a module: 0 to 2, and the listening sockets, moved to 3 and on in their order;
 * the environment tells how many. Subscriptions and requests are their process's own, whatever number it gives them.
 */
export function handOver(files: OpenFiles, env: readonly string[], ofds: Streams): { env: readonly string[]; ofds: Streams } {
  const streams = ofds.filter(([fd, ofd]) => fd < FIRST && files.kind(ofd) !== OfdKind.MAILBOX);
  const listeners = ofds.filter(([fd, ofd]) => fd >= FIRST && files.kind(ofd) === OfdKind.LISTENER).toSorted(([a], [b]) => a - b);
  if (listeners.length === 0) return { env, ofds: streams };
  const others = env.filter((line) => !line.startsWith('LISTEN_FDS='));
  return { env: [`LISTEN_FDS=${listeners.length}`, ...others], ofds: [...streams, ...listeners.map(([, ofd], at) => [FIRST + at, ofd] as const)] };
}

/** Ports of the listening sockets from 3 on. */
export function listenedPorts({ files, arena }: Descriptors, fds: FdTable): number[] {
  const ports: number[] = [];
  for (let fd = FIRST; ; fd++) {
    const ofd = fds.get(fd);
    if (ofd === 0 || files.kind(ofd) !== OfdKind.LISTENER) return ports;
    ports.push(new Listener(arena, files.object(ofd)).port);
  }
}
