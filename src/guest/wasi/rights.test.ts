import { describe, expect, it } from 'vitest';
import { RightBit } from '../../shared/abi/index.ts';
import { Pcb } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { checkTree } from '../../shared/tree/index.ts';
import { at, Rig } from '../testing/rig.ts';

const CREATE = 1;
const DIRECTORY = 2;
const EXCLUSIVE = 4;
const TRUNCATE = 8;
const READ = 2n;
const WRITE = 64n;
const NO = Errno.ENOTCAPABLE;
const { read, write, create } = RightBit;
const remove = RightBit.delete;
const ALL = 15;

/** `d/{a,b,sub/c}` and `other/` below the root, which descriptor 3 is. */
function filled(): Rig {
  const rig = new Rig();
  for (const name of ['d', 'd/sub', 'other']) rig.calls.path_create_directory(3, ...rig.path(name));
  for (const name of ['d/a', 'd/b', 'd/sub/c']) {
    const fd = rig.open(name, CREATE);
    rig.write(fd, `body of ${name}`);
    rig.calls.fd_close(fd);
  }
  return rig;
}

/** All of it, by paths, with contents. */
function everything(rig: Rig, dir = '.'): string[] {
  const fd = rig.open(dir, DIRECTORY, READ);
  const names = rig.names(fd).filter((name) => name !== '.' && name !== '..');
  rig.calls.fd_close(fd);
  return names.toSorted().flatMap((name) => {
    const path = dir === '.' ? name : `${dir}/${name}`;
    const { type, size, mtime } = rig.stat(path, 0);
    return type === 3 ? [path, ...everything(rig, path)] : [`${path} ${size} ${mtime}`];
  });
}

/** `act` while the process does not have the root, which else gives it every right. */
function rootless<T>(rig: Rig, act: () => T): T {
  const { u32 } = rig.arena;
  const at = (u32[(rig.vfs.process.handle.address >>> 2) + Pcb.FD_TABLE]! >>> 2) + 3;
  const root = u32[at]!;
  u32[at] = 0;
  try {
    return act();
  } finally {
    u32[at] = root;
  }
}

/** Each thing that can be done below a directory, and what it needs. */
const ACTS: [string, number, (rig: Rig, fd: number) => number][] = [
  ['open to read', read, (rig, fd) => Math.max(0, -rig.open('a', 0, READ, 0, 1, fd))],
  ['open to write', write, (rig, fd) => Math.max(0, -rig.open('a', 0, WRITE, 0, 1, fd))],
  ['open to append', write, (rig, fd) => Math.max(0, -rig.open('a', 0, WRITE, 1, 1, fd))],
  ['open for both', read | write, (rig, fd) => Math.max(0, -rig.open('a', 0, READ | WRITE, 0, 1, fd))],
  ['truncate', write, (rig, fd) => Math.max(0, -rig.open('a', TRUNCATE, 0n, 0, 1, fd))],
  ['truncate what is to be read', read | write, (rig, fd) => Math.max(0, -rig.open('a', TRUNCATE, READ, 0, 1, fd))],
  ['open what is there, to be made else', write, (rig, fd) => Math.max(0, -rig.open('a', CREATE, WRITE, 0, 1, fd))],
  ['make and write', write | create, (rig, fd) => Math.max(0, -rig.open('new', CREATE, WRITE, 0, 1, fd))],
  ['make, only new', write | create, (rig, fd) => Math.max(0, -rig.open('new', CREATE | EXCLUSIVE, WRITE, 0, 1, fd))],
  ['make an empty one', create, (rig, fd) => Math.max(0, -rig.open('new', CREATE, 0n, 0, 1, fd))],
  ['make below', write | create, (rig, fd) => Math.max(0, -rig.open('sub/new', CREATE, WRITE, 0, 1, fd))],
  ['stat', read, (rig, fd) => rig.calls.path_filestat_get(fd, 1, ...rig.path('a'), at.OUT)],
  ['stat itself', read, (rig, fd) => rig.calls.path_filestat_get(fd, 1, ...rig.path('.'), at.OUT)],
  ['read a link', read, (rig, fd) => rig.calls.path_readlink(fd, ...rig.path('link'), at.DATA, 10, at.OUT)],
  ['list', read, (rig, fd) => rig.calls.fd_readdir(fd, at.DATA, 100, 0n, at.OUT)],
  ['set times', write, (rig, fd) => rig.calls.path_filestat_set_times(fd, 1, ...rig.path('a'), 5n, 6n, 5)],
  ['set its own times', write, (rig, fd) => rig.calls.fd_filestat_set_times(fd, 5n, 6n, 5)],
  ['make a directory', create, (rig, fd) => rig.calls.path_create_directory(fd, ...rig.path('new'))],
  ['make a link to a name', create, (rig, fd) => rig.calls.path_symlink(...rig.path2('a'), fd, ...rig.path('new'))],
  ['link', create, (rig, fd) => rig.calls.path_link(fd, 0, ...rig.path2('a'), fd, ...rig.path('new'))],
  ['unlink', remove, (rig, fd) => rig.calls.path_unlink_file(fd, ...rig.path('a'))],
  ['remove a directory', remove, (rig, fd) => rig.calls.path_remove_directory(fd, ...rig.path('empty'))],
  ['rename', remove | create, (rig, fd) => rig.calls.path_rename(fd, ...rig.path2('a'), fd, ...rig.path('new'))],
  ['rename over', remove | create, (rig, fd) => rig.calls.path_rename(fd, ...rig.path2('a'), fd, ...rig.path('b'))],
];

