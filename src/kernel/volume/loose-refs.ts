import { Inode, InodeFlag } from '../../shared/arena/index.ts';
import type { Tree } from '../../shared/tree/index.ts';
import type { ChunkRef } from '../contract/index.ts';

/** Inode numbers of the nodes without a name that somebody still has, by device. */
function namelessFiles({ arena, inodes }: Tree): ReadonlyMap<number, ReadonlySet<number>> {
  const found = new Map<number, Set<number>>();
  arena.forEachAllocation((address, _bytes, kind) => {
    if (kind !== 'inode' || inodes.flags(address) & InodeFlag.FREED || inodes.nlinkNow(address) !== 0) return;
    const dev = arena.u32[(address >>> 2) + Inode.DEV]!;
    let numbers = found.get(dev);
    if (!numbers) found.set(dev, (numbers = new Set()));
    numbers.add(inodes.ino(address));
  });
  return found;
}

interface Loose<Held> {
  adoptedRefs(held: Held): Iterable<ChunkRef>;
}

/**
 * References that no record holds: contents that files were given and that are not folded yet, and those of files without a name that are open.
 * `overlay` is that of device `dev`, `lines` those of all others. What a closed one leaned on is forgotten.
 */
export function looseRefs(tree: Tree, dev: number, overlay: Loose<ReadonlySet<number>>, lines: Loose<ReadonlyMap<number, ReadonlySet<number>>>): ChunkRef[] {
  const held = namelessFiles(tree);
  return [...overlay.adoptedRefs(held.get(dev) ?? new Set()), ...lines.adoptedRefs(held)];
}
