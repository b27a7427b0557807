import { Sizes, takeSnapshot, TrafficMeter, type MapSources } from '../map/index.ts';
import { Pcb } from '../../shared/arena/index.ts';
import { Subscriptions } from '../../shared/bus/index.ts';
import type { FsPublisher } from '../feed/index.ts';
import type { Authority } from '../authority/index.ts';
import type { Processes } from '../process/index.ts';
import type { Files } from './files.ts';
import type { KernelHost } from './host.ts';
import type { Storage } from './storage.ts';

/** What the map shows: what is connected with what, what goes on, and what is how large. */
export function bootMap(host: KernelHost, storage: Storage, { namespace, descriptors, time: { history } }: Files, table: Processes, authority: Authority, feed: FsPublisher) {
  const { arena, arenaBus, keeper, layers, store, overlay, index, folders, base } = storage;
  const subscriptions = new Subscriptions(arena, storage.tree.process);
  let shipped: number | undefined;
  const sources: MapSources = {
    arena, files: descriptors.files, subscriptions, subjects: () => arenaBus.subjects(), usual: namespace,
    list: () => table.list(), process: (pid) => table.get(pid), pathOf: (inode) => keeper.pathOf(inode),
    grants: () => authority.list(),
    layers: () => layers.list(), entries: async (layer) => (layer ? store.countEntries(layer.id) : (shipped ??= shippedEntries(base))),
    folders: async () => (await folders?.list()) ?? [], ports: () => descriptors.ports.list(),
  };
  const traffic = new TrafficMeter({
    clock: host.clock, subscriptions, grants: () => authority.list(),
    counters: () => table.running().map(({ pid, threads }) => ({ pid, calls: threads.syscalls, read: threads.bytesRead, written: threads.bytesWritten })),
  });
  storage.journal.onCommitted((committed) => traffic.committed(committed));
  feed.onRead = (pcb, path) => traffic.sawRead(arena.u32[(pcb >>> 2) + Pcb.PID]!, path);
  const sizes = new Sizes({
    store, index, merged: (ino) => overlay.merged(ino), stack: () => [...layers.stack.stack, layers.stack.upper],
    layers: () => layers.list(), run: history.run, settle: () => storage.settle(false), yield: host.yield,
  });
  return { snapshot: () => takeSnapshot(sources), traffic, sizes };
}

/** Names that the base ships. */
function shippedEntries(base: Storage['base']): number {
  let count = 0;
  const queue = [base.root().ino];
  for (let at = 0; at < queue.length; at++) {
    for (const { node } of base.entries(queue[at]!)) {
      count++;
      if (node.kind === 'directory') queue.push(node.ino);
    }
  }
  return count;
}
