import type { Bus } from '../bus/index.ts';
import type { FileService } from '../contract/index.ts';
import { Retention } from '../history/index.ts';
import { TimeTravel } from '../merge/index.ts';
import { BOOT_NAMESPACE, buildNamespace, LINE_NAMESPACE, NamespaceFiles } from '../namespace/index.ts';
import { Descriptors, procSource, type Processes } from '../process/index.ts';
import { BusService } from '../services/bus/index.ts';
import { DevService } from '../services/dev/index.ts';
import { HistoryService } from '../services/history/index.ts';
import { LogsService, type LogSource } from '../services/logs/index.ts';
import { ProcService } from '../services/proc/index.ts';
import { TcpService } from '../services/tcp/index.ts';
import { TreeService } from '../services/tree/index.ts';
import { BranchService } from '../sessions/index.ts';
import { BASE_INO } from '../storage/index.ts';
import type { Traces } from '../trace/index.ts';
import { looseRefs } from '../volume/index.ts';
import { DEVICES } from './devices.ts';
import type { KernelHost } from './host.ts';
import type { Storage } from './storage.ts';

export type Files = Awaited<ReturnType<typeof bootFiles>>;

/** Milliseconds between two looks at lines that are no longer used. */
const REST = 250;

/** The file services and the namespace that processes start with. */
export async function bootFiles(bus: Bus, { clock, random, yield: pauseHost, version = '0.1.0' }: KernelHost, { arena, arenaBus, store, overlay, tree, keeper, roots, volume, volumes, lines, journal, runs, history, settle, sync }: Storage) {
  const resolve = (inode: number, block: number): Promise<void> => volumes.resolve(inode, block);
  const pause = async (): Promise<void> => {
    journal.wake();
    await new Promise<void>((done) => void setTimeout(done, 2));
  };
  const descriptors = new Descriptors(tree, (inode) => keeper.pathOf(inode), (mailbox) => arenaBus.release(mailbox));
  const proc = procSource(() => processes.current, descriptors, arena, clock, version, (pid) => traces.current?.recent(pid) ?? '');
  const processes: { current: Processes | null } = { current: null };
  /** Set once they are there. */
  const logs: { audit: LogSource | null } = { audit: null };
  const traces: { current: Pick<Traces, 'recent'> | null } = { current: null };
  const root = new TreeService({ name: 'tree', dev: DEVICES.tree, tree, root: roots.tree, resolve, sync, pause, contents: { of: (inode) => volume.contents(inode, () => journal.folded()), adopt: (inode, contents, patient) => volume.adopt(inode, contents, patient) } });
  const past = new HistoryService({ dev: DEVICES.history, history, base: BASE_INO });
  const services = new Map<string, FileService>([
    ['tree', root],
    ['tmp', new TreeService({ name: 'tmp', dev: DEVICES.tmp, tree, root: roots.tmp, resolve, pause })],
    ['branch', new BranchService({ dev: DEVICES.branch, arena, branches: async () => (await lines.list()).filter(({ kind }) => kind === 'branch'), see: (name) => lines.see(name) })],
    ['history', past],
    ['bus', new BusService({ dev: DEVICES.bus, clock, bus })],
    ['logs', new LogsService({ dev: DEVICES.logs, clock, audit: { size: async () => logs.audit?.size() ?? 0, read: async (position, length) => logs.audit?.read(position, length) ?? new Uint8Array(0) } })],
    ['dev', new DevService({ dev: DEVICES.dev, clock, random })],
    ['tcp', new TcpService({ dev: DEVICES.tcp, clock, listening: () => descriptors.ports.list() })],
    ['proc', new ProcService({ dev: DEVICES.proc, clock, source: proc })],
  ]);
  lines.start({
    tree, keeper, volumes, resolve, pause, sync, folded: () => journal.folded(), between: (action) => journal.between(action),
    namespace: (own, tmp) => buildNamespace(LINE_NAMESPACE, new Map([...services, ['tree', own], ['tmp', tmp]])),
    later: (action) => void setTimeout(action, REST),
    onCommitted: (committed) => processes.current?.changed(committed),
  });
  const namespace = await buildNamespace(BOOT_NAMESPACE, services);
  const travel = new TimeTravel({ history, service: root, runs, settle });
  const retention = new Retention({
    index: history.index, store, chunks: overlay.chunks, between: (action) => journal.makingRoom(action), onFreed: () => journal.retry(), yield: pauseHost, now: () => Number(clock.realtime() / 1_000_000n),
    loose: () => looseRefs(tree, DEVICES.tree, overlay, lines), pins: () => [...past.held(), ...lines.pastPoints(), ...travel.held()],
  });
  return { root, proc, time: { history, travel, retention }, namespace, byPath: new NamespaceFiles(namespace), descriptors, resolve, processes, logs, traces };
}

export async function shippedIn(path: string, { namespace, root }: Files, { overlay }: Storage) {
  const { mount, node } = await namespace.walk(path);
  return mount.service === root ? overlay.shipped((await root.stat(node)).ino) : [];
}

/** Resolves once a change is stored. Of a change made at `path`: what is not stored waits for nothing. */
export async function acknowledged(path: string, { namespace, root }: Files, { sync }: Storage): Promise<void> {
  const place = await namespace.resolve(path).catch(() => null);
  const service = place && (place.found ?? place.parent).mount.service;
  if (!service || service === root || service.name === 'branch') await sync();
  // A branch may have been dropped meanwhile, and the change with it.
  if (service?.name === 'branch') await namespace.resolve(path);
}
