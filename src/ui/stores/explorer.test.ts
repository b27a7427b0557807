import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DirEntry, ExploreEntry, ProcessView, SearchHit } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { LOADED_MAX } from './read-directory.ts';
import { Explorer, freeName, type ExplorerApi } from './explorer.ts';

/** A directory tree in a map, with counters, in place of the kernel's. */
function world(directories: Record<string, DirEntry[]>) {
  const calls = { list: 0, entries: 0, stopped: 0 };
  const at = (path: string): DirEntry[] => {
    const entries = directories[path];
    if (!entries) throw new FsError('ENOENT', 'readdir', path);
    return entries;
  };
  const entryOf = (path: string): ExploreEntry | null => {
    const cut = path.lastIndexOf('/');
    const entry = directories[path.slice(0, cut) || '/']?.find((candidate) => candidate.name === path.slice(cut + 1));
    return entry ? { ...entry, mtime: 0 } : null;
  };
  const pageSize = { size: 2048 };
  const process: ProcessView = { pid: 7, name: 'seer', cwd: '/', mounts: [], script: [], directories: [] };
  const hits: SearchHit[] = [];
  const api: ExplorerApi = {
    exploreList: async (path, { after = 0, pid } = {}) => {
      calls.list++;
      if (pid !== undefined && pid !== process.pid) throw new FsError('ESRCH', 'explore', String(pid));
      const all = at(path);
      const end = after + pageSize.size;
      return { entries: all.slice(after, end).map((entry) => ({ ...entry, mtime: 0 })), next: end < all.length ? end : null, total: all.length };
    },
    exploreEntries: async (paths) => {
      calls.entries++;
      return paths.map(entryOf);
    },
    exploreSearch: async () => ({ id: 1, hits: hits.slice(0, 1), matched: 1, visited: 10, done: hits.length < 2, bounded: false }),
    exploreSearchMore: async () => ({ id: 1, hits: hits.slice(1), matched: hits.length, visited: 20, done: true, bounded: false }),
    exploreSearchStop: async () => void calls.stopped++,
    exploreBatch: async () => ({ run: 0, done: 0, failed: [] }),
    exploreProcess: async (pid) => {
      if (pid !== process.pid) throw new FsError('ESRCH', 'explore', String(pid));
      return process;
    },
    changes: async () => [{ path: '/home/new.txt', origin: 'new' as const, kind: 'file' as const, size: 3 }],
    layerDiff: async (name) => ({
      more: name === 'large',
      changes: [
        { path: '/home/moved', from: '/home/was', change: 'renamed', kind: 'file', size: 1, sizeBefore: 1, mtime: 0, mtimeBefore: 0, content: false },
        { path: '/etc/gone', change: 'deleted', kind: 'file', size: 0, sizeBefore: 1, mtime: 0, mtimeBefore: 0, content: true },
      ],
    }),
  };
  const frames: (() => void)[] = [];
  const explorer = new Explorer(api, (work) => void frames.push(work));
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 60; turn++) await Promise.resolve();
    for (const frame of frames.splice(0)) frame();
  };
  const paths = (): string[] => [...explorer.store.getState().rows].map((row) => row.path);
  return { calls, explorer, settle, paths, directories, frames, hits, pageSize };
}

const file = (name: string, size = 1): DirEntry => ({ name, kind: 'file', size, origin: 'new' });
const home = (): Record<string, DirEntry[]> => ({
  '/': [{ name: 'home', kind: 'directory', size: 0, origin: 'base' }], '/home': [file('a')],
});

