import { describe, expect, it } from 'vitest';
import type { DirEntry, Stat } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { Explorer, freeName } from './explorer.ts';

/** A directory tree in a map, with counters, in place of the kernel's tree. */
function world(directories: Record<string, DirEntry[]>) {
  const calls = { readdir: 0, lstat: 0 };
  const api = {
    readdir: async (path: string) => {
      calls.readdir++;
      const entries = directories[path];
      if (!entries) throw new FsError('ENOENT', 'readdir', path);
      return entries;
    },
    lstat: async (path: string): Promise<Stat> => {
      calls.lstat++;
      const cut = path.lastIndexOf('/');
      const entry = directories[path.slice(0, cut) || '/']?.find((candidate) => candidate.name === path.slice(cut + 1));
      if (!entry) throw new FsError('ENOENT', 'lstat', path);
      return { ...entry, dev: 1, ino: 1, nlink: 1, atime: 0, mtime: 0, ctime: 0 };
    },
    changes: async () => [{ path: '/home/new.txt', origin: 'new' as const, kind: 'file' as const, size: 3 }],
  };
  const frames: (() => void)[] = [];
  const explorer = new Explorer(api, (work) => void frames.push(work));
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    for (const frame of frames.splice(0)) frame();
  };
  const paths = (): string[] => explorer.store.getState().rows.map((row) => row.path);
  return { calls, explorer, settle, paths, directories };
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
    const reads = calls.readdir;
    directories['/home'] = [file('b', 9)];
    explorer.changed({ changes: [{ path: '/home/b', op: 'create', pid: 1 }, { path: '/home/a', op: 'unlink', pid: 1 }], overflow: false });
    await settle();
    await settle();
    expect(paths()).toEqual(['/', '/home', '/home/b']);
    expect(explorer.find('/home/b')?.size).toBe(9);
    expect(calls.readdir).toBe(reads);
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
    const before = calls.readdir;
    const moves = Array.from({ length: 50 }, (_, at) => explorer.setPoint(10 + at));
    await Promise.all(moves);
    await settle();
    await settle();
    expect(paths()).toEqual(['/', '/at-59']);
    expect(calls.readdir - before).toBeLessThan(10);
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
