import { expect, it } from 'vitest';
import { recordCodec } from './codec.ts';
import { MemoryDisk } from './memory-disk.ts';
import { MemoryStore } from './memory-store.ts';
import { asFormat1, encodeSegment1, type Workspace1 } from './testing/format-1.ts';
import { openOverlay, randomWorkspace, readAll } from './testing/model-workspace.ts';
import { show } from './testing/tree-steps.ts';

/** What the adapter of IndexedDB does in its upgrade transaction. */
function migrate(old: Workspace1): MemoryDisk {
  const disk = new MemoryDisk();
  const migration = recordCodec.fromFormat1();
  const layer = migration.layer(5);
  disk.head = migration.head(old.head);
  disk.layers.set(layer.id, layer);
  for (const { key, value } of old.journal) disk.segments.push({ first: key, bytes: migration.segment(value) });
  for (const { key: [parent, name], value } of old.entries) {
    migration.entry(value);
    disk.layer(layer.id).directory(parent).set(name, value);
  }
  for (const { key, value } of old.nodes) {
    migration.node(value);
    disk.layer(layer.id).nodes.set(key, value);
  }
  for (const { key, value } of old.packs) disk.packs.set(key, new Uint8Array(value));
  for (const { pack, chunks } of migration.packs()) disk.packIndex.set(pack, recordCodec.encodePack(chunks));
  return disk;
}

it.for([11, 12, 13])('FM1 a workspace of format 1 gives the same tree, and records with the numbers that they would have had: seed %i', async (seed) => {
  const { disk, shown } = await randomWorkspace(seed, 30);
  const store = new MemoryStore(disk);
  await store.open();
  const migrated = migrate(await asFormat1(disk));
  const after = new MemoryStore(migrated);
  const { overlay, root } = await openOverlay(after, []);
  expect(show(await readAll(overlay, root))).toEqual(shown);
  expect(await after.journal(1, 1e9)).toEqual(await store.journal(1, 1e9));
  expect(after.head()).toEqual({ ...store.head(), revision: 0, nextRun: 1 });
});

it('FM2 the index of packs holds every chunk that entries, nodes or records refer to, and nothing that is not there', async () => {
  const { disk } = await randomWorkspace(14, 30);
  const store = new MemoryStore(disk);
  await store.open();
  const migrated = new MemoryStore(migrate(await asFormat1(disk)));
  await migrated.open();
  const real = new Map((await store.packIndex(0, 1e9)).map(({ pack, chunks }) => [pack, new Set(chunks.map((chunk) => JSON.stringify(chunk)))]));
  const found = await migrated.packIndex(0, 1e9);
  expect(found.length).toBeGreaterThan(0);
  for (const { pack, chunks } of found) for (const chunk of chunks) expect(real.get(pack)).toContain(JSON.stringify(chunk));
  const indexed = new Map(found.map(({ pack, chunks }) => [pack, new Set(chunks.map(({ offset }) => offset))]));
  const records = await store.journal(1, 1e9);
  const refs = [
    ...(await store.scanEntries(1, null, 1e9)).flatMap(({ node }) => (node && 'chunks' in node ? node.chunks ?? [] : [])),
    ...(await store.scanNodes(1, 0, 1e9)).flatMap((node) => node.chunks ?? []),
    ...records.flatMap(({ blocks = [], before, replaced }) => [...blocks.flatMap((block) => [block.before, block.after]), ...(before?.chunks ?? []), ...(replaced?.chunks ?? [])]),
  ].filter((ref) => ref && ref.pack > 0);
  for (const ref of refs) expect(indexed.get(ref!.pack)).toContain(ref!.offset);
});

it('FM3 records that contradict themselves are kept, with a directory that is not known as 0', () => {
  const node = { ino: 7, kind: 'file' as const, size: 0, nlink: 1, atime: 0n, mtime: 0n, ctime: 0n };
  const made = { ...node, ino: 2, kind: 'directory' as const };
  const record = { time: 1n, pid: 1, run: 0, parent: 0, before: null };
  const bytes = encodeSegment1([
    { ...record, seq: 1, op: 'mkdir', path: '/made', after: made }, { ...record, seq: 2, op: 'create', path: '/made/none/f', after: node },
  ]);
  const records = recordCodec.decodeSegment(recordCodec.fromFormat1().segment(bytes));
  expect(records.map(({ parent }) => parent)).toEqual([1, 0]);
});
