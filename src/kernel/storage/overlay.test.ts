import { expect, it } from 'vitest';
import { capture, change, fixture, hasher } from './testing/fixture.ts';

const BLOCK = 65536;
const big = Uint8Array.from({ length: BLOCK * 2 + 100 }, (_, i) => i * 7);
const files = { '/bin/big': big, '/bin/small': Uint8Array.of(1, 2, 3) };

it('OV2 origins: base, new, changed', async () => {
  const at = await fixture(files);
  const bin = await at.ino(1, 'bin');
  const small = await at.ino(bin, 'small');
  await at.commit([change('create', 2, bin, 'mine'), change('attr', small)], [capture(small, 3)]);
  expect(await at.names(bin)).toEqual(['big base', 'mine new', 'small changed']);
  expect(await (await at.reopen()).names(bin)).toEqual(['big base', 'mine new', 'small changed']);
});

it('OV3 a shipped name that is removed leaves a whiteout, one of the upper layer leaves nothing', async () => {
  const at = await fixture(files);
  const bin = await at.ino(1, 'bin');
  const small = await at.ino(bin, 'small');
  await at.commit([change('create', 2, bin, 'mine')]);
  const batch = await at.commit([change('unlink', small, bin, 'small'), change('unlink', 2, bin, 'mine')]);
  expect(batch.entries.filter((entry) => entry.parent === bin)).toEqual([{ parent: bin, name: 'small', node: null }]);
  expect(batch.removed).toEqual([{ parent: bin, name: 'mine' }]);
  expect(await (await at.reopen()).names(bin)).toEqual(['big base']);
});

it('OV4 a directory made in place of a shipped one shows nothing of it', async () => {
  const at = await fixture({ '/d/f': Uint8Array.of(1) });
  const d = await at.ino(1, 'd');
  const f = await at.ino(d, 'f');
  await at.commit([change('unlink', f, d, 'f')]);
  const batch = await at.commit([change('rmdir', d, 1, 'd'), change('mkdir', 2, 1, 'd')]);
  expect(batch.removed).toEqual([{ parent: d, name: 'f' }]);
  const again = await at.reopen();
  expect(await again.names(1)).toEqual(['d changed']);
  expect(await again.names(2)).toEqual([]);
});

it('OV5 renaming a shipped directory keeps its children by inode number, and copies nothing', async () => {
  const at = await fixture(files);
  const bin = await at.ino(1, 'bin');
  await at.names(bin);
  const batch = await at.commit([change('rename', bin, 1, 'bin', { parent2: 1, name2: 'tools' })]);
  expect(batch.packs).toEqual([]);
  const again = await at.reopen();
  expect(await again.names(1)).toEqual(['tools new']);
  expect(await again.names(bin)).toEqual(['big base', 'small base']);
  expect(await again.overlay.loadBlock(await again.ino(bin, 'small'), 0)).toEqual(Uint8Array.of(1, 2, 3));
});

it('OV6 a change of metadata copies nothing up; a write stores only the blocks that changed', async () => {
  const at = await fixture(files);
  const bin = await at.ino(1, 'bin');
  const ino = await at.ino(bin, 'big');
  const first = await at.commit([change('attr', ino)], [capture(ino, big.length)]);
  expect(first.packs).toEqual([]);
  expect(at.overlay.record(ino)).toMatchObject({ base: '/bin/big', mtime: 61n });
  expect(at.overlay.record(ino)?.chunks).toBeUndefined();
  const block = new Uint8Array(BLOCK).fill(9);
  const second = await at.commit([change('write', ino)], [capture(ino, big.length, [{ index: 1, bytes: block }])]);
  expect(second.packs.map((pack) => pack.bytes.length)).toEqual([BLOCK]);
  const again = await at.reopen();
  await again.names(1);
  await again.names(bin);
  for (const [index, bytes] of [big.subarray(0, BLOCK), block, big.subarray(2 * BLOCK)].entries()) {
    expect(hasher.hash(await again.overlay.loadBlock(ino, index))).toBe(hasher.hash(bytes));
  }
  await at.commit([change('write', ino)], [capture(ino, BLOCK, [{ index: 0, bytes: block }], { low: 0 })]);
  expect(at.overlay.record(ino)?.base).toBeUndefined();
});

it('OV7 blocks from the low mark on are holes; the block in which it lies keeps what is before it', async () => {
  const at = await fixture();
  await at.commit([change('create', 2, 1, 'f'), change('write', 2)], [
    capture(2, BLOCK + 10, [{ index: 0, bytes: new Uint8Array(BLOCK).fill(1) }, { index: 1, bytes: new Uint8Array(10).fill(2) }]),
  ]);
  await at.commit([change('write', 2)], [capture(2, 2 * BLOCK, [], { low: 5 })]);
  const again = await at.reopen();
  await again.names(1);
  expect(await again.overlay.loadBlock(2, 0)).toEqual(new Uint8Array(5).fill(1));
  expect(await again.overlay.loadBlock(2, 1)).toHaveLength(0);
  expect(again.overlay.record(2)?.size).toBe(2 * BLOCK);
});

