import { describe, expect, it } from 'vitest';
import { Errno } from '../../shared/base/index.ts';
import { at, Rig } from '../testing/rig.ts';

const CREATE = 1;
const DIRECTORY = 2;
const READ = 2n;
const WRITE = 64n;
const APPEND = 1;

/** What wasmtime does where the specification leaves it open; named by call. */
describe('as wasmtime', () => {
  it('WA3 a directory is no file: its descriptor is EBADF for every call that wants one', () => {
    const rig = new Rig();
    rig.calls.path_create_directory(3, ...rig.path('d'));
    for (const fd of [3, rig.open('d', DIRECTORY, READ)]) {
      expect([rig.read(fd), rig.read(fd, 4, 0n), rig.write(fd, 'x')]).toEqual([-Errno.EBADF, -Errno.EBADF, -Errno.EBADF]);
      const { calls } = rig;
      const results = [
        calls.fd_pwrite(fd, at.IOVS, 1, 0n, at.OUT), calls.fd_seek(fd, 0n, 1, at.OUT), calls.fd_tell(fd, at.OUT), calls.fd_advise(fd, 0n, 0n, 4),
        calls.fd_allocate(fd, 0n, 0n), calls.fd_datasync(fd), calls.fd_sync(fd), calls.fd_fdstat_set_flags(fd, 4), calls.fd_filestat_set_size(fd, 0n),
      ];
      expect(results).toEqual(results.map(() => Errno.EBADF));
    }
  });

  it('WA4 fd_allocate is not supported and changes nothing', () => {
    const rig = new Rig();
    const fd = rig.open('a', CREATE);
    expect(rig.calls.fd_allocate(fd, 0n, 100n)).toBe(Errno.ENOTSUP);
    expect(rig.stat('a').size).toBe(0);
    expect(rig.calls.fd_allocate(77, 0n, 100n)).toBe(Errno.EBADF);
  });

  it('fd_filestat_set_size wants a descriptor that was opened for writing: EINVAL', () => {
    const rig = new Rig();
    rig.write(rig.open('a', CREATE), 'abc');
    expect(rig.calls.fd_filestat_set_size(rig.open('a', 0, READ), 1n)).toBe(Errno.EINVAL);
    expect(rig.stat('a').size).toBe(3);
  });

  it('WA5 fd_pwrite to an append descriptor appends and leaves the position', () => {
    const rig = new Rig();
    const fd = rig.open('a', CREATE, READ | WRITE, APPEND);
    rig.u8.set([65, 66], at.DATA);
    rig.view.setUint32(at.IOVS, at.DATA, true);
    rig.view.setUint32(at.IOVS + 4, 2, true);
    expect(rig.calls.fd_pwrite(fd, at.IOVS, 1, 50n, at.OUT)).toBe(0);
    expect(rig.calls.fd_pwrite(fd, at.IOVS, 1, 0n, at.OUT)).toBe(0);
    expect(rig.calls.fd_tell(fd, at.OUT)).toBe(0);
    expect([rig.out32(), rig.stat('a').size]).toEqual([0, 4]);
  });

  it('WA4 path_open refuses the synchronous modes, and flags that do not exist', () => {
    const rig = new Rig();
    for (const flag of [2, 8, 16]) expect(rig.open('a', CREATE, READ | WRITE, flag)).toBe(-Errno.ENOTSUP);
    expect(rig.open('a', CREATE, READ, 32)).toBe(-Errno.EINVAL);
    expect(rig.open('a', 16, READ)).toBe(-Errno.EINVAL);
    expect(rig.stat('a').errno).toBe(Errno.ENOENT);
  });

  it('path_symlink and path_link: a slash after the new name is ENOENT, EEXIST for a directory, ENOTDIR for a file', () => {
    const rig = new Rig();
    rig.calls.path_create_directory(3, ...rig.path('d'));
    rig.calls.fd_close(rig.open('f', CREATE));
    const symlink = (name: string): number => rig.calls.path_symlink(...rig.path2('t'), 3, ...rig.path(name));
    const link = (name: string): number => rig.calls.path_link(3, 0, ...rig.path2('f'), 3, ...rig.path(name));
    for (const make of [symlink, link]) {
      expect(['new/', 'd/', 'd', 'f/', 'f'].map(make)).toEqual([Errno.ENOENT, Errno.EEXIST, Errno.EEXIST, Errno.ENOTDIR, Errno.EEXIST]);
    }
  });

  it('WA6 path_open: neither `..` nor a link leaves a directory that the program opened', () => {
    const rig = new Rig();
    for (const name of ['a', 'a/b', 'c']) rig.calls.path_create_directory(3, ...rig.path(name));
    rig.write(rig.open('c/f', CREATE), 'text');
    rig.calls.path_symlink(...rig.path2('../c/f'), 3, ...rig.path('a/up'));
    const dir = rig.open('a', DIRECTORY, READ);
    expect(rig.open('b/../b/..', DIRECTORY, READ, 0, 1, dir)).toBeGreaterThan(3);
    for (const path of ['..', 'b/../..', '../c/f', './../c']) expect(rig.open(path, 0, READ, 0, 1, dir), path).toBe(-Errno.EPERM);
    expect(rig.calls.path_rename(dir, ...rig.path2('up'), dir, ...rig.path('../up'))).toBe(Errno.EPERM);
    expect(rig.open('up', 0, READ, 0, 1, dir)).toBe(-Errno.EPERM);
    expect(rig.read(rig.open('a/up', 0, READ))).toBe('text');
  });

  it('WA2 fd_fdstat_get of a directory tells the rights that it has, and no more', () => {
    const rig = new Rig();
    rig.calls.fd_fdstat_get(3, at.OUT);
    const base = rig.view.getBigUint64(at.OUT + 8, true);
    // FD_SEEK, FD_FDSTAT_SET_FLAGS, PATH_FILESTAT_SET_SIZE, FD_FILESTAT_SET_SIZE.
    for (const bit of [2n, 3n, 19n, 22n]) expect(base & (1n << bit)).toBe(0n);
    // PATH_OPEN, FD_READDIR, PATH_FILESTAT_GET, PATH_UNLINK_FILE.
    for (const bit of [13n, 14n, 18n, 26n]) expect(base & (1n << bit)).toBe(1n << bit);
    expect(rig.calls.fd_fdstat_set_rights(3, 0n, 0n)).toBe(Errno.ENOTSUP);
  });
});
