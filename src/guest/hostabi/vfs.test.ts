import { describe, expect, it } from 'vitest';
import { Errno } from '../../shared/base/index.ts';
import { at, Rig } from '../testing/rig.ts';

const Open = { READ: 1, WRITE: 2, CREATE: 4, NEW: 8, TRUNCATE: 16, APPEND: 32 } as const;
const OWN = -1n;

/** `/` is descriptor 3, with `/home/notes/a` and `/etc/motd`; the working directory `/home` is descriptor 4, as `.`. */
class Guest {
  readonly rig = new Rig({ pages: 8 });

  constructor() {
    const { calls } = this.rig;
    for (const path of ['home', 'home/notes', 'etc', 'etc/notes']) calls.path_create_directory(3, ...this.rig.path(path));
    for (const path of ['home/notes/a', 'etc/motd']) calls.fd_close(this.rig.open(path, 1));
    const home = new TextEncoder().encode('home');
    // From the working directory `..` leads on, for who was given the root.
    expect(this.rig.preopen(this.rig.vfs.process.tree.walk(this.rig.root, 0, home, 0, home.length, true), '.', this.rig.root)).toBe(4);
  }

  open(dir: number, path: string, flags: number): number {
    const errno = this.rig.host.astrid_vfs_open(dir, ...this.rig.path(path), flags, at.OUT);
    return errno === 0 ? this.rig.out32() : -errno;
  }

  directory(dir: number, path: string, rights = 15): number {
    const errno = this.rig.host.astrid_vfs_open_dir(dir, ...this.rig.path(path), rights, at.OUT);
    return errno === 0 ? this.rig.out32() : -errno;
  }

  write(fd: number, text: string, offset = OWN): number {
    const errno = this.rig.host.astrid_vfs_write(fd, ...this.rig.path(text, at.DATA), offset, at.OUT);
    return errno === 0 ? this.rig.out32() : -errno;
  }

  read(fd: number, length = 100, offset = OWN): string | number {
    const errno = this.rig.host.astrid_vfs_read(fd, at.DATA, length, offset, at.OUT);
    return errno === 0 ? new TextDecoder().decode(this.rig.u8.slice(at.DATA, at.DATA + this.rig.out32())) : -errno;
  }
}

