import type { Clock } from '../../shared/base/index.ts';
import { shippedView, stackView, type BlockReader } from '../archive/index.ts';
import type { BaseLayer, FileService, Store } from '../contract/index.ts';
import type { Namespace } from '../namespace/index.ts';
import type { History } from '../history/index.ts';
import type { Layers, Runs } from '../storage/index.ts';
import type { ArchiveParts } from './archive-calls.ts';

export interface ArchiveSources {
  namespace: Namespace;
  root: FileService & { as(actor: number): FileService };
  overlay: BlockReader & { readonly base: BaseLayer };
  history: History;
  store: Store;
  runs: Runs;
  layers: Layers;
  clock: Clock;
  sync(): Promise<void>;
}

/** Where the host does not say how much may be stored. */
const ROOM_UNKNOWN = 64 * 1024 ** 3;

/** What the calls about archives need, of the kernel's parts. */
export function archiveParts({ namespace, root, overlay, history, store, runs, layers, clock, sync }: ArchiveSources): ArchiveParts {
  return {
    namespace, root, sync,
    now: () => Number(clock.realtime() / 1_000_000n),
    stack: async () => {
      await sync();
      const { stack } = store.head();
      const names = new Map((await store.layers()).map(({ id, name }) => [id, name]));
      const frozen = stack.map((id, index) => ({ name: names.get(id) ?? String(id), view: stackView(overlay.base, store, stack.slice(0, index + 1), overlay) }));
      return [{ name: 'base', view: shippedView(overlay.base, overlay) }, ...frozen, { name: 'upper', view: await history.view('now') }];
    },
    view: (point) => history.view(point),
    stacked: () => store.head().stack.join(),
    layers: {
      requireFree: (name) => layers.requireFree(name),
      begin: async (name) => {
        await layers.requireFree(name);
        await sync();
        if ((await store.countEntries()) === 0) return;
        const taken = new Set((await layers.list()).map((layer) => layer.name));
        let number = 1;
        const before = (): string => `before-${name.slice(0, 48)}${number === 1 ? '' : `.${number}`}`;
        while (taken.has(before())) number++;
        await layers.push(before());
      },
      end: async (name) => void (await layers.push(name, 'imported')),
    },
    room: async () => {
      const { usage, quota } = await store.usage().catch(() => ({ usage: 0, quota: 0 }));
      return quota > 0 ? Math.max(0, quota - usage) : ROOM_UNKNOWN;
    },
    act: (name) => {
      const { run, pid } = runs.act('import', name);
      return { run, service: root.as(pid), end: () => runs.end(pid) };
    },
  };
}