describe('RT2 what each call needs', () => {
  it.each(ACTS)('%s', (_, need, act) => {
    for (let rights = 0; rights <= ALL; rights++) {
      const rig = filled();
      rig.calls.path_create_directory(3, ...rig.path('d/empty'));
      rig.calls.path_symlink(...rig.path2('a'), 3, ...rig.path('d/link'));
      const fd = rig.granted('d', rights);
      const before = everything(rig);
      const errno = act(rig, fd);
      if ((rights & need) === need) expect(errno, `rights ${rights}`).toBe(0);
      else {
        expect(errno, `rights ${rights}`).toBe(NO);
        expect(everything(rig)).toEqual(before);
      }
      expect(rig.vfs.process.handle.gateSet).toBe(false);
    }
  });

  it.each(ACTS)('%s, with the same rights by a glob for every name', (_, need, act) => {
    for (let rights = 0; rights <= ALL; rights++) {
      const rig = filled();
      rig.calls.path_create_directory(3, ...rig.path('d/empty'));
      rig.calls.path_symlink(...rig.path2('a'), 3, ...rig.path('d/link'));
      const fd = rig.granted('d', { '**': rights });
      const before = everything(rig);
      const errno = act(rig, fd);
      expect(errno, `rights ${rights}`).toBe((rights & need) === need ? 0 : NO);
      if (errno !== 0) expect(everything(rig)).toEqual(before);
    }
  });
});

describe('RT6 what is opened below has no more', () => {
  it('a directory below, and below that', () => {
    const rig = filled();
    const fd = rig.granted('d', read);
    const sub = rig.open('sub', DIRECTORY, READ, 0, 1, fd);
    expect(sub).toBeGreaterThan(fd);
    expect(rig.open('c', 0, WRITE, 0, 1, sub)).toBe(-NO);
    expect(rig.open('new', CREATE, 0n, 0, 1, sub)).toBe(-NO);
    expect(rig.calls.path_unlink_file(sub, ...rig.path('c'))).toBe(NO);
    expect(rig.read(rig.open('c', 0, READ, 0, 1, sub))).toBe('body of d/sub/c');
  });

  it('the times of an open file, and what fdstat tells', () => {
    const rig = filled();
    const fd = rig.granted('d', read);
    const file = rig.open('a', 0, READ, 0, 1, fd);
    expect(rig.calls.fd_filestat_set_times(file, 5n, 6n, 5)).toBe(NO);
    expect(rig.calls.fd_filestat_get(file, at.OUT)).toBe(0);
    expect(rig.write(file, 'x')).toBe(-Errno.EBADF);
    const rights = (of: number): bigint => {
      expect(rig.calls.fd_fdstat_get(of, at.OUT)).toBe(0);
      return rig.view.getBigUint64(at.OUT + 8, true);
    };
    expect(rights(fd) & (1n << 9n | 1n << 10n | 1n << 25n | 1n << 26n)).toBe(0n);
    expect(rights(fd) & (1n << 13n | 1n << 14n)).toBe(1n << 13n | 1n << 14n);
    expect(rights(file) & (1n << 23n)).toBe(0n);
    expect(rights(3) & (1n << 9n)).toBe(1n << 9n);
  });

  it('a directory can be opened with fewer than its own, not with more', () => {
    const rig = filled();
    const fd = rig.granted('d', read | create);
    const bytes = new TextEncoder().encode('sub');
    const sub = rig.vfs.names.open(fd, bytes, 0, 3, true, DIRECTORY, 1, ALL & ~(read | write));
    expect(rig.read(rig.open('c', 0, READ, 0, 1, sub))).toBe('body of d/sub/c');
    expect(rig.open('new', CREATE, 0n, 0, 1, sub)).toBe(-NO);
    expect(rig.open('c', 0, WRITE, 0, 1, sub)).toBe(-NO);
  });
});

