import { expect, it, vi } from 'vitest';
import { emptyBatch } from '../contract/index.ts';
import { Layers, STACK_MAX } from './layers.ts';
import { capture, change, fixture, type Fixture } from './testing/fixture.ts';

const BLOCK = 65536;
const big = Uint8Array.from({ length: BLOCK * 2 + 100 }, (_, i) => i * 7);

function layersOf(at: Fixture): Layers {
  return new Layers({ store: at.store, overlay: at.overlay, base: at.base, between: (action) => action(), now: () => 7 });
}

const rows = async (at: Fixture, layer: number): Promise<string[]> =>
  (await at.store.scanEntries(layer, null, 99)).map(({ name, node }) => (node ? name : `-${name}`));

it('LA1 push freezes the upper under a name; nothing that is seen changes, and a whiteout hides what is frozen', async () => {
  const at = await fixture({ '/b/f': Uint8Array.of(1) });
  const layers = layersOf(at);
  await at.commit([change('create', 2, 1, 'x'), change('create', 3, 1, 'y')]);
  expect(await layers.push('first')).toEqual({ id: 1, name: 'first', kind: 'frozen', created: 7 });
  expect(await at.names(1)).toEqual(['b base', 'x new', 'y new']);
  const batch = await at.commit([change('unlink', 2, 1, 'x'), change('create', 4, 1, 'z'), change('unlink', 4, 1, 'z')]);
  expect([batch.entries, batch.removed]).toMatchObject([[{ name: 'x', node: null }], [{ name: 'z' }]]);
  const again = await at.reopen();
  expect(await again.names(1)).toEqual(['b base', 'y new']);
  expect((await layersOf(again).list()).map(({ id, name, kind }) => [id, name, kind])).toEqual([[1, 'first', 'frozen'], [2, 'upper', 'upper']]);
  expect([await rows(at, 1), await rows(at, 2)]).toEqual([['x', 'y'], ['-x']]);
});

it('LA2 commit merges the upper into the layer below: whiteouts that hide nothing and nodes without a name go', async () => {
  const at = await fixture({ '/b': Uint8Array.of(1) });
  const layers = layersOf(at);
  await expect(layers.commit()).rejects.toMatchObject({ code: 'EINVAL' });
  const b = await at.ino(1, 'b');
  await at.commit([change('create', 2, 1, 'x'), change('create', 3, 1, 'y'), change('link', 3, 1, 'y2')]);
  await layers.push('first');
  await at.commit([change('unlink', 2, 1, 'x'), change('unlink', b, 1, 'b'), change('unlink', 3, 1, 'y'), change('unlink', 3, 1, 'y2'), change('create', 4, 1, 'z')]);
  expect(await layers.commit()).toMatchObject({ name: 'first', kind: 'frozen' });
  const { upper, stack } = at.overlay.stack;
  expect(await rows(at, stack[0]!)).toEqual(['-b', 'z']);
  expect((await at.store.scanNodes(stack[0]!, 0, 9)).map(({ ino }) => ino)).toEqual([1]);
  expect([await rows(at, 1), await rows(at, upper), stack.length]).toEqual([[], [], 1]);
  expect((await at.store.layers()).map(({ name }) => name).sort()).toEqual(['first', 'upper']);
  expect(await (await at.reopen()).names(1)).toEqual(['z new']);
});

it('LA2 what happens while layers are merged stays in the upper', async () => {
  const at = await fixture();
  await at.commit([change('create', 2, 1, 'x')]);
  const scan = at.store.scanEntries.bind(at.store);
  vi.spyOn(at.store, 'scanEntries').mockImplementationOnce(async (...args) => {
    const page = await scan(...args);
    await at.commit([change('unlink', 3, 1, 'y'), change('create', 4, 1, 'late')]);
    return page;
  });
  const layers = layersOf(at);
  await layers.push('first');
  await at.commit([change('create', 3, 1, 'y')]);
  await layers.commit();
  const { upper, stack } = at.overlay.stack;
  expect([await rows(at, stack[0]!), await rows(at, upper)]).toEqual([['x', 'y'], ['late', '-y']]);
  expect(await (await at.reopen()).names(1)).toEqual(['late new', 'x new']);
});

it('LA3 a merge that fails leaves both layers as they are', async () => {
  const at = await fixture();
  await at.commit([change('create', 2, 1, 'x')]);
  vi.spyOn(at.store, 'scanEntries').mockRejectedValueOnce(new Error('no'));
  const layers = layersOf(at);
  await layers.push('first');
  await at.commit([change('create', 3, 1, 'y')]);
  await expect(layers.commit()).rejects.toThrow('no');
  expect((await layers.list()).map(({ name }) => name)).toEqual(['first', 'first.1', 'upper']);
  const again = await at.reopen();
  expect(await again.names(1)).toEqual(['x new', 'y new']);
  await layersOf(again).commit();
  expect((await layersOf(again).list()).map(({ name }) => name)).toEqual(['first', 'first.1', 'upper']);
});

it('LA3 rows of a merge that was cut off by a kill are dropped by the next session', async () => {
  const at = await fixture();
  await at.commit([change('create', 2, 1, 'x')]);
  await at.store.commit(emptyBatch({ nextLayer: 9, layers: [{ id: 5, name: 'half', kind: 'frozen', created: 0 }, { id: 6, name: 'mine', kind: 'branch', created: 0 }] }));
  await at.store.commit(emptyBatch({ layer: 5, entries: [{ parent: 1, name: 'half', node: null }] }));
  const again = await at.reopen();
  await layersOf(again).tidy();
  expect([await rows(again, 5), await again.names(1)]).toEqual([[], ['x new']]);
  expect((await again.store.layers()).map(({ name }) => name)).toEqual(['upper', 'mine']);
});

