import { Arena, KERNEL_PCB, ProcessHandle } from '../../../shared/arena/index.ts';
import { checkTree, Tree, TreeKeeper } from '../../../shared/tree/index.ts';
import type { JournalRecord, Manifest, Node, NodeStat } from '../../contract/index.ts';
import { TreeService } from '../../services/tree/index.ts';
import { createHasher, JournalWriter, ManifestBaseLayer, MemoryStore, Overlay, type MemoryDisk } from '../../storage/index.ts';
import { OverlayVolume } from '../../volume/index.ts';
import { StoreFollower } from '../store-follower.ts';

const hasher = await createHasher();
const SHIPPED = Uint8Array.from({ length: 65536 + 321 }, (_, at) => at * 13);
const manifest: Manifest = {
  version: 1,
  entries: ['/a/shipped', '/a/b/deep', '/c/file'].map((path) => ({ path, kind: 'file' as const, size: SHIPPED.length, url: path })),
};

/** A tree with all that is below it, as one tab has it, over a disk that several share. */
export async function makeTab(disk: MemoryDisk, readOnly: boolean) {
  const arena = Arena.create({ pages: 256, journalBytes: 1 << 20 });
  const tree = new Tree(arena, new ProcessHandle(arena, KERNEL_PCB));
  const keeper = new TreeKeeper(tree);
  const root = keeper.format(1);
  const base = new ManifestBaseLayer(manifest, { fetchBytes: async () => SHIPPED, sha256: async () => '' });
  const faults: string[] = [];
  const store = new MemoryStore(disk);
  const overlay = new Overlay({ store, base, hasher, yield: async () => undefined, onFault: (fault) => faults.push(fault) });
  const { head } = await overlay.open();
  if (readOnly) await store.refresh('another tab');
  keeper.nextIno = head.nextIno;
  const volume = new OverlayVolume(tree, keeper, overlay);
  const journal = new JournalWriter({ overlay, store, source: volume, groupDelay: 1 });
  const service = new TreeService({ name: 'tree', dev: 1, tree, root, resolve: (inode, block) => volume.resolve(inode, block) });
  const records: JournalRecord[] = [];
  const follower = new StoreFollower({ store, overlay, tree, keeper, volume, root, onRecords: (more) => records.push(...more) });
  return { tree, keeper, root, store, overlay, journal, service, follower, records, faults, check: () => checkTree(tree, [root]).faults };
}

export type Tab = Awaited<ReturnType<typeof makeTab>>;

export async function readAll(service: TreeService, node: Node): Promise<Uint8Array> {
  const whole = new Uint8Array(service.stat(node).size);
  for (let at = 0; at < whole.length;) {
    const part = await service.read(node, at, 1 << 20);
    if (part.length === 0) throw new Error(`${whole.length} bytes, the end at ${at}`);
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export interface Seen extends Omit<NodeStat, 'atime' | 'dev'> {
  node: Node;
  target?: string;
}

/** Everything from the root down, by path. Reads every directory that was not read yet. */
export async function seen(service: TreeService): Promise<Map<string, Seen>> {
  const found = new Map<string, Seen>();
  const visit = async (path: string, node: Node): Promise<void> => {
    const { kind, size, origin, ino, nlink, mtime, ctime } = service.stat(node);
    // A directory's size is how much of it is in the tree.
    found.set(path, { kind, size: kind === 'directory' ? 0 : size, origin, ino, nlink, mtime, ctime, node, ...(kind === 'symlink' && { target: service.readlink(node) }) });
    if (kind !== 'directory') return;
    for (const entry of await service.readdir(node, 0, 10_000)) await visit(`${path}/${entry.name}`, entry.node);
  };
  await visit('', service.root());
  return found;
}
