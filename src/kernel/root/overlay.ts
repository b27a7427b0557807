import type { WorkspaceInfo } from '../../shared/abi/index.ts';
import type { Clock } from '../../shared/base/index.ts';
import type { BaseLayer, Store } from '../contract/index.ts';
import { baseMissing, DamageNotices, newerFormat, notStored, type Notices } from '../feed/index.ts';
import { withFolders, type Folders } from '../folder/index.ts';
import { JournalIndex } from '../history/index.ts';
import { EMPTY_MANIFEST, ManifestBaseLayer, MemoryStore, Overlay, recordCodec, Runs, STORE_FORMAT, type Hasher, type OverlayOptions } from '../storage/index.ts';
import type { KernelHost } from './host.ts';

interface OpenedOverlay {
  overlay: Overlay;
  store: Store;
  runs: Runs;
  index: JournalIndex;
  base: BaseLayer;
  /** What the page ships, without the folders of the user's disk. */
  shipped: ManifestBaseLayer;
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
export async function openOverlay(host: KernelHost, hasher: Hasher, folders: Folders | null, notices: Notices, onLost: (reason: string) => void): Promise<OpenedOverlay> {
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
    return { overlay, store, runs, index, base, shipped, hasher, clean: readOnly || head.clean || head.seq === 0, mode: readOnly ? 'read-only' : 'owner', nextIno: head.nextIno, layers: shipped.layers };
  } catch (error) {
    notices.raise(notStored(error));
    const memory = new MemoryStore();
    const { head, runs, index, overlay } = await openRuns(memory, { base, hasher, yield: host.yield, onFault }, host.clock);
    return { overlay, store: memory, runs, index, base, shipped, hasher, clean: true, mode: 'memory', nextIno: head.nextIno, layers: shipped.layers };
  }
}
