import { expect, it } from 'vitest';
import { emptyBatch } from '../contract/index.ts';
import { createHasher, MemoryDisk, MemoryStore } from '../storage/index.ts';
import { ChunkSet } from './chunks.ts';

it('FS4 a reference whose place is gone is right if its hash is elsewhere, and wrong if that is damaged', async () => {
  const hasher = await createHasher();
  const disk = new MemoryDisk();
  const store = new MemoryStore(disk);
  await store.open();
  const bytes = Uint8Array.of(1, 2, 3);
  const hash = hasher.hash(bytes);
  await store.commit(emptyBatch({ packs: [{ id: 5, bytes, chunks: [{ hash, offset: 0, length: 3 }] }] }));
  const moved = { hash, pack: 2, offset: 9, length: 3 };
  const there = { hash, pack: 5, offset: 0, length: 3 };
  const look = async (): Promise<ChunkSet> => {
    const set = new ChunkSet();
    set.add(moved);
    set.add(there);
    await set.verify(store, hasher, 0, async () => undefined);
    return set;
  };
  const sound = await look();
  expect([sound.isBad(moved), sound.isBad(there), sound.isWrong(moved)]).toEqual([false, false, true]);
  disk.packs.get(5)![1] = 9;
  const damaged = await look();
  expect([damaged.isBad(moved), damaged.isBad(there)]).toEqual([true, true]);
});
