import { Inode } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Tree } from '../../shared/tree/index.ts';
import type { OverlayVolume } from './overlay-volume.ts';

/** The stored volumes of the arena, by their devices. */
export class VolumeSet {
  readonly #tree: Tree;
  readonly #volumes = new Map<number, OverlayVolume>();

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  add(dev: number, volume: OverlayVolume): void {
    this.#volumes.set(dev, volume);
  }

  delete(dev: number): void {
    this.#volumes.delete(dev);
  }

  get(dev: number): OverlayVolume | undefined {
    return this.#volumes.get(dev);
  }

  /** Makes what a MISS named be there: `block` -1 is a directory's entries. Throws EIO (also for a volume that was dropped), ENOSPC. */
  async resolve(inode: number, block: number): Promise<void> {
    const volume = this.#volumes.get(this.#tree.arena.u32[(inode >>> 2) + Inode.DEV]!);
    if (!volume) throw new FsError('EIO', 'load', undefined, { detail: 'the session or branch that it was in is gone' });
    await volume.resolve(inode, block);
  }
}
