import { describe, expect, it } from 'vitest';
import { PAGE_SIZE } from '../arena/index.ts';
import { Errno } from '../base/index.ts';
import { FileType } from '../abi/index.ts';
import { bytesOf, TreeRig } from '../testing/tree-rig.ts';
import { BLOCK, FILE_MAX, OpenFlag, WAIT } from './index.ts';

const { CREATE, DIRECTORY, EXCLUSIVE, TRUNCATE } = OpenFlag;
const make = TreeRig.ready;

describe('paths', () => {
  it('TR2 names: 255 bytes, UTF-8, no zero; paths: 4096 bytes', () => {
    const rig = make();
    expect(rig.mkdir('é'.repeat(127))).toBe(0);
    expect(rig.mkdir('é'.repeat(128))).toBe(-Errno.ENAMETOOLONG);
    expect(rig.mkdir('a\0b')).toBe(-Errno.EINVAL);
    expect(rig.walk(`${'./'.repeat(2047)}.`)).toBe(rig.root);
    expect(rig.walk('./'.repeat(2049))).toBe(-Errno.ENAMETOOLONG);
    const wrong = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf5, 0x80, 0x80, 0x80], [0xf4, 0x90, 0x80, 0x80]];
    for (const bytes of wrong) {
      expect(rig.tree.ops.mkdirAt(rig.root, 0, Uint8Array.from(bytes), 0, bytes.length)).toBe(-Errno.EILSEQ);
      expect(rig.tree.ops.symlinkAt(Uint8Array.from(bytes), 0, bytes.length, rig.root, 0, bytesOf('l'), 0, 1)).toBe(-Errno.EILSEQ);
    }
    expect(rig.mkdir('😀 \n"')).toBe(0);
    expect(rig.readdir(rig.root)).toContain('😀 \n"');
  });

  it('TR3 symlinks: forty on a path, loops, dangling ones, trailing slashes', () => {
    const rig = make();
    rig.put('file');
    expect(rig.mkdir('dir')).toBe(0);
    expect(rig.symlink('file', 'l0')).toBe(0);
    for (let i = 1; i <= 40; i++) expect(rig.symlink(`l${i - 1}`, `l${i}`)).toBe(0);
    expect(rig.walk('l39')).toBe(rig.walk('file'));
    expect(rig.walk('l40')).toBe(-Errno.ELOOP);
    rig.symlink('me', 'me');
    expect(rig.walk('me')).toBe(-Errno.ELOOP);
    expect(rig.walk('me', false)).toBeGreaterThan(0);
    rig.symlink('nowhere', 'dangling');
    expect(rig.walk('dangling')).toBe(-Errno.ENOENT);
    expect(rig.open('dangling', CREATE | EXCLUSIVE)).toBe(-Errno.EEXIST);
    rig.close(rig.open('dangling', CREATE));
    expect(rig.walk('nowhere')).toBe(rig.walk('dangling'));
    rig.symlink('dir', 'todir');
    rig.symlink('dir/', 'todir2');
    expect(rig.walk('todir/', false)).toBe(rig.walk('dir'));
    expect(rig.walk('todir', false)).not.toBe(rig.walk('dir'));
    expect(rig.walk('todir2/../file')).toBe(rig.walk('file'));
    expect(rig.walk('l0/')).toBe(-Errno.ENOTDIR);
    expect(rig.walk('file/')).toBe(-Errno.ENOTDIR);
    expect(rig.walk('file/..')).toBe(-Errno.ENOTDIR);
    expect(rig.open('new/', CREATE)).toBe(-Errno.EISDIR);
    expect(rig.mkdir('newdir/')).toBe(0);
    expect(rig.unlink('file/')).toBe(-Errno.ENOTDIR);
    expect(rig.unlink('todir/')).toBe(-Errno.ENOTDIR);
    expect(rig.unlink('todir')).toBe(0);
    expect(rig.open('me', 0, false, false)).toBe(-Errno.ELOOP);
    expect(rig.open('file', DIRECTORY)).toBe(-Errno.ENOTDIR);
    expect(rig.readlink('l0')).toBe('file');
    expect(rig.readlink('file')).toBe(-Errno.EINVAL);
  });

  it('TR4 `..` is the real parent; what lies outside of `confine` is refused', () => {
    const rig = make();
    for (const path of ['a', 'a/b', 'a/b/c', 'other', 'other/deep']) expect(rig.mkdir(path)).toBe(0);
    const b = rig.walk('a/b');
    rig.symlink('../../other/deep', 'a/b/out');
    rig.symlink('/other', 'a/b/absolute');
    rig.symlink('c/..', 'a/b/self');
    expect(rig.walk('a/b/out/..')).toBe(rig.walk('other'));
    expect(rig.walk('a/b/absolute')).toBe(rig.walk('other'));
    expect(rig.walk('c/..', true, b, b)).toBe(b);
    expect(rig.walk('self', true, b, b)).toBe(b);
    for (const path of ['..', 'c/../..', 'out', 'absolute', '/a']) expect(rig.walk(path, true, b, b), path).toBe(-Errno.EPERM);
    expect(rig.walk('..', true, rig.root, rig.root)).toBe(-Errno.EPERM);
    expect(rig.walk('..')).toBe(rig.root);
    // Moved out of the confinement while open: the way up is not free because of it.
    const c = rig.open('a/b/c', DIRECTORY, false);
    expect(rig.rename('a/b/c', 'other/c')).toBe(0);
    expect(rig.walk('..', true, c, b)).toBe(-Errno.EPERM);
    rig.close(c);
  });

  it('TR5 a removed directory that is open takes no new names and leads nowhere', () => {
    const rig = make();
    rig.mkdir('p');
    rig.mkdir('p/d');
    rig.put('f');
    const dir = rig.open('p/d', DIRECTORY, false);
    expect(rig.rmdir('p/d')).toBe(0);
    expect(rig.rmdir('p')).toBe(0);
    rig.cut();
    expect(rig.mkdir('x', dir)).toBe(-Errno.ENOENT);
    expect(rig.open('x', CREATE, true, true, dir)).toBe(-Errno.ENOENT);
    expect(rig.symlink('x', 'x', dir)).toBe(-Errno.ENOENT);
    expect(rig.walk('..', true, dir)).toBe(-Errno.ENOENT);
    expect(rig.walk('../f', true, dir, rig.root)).toBe(-Errno.ENOENT);
    const [f, x] = [bytesOf('f'), bytesOf('x')];
    expect(rig.tree.ops.renameAt(rig.root, 0, f, 0, 1, dir, 0, x, 0, 1)).toBe(-Errno.ENOENT);
    expect(rig.tree.ops.linkAt(rig.root, 0, f, 0, 1, true, dir, 0, x, 0, 1)).toBe(-Errno.ENOENT);
    expect(rig.readdir(dir)).toEqual(['.', '..']);
    rig.close(dir);
    expect(rig.check().faults).toEqual([]);
    // The same for one that a rename replaced.
    rig.mkdir('one');
    rig.mkdir('two');
    const two = rig.open('two', DIRECTORY, false);
    expect(rig.rename('one', 'two')).toBe(0);
    expect(rig.mkdir('x', two)).toBe(-Errno.ENOENT);
    rig.close(two);
    rig.cut();
    expect(rig.check().faults).toEqual([]);
  });
});

