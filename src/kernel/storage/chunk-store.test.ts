import { expect, it, vi } from 'vitest';
import { emptyBatch, type StoreBatch } from '../contract/index.ts';
import { ChunkStore } from './chunk-store.ts';
import { collectChunks } from './collect-chunks.ts';
import { MemoryDisk } from './memory-disk.ts';
import { MemoryStore } from './memory-store.ts';
import { capture, change, cut, fixture, hasher, type Fixture } from './testing/fixture.ts';
import { modelOf, openOverlay, readAll } from './testing/model-workspace.ts';
import { SeededRandom } from './testing/random.ts';
import { show, step } from './testing/tree-steps.ts';

const BLOCK = 65536;
const block = (value: number, length = BLOCK): Uint8Array => Uint8Array.from({ length }, (_, i) => value + (i >> 8));
const stored = (batch: StoreBatch): number => batch.packs.reduce((sum, { bytes }) => sum + bytes.length, 0);

/** A file of whole blocks, each made of a number. */
function write(ino: number, name: string, values: number[], made = true): Required<Parameters<Fixture['commit']>> {
  return [
    [...(made ? [change('create', ino, 1, name)] : []), change('write', ino)],
    [capture(ino, values.length * BLOCK, values.map((value, index) => ({ index, bytes: block(value) })))],
  ];
}

function collect(at: Fixture): Promise<{ freed: number }> {
  return collectChunks({ store: at.store, chunks: at.overlay.chunks, loose: () => at.overlay.adoptedRefs(), yield: async () => undefined });
}

it('CH1 bytes that are stored, in whatever file, are not stored again', async () => {
  const at = await fixture();
  expect(stored(await at.commit(...write(2, 'a', [1, 2, 3, 1])))).toBe(3 * BLOCK);
  expect(stored(await at.commit(...write(3, 'b', [3, 1, 2, 4])))).toBe(BLOCK);
  const again = await at.reopen();
  await again.names(1);
  for (const [index, value] of [3, 1, 2, 4].entries()) expect(await again.overlay.loadBlock(3, index)).toEqual(block(value));
});

it('CH1 those of earlier sessions are known once the index was read', async () => {
  const at = await fixture();
  await at.commit(...write(2, 'a', [1, 2]));
  const again = await at.reopen();
  await again.overlay.chunks.fill();
  expect(stored(await again.commit(...write(3, 'b', [2, 1])))).toBe(0);
});

it('CH1 those of batches that were applied before and are not stored yet are found too', async () => {
  const at = await fixture();
  const first = await at.overlay.apply(cut(...write(2, 'a', [1, 2]), 1));
  const second = await at.overlay.apply(cut(...write(3, 'b', [2, 1]), 2));
  expect(second?.batch.packs).toEqual([]);
  await at.names(1);
  expect(await at.overlay.loadBlock(3, 0)).toEqual(block(2));
  for (const prepared of [first, second]) {
    await at.store.commit(prepared!.batch);
    at.overlay.settle(prepared!.batch);
  }
  const again = await at.reopen();
  await again.names(1);
  expect(await again.overlay.loadBlock(3, 1)).toEqual(block(1));
});

it('CH1 beyond the bound the first hashes go, and their bytes may be stored twice', async () => {
  const store = new MemoryStore();
  const chunks = new ChunkStore({ store, hasher, yield: async () => undefined, hashes: 2 });
  chunks.learn({ pack: 1, chunks: ['a', 'b', 'c'].map((hash, i) => ({ hash, offset: i, length: 1 })) });
  const hold = chunks.hold();
  expect(['a', 'b', 'c'].map((hash) => chunks.find(hash, 1, hold, [])?.offset)).toEqual([undefined, 1, 2]);
});

it('CH7 what another session dropped meanwhile is not taken for stored', async () => {
  const at = await fixture();
  await at.commit(...write(2, 'a', [1]));
  await at.overlay.chunks.fill();
  const other = await at.reopen();
  await other.names(1);
  await other.commit([change('unlink', 2, 1, 'a')]);
  other.overlay.forget(2);
  await other.store.commit(emptyBatch({ trimJournal: other.store.head().seq + 1 }));
  expect(await collect(other)).toEqual({ freed: BLOCK });
  const { chunks } = at.overlay;
  chunks.restart(other.store.head().nextPack);
  expect(chunks.find(hasher.hash(block(1)), BLOCK, chunks.hold(), [])).toBeUndefined();
});

