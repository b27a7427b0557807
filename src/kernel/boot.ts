import type { KernelApi, WorkspaceInfo } from '../shared/abi/index.ts';
import { Arena, KERNEL_PCB, MAX_PAGES, PAGE_SIZE, ProcessHandle, tickCoarse } from '../shared/arena/index.ts';
import { Errno, type Clock } from '../shared/base/index.ts';
import { CallServer, listenToBell } from '../shared/link/index.ts';
import { checkTree, Tree, TreeKeeper, type CheckReport } from '../shared/tree/index.ts';
import { archiveParts, windowApi } from './api/index.ts';
import { Bus } from './bus/index.ts';
import type { BaseLayer, FileService, FolderHost, KvSource, Manifest, Random, RecordCodec, Store, WorkerSpawner, Yield } from './contract/index.ts';
import {
  baseMissing, crowded, DamageNotices, FsPublisher, newerFormat, Notices, notStored, paced, storeFailure, storeLost,
} from './feed/index.ts';
import { createFolders, withFolders, type Folders } from './folder/index.ts';
import { checkAfterUncleanEnd, Fsck } from './fsck/index.ts';
import { createOwnership, type TabChannel } from './follow/index.ts';
import { History, JournalIndex, Retention, tendRegularly } from './history/index.ts';
import { openKv } from './kv/index.ts';
import { LayerService, prepareLater } from './layers/index.ts';
import { TimeTravel } from './merge/index.ts';
import { BOOT_NAMESPACE, buildNamespace, LINE_NAMESPACE, NamespaceFiles } from './namespace/index.ts';
import { Binds, Descriptors, NamespaceMirror, Processes, procSource, Programs, RunChanges, WorkerPool } from './process/index.ts';
import { DevService } from './services/dev/index.ts';
import { HistoryService } from './services/history/index.ts';
import { TcpService } from './services/tcp/index.ts';
import { ProcService } from './services/proc/index.ts';
import { TreeService } from './services/tree/index.ts';
import {
  BASE_INO, createHasher, EMPTY_MANIFEST, JournalWriter, Layers, ManifestBaseLayer, MemoryStore, Overlay, recordCodec, Runs, STORE_FORMAT,
  type BaseLayerOptions, type Hasher, type OverlayOptions,
} from './storage/index.ts';
import { Syscalls, workspaceOf, type CallWorkspace } from './syscall/index.ts';
import { BranchService, Lines } from './sessions/index.ts';
import { looseRefs, OverlayVolume, VolumeSet } from './volume/index.ts';

/** What the kernel needs from where it runs. */
export interface KernelHost {
  /** Of the workspace. */
  name: string;
  /** Another tab owns the workspace: nothing is written. */
  readOnly: boolean;
  openStore(codec: RecordCodec, format: number, onLost: (reason: string) => void): Store;
  /** Of the base layer. */
  manifest(): Promise<Manifest>;
  base: BaseLayerOptions;
  workers: WorkerSpawner;
  clock: Clock;
  random: Random;
  yield: Yield;
  /** Of the user's disk. Default: none can be mounted. */
  folders?: FolderHost;
  /** Where key-value pairs are kept. Default: in memory. */
  kv?: KvSource;
  /** Takes the workspace from the tab that owns it, waits until that has written its last, and calls `own`; if that fails, lets go of it. */
  steal(own: () => Promise<void>): Promise<void>;
  /** Default: there are no other tabs. */
  tabs?: TabChannel;
  /** Default 64 MiB at start, 4 GiB at most. */
  arena?: { pages?: number; maxPages?: number };
  version?: string;
}

export interface RunningKernel {
  readonly api: KernelApi;
  /** What is wrong with the tree, while nobody changes it; what others own in the arena counts as `leaked` and is a fault by its words. */
  check(): CheckReport;
  /** Another tab took the workspace: writes what there is, and nothing after it. Never rejects. */
  loseOwnership(): Promise<void>;
  /** Writes what there is and stops. */
  shutdown(): Promise<void>;
}

