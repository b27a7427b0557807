import { afterEach, describe, expect, it } from 'vitest';
import type { FolderChange, FolderCommitOptions } from '../../shared/abi/index.ts';
import type { MemoryProvider } from './index.ts';
import { folderRigs, type FolderRig } from './testing/rig.ts';

const { boot, kept, end } = folderRigs();

afterEach(end);

const said = (changes: readonly FolderChange[]): Record<string, string> =>
  Object.fromEntries(changes.map(({ path, change, from, conflict, problem }) => [path, [change, from, conflict?.reason, problem && 'problem'].filter(Boolean).join(' ')]));

describe('the difference', () => {
  it('CO1 is what the workspace changed: added, changed, deleted, moved; nothing of what was only looked at or touched', async () => {
    const rig = await boot();
    await rig.mount('work', { same: '1', read: '1', changed: '1', gone: '1', 'd/moved': 'long enough', 'dir/a': '1' });
    await rig.read('/mnt/work/read');
    await rig.write('/mnt/work/changed', 'mine');
    await rig.api.rm('/mnt/work/gone');
    await rig.api.rename('/mnt/work/d/moved', '/mnt/work/elsewhere');
    await rig.api.mkdir('/mnt/work/new/empty', { recursive: true });
    await rig.write('/mnt/work/new/file', 'x');
    await rig.api.rm('/mnt/work/dir', { recursive: true });
    const { changes, disk } = await rig.api.folderDiff('work');
    expect(said(changes)).toEqual({ changed: 'changed', gone: 'deleted', elsewhere: 'renamed d/moved', new: 'added', 'new/empty': 'added', 'new/file': 'added', 'dir/a': 'deleted', dir: 'deleted' });
    expect(disk).toEqual([]);
    expect((await rig.api.folderCommit('work', { dryRun: true })).done).toEqual(changes);
  });
});

