import { describe, expect, it } from 'vitest';
import { Arena, BufferWindow, KERNEL_PCB, ProcessHandle } from '../arena/index.ts';
import { Errno } from '../base/index.ts';
import { checkTree, Tree, TreeKeeper } from './index.ts';

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);

export function makeTree(): { tree: Tree; keeper: TreeKeeper; root: number; window: BufferWindow } {
  const arena = Arena.create({ pages: 1024, journalBytes: 1 << 20 });
  const tree = new Tree(arena, new ProcessHandle(arena, KERNEL_PCB));
  const keeper = new TreeKeeper(tree);
  const root = keeper.format(1);
  keeper.fill(root, []);
  return { tree, keeper, root, window: new BufferWindow(arena) };
}

describe('tree', () => {
  it('TR1 creates, writes, reads, renames, unlinks, and leaves nothing', () => {
    const { tree, keeper, root, window } = makeTree();
    const path = bytes('a.txt');
    expect(tree.ops.mkdirAt(root, 0, bytes('d'), 0, 1)).toBe(0);
    expect(tree.ops.mkdirAt(root, 0, bytes('d'), 0, 1)).toBe(-Errno.EEXIST);
    const inode = tree.openAt(root, 0, path, 0, path.length, 1, true, true);
    expect(inode).toBeGreaterThan(0);
    const data = new Uint8Array(200_000).map((_, i) => i * 7);
    expect(tree.write(inode, 0, window.wrap(data), 0, data.length)).toBe(data.length);
    expect(tree.append(inode, window, 0, 100)).toBe(100);
    expect(tree.position).toBe(200_100);
    const back = new Uint8Array(200_100);
    expect(tree.read(inode, 0, window.wrap(back), 0, back.length)).toBe(back.length);
    expect(back.subarray(0, 200_000)).toEqual(data);
    expect(back.subarray(200_000)).toEqual(data.subarray(0, 100));
    const to = bytes('d/b.txt');
    expect(tree.ops.renameAt(root, 0, path, 0, path.length, root, 0, to, 0, to.length)).toBe(0);
    expect(tree.walk(root, 0, path, 0, path.length, true)).toBe(-Errno.ENOENT);
    expect(tree.walk(root, 0, to, 0, to.length, true)).toBe(inode);
    const cut = keeper.cut()!;
    expect(cut.changes.map((change) => change.op)).toEqual(['mkdir', 'create', 'write', 'rename']);
    expect(cut.captures).toHaveLength(1);
    expect(cut.captures[0]!.blocks.map((block) => block.bytes.length)).toEqual([65536, 65536, 65536, 200_100 - 3 * 65536]);
    keeper.settle(cut.dirty);
    expect(tree.ops.unlinkAt(root, 0, to, 0, to.length)).toBe(0);
    expect(checkTree(tree, [root]).faults).toEqual([]);
    tree.release(inode);
    keeper.cut();
    expect(tree.ops.rmdirAt(root, 0, bytes('d'), 0, 1)).toBe(0);
    keeper.cut();
    const report = checkTree(tree, [root]);
    expect(report.faults).toEqual([]);
    expect(report.inodes).toBe(1);
    expect(tree.arena.u32[71]).toBe(0);
  });

  it('TR24 a file made and removed within one epoch leaves no entry; one that was seen, linked, renamed or is open does', () => {
    const { tree, keeper, root, window } = makeTree();
    const path = bytes('temporary');
    const other = bytes('other');
    const make = (): void => {
      const inode = tree.openAt(root, 0, path, 0, path.length, 1, true, true);
      tree.write(inode, 0, window.wrap(bytes('0123456789')), 0, 10);
      tree.release(inode);
    };
    const head = tree.journal.head;
    for (let i = 0; i < 3; i++) {
      make();
      expect(tree.ops.unlinkAt(root, 0, path, 0, path.length)).toBe(0);
    }
    expect(tree.journal.head).toBe(head);
    expect(keeper.cut()).toBeNull();

    make();
    const between = tree.openAt(root, 0, other, 0, other.length, 1, true, true);
    expect(tree.ops.unlinkAt(root, 0, path, 0, path.length)).toBe(0);
    expect(keeper.cut()!.changes.map(({ op, name }) => `${op} ${name}`)).toEqual(['create other']);

    make();
    keeper.cut();
    expect(tree.ops.unlinkAt(root, 0, path, 0, path.length)).toBe(0);
    expect(keeper.cut()!.changes.map(({ op }) => op)).toEqual(['unlink']);

    make();
    expect(tree.ops.renameAt(root, 0, path, 0, path.length, root, 0, other, 0, other.length)).toBe(0);
    expect(tree.ops.unlinkAt(root, 0, other, 0, other.length)).toBe(0);
    expect(keeper.cut()!.changes.map(({ op }) => op)).toEqual(['create', 'rename', 'unlink']);

    tree.release(between);
    expect(checkTree(tree, [root]).faults).toEqual([]);
    expect(tree.arena.u32[71]).toBe(0);
  });
});
