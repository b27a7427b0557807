import { afterEach, describe, expect, it } from 'vitest';
import { MemoryDisk } from '../kernel/storage/index.ts';
import type { HistoryCalls, WorkspaceApi } from '../shared/abi/index.ts';
import { Machine } from './machine.ts';

const EMPTY = { version: 1 as const, entries: [{ path: '/home', kind: 'directory' as const }] };
let machine: Machine;
afterEach(() => machine?.dispose());

async function boot(disk = new MemoryDisk(), manifest?: typeof EMPTY): Promise<HistoryCalls & Machine['api']> {
  machine = await Machine.boot(manifest ? { disk, manifest } : { disk });
  return machine.api as HistoryCalls & Machine['api'];
}

describe('entries, runs and writers', () => {
  it('HP1 HW1 tells runs with their programs, also in the next session', { timeout: 30_000 }, async () => {
    const disk = new MemoryDisk();
    let api = await boot(disk);
    await machine.write('/home/mine', 'by hand');
    await machine.run('/bin/coreutils', ['cp', '/home/mine', '/home/copy']);
    await machine.run('/bin/coreutils', ['mv', '/home/copy', '/home/moved']);
    const before = await api.historyRuns();
    expect(before.slice(0, 2).map(({ kind, name, args }) => [kind, name, args])).toEqual([
      ['program', 'coreutils', ['mv', '/home/copy', '/home/moved']], ['program', 'coreutils', ['cp', '/home/mine', '/home/copy']],
    ]);
    await machine.dispose();
    api = await boot(disk);
    const runs = await api.historyRuns();
    expect(runs).toEqual(before);
    expect(runs.at(-1)).toMatchObject({ run: 0, kind: 'user' });
    const [move, copy] = runs;
    const { entries } = await api.historyEntries({ run: move!.run });
    expect(entries.map(({ op, path, to }) => [op, path, to])).toEqual([['rename', '/home/copy', '/home/moved']]);
    expect(new Set((await api.historyEntries({ path: '/home/mine' })).entries.map(({ run }) => run))).toEqual(new Set([0]));
    expect((await api.historyWriters('/home/moved')).map(({ run, name }) => [run, name])).toContainEqual([copy!.run, 'coreutils']);
    const page = await api.historyEntries({ limit: 2 });
    expect(page).toMatchObject({ more: true, entries: { length: 2 } });
    expect((await api.historyEntries({ before: page.entries[1]!.seq, limit: 1 })).entries[0]!.seq).toBe(page.entries[1]!.seq - 1);
  });

  it('HW2 a line is whose program wrote it last, through a save by rename', async () => {
    const api = await boot(new MemoryDisk(), EMPTY);
    await machine.write('/home/f', 'one\ntwo\nthree\n');
    const first = (await api.historyEntries({ path: '/home/f', limit: 1 })).entries[0]!.seq;
    await machine.write('/home/.f.swp', 'zero\none\ntwo, changed\nthree\n');
    await api.rename('/home/.f.swp', '/home/f');
    const ranges = await api.historyBlame('/home/f');
    expect(ranges.map(({ from, count, name }) => [from, count, name])).toEqual([[1, 1, 'you'], [2, 1, 'you'], [3, 1, 'you'], [4, 1, 'you']]);
    expect(ranges.map(({ seq }) => seq === first)).toEqual([false, true, false, true]);
    await expect(api.historyBlame('/home')).rejects.toMatchObject({ code: 'EINVAL' });
    await machine.write('/home/bin', 'a\0b');
    await expect(api.historyBlame('/home/bin')).rejects.toMatchObject({ code: 'EINVAL' });
  });
});

