import { beforeEach, describe, expect, test } from 'vitest';
import { FsError } from '../../shared/base/index.ts';
import { DevService } from '../services/dev/index.ts';
import { MemoryService } from '../services/memory/index.ts';
import { Namespace, NamespaceFiles } from './index.ts';

let now = 1n;
const clock = { realtime: () => now++, monotonic: () => 0 };
const bytes = (text: string) => new TextEncoder().encode(text);
let files: NamespaceFiles;
let namespace: Namespace;
let other: MemoryService;

beforeEach(async () => {
  namespace = Namespace.of(new MemoryService({ dev: 1, clock }));
  files = new NamespaceFiles(namespace);
  other = new MemoryService({ dev: 2, clock });
  await namespace.mount(other, '/other', { makeDirectory: true });
  await namespace.mount(new DevService({ dev: 3, clock, random: { fill: () => {} } }), '/dev', { makeDirectory: true });
  await files.mkdir('/d/e', { recursive: true });
  await files.writeFile('/d/f', bytes('hello'));
});

const read = async (path: string) => new TextDecoder().decode(await files.readFile(path));

async function failure(action: Promise<unknown>): Promise<FsError> {
  try {
    await action;
  } catch (error) {
    if (error instanceof FsError) return error;
    throw error;
  }
  throw new Error('no failure');
}

describe('reading', () => {
  test('whole files, ranges, and large ones', async () => {
    expect(await read('/d/f')).toBe('hello');
    expect([...(await files.readRange('/d/f', 1, 3))]).toEqual([...bytes('ell')]);
    expect((await files.readRange('/d/f', 10, 3)).length).toBe(0);
    const large = new Uint8Array(5_000_000).map((_, at) => at % 251);
    await files.writeFile('/large', large);
    const equal = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, at) => byte === b[at]);
    expect(equal(await files.readFile('/large'), large)).toBe(true);
    expect(equal(await files.readRange('/large', 1_000_000, 2_500_000), large.slice(1_000_000, 3_500_000))).toBe(true);
    expect((await failure(files.readRange('/d/f', -1, 1))).code).toBe('EINVAL');
  });

  test('ranges are written into what is there', async () => {
    await files.writeFile('/ranges', bytes('hello'));
    await files.writeRange('/ranges', 3, bytes('p me'));
    await files.writeRange('/ranges', 9, bytes('!'));
    expect(await read('/ranges')).toBe('help me\0\0!');
    expect((await failure(files.writeRange('/none', 0, bytes('x')))).code).toBe('ENOENT');
    expect((await failure(files.writeRange('/d', 0, bytes('x')))).code).toBe('EISDIR');
    expect((await failure(files.writeRange('/ranges', -1, bytes('x')))).code).toBe('EINVAL');
  });

  test('a device without end is not read whole', async () => {
    expect((await failure(files.readFile('/dev/zero'))).code).toBe('EFBIG');
    expect((await files.readRange('/dev/zero', 0, 2_000_000)).length).toBe(2_000_000);
    expect((await files.readFile('/dev/null')).length).toBe(0);
  });

  test('NS12: listings show mounts', async () => {
    const rows = await files.readdir('/');
    expect(rows.sort((a, b) => a.name.localeCompare(b.name))).toMatchObject([
      { name: 'd', kind: 'directory', origin: 'memory', size: 2 },
      { name: 'dev', kind: 'directory', origin: 'mount' },
      { name: 'other', kind: 'directory', origin: 'mount', size: 0 },
    ]);
    expect((await files.readdir('/dev')).map((row) => row.origin)).toContain('device');
    expect((await files.stat('/other')).origin).toBe('mount');
    expect(await files.readdir('/other')).toEqual([]);
  });

  test('stat gives milliseconds; lstat is about the link', async () => {
    await files.symlink('d/f', '/link');
    expect(await files.stat('/link')).toMatchObject({ kind: 'file', size: 5 });
    expect(await files.lstat('/link')).toMatchObject({ kind: 'symlink', size: 3 });
    expect(await files.readlink('/link')).toBe('d/f');
    expect((await failure(files.readlink('/d/f'))).code).toBe('EINVAL');
  });
});