const DEVICES = { tree: 1, tmp: 2, dev: 3, proc: 4, tcp: 5, history: 6, branch: 7 } as const;
/** At the root, with something mounted on it. */
const MOUNTPOINTS = new Set(BOOT_NAMESPACE.map(({ path }) => path.slice(1)));
/** Of the arena at its largest, what `/tmp` may take: 1 GiB of 4 GiB. */
const TMP_SHARE = 1 / 4;
/** Milliseconds between ticks of the coarse clock while something runs, and while nothing does. */
const TICK = 4;
const REST = 250;
/** Milliseconds between two messages about storage used, at least. */
const WORKSPACE_INTERVAL = 1000;

/** Root of the kernel: builds it from its parts and starts it. */
export async function bootKernel(host: KernelHost): Promise<RunningKernel> {
  const bus = new Bus({ clock: host.clock });
  const notices = new Notices(bus);
  const storage = await bootStorage(host, bus, notices);
  const files = await bootFiles(host, storage);
  const feed = new FsPublisher(bus, storage.tree, storage.keeper, host.clock);
  const window: { api: KernelApi | null } = { api: null };
  const processes = bootProcesses(host, bus, notices, feed, storage, files, workspaceOf(() => window.api));
  const announceSoon = paced(WORKSPACE_INTERVAL, () => storage.announce());
  storage.journal.onCommitted((committed) => {
    feed.committed(committed);
    announceSoon();
  });
  const stopListening = listenToBell(storage.arena, () => {
    storage.tick();
    processes.calls.poll();
    processes.programs.pump();
    if (storage.tree.journal.awake) storage.journal.wake();
  });
  const stopTicking = startTicking(() => {
    storage.tick();
    const running = processes.table.running();
    feed.sampleReads(running.flatMap((record) => record.threads.blocks()));
    return running.some((record) => !record.threads.waiting);
  });
  const kv = openKv((storage.mode() !== 'memory' && host.kv) || { kind: 'memory' }, storage.mode() === 'owner', (trouble) => notices.raise({ id: 'kv', level: 'error', ...trouble, action: 'reload' }));
  const fsck = bootFsck(host, bus, storage, files);
  const watch = checkAfterUncleanEnd({ fsck, clean: storage.clean, raise: (notice) => notices.raise(notice), onFault: (error) => notices.fault(error) });
  const layers = new LayerService({
    ...storage, travel: files.time.travel, block: (record, index) => storage.overlay.block(record, index), mounts: MOUNTPOINTS,
    pidOf: (id) => storage.lines.pid(id), lineDiff: (name) => storage.lines.diff(name),
  });
  const ownership = createOwnership({ ...storage, root: storage.roots.tree, notices, feed, announceSoon, channel: host.tabs, others: [kv] }, host.readOnly);
  const api = window.api = windowApi({
    files: files.byPath, processes: processes.programs, bus,
    archive: archiveParts({ ...storage, ...files, clock: host.clock }),
    sync: storage.sync, acknowledged: (path) => acknowledged(path, files, storage), workspace: storage.info,
    notices: () => notices.list(),
    takeOver: () => ownership.take((own) => host.steal(own)),
    shipped: (path) => shippedIn(path, files, storage),
    history: files.time, layers, sessions: { lines: storage.lines, info: (record) => layers.info(record), travel: files.time.travel },
    folders: storage.folders,
    kv, createHasher, fsck,
  });
  const stopTending = tendRegularly(files.time.retention, () => storage.mode() === 'owner', (error) => notices.fault(error));
  connectFolders(storage, files, (error) => notices.fault(error));
  return {
    api,
    check: () => checkTree(storage.tree, [...Object.values(storage.roots), ...storage.lines.roots()]),
    loseOwnership: () => ownership.lose(),
    shutdown: async () => {
      ownership.dispose();
      watch.dispose();
      stopListening();
      stopTicking();
      storage.lines.stop();
      stopTending();
      processes.table.dispose();
      await storage.journal.close();
      await storage.store.close();
      await kv.close();
    },
  };
}