describe('Explorer', () => {
  it('reads a directory when it is expanded', async () => {
    const { explorer, settle, paths } = world(home());
    await explorer.openFirst();
    await settle();
    expect(paths()).toEqual(['/', '/home', '/home/a']);
  });

  it('updates single entries without reading the directory again, in one frame', async () => {
    const { explorer, settle, paths, directories, calls } = world(home());
    await explorer.openFirst();
    await settle();
    const reads = calls.list;
    directories['/home'] = [file('b', 9)];
    explorer.changed({ changes: [{ path: '/home/b', op: 'create', pid: 1 }, { path: '/home/a', op: 'unlink', pid: 1 }], overflow: false });
    await settle();
    await settle();
    expect(paths()).toEqual(['/', '/home', '/home/b']);
    expect(explorer.find('/home/b')?.size).toBe(9);
    expect(calls.list).toBe(reads);
  });

  it('reads a directory again that changed while it was being read', async () => {
    const { explorer, settle, paths, directories } = world(home());
    await explorer.load('/');
    const loading = explorer.load('/home');
    expect(explorer.load('/home')).toBe(loading);
    directories['/home'] = [file('late')];
    explorer.changed({ changes: [{ path: '/home/late', op: 'create', pid: 1 }], overflow: false });
    await loading;
    await explorer.reveal('/home/late');
    await settle();
    expect(paths()).toEqual(['/', '/home', '/home/late']);
  });

  it('reads loaded directories again after an overflow', async () => {
    const { explorer, settle, paths, directories } = world(home());
    await explorer.openFirst();
    await settle();
    directories['/home'] = [file('x')];
    explorer.changed({ changes: [], overflow: true });
    await settle();
    expect(paths()).toEqual(['/', '/home', '/home/x']);
  });

  it('glows on the nearest visible row', async () => {
    const { explorer, settle } = world(home());
    await explorer.openFirst();
    await settle();
    explorer.wasRead({ paths: ['/home/deep/er'] });
    expect(explorer.find('/home')).toMatchObject({ glow: 'read', glows: 1 });
  });

  it('shows changes as a tree', async () => {
    const { explorer, settle, paths } = world(home());
    explorer.setView('changes');
    await settle();
    expect(paths()).toEqual(['/', '/home', '/home/new.txt']);
    expect(explorer.find('/home/new.txt')?.origin).toBe('new');
  });

  it('keeps the error of a directory that cannot be read', async () => {
    const { explorer, directories } = world(home());
    delete directories['/home'];
    await explorer.openFirst();
    await explorer.load('/home');
    expect(explorer.find('/home')?.error).toContain('ENOENT');
  });
});

describe('large directories', () => {
  it('come in pages, and are bounded by a row that says how much is left', async () => {
    const { explorer, settle, paths, directories } = world(home());
    directories['/home'] = Array.from({ length: 150_000 }, (_, index) => file(`f${index}`));
    await explorer.openFirst();
    await settle();
    expect(explorer.store.getState().rows.length).toBe(2 + LOADED_MAX + 352 + 1);
    expect(paths().at(-1)).toBe('/home/\0');
    expect(explorer.find('/home/\0')?.more).toBe(150_000 - LOADED_MAX - 352);
  });

  it('a thousand changes are asked for at once, and drawn in one frame', async () => {
    const { explorer, settle, directories, calls, frames } = world(home());
    await explorer.openFirst();
    await settle();
    const before = { ...calls };
    directories['/home'] = Array.from({ length: 1000 }, (_, index) => file(`f${index}`));
    explorer.changed({ changes: directories['/home'].map(({ name }) => ({ path: `/home/${name}`, op: 'create', pid: 1 })), overflow: false });
    for (let turn = 0; turn < 60; turn++) await Promise.resolve();
    expect(frames).toHaveLength(1);
    await settle();
    expect(calls.entries - before.entries).toBeLessThanOrEqual(2);
    expect(calls.list).toBe(before.list);
    expect(explorer.store.getState().rows.length).toBe(1003);
  });

  it('after an overflow only the directories that it names are read again', async () => {
    const { explorer, settle, paths, directories, calls } = world({ ...home(), '/etc': [] });
    await explorer.openFirst();
    await settle();
    const before = calls.list;
    directories['/home'] = [file('x')];
    explorer.changed({ changes: [], overflow: true, within: ['/home', '/not/loaded'] });
    await settle();
    expect(paths()).toEqual(['/', '/home', '/home/x']);
    expect(calls.list - before).toBe(1);
  });
});

