import { expect, it } from 'vitest';
import { FileType } from '../abi/index.ts';
import { Header, Inode } from '../arena/index.ts';
import { Errno } from '../base/index.ts';
import { NaiveStore } from '../testing/naive-store.ts';
import { Random } from '../testing/random.ts';
import { bytesOf, TreeRig } from '../testing/tree-rig.ts';
import { BLOCK, MISS, WAIT } from './index.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** A second stored volume beside a rig's own, with a store of its own. */
class Second {
  readonly store = new NaiveStore();
  readonly root: number;

  constructor(readonly rig: TreeRig, readonly dev: number) {
    this.root = rig.keeper.makeVolume(dev, 'stored');
    rig.volumes.push(this.root);
  }

  /** As `TreeRig.again`, for both volumes. */
  again(operation: () => number, cut: () => void): number {
    for (let tries = 0; tries < 100; tries++) {
      const result = operation();
      if (result === WAIT) cut();
      else if (result === MISS) this.resolve();
      else return result;
    }
    throw new Error('an operation does not get on');
  }

  resolve(): void {
    const { tree, keeper, store } = this.rig;
    const { missInode, missBlock, inodes } = tree;
    const from = this.rig.arena.u32[(missInode >>> 2) + Inode.DEV] === this.dev ? this.store : store;
    const ino = inodes.ino(missInode);
    if (missBlock < 0) keeper.fill(missInode, from.populate(ino));
    else keeper.install(missInode, missBlock, from.block(ino, missBlock));
  }
}

function cutBoth(rig: TreeRig, seconds: readonly Second[]): void {
  const cut = rig.keeper.cut();
  if (!cut) return;
  rig.store.apply({ ...cut });
  rig.keeper.settle(cut.dirty);
  for (const [dev, part] of cut.others) {
    seconds.find((second) => second.dev === dev)?.store.apply({ ...part, position: cut.position, others: new Map() });
    rig.keeper.settle(part.dirty);
  }
}

it.for([1, 2, 3, 4])('TR35 volumes of one arena keep apart what has the same numbers, and each cut tells which is whose: seed %i', (seed) => {
  const random = new Random(seed);
  const rig = TreeRig.ready();
  const { tree, keeper } = rig;
  const seconds = [new Second(rig, 7), new Second(rig, 300_000)];
  // All start with the same numbers: a base that they have in common.
  for (const store of [rig.store, ...seconds.map((second) => second.store)]) expect(store.maxIno).toBe(1);
  const cut = (): void => cutBoth(rig, seconds);
  const run = (operation: () => number): number => seconds[0]!.again(operation, cut);
  const roots = [rig.root, ...seconds.map(({ root }) => root)];
  for (let step = 0; step < 900; step++) {
    const root = random.pick(roots)!;
    const at = seconds.find((second) => second.root === root) ?? seconds[0]!;
    const path = bytesOf(random.chance(0.5) ? random.pick(NAMES)! : `${random.pick(NAMES)}/${random.pick(NAMES)}`);
    const other = bytesOf(random.pick(NAMES)!);
    const again = (operation: () => number): number => at.again(operation, cut);
    const dice = random.below(12);
    if (dice < 3) again(() => tree.ops.mkdirAt(root, 0, path, 0, path.length));
    else if (dice < 7) {
      const inode = again(() => tree.openAt(root, 0, path, 0, path.length, 1, true, true));
      if (inode < 0) continue;
      const bytes = random.bytes(1 + random.below(random.chance(0.2) ? 3 * BLOCK : 500));
      again(() => tree.write(inode, random.below(1000), rig.window.wrap(bytes), 0, bytes.length));
      tree.release(inode);
    } else if (dice === 7) again(() => tree.ops.unlinkAt(root, 0, path, 0, path.length));
    else if (dice === 8) again(() => tree.ops.rmdirAt(root, 0, path, 0, path.length));
    else if (dice === 9) again(() => tree.ops.linkAt(root, 0, path, 0, path.length, false, root, 0, other, 0, other.length));
    else if (dice === 10) again(() => tree.ops.renameAt(root, 0, path, 0, path.length, root, 0, other, 0, other.length));
    else cut();
    if (random.chance(0.02)) {
      // From one into another: never.
      const into = random.pick(roots.filter((one) => one !== root))!;
      const there = run(() => tree.walk(root, 0, other, 0, other.length, false));
      if (there >= 0) expect(run(() => tree.ops.renameAt(root, 0, other, 0, other.length, into, 0, path, 0, path.length))).toBeLessThan(0);
    }
  }
  cut();
  for (const { root, store } of seconds) expect(rig.snapshot(root)).toEqual(store.snapshot());
  expect(rig.snapshot()).toEqual(rig.store.snapshot());
  expect(rig.dirty).toBe(0);
  expect(rig.check().faults).toEqual([]);
  for (const { root, store } of seconds) {
    rig.volumes.splice(rig.volumes.indexOf(root), 1);
    for (let slices = 0; !keeper.dropVolume(root, 3); slices++) expect(slices).toBeLessThan(1000);
    expect(rig.check().faults, 'one dropped').toEqual([]);
    expect(store.maxIno).toBeGreaterThan(1);
  }
  expect(rig.keeper.cut()).toBeNull();
  expect(rig.snapshot()).toEqual(rig.store.snapshot());
});

