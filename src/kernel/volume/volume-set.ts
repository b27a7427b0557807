import { Inode } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Tree } from '../../shared/tree/index.ts';
import type { FileContents } from '../contract/index.ts';

/** A volume of the set. */
export interface StoredVolume {
  resolve(inode: number, block: number): Promise<void>;
  takeAdopted(): ReadonlyMap<number, FileContents>;
}

/** The stored volumes of the arena, by their devices. */
export class VolumeSet {
  readonly #tree: Tree;
  readonly #volumes = new Map<number, StoredVolume>();

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  add(dev: number, volume: StoredVolume): void {
    this.#volumes.set(dev, volume);
  }

  delete(dev: number): void {
    this.#volumes.delete(dev);
  }

  get(dev: number): StoredVolume | undefined {
    return this.#volumes.get(dev);
  }

  /** Makes what a MISS named be there: `block` -1 is a directory's entries. Throws EIO (also for a volume that was dropped), ENOSPC. */
  async resolve(inode: number, block: number): Promise<void> {
    const volume = this.#volumes.get(this.#tree.arena.u32[(inode >>> 2) + Inode.DEV]!);
    if (!volume) throw new FsError('EIO', 'load', undefined, { detail: 'the session or branch that it was in is gone' });
    await volume.resolve(inode, block);
  }
}