type Storage = Awaited<ReturnType<typeof bootStorage>>;
type Files = Awaited<ReturnType<typeof bootFiles>>;

/** The arena and its tree, and the workspace's layers and journal below it. */
async function bootStorage(host: KernelHost, bus: Bus, notices: Notices) {
  const arena = Arena.create(host.arena);
  const tree = new Tree(arena, new ProcessHandle(arena, KERNEL_PCB));
  const keeper = new TreeKeeper(tree);
  const tick = (): void => tickCoarse(arena, Number(host.clock.realtime()));
  tick();
  const roots = { tree: keeper.format(DEVICES.tree), tmp: keeper.makeVolume(DEVICES.tmp, { volatile: true, limit: (host.arena?.maxPages ?? MAX_PAGES) * PAGE_SIZE * TMP_SHARE }) };
  const hasher = await createHasher();
  const folders = createFolders(host.folders, {
    clock: host.clock, bus, notices, hash: (bytes) => hasher.hash(bytes),
    readOnly: () => (mode === 'owner' ? null : 'this tab cannot write to the workspace'),
  });
  const opened = await openOverlay(host, hasher, folders, notices, (reason) => lost(reason));
  const { overlay, store, runs, index, base } = opened;
  let { mode } = opened;
  keeper.nextIno = opened.nextIno;
  const volumes = new VolumeSet(tree);
  const volume = new OverlayVolume(tree, keeper, overlay, volumes);
  volumes.add(DEVICES.tree, volume);
  const now = (): number => Number(host.clock.realtime() / 1_000_000n);
  const lines = new Lines({
    store, overlay, base, hasher, now, yield: host.yield, onFault: (message) => notices.fault(message),
    history: { point: (point) => history.point(point), viewAt: (at) => history.viewAt(at) },
  });
  const journal = new JournalWriter({
    overlay: lines.folder, store, source: volume,
    onFailure: (error) => {
      keeper.refuseWrites(error.code === 'EROFS' ? Errno.EROFS : Errno.ENOSPC);
      notices.raise(storeFailure(error));
    },
    onRecovery: () => {
      keeper.refuseWrites(0);
      notices.clear('store');
    },
  });
  if (mode === 'read-only') keeper.refuseWrites(Errno.EROFS);
  let changes = 0;
  const info = async (quick = false): Promise<WorkspaceInfo> => {
    const { usage, quota } = await store.usage().catch(() => ({ usage: 0, quota: 0 }));
    if (!quick) changes = await store.countEntries().catch(() => 0);
    return { name: host.name, mode, transport: 'shared memory', usage, quota, changes, journalEntries: overlay.lastSequence, layers: opened.layers };
  };
  const announce = async (): Promise<void> => void bus.publish('workspace.changed', await info());
  const lost = (reason: string): void => {
    journal.dispose();
    keeper.refuseWrites(Errno.EROFS);
    mode = 'memory';
    void announce();
    notices.raise(storeLost(reason));
  };
  const isDirty = (): boolean => tree.journal.head !== tree.journal.tail || volume.busy;
  const sync = (): Promise<void> => (isDirty() || mode === 'owner' ? journal.sync() : Promise.resolve());
  const settle = (durable: boolean): Promise<void> => (durable ? sync() : isDirty() ? journal.folded() : Promise.resolve());
  const history = new History({
    index, present: overlay, store, runs, settle, yield: host.yield, now, named: (name) => lines.pointOf(name), between: (action) => journal.between(action),
  });
  const layers = new Layers({ store, overlay, base: overlay.base, between: (action) => journal.between(action), now });
  prepareLater(overlay, layers, mode === 'owner');
  journal.onCommitted((committed) => index.committed(committed.at(-1)?.seq ?? 0));
  const { clean } = opened;
  return {
    arena, tree, keeper, roots, tick, overlay, store, runs, folders, base, hasher, clean, volume, volumes, lines, journal, history, settle, layers, info, announce, isDirty, sync, lost,
    setMode: (next: WorkspaceInfo['mode']) => void (mode = next), index,
    mode: () => mode,
  };
}

