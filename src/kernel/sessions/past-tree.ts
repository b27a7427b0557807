import { FsError } from '../../shared/base/index.ts';
import type { FileContents, NodeRecord, TreeView } from '../contract/index.ts';
import type { MergedEntry } from '../storage/index.ts';
import type { VolumeStore } from '../volume/index.ts';

/** A view of the tree as what a volume that cannot be changed is a cache of. */
export class PastTree implements VolumeStore {
  readonly #view: TreeView;
  /** Of the directories that were read. */
  readonly #records = new Map<number, NodeRecord>();

  constructor(view: TreeView) {
    this.#view = view;
  }

  async populate(ino: number): Promise<MergedEntry[]> {
    const entries = await this.#view.entries(ino);
    return entries.map(({ name, record }) => {
      this.#records.set(record.ino, record);
      return { name, record, origin: 'base' };
    });
  }

  async loadBlock(ino: number, index: number): Promise<Uint8Array> {
    const record = this.#records.get(ino);
    if (!record) throw new FsError('EIO', 'load', undefined, { detail: `inode ${ino} is not known` });
    return this.#view.block(record, index);
  }

  contents(ino: number): FileContents | undefined {
    const record = this.#records.get(ino);
    return record?.kind === 'file' ? record : undefined;
  }

  adopt(): void {
    throw new FsError('EROFS', 'copy');
  }

  takeAdopted(): ReadonlyMap<number, FileContents> {
    return new Map();
  }
}