describe('rows that are chosen', () => {
  const many = (): Record<string, DirEntry[]> => ({ ...home(), '/home': ['a', 'b', 'c', 'd'].map((name) => file(name)) });
  const names = (explorer: Explorer): string[] => explorer.chosen().map(({ path }) => path);

  it('are one, some, or all from one to another', async () => {
    const { explorer, settle } = world(many());
    await explorer.openFirst();
    await settle();
    explorer.activate('/home/b');
    explorer.chooseTo(explorer.find('/home/d')!);
    expect(names(explorer)).toEqual(['/home/b', '/home/c', '/home/d']);
    explorer.chooseTo(explorer.find('/home/a')!);
    expect(names(explorer)).toEqual(['/home/a', '/home/b']);
    explorer.toggleChosen('/home/d');
    expect(names(explorer)).toEqual(['/home/a', '/home/b', '/home/d']);
    explorer.toggleChosen('/home/d');
    explorer.focusRow('/home/c');
    expect(names(explorer)).toEqual(['/home/c']);
  });

  it('mean nothing twice: what is in a chosen directory goes with it, and the root never', async () => {
    const { explorer, settle } = world(many());
    await explorer.openFirst();
    await settle();
    explorer.activate('/home');
    explorer.chooseAll();
    expect(names(explorer)).toEqual(['/home']);
    explorer.activate('/');
    expect(names(explorer)).toEqual([]);
  });

  it('where the active one goes, its neighbour is active', async () => {
    const { explorer, settle, directories } = world(many());
    await explorer.openFirst();
    explorer.activate('/home/b');
    await settle();
    directories['/home'] = [file('a'), file('c'), file('d')];
    explorer.changed({ changes: [{ path: '/home/b', op: 'unlink', pid: 0 }], overflow: false });
    await settle();
    expect(explorer.store.getState().active).toBe('/home/c');
  });
});

describe('other views', () => {
  it('a layer: what it covers and holds', async () => {
    const { explorer, settle, paths } = world(home());
    explorer.setView('layer:large');
    await settle();
    expect(paths()).toEqual(['/', '/etc', '/etc/gone', '/home', '/home/moved', '/home/was']);
    expect([explorer.find('/home/was')?.origin, explorer.find('/home/moved')?.origin, explorer.find('/etc/gone')?.origin]).toEqual(['deleted', 'new', 'deleted']);
    expect(explorer.store.getState().viewMore).toBe(true);
  });

  it('a process: what it sees, also after its end; one that has ended before is said so', async () => {
    const { explorer, settle, paths } = world(home());
    await explorer.openFirst();
    explorer.setView('process:7');
    await settle();
    expect(explorer.store.getState().process).toMatchObject({ pid: 7, ended: false });
    expect(paths()).toEqual(['/', '/home', '/home/a']);
    explorer.processEnded(7);
    expect(explorer.store.getState().process?.ended).toBe(true);
    explorer.setView('process:8');
    await settle();
    expect(explorer.store.getState().viewError).toContain('ESRCH');
    explorer.setView('merged');
    await settle();
    expect(explorer.store.getState()).toMatchObject({ viewError: null, process: null });
    expect(paths()).toEqual(['/', '/home', '/home/a']);
  });

  it('of views that are chosen quickly the last one is shown', async () => {
    const { explorer, settle, paths } = world(home());
    await explorer.openFirst();
    for (const view of ['changes', 'process:7', 'layer:x', 'merged', 'layer:x'] as const) explorer.setView(view);
    await settle();
    expect(explorer.store.getState()).toMatchObject({ view: 'layer:x', process: null });
    expect(paths()).toContain('/etc/gone');
  });
});