it('CH7 what another session moved meanwhile is found, again and again', async () => {
  const at = await fixture();
  await at.commit(...write(2, 'a', [1, 2, 3, 4, 5]));
  await at.commit(...write(3, 'b', [6]));
  const other = await at.reopen();
  await other.names(1);
  for (const kept of [2, 1]) {
    await other.commit([change('write', 2)], [capture(2, 5 * BLOCK, [3, 4].map((index) => ({ index, bytes: block(60 + 10 * kept + index) })))]);
    if (kept === 2) await other.commit([change('write', 2)], [capture(2, 5 * BLOCK, [1].map((index) => ({ index, bytes: block(90 + index) })))]);
    await other.store.commit(emptyBatch({ trimJournal: other.store.head().seq + 1 }));
    await collect(other);
    expect(await at.overlay.loadBlock(2, 0)).toEqual(block(1));
  }
  expect(at.disk.packs.has(1)).toBe(false);
});

it('CH2 a chunk that is damaged is not taken for what is written next', async () => {
  const at = await fixture();
  await at.commit(...write(2, 'a', [1]));
  at.disk.packs.get(1)![5]! ^= 1;
  await expect(at.overlay.loadBlock(2, 0)).rejects.toMatchObject({ code: 'EIO', path: '/a' });
  expect(stored(await at.commit(...write(3, 'b', [1])))).toBe(BLOCK);
  expect(await at.overlay.loadBlock(3, 0)).toEqual(block(1));
  // The first file's reference leads to the damage, its hash to the new place.
  expect(await at.overlay.loadBlock(2, 0)).toEqual(block(1));
});

it('CH3 a collection drops packs that nothing needs and keeps what layers or records need', async () => {
  const at = await fixture();
  await at.commit(...write(2, 'a', [1, 2]));
  await at.commit(...write(2, 'a', [3, 4], false));
  expect(await collect(at)).toEqual({ freed: 0 });
  await at.store.commit(emptyBatch({ trimJournal: at.store.head().seq + 1 }));
  expect(await collect(at)).toEqual({ freed: 2 * BLOCK });
  expect([...at.disk.packs.keys()]).toEqual([2]);
  expect(stored(await at.commit(...write(3, 'b', [1])))).toBe(BLOCK);
  expect(await at.overlay.loadBlock(2, 1)).toEqual(block(4));
});

it('CH4 a pack that is mostly dead is written anew; references lead to the new place by their hash', async () => {
  const at = await fixture();
  await at.commit(...write(2, 'a', [1, 2, 3, 4, 5]));
  await at.commit([change('write', 2)], [capture(2, 5 * BLOCK, [0, 1, 2, 4].map((index) => ({ index, bytes: block(50 + index) })))]);
  await at.store.commit(emptyBatch({ trimJournal: at.store.head().seq + 1 }));
  expect(await collect(at)).toEqual({ freed: 4 * BLOCK });
  expect([...at.disk.packs].map(([id, { length }]) => [id, length])).toEqual([[2, 4 * BLOCK], [3, BLOCK]]);
  expect(await at.overlay.loadBlock(2, 3)).toEqual(block(4));
  const again = await at.reopen();
  await again.names(1);
  expect(await again.overlay.loadBlock(2, 3)).toEqual(block(4));
  // A second collection knows it by its hash.
  expect(await collect(again)).toEqual({ freed: 0 });
  expect(stored(await again.commit(...write(3, 'b', [4])))).toBe(0);
});

it('CH4 a pack with a damaged chunk that is needed stays as it is', async () => {
  const at = await fixture();
  await at.commit(...write(2, 'a', [1, 2, 3]));
  await at.commit([change('write', 2)], [capture(2, 3 * BLOCK, [0, 1].map((index) => ({ index, bytes: block(50 + index) })))]);
  await at.store.commit(emptyBatch({ trimJournal: at.store.head().seq + 1 }));
  at.disk.packs.get(1)![2 * BLOCK]! ^= 1;
  expect(await collect(at)).toEqual({ freed: 0 });
  expect([...at.disk.packs.keys()]).toEqual([1, 2]);
});

it('CH5 what is found, moved or written while chunks are collected stays', async () => {
  const at = await fixture();
  await at.commit(...write(2, 'm', [1]));
  await at.commit(...write(3, 'gone', [2]));
  await at.commit([change('unlink', 3, 1, 'gone')]);
  at.overlay.forget(3);
  await at.commit(...write(5, 'z', [5]));
  await at.store.commit(emptyBatch({ trimJournal: at.store.head().seq + 1 }));
  const pending = await at.overlay.apply(cut(...write(6, 'pending', [6]), 1));
  const scan = at.store.scanEntries.bind(at.store);
  vi.spyOn(at.store, 'scanEntries').mockImplementationOnce(async (...args) => {
    const page = await scan(...args);
    await at.store.commit(pending!.batch);
    at.overlay.settle(pending!.batch);
    // Found by its hash though nothing needs it any more, and moved to where the scan has been.
    await at.commit(...write(4, 'found', [2]));
    await at.commit([change('rename', 5, 1, 'z', { parent2: 1, name2: 'a' })]);
    await at.store.commit(emptyBatch({ trimJournal: at.store.head().seq + 1 }));
    return page.filter(({ name }) => name !== 'z');
  });
  expect(await collect(at)).toEqual({ freed: 0 });
  const again = await at.reopen();
  await again.names(1);
  for (const [ino, value] of [[2, 1], [4, 2], [5, 5], [6, 6]] as const) expect(await again.overlay.loadBlock(ino, 0)).toEqual(block(value));
});

