import { describe, expect, it } from 'vitest';
import { OfdFlag, OfdKind } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { at, Rig } from '../testing/rig.ts';

const CREATE = 1;
const EXCLUSIVE = 4;
const TRUNCATE = 8;
const READ = 2n;
const WRITE = 64n;

const NAMES = [
  'args_get', 'args_sizes_get', 'clock_res_get', 'clock_time_get', 'environ_get', 'environ_sizes_get', 'fd_advise',
  'fd_allocate', 'fd_close', 'fd_datasync', 'fd_fdstat_get', 'fd_fdstat_set_flags', 'fd_fdstat_set_rights',
  'fd_filestat_get', 'fd_filestat_set_size', 'fd_filestat_set_times', 'fd_pread', 'fd_prestat_dir_name', 'fd_prestat_get',
  'fd_pwrite', 'fd_read', 'fd_readdir', 'fd_renumber', 'fd_seek', 'fd_sync', 'fd_tell', 'fd_write',
  'path_create_directory', 'path_filestat_get', 'path_filestat_set_times', 'path_link', 'path_open', 'path_readlink',
  'path_remove_directory', 'path_rename', 'path_symlink', 'path_unlink_file', 'poll_oneoff', 'proc_exit', 'proc_raise',
  'random_get', 'sched_yield', 'sock_accept', 'sock_recv', 'sock_send', 'sock_shutdown',
];