describe('the filter', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const hit = (path: string, score: number): SearchHit => ({ path, name: path.slice(path.lastIndexOf('/') + 1), kind: 'file', size: 1, origin: 'new', mtime: 0, score });

  it('shows what was found with what is above it, marked, and all again when it is cleared', async () => {
    const { explorer, settle, paths, hits } = world(home());
    hits.push(hit('/deep/er/needle', 100), hit('/home/needles', 50));
    await explorer.openFirst();
    explorer.setFilter('need');
    await vi.advanceTimersByTimeAsync(300);
    await settle();
    expect(paths()).toEqual(['/', '/deep', '/deep/er', '/deep/er/needle', '/home', '/home/needles']);
    expect(explorer.store.getState().search).toMatchObject({ shown: 2, matched: 2, done: true });
    expect(explorer.marks(explorer.find('/home/needles')!)).toEqual([0, 1, 2, 3]);
    explorer.setFilter('  ');
    await settle();
    expect(explorer.store.getState().search).toBeNull();
    expect(paths()).toEqual(['/', '/home', '/home/a']);
  });

  it('of what is typed quickly only the last is searched for', async () => {
    const { explorer, settle, paths, hits } = world(home());
    await explorer.openFirst();
    for (const text of ['n', 'ne', 'nee']) explorer.setFilter(text);
    hits.push(hit('/home/nee', 1));
    await vi.advanceTimersByTimeAsync(300);
    await settle();
    expect(paths()).toEqual(['/', '/home', '/home/nee']);
  });

  it('takes what comes and goes meanwhile', async () => {
    const { explorer, settle, paths, hits, directories } = world(home());
    hits.push(hit('/home/needle', 1));
    await explorer.openFirst();
    explorer.setFilter('needle origin:new');
    await vi.advanceTimersByTimeAsync(300);
    directories['/home'] = [file('needle-2')];
    explorer.changed({ changes: [{ path: '/home/needle', op: 'unlink', pid: 1 }, { path: '/home/needle-2', op: 'create', pid: 1 }, { path: '/home/other', op: 'create', pid: 1 }], overflow: false });
    await vi.advanceTimersByTimeAsync(300);
    await settle();
    expect(paths()).toEqual(['/', '/home', '/home/needle-2']);
  });

  it('of a view that is loaded whole looks there', async () => {
    const { explorer, settle, paths } = world(home());
    explorer.setView('layer:x');
    await settle();
    explorer.setFilter('origin:deleted gone');
    await vi.advanceTimersByTimeAsync(300);
    await settle();
    expect(paths()).toEqual(['/', '/etc', '/etc/gone']);
  });
});

describe('freeName', () => {
  it('counts before the extension', () => {
    expect(freeName('a.txt', new Set(['a.txt', 'a-2.txt']))).toBe('a-3.txt');
    expect(freeName('.rc', new Set(['.rc']))).toBe('.rc-2');
    expect(freeName('b', new Set())).toBe('b');
  });
});

describe('the past', () => {
  const past = (): Record<string, DirEntry[]> => ({
    ...home(), '/history/3': [{ name: 'home', kind: 'directory', size: 0, origin: 'mount' }, { name: 'old', kind: 'directory', size: 0, origin: 'mount' }],
    '/history/3/home': [file('a'), file('gone')], '/history/3/old': [file('x')],
    '/history/2': [{ name: 'home', kind: 'directory', size: 0, origin: 'mount' }], '/history/2/home': [],
  });

  it('is shown with what is open now, and follows the point', async () => {
    const { explorer, settle, paths } = world(past());
    await explorer.openFirst();
    await explorer.setPoint(3);
    await settle();
    expect(paths()).toEqual(['/', '/home', '/home/a', '/home/gone', '/old']);
    expect(explorer.pathOf('/home/gone')).toBe('/history/3/home/gone');
    await explorer.setPoint(2);
    await settle();
    expect(paths()).toEqual(['/', '/home']);
    await explorer.setPoint(null);
    await settle();
    expect(paths()).toEqual(['/', '/home', '/home/a']);
    expect(explorer.pathOf('/home/a')).toBe('/home/a');
  });

  it('reads a directory that is opened in it, at its own point', async () => {
    const { explorer, settle, paths } = world(past());
    await explorer.openFirst();
    await explorer.setPoint(3);
    await settle();
    explorer.setExpanded(explorer.find('/old')!, true);
    await settle();
    await settle();
    expect(paths()).toContain('/old/x');
  });

  it('shows the last of many points, and reads no more than it must', async () => {
    const { explorer, settle, paths, calls, directories } = world(past());
    for (let point = 10; point < 60; point++) directories[`/history/${point}`] = [file(`at-${point}`)];
    await explorer.openFirst();
    const before = calls.list;
    const moves = Array.from({ length: 50 }, (_, at) => explorer.setPoint(10 + at));
    await Promise.all(moves);
    await settle();
    await settle();
    expect(paths()).toEqual(['/', '/at-59']);
    expect(calls.list - before).toBeLessThan(10);
  });

  it('does not glow with what is written now, and says where a point is not kept', async () => {
    const { explorer, settle, paths } = world(past());
    await explorer.openFirst();
    await explorer.setPoint(1);
    await settle();
    expect(paths()).toEqual(['/']);
    expect(explorer.find('/')?.error).toContain('ENOENT');
    explorer.changed({ changes: [{ path: '/home/a', op: 'write', pid: 1 }], overflow: false });
    await settle();
    expect(explorer.find('/')?.glow).toBeNull();
  });
});