describe('RT4 a name in another directory gives nobody more', () => {
  it('link: what may only be read is not written by another name', () => {
    const rig = filled();
    const from = rig.granted('d', read | remove);
    const to = rig.granted('other', ALL);
    const before = everything(rig);
    expect(rootless(rig, () => rig.calls.path_link(from, 0, ...rig.path2('a'), to, ...rig.path('w')))).toBe(NO);
    expect(rootless(rig, () => rig.calls.path_rename(from, ...rig.path2('a'), to, ...rig.path('w')))).toBe(NO);
    expect(everything(rig)).toEqual(before);
    rig.calls.fd_close(to);
    const less = rig.granted('other', read | create);
    expect(rootless(rig, () => rig.calls.path_link(from, 0, ...rig.path2('a'), less, ...rig.path('w')))).toBe(0);
    expect(rootless(rig, () => rig.calls.path_rename(from, ...rig.path2('a'), less, ...rig.path('x')))).toBe(0);
  });

  it('rename: with a directory goes what is in it, so all rights count', () => {
    const rig = filled();
    const from = rig.granted('d', read | write | remove);
    const to = rig.granted('other', ALL);
    expect(rootless(rig, () => rig.calls.path_rename(from, ...rig.path2('sub'), to, ...rig.path('sub')))).toBe(NO);
    expect(rootless(rig, () => rig.calls.path_rename(from, ...rig.path2('a'), to, ...rig.path('a')))).toBe(0);
  });

  it('rename: what is replaced is deleted', () => {
    const rig = filled();
    const from = rig.granted('d', ALL);
    const to = rig.granted('other', read | write | create);
    expect(rootless(rig, () => rig.calls.path_rename(from, ...rig.path2('a'), to, ...rig.path('t')))).toBe(0);
    expect(rootless(rig, () => rig.calls.path_rename(from, ...rig.path2('b'), to, ...rig.path('t')))).toBe(NO);
    expect(rig.stat('d/b').errno).toBe(0);
  });

  it('by whatever else the process has open', () => {
    const rig = filled();
    const mover = rig.granted('', create | remove);
    const reader = rig.granted('other', read);
    expect(rootless(rig, () => rig.calls.path_rename(mover, ...rig.path2('d/a'), mover, ...rig.path('other/a')))).toBe(NO);
    expect(rootless(rig, () => rig.calls.path_link(mover, 0, ...rig.path2('d/a'), mover, ...rig.path('other/a')))).toBe(NO);
    expect(rootless(rig, () => rig.calls.path_rename(mover, ...rig.path2('d/sub'), mover, ...rig.path('other/sub')))).toBe(NO);
    rig.calls.fd_close(reader);
    expect(rootless(rig, () => rig.calls.path_rename(mover, ...rig.path2('d/a'), mover, ...rig.path('other/a')))).toBe(0);
    const globs = rig.granted('other', { '**/*.csv': read });
    expect(rootless(rig, () => rig.calls.path_rename(mover, ...rig.path2('d/sub'), mover, ...rig.path('other/sub')))).toBe(NO);
    expect(rootless(rig, () => rig.calls.path_rename(mover, ...rig.path2('d/b'), mover, ...rig.path('other/b.csv')))).toBe(NO);
    expect(rootless(rig, () => rig.calls.path_rename(mover, ...rig.path2('d/b'), mover, ...rig.path('other/b')))).toBe(0);
    rig.calls.fd_close(globs);
    const named = rig.granted('d', { '*': ALL });
    const whole = rig.granted('other', ALL);
    rig.calls.path_create_directory(3, ...rig.path('d/dir'));
    expect(rootless(rig, () => rig.calls.path_rename(mover, ...rig.path2('d/dir'), mover, ...rig.path('other/dir')))).toBe(NO);
    expect(rootless(rig, () => rig.calls.path_rename(named, ...rig.path2('dir'), whole, ...rig.path('dir')))).toBe(NO);
  });
});

