import { afterEach, expect, it } from 'vitest';
import { MemoryDisk } from '../kernel/storage/index.ts';
import type { HistoryCalls, LayerCalls } from '../shared/abi/index.ts';
import { Machine } from './machine.ts';

type Api = Machine['api'] & LayerCalls & HistoryCalls;

/** With the places of the namespace, which are made where they are missing. */
const SHIPPED = ['/home', '/void/deep', '/dev', '/proc', '/tmp', '/bus', '/logs', '/history', '/branch'].map((path) => ({ path, kind: 'directory' as const }));
const machines: Machine[] = [];
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.dispose();
});

async function boot(disk = new MemoryDisk()): Promise<{ machine: Machine; api: Api; disk: MemoryDisk }> {
  const machine = await Machine.boot({ disk, manifest: { version: 1, entries: SHIPPED } });
  machines.push(machine);
  return { machine, api: machine.api as Api, disk };
}

const names = async (api: Api): Promise<string[]> => (await api.layerList()).map(({ name, kind, entries, whiteouts }) => `${name} ${kind} ${entries}-${whiteouts}`);
const told = async (api: Api, name?: string): Promise<string[]> =>
  (await api.layerDiff(name)).changes.map(({ change, path, from, content }) => [change, ...(from === undefined ? [] : [from]), path, ...(content ? ['content'] : [])].join(' '));

it('LA1 LA2 layers are pushed, listed, renamed and committed, and nothing that is seen changes; a reload finds them', async () => {
  const { machine, api, disk } = await boot();
  await machine.write('/home/a.txt', 'one');
  await api.mkdir('/home/d');
  await machine.write('/home/d/b.txt', 'two');
  expect(await names(api)).toEqual(['base base 10-0', 'upper upper 4-0']);
  expect(await api.layerPush('first')).toMatchObject({ name: 'first', kind: 'frozen', entries: 4, whiteouts: 0 });
  await machine.write('/home/a.txt', 'three');
  await api.rm('/home/d/b.txt');
  await api.rename('/home/d', '/home/e');
  expect(await names(api)).toEqual(['base base 10-0', 'first frozen 4-0', 'upper upper 3-2']);
  await api.layerRename('first', 'start');
  expect(await machine.read('/home/a.txt')).toBe('three');
  const again = await boot(disk);
  expect((await again.api.readdir('/home')).map(({ name }) => name)).toEqual(['a.txt', 'e']);
  expect(await again.machine.read('/home/a.txt')).toBe('three');
  expect(await again.api.layerCommit()).toMatchObject({ name: 'start', entries: 3 });
  expect(await names(again.api)).toEqual(['base base 10-0', 'start frozen 3-0', 'upper upper 0-0']);
  expect((await again.api.readdir('/home')).map(({ name }) => name)).toEqual(['a.txt', 'e']);
});

it('LM5 a layer tells what it changes against those below it', async () => {
  const { machine, api } = await boot();
  await machine.write('/home/same.txt', 'same');
  await machine.write('/home/changed.txt', 'old');
  await machine.write('/home/gone.txt', 'gone');
  await api.mkdir('/home/d/deep', { recursive: true });
  await machine.write('/home/d/deep/moved.txt', 'moved');
  expect(await told(api)).toEqual([
    'added /home/changed.txt content', 'added /home/d', 'added /home/d/deep', 'added /home/d/deep/moved.txt content', 'added /home/gone.txt content', 'added /home/same.txt content',
  ]);
  await api.layerPush('one');
  expect(await told(api)).toEqual([]);
  await machine.write('/home/changed.txt', 'new!');
  await api.rm('/home/gone.txt');
  await api.rename('/home/d', '/home/dir');
  await api.rename('/home/dir/deep/moved.txt', '/home/dir/deep/here.txt');
  await api.rm('/void/deep');
  expect(await told(api)).toEqual([
    'changed /home/changed.txt content', 'renamed /home/d /home/dir', 'renamed /home/d/deep/moved.txt /home/dir/deep/here.txt', 'deleted /home/gone.txt content', 'deleted /void/deep',
  ]);
  await api.layerPush('two');
  expect(await told(api, 'one')).toHaveLength(6);
  expect(await told(api, 'two')).toHaveLength(5);
});

