import { describe, expect, test } from 'vitest';
import { FileType } from '../../../shared/abi/index.ts';
import { Arena, KERNEL_PCB, ProcessHandle } from '../../../shared/arena/index.ts';
import { Tree, TreeKeeper, checkTree, type FillEntry } from '../../../shared/tree/index.ts';
import { fileServiceConformance } from '../testing/index.ts';
import { TreeService } from './index.ts';

function makeTree(): { tree: Tree; keeper: TreeKeeper; root: number } {
  const arena = Arena.create({ pages: 256, journalBytes: 1 << 20 });
  const tree = new Tree(arena, new ProcessHandle(arena, KERNEL_PCB));
  const keeper = new TreeKeeper(tree);
  return { tree, keeper, root: keeper.format(1) };
}

const never = () => Promise.reject(new Error('nothing is missing'));
const whole = { writable: true, symlinks: true, links: true, times: true };
let last: ReturnType<typeof makeTree>;

fileServiceConformance('tree', () => {
  last = makeTree();
  last.keeper.fill(last.root, []);
  return new TreeService({ name: 'tree', dev: 1, tree: last.tree, root: last.root, resolve: never });
}, {
  ...whole,
  after: () => {
    last.keeper.cut();
    expect(checkTree(last.tree, [last.root]).faults).toEqual([]);
  },
});

fileServiceConformance('volatile tree', () => {
  last = makeTree();
  return new TreeService({ name: 'tmp', dev: 2, tree: last.tree, root: last.keeper.makeVolume(2, { volatile: true }), resolve: never });
}, whole);

fileServiceConformance('tree, populated on demand', () => {
  const { tree, keeper, root } = makeTree();
  return new TreeService({
    name: 'tree', dev: 1, tree, root,
    resolve: async (inode) => void keeper.fill(inode, []),
  });
}, whole);

describe('tree service', () => {
  const entry = (name: string, fields: Partial<FillEntry>): FillEntry => ({
    name: new TextEncoder().encode(name), ino: 1000, type: FileType.REGULAR_FILE, size: 0, nlink: 1,
    atime: 1n, mtime: 1n, ctime: 1n, origin: 1, ...fields,
  });

  test('asks for directories and blocks that are missing, and goes on', async () => {
    const { tree, keeper, root } = makeTree();
    const asked: number[] = [];
    const service = new TreeService({
      name: 'tree', dev: 1, tree, root,
      resolve: async (inode, block) => {
        asked.push(block);
        await Promise.resolve();
        if (block >= 0) keeper.install(inode, block, new Uint8Array(65536).fill(block + 1));
        else keeper.fill(inode, inode === root ? [entry('d', { type: FileType.DIRECTORY, ino: 2 ** 40 })] : [entry('f', { size: 200_000 })]);
      },
    });
    const dir = await service.lookup(service.root(), 'd');
    const file = await service.lookup(dir, 'f');
    expect(await service.stat(file)).toMatchObject({ size: 200_000, origin: 'base' });
    const start = await service.read(file, 65530, 12);
    expect([...start, ...(await service.read(file, 65530 + start.length, 12 - start.length))]).toEqual([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
    expect(await service.write(file, 70_000, new Uint8Array(10))).toBe(10);
    expect(asked).toEqual([-1, -1, 0, 1]);
  });

  test('a node whose inode was given to another file is stale', async () => {
    const { tree, keeper, root } = makeTree();
    const service = new TreeService({ name: 't', dev: 2, tree, root: keeper.makeVolume(2, { volatile: true }), resolve: never });
    const first = await service.create(service.root(), 'a');
    await service.unlink(service.root(), 'a');
    const second = await service.create(service.root(), 'b');
    expect(() => service.stat(first)).toThrow(/ESTALE/);
    expect(service.stat(second).kind).toBe('file');
    expect(root).toBeGreaterThan(0);
  });

  test('what cannot be resolved is the caller’s failure', async () => {
    const { tree, root } = makeTree();
    const service = new TreeService({ name: 't', dev: 1, tree, root, resolve: () => Promise.reject(new Error('no store')) });
    await expect(service.lookup(service.root(), 'a')).rejects.toThrow('no store');
  });
});
