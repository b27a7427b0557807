import { expect, it } from 'vitest';
import { Layers } from './layers.ts';
import { MemoryDisk } from './memory-disk.ts';
import { MemoryStore } from './memory-store.ts';
import type { PreparedBatch } from './overlay.ts';
import type { ModelState } from './testing/model-tree.ts';
import { makeBase, modelOf, openOverlay, readAll } from './testing/model-workspace.ts';
import { SeededRandom } from './testing/random.ts';
import { pathsOf, replayPaths, show, step } from './testing/tree-steps.ts';

const BATCHES = 40;
const OPS = 14;

/** Some of the layers, in any order. */
function someOf(layers: readonly number[], random: SeededRandom): number[] {
  return layers.filter(() => random.below(4) > 0).map((id) => [random.next(), id] as const).sort(([a], [b]) => a - b).map(([, id]) => id);
}

/** `layers`: of a hundred batches, after how many the upper is frozen, and how often it is merged into what is below it or put onto other layers. */
async function run(seed: number, layers = { push: 0, commit: 0 }): Promise<void> {
  const random = new SeededRandom(seed);
  const disk = new MemoryDisk();
  const faults: string[] = [];
  const store = new MemoryStore(disk);
  let { overlay, root } = await openOverlay(store, faults);
  const start = await readAll(overlay, root);
  const basePaths = pathsOf(start);
  const tree = modelOf(start);
  let committed: ModelState = tree.snapshot();
  const waiting: { prepared: PreparedBatch | null; state: ModelState }[] = [];
  const commitOne = async (): Promise<void> => {
    const job = waiting.shift();
    if (!job) return;
    if (job.prepared) {
      await store.commit(job.prepared.batch);
      overlay.settle(job.prepared.batch);
    }
    committed = job.state;
  };
  const check = async (): Promise<void> => {
    const fresh = new MemoryStore(disk);
    const reopened = await openOverlay(fresh, faults);
    const nodes = await readAll(reopened.overlay, reopened.root);
    expect(show(nodes), tree.log.join('\n')).toEqual(show(committed.nodes));
    const records = await fresh.journal(1, 1e9);
    expect(records.map((record) => record.seq)).toEqual(records.map((_, i) => i + 1));
    expect(replayPaths(records, basePaths)).toEqual(pathsOf(nodes).sort());
    expect(faults).toEqual([]);
  };
  for (let batch = 0; batch < BATCHES; batch++) {
    for (let i = random.below(OPS); i >= 0; i--) step(tree, random);
    const state = tree.snapshot();
    waiting.push({ prepared: await overlay.apply(tree.cut()), state });
    expect(show(await readAll(overlay, overlay.record(1) ?? root)), tree.log.join('\n')).toEqual(show(state.nodes));
    if (random.below(12) === 0) {
      tree.log.push(`crash with ${waiting.length} batches not committed`);
      waiting.length = 0;
      tree.state = structuredClone(committed);
      ({ overlay, root } = await openOverlay(store, faults));
      await readAll(overlay, root);
    } else while (waiting.length > random.below(3)) await commitOne();
    await check();
    const chance = random.below(100);
    if (chance >= layers.push + layers.commit || overlay.stack.stack.length + Number(chance < layers.push) === 0) continue;
    while (waiting.length > 0) await commitOne();
    const stack = new Layers({ store, overlay, base: makeBase(), between: (action) => action(), now: () => 0 });
    if (chance < layers.push) await stack.push(`layer${batch}`);
    else if (chance % 2 === 0) await stack.commit();
    else await stack.restackOnto((now) => someOf(now, random));
    expect(show(await readAll(overlay, overlay.record(1) ?? root)), tree.log.join('\n')).toEqual(show(tree.state.nodes));
    tree.log.push(`stack ${overlay.stack.stack.join(' ')} ${overlay.stack.upper}`);
    await check();
  }
}

it.for(Array.from({ length: 6 }, (_, i) => i + 1))('OV1 OV14 JO1 equals a naive tree at every batch, also after crashes: seed %i', { timeout: 30_000 }, (seed) => run(seed));

it.for(Array.from({ length: 5 }, (_, i) => i + 101))('LA1 LA2 OV1 the tree is the same over any stack, when a layer is frozen or merged and after reopening: seed %i', { timeout: 60_000 }, (seed) => run(seed, { push: 15, commit: 15 }));