it('LA4 what is no name of a layer is refused', async () => {
  const { api } = await boot();
  await expect(api.layerPush('a/b')).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(api.layerPush({} as string)).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(api.layerDiff('none')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(api.layerCommit()).rejects.toMatchObject({ code: 'EINVAL' });
  expect(await names(api)).toEqual(['base base 10-0', 'upper upper 0-0']);
});

it('LA1 LA2 programs write on while layers are pushed and committed, and lose nothing', async () => {
  const { machine, api, disk } = await boot();
  await machine.write('/home/log', '');
  let stop = false;
  let lines = 0;
  const writing = (async () => {
    while (!stop) {
      await machine.write(`/home/f${lines % 40}`, String(lines));
      if (lines % 3 === 0) await api.rm(`/home/f${lines % 40}`);
      lines++;
    }
  })();
  for (let i = 0; i < 6; i++) {
    await api.layerPush(`l${i}`);
    if (i % 2 === 1) await api.layerCommit();
  }
  stop = true;
  await writing;
  const read = async (from: Machine): Promise<string[]> => {
    const found: string[] = [];
    for (const { name, kind } of await from.api.readdir('/home')) if (kind === 'file') found.push(`${name} ${await from.read(`/home/${name}`)}`);
    return found;
  };
  const seen = await read(machine);
  expect(lines).toBeGreaterThan(6);
  await api.sync();
  expect(await read((await boot(disk)).machine)).toEqual(seen);
});

/** All below `/home`, with contents. */
async function shown({ api, machine }: { api: Api; machine: Machine }, path = '/home'): Promise<string[]> {
  const found: string[] = [];
  for (const { name, kind } of (await api.readdir(path)).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    found.push(`${path}/${name}${kind === 'file' ? ` ${await machine.read(`${path}/${name}`)}` : ''}`);
    if (kind === 'directory') found.push(...(await shown({ api, machine }, `${path}/${name}`)));
  }
  return found;
}

it('LM1 LM2 discard brings back what the layers below give, is one run, and that can be undone', async () => {
  const at = await boot();
  const { machine, api, disk } = at;
  await machine.write('/home/a.txt', 'one');
  await api.mkdir('/home/d');
  await machine.write('/home/d/b.txt', 'two');
  await api.layerPush('first');
  const before = await shown(at);
  await machine.write('/home/a.txt', 'three');
  await machine.write('/home/new.txt', 'new');
  await api.rm('/home/d', { recursive: true });
  await api.rm('/void/deep');
  const after = await shown(at);
  const tried = await api.layerDiscard({ dryRun: true });
  expect([tried.run, tried.conflicts, await shown(at)]).toEqual([0, [], after]);
  const { run, conflicts, changed } = await api.layerDiscard();
  expect([conflicts, changed.length > 3]).toEqual([[], true]);
  expect(await shown(at)).toEqual(before);
  expect((await api.readdir('/')).map(({ name }) => name).sort()).toEqual(['branch', 'bus', 'dev', 'history', 'home', 'logs', 'proc', 'tmp', 'void']);
  expect((await api.readdir('/void')).map(({ name }) => name)).toEqual(['deep']);
  expect(await told(api)).toEqual([]);
  expect(await shown(await boot(disk))).toEqual(before);
  await api.historyUndo({ run });
  expect(await shown(at)).toEqual(after);
});

it('LM1 LM3 a layer is removed: what it brought goes, what the layers above changed stays and is named', async () => {
  const at = await boot();
  const { machine, api, disk } = at;
  await machine.write('/home/below.txt', 'below');
  await api.layerPush('bottom');
  await machine.write('/home/mine.txt', 'brought');
  await machine.write('/home/changed.txt', 'brought too');
  await machine.write('/home/below.txt', 'changed by the layer');
  await api.layerPush('middle');
  await machine.write('/home/changed.txt', 'changed above');
  await machine.write('/home/above.txt', 'above');
  await api.layerPush('top');
  await machine.write('/home/upper.txt', 'upper');
  await expect(api.layerRemove('none')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(api.layerRemove('upper')).rejects.toMatchObject({ code: 'EINVAL' });
  const { conflicts } = await api.layerRemove('middle');
  expect(conflicts.map(({ path, reason }) => [path, reason])).toEqual([['/home/changed.txt', 'changed-later']]);
  const expected = ['/home/above.txt above', '/home/below.txt below', '/home/changed.txt changed above', '/home/upper.txt upper'];
  expect(await shown(at)).toEqual(expected);
  expect((await api.layerList()).map(({ name }) => name)).toEqual(['base', 'bottom', 'top', 'upper']);
  const again = await boot(disk);
  expect(await shown(again)).toEqual(expected);
  expect((await again.api.layerList()).map(({ name }) => name)).toEqual(['base', 'bottom', 'top', 'upper']);
});

it('LM1 LM4 rebase: the layers in another order, or fewer, as if they had always been so; what the upper changed stays', async () => {
  const at = await boot();
  const { machine, api, disk } = at;
  await machine.write('/home/both.txt', 'one');
  await machine.write('/home/one.txt', 'one');
  await api.layerPush('one');
  await machine.write('/home/both.txt', 'two');
  await machine.write('/home/two.txt', 'two');
  await api.layerPush('two');
  await machine.write('/home/upper.txt', 'upper');
  await expect(api.layerRebase(['one', 'one'])).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(api.layerRebase(['upper'])).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(api.layerRebase('one' as unknown as string[])).rejects.toMatchObject({ code: 'EINVAL' });
  expect((await api.layerRebase(['two', 'one'])).conflicts).toEqual([]);
  expect(await shown(at)).toEqual(['/home/both.txt one', '/home/one.txt one', '/home/two.txt two', '/home/upper.txt upper']);
  expect((await api.layerList()).map(({ name }) => name)).toEqual(['base', 'two', 'one', 'upper']);
  expect((await api.layerRebase(['two'])).conflicts).toEqual([]);
  const expected = ['/home/both.txt two', '/home/two.txt two', '/home/upper.txt upper'];
  expect(await shown(at)).toEqual(expected);
  expect(await told(api)).toEqual(['added /home/upper.txt content']);
  expect(await shown(await boot(disk))).toEqual(expected);
});

it('LA7 layers that are removed at one time, and one that is pushed meanwhile, leave a stack of layers that are there', async () => {
  const { machine, api, disk } = await boot();
  for (const name of ['one', 'two', 'three']) {
    await machine.write(`/home/${name}`, name);
    await api.layerPush(name);
  }
  await machine.write('/home/top', 'top');
  const done = await Promise.allSettled([api.layerRemove('one'), api.layerRemove('two'), api.layerPush('late')]);
  for (const one of done) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'EBUSY' });
  expect(disk.head.stack.filter((id) => !disk.layers.has(id))).toEqual([]);
  const left = (await api.layerList()).map(({ name }) => name);
  for (const name of ['three', 'late']) expect(left).toContain(name);
  expect((await api.readdir('/home')).map(({ name }) => name)).toEqual(['three', 'top']);
  expect(await (await boot(disk)).machine.read('/home/top')).toBe('top');
});