/** The file services and the namespace that processes start with. */
async function bootFiles({ clock, random, yield: pauseHost, version = '0.1.0' }: KernelHost, { arena, store, overlay, tree, keeper, roots, volume, volumes, lines, journal, runs, history, settle, sync }: Storage) {
  const resolve = (inode: number, block: number): Promise<void> => volumes.resolve(inode, block);
  const pause = async (): Promise<void> => {
    journal.wake();
    await new Promise<void>((done) => void setTimeout(done, 2));
  };
  const descriptors = new Descriptors(tree, (inode) => keeper.pathOf(inode));
  const processes: { current: Processes | null } = { current: null };
  const root = new TreeService({ name: 'tree', dev: DEVICES.tree, tree, root: roots.tree, resolve, sync, pause, contents: { of: (inode) => volume.contents(inode, () => journal.folded()), adopt: (inode, contents, patient) => volume.adopt(inode, contents, patient) } });
  const past = new HistoryService({ dev: DEVICES.history, history, base: BASE_INO });
  const services = new Map<string, FileService>([
    ['tree', root],
    ['tmp', new TreeService({ name: 'tmp', dev: DEVICES.tmp, tree, root: roots.tmp, resolve, pause })],
    ['branch', new BranchService({ dev: DEVICES.branch, arena, branches: async () => (await lines.list()).filter(({ kind }) => kind === 'branch'), see: (name) => lines.see(name) })],
    ['history', past],
    ['dev', new DevService({ dev: DEVICES.dev, clock, random })],
    ['tcp', new TcpService({ dev: DEVICES.tcp, clock, listening: () => descriptors.ports.list() })],
    ['proc', new ProcService({ dev: DEVICES.proc, clock, source: procSource(() => processes.current, descriptors, arena, clock, version) })],
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
  return { root, time: { history, travel, retention }, namespace, byPath: new NamespaceFiles(namespace), descriptors, resolve, processes };
}

/** Processes, their worker pool, and the answers to their blocking calls. */
function bootProcesses({ clock, workers }: KernelHost, bus: Bus, notices: Notices, feed: FsPublisher, storage: Storage, { descriptors, namespace, resolve, processes }: Files, workspace: CallWorkspace) {
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
    onStopped: (pcb) => feed.lastReads(pcb),
    onCrowded: (session, limit) => {
      crowd = { session, limit };
      notices.raise(crowded(session, limit));
    },
    settled: () => (isDirty() ? journal.sync() : undefined),
  });
  table.onEnd(({ pid, session }) => {
    runs.end(pid);
    if (session === crowd.session && table.sizeOf(session) <= crowd.limit / 2) notices.clear('processes');
  });
  const programs = new Programs({ arena, processes: table, descriptors, namespace, clock, lines: storage.lines });
  const reclaim = async (bytes: number): Promise<number> => {
    volume.reclaim(bytes);
    await journal.sync();
    return bytes;
  };
  const syscalls = new Syscalls({
    processes: table, programs, descriptors, binds: new Binds({ mirror, running: () => table.running() }), resolve, sync, reclaim, workspace });
  return { table, programs, calls };
}

/** What was interrupted is seen to beside the rest of the start. */
function connectFolders({ folders, runs }: Storage, { root }: Files, onFault: (error: unknown) => void): void {
  folders?.connect({
    tree: root,
    act: async (kind, name, work) => {
      const { pid } = runs.act(kind, name);
      return work(root.as(pid)).finally(() => runs.end(pid));
    },
  }).catch(onFault);
}

/** The checker of the store. */
function bootFsck(host: KernelHost, bus: Bus, { store, base, hasher, runs, sync, mode, journal }: Storage, { root }: Files): Fsck {
  return new Fsck({
    store, base, hasher, runs, sync, tree: root, clock: host.clock, yield: host.yield,
    between: (action) => journal.between(action),
    refusal: () => (mode() !== 'read-only' ? null : 'this tab does not own a stored workspace'),
    onProgress: (progress) => bus.publish('fsck.progress', progress),
  });
}