describe('committing', () => {
  it('CO2 makes the folder what the workspace has, and nothing is left to commit', async () => {
    const rig = await boot();
    const folder = await rig.mount('work', { same: '1', changed: 'before', gone: '1', 'd/moved': 'moved', 'dir/a': '1', 'dir/sub/b': '2', swap1: 'one', swap2: 'two', file: 'x', 'was/dir': 'y' });
    await rig.write('/mnt/work/changed', 'mine');
    for (const path of ['gone', 'file']) await rig.api.rm(`/mnt/work/${path}`);
    await rig.api.rename('/mnt/work/d/moved', '/mnt/work/elsewhere');
    for (const path of ['dir', 'was']) await rig.api.rm(`/mnt/work/${path}`, { recursive: true });
    await rig.api.mkdir('/mnt/work/file/empty', { recursive: true });
    await rig.write('/mnt/work/was', 'a file now');
    await rig.api.rename('/mnt/work/swap1', '/mnt/work/t');
    await rig.api.rename('/mnt/work/swap2', '/mnt/work/swap1');
    await rig.api.rename('/mnt/work/t', '/mnt/work/swap2');
    const result = await rig.api.folderCommit('work');
    expect(result).toMatchObject({ left: [], interrupted: false });
    const now = { same: '1', changed: 'mine', elsewhere: 'moved', swap1: 'two', swap2: 'one', was: 'a file now' };
    expect(folder.contents()).toEqual(now);
    expect(await folder.stat('file/empty')).toMatchObject({ kind: 'directory' });
    expect(await rig.files('/mnt/work')).toEqual(now);
    expect(await rig.api.folderDiff('work')).toEqual({ changes: [], disk: [], more: false });
    const next = kept(await rig.again());
    expect(await next.files('/mnt/work')).toEqual(now);
    expect(await next.api.folderDiff('work')).toEqual({ changes: [], disk: [], more: false });
    await next.write('/mnt/work/changed', 'again');
    expect((await next.api.folderCommit('work')).done).toMatchObject([{ path: 'changed', change: 'changed' }]);
    expect(folder.contents()).toMatchObject({ changed: 'again' });
  });

  it('CO3 loses nothing that something else in the workspace, or its past, has by reference', async () => {
    const rig = await boot();
    const long = 'x'.repeat(70_000);
    const folder = await rig.mount('work', { a: `${long}old a`, b: 'old b', c: 'old c' });
    await rig.api.rename('/mnt/work/b', '/home/b');
    await rig.api.writeRange('/mnt/work/a', 70_000, new TextEncoder().encode('new'));
    await rig.write('/mnt/work/c', 'new c');
    await rig.api.folderCommit('work');
    expect(folder.contents()).toEqual({ a: `${long}new a`, c: 'new c' });
    const next = kept(await rig.again());
    expect(await next.read('/mnt/work/a')).toBe(`${long}new a`);
    expect(await next.read('/home/b')).toBe('old b');
    expect((await rig.host.store.kept()).map((reference) => reference.split('/').pop())).toEqual(expect.arrayContaining(['a', 'b', 'c']));
  });

  it('CO4 shows what the folder cannot hold before anything is written, and commits the rest', async () => {
    const rig = await boot();
    const folder = await rig.mount('work', { 'Readme.md': 'x' }, { ignoreCase: true, windows: true });
    await rig.write('/mnt/work/README.md', 'another');
    await rig.write('/mnt/work/a:b', 'x');
    await rig.write('/mnt/work/nul.txt', 'x');
    await rig.api.symlink('Readme.md', '/mnt/work/link');
    await rig.api.mkdir('/mnt/work/con');
    await rig.write('/mnt/work/con/inside', 'x');
    await rig.write('/mnt/work/fine', 'x');
    const { changes } = await rig.api.folderDiff('work');
    expect(said(changes)).toEqual({
      'README.md': 'added problem', 'a:b': 'added problem', 'nul.txt': 'added problem', link: 'added problem', con: 'added problem', 'con/inside': 'added problem', fine: 'added',
    });
    const { done, left } = await rig.api.folderCommit('work');
    expect(done.map(({ path }) => path)).toEqual(['fine']);
    expect(left).toHaveLength(6);
    expect(folder.contents()).toEqual({ 'Readme.md': 'x', fine: 'x' });
  });
});

