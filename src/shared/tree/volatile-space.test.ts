import { describe, expect, test } from 'vitest';
import { Arena, BufferWindow, Header, KERNEL_PCB, ProcessHandle } from '../arena/index.ts';
import { Errno } from '../base/index.ts';
import { OpenFlag, Tree, TreeKeeper } from './index.ts';

const encoder = new TextEncoder();
const LIMIT = 4 * 1024 * 1024;

function make() {
  const arena = Arena.create({ pages: 1024, maxPages: 2048, journalBytes: 1 << 20 });
  const tree = new Tree(arena, new ProcessHandle(arena, KERNEL_PCB));
  const keeper = new TreeKeeper(tree);
  const home = keeper.format(1);
  keeper.fill(home, []);
  const tmp = keeper.makeVolume(2, { volatile: true, limit: LIMIT });
  const window = new BufferWindow(arena);
  const bytes = new Uint8Array(1 << 20).fill(7);
  const on = <T>(name: string, action: (encoded: Uint8Array) => T): T => action(encoder.encode(name));
  return {
    tree, home, tmp, window, keeper,
    used: () => arena.u32[Header.VOLATILE_USED]! * 64,
    open: (dir: number, name: string, flags: number = OpenFlag.CREATE) => on(name, (path) => tree.openAt(dir, 0, path, 0, path.length, flags, true, true)),
    write: (inode: number, position: number, length: number) => tree.write(inode, position, window.wrap(bytes), 0, length),
    unlink: (dir: number, name: string) => on(name, (path) => tree.ops.unlinkAt(dir, 0, path, 0, path.length)),
    mkdir: (dir: number, name: string) => on(name, (path) => tree.ops.mkdirAt(dir, 0, path, 0, path.length)),
  };
}

describe('the volatile volume', () => {
  test('TR32: is full at its bound, and the rest of the arena is not', () => {
    const { open, write, tmp, home, used } = make();
    const file = open(tmp, 'big');
    let at = 0;
    for (;;) {
      const count = write(file, at, 100_000);
      if (count < 0) {
        expect(count).toBe(-Errno.ENOSPC);
        break;
      }
      at += count;
    }
    expect(at).toBeGreaterThan(LIMIT * 0.9);
    expect(used()).toBeLessThanOrEqual(LIMIT);
    const other = open(home, 'file');
    expect(write(other, 0, 1 << 20)).toBe(1 << 20);
  });

  test('TR32: names count too', () => {
    const { open, mkdir, tmp, tree } = make();
    let made = 0;
    for (; made < 100_000; made++) {
      const inode = made % 2 === 0 ? open(tmp, `f${made}`) : mkdir(tmp, `d${made}`);
      if (inode < 0) {
        expect(inode).toBe(-Errno.ENOSPC);
        break;
      }
      if (made % 2 === 0) tree.release(inode);
    }
    expect(made).toBe(LIMIT / 256);
  });

  test('TR32: what is removed, cut or grown gives back what it took (seed 5)', () => {
    const { open, write, unlink, tmp, tree, used } = make();
    const before = used();
    let state = 5;
    const next = (most: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % most;
    };
    const names = Array.from({ length: 8 }, (_, at) => `n${at}`);
    for (let round = 0; round < 3000; round++) {
      const name = names[next(names.length)]!;
      const inode = open(tmp, name);
      if (inode < 0) {
        unlink(tmp, name);
        continue;
      }
      const what = next(4);
      if (what === 0) tree.truncate(inode, next(300_000));
      else if (what === 1) unlink(tmp, name);
      else write(inode, next(500_000), 1 + next(70_000));
      tree.release(inode);
      expect(used()).toBeLessThanOrEqual(LIMIT);
    }
    for (const name of names) unlink(tmp, name);
    expect(used()).toBe(before);
  });

  test('TR32: a file of the other volume that lost its name does not count', () => {
    const { open, write, unlink, home, tree, used } = make();
    const before = used();
    const inode = open(home, 'gone');
    unlink(home, 'gone');
    write(inode, 0, 200_000);
    expect(used()).toBe(before);
    tree.release(inode);
    expect(used()).toBe(before);
  });
});