async function shippedIn(path: string, { namespace, root }: Files, { overlay }: Storage) {
  const { mount, node } = await namespace.walk(path);
  return mount.service === root ? overlay.shipped((await root.stat(node)).ino) : [];
}

/** Of a change made at `path`: what is not stored waits for nothing. */
async function acknowledged(path: string, { namespace, root }: Files, { sync }: Storage): Promise<void> {
  const place = await namespace.resolve(path).catch(() => null);
  const service = place && (place.found ?? place.parent).mount.service;
  if (!service || service === root || service.name === 'branch') await sync();
  // A branch may have been dropped meanwhile, and the change with it.
  if (service?.name === 'branch') await namespace.resolve(path);
}

interface OpenedOverlay {
  overlay: Overlay;
  store: Store;
  runs: Runs;
  index: JournalIndex;
  base: BaseLayer;
  hasher: Hasher;
  /** The last session closed the store, or there was none. */
  clean: boolean;
  mode: WorkspaceInfo['mode'];
  nextIno: number;
  layers: WorkspaceInfo['layers'];
}

/** The overlay over a store, with the runs of this session. */
async function openRuns(store: Store, options: Omit<OverlayOptions, 'store' | 'runs'>, clock: Clock) {
  const head = await store.open();
  const runs = new Runs({ next: head.nextRun, now: () => Number(clock.realtime() / 1000n) / 1000 });
  const index = new JournalIndex({ read: (from, limit) => store.journal(from, limit), yield: options.yield, last: head.seq, oldest: head.oldest });
  const overlay = new Overlay({ ...options, store, runs, onPrepared: (records) => index.add(records) });
  await overlay.open(head);
  return { head, runs, index, overlay };
}

/** The workspace's store, or one in memory if it cannot be opened: then the user is told. */
async function openOverlay(host: KernelHost, hasher: Hasher, folders: Folders | null, notices: Notices, onLost: (reason: string) => void): Promise<OpenedOverlay> {
  const shipped = new ManifestBaseLayer(await host.manifest().catch((error: unknown) => {
    notices.raise(baseMissing(error));
    return EMPTY_MANIFEST;
  }), host.base);
  const base = folders ? withFolders(shipped, folders.contents) : shipped;
  const onFault = (message: string): void => notices.fault(message);
  const damage = new DamageNotices((notice) => notices.raise(notice));
  let gone = false;
  const onDamage = (path: string, detail: string): void => {
    // Of a store that is gone nothing can be read: that is told already.
    if (!gone) damage.tell(path, detail);
  };
  const store = host.openStore(recordCodec, STORE_FORMAT, (reason) => {
    gone = true;
    onLost(reason);
  });
  try {
    const { head, runs, index, overlay } = await openRuns(store, { base, hasher, yield: host.yield, onFault, onDamage }, host.clock);
    const readOnly = host.readOnly || head.readOnly !== undefined;
    if (!host.readOnly && head.readOnly) notices.raise(newerFormat(head.readOnly));
    return { overlay, store, runs, index, base, hasher, clean: readOnly || head.clean || head.seq === 0, mode: readOnly ? 'read-only' : 'owner', nextIno: head.nextIno, layers: shipped.layers };
  } catch (error) {
    notices.raise(notStored(error));
    const memory = new MemoryStore();
    const { head, runs, index, overlay } = await openRuns(memory, { base, hasher, yield: host.yield, onFault }, host.clock);
    return { overlay, store: memory, runs, index, base, hasher, clean: true, mode: 'memory', nextIno: head.nextIno, layers: shipped.layers };
  }
}

/** Calls `tick` often while it returns true, seldom otherwise. */
function startTicking(tick: () => boolean): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const next = (): void => {
    timer = setTimeout(next, tick() ? TICK : REST);
  };
  next();
  return () => clearTimeout(timer);
}