describe('points and differences', () => {
  it('HP2 names points; what is none is refused', async () => {
    const api = await boot(new MemoryDisk(), EMPTY);
    await machine.write('/home/a', '1');
    const snapshot = await api.historySnapshot('first');
    await machine.write('/home/a', '22');
    await machine.write('/home/b', 'new');
    await api.rename('/home/b', '/home/c');
    expect(await api.historySnapshots()).toEqual([snapshot]);
    const { changes } = await api.historyDiff('first', 'now');
    expect(changes.map(({ path, change, size, sizeBefore, content }) => [path, change, size, sizeBefore, content])).toEqual([
      ['/home/a', 'changed', 2, 1, true], ['/home/c', 'added', 3, 0, true],
    ]);
    expect((await api.historyDiff('now', 'first', '/home/c')).changes.map(({ path, change }) => [path, change])).toEqual([['/home/c', 'deleted']]);
    for (const name of ['first']) await expect(api.historySnapshot(name)).rejects.toMatchObject({ code: 'EEXIST' });
    for (const name of ['', 'now', '7', 'a/b', 'a'.repeat(65), '..']) await expect(api.historySnapshot(name)).rejects.toMatchObject({ code: 'EINVAL' });
    for (const point of ['nothing', 1e6]) await expect(api.historyDiff(point, 'now')).rejects.toMatchObject({ code: 'ENOENT' });
    for (const point of [-1, 0.5, NaN, {} as never, null as never]) await expect(api.historyDiff(point, 'now')).rejects.toMatchObject({ code: 'EINVAL' });
    await api.historyDropSnapshot('first');
    await expect(api.historyDropSnapshot('first')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(api.historyEntries('x' as never)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(api.historyEntries({ limit: -1 })).rejects.toMatchObject({ code: 'EINVAL' });
  });
});

describe('the past as files', () => {
  it('HS1 programs and the window read /history', { timeout: 30_000 }, async () => {
    const api = await boot();
    await machine.write('/home/f', 'first\n');
    await api.historySnapshot('one');
    await machine.write('/home/f', 'second\n');
    await api.rm('/home/welcome.md');
    const { entry } = (await api.historySnapshots())[0]!;
    expect((await machine.run('/bin/coreutils', ['cat', `/history/${entry}/home/f`, '/history/one/home/f', '/home/f'])).stdout).toBe('first\nfirst\nsecond\n');
    expect((await machine.run('/bin/coreutils', ['ls', '/history', '/history/one/home'])).stdout).toMatch(/one[^]*welcome\.md/);
    expect((await machine.run('/bin/coreutils', ['ls', '/history/now/home'])).stdout).not.toMatch(/welcome/);
    expect(await machine.read('/history/one/home/welcome.md')).toMatch(/./);
    expect(await api.readdir('/history/one')).toContainEqual(expect.objectContaining({ name: 'home', kind: 'directory' }));
    expect((await machine.run('/bin/coreutils', ['cp', '/history/one/home/welcome.md', '/home/again'])).code).toBe(0);
    for (const args of [['rm', '/history/one/home/f'], ['touch', '/history/one/x'], ['mkdir', '/history/x']]) {
      expect((await machine.run('/bin/coreutils', args)).code).not.toBe(0);
    }
    await expect(api.writeFile('/history/one/home/f', new Uint8Array(1))).rejects.toMatchObject({ code: 'EROFS' });
    expect((await machine.run('/bin/coreutils', ['cat', '/history/99999/home/f'])).stderr).toMatch(/No such file/i);
  });
});

describe('undo and restore', () => {
  it('MG1 MG4 takes back what a program did, through the window', { timeout: 30_000 }, async () => {
    const api = await boot();
    await machine.write('/home/f', 'mine');
    const point = (await api.historyEntries({ limit: 1 })).entries[0]!.seq;
    await machine.run('/bin/coreutils', ['rm', '/home/welcome.md', '/home/f']);
    await machine.run('/bin/coreutils', ['mkdir', '/home/made']);
    const [made, removed] = await api.historyRuns({ limit: 2 });
    const undone = await api.historyUndo({ run: removed!.run });
    expect(undone).toMatchObject({ conflicts: [] });
    expect(undone.changed.sort()).toEqual(['/home/f', '/home/welcome.md']);
    expect(await machine.read('/home/f')).toBe('mine');
    expect(await machine.read('/home/welcome.md')).toBe(await machine.read(`/history/${point}/home/welcome.md`));
    expect((await api.historyRuns({ limit: 1 }))[0]).toMatchObject({ run: undone.run, kind: 'undo', name: `undo of run ${removed!.run}` });
    expect((await api.historyUndo({ run: undone.run })).conflicts).toEqual([]);
    await expect(api.stat('/home/f')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await api.historyRestore('/home', point)).toMatchObject({ conflicts: [] });
    expect((await api.historyDiff(point, 'now', '/home')).changes).toEqual([]);
    await expect(api.stat('/home/made')).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await api.historyUndo({ run: made!.run })).run).toBe(0);
    for (const target of [null, {}, { run: 'x' }, { entry: -1 }]) await expect(api.historyUndo(target as never)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(api.historyUndo({ run: made!.run }, { onConflict: 'x' as never })).rejects.toMatchObject({ code: 'EINVAL' });
  });
});

describe('a script and what it started', () => {
  it('MG10 HP1 is taken back as one, with what its pipes and copies did', { timeout: 30_000 }, async () => {
    const api = await boot();
    await machine.write('/home/letters', 'b\na\n');
    await machine.write('/home/script', 'echo own > own\nsort letters | tee sorted > again\ncp letters copy\nsh -c "cp copy deep; rm welcome.md"\n');
    const point = (await api.historyEntries({ limit: 1 })).entries[0]!.seq;
    const { run, code, changes } = await machine.run('/bin/sh', ['script'], { name: 'sh', cwd: '/home' });
    expect(code).toBe(0);
    expect(changes).toMatchObject({ written: expect.arrayContaining(['/home/own', '/home/sorted', '/home/again', '/home/copy', '/home/deep']), deleted: ['/home/welcome.md'] });
    await machine.run('/bin/coreutils', ['cp', '/home/letters', '/home/other']);
    const family = await api.historyRuns({ run: run!, children: true });
    expect(family.length).toBeGreaterThan(2);
    expect(family.filter((each) => each.run !== run).every(({ ancestors }) => ancestors?.at(-1) === run)).toBe(true);
    const alone = await api.historyUndo({ run: run! }, { dryRun: true });
    expect(alone.changed).not.toContain('/home/copy');
    const undone = await api.historyUndo({ run: run!, children: true });
    expect(undone.conflicts).toEqual([]);
    expect((await api.historyDiff(point, 'now')).changes.map(({ path, change }) => [path, change])).toEqual([['/home/other', 'added']]);
    expect((await api.historyUndo({ run: undone.run })).conflicts).toEqual([]);
    expect(await machine.read('/home/sorted')).toBe('a\nb\n');
    for (const children of ['yes', 1, null]) {
      await expect(api.historyUndo({ run: run!, children: children as never })).rejects.toMatchObject({ code: 'EINVAL' });
      await expect(api.historyRuns({ run: run!, children: children as never })).rejects.toMatchObject({ code: 'EINVAL' });
    }
  });
});

describe('merges', () => {
  it('SE12 MG3 a session is merged by reference; what both changed is a conflict, and the session stays', { timeout: 30_000 }, async () => {
    const api = (await boot()) as unknown as WorkspaceApi & Machine['api'];
    await api.mkdir('/home/d');
    await machine.write('/home/d/a', 'one\0');
    await machine.write('/home/d/b', 'two\0');
    const { overlay } = await machine.run('/bin/sh', ['-c', 'cd /home/d; echo changed > a; echo new > c; mkdir e; mv b e/b; rm /home/welcome.md'], { overlay: 'session' });
    await api.rename('/home/d', '/home/moved');
    expect(await api.layerMerge(overlay!, { dryRun: true })).toMatchObject({ run: 0, conflicts: [] });
    await machine.write('/home/moved/a', 'mine\0');
    const clash = await api.layerMerge(overlay!);
    expect(clash.conflicts.map(({ path, reason }) => [path, reason])).toEqual([['/home/moved/a', 'changed-later']]);
    expect((await api.readdir('/home/moved')).map(({ name }) => name).sort()).toEqual(['a', 'c', 'e']);
    expect(await machine.read('/home/moved/e/b')).toBe('two\0');
    expect((await api.historyRuns({ limit: 1 }))[0]).toMatchObject({ run: clash.run, kind: 'merge', name: `merge of ${overlay}` });
    const taken = await api.layerMerge(overlay!, { onConflict: 'theirs' });
    expect(taken.conflicts).toEqual([]);
    expect(await machine.read('/home/moved/a')).toBe('changed\n');
    expect((await api.layerList()).some(({ name }) => name === overlay)).toBe(false);
    expect((await api.historyUndo({ run: clash.run })).conflicts).toEqual([]);
    expect((await api.readdir('/home/moved')).map(({ name }) => name).sort()).toEqual(['a', 'b']);
  });
});

describe('what the past costs', () => {
  it('HR3 HR5 is told and trimmed through the window', async () => {
    const api = await boot(new MemoryDisk(), EMPTY);
    for (let i = 0; i < 5; i++) await api.writeFile('/home/f', new Uint8Array(100_000).fill(i + 1));
    const before = await api.historyCost();
    expect(before).toMatchObject({ oldest: 1, past: expect.any(Number), present: expect.any(Number) });
    const { entries } = await api.historyEntries({ limit: 1 });
    const { freed, cost } = await api.historyTrim(entries[0]!.seq);
    expect(freed).toBeGreaterThan(300_000);
    expect(cost).toMatchObject({ entries: 0, past: 0, oldest: entries[0]!.seq + 1 });
    await expect(api.readdir('/history/0')).rejects.toMatchObject({ code: 'ENOENT' });
    await api.historySetRetention({ age: null, entries: 10, bytes: null });
    expect(await api.historyRetention()).toEqual({ age: null, entries: 10, bytes: null });
    await expect(api.historySetRetention({ age: 'x' } as never)).rejects.toMatchObject({ code: 'EINVAL' });
    expect(await machine.read('/home/f')).toHaveLength(100_000);
  });
});