describe('RT3 globs', () => {
  function texts(): [Rig, number] {
    const rig = filled();
    for (const name of ['d/n.txt', 'd/secret', 'd/sub/t.csv', 'd/sub/u.bin', 'other/o.txt']) rig.write(rig.open(name, CREATE), `of ${name}`);
    return [rig, rig.granted('d', { '*.txt': read | write | create | remove, '**/*.csv': read })];
  }

  it('names that match can be used, no others, and nothing is told of those', () => {
    const [rig, fd] = texts();
    const open = (path: string, rights = READ, oflags = 0): number | string => {
      const opened = rig.open(path, oflags, rights, 0, 1, fd);
      return opened < 0 ? opened : rig.read(opened);
    };
    expect(open('n.txt')).toBe('of d/n.txt');
    expect(open('sub/t.csv')).toBe('of d/sub/t.csv');
    expect(open('./sub/../sub/t.csv')).toBe('of d/sub/t.csv');
    for (const path of ['secret', 'sub/u.bin', 'a', 'missing', 'sub/missing', 'secret/', 'missing/']) expect(open(path), path).toBe(-NO);
    // Of what is no directory on a way to names that may match nothing is told either.
    for (const path of ['secret/x.csv', 'missing/x.csv', 'a/../n.txt', 'missing/../n.txt', 'secret/.', 'missing/.']) expect(open(path), path).toBe(-Errno.ENOENT);
    const narrow = rig.granted('d', { 'n.*': read, 'sub/t*': read });
    for (const path of ['a/../n.txt', 'missing/../n.txt', 'a', 'missing', 'a/x', 'missing/x']) expect(rig.open(path, 0, READ, 0, 1, narrow), path).toBe(-NO);
    expect(open('sub/t.csv', READ | WRITE)).toBe(-NO);
    expect(open('missing.txt')).toBe(-Errno.ENOENT);
    expect(open('../other/o.txt')).toBe(-Errno.EPERM);
  });

  it('only what matches is made, in place: nothing happened else', () => {
    const [rig, fd] = texts();
    const before = everything(rig);
    expect(rig.open('new.csv', CREATE, WRITE, 0, 1, fd)).toBe(-NO);
    expect(rig.open('new.bin', CREATE, 0n, 0, 1, fd)).toBe(-NO);
    expect(rig.open('sub/new.txt', CREATE, WRITE, 0, 1, fd)).toBe(-NO);
    expect(rig.calls.path_create_directory(fd, ...rig.path('dir'))).toBe(NO);
    expect(rig.calls.path_symlink(...rig.path2('x'), fd, ...rig.path('l'))).toBe(NO);
    expect(rig.calls.path_unlink_file(fd, ...rig.path('secret'))).toBe(NO);
    expect(rig.calls.path_unlink_file(fd, ...rig.path('sub/t.csv'))).toBe(NO);
    expect(everything(rig)).toEqual(before);
    expect(rig.open('new.txt', CREATE, WRITE, 0, 1, fd)).toBeGreaterThan(0);
    expect(rig.calls.path_create_directory(fd, ...rig.path('dir.txt'))).toBe(0);
    expect(rig.calls.path_remove_directory(fd, ...rig.path('dir.txt'))).toBe(0);
    expect(rig.calls.path_rename(fd, ...rig.path2('new.txt'), fd, ...rig.path('newer.txt'))).toBe(0);
  });

  it('a link is what it leads to', () => {
    const [rig, fd] = texts();
    expect(rig.calls.path_symlink(...rig.path2('secret'), fd, ...rig.path('l.txt'))).toBe(0);
    expect(rig.calls.path_symlink(...rig.path2('sub/t.csv'), fd, ...rig.path('ok.txt'))).toBe(0);
    expect(rig.calls.path_symlink(...rig.path2('made'), fd, ...rig.path('dangling.txt'))).toBe(0);
    expect(rig.open('l.txt', 0, READ, 0, 1, fd)).toBe(-NO);
    expect(rig.calls.path_filestat_get(fd, 1, ...rig.path('l.txt'), at.OUT)).toBe(NO);
    expect(rig.calls.path_filestat_get(fd, 0, ...rig.path('l.txt'), at.OUT)).toBe(0);
    expect(rig.calls.path_filestat_set_times(fd, 1, ...rig.path('l.txt'), 5n, 6n, 5)).toBe(NO);
    expect(rig.open('l.txt', TRUNCATE, 0n, 0, 1, fd)).toBe(-NO);
    expect(rig.open('dangling.txt', CREATE, WRITE, 0, 1, fd)).toBe(-NO);
    expect(rig.stat('d/made').errno).toBe(Errno.ENOENT);
    expect(rig.read(rig.open('ok.txt', 0, READ, 0, 1, fd))).toBe('of d/sub/t.csv');
    expect(rig.open('ok.txt', 0, WRITE, 0, 1, fd)).toBe(-NO);
  });

  it('no name that is gained by a link or rename shows what did not match, or gives more than it had', () => {
    const [rig, fd] = texts();
    expect(rootless(rig, () => rig.calls.path_link(fd, 0, ...rig.path2('secret'), fd, ...rig.path('s.txt')))).toBe(NO);
    expect(rootless(rig, () => rig.calls.path_rename(fd, ...rig.path2('secret'), fd, ...rig.path('s.txt')))).toBe(NO);
    expect(rootless(rig, () => rig.calls.path_link(fd, 0, ...rig.path2('sub/t.csv'), fd, ...rig.path('t.txt')))).toBe(NO);
    const wide = rig.granted('d', { 'sub/**': ALL, '*.d': ALL, '*.txt': ALL });
    expect(rootless(rig, () => rig.calls.path_rename(wide, ...rig.path2('sub'), wide, ...rig.path('s.d')))).toBe(NO);
    expect(rootless(rig, () => rig.calls.path_link(wide, 0, ...rig.path2('sub/u.bin'), wide, ...rig.path('u.txt')))).toBe(0);
  });

  it('by the parents of what was found: who moves the directory meanwhile moves it out of the glob', () => {
    const [rig, fd] = texts();
    const sub = rig.open('sub', DIRECTORY, READ, 0, 1, fd);
    expect(rig.open('t.csv', 0, READ, 0, 1, sub)).toBeGreaterThan(0);
    expect(rig.open('u.bin', 0, READ, 0, 1, sub)).toBe(-NO);
    rig.calls.path_rename(3, ...rig.path2('d/sub'), 3, ...rig.path('other/sub'));
    expect(rig.open('t.csv', 0, READ, 0, 1, sub)).toBe(-NO);
    expect(rig.calls.fd_readdir(sub, at.DATA, 100, 0n, at.OUT)).toBe(NO);
    rig.calls.path_rename(3, ...rig.path2('other/sub'), 3, ...rig.path('d/deep'));
    expect(rig.read(rig.open('t.csv', 0, READ, 0, 1, sub))).toBe('of d/sub/t.csv');
    const narrow = rig.granted('d', { 'sub/*': read });
    expect(rig.open('deep/t.csv', 0, READ, 0, 1, narrow)).toBe(-NO);
  });

  it('RT5 a listing shows what matches and may be read, and what leads there', () => {
    const [rig, fd] = texts();
    expect(rig.names(fd).toSorted()).toEqual(['.', '..', 'n.txt', 'sub']);
    const one = rig.granted('d', { 'sub/*.csv': read, 'n.txt': write });
    expect(rig.names(one).toSorted()).toEqual(['.', '..', 'sub']);
    expect(rig.names(rig.open('sub', DIRECTORY, READ, 0, 1, one), 60).toSorted()).toEqual(['.', '..', 't.csv']);
  });

  it('a hard link is judged by the name that is used', () => {
    const [rig, fd] = texts();
    rig.calls.path_link(3, 0, ...rig.path2('d/n.txt'), 3, ...rig.path('d/n.bin'));
    expect(rig.open('n.bin', 0, READ, 0, 1, fd)).toBe(-NO);
    expect(rig.open('n.txt', 0, READ, 0, 1, fd)).toBeGreaterThan(0);
  });

  it('several patterns: a name has the rights of all that it matches', () => {
    const rig = filled();
    const fd = rig.granted('d', { '*': read, 'a': write });
    expect(rig.open('a', 0, READ | WRITE, 0, 1, fd)).toBeGreaterThan(0);
    expect(rig.open('b', 0, READ | WRITE, 0, 1, fd)).toBe(-NO);
    expect(rig.open('b', 0, READ, 0, 1, fd)).toBeGreaterThan(0);
  });

  it('nothing is leaked', () => {
    const [rig, fd] = texts();
    rig.open('n.txt', 0, READ, 0, 1, fd);
    rig.open('sub', DIRECTORY, READ, 0, 1, fd);
    rig.close();
    expect(checkTree(rig.kernelTree, [rig.root]).faults).toEqual([]);
  });
});