describe('files below directory handles', () => {
  it('HA11 are descriptors: written, read at a position or where they stand, closed', () => {
    const guest = new Guest();
    const fd = guest.open(4, 'new', Open.READ | Open.WRITE | Open.CREATE | Open.NEW);
    expect([guest.write(fd, 'hello world'), guest.read(fd), guest.read(fd, 5, 6n), guest.write(fd, 'W', 6n), guest.read(fd, 11, 0n)]).toEqual([11, '', 'world', 1, 'hello World']);
    expect(guest.rig.calls.fd_close(fd)).toBe(0);
    expect([guest.read(fd), guest.rig.host.astrid_vfs_close(fd)]).toEqual([-Errno.EBADF, Errno.EBADF]);
    const appended = guest.open(4, 'new', Open.APPEND);
    expect([guest.write(appended, '!'), guest.read(appended)]).toEqual([1, -Errno.EBADF]);
    expect(guest.read(guest.open(4, 'new', Open.READ))).toBe('hello World!');
    expect(guest.read(guest.open(4, 'new', Open.READ | Open.WRITE | Open.TRUNCATE))).toBe('');
    guest.rig.close();
  });

  it('HA11 no path leads out of the handle\'s directory, the working directory\'s neither', () => {
    const guest = new Guest();
    const notes = guest.directory(4, 'notes');
    for (const dir of [notes, 4]) expect(['..', '../notes', '/etc/motd', '../../etc/motd', './../etc/motd'].map((path) => guest.open(dir, path, Open.READ))).toEqual(Array(5).fill(-Errno.EPERM));
    expect(guest.open(notes, '../notes/a', Open.READ)).toBe(-Errno.EPERM);
    expect(guest.open(4, 'notes/../notes/a', Open.READ)).toBeGreaterThan(notes);
    expect(guest.rig.host.astrid_vfs_stat(notes, ...guest.rig.path('..'), at.OUT)).toBe(Errno.EPERM);
    // Preview 1 has it otherwise: there the working directory is only where paths begin.
    expect(guest.rig.open('../etc/motd', 0, 2n, 0, 1, 4)).toBeGreaterThan(notes);
    guest.rig.close();
  });

  it('HA11 a path is what it says, though the program was told of another of that name', () => {
    const guest = new Guest();
    guest.rig.vfs.names.tell(['/etc/motd', '/etc/notes'], []);
    expect([guest.open(4, 'etc/motd', Open.READ), guest.open(4, 'motd', Open.READ)]).toEqual([-Errno.ENOENT, -Errno.ENOENT]);
    expect(guest.rig.open('etc/motd', 0, 2n, 0, 1, 4)).toBeGreaterThan(4);
    guest.rig.close();
  });

  it('a directory handle has the rights that were asked for, never more than the one that it was opened from', () => {
    const guest = new Guest();
    const readable = guest.directory(4, 'notes', 1);
    expect([guest.open(readable, 'a', Open.READ) > 0, guest.open(readable, 'a', Open.WRITE), guest.open(readable, 'b', Open.WRITE | Open.CREATE)]).toEqual([true, -Errno.ENOTCAPABLE, -Errno.ENOTCAPABLE]);
    const again = guest.directory(readable, '.', 15);
    expect([guest.open(again, 'a', Open.READ) > 0, guest.open(again, 'a', Open.WRITE)]).toEqual([true, -Errno.ENOTCAPABLE]);
    const writable = guest.directory(4, 'notes', 2);
    const same = guest.directory(writable, '.', 15);
    expect([writable > 0, same > 0, guest.open(same, 'a', Open.WRITE) > 0, guest.open(same, 'a', Open.READ)]).toEqual([true, true, true, -Errno.ENOTCAPABLE]);
    expect([guest.rig.host.astrid_vfs_list(readable, 0n, at.DATA, 100, at.OUT), guest.rig.host.astrid_vfs_list(same, 0n, at.DATA, 100, at.OUT)]).toEqual([0, Errno.ENOTCAPABLE]);
    expect(guest.rig.calls.path_unlink_file(readable, ...guest.rig.path('a'))).toBe(Errno.ENOTCAPABLE);
    expect(guest.rig.open('a', 0, 64n, 0, 1, readable)).toBe(-Errno.ENOTCAPABLE);
    guest.rig.close();
  });

  it('HA3 flags that make no sense, bad pointers, texts and handles are refused by name', () => {
    const guest = new Guest();
    const { host } = guest.rig;
    expect([0, 64, Open.CREATE, Open.READ | Open.TRUNCATE, Open.NEW].map((flags) => guest.open(4, 'notes/a', flags))).toEqual(Array(5).fill(-Errno.EINVAL));
    expect([guest.directory(4, 'notes', 16), guest.directory(4, 'notes/a'), guest.directory(99, '.'), guest.open(4, '', 1)]).toEqual([-Errno.EINVAL, -Errno.ENOTDIR, -Errno.EBADF, -Errno.ENOENT]);
    const fd = guest.open(4, 'notes/a', Open.READ | Open.WRITE);
    expect([guest.read(fd, 10, -2n), guest.write(fd, 'x', 2n ** 63n - 1n)]).toEqual([-Errno.EINVAL, -Errno.EFBIG]);
    expect([host.astrid_vfs_read(fd, -8, 16, OWN, at.OUT), host.astrid_vfs_read(fd, at.DATA, 8, OWN, -1), host.astrid_vfs_open(4, -1, 8, 1, at.OUT), host.astrid_vfs_open(4, at.PATH, 1, 1, -1), host.astrid_vfs_stat(4, at.PATH, 1, -1), host.astrid_vfs_list(4, 0n, -8, 16, at.OUT)])
      .toEqual(Array(6).fill(Errno.EFAULT));
    guest.rig.close();
  });

  it('lists, and tells of a handle or a path below it', () => {
    const guest = new Guest();
    const { host, view } = guest.rig;
    expect([host.astrid_vfs_list(4, 0n, at.DATA, 4096, at.OUT), guest.rig.out32() > 24 * 3]).toEqual([0, true]);
    const fd = guest.open(4, 'notes/a', Open.READ | Open.WRITE);
    guest.write(fd, 'abc');
    expect([host.astrid_vfs_stat(fd, 0, 0, at.DATA), view.getBigUint64(at.DATA + 32, true)]).toEqual([0, 3n]);
    expect([host.astrid_vfs_stat(4, ...guest.rig.path('notes/a'), at.DATA), view.getBigUint64(at.DATA + 32, true), view.getUint8(at.DATA + 16)]).toEqual([0, 3n, 4]);
    expect(host.astrid_vfs_stat(4, ...guest.rig.path('none'), at.DATA)).toBe(Errno.ENOENT);
    guest.rig.close();
  });
});