describe('files', () => {
  it('TR6 a file without a name lives until its last reference goes, and its dirt does not wait for the store', () => {
    const rig = make();
    const inode = rig.open('f', CREATE);
    rig.write(inode, 0, new Uint8Array(3 * BLOCK).fill(1));
    expect(rig.unlink('f')).toBe(0);
    rig.cut();
    for (let round = 0; round < 5; round++) {
      rig.write(inode, round * BLOCK, new Uint8Array(BLOCK).fill(2));
      rig.cut();
      expect(rig.dirty).toBe(0);
    }
    expect(rig.contents(inode)).toEqual(new Uint8Array(5 * BLOCK).fill(2));
    const before = rig.arena.stats().free;
    rig.close(inode);
    expect(rig.arena.stats().free - before).toBeGreaterThanOrEqual(5 * PAGE_SIZE);
    expect(rig.check().faults).toEqual([]);
  });

  it('TR6 contents of a removed closed file are free at once, though the journal still names it', () => {
    const rig = make();
    rig.put('f', new Uint8Array(10 * BLOCK));
    const before = rig.arena.stats().free;
    rig.unlink('f');
    expect(rig.arena.stats().free - before).toBe(10 * PAGE_SIZE);
    expect(rig.dirty).toBe(0);
    expect(rig.check().faults).toEqual([]);
  });

  it('TR7 cookies stay true while 300 entries are deleted and others made', () => {
    const rig = make();
    const names = Array.from({ length: 1000 }, (_, i) => `f${i}`);
    for (const name of names) rig.put(name, new Uint8Array(0));
    let doomed = 0;
    const seen = rig.readdir(rig.root, 512, () => {
      for (let i = 0; i < 8 && doomed < 300; i++, doomed++) rig.unlink(`f${(doomed * 7) % 1000}`);
      rig.put(`new${doomed}`, new Uint8Array(0));
      rig.cut();
    });
    expect(new Set(seen).size).toBe(seen.length);
    const gone = new Set(Array.from({ length: 300 }, (_, i) => `f${(i * 7) % 1000}`));
    for (const name of names) if (!gone.has(name)) expect(seen).toContain(name);
  });

  it('TR7 a buffer that is too small gets a cut entry; a cookie beyond the end gets nothing', () => {
    const rig = make();
    rig.put('file');
    const out = new Uint8Array(100);
    const read = (cookie: number, length: number): number => rig.tree.readdir(rig.root, 0, cookie, rig.window.wrap(out), 0, length);
    expect(read(0, 10)).toBe(10);
    expect(read(0, 24 + 1)).toBe(25);
    expect(read(2, 100)).toBe(28);
    expect(new DataView(out.buffer).getUint32(16, true)).toBe(4);
    expect(out[20]).toBe(FileType.REGULAR_FILE);
    expect(read(3, 100)).toBe(0);
    expect(read(2 ** 60, 100)).toBe(0);
  });

  it('TR8 100 000 entries: made, listed and removed in a time that grows with their number only', () => {
    const rig = new TreeRig({ pages: 1024, journalBytes: 1 << 22 });
    rig.walk('x');
    const time = (count: number, prefix: string): number => {
      rig.mkdir(prefix);
      const from = performance.now();
      for (let i = 0; i < count; i++) rig.close(rig.open(`${prefix}/${i}`, CREATE));
      expect(rig.readdir(rig.walk(prefix), 65536)).toHaveLength(count + 2);
      for (let i = 0; i < count; i++) rig.unlink(`${prefix}/${i}`);
      return performance.now() - from;
    };
    time(5000, 'warm');
    const few = time(10_000, 'few');
    expect(time(100_000, 'many')).toBeLessThan(few * 10 * 6);
    rig.cut();
    expect(rig.check().faults).toEqual([]);
  }, 120_000);

  it('TR9 holes and cut ends read as zeros, in memory and from the store', () => {
    const rig = make();
    const inode = rig.open('f', CREATE);
    rig.write(inode, 0, new Uint8Array(1000).fill(1));
    const sizes = [500, 2000, 70_000, 100, 200_000, 150_000, 131_072, 400_000];
    for (const size of sizes) expect(rig.tree.truncate(inode, size)).toBe(0);
    rig.cut();
    const wanted = new Uint8Array(400_000);
    wanted.fill(1, 0, 100);
    expect(rig.contents(inode)).toEqual(wanted);
    rig.write(inode, 300_000, new Uint8Array(10).fill(3));
    rig.tree.truncate(inode, 300_005);
    rig.cut();
    rig.write(inode, 600_000, new Uint8Array(1).fill(4));
    rig.close(inode);
    rig.cut();
    expect(rig.keeper.evict(inode)).toBe(true);
    const again = new Uint8Array(600_001);
    again.set(wanted.subarray(0, 300_000));
    again.fill(3, 300_000, 300_005);
    again[600_000] = 4;
    expect(rig.open('f')).toBe(inode);
    expect(rig.contents(inode)).toEqual(again);
    expect(rig.tree.truncate(inode, FILE_MAX + 1)).toBe(-Errno.EFBIG);
    expect(rig.write(inode, FILE_MAX, new Uint8Array(1))).toBe(-Errno.EFBIG);
    rig.close(inode);
  });

  it('TR11 a full arena refuses and leaves all as it was; what is freed can be used again', () => {
    const rig = new TreeRig({ pages: 40, maxPages: 40 });
    rig.walk('x');
    rig.put('small', new Uint8Array(100).fill(5));
    rig.put('big', new Uint8Array(100));
    const big = rig.open('big');
    let size = 0;
    const piece = new Uint8Array(BLOCK).fill(6);
    for (let taken = 1; taken > 0;) {
      taken = rig.tree.append(big, rig.window.wrap(piece), 0, BLOCK);
      if (taken > 0) size = rig.tree.position;
    }
    expect(rig.tree.append(big, rig.window.wrap(piece), 0, BLOCK)).toBe(-Errno.ENOSPC);
    expect(rig.tree.size(big)).toBe(size);
    rig.cut();
    let made = 0;
    while (rig.mkdir(`${'n'.repeat(200)}${made}`) === 0) made++;
    const before = rig.snapshot();
    expect(rig.mkdir(`${'n'.repeat(200)}${made}`)).toBe(-Errno.ENOSPC);
    expect(rig.open('y'.repeat(240), CREATE)).toBe(-Errno.ENOSPC);
    expect(rig.symlink('y'.repeat(2000), 'y'.repeat(240))).toBe(-Errno.ENOSPC);
    expect(rig.rename('small', 'y'.repeat(240))).toBe(-Errno.ENOSPC);
    expect(rig.link('small', 'y'.repeat(240))).toBe(-Errno.ENOSPC);
    expect(rig.snapshot()).toEqual(before);
    rig.cut();
    expect(rig.store.snapshot()).toEqual(before);
    expect(rig.check().faults).toEqual([]);
    rig.close(big);
    expect(rig.unlink('big')).toBe(0);
    rig.put('after', piece);
    rig.cut();
    expect(rig.check().faults).toEqual([]);
  });

  it('TR12 creating with EXCLUSIVE and TRUNCATE is one step: a retry never finds its own file', () => {
    const rig = make();
    rig.cut();
    for (let i = 0; i < 2000; i++) {
      const name = bytesOf(`f${i}`);
      let inode = rig.tree.openAt(rig.root, 0, name, 0, name.length, CREATE | EXCLUSIVE | TRUNCATE, true, true);
      if (inode === WAIT) {
        rig.cut();
        inode = rig.tree.openAt(rig.root, 0, name, 0, name.length, CREATE | EXCLUSIVE | TRUNCATE, true, true);
      }
      expect(inode).toBeGreaterThan(0);
      rig.close(inode);
    }
  });

  it('TR13 times: set exactly, moved on by changes, told by stat', () => {
    const rig = make();
    const inode = rig.put('f', new Uint8Array(5));
    expect(rig.tree.setTimes(inode, 1_700_000_000_123_456_789n, -1n)).toBe(0);
    expect(rig.tree.setTimes(inode, -1n, 5n)).toBe(0);
    const out = new Uint8Array(64);
    const name = bytesOf('f');
    expect(rig.tree.statAt(rig.root, 0, name, 0, 1, true, rig.window.wrap(out), 0)).toBe(0);
    const view = new DataView(out.buffer);
    const ino = BigInt(rig.tree.inodes.ino(inode));
    expect([0, 8, 24, 32, 40, 48].map((at) => view.getBigUint64(at, true))).toEqual([1n, ino, 1n, 5n, 1_700_000_000_123_456_789n, 5n]);
    expect(out[16]).toBe(FileType.REGULAR_FILE);
  });
});
