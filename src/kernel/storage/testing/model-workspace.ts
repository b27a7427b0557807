import type { BaseLayer, Manifest, NodeRecord, Store } from '../../contract/index.ts';
import { ManifestBaseLayer } from '../manifest-base-layer.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { MemoryStore } from '../memory-store.ts';
import { Overlay } from '../overlay.ts';
import { hasher } from './fixture.ts';
import { ModelTree, type ModelNode } from './model-tree.ts';
import { SeededRandom } from './random.ts';
import { show, step } from './tree-steps.ts';

const shipped: Record<string, Uint8Array> = {
  '/bin/small': Uint8Array.from({ length: 700 }, (_, i) => i),
  '/bin/big': Uint8Array.from({ length: 65536 * 2 + 100 }, (_, i) => i * 7),
  '/share/deep/er/file': Uint8Array.of(1, 2, 3),
  '/empty': new Uint8Array(0),
};
const manifest: Manifest = {
  version: 1,
  entries: [
    ...Object.entries(shipped).map(([path, bytes]) => ({ path, kind: 'file' as const, size: bytes.length, mtime: 5, url: path })),
    { path: '/void', kind: 'directory' }, { path: '/ln', kind: 'symlink', target: 'bin/small' },
  ],
};

export function makeBase(): BaseLayer {
  return new ManifestBaseLayer(manifest, {
    fetchBytes: async (entry) => shipped[entry.path] ?? new Uint8Array(0), sha256: async () => '',
  });
}

export async function openOverlay(store: Store, faults: string[]): Promise<{ overlay: Overlay; root: NodeRecord }> {
  const overlay = new Overlay({ store, base: makeBase(), hasher, yield: async () => undefined, onFault: (fault) => faults.push(fault) });
  return { overlay, root: (await overlay.open()).root };
}

/** Everything that a store gives, read anew, in the model's own form. */
export async function readAll(overlay: Overlay, root: NodeRecord): Promise<Map<number, ModelNode>> {
  const nodes = new Map<number, ModelNode>();
  const visit = async (record: NodeRecord): Promise<void> => {
    if (nodes.has(record.ino)) return;
    const { ino, kind, nlink, atime, mtime, ctime } = record;
    const data = new Uint8Array(kind === 'file' ? record.size : 0);
    for (let index = 0; index * 65536 < data.length; index++) data.set(await overlay.loadBlock(ino, index), index * 65536);
    const node: ModelNode = { ino, kind, data, target: record.target ?? '', nlink, atime, mtime, ctime, children: new Map() };
    nodes.set(ino, node);
    if (kind !== 'directory') return;
    for (const child of await overlay.populate(ino)) {
      node.children.set(child.name, child.record.ino);
      await visit(child.record);
    }
  };
  await visit(root);
  return nodes;
}

/** A model of what an overlay shows. */
export function modelOf(nodes: Map<number, ModelNode>): ModelTree {
  const root = nodes.get(1);
  if (!root) throw new Error('no root');
  const tree = new ModelTree(root);
  tree.state.nodes = nodes;
  return tree;
}

/** A workspace with a random history, closed. */
export async function randomWorkspace(seed: number, batches: number): Promise<{ disk: MemoryDisk; shown: string[] }> {
  const random = new SeededRandom(seed);
  const disk = new MemoryDisk();
  const store = new MemoryStore(disk);
  const { overlay, root } = await openOverlay(store, []);
  const tree = modelOf(await readAll(overlay, root));
  for (let batch = 0; batch < batches; batch++) {
    for (let i = random.below(14); i >= 0; i--) step(tree, random);
    const prepared = await overlay.apply(tree.cut());
    if (!prepared) continue;
    await store.commit(prepared.batch);
    overlay.settle(prepared.batch);
  }
  await store.close();
  return { disk, shown: show(tree.state.nodes) };
}