it('OV8 the same bytes again are not stored again', async () => {
  const at = await fixture();
  const bytes = new Uint8Array(100).fill(3);
  await at.commit([change('create', 2, 1, 'f'), change('write', 2)], [capture(2, 100, [{ index: 0, bytes }])]);
  const batch = await at.commit([change('write', 2)], [capture(2, 100, [{ index: 0, bytes: bytes.slice() }])]);
  expect(batch.packs).toEqual([]);
  expect(batch.journal).toMatchObject([{ op: 'write', blocks: [] }]);
});

it('OV9 hard links share a node, also across sessions; it goes with its last name', async () => {
  const at = await fixture(files);
  const bin = await at.ino(1, 'bin');
  const small = await at.ino(bin, 'small');
  await at.commit([change('link', small, 1, 'again')]);
  const again = await at.reopen();
  expect(await again.names(1)).toEqual(['again new', 'bin base']);
  await again.names(bin);
  expect(again.overlay.record(small)?.nlink).toBe(2);
  await again.commit([change('unlink', small, bin, 'small'), change('write', small)], [capture(small, 1, [{ index: 0, bytes: Uint8Array.of(8) }])]);
  expect(await again.store.node(small)).toMatchObject({ nlink: 1, size: 1 });
  const last = await again.commit([change('unlink', small, 1, 'again')]);
  expect(last.droppedNodes).toEqual([small]);
  expect(await again.store.node(small)).toBeUndefined();
});

it('OV10 a file that is unlinked while it is open can be read until the tree forgets it', async () => {
  const at = await fixture(files);
  const bin = await at.ino(1, 'bin');
  const small = await at.ino(bin, 'small');
  await at.commit([change('unlink', small, bin, 'small')], [capture(small, 3, [], { nlink: 0 })]);
  expect(await at.overlay.loadBlock(small, 0)).toEqual(Uint8Array.of(1, 2, 3));
  at.overlay.forget(small);
  await expect(at.overlay.loadBlock(small, 0)).rejects.toMatchObject({ code: 'EIO' });
});

it('OV11 what is made and removed within a batch leaves only journal records', async () => {
  const at = await fixture();
  const batch = await at.commit(
    [change('create', 2, 1, 'tmp'), change('write', 2), change('unlink', 2, 1, 'tmp')],
    [capture(2, 4, [{ index: 0, bytes: Uint8Array.of(1, 2, 3, 4) }], { nlink: 0 })],
  );
  expect(batch).toMatchObject({ entries: [], packs: [], removed: [{ parent: 1, name: 'tmp' }], nextIno: 3 });
  expect(batch.journal.map((record) => record.op)).toEqual(['create', 'unlink']);
});

it('OV12 a chunk that does not have its hash is EIO, never wrong data', async () => {
  const at = await fixture();
  await at.commit([change('create', 2, 1, 'f'), change('write', 2)], [capture(2, 4, [{ index: 0, bytes: Uint8Array.of(1, 2, 3, 4) }])]);
  const pack = at.disk.packs.get(1);
  if (pack) pack[2] = 99;
  await expect(at.overlay.loadBlock(2, 0)).rejects.toMatchObject({ code: 'EIO', path: '/f' });
});

it('OV13 a change that fits nothing is left out and reported', async () => {
  const at = await fixture();
  await at.commit([change('create', 5, 77, 'lost'), change('unlink', 6, 1, 'none'), change('create', 2, 1, 'f')]);
  expect(at.faults).toHaveLength(2);
  expect(await at.names(1)).toEqual(['f new']);
});

it('JO2 records carry the path of their moment, the state before and after, and what was replaced', async () => {
  const at = await fixture();
  const batch = await at.commit([
    change('mkdir', 2, 1, 'a'), change('create', 3, 2, 'f'), change('write', 3), change('rename', 2, 1, 'a', { parent2: 1, name2: 'b' }),
    change('create', 4, 2, 'g'), change('rename', 4, 2, 'g', { parent2: 2, name2: 'f', replaced: 3 }), change('symlink', 5, 1, 's', { target: 'ü' }),
  ], [capture(3, 1, [{ index: 0, bytes: Uint8Array.of(1) }])]);
  expect(batch.journal.map(({ op, path, to }) => [op, path, to])).toEqual([
    ['mkdir', '/a', undefined], ['create', '/a/f', undefined], ['write', '/a/f', undefined], ['rename', '/a', '/b'],
    ['create', '/b/g', undefined], ['rename', '/b/g', '/b/f'], ['symlink', '/s', undefined],
  ]);
  expect(batch.journal[2]).toMatchObject({ before: { size: 0 }, after: { size: 1 }, blocks: [{ index: 0, before: null, after: { length: 1 } }] });
  expect(batch.journal[5]?.replaced).toMatchObject({ ino: 3, size: 1, chunks: [{ length: 1 }] });
  expect(batch.journal[6]?.after).toMatchObject({ size: 2, target: 'ü' });
  expect(await at.store.journal(1, 99)).toEqual(batch.journal);
});
