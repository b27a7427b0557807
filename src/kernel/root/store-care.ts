import type { Bus } from '../bus/index.ts';
import { Fsck } from '../fsck/index.ts';
import type { Files } from './files.ts';
import type { KernelHost } from './host.ts';
import type { Storage } from './storage.ts';

/** What was interrupted is seen to beside the rest of the start. */
export function connectFolders({ folders, runs }: Storage, { root }: Files, onFault: (error: unknown) => void): void {
  folders?.connect({
    tree: root,
    act: async (kind, name, work) => {
      const { pid } = runs.act(kind, name);
      return work(root.as(pid)).finally(() => runs.end(pid));
    },
  }).catch(onFault);
}

/** The checker of the store. */
export function bootFsck(host: KernelHost, bus: Bus, { store, base, hasher, runs, sync, mode, journal }: Storage, { root }: Files): Fsck {
  return new Fsck({
    store, base, hasher, runs, sync, tree: root, clock: host.clock, yield: host.yield,
    between: (action) => journal.between(action),
    refusal: () => (mode() !== 'read-only' ? null : 'this tab does not own a stored workspace'),
    onProgress: (progress) => bus.publish('fsck.progress', progress),
  });
}