describe('RV1 a revoked description', () => {
  it('fails every call but its close', () => {
    const rig = filled();
    const fd = rig.granted('d', ALL);
    const file = rig.open('a', 0, READ | WRITE, 0, 1, fd);
    const { files, table } = rig.vfs.process;
    for (const one of [fd, file]) files.revoke(table.get(one));
    const before = everything(rig);
    for (const [name, , act] of ACTS) expect(act(rig, fd), name).toBe(NO);
    expect(everything(rig)).toEqual(before);
    const { calls } = rig;
    expect([rig.read(file), rig.read(file, 10, 0n), rig.write(file, 'x')]).toEqual([-NO, -NO, -NO]);
    expect([
      calls.fd_seek(file, 0n, 0, at.OUT), calls.fd_tell(file, at.OUT), calls.fd_sync(file), calls.fd_filestat_get(file, at.OUT), calls.fd_filestat_set_size(file, 0n),
      calls.fd_filestat_set_times(file, 5n, 6n, 5), calls.fd_fdstat_get(file, at.OUT), calls.fd_fdstat_set_flags(file, 1), calls.fd_allocate(file, 0n, 1n), calls.fd_advise(file, 0n, 0n, 0),
      calls.fd_filestat_get(fd, at.OUT), calls.fd_fdstat_get(fd, at.OUT), calls.path_open(fd, 1, ...rig.path('.'), 0, 0n, 0n, 0, at.OUT),
    ]).toEqual(Array.from({ length: 13 }, () => NO));
    expect(calls.fd_prestat_get(fd, at.OUT)).toBe(Errno.EBADF);
    expect([calls.fd_close(file), calls.fd_close(fd)]).toEqual([0, 0]);
    expect(calls.fd_close(fd)).toBe(Errno.EBADF);
  });

  it('a flag that the program sets at that moment brings no right back', () => {
    const rig = filled();
    const file = rig.open('d/a', 0, READ | WRITE);
    rig.vfs.process.files.revoke(rig.vfs.process.table.get(file));
    rig.vfs.process.files.changeFlags(rig.vfs.process.table.get(file), 12, 12);
    expect([rig.read(file), rig.write(file, 'x')]).toEqual([-NO, -NO]);
  });

  it('poll tells it as an event', () => {
    const rig = filled();
    rig.vfs.process.files.revoke(rig.vfs.process.table.get(0));
    rig.view.setBigUint64(at.DATA, 9n, true);
    rig.u8[at.DATA + 8] = 1;
    rig.view.setUint32(at.DATA + 16, 0, true);
    expect(rig.calls.poll_oneoff(at.DATA, at.DATA + 100, 1, at.OUT)).toBe(0);
    expect([rig.out32(), rig.view.getUint16(at.DATA + 108, true)]).toEqual([1, NO]);
  });
});