it('TR36 a dropped volume stays as long as somebody has something of it open; nothing new is made in it, and nothing leaks', () => {
  const rig = TreeRig.ready();
  const { tree, keeper } = rig;
  const second = new Second(rig, 9);
  const run = (operation: () => number): number => second.again(operation, () => cutBoth(rig, [second]));
  const name = bytesOf('d');
  expect(run(() => tree.ops.mkdirAt(second.root, 0, name, 0, 1))).toBe(0);
  const file = run(() => tree.openAt(second.root, 0, bytesOf('d/f'), 0, 3, 1, true, true));
  const dir = run(() => tree.openAt(second.root, 0, name, 0, 1, 0, false, true));
  expect(run(() => tree.ops.linkAt(second.root, 0, bytesOf('d/f'), 0, 3, false, second.root, 0, bytesOf('g'), 0, 1))).toBe(0);
  expect(run(() => tree.ops.symlinkAt(name, 0, 1, second.root, 0, bytesOf('l'), 0, 1))).toBe(0);
  const bytes = new Uint8Array(2 * BLOCK).fill(5);
  run(() => tree.write(file, 0, rig.window.wrap(bytes), 0, bytes.length));
  rig.volumes.splice(rig.volumes.indexOf(second.root), 1);
  for (let i = 0; i < 10; i++) expect(keeper.dropVolume(second.root)).toBe(false);
  expect(tree.ops.mkdirAt(second.root, 0, bytesOf('new'), 0, 3)).toBe(-Errno.ENOENT);
  expect(tree.ops.mkdirAt(dir, 0, bytesOf('new'), 0, 3)).toBe(-Errno.ENOENT);
  expect(tree.walk(dir, 0, bytesOf('..'), 0, 2, true)).toBe(-Errno.ENOENT);
  expect(run(() => tree.write(file, 5, rig.window.wrap(Uint8Array.of(1)), 0, 1))).toBe(1);
  tree.release(file);
  tree.release(dir);
  expect(keeper.dropVolume(second.root)).toBe(false);
  cutBoth(rig, [second].slice(1));
  expect(keeper.dropVolume(second.root)).toBe(true);
  expect(rig.dirty).toBe(0);
  expect(rig.check().faults).toEqual([]);
});

