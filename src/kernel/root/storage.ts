import type { WorkspaceInfo } from '../../shared/abi/index.ts';
import { Arena, KERNEL_PCB, MAX_PAGES, PAGE_SIZE, ProcessHandle, tickCoarse } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { ArenaBus, createBus } from '../../shared/bus/index.ts';
import { Tree, TreeKeeper } from '../../shared/tree/index.ts';
import type { Bus } from '../bus/index.ts';
import { storeFailure, storeLost, type Notices } from '../feed/index.ts';
import { createFolders } from '../folder/index.ts';
import { History } from '../history/index.ts';
import { prepareLater } from '../layers/index.ts';
import { Lines } from '../sessions/index.ts';
import { countChanges, createHasher, JournalWriter, Layers } from '../storage/index.ts';
import { OverlayVolume, VolumeSet } from '../volume/index.ts';
import { DEVICES } from './devices.ts';
import type { KernelHost } from './host.ts';
import { openOverlay } from './overlay.ts';

export type Storage = Awaited<ReturnType<typeof bootStorage>>;

/** Of the arena at its largest, what `/tmp` may take: 1 GiB of 4 GiB. */
const TMP_SHARE = 1 / 4;

/** The arena and its tree, and the workspace's layers and journal below it. */
export async function bootStorage(host: KernelHost, bus: Bus, notices: Notices) {
  const arena = Arena.create(host.arena);
  const tree = new Tree(arena, new ProcessHandle(arena, KERNEL_PCB));
  createBus(arena);
  const arenaBus = new ArenaBus(arena, tree.process, { kernel: true });
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
    if (!quick) changes = await countChanges(store, base).catch(() => 0);
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
  const { clean, shipped } = opened;
  return {
    arena, arenaBus, tree, keeper, roots, tick, overlay, store, runs, folders, base, shipped, hasher, clean, volume, volumes, lines, journal, history, settle, layers, info, announce, isDirty, sync, lost,
    setMode: (next: WorkspaceInfo['mode']) => void (mode = next), index,
    mode: () => mode,
  };
}