describe('writing', () => {
  test('NS16: creates, replaces, goes through links, never a directory', async () => {
    await files.writeFile('/d/f', bytes('x'));
    expect(await read('/d/f')).toBe('x');
    await files.symlink('d/new', '/dangling');
    await files.writeFile('/dangling', bytes('made'));
    expect(await read('/d/new')).toBe('made');
    expect((await failure(files.writeFile('/d', bytes('x')))).code).toBe('EISDIR');
    expect((await failure(files.writeFile('/none/x', bytes('x')))).code).toBe('ENOENT');
    expect((await failure(files.writeFile('/fresh/', bytes('x')))).code).toBe('ENOENT');
  });

  test('a source of slices is written as it comes', async () => {
    const blob = new Blob([new Uint8Array(2_500_000).fill(7)]);
    await files.writeFile('/blob', blob);
    expect((await files.stat('/blob')).size).toBe(2_500_000);
  });

  test('mkdir', async () => {
    await files.mkdir('/m/');
    expect((await failure(files.mkdir('/m'))).code).toBe('EEXIST');
    expect((await failure(files.mkdir('/'))).code).toBe('EEXIST');
    expect((await failure(files.mkdir('/x/y'))).code).toBe('ENOENT');
    await files.mkdir('/m/n/o', { recursive: true });
    await files.mkdir('/m/n/o/', { recursive: true });
    expect((await files.stat('/m/n/o')).kind).toBe('directory');
    expect((await failure(files.mkdir('/d/f', { recursive: true }))).code).toBe('EEXIST');
    expect((await failure(files.mkdir('/d/f/x', { recursive: true }))).code).toBe('ENOTDIR');
  });

  test('rm', async () => {
    await files.symlink('/d', '/link');
    await files.rm('/link');
    expect((await failure(files.rm('/d'))).code).toBe('ENOTEMPTY');
    await files.rm('/d/e');
    expect((await failure(files.rm('/d/f/'))).code).toBe('ENOTDIR');
    await files.rm('/d', { recursive: true });
    expect((await failure(files.rm('/d'))).code).toBe('ENOENT');
    expect((await failure(files.rm('/other/.'))).code).toBe('EBUSY');
  });

  test('NS15: recursive, wide and deep, links not followed, mounts kept', async () => {
    await files.mkdir('/r/' + 'deep/'.repeat(200), { recursive: true });
    for (let n = 0; n < 600; n++) await files.writeFile(`/r/deep/w${n}`, bytes('x'));
    await files.symlink('/d', '/r/deep/link');
    await files.rm('/r', { recursive: true });
    expect(await read('/d/f')).toBe('hello');
    await files.mkdir('/r/m', { recursive: true });
    await namespace.bind('/other', '/r/m');
    expect(await failure(files.rm('/r', { recursive: true }))).toMatchObject({ code: 'EBUSY', path: '/r' });
  });

  test('rename', async () => {
    await files.rename('/d/f', '/g');
    expect(await read('/g')).toBe('hello');
    await files.rename('/d', '/moved/');
    expect((await files.stat('/moved/e')).kind).toBe('directory');
    expect((await failure(files.rename('/g', '/moved/'))).code).toBe('ENOTDIR');
    expect((await failure(files.rename('/moved', '/moved/e/x'))).code).toBe('EINVAL');
    expect((await failure(files.rename('/g', '/moved'))).code).toBe('EISDIR');
    expect((await failure(files.rename('/none', '/x'))).code).toBe('ENOENT');
  });

  test('NS18: copy: files, links, directories; not over a name, not into itself, no devices', async () => {
    await files.symlink('nowhere', '/d/link');
    await files.writeFile('/d/e/deep', new Uint8Array(2_200_000).fill(7));
    await namespace.bind('/other', '/d/e/mounted', { makeDirectory: true });
    await files.copy('/d', '/copied', { recursive: true });
    expect(await read('/copied/f')).toBe('hello');
    expect(await files.readlink('/copied/link')).toBe('nowhere');
    expect((await files.stat('/copied/e/deep')).size).toBe(2_200_000);
    expect(await files.readdir('/copied/e/mounted')).toEqual([]);
    await files.copy('/d/link', '/link');
    expect(await files.readlink('/link')).toBe('nowhere');
    await files.writeFile('/copied/f', bytes('other'));
    expect(await read('/d/f')).toBe('hello');
    expect((await failure(files.copy('/d/f', '/copied/f'))).code).toBe('EEXIST');
    expect((await failure(files.copy('/d', '/again'))).code).toBe('EISDIR');
    expect((await failure(files.copy('/d', '/d/e/x', { recursive: true }))).code).toBe('EINVAL');
    expect((await failure(files.copy('/dev/zero', '/zero'))).code).toBe('EINVAL');
    expect((await failure(files.copy('/none', '/x'))).code).toBe('ENOENT');
    expect((await failure(files.copy('/d/f', '/dev/x'))).code).toBe('EROFS');
  });

  test('NS13: names stay in their service', async () => {
    expect(await failure(files.rename('/d/f', '/other/f'))).toMatchObject({ code: 'EXDEV', syscall: 'rename', path: '/d/f' });
    expect((await failure(files.link('/d/f', '/other/f'))).code).toBe('EXDEV');
    await files.link('/d/f', '/d/second');
    expect((await files.stat('/d/second')).nlink).toBe(2);
  });

  test('NS14: a service that cannot be changed', async () => {
    for (const action of [files.mkdir('/dev/x'), files.rm('/dev/null'), files.rename('/dev/null', '/dev/x'), files.writeFile('/dev/x', bytes(''))]) {
      expect((await failure(action)).code).toBe('EROFS');
    }
    await files.writeFile('/dev/null', bytes('swallowed'));
    expect((await failure(files.writeFile('/dev/full', bytes('x')))).code).toBe('ENOSPC');
  });

  test('NS17: failures name operation and path', async () => {
    expect(await failure(files.readFile('/d/none'))).toMatchObject({ syscall: 'read', path: '/d/none', code: 'ENOENT' });
    expect((await failure(files.mkdir('/d/none/x/y'))).message).toBe('mkdir /d/none/x/y: /d/none: ENOENT (ENOENT)');
  });
});