describe('preview 1', () => {
  it('has all 46 calls', () => {
    expect(Object.keys(new Rig().calls).toSorted()).toEqual(NAMES);
  });

  describe('arguments and environment', () => {
    it('are counted in bytes of UTF-8, not in UTF-16 units', () => {
      const rig = new Rig({ args: ['prog', 'żółć', '日本', ''], env: ['KEY=wört'] });
      expect(rig.calls.args_sizes_get(at.OUT, at.OUT + 4)).toBe(0);
      expect([rig.out32(), rig.out32(at.OUT + 4)]).toEqual([4, 5 + 9 + 7 + 1]);
      rig.u8.fill(0xee, at.DATA, at.DATA + 64);
      expect(rig.calls.args_get(at.IOVS, at.DATA)).toBe(0);
      expect(rig.u8[at.DATA + 22]).toBe(0xee);
      expect(rig.out32(at.IOVS + 4)).toBe(at.DATA + 5);
      expect(new TextDecoder().decode(rig.u8.slice(at.DATA + 5, at.DATA + 13))).toBe('żółć');
      expect(rig.calls.environ_sizes_get(at.OUT, at.OUT + 4)).toBe(0);
      expect([rig.out32(), rig.out32(at.OUT + 4)]).toEqual([1, 10]);
    });

    it('refuse pointers outside of memory', () => {
      const rig = new Rig();
      expect(rig.calls.args_sizes_get(-1, 0)).toBe(Errno.EFAULT);
      expect(rig.calls.args_get(0, -2)).toBe(Errno.EFAULT);
    });
  });

  describe('files', () => {
    it('are created, written, read, and cut', () => {
      const rig = new Rig();
      const fd = rig.open('a.txt', CREATE);
      expect(fd).toBe(4);
      expect(rig.write(fd, 'hello ', 'world')).toBe(11);
      expect(rig.calls.fd_seek(fd, -5n, 2, at.OUT)).toBe(0);
      expect(rig.read(fd)).toBe('world');
      expect(rig.read(fd)).toBe('');
      expect(rig.read(fd, 4, 1n)).toBe('ello');
      expect(rig.calls.fd_filestat_set_size(fd, 3n)).toBe(0);
      expect(rig.stat('a.txt')).toMatchObject({ type: 4, nlink: 1, size: 3 });
      expect(rig.calls.fd_close(fd)).toBe(0);
      expect(rig.calls.fd_close(fd)).toBe(Errno.EBADF);
    });

    it('refuse what was not asked for when they were opened', () => {
      const rig = new Rig();
      const writer = rig.open('a', CREATE, WRITE);
      expect(rig.read(writer)).toBe(-Errno.EBADF);
      const reader = rig.open('a', 0, READ);
      expect(rig.write(reader, 'x')).toBe(-Errno.EBADF);
      expect(rig.open('a', CREATE | EXCLUSIVE)).toBe(-Errno.EEXIST);
      expect(rig.open('none')).toBe(-Errno.ENOENT);
      expect(rig.open('.', 0, READ | WRITE)).toBe(-Errno.EISDIR);
    });

    it('append at the end, wherever others have moved it', () => {
      const rig = new Rig();
      const one = rig.open('log', CREATE, WRITE, 1);
      const two = rig.open('log', 0, READ | WRITE, 1);
      rig.write(one, 'a', 'b');
      rig.write(two, 'c');
      rig.write(one, 'd');
      expect(rig.read(two, 9, 0n)).toBe('abcd');
      expect(rig.calls.fd_tell(one, at.OUT)).toBe(0);
      expect(rig.out32()).toBe(4);
    });

    it('are emptied by TRUNC', () => {
      const rig = new Rig();
      rig.write(rig.open('a', CREATE), 'content');
      rig.open('a', TRUNCATE);
      expect(rig.stat('a').size).toBe(0);
    });

    it('have true times and rights', () => {
      const rig = new Rig();
      const fd = rig.open('a', CREATE, READ);
      expect(Number(rig.stat('a').mtime) / 1e6).toBeGreaterThan(Date.now() - 60_000);
      expect(rig.calls.fd_filestat_set_times(fd, 5n, 1_700_000_000_123_456_789n, 1 | 4)).toBe(0);
      expect(rig.stat('a')).toMatchObject({ atime: 5n, mtime: 1_700_000_000_123_456_789n });
      expect(rig.calls.path_filestat_set_times(3, 1, ...rig.path('a'), 9n, 0n, 1)).toBe(0);
      expect(rig.stat('a')).toMatchObject({ atime: 9n, mtime: 1_700_000_000_123_456_789n });
      expect(rig.calls.fd_filestat_set_times(fd, 0n, 0n, 3)).toBe(Errno.EINVAL);
      rig.calls.fd_fdstat_get(fd, at.OUT);
      const rights = rig.view.getBigUint64(at.OUT + 8, true);
      expect([rights & READ, rights & WRITE, rights & 4n]).toEqual([READ, 0n, 4n]);
    });

    it('beyond 4 GiB keep their offsets', () => {
      const rig = new Rig();
      const fd = rig.open('big', CREATE);
      rig.view.setUint32(at.IOVS, at.DATA, true);
      rig.view.setUint32(at.IOVS + 4, 3, true);
      rig.u8.set([1, 2, 3], at.DATA);
      expect(rig.calls.fd_pwrite(fd, at.IOVS, 1, 5_000_000_000n, at.OUT)).toBe(0);
      expect(rig.calls.fd_seek(fd, 0n, 2, at.OUT)).toBe(0);
      expect(rig.view.getBigUint64(at.OUT, true)).toBe(5_000_000_003n);
      expect(rig.calls.fd_seek(fd, -1n, 0, at.OUT)).toBe(Errno.EINVAL);
    });
  });

  describe('directories', () => {
    it('are made once, listed with . and .., removed when empty', () => {
      const rig = new Rig();
      expect(rig.calls.path_create_directory(3, ...rig.path('d'))).toBe(0);
      expect(rig.calls.path_create_directory(3, ...rig.path('d'))).toBe(Errno.EEXIST);
      rig.calls.fd_close(rig.open('d/x', CREATE));
      const dir = rig.open('d', 2, READ);
      expect(rig.names(dir)).toEqual(['.', '..', 'x']);
      expect(rig.calls.path_remove_directory(3, ...rig.path('d'))).toBe(Errno.ENOTEMPTY);
      expect(rig.calls.path_unlink_file(3, ...rig.path('d/x'))).toBe(0);
      expect(rig.calls.path_remove_directory(3, ...rig.path('d'))).toBe(0);
      expect(rig.calls.fd_seek(dir, 0n, 0, at.OUT)).toBe(Errno.EBADF);
      expect(rig.read(dir)).toBe(-Errno.EBADF);
    });

    it('list each entry once while entries are deleted, with any buffer', () => {
      for (const size of [64, 100, 4096]) {
        const rig = new Rig();
        const all = Array.from({ length: 40 }, (_, index) => `file-${index}`);
        for (const name of all) rig.calls.fd_close(rig.open(name, CREATE));
        const dir = rig.open('.', 2, READ);
        const found = rig.names(dir, size, (name) => {
          if (name.startsWith('file')) rig.calls.path_unlink_file(3, ...rig.path(name));
        });
        expect(found.filter((name) => name.startsWith('file')).toSorted(), `buffer of ${size}`).toEqual(all.toSorted());
      }
    });

    it('have full rights for old C libraries', () => {
      const rig = new Rig();
      rig.calls.fd_fdstat_get(3, at.OUT);
      expect(rig.u8[at.OUT]).toBe(3);
      expect(rig.view.getBigUint64(at.OUT + 8, true) & (1n << 13n)).toBe(1n << 13n);
      expect(rig.view.getBigUint64(at.OUT + 16, true) & (READ | WRITE)).toBe(READ | WRITE);
    });

    it('are announced as preopens', () => {
      const rig = new Rig();
      expect(rig.calls.fd_prestat_get(3, at.OUT)).toBe(0);
      expect([rig.out32(), rig.out32(at.OUT + 4)]).toEqual([0, 1]);
      expect(rig.calls.fd_prestat_dir_name(3, at.DATA, 1)).toBe(0);
      expect(rig.u8[at.DATA]).toBe(47);
      expect(rig.calls.fd_prestat_dir_name(3, at.DATA, 0)).toBe(Errno.ENAMETOOLONG);
      expect(rig.calls.fd_prestat_get(4, at.OUT)).toBe(Errno.EBADF);
    });
  });

  describe('descriptors', () => {
    it('are the lowest free ones, and move with renumber', () => {
      const rig = new Rig();
      const [a, b] = [rig.open('a', CREATE), rig.open('b', CREATE)];
      rig.write(a, 'A');
      expect(rig.calls.fd_renumber(a, b)).toBe(0);
      expect(rig.open('c', CREATE)).toBe(a);
      expect(rig.read(b, 9, 0n)).toBe('A');
      expect(rig.calls.fd_renumber(a, 99)).toBe(Errno.EBADF);
    });

    it('tell a terminal from a pipe', () => {
      const rig = new Rig();
      rig.terminal(1);
      rig.calls.fd_fdstat_get(1, at.OUT);
      expect(rig.u8[at.OUT]).toBe(2);
      expect(rig.view.getBigUint64(at.OUT + 8, true) & 0x24n).toBe(0n);
      rig.calls.fd_fdstat_get(0, at.OUT);
      expect(rig.u8[at.OUT]).toBe(0);
      expect(rig.calls.fd_seek(0, 0n, 1, at.OUT)).toBe(Errno.ESPIPE);
    });

    it('of kernel services are asked for and read by blocking calls', () => {
      const filestat = (type: number, size: number): Uint8Array => {
        const data = new Uint8Array(64);
        data[16] = type;
        data[32] = size;
        return data;
      };
      let file = 0;
      const rig: Rig = new Rig({
        kernel: (request) => {
          switch (request.op) {
            case 'open': return { value: rig.vfs.process.files.create(OfdKind.SERVICE, ++file, OfdFlag.READ) };
            case 'fstat': return request.fd === 4 ? { value: { seekable: false }, data: filestat(3, 0) } : { value: { seekable: true }, data: filestat(4, 5) };
            case 'read': return { data: new TextEncoder().encode('hello').slice(request.position ?? 0).slice(0, request.length) };
            case 'readdir': return { value: request.cookie === 0 ? [{ name: '.', ino: 1, type: 3, cookie: 1 }, { name: 'status', ino: 2, type: 4, cookie: 7 }] : [] };
            case 'stat': return request.path === 'none' ? { errno: Errno.ENOENT } : { data: filestat(4, 5) };
            default: return undefined;
          }
        },
      });
      const service = rig.vfs.process.files.create(OfdKind.SERVICE, 99, OfdFlag.READ);
      expect(rig.vfs.process.table.install(service)).toBe(4);
      rig.calls.fd_fdstat_get(4, at.OUT);
      expect([rig.u8[at.OUT], rig.view.getBigUint64(at.OUT + 8, true) & (1n << 13n)]).toEqual([3, 1n << 13n]);
      expect(rig.names(4)).toEqual(['.', 'status']);
      expect(rig.names(4, 40)).toEqual(['.']);
      expect(rig.calls.path_filestat_get(4, 1, ...rig.path('none'), at.OUT)).toBe(Errno.ENOENT);
      const fd = rig.open('status', 0, READ, 0, 1, 4);
      expect([rig.read(fd, 2), rig.read(fd, 9), rig.read(fd)]).toEqual(['he', 'llo', '']);
      expect(rig.calls.fd_seek(fd, -1n, 2, at.OUT)).toBe(0);
      expect(rig.read(fd)).toBe('o');
      expect(rig.calls.fd_close(fd)).toBe(0);
      expect(rig.requests.at(-1)).toEqual({ op: 'close', handle: 1 });
    });

    it('that are no sockets say so', () => {
      const rig = new Rig();
      expect(rig.calls.sock_shutdown(0, 1)).toBe(Errno.ENOTSOCK);
      expect(rig.calls.sock_accept(77, 0, at.OUT)).toBe(Errno.EBADF);
    });

    it('sync by the kernel', () => {
      const rig = new Rig();
      const fd = rig.open('a', CREATE);
      expect(rig.calls.fd_sync(fd)).toBe(0);
      expect(rig.requests.at(-1)).toEqual({ op: 'sync' });
    });
  });

  describe('streams', () => {
    it('carry bytes, end, and refuse when nobody reads', () => {
      const rig = new Rig();
      expect(rig.write(1, 'one ', 'two\n')).toBe(8);
      expect(rig.printed()).toBe('one two\n');
      rig.type('in');
      expect(rig.read(0)).toBe('in');
      rig.calls.fd_fdstat_set_flags(0, 4);
      expect(rig.read(0)).toBe(-Errno.EAGAIN);
      rig.endInput();
      expect(rig.read(0)).toBe('');
      rig.stdout.dropReader();
      expect(rig.write(1, 'x')).toBe(-Errno.EPIPE);
    });

    it('of a terminal end at Ctrl-D, once', () => {
      const rig = new Rig();
      const tty = rig.terminal(0);
      tty.markEnd();
      expect(rig.read(0)).toBe('');
      rig.calls.fd_fdstat_set_flags(0, 4);
      expect(rig.read(0)).toBe(-Errno.EAGAIN);
    });
  });

  describe('clocks and random numbers', () => {
    it('give the time in nanoseconds', () => {
      const rig = new Rig();
      expect(rig.calls.clock_time_get(0, 0n, at.OUT)).toBe(0);
      expect(Math.abs(Number(rig.view.getBigUint64(at.OUT, true)) / 1e6 - Date.now())).toBeLessThan(100);
      rig.calls.clock_time_get(1, 0n, at.OUT);
      const before = rig.view.getBigUint64(at.OUT, true);
      rig.calls.clock_time_get(1, 0n, at.OUT);
      expect(rig.view.getBigUint64(at.OUT, true)).toBeGreaterThanOrEqual(before);
      expect(rig.calls.clock_time_get(2, 0n, at.OUT)).toBe(0);
      expect(rig.calls.clock_time_get(9, 0n, at.OUT)).toBe(Errno.EINVAL);
      expect(rig.calls.clock_res_get(1, at.OUT)).toBe(0);
      expect(rig.view.getBigUint64(at.OUT, true)).toBe(5000n);
    });

    it('fill more than the generator gives at once, and no more than asked', () => {
      const rig = new Rig({ pages: 8 });
      expect(rig.calls.random_get(at.DATA, 200_000)).toBe(0);
      expect(rig.u8[at.DATA + 200_000]).toBe(0);
      expect(new Set(rig.u8.subarray(at.DATA + 196_608, at.DATA + 200_000)).size).toBeGreaterThan(200);
      expect(rig.calls.random_get(8 * 65536 - 10, 11)).toBe(Errno.EFAULT);
    });
  });

  it('sees memory that the guest has grown', () => {
    const rig = new Rig({ pages: 8 });
    const fd = rig.open('a', CREATE);
    rig.memory.grow(4);
    const beyond = 9 * 65536;
    rig.path('b', beyond);
    expect(rig.calls.path_open(3, 1, beyond, 1, CREATE, READ | WRITE, 0n, 0, beyond + 100)).toBe(0);
    expect(rig.out32(beyond + 100)).toBe(fd + 1);
    expect(rig.write(fd, 'grown')).toBe(5);
  });
});

describe('wasi_unstable', () => {
  it('has the older order of whence and the older filestat', () => {
    const rig = new Rig();
    const fd = rig.open('a', CREATE);
    rig.write(fd, 'hello');
    expect(rig.old.fd_seek(fd, 1n, 2, at.OUT)).toBe(0);
    expect(rig.out32()).toBe(1);
    expect(rig.old.fd_seek(fd, 0n, 1, at.OUT)).toBe(0);
    expect(rig.out32()).toBe(5);
    rig.u8.fill(0xee, at.OUT, at.OUT + 64);
    expect(rig.old.fd_filestat_get(fd, at.OUT)).toBe(0);
    expect([rig.u8[at.OUT + 16], rig.out32(at.OUT + 20), rig.out32(at.OUT + 24)]).toEqual([4, 1, 5]);
    expect(rig.u8[at.OUT + 56]).toBe(0xee);
    rig.u8.fill(0, at.OUT, at.OUT + 64);
    expect(rig.old.path_filestat_get(3, 1, ...rig.path('a'), at.OUT)).toBe(0);
    expect(rig.out32(at.OUT + 24)).toBe(5);
    expect(Object.keys(rig.old)).not.toContain('sock_accept');
  });
});
