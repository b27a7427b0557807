import type { KernelApi } from '../shared/abi/index.ts';
import { messageCodec } from '../shared/ipc/index.ts';
import { listenToBell } from '../shared/link/index.ts';
import { checkTree, type CheckReport } from '../shared/tree/index.ts';
import { archiveParts, windowApi } from './api/index.ts';
import { Bus } from './bus/index.ts';
import { FsPublisher, Notices, paced } from './feed/index.ts';
import { createOwnership } from './follow/index.ts';
import { checkAfterUncleanEnd } from './fsck/index.ts';
import { tendRegularly } from './history/index.ts';
import { LayerService } from './layers/index.ts';
import { BOOT_NAMESPACE } from './namespace/index.ts';
import { acknowledged, bootAuthority, bootFiles, bootFsck, bootMap, bootProcesses, bootServices, bootStorage, connectFolders, shippedIn, startTicking, type KernelHost } from './root/index.ts';
import { createHasher } from './storage/index.ts';
import { Traces } from './trace/index.ts';
import { workspaceOf } from './syscall/index.ts';

export type { KernelHost } from './root/index.ts';

export interface RunningKernel {
  readonly api: KernelApi;
  /** What is wrong with the tree, while nobody changes it; what others own in the arena counts as `leaked` and is a fault by its words. */
  check(): CheckReport;
  /** Another tab took the workspace: writes what there is, and nothing after it. Never rejects. */
  loseOwnership(): Promise<void>;
  /** Writes what there is and stops. */
  shutdown(): Promise<void>;
}

/** At the root, with something mounted on it. */
const MOUNTPOINTS = new Set(BOOT_NAMESPACE.map(({ path }) => path.slice(1)));
/** Milliseconds between two messages about storage used, at least. */
const WORKSPACE_INTERVAL = 1000;

/** Root of the kernel: builds it from its parts and starts it. */
export async function bootKernel(host: KernelHost): Promise<RunningKernel> {
  const bus = new Bus({ clock: host.clock });
  const notices = new Notices(bus);
  const storage = await bootStorage(host, bus, notices);
  bus.connect({ arena: storage.arena, bus: storage.arenaBus, handle: storage.tree.process, codec: messageCodec });
  const files = await bootFiles(bus, host, storage);
  const feed = new FsPublisher(bus, storage.tree, storage.keeper, host.clock);
  const window: { api: KernelApi | null } = { api: null };
  const authority = bootAuthority(host, bus, notices, storage, files);
  const services = await bootServices(host, notices, storage, authority);
  const { kv } = services;
  const traces = new Traces({ arena: storage.arena, clock: host.clock, yield: host.yield, isAsked: () => bus.isAsked('trace'), tell: (info) => void bus.publish(`trace.${info.run}`, info) });
  files.traces.current = traces;
  const processes = bootProcesses(host, bus, notices, feed, storage, files, workspaceOf(() => window.api), services, traces);
  authority.tokens.current = (process, path, rights, number) => processes.tokens.offer(process, path, rights, number);
  authority.revoke.current = (numbers) => processes.table.revocation.revoke(numbers);
  authority.connect(kv);
  const announceSoon = paced(WORKSPACE_INTERVAL, () => storage.announce());
  storage.journal.onCommitted((committed) => {
    feed.committed(committed);
    announceSoon();
  });
  const stopListening = listenToBell(storage.arena, () => {
    storage.tick();
    processes.calls.poll();
    bus.pump();
    processes.programs.pump();
    traces.take();
    if (storage.tree.journal.awake) storage.journal.wake();
  });
  const stopTicking = startTicking(() => {
    storage.tick();
    const running = processes.table.running();
    traces.tell();
    feed.sampleReads(running.flatMap((record) => record.threads.blocks()));
    return running.some((record) => !record.threads.waiting);
  });
  const fsck = bootFsck(host, bus, storage, files);
  const watch = checkAfterUncleanEnd({ fsck, clean: storage.clean, raise: (notice) => notices.raise(notice), onFault: (error) => notices.fault(error) });
  const layers = new LayerService({
    ...storage, travel: files.time.travel, block: (record, index) => storage.overlay.block(record, index), mounts: MOUNTPOINTS,
    pidOf: (id) => storage.lines.pid(id), lineDiff: (name) => storage.lines.diff(name),
  });
  const ownership = createOwnership({ ...storage, root: storage.roots.tree, notices, feed, announceSoon, channel: host.tabs, others: [authority] }, host.readOnly);
  const map = bootMap(host, storage, files, processes.table, authority.authority, feed);
  const api = window.api = windowApi({
    files: files.byPath, processes: processes.programs, proc: files.proc, bus,
    archive: archiveParts({ ...storage, ...files, clock: host.clock }),
    sync: storage.sync, acknowledged: (path) => acknowledged(path, files, storage), workspace: storage.info,
    notices: () => notices.list(),
    takeOver: () => ownership.take((own) => host.steal(own)),
    shipped: (path) => shippedIn(path, files, storage),
    history: files.time, layers, sessions: { lines: storage.lines, info: (record) => layers.info(record), travel: files.time.travel },
    folders: storage.folders,
    kv, createHasher, fsck, traces, map,
    explore: {
      namespace: files.namespace, root: files.root, base: storage.base, runs: storage.runs, history: storage.history, sync: storage.sync, clock: host.clock,
      shipped: (path) => shippedIn(path, files, storage), process: (pid) => processes.table.get(pid),
    },
    authority: {
      ...authority, files: files.byPath, plan: (module, manifest) => processes.programs.plan(module, manifest),
      runOf: (pid) => ({ run: storage.runs.of(pid), overlay: processes.programs.overlayOf(pid) }),
    },
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
      map.sizes.dispose();
      stopListening();
      stopTicking();
      storage.lines.stop();
      stopTending();
      processes.table.dispose();
      await storage.journal.close();
      await storage.store.close();
      await authority.close();
      await kv.close();
    },
  };
}