it('TR36 a file whose last known name was removed, with another that nobody has read, is freed with its volume', () => {
  const rig = TreeRig.ready();
  const { tree, keeper } = rig;
  const root = keeper.makeVolume(4, 'stored');
  const entry = { size: 10, nlink: 2, atime: 1n, mtime: 2n, ctime: 3n, origin: 1 };
  keeper.fill(root, [{ ...entry, name: bytesOf('f'), ino: 50, type: FileType.REGULAR_FILE }]);
  expect(tree.ops.unlinkAt(root, 0, bytesOf('f'), 0, 1)).toBe(0);
  keeper.cut();
  expect(keeper.dropVolume(root)).toBe(true);
  expect(rig.check().faults).toEqual([]);
});

it('TR32 TR36 a volatile volume that is dropped gives its memory back, and the bound stands', () => {
  const rig = TreeRig.ready();
  const { tree, keeper } = rig;
  rig.keeper.makeVolume(2, { volatile: true, limit: 1 << 20 });
  const used = rig.arena.u32[Header.VOLATILE_USED];
  const root = keeper.makeVolume(3, { volatile: true });
  const file = tree.openAt(root, 0, bytesOf('f'), 0, 1, 1, true, true);
  const bytes = new Uint8Array(1 << 19);
  expect(tree.write(file, 0, rig.window.wrap(bytes), 0, bytes.length)).toBe(bytes.length);
  expect(tree.write(file, bytes.length, rig.window.wrap(bytes), 0, bytes.length)).toBeLessThan(bytes.length);
  tree.release(file);
  expect(keeper.dropVolume(root)).toBe(true);
  expect(rig.arena.u32[Header.VOLATILE_USED]).toBe(used);
});

it('TR37 nothing in a volume of the past can be changed', () => {
  const rig = TreeRig.ready();
  const { tree, keeper } = rig;
  const root = keeper.makeVolume(4, 'past');
  const entry = { size: 10, nlink: 1, atime: 1n, mtime: 2n, ctime: 3n, origin: 1 };
  keeper.fill(root, [{ ...entry, name: bytesOf('f'), ino: 50, type: FileType.REGULAR_FILE }, { ...entry, name: bytesOf('d'), ino: 51, type: FileType.DIRECTORY }]);
  const at = (path: string): [number, number, Uint8Array, number, number] => [root, 0, bytesOf(path), 0, bytesOf(path).length];
  const file = tree.openAt(...at('f'), 0, true, true);
  keeper.install(file, 0, bytesOf('0123456789'));
  expect(tree.write(file, 0, rig.window.wrap(Uint8Array.of(1)), 0, 1)).toBe(-Errno.EROFS);
  expect(tree.truncate(file, 0)).toBe(-Errno.EROFS);
  expect(tree.setTimes(file, 1n, 1n)).toBe(-Errno.EROFS);
  expect(keeper.adopt(file, 5)).toBe(-Errno.EROFS);
  expect(rig.contents(file)).toEqual(bytesOf('0123456789'));
  tree.release(file);
  expect(tree.openAt(...at('new'), 1, true, true)).toBe(-Errno.EROFS);
  expect(tree.openAt(...at('f'), 8, true, true)).toBe(-Errno.EROFS);
  const dir = tree.walk(...at('d'), true);
  keeper.fill(dir, []);
  for (const result of [
    tree.ops.mkdirAt(...at('x')), tree.ops.unlinkAt(...at('f')), tree.ops.rmdirAt(...at('d')), tree.ops.renameAt(...at('f'), ...at('g')),
    tree.ops.renameAt(...at('f'), dir, 0, bytesOf('f'), 0, 1), tree.ops.symlinkAt(bytesOf('t'), 0, 1, ...at('s')), tree.ops.linkAt(...at('f'), false, ...at('h')),
  ]) expect(result).toBe(-Errno.EROFS);
  expect(rig.keeper.cut()).toBeNull();
  expect(keeper.dropVolume(root)).toBe(true);
  expect(rig.check().faults).toEqual([]);
});
