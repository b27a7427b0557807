import type { FolderDiskChange } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Baseline } from './baseline.ts';
import type { LiveFolder } from './live-folder.ts';
import type { RefreshItem } from './plan.ts';
import type { Progress } from './progress.ts';
import { referenceOf } from './reference.ts';

/** Brings the workspace up to what the folder has, as planned. */
export class Refresher {
  readonly #id: number;
  readonly #live: LiveFolder;
  readonly #baseline: Baseline;
  readonly #progress: Progress;

  constructor(id: number, live: LiveFolder, baseline: Baseline, progress: Progress) {
    this.#id = id;
    this.#live = live;
    this.#baseline = baseline;
    this.#progress = progress;
  }

  /** What happened in the folder. What is cancelled leaves what was taken, and says so by ECANCELED. */
  async run(items: readonly RefreshItem[]): Promise<FolderDiskChange[]> {
    const taken: RefreshItem[] = [];
    const changes: FolderDiskChange[] = [];
    try {
      for (const [at, item] of items.entries()) {
        this.#progress.step(at, items.length, item.change.path);
        const conflict = await this.#do(item);
        if (conflict) item.change.conflict = conflict;
        else if (item.act !== 'leave') taken.push(item);
        if (item.act !== 'settle') changes.push(item.change);
      }
    } finally {
      await this.#note(taken);
    }
    return changes;
  }

  /** Only when the tree has it for good may the folder's state count as seen: else a loss would look like a deletion. */
  async #note(taken: readonly RefreshItem[]): Promise<void> {
    await this.#live.sync();
    for (const { change: { path }, disk, mine } of taken) {
      if (disk) this.#baseline.set(path, disk, mine);
      else this.#baseline.delete(path);
    }
    await this.#baseline.flush();
  }

  async #do({ act, change: { path }, disk }: RefreshItem): Promise<FolderDiskChange['conflict'] | null> {
    try {
      if (act === 'drop') await this.#live.drop(path);
      else if (act === 'take' && disk) await this.#live.take(path, disk, referenceOf(this.#id, path, disk));
      return null;
    } catch (error) {
      if (!(error instanceof FsError) || !['ENOTEMPTY', 'ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code)) throw error;
      return { reason: 'not-empty', detail: error.code === 'ENOTEMPTY' ? 'The workspace has something in it that is not in the folder.' : 'The directory that it is in is not in the workspace.' };
    }
  }
}
