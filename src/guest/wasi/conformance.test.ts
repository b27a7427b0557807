import { describe, expect, it } from 'vitest';
import { Errno } from '../../shared/base/index.ts';
import { at, Rig } from '../testing/rig.ts';
import { ProcessClock } from './time.ts';

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

  it('WA9 offsets up to 2^63-1: EFBIG to write there, nothing to read, EINVAL beyond', () => {
    const rig = new Rig();
    const fd = rig.open('a', CREATE);
    rig.write(fd, 'abc');
    rig.view.setUint32(at.IOVS, at.DATA, true);
    rig.view.setUint32(at.IOVS + 4, 2, true);
    const pwrite = (offset: bigint): number => rig.calls.fd_pwrite(fd, at.IOVS, 1, offset, at.OUT);
    for (const offset of [2n ** 38n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
      expect(pwrite(offset), String(offset)).toBe(Errno.EFBIG);
      expect(rig.read(fd, 2, offset)).toBe('');
    }
    expect(pwrite(2n ** 38n - 1n)).toBe(0);
    expect(rig.out32()).toBe(1);
    expect([pwrite(-1n), pwrite(-(2n ** 63n)), rig.read(fd, 2, -1n)]).toEqual([Errno.EINVAL, Errno.EINVAL, -Errno.EINVAL]);
    expect(rig.calls.fd_filestat_set_size(fd, 2n ** 63n - 1n)).toBe(Errno.EFBIG);
    expect(rig.calls.fd_filestat_set_size(fd, -1n)).toBe(Errno.EINVAL);
    expect(rig.calls.fd_seek(fd, 2n ** 63n - 1n, 0, at.OUT)).toBe(Errno.EINVAL);
    expect(rig.calls.fd_seek(fd, -(2n ** 63n), 2, at.OUT)).toBe(Errno.EINVAL);
    for (const cookie of [2n ** 53n, 2n ** 63n - 1n, -1n]) {
      expect(rig.calls.fd_readdir(3, at.DATA, 400, cookie, at.OUT)).toBe(0);
      expect(rig.out32()).toBe(0);
    }
  });

  it('fd_readdir: 300 files deleted while they are listed, none is skipped, whatever the buffer', () => {
    for (const size of [40, 64, 4096]) {
      const rig = new Rig();
      const all = Array.from({ length: 300 }, (_, index) => `file-${index}`);
      for (const name of all) rig.calls.fd_close(rig.open(name, CREATE));
      const found = rig.names(3, size, (name) => void rig.calls.path_unlink_file(3, ...rig.path(name)));
      expect(found.toSorted(), `buffer of ${size}`).toEqual(['.', '..', ...all].toSorted());
      expect(rig.names(3)).toEqual(['.', '..']);
    }
  });

  it('fd_filestat_set_times: each time by itself, given or now, in 64 bits', () => {
    const rig = new Rig();
    const fd = rig.open('a', CREATE);
    const [early, late] = [1n, 2n ** 63n + 5n];
    expect(rig.calls.fd_filestat_set_times(fd, early, late, 1 | 4)).toBe(0);
    expect(rig.stat('a')).toMatchObject({ atime: early, mtime: late });
    expect(rig.calls.fd_filestat_set_times(fd, 9n, 9n, 0)).toBe(0);
    expect(rig.stat('a')).toMatchObject({ atime: early, mtime: late });
    expect(rig.calls.fd_filestat_set_times(fd, 9n, 9n, 2)).toBe(0);
    expect(rig.stat('a').mtime).toBe(late);
    expect(rig.stat('a').atime).toBeGreaterThan(10n ** 18n);
    expect(rig.calls.path_filestat_set_times(3, 1, ...rig.path('a'), 7n, 7n, 1 | 8)).toBe(0);
    expect(rig.stat('a').atime).toBe(7n);
    expect(rig.stat('a').mtime).toBeLessThan(late);
    for (const twice of [3, 12, 15, 16]) expect(rig.calls.fd_filestat_set_times(fd, 0n, 0n, twice)).toBe(Errno.EINVAL);
  });

  it('streams: what wants an offset is ESPIPE, what wants a file EINVAL or ENOTDIR', () => {
    const rig = new Rig();
    rig.terminal(2);
    const { calls } = rig;
    for (const fd of [0, 2]) {
      expect([calls.fd_seek(fd, 0n, 1, at.OUT), calls.fd_tell(fd, at.OUT), -(rig.read(fd, 1, 0n) as number)]).toEqual([Errno.ESPIPE, Errno.ESPIPE, Errno.ESPIPE]);
      expect([calls.fd_filestat_set_size(fd, 0n), calls.fd_readdir(fd, at.DATA, 99, 0n, at.OUT)]).toEqual([Errno.EINVAL, Errno.ENOTDIR]);
      expect(calls.path_filestat_get(fd, 0, ...rig.path('a'), at.OUT)).toBe(Errno.ENOTDIR);
    }
  });

  it('WA1 pointers above 2 GiB are addresses as others', () => {
    const high = 0x8000_0000;
    const rig = new Rig({ pages: high / 65536 + 1 });
    const signed = (address: number): number => address | 0;
    rig.u8.set(new TextEncoder().encode('name'), high);
    expect(rig.calls.path_open(3, 1, signed(high), 4, CREATE, READ | WRITE, 0n, 0, signed(high + 16))).toBe(0);
    const fd = rig.out32(high + 16);
    rig.view.setUint32(high + 32, high, true);
    rig.view.setUint32(high + 36, 4, true);
    expect(rig.calls.fd_write(fd, signed(high + 32), 1, signed(high + 16))).toBe(0);
    rig.view.setUint32(high + 32, high + 64, true);
    expect(rig.calls.fd_pread(fd, signed(high + 32), 1, 0n, signed(high + 16))).toBe(0);
    expect(Buffer.from(rig.u8.slice(high + 64, high + 68)).toString()).toBe('name');
    expect(rig.calls.fd_filestat_get(fd, signed(high + 128))).toBe(0);
    expect(rig.view.getUint32(high + 128 + 32, true)).toBe(4);
    expect(rig.calls.random_get(signed(high + 65530), 6)).toBe(0);
    expect(rig.calls.random_get(signed(high + 65530), 7)).toBe(Errno.EFAULT);
    expect(rig.calls.fd_write(fd, -8, 2, at.OUT)).toBe(Errno.EFAULT);
    rig.view.setUint32(high + 32, 0xffff_fff0, true);
    expect(rig.calls.fd_write(fd, signed(high + 32), 1, at.OUT)).toBe(Errno.EFAULT);
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

it('WA10 two readings of the monotonic clock are never the same, and waits are not shortened by it', () => {
  let now = 5;
  const clock = new ProcessClock({ now: () => now, origin: 0 });
  const view = new DataView(new ArrayBuffer(8));
  const read = (): bigint => {
    clock.writeMonotonic(view, 0);
    return view.getBigUint64(0, true);
  };
  expect([read(), read(), read()]).toEqual([5_000_000n, 5_000_001n, 5_000_002n]);
  expect(clock.now()).toBe(5.000002);
  now = 5.005;
  expect([read(), clock.now()]).toEqual([5_005_000n, 5.005]);
});
