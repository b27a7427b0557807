import type { JournalRecord } from '../../contract/index.ts';
import { createHasher } from '../hasher.ts';
import type { ModelNode, ModelTree } from './model-tree.ts';
import type { SeededRandom } from './random.ts';

const hasher = await createHasher();

/** A line for each node, to compare trees by. */
export const show = (nodes: ReadonlyMap<number, ModelNode>): string[] => [...nodes.values()]
  .map((node) => `${node.ino} ${node.kind} ${node.data.length} ${hasher.hash(node.data).slice(0, 8)} ${node.target} n${node.nlink} `
    + `${node.atime},${node.mtime},${node.ctime} ${[...node.children].sort().join(' ')}`).sort();

function isBelow(tree: ModelTree, ino: number, above: number): boolean {
  return ino === above || [...tree.node(above).children.values()].some((child) => tree.node(child).kind === 'directory' && isBelow(tree, ino, child));
}

/** One random operation that fits the tree. */
export function step(tree: ModelTree, random: SeededRandom): void {
  const directories = tree.of('directory');
  const parent = (random.pick(directories) ?? tree.node(1)).ino;
  const name = `n${random.below(6)}`;
  const free = !tree.node(parent).children.has(name);
  const file = random.pick(tree.of('file'));
  const spots = directories.flatMap((directory) => [...directory.children].map(([child, ino]) => ({ parent: directory.ino, name: child, ino })));
  const spot = random.pick(spots);
  switch (random.below(12)) {
    case 0: case 1: if (free) tree.make('create', parent, name); break;
    case 2: if (free) tree.make('mkdir', parent, name); break;
    case 3: if (free) tree.make('symlink', parent, name, `t${random.below(99)}é`); break;
    case 4: if (free && file) tree.link(file.ino, parent, name); break;
    case 5: if (spot && tree.node(spot.ino).children.size === 0) tree.remove(spot.parent, spot.name); break;
    case 6: case 7: if (spot) tryRename(tree, random, spot, spots, parent, name); break;
    case 8: case 9: if (file) tree.write(file.ino, random.below(200_000), Uint8Array.from({ length: random.below(90_000) + 1 }, () => 1 + (file.ino % 200))); break;
    case 10: if (file) tree.truncate(file.ino, random.below(3) === 0 ? 0 : random.below(250_000)); break;
    case 11: if (spot) tree.setTimes(spot.ino, BigInt(random.below(1e9)), BigInt(random.below(1e9))); break;
  }
}

type Spot = { parent: number; name: string; ino: number };

function tryRename(tree: ModelTree, random: SeededRandom, from: Spot, spots: readonly Spot[], parent: number, name: string): void {
  const over = random.below(2) === 0 ? random.pick(spots) : undefined;
  const to = over ?? { parent, name };
  const there = tree.node(to.parent).children.get(to.name);
  const moved = tree.node(from.ino);
  if (there === from.ino) return;
  if (moved.kind === 'directory' && isBelow(tree, to.parent, from.ino)) return;
  if (there !== undefined) {
    const target = tree.node(there);
    if ((target.kind === 'directory') !== (moved.kind === 'directory') || target.children.size > 0) return;
  }
  tree.rename(from.parent, from.name, to.parent, to.name);
}

/** Every path but the root's. */
export function pathsOf(nodes: ReadonlyMap<number, ModelNode>, ino = 1, path = ''): string[] {
  return [...(nodes.get(ino)?.children ?? [])].flatMap(([name, child]) => [`${path}/${name}`, ...pathsOf(nodes, child, `${path}/${name}`)]);
}

/** The paths that records make of those that were there before, in order: told from the records' paths alone. */
export function replayPaths(records: readonly JournalRecord[], before: readonly string[]): string[] {
  const paths = new Set(before);
  for (const { op, path, to } of records) {
    if (op === 'unlink' || op === 'rmdir') paths.delete(path);
    else if (op === 'rename' && to !== undefined) {
      const moved = [...paths].filter((known) => known === path || known.startsWith(`${path}/`));
      paths.delete(to);
      for (const known of moved) paths.delete(known);
      for (const known of moved) paths.add(to + known.slice(path.length));
    } else if (op !== 'write' && op !== 'attr') paths.add(path);
  }
  return [...paths].sort();
}