it('CH5 a pack in which a chunk was found for a batch that is not made yet stays, whether that was before the begin or after', async () => {
  const at = await fixture();
  const { chunks } = at.overlay;
  for (const [i, name] of ['a', 'b', 'c'].entries()) {
    await at.commit(...write(2 + i, name, [i + 1]));
    await at.commit([change('unlink', 2 + i, 1, name)]);
    at.overlay.forget(2 + i);
  }
  await at.store.commit(emptyBatch({ trimJournal: at.store.head().seq + 1 }));
  const hold = chunks.hold();
  const find = (value: number): number | undefined => chunks.find(hasher.hash(block(value)), BLOCK, hold, [])?.pack;
  expect(find(1)).toBe(1);
  const collection = await chunks.collect();
  expect(find(2)).toBe(2);
  expect(await collection.sweep()).toEqual({ freed: BLOCK });
  expect([[...at.disk.packs.keys()], find(3)]).toEqual([[1, 2], undefined]);
  chunks.release(hold, false);
  expect(await collect(at)).toEqual({ freed: 2 * BLOCK });
});

it('CH5 contents that were given to a file and are not folded yet stay, and so do those of a file that is open without a name', async () => {
  const at = await fixture();
  await at.commit(...write(2, 'a', [1]));
  await at.commit(...write(3, 'b', [2]));
  const contents = { ...at.overlay.contents(2)! };
  await at.commit([change('unlink', 2, 1, 'a'), change('unlink', 3, 1, 'b'), change('create', 4, 1, 'c')]);
  at.overlay.forget(2);
  at.overlay.adopt(4, contents);
  await at.store.commit(emptyBatch({ trimJournal: at.store.head().seq + 1 }));
  expect(await collect(at)).toEqual({ freed: 0 });
  expect([await at.overlay.loadBlock(4, 0), await at.overlay.loadBlock(3, 0)]).toEqual([block(1), block(2)]);
});

it('CH6 one collection at a time; one that fails can be begun again', async () => {
  const at = await fixture();
  await at.commit(...write(2, 'a', [1]));
  const collection = await at.overlay.chunks.collect();
  await expect(collect(at)).rejects.toMatchObject({ code: 'EBUSY' });
  collection.cancel();
  vi.spyOn(at.store, 'layers').mockRejectedValueOnce(new Error('no'));
  await expect(collect(at)).rejects.toThrow('no');
  expect(await collect(at)).toEqual({ freed: 0 });
});

async function run(seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const disk = new MemoryDisk();
  let store = new MemoryStore(disk);
  let { overlay, root } = await openOverlay(store, []);
  const tree = modelOf(await readAll(overlay, root));
  let freed = 0;
  for (let round = 0; round < 12; round++) {
    const collecting = collectChunks({
      store, chunks: overlay.chunks, loose: () => overlay.adoptedRefs(),
      yield: () => new Promise((resolve) => void setImmediate(resolve)),
    });
    for (let batch = 0; batch < 4; batch++) {
      for (let i = random.below(14); i >= 0; i--) step(tree, random);
      const prepared = await overlay.apply(tree.cut());
      if (random.below(2) === 0) await new Promise((resolve) => void setImmediate(resolve));
      if (!prepared) continue;
      if (random.below(3) === 0) Object.assign(prepared.batch, { trimJournal: random.below(prepared.batch.journal[0]?.seq ?? 1) });
      await store.commit(prepared.batch);
      overlay.settle(prepared.batch);
    }
    freed += (await collecting).freed;
    expect(show(await readAll(overlay, overlay.record(1) ?? root)), tree.log.join('\n')).toEqual(show(tree.state.nodes));
    for (const record of await store.journal(1, 1e9)) {
      for (const ref of [...(record.blocks ?? []).flatMap(({ before, after }) => [before, after]), ...(record.before?.chunks ?? []), ...(record.replaced?.chunks ?? [])]) {
        if (ref && ref.pack > 0 && ref.length > 0) await overlay.chunks.read(ref);
      }
    }
    if (random.below(3) > 0) continue;
    await store.close();
    store = new MemoryStore(disk);
    ({ overlay, root } = await openOverlay(store, []));
    expect(show(await readAll(overlay, root)), tree.log.join('\n')).toEqual(show(tree.state.nodes));
  }
  expect(freed).toBeGreaterThan(0);
}

it.for([1, 2, 3, 4])('CH3 CH4 CH5 whatever happens while chunks are collected, the tree and the records that are kept can be read: seed %i', { timeout: 30_000 }, run);