describe('conflicts', () => {
  /** Both sides did something to each file. */
  async function conflicting(): Promise<{ rig: FolderRig; folder: MemoryProvider }> {
    const rig = await boot();
    const folder = await rig.mount('work', { changed: '0', deletedHere: '0', deletedThere: '0', equal: '0', kind: '0', 'full/a': '0' });
    await rig.write('/mnt/work/changed', 'mine');
    await rig.api.rm('/mnt/work/deletedHere');
    await rig.write('/mnt/work/deletedThere', 'mine');
    await rig.write('/mnt/work/equal', 'the same');
    await rig.write('/mnt/work/made', 'mine');
    await rig.write('/mnt/work/kind', 'mine');
    await rig.api.rm('/mnt/work/full', { recursive: true });
    await rig.write('/mnt/work/plain', 'mine');
    folder.put('changed', 'theirs');
    folder.put('deletedHere', 'theirs');
    folder.delete('deletedThere');
    folder.put('equal', 'the same');
    folder.put('made', 'theirs');
    folder.delete('kind');
    folder.put('kind/x', 'theirs');
    folder.put('full/new', 'theirs');
    return { rig, folder };
  }

  const CONFLICTS = {
    changed: 'changed both-changed', deletedHere: 'deleted changed-on-disk', deletedThere: 'changed deleted-on-disk', made: 'added exists-on-disk',
    kind: 'changed both-changed problem', full: 'deleted not-empty',
  };

  async function committed(onConflict?: FolderCommitOptions['onConflict']) {
    const { rig, folder } = await conflicting();
    const result = await rig.api.folderCommit('work', onConflict === undefined ? {} : { onConflict });
    return { rig, folder, result, disk: folder.contents(), mine: await rig.files('/mnt/work') };
  }

  it('CO5 are named, and left as they are on both sides without a choice; equal contents are in none', async () => {
    const { disk, mine, result, rig } = await committed();
    expect(said(result.left)).toEqual(CONFLICTS);
    expect(said(result.done)).toEqual({ 'full/a': 'deleted', plain: 'added' });
    expect(disk).toEqual({ changed: 'theirs', deletedHere: 'theirs', equal: 'the same', made: 'theirs', 'kind/x': 'theirs', 'full/new': 'theirs', plain: 'mine' });
    expect(mine).toEqual({ changed: 'mine', deletedThere: 'mine', equal: 'the same', made: 'mine', kind: 'mine', plain: 'mine' });
    expect(said((await rig.api.folderDiff('work')).changes)).toEqual(CONFLICTS);
  });

  it('CO6 mine: the folder gets the workspace\'s; a directory with things of others in it stays', async () => {
    const { disk, result } = await committed('mine');
    expect(said(result.left)).toEqual({ kind: CONFLICTS.kind, full: CONFLICTS.full });
    expect(disk).toEqual({ changed: 'mine', deletedThere: 'mine', equal: 'the same', made: 'mine', 'kind/x': 'theirs', 'full/new': 'theirs', plain: 'mine' });
  });

  it('CO7 theirs: the workspace gets the folder\'s', async () => {
    const { disk, mine, result, rig } = await committed('theirs');
    expect(said(result.left)).toEqual({ kind: CONFLICTS.kind });
    expect(disk).toEqual({ changed: 'theirs', deletedHere: 'theirs', equal: 'the same', made: 'theirs', 'kind/x': 'theirs', 'full/new': 'theirs', plain: 'mine' });
    expect(mine).toEqual({ changed: 'theirs', deletedHere: 'theirs', equal: 'the same', made: 'theirs', kind: 'mine', plain: 'mine' });
    await rig.api.folderRefresh('work');
    expect(await rig.files('/mnt/work')).toMatchObject({ 'full/new': 'theirs' });
  });

  it('CO8 both: the folder\'s keeps its name on both sides, the workspace\'s stands beside it on both', async () => {
    const { folder, disk, mine, rig } = await committed('both');
    expect(disk).toMatchObject({ changed: 'theirs', 'changed (palimpsest)': 'mine', made: 'theirs', 'made (palimpsest)': 'mine', deletedHere: 'theirs', deletedThere: 'mine' });
    expect(mine).toMatchObject({ changed: 'theirs', 'changed (palimpsest)': 'mine', made: 'theirs', 'made (palimpsest)': 'mine', deletedHere: 'theirs', deletedThere: 'mine' });
    await rig.write('/mnt/work/changed', 'mine 2');
    folder.put('changed', 'theirs 2');
    await rig.api.folderCommit('work', { onConflict: { changed: 'both' } });
    expect(folder.contents()).toMatchObject({ changed: 'theirs 2', 'changed (palimpsest)': 'mine', 'changed (palimpsest 2)': 'mine 2' });
  });

  it('CO9 each by its own choice; a choice that is none is EINVAL before anything is written', async () => {
    const { disk, result } = await committed({ changed: 'mine', made: 'theirs' });
    expect(disk).toMatchObject({ changed: 'mine', made: 'theirs', deletedHere: 'theirs' });
    expect(result.left.map(({ path }) => path).toSorted()).toEqual(['deletedHere', 'deletedThere', 'full', 'kind']);
    const { rig, folder } = await conflicting();
    const before = folder.contents();
    await expect(rig.api.folderCommit('work', { onConflict: 'ours' as never })).rejects.toMatchObject({ code: 'EINVAL' });
    expect(folder.contents()).toEqual(before);
  });

  it('CO10 that come up after the comparison are seen before the file is replaced', async () => {
    const rig = await boot();
    const folder = await rig.mount('work', { a: 'old', b: 'old' });
    await rig.write('/mnt/work/a', 'mine');
    await rig.write('/mnt/work/b', 'mine');
    await rig.write('/mnt/work/c', 'mine');
    const write = folder.write.bind(folder);
    folder.write = async (path, content, expected) => {
      if (path !== 'b') folder.put(path, 'theirs, just now');
      return write(path, content, expected);
    };
    const { done, left } = await rig.api.folderCommit('work', { onConflict: 'mine' });
    expect(done.map(({ path }) => path)).toEqual(['b']);
    expect(left.map(({ path }) => path)).toEqual(['a', 'c']);
    expect(folder.contents()).toEqual({ a: 'theirs, just now', b: 'mine', c: 'theirs, just now' });
    expect(said((await rig.api.folderDiff('work')).changes)).toEqual({ a: 'changed both-changed', c: 'added exists-on-disk' });
  });

  it('CO11 of two workspaces on one folder are found as those of any other program', async () => {
    const first = await boot();
    const folder = await first.mount('work', { a: '0', b: '0' });
    const second = await boot();
    second.host.folders.set('work', folder);
    await second.api.folderMount('work', 'work');
    await first.write('/mnt/work/a', 'first');
    await second.write('/mnt/work/a', 'second');
    await second.write('/mnt/work/b', 'second');
    await first.api.folderCommit('work');
    expect(said((await second.api.folderCommit('work')).left)).toEqual({ a: 'changed both-changed' });
    expect(folder.contents()).toEqual({ a: 'first', b: 'second' });
    expect(await first.api.folderRefresh('work')).toMatchObject([{ path: 'b', change: 'changed' }]);
    expect(await first.files('/mnt/work')).toEqual({ a: 'first', b: 'second' });
  });
});

