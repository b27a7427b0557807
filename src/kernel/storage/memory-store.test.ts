import { expect, it } from 'vitest';
import { MemoryDisk } from './memory-disk.ts';
import { MemoryStore } from './memory-store.ts';
import { emptyBatch } from '../contract/index.ts';
import { file, pack, storeConformance } from './testing/store-conformance.ts';

storeConformance('MemoryStore', async () => {
  const disk = new MemoryDisk();
  return { store: () => new MemoryStore(disk), crash: () => undefined };
});

it('ST10 beyond the quota a commit is ENOSPC and changes nothing', async () => {
  const store = new MemoryStore(new MemoryDisk(), { quota: 1000 });
  await store.open();
  const batch = emptyBatch({ entries: [{ parent: 1, name: 'x', node: file(2) }], packs: [pack(1, new Uint8Array(1001))] });
  await expect(store.commit(batch)).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await store.entries(1)).toEqual([]);
  expect(await store.usage()).toEqual({ usage: 0, quota: 1000 });
});

it('ST11 a newer format is opened read-only and never written', async () => {
  const disk = new MemoryDisk();
  disk.head = { ...disk.head, format: 3 };
  const store = new MemoryStore(disk);
  expect((await store.open()).readOnly).toMatch(/format 3/);
  await expect(store.commit(emptyBatch())).rejects.toMatchObject({ code: 'EROFS' });
  await store.close();
  expect(disk.head.format).toBe(3);
});
