import type { Bounded, FolderInfo, MapLayer, MapProcess, MapPort, MapSnapshot, MapSubject, ProcessGrants, ProcessInfo } from '../../shared/abi/index.ts';
import { Connection, FD_MAX, KERNEL_PID, Listener, OfdKind, type Arena, type FdTable, type OpenFiles } from '../../shared/arena/index.ts';
import type { Subscriptions } from '../../shared/bus/index.ts';
import type { LayerRecord } from '../contract/index.ts';
import type { Namespace } from '../namespace/index.ts';
import { MountList } from './mounts.ts';

/** A process that runs, as the map needs it. */
export interface MappedProcess {
  readonly pid: number;
  readonly namespace: Namespace;
  readonly fds: FdTable;
  readonly line?: { readonly name?: string } | undefined;
}

export interface MapSources {
  arena: Arena;
  files: OpenFiles;
  subscriptions: Pick<Subscriptions, 'list'>;
  /** That have a last value, or a listener by name. */
  subjects(): string[];
  /** All that run, then those that have ended, the latest first. */
  list(): ProcessInfo[];
  process(pid: number): MappedProcess | undefined;
  /** What programs start with. */
  usual: Namespace;
  pathOf(inode: number): string;
  grants(): ProcessGrants[];
  /** Names in the base, and in all else. */
  layers(): Promise<LayerRecord[]>;
  entries(layer: LayerRecord | null): Promise<number>;
  folders(): Promise<FolderInfo[]>;
  /** Ports on which somebody listens. */
  ports(): number[];
}

/** Bounds of a snapshot: what is beyond is counted. */
const PROCESSES_MAX = 256;
const ENDED_MAX = 24;
const MOUNTS_MAX = 256;
const SUBJECTS_MAX = 128;
const LISTENERS_MAX = 32;
const GRANTS_MAX = 64;
const PORTS_MAX = 64;
const LAYERS_MAX = 96;
const FOLDERS_MAX = 32;
/** Subscriptions that are looked at. */
export const SUBSCRIPTIONS_SEEN = 16_384;

export function bounded<T>(all: readonly T[], max: number): Bounded<T> {
  return { items: all.slice(0, max), more: Math.max(0, all.length - max) };
}

/** pid 0 stands for the kernel and the window. */
export const mapPid = (pid: number): number => (pid === KERNEL_PID ? 0 : pid);

/** What is connected with what, now. */
export async function takeSnapshot(sources: MapSources): Promise<MapSnapshot> {
  const layers = await Promise.all((await sources.layers()).slice(0, LAYERS_MAX).map(async (record) => layerOf(record, await sources.entries(record))));
  const base: MapLayer = { id: 0, name: 'base', kind: 'base', entries: await sources.entries(null) };
  const folders = (await sources.folders()).slice(0, FOLDERS_MAX);
  // From here on nothing waits: what follows is of one moment.
  const list = new MountList(sources.usual, sources.pathOf);
  for (const { name } of folders) list.folder(name);
  const infos = sources.list();
  const processes = processesOf(sources, infos, list);
  return {
    services: [...list.services.values()],
    mounts: bounded([...list.mounts.values()], MOUNTS_MAX),
    processes, ended: infos.filter(({ state }) => state === 'exited').length, layers: [base, ...layers],
    subjects: bounded(subjectsOf(sources), SUBJECTS_MAX),
    ports: bounded(portsOf(sources), PORTS_MAX),
    folders: folders.map(({ name, path, label, permission }) => ({ name, path, label, permission })),
  };
}

function layerOf({ id, name, kind }: LayerRecord, entries: number): MapLayer {
  return { id, name, kind, entries };
}

function processesOf(sources: MapSources, infos: readonly ProcessInfo[], list: MountList): Bounded<MapProcess> {
  const grants = new Map(sources.grants().map((one) => [one.pid, one]));
  const running = infos.filter(({ state }) => state !== 'exited');
  const ended = infos.filter(({ state }) => state === 'exited').slice(0, ENDED_MAX);
  const shown = [...running, ...ended].slice(0, PROCESSES_MAX);
  return { items: shown.map((info) => processOf(info, sources.process(info.pid), grants.get(info.pid), list)), more: Math.max(0, running.length - shown.length) };
}

function processOf(info: ProcessInfo, record: MappedProcess | undefined, held: ProcessGrants | undefined, list: MountList): MapProcess {
  const { pid, ppid, name, args, cwd, state, started, tty, exit } = info;
  const overlay = record?.line?.name ?? exit?.overlay;
  return {
    pid, ppid, name, args: args.slice(0, 16).map((arg) => arg.slice(0, 200)), cwd, state, started, tty,
    ...(exit && { code: exit.code }), ...(overlay !== undefined && { overlay }), ...(held && { trust: held.trust }),
    mounts: record ? list.of(record.namespace, overlay) : [],
    grants: bounded(held?.grants.filter(({ revoked }) => !revoked) ?? [], GRANTS_MAX),
    refused: held?.refused ?? 0,
  };
}

/** Those with most listeners first. */
function subjectsOf({ subscriptions, subjects }: MapSources): MapSubject[] {
  const found = new Map<string, MapSubject>();
  const at = (pattern: string): MapSubject => {
    let subject = found.get(pattern);
    if (!subject) found.set(pattern, (subject = { pattern, listeners: [], retained: false }));
    return subject;
  };
  for (const { pattern, group, pid } of subscriptions.list(SUBSCRIPTIONS_SEEN)) {
    const { listeners } = at(pattern);
    const who = { pid: mapPid(pid), ...(group !== '' && { group }) };
    if (listeners.length < LISTENERS_MAX && !listeners.some((one) => one.pid === who.pid && one.group === who.group)) listeners.push(who);
  }
  const listened = found.size;
  if (listened < SUBJECTS_MAX) for (const subject of subjects()) if (!found.has(subject)) at(subject).retained = true;
  return [...found.values()].sort((a, b) => Number(onlyKernel(a)) - Number(onlyKernel(b)) || b.listeners.length - a.listeners.length);
}

const onlyKernel = ({ listeners }: MapSubject): boolean => listeners.every(({ pid }) => pid === 0);

/** The descriptors are looked at only while somebody listens. What a process closes meanwhile may be seen as anything, and is left out where it makes no sense. */
function portsOf({ arena, files, list, process, ports }: MapSources): MapPort[] {
  const open = ports();
  const found = new Map<number, MapPort>(open.map((port) => [port, { port, listeners: [], connections: [] }]));
  if (open.length === 0) return [];
  for (const { pid, state } of list()) {
    const record = state === 'exited' ? undefined : process(pid);
    if (!record) continue;
    for (let fd = 0; fd < FD_MAX; fd++) {
      const ofd = record.fds.get(fd);
      if (ofd !== 0) addSocket(arena, files, ofd, pid, found);
    }
  }
  return [...found.values()];
}

function addSocket(arena: Arena, files: OpenFiles, ofd: number, pid: number, found: ReadonlyMap<number, MapPort>): void {
  const kind = files.kind(ofd);
  if (kind === OfdKind.LISTENER) {
    const port = found.get(new Listener(arena, files.object(ofd)).port);
    if (port && !port.listeners.includes(pid)) port.listeners.push(pid);
  } else if (kind === OfdKind.SOCKET) {
    const port = found.get(new Connection(arena, files.object(ofd)).port);
    const known = port?.connections.find((one) => one.pid === pid);
    if (known) known.count++;
    else port?.connections.push({ pid, count: 1 });
  }
}