describe('interruptions', () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`f${String(at).padStart(2, '0')}`, `old ${at}`]));

  async function changed(): Promise<{ rig: FolderRig; folder: MemoryProvider }> {
    const rig = await boot();
    const folder = await rig.mount('work', { ...files, gone: 'x', both: 'old' });
    for (const path of Object.keys(files)) await rig.write(`/mnt/work/${path}`, `new ${path}`);
    await rig.api.rm('/mnt/work/gone');
    await rig.write('/mnt/work/both', 'mine');
    folder.put('both', 'theirs');
    return { rig, folder };
  }

  const NEW = { ...Object.fromEntries(Object.keys(files).map((path) => [path, `new ${path}`])), both: 'mine' };

  it('CO12 a permission that goes in the middle stops it; it goes on from there in the next session, with its choices', async () => {
    const { rig, folder } = await changed();
    const write = folder.write.bind(folder);
    let count = 0;
    folder.write = async (path, content, expected) => {
      if (++count === 13) folder.access = 'ask';
      return write(path, content, expected);
    };
    const { done, interrupted } = await rig.api.folderCommit('work', { onConflict: 'mine' });
    expect([done.length, interrupted]).toEqual([12, true]);
    expect(Object.values(folder.contents()).filter((text) => text.startsWith('new') || text === 'mine')).toHaveLength(12);
    folder.access = 'granted';
    await rig.write('/mnt/work/later', 'not part of it');
    const next = kept(await rig.again(false));
    await expect.poll(() => next.api.notices()).toMatchObject([{ id: 'folder-commit:work', action: 'folder-resume', detail: expect.stringContaining('12 of 42') as unknown }]);
    expect(await next.api.folderList()).toMatchObject([{ interrupted: { done: 12, total: 42 } }]);
    expect(await next.api.folderCommit('work', { resume: true })).toMatchObject({ left: [], interrupted: false });
    expect(folder.contents()).toEqual(NEW);
    expect(await next.api.notices()).toEqual([]);
    expect(said((await next.api.folderDiff('work')).changes)).toEqual({ later: 'added' });
    await expect(next.api.folderCommit('work', { resume: true })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('CO13 a kill after any file: what is done is done, nothing is done twice, and nothing is taken for theirs', async () => {
    for (const at of [1, 17, 40, 41]) {
      const { rig, folder } = await changed();
      let count = 0;
      let stop = (): void => {};
      const killed = new Promise<void>((resolve) => { stop = resolve; });
      const never = new Promise<never>(() => {});
      const write = folder.write.bind(folder);
      folder.write = async (path, content, expected) => {
        const stat = await write(path, content, expected);
        if (++count === at) {
          stop();
          await never;
        }
        return stat;
      };
      void rig.api.folderCommit('work', { onConflict: 'mine' });
      await killed;
      folder.write = write;
      const next = kept(await rig.again(false));
      expect(await next.api.folderCommit('work', { resume: true }), String(at)).toMatchObject({ left: [], interrupted: false });
      expect(folder.contents(), String(at)).toEqual(NEW);
      expect(await next.api.folderDiff('work')).toEqual({ changes: [], disk: [], more: false });
    }
  });

  it('CO14 it can be cancelled, and forgotten', async () => {
    const { rig, folder } = await changed();
    const write = folder.write.bind(folder);
    let count = 0;
    folder.write = async (path, content, expected) => {
      if (++count === 5) await rig.api.folderCancel('work');
      return write(path, content, expected);
    };
    const running = rig.api.folderCommit('work');
    await expect(rig.api.folderDiff('work')).rejects.toMatchObject({ code: 'EBUSY' });
    expect(await running).toMatchObject({ interrupted: true });
    expect(Object.values(folder.contents()).filter((text) => text.startsWith('new'))).toHaveLength(4);
    expect(await rig.api.folderList()).toMatchObject([{ interrupted: { done: 4 } }]);
    await rig.api.folderStop('work');
    expect((await rig.api.folderList())[0]).not.toHaveProperty('interrupted');
    expect(await rig.api.notices()).toEqual([]);
  });

  it('CO15 a file that fails is left and said why; the others are committed', async () => {
    const rig = await boot();
    const folder = await rig.mount('work', { a: '1', b: '1' });
    await rig.write('/mnt/work/a', '2');
    await rig.write('/mnt/work/b', '2');
    const write = folder.write.bind(folder);
    folder.write = async (path, content, expected) => {
      if (path === 'a') throw new (await import('../../shared/base/index.ts')).FsError('ENOSPC', 'write', path, { detail: 'the disk is full' });
      return write(path, content, expected);
    };
    expect(await rig.api.folderCommit('work')).toMatchObject({ done: [{ path: 'b' }], left: [{ path: 'a', problem: 'the disk is full' }], interrupted: false });
    expect(folder.contents()).toEqual({ a: '1', b: '2' });
  });

  it('CO16 a file that a program writes to while it is read is not committed in a torn state', async () => {
    const rig = await boot();
    const folder = await rig.mount('work', { a: 'old' });
    await rig.write('/mnt/work/a', 'first');
    const write = folder.write.bind(folder);
    folder.write = async (path, content, expected) => write(path, (async function* torn() {
      for await (const part of content) {
        await rig.write('/mnt/work/a', 'second');
        yield part;
      }
    })(), expected);
    expect(await rig.api.folderCommit('work')).toMatchObject({ done: [], left: [{ path: 'a', problem: expect.stringContaining('meanwhile') as unknown }] });
    expect(folder.contents()).toEqual({ a: 'old' });
    expect(await rig.read('/mnt/work/a')).toBe('second');
  });

  it('CO17 the mount\'s directory itself being gone commits nothing', async () => {
    const rig = await boot();
    const folder = await rig.mount('work', { a: '1' });
    await rig.api.rename('/mnt/work', '/mnt/other');
    await expect(rig.api.folderCommit('work')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(folder.contents()).toEqual({ a: '1' });
    await rig.api.folderUnmount('work');
    expect(await rig.read('/mnt/other/a')).toBe('1');
  });
});