it('LA4 names: letters, digits, dots, underscores, hyphens; one of a layer that is there is EEXIST', async () => {
  const at = await fixture();
  const layers = layersOf(at);
  for (const name of ['', 'a/b', 'ü', '..', 'base', 'upper', 'x'.repeat(65), 7 as unknown as string]) await expect(layers.push(name)).rejects.toMatchObject({ code: 'EINVAL' });
  await layers.push('one');
  await expect(layers.push('one')).rejects.toMatchObject({ code: 'EEXIST' });
  await layers.push('two');
  await expect(layers.rename('one', 'two')).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(layers.rename('none', 'three')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(layers.rename('upper', 'three')).rejects.toMatchObject({ code: 'EPERM' });
  await layers.rename('one', 'three');
  expect((await layersOf(await at.reopen()).list()).map(({ name }) => name)).toEqual(['three', 'two', 'upper']);
});

it('LA4 the stack has a limit', async () => {
  const at = await fixture();
  const layers = layersOf(at);
  for (let i = 0; i < STACK_MAX; i++) await layers.push(`l${i}`);
  await expect(layers.push('more')).rejects.toMatchObject({ code: 'ENOSPC' });
  await expect(layers.commit()).rejects.toMatchObject({ code: 'ENOSPC' });
  expect((await layers.list()).length).toBe(STACK_MAX + 1);
});

it('LA5 a base file whose metadata changes in a layer over another copies nothing; renames and links over layers neither', async () => {
  const at = await fixture({ '/big': big });
  const layers = layersOf(at);
  const ino = await at.ino(1, 'big');
  const block = new Uint8Array(BLOCK).fill(9);
  await at.commit([change('write', ino)], [capture(ino, big.length, [{ index: 1, bytes: block }])]);
  await layers.push('one');
  const later = [
    await at.commit([change('attr', ino)], [capture(ino, big.length)]),
    await at.commit([change('rename', ino, 1, 'big', { parent2: 1, name2: 'large' }), change('link', ino, 1, 'again')]),
  ];
  expect(later.flatMap(({ packs }) => packs)).toEqual([]);
  const again = await at.reopen();
  expect(await again.names(1)).toEqual(['again new', 'large new']);
  expect(again.overlay.record(ino)).toMatchObject({ nlink: 2, size: big.length, base: '/big' });
  expect(await again.overlay.loadBlock(ino, 0)).toEqual(big.subarray(0, BLOCK));
  expect(await again.overlay.loadBlock(ino, 1)).toEqual(block);
});

it('LA5 a sparse file of 1 GiB with one byte costs one chunk, in whatever layer', async () => {
  const at = await fixture();
  const last = 2 ** 30 / BLOCK - 1;
  const made = await at.commit([change('create', 2, 1, 'sparse'), change('write', 2)], [capture(2, 2 ** 30, [{ index: last, bytes: new Uint8Array(BLOCK).fill(0, 0, BLOCK - 1).fill(1, BLOCK - 1) }])]);
  expect(made.packs.map(({ bytes }) => bytes.length)).toEqual([BLOCK]);
  await layersOf(at).push('one');
  const again = await at.reopen();
  await again.names(1);
  const changed = await again.commit([change('write', 2)], [capture(2, 2 ** 30, [{ index: 3, bytes: new Uint8Array(BLOCK).fill(2) }])]);
  expect(changed.packs.map(({ bytes }) => bytes.length)).toEqual([BLOCK]);
  const { bytes } = changed.journal.reduce((sum, { blocks = [] }) => ({ bytes: sum.bytes + blocks.length }), { bytes: 0 });
  expect(bytes).toBe(1);
  expect(await again.overlay.loadBlock(2, 5)).toHaveLength(0);
  expect((await again.overlay.loadBlock(2, last)).at(-1)).toBe(1);
  // Holes take a few bytes together, however many they are.
  expect([...at.disk.rows.values()].flatMap(({ entries }) => [...entries.values()].flatMap((names) => [...names.values()].map((row) => row.length))).every((length) => length < 250)).toBe(true);
});

it('LA7 what was in a directory that was removed is not taken along to other layers; one that was moved out of it is', async () => {
  const at = await fixture();
  const layers = layersOf(at);
  await at.commit([change('mkdir', 2, 1, 'gone'), change('mkdir', 3, 2, 'moved'), change('create', 4, 3, 'kept'), change('create', 5, 2, 'x'), change('create', 6, 2, 'y'), change('link', 6, 2, 'y2')]);
  await layers.push('one');
  const again = await at.reopen();
  for (const ino of [1, 2, 3]) await again.names(ino);
  await again.commit([
    change('rename', 3, 2, 'moved', { parent2: 1, name2: 'out' }), change('unlink', 5, 2, 'x'), change('unlink', 6, 2, 'y'), change('unlink', 6, 2, 'y2'), change('rmdir', 2, 1, 'gone'),
  ]);
  await layersOf(again).restackOnto(() => []);
  const { upper } = again.overlay.stack;
  expect([await rows(again, upper), (await again.store.scanNodes(upper, 0, 99)).map(({ ino }) => ino).filter((ino) => ino !== 1)]).toEqual([['out', 'kept'], []]);
  expect(await (await again.reopen()).names(3)).toEqual(['kept new']);
});
