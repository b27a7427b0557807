import { describe, expect, it } from 'vitest';
import { Errno } from '../../shared/base/index.ts';
import { at, Rig } from '../testing/rig.ts';

const CREATE = 1;
const READ = 2n;

describe('path calls', () => {
  describe('links and renames', () => {
    it('make, read and follow symbolic links', () => {
      const rig = new Rig();
      rig.write(rig.open('a', CREATE), 'body');
      expect(rig.calls.path_symlink(...rig.path2('a'), 3, ...rig.path('l'))).toBe(0);
      expect(rig.calls.path_readlink(3, ...rig.path('l'), at.DATA, 10, at.OUT)).toBe(0);
      expect([rig.out32(), rig.u8[at.DATA]]).toEqual([1, 97]);
      expect(rig.read(rig.open('l'))).toBe('body');
      expect(rig.open('l', 0, READ, 0, 0)).toBe(-Errno.ELOOP);
      expect(rig.stat('l', 0).type).toBe(7);
    });

    it('leave the gate clear, whatever they did', () => {
      const rig = new Rig();
      rig.open('a', CREATE);
      rig.open('a');
      rig.open('none');
      rig.stat('a');
      expect(rig.vfs.process.handle.gateSet).toBe(false);
    });

    it('link does not overwrite, rename does', () => {
      const rig = new Rig();
      rig.write(rig.open('a', CREATE), 'A');
      rig.write(rig.open('b', CREATE), 'B');
      expect(rig.calls.path_link(3, 0, ...rig.path2('a'), 3, ...rig.path('b'))).toBe(Errno.EEXIST);
      expect(rig.calls.path_link(3, 0, ...rig.path2('a'), 3, ...rig.path('c'))).toBe(0);
      expect(rig.stat('c').nlink).toBe(2);
      expect(rig.calls.path_rename(3, ...rig.path2('a'), 3, ...rig.path('b'))).toBe(0);
      expect(rig.read(rig.open('b'))).toBe('A');
      expect(rig.stat('a').errno).toBe(Errno.ENOENT);
    });
  });

  describe('paths', () => {
    it.each([
      ['', Errno.ENOENT], ['a\0b', Errno.EINVAL], ['/a', Errno.EPERM], ['../a', Errno.EPERM], ['x'.repeat(256), Errno.ENAMETOOLONG],
      ['x/'.repeat(2100), Errno.ENAMETOOLONG],
    ])('path %# is refused with the right number', (path, errno) => {
      const rig = new Rig();
      expect(rig.open(path.slice(0, 8100))).toBe(-errno);
    });

    it('that are not UTF-8 are EILSEQ', () => {
      const rig = new Rig();
      for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf5, 0x80, 0x80, 0x80]]) {
        expect(rig.open(Uint8Array.from(bytes)), String(bytes)).toBe(-Errno.EILSEQ);
      }
      expect(rig.open('żółć 日本 🎉\n', CREATE)).toBe(4);
    });

    it('of a preopen do not lead out of it', () => {
      const rig = new Rig();
      rig.calls.path_create_directory(3, ...rig.path('box'));
      rig.write(rig.open('secret', CREATE), 's');
      const { tree } = rig.vfs.process;
      const box = tree.walk(rig.root, 0, new TextEncoder().encode('box'), 0, 3, true);
      const fd = rig.preopen(box, '/box');
      expect(rig.calls.path_symlink(...rig.path2('../secret'), fd, ...rig.path('l'))).toBe(0);
      expect(rig.calls.path_symlink(...rig.path2('/secret'), fd, ...rig.path('m'))).toBe(Errno.EPERM);
      expect(rig.calls.path_symlink(...rig.path2('/secret'), 3, ...rig.path('box/m'))).toBe(0);
      expect(rig.read(rig.open('box/m'))).toBe('s');
      expect(rig.open('../secret', 0, READ, 0, 1, fd)).toBe(-Errno.EPERM);
      expect(rig.open('l', 0, READ, 0, 1, fd)).toBe(-Errno.EPERM);
      expect(rig.open('m', 0, READ, 0, 1, fd)).toBe(-Errno.EPERM);
    });
  });
});
