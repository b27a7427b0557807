import { bootKernel, type RunningKernel } from '../kernel/boot.ts';
import { serveLink } from '../shared/link/index.ts';
import {
  baseFetcher, browserFolders, fetchManifest, hostClock, hostRandom, HostWorkerSpawner, httpClient, IdbStore, kvSource, lockWorkspace, sha256, TabChannel, takeWorkspace, type WorkspaceLock, yieldToEvents,
} from './adapters/index.ts';

/** Window → kernel worker: serve the kernel's calls on this port. `successor`: this page owned the workspace until it was reloaded. `kv`: a kind of `KvSource`. */
type ToKernelWorker = { type: 'connect'; port: MessagePort; successor: boolean; kv: string };

const WORKSPACE = 'default';
const LOCK = `palimpsest:workspace:${WORKSPACE}`;
/** Where the base layer's manifest is, seen from the page (the worker's own address is in `assets/`). */
const MANIFEST = new URL(import.meta.env.BASE_URL === './' ? '../samples/index.json' : `${import.meta.env.BASE_URL}samples/index.json`, import.meta.url);

let kernel: Promise<RunningKernel> | undefined;

// Registered before anything is awaited: a message that comes early must not be lost.
addEventListener('message', (event: MessageEvent<ToKernelWorker>) => {
  if (event.data.type !== 'connect') return;
  const { port, successor, kv } = event.data;
  kernel ??= start(successor, kv);
  kernel.then((running) => serveLink(port, running.api), fail);
});

async function start(successor: boolean, kv: string): Promise<RunningKernel> {
  // What takes time and needs nothing else goes on while the lock and the store are waited for.
  const workers = new HostWorkerSpawner();
  const manifest = fetchManifest(MANIFEST);
  manifest.catch(() => undefined);
  const ownership = await lockWorkspace(LOCK, successor);
  // Once another tab has taken it, what there is is written before the lock goes.
  const give = ({ lost, leave }: WorkspaceLock): void => void lost.then(() => running.loseOwnership()).finally(leave);
  const tabs = new TabChannel(LOCK);
  const running: RunningKernel = await bootKernel({
    name: WORKSPACE,
    readOnly: !ownership.held,
    openStore: (codec, format, onLost) => new IdbStore({
      name: `palimpsest:${WORKSPACE}`, codec, format, onLost, onCommitted: () => tabs.announce(),
      ...(ownership.held ? {} : { readOnly: 'another tab owns the workspace' }),
    }),
    manifest: () => manifest,
    base: { fetchBytes: baseFetcher(MANIFEST), sha256 },
    workers,
    clock: hostClock,
    random: hostRandom,
    http: httpClient,
    yield: yieldToEvents,
    folders: browserFolders(`palimpsest:${WORKSPACE}:folders`),
    kv: kvSource(kv, `palimpsest:${WORKSPACE}:kv`, WORKSPACE),
    tabs,
    steal: async (own) => {
      const taken = await takeWorkspace(LOCK);
      try {
        await own();
      } catch (error) {
        taken.leave();
        throw error;
      }
      give(taken);
    },
  });
  give(ownership);
  return running;
}

/** Thrown outside of any promise, so that the window hears of it as the worker's error. */
function fail(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
