import { afterEach, describe, expect, it } from 'vitest';
import type { FolderChoice } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { SeededRandom } from '../storage/testing/random.ts';
import type { MemoryProvider } from './index.ts';
import { FolderRig } from './testing/rig.ts';

const rigs: FolderRig[] = [];
afterEach(async () => {
  await Promise.allSettled(rigs.splice(0).map(({ kernel }) => kernel.shutdown()));
});

/** Few names, so that both sides meet. */
const PATHS = ['a', 'b', 'c', 'd', 'd/a', 'd/b', 'e', 'e/a', 'e/f', 'e/f/a'];
const CHOICES: (FolderChoice | undefined)[] = ['mine', 'theirs', 'both', undefined];

class Both {
  readonly rig: FolderRig;
  readonly folder: MemoryProvider;
  readonly pick: (count: number) => number;
  readonly log: string[] = [];
  #count = 0;

  constructor(rig: FolderRig, folder: MemoryProvider, pick: (count: number) => number) {
    this.rig = rig;
    this.folder = folder;
    this.pick = pick;
  }

  /** A change of the workspace's; what cannot be is left. */
  async mine(): Promise<void> {
    const path = `/mnt/work/${PATHS[this.pick(PATHS.length)]!}`;
    const other = `/mnt/work/${PATHS[this.pick(PATHS.length)]!}`;
    const { api } = this.rig;
    const dice = this.pick(10);
    this.log.push(`mine ${dice} ${path} ${other}`);
    const act = dice < 4 ? this.rig.write(path, `mine ${this.#count++}`)
      : dice < 5 ? api.mkdir(path)
        : dice < 7 ? api.rm(path, { recursive: true })
          : dice < 9 ? api.rename(path, other)
            : api.writeRange(path, 2, new TextEncoder().encode(`mine ${this.#count++}`));
    await act.catch((error: unknown) => {
      if (!(error instanceof FsError)) throw error;
    });
  }

  async disk(): Promise<void> {
    const path = PATHS[this.pick(PATHS.length)]!;
    const dice = this.pick(10);
    this.log.push(`disk ${dice} ${path}`);
    const there = await this.folder.stat(path);
    if (dice < 6 && there?.kind !== 'directory') this.folder.put(path, `disk ${this.#count++}`);
    else if (there) this.folder.delete(path);
  }

  /** Every file's text, on both sides. A file that was moved here, and whose bytes the disk has lost, is `LOST` (FO13). */
  async state(): Promise<{ mine: Record<string, string>; disk: Record<string, string> }> {
    return { mine: await this.rig.files('/mnt/work', LOST), disk: this.folder.contents() };
  }
}

const LOST = 'lost';

describe.each(Array.from({ length: Number(process.env['FUZZ_SEEDS'] ?? 12) }, (_, at) => at + Number(process.env['FUZZ_FROM'] ?? 1)))('CO2, CO5 … CO10 seed %i', (seed) => {
  it('after any changes on both sides and any choices, what was decided is the same on both, and no other text is lost', async () => {
    const rig = await FolderRig.boot();
    rigs.push(rig);
    const folder = await rig.mount('work', { a: 'first', 'd/a': 'second', 'e/f/a': 'third' });
    const random = new SeededRandom(seed);
    const both = new Both(rig, folder, (count) => random.below(count));
    for (let round = 0; round < 8; round++) {
      for (let at = both.pick(6); at >= 0; at--) await both.mine();
      for (let at = both.pick(4); at > 0; at--) await both.disk();
      await rig.api.folderRefresh('work');
      const before = await both.state();
      const { changes } = await rig.api.folderDiff('work');
      const choices = Object.fromEntries(changes.flatMap(({ path, conflict }) => {
        const choice = conflict && CHOICES[both.pick(CHOICES.length)];
        return choice ? [[path, choice] as const] : [];
      }));
      both.log.push(`commit ${JSON.stringify(choices)}`);
      const { left, interrupted } = await rig.api.folderCommit('work', { onConflict: choices });
      await rig.api.folderRefresh('work');
      const after = await both.state();
      const why = `${both.log.join('\n')}\n${JSON.stringify({ before, after, left }, null, 1)}`;
      expect(interrupted, why).toBe(false);
      const open = new Set(left.map(({ path }) => path));
      const decided = (files: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(files).filter(([path]) => ![...open].some((other) => path === other || path.startsWith(`${other}/`) || other.startsWith(`${path}/`))));
      expect(decided(after.mine), why).toEqual(decided(after.disk));
      const texts = new Set([...Object.values(after.mine), ...Object.values(after.disk)]);
      for (const [path, text] of Object.entries(before.mine)) if (text !== LOST && choices[path] !== 'theirs') expect(texts, `${path}\n${why}`).toContain(text);
      expect((await rig.api.folderDiff('work')).changes.map(({ path }) => path).toSorted(), why).toEqual([...open].toSorted());
    }
  });
});
