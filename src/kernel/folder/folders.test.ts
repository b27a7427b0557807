import { afterEach, describe, expect, it } from 'vitest';
import type { HistoryCalls, LayerCalls } from '../../shared/abi/index.ts';
import { folderRigs } from './testing/rig.ts';

const { boot, kept, end } = folderRigs();

afterEach(end);

describe('mounting', () => {
  it('FO1 shows the folder at /mnt/<name>, with its times, and leaves it as it is whatever is done there', async () => {
    const rig = await boot();
    const files = { 'a.txt': 'alpha', 'd/b.txt': 'beta', 'd/e/c.txt': '' };
    const folder = await rig.mount('work', files);
    folder.put('late');
    expect(await rig.files('/mnt/work')).toEqual(files);
    expect((await rig.api.stat('/mnt/work/a.txt')).mtime).toBe((await folder.stat('a.txt'))!.mtime);
    await rig.write('/mnt/work/a.txt', 'changed');
    await rig.write('/mnt/work/new/x', 'x').catch(() => rig.api.mkdir('/mnt/work/new'));
    await rig.api.rm('/mnt/work/d', { recursive: true });
    await rig.api.sync();
    expect(folder.contents()).toEqual(files);
    expect(await rig.api.folderList()).toMatchObject([{ name: 'work', path: '/mnt/work', label: 'work', entries: 5, permission: 'granted' }]);
  });

  it('FO2 costs no bytes of contents, and reads a large file in ranges', async () => {
    const rig = await boot();
    const folder = rig.folder('big', {});
    const bytes = new Uint8Array(3 << 20).map((_byte, index) => (index >> 8) % 251);
    folder.put('large.bin', bytes);
    let most = 0;
    const read = folder.read.bind(folder);
    folder.read = async (path, stat, offset, length) => {
      most = Math.max(most, length);
      return read(path, stat, offset, length);
    };
    await rig.api.folderMount('big', 'big');
    expect(most).toBe(0);
    expect(await rig.api.readRange('/mnt/big/large.bin', (2 << 20) - 5, 300)).toEqual(bytes.subarray((2 << 20) - 5, (2 << 20) + 295));
    expect(most).toBe(512 * 1024);
    expect([...rig.disk.packs.keys()]).toEqual([]);
  });

  it('FO3 is there in the next session', async () => {
    const rig = await boot();
    await rig.mount('work', { 'a.txt': 'alpha', 'd/b.txt': 'beta' });
    await rig.write('/mnt/work/a.txt', 'mine');
    const next = kept(await rig.again());
    expect(await next.files('/mnt/work')).toEqual({ 'a.txt': 'mine', 'd/b.txt': 'beta' });
    expect((await next.api.folderDiff('work')).changes).toMatchObject([{ path: 'a.txt', change: 'changed' }]);
  });

  it('FO4 refuses names that are none, names that are taken, what is no folder, and what may not be read', async () => {
    const rig = await boot();
    const folder = await rig.mount('work', { a: 'x' });
    for (const name of ['', '..', 'a/b', '.x', 'x'.repeat(65), 7 as unknown as string]) await expect(rig.api.folderMount('work', name), String(name)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(rig.api.folderMount('work', 'work')).rejects.toMatchObject({ code: 'EEXIST' });
    await rig.api.mkdir('/mnt/taken');
    await expect(rig.api.folderMount('work', 'taken')).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await rig.api.stat('/mnt/taken')).toMatchObject({ kind: 'directory' });
    await expect(rig.api.folderMount({}, 'other')).rejects.toMatchObject({ code: 'EINVAL' });
    folder.access = 'denied';
    await expect(rig.api.folderMount('work', 'other')).rejects.toMatchObject({ code: 'EACCES' });
    expect(await rig.api.folderList()).toHaveLength(1);
    await expect(rig.api.folderDiff('other')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('FO5 is refused beyond 200 000 entries, and leaves nothing', async () => {
    const rig = await boot();
    const folder = rig.folder('huge', {});
    folder.list = async function* list() {
      for (let at = 0; ; at++) yield { name: `f${at}`, kind: 'file', size: 1, mtime: 1 };
    };
    await expect(rig.api.folderMount('huge', 'huge')).rejects.toMatchObject({ code: 'E2BIG' });
    await expect(rig.api.stat('/mnt/huge')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('FO6 that is cancelled, or killed, leaves nothing of it', async () => {
    const rig = await boot();
    const folder = rig.folder('work', { a: 'x', b: 'y' });
    const list = folder.list.bind(folder);
    folder.list = async function* slow(dir: string) {
      yield* list(dir);
      await rig.api.folderCancel('work');
    };
    folder.put('d/x', 'in it');
    await expect(rig.api.folderMount('work', 'work')).rejects.toMatchObject({ code: 'ECANCELED' });
    await expect(rig.api.stat('/mnt/work')).rejects.toMatchObject({ code: 'ENOENT' });
    folder.list = list;
    await rig.api.folderMount('work', 'work');
    const [record] = await rig.host.store.records();
    await rig.host.store.put({ ...record!, state: 'mounting' });
    const next = kept(await rig.again());
    await expect.poll(() => next.api.folderList()).toEqual([]);
    await expect.poll(() => next.api.stat('/mnt/work').catch((error: unknown) => (error as { code: string }).code)).toBe('ENOENT');
    await next.api.folderMount('work', 'work');
    expect(folder.contents()).toEqual({ a: 'x', b: 'y', 'd/x': 'in it' });
  });

  it('FO7 takes names with control characters and spaces, and leaves out those that no tree can hold', async () => {
    const rig = await boot();
    await rig.mount('odd', { 'a\u0001b': '1', ' ': '2', '\ud800': 'lost', 'ü̈': '3' });
    expect(await rig.files('/mnt/odd')).toEqual({ 'a\u0001b': '1', ' ': '2', 'ü̈': '3' });
    expect((await rig.api.folderDiff('odd')).changes).toEqual([]);
  });
});

describe('reading', () => {
  it('FO8 a file that was changed underneath is an error and a notice, never bytes of another state', async () => {
    const rig = await boot();
    const folder = await rig.mount('work', { a: 'as it was', b: 'same' });
    folder.put('a', 'not this!');
    await expect(rig.api.readFile('/mnt/work/a')).rejects.toMatchObject({ code: 'ESTALE' });
    expect(await rig.read('/mnt/work/b')).toBe('same');
    await expect.poll(() => rig.api.notices()).toMatchObject([{ id: 'folder-changed:work', action: 'folder-refresh' }]);
    expect(await rig.api.folderRefresh('work')).toMatchObject([{ path: 'a', change: 'changed' }]);
    expect(await rig.read('/mnt/work/a')).toBe('not this!');
    expect(await rig.api.notices()).toEqual([]);
  });

  it('FO9 without permission is EACCES and one notice that asks; what was changed here is read all the same', async () => {
    const rig = await boot();
    const folder = await rig.mount('work', { a: 'x', b: 'y' });
    await rig.write('/mnt/work/b', 'mine');
    folder.access = 'ask';
    const next = kept(await rig.again());
    await expect(next.api.readFile('/mnt/work/a')).rejects.toMatchObject({ code: 'EACCES' });
    await expect(next.api.readFile('/mnt/work/a')).rejects.toThrow();
    expect(await next.read('/mnt/work/b')).toBe('mine');
    await expect.poll(() => next.api.notices()).toMatchObject([{ id: 'folder-denied:work', action: 'folder-allow' }]);
    await expect(next.api.folderDiff('work')).rejects.toMatchObject({ code: 'EACCES' });
    expect(await next.api.folderHandle('work')).toBe('work');
    folder.access = 'granted';
    expect(await next.api.folderAllowed('work')).toMatchObject({ permission: 'granted' });
    expect(await next.read('/mnt/work/a')).toBe('x');
    expect(await next.api.notices()).toEqual([]);
  });

  it('FO12 a copy of a file is the workspace\'s own: what happens to the folder does not touch it', async () => {
    const rig = await boot();
    const folder = await rig.mount('work', { a: 'as it was' });
    await rig.api.copy('/mnt/work/a', '/home/a');
    folder.put('a', 'not this');
    const next = kept(await rig.again());
    expect(await next.read('/home/a')).toBe('as it was');
  });
});

describe('refreshing', () => {
  it('FO10 takes what changed on the disk, except where the workspace changed it too', async () => {
    const rig = await boot();
    const folder = await rig.mount('work', { same: '1', theirs: '1', both: '1', gone: '1', 'kept/mine': '1', 'kept/x': '1', 'turn': 'file' });
    await rig.write('/mnt/work/both', 'mine');
    await rig.write('/mnt/work/kept/mine', 'mine');
    folder.put('theirs', 'theirs');
    folder.put('both', 'theirs');
    folder.put('new/deep/file', 'new');
    for (const path of ['gone', 'kept/mine', 'kept/x', 'kept', 'turn']) folder.delete(path);
    folder.put('turn/into', 'a directory');
    const changes = await rig.api.folderRefresh('work');
    expect(Object.fromEntries(changes.map(({ path, conflict }) => [path, conflict?.reason ?? 'taken']))).toEqual({
      theirs: 'taken', both: 'both-changed', new: 'taken', 'new/deep': 'taken', 'new/deep/file': 'taken', gone: 'taken',
      'kept/mine': 'deleted-on-disk', 'kept/x': 'taken', kept: 'not-empty', turn: 'taken', 'turn/into': 'taken',
    });
    expect(await rig.files('/mnt/work')).toEqual({ same: '1', theirs: 'theirs', both: 'mine', 'new/deep/file': 'new', 'kept/mine': 'mine', 'turn/into': 'a directory' });
    expect(Object.keys(Object.fromEntries((await rig.api.folderRefresh('work')).map(({ path }) => [path, 1]))).toSorted()).toEqual(['both', 'kept', 'kept/mine']);
    const api = rig.api as typeof rig.api & HistoryCalls;
    const [run] = await api.historyRuns({ limit: 1 });
    expect(run).toMatchObject({ kind: 'import', name: 'refresh of folder work' });
    const { entries } = await api.historyEntries({ run: run!.run });
    expect(entries.map(({ path }) => path)).toEqual(expect.arrayContaining(['/mnt/work/theirs', '/mnt/work/gone', '/mnt/work/new/deep/file']));
    expect(entries.map(({ path }) => path)).not.toContain('/mnt/work/both');
  });
});

describe('as a layer', () => {
  it('FO14 a mounted folder is listed and compared as a layer, and layerCommit with its name commits to it', async () => {
    const rig = await boot();
    const api = rig.api as typeof rig.api & LayerCalls;
    const folder = await rig.mount('work', { a: 'x', 'd/b': 'moved', c: 'x' });
    expect((await api.layerList()).at(-1)).toMatchObject({ name: 'work', kind: 'folder', entries: 4, whiteouts: 0 });
    await rig.write('/mnt/work/a', 'mine');
    await rig.api.rename('/mnt/work/d/b', '/mnt/work/b');
    expect((await api.layerDiff('work')).changes).toMatchObject([
      { path: '/mnt/work/a', change: 'changed', content: true, size: 4, sizeBefore: 1 }, { path: '/mnt/work/b', change: 'renamed', from: '/mnt/work/d/b', content: false },
    ]);
    expect(await api.layerCommit('work')).toMatchObject({ name: 'work', kind: 'folder' });
    expect(folder.contents()).toEqual({ a: 'mine', b: 'moved', c: 'x' });
    await rig.write('/mnt/work/c', 'mine');
    folder.put('c', 'theirs');
    await expect(api.layerCommit('work')).rejects.toMatchObject({ code: 'EBUSY', detail: expect.stringContaining('c: It was changed here and in the folder') as unknown });
    await expect(api.layerCommit('other')).rejects.toMatchObject({ code: 'ENOENT' });
    const other = await rig.mount('other', { a: 'x', 'd/b': 'y' });
    for (const path of ['a', 'd']) await rig.api.rm(`/mnt/other/${path}`, { recursive: true });
    await expect(api.layerCommit('other')).rejects.toMatchObject({ code: 'EBUSY', detail: expect.stringContaining('all 3 entries') as unknown });
    expect(other.contents()).toEqual({ a: 'x', 'd/b': 'y' });
    expect((await rig.api.folderCommit('other')).done).toHaveLength(3);
  });
});

describe('unmounting', () => {
  it('FO11 takes the mount away and leaves the folder; what was not committed is asked for', async () => {
    const rig = await boot();
    const folder = await rig.mount('work', { a: 'x', 'd/b': 'y' });
    await rig.write('/mnt/work/a', 'mine');
    await rig.api.rename('/mnt/work/d/b', '/home/b');
    await expect(rig.api.folderUnmount('work')).rejects.toMatchObject({ code: 'EBUSY' });
    await rig.api.folderUnmount('work', { force: true });
    await expect(rig.api.stat('/mnt/work')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(folder.contents()).toEqual({ a: 'x', 'd/b': 'y' });
    expect(await rig.api.folderList()).toEqual([]);
    const next = kept(await rig.again());
    expect(await next.read('/home/b')).toBe('y');
    await next.api.folderMount('work', 'work');
    expect(await next.files('/mnt/work')).toEqual({ a: 'x', 'd/b': 'y' });
  });
});
