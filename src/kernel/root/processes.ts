import type { Bus } from '../bus/index.ts';
import { crowded, grantsMissing, type FsPublisher, type Notices } from '../feed/index.ts';
import { CallServer } from '../../shared/link/index.ts';
import { Binds, NamespaceMirror, openOf, Processes, Programs, RunChanges, SocketGrants, WorkerPool } from '../process/index.ts';
import { BusFiles } from '../services/bus/index.ts';
import { Syscalls, TokenCalls, type CallWorkspace } from '../syscall/index.ts';
import type { Traces } from '../trace/index.ts';
import type { Files } from './files.ts';
import type { KernelHost } from './host.ts';
import { serveHost, type Services } from './services.ts';
import type { Storage } from './storage.ts';

/** Processes, their worker pool, and the answers to their blocking calls. */
export function bootProcesses(host: KernelHost, bus: Bus, notices: Notices, feed: FsPublisher, storage: Storage, { descriptors, namespace, resolve, processes }: Files, workspace: CallWorkspace, services: Services, traces: Traces) {
  const { clock, workers } = host;
  const { arena, keeper, journal, volume, runs, isDirty, sync } = storage;
  const onFault = (fault: unknown): void => notices.fault(fault);
  const changes = new RunChanges();
  journal.onCommitted((committed) => changes.add(committed));
  const calls: CallServer = new CallServer(arena, (pcb, request, data) => syscalls.handle(pcb, request, data), onFault);
  const mirror = new NamespaceMirror(keeper.namespaces);
  // What processes start with stays, also while there is none.
  mirror.acquire(namespace);
  let crowd = { session: 0, limit: 0 };
  const table = processes.current = new Processes({
    descriptors, calls, bus, clock, changes, runs, onFault,
    pool: new WorkerPool({ spawner: workers, init: { type: 'init', memory: arena.memory } }),
    mirror,
    noting: () => traces.noting,
    onStart: (record) => {
      services.authority.started(record);
      sockets.started(record);
      const { pid, name, args, started, pcb, threads } = record;
      traces.started(runs.of(pid), { pid, name, args, started, pcb, blocks: () => threads.blocks(), open: openOf(record, descriptors) });
    },
    onStopped: (pcb) => {
      feed.lastReads(pcb);
      traces.stopped(pcb);
    },
    onMissing: ({ name }, paths) => notices.raise(grantsMissing(name, paths)),
    onCrowded: (session, limit) => {
      crowd = { session, limit };
      notices.raise(crowded(session, limit));
    },
    settled: () => (isDirty() ? journal.sync() : undefined),
  });
  const sockets = new SocketGrants({ descriptors, authority: services.authority, isAlive: (pid) => table.get(pid) !== undefined, revoke: (numbers) => table.revocation.revoke(numbers) });
  table.onEnd(({ pid, session }) => {
    runs.end(pid);
    sockets.forget(pid);
    if (session === crowd.session && table.sizeOf(session) <= crowd.limit / 2) notices.clear('processes');
  });
  const programs = new Programs({ arena, processes: table, descriptors, namespace, clock, lines: storage.lines, judge: services.judge, authority: services.authority });
  const reclaim = async (bytes: number): Promise<number> => {
    volume.reclaim(bytes);
    await journal.sync();
    return bytes;
  };
  const busFiles = new BusFiles({ bus, authority: services.authority, descriptors, clock, find: (pid) => table.get(pid), attach: (pump) => table.attach([pump]) });
  table.onEnd(({ pid }) => busFiles.forget(pid));
  const tokens = new TokenCalls({ descriptors, processes: table, clock, mac: (bytes) => services.mac(bytes), note: ({ pid }, detail, allowed) => services.authority.noteToken(pid, detail, allowed) });
  const syscalls = new Syscalls({
    processes: table, programs, descriptors, binds: new Binds({ mirror, running: () => table.running() }), resolve, sync, reclaim, workspace, busFiles,
    authority: services.authority, sockets,
    host: { ...serveHost(host, services, descriptors, table, programs), ...tokens.handlers },
  });
  return { table, programs, calls, tokens };
}
