import { describe, expect, it } from 'vitest';
import { FileType } from '../abi/index.ts';
import { Dirent, Header, Inode, OriginBit } from '../arena/index.ts';
import { Errno } from '../base/index.ts';
import { bytesOf, TreeRig } from '../testing/tree-rig.ts';
import { BLOCK, FILE_MAX, MISS, WAIT, type FillEntry } from './index.ts';

const make = TreeRig.ready;

describe('kernel', () => {
  it('TR20 a cut tells all changes in order; writers of the next epoch wait until theirs is captured', () => {
    const rig = make();
    const inode = rig.put('f');
    rig.link('f', 'g');
    rig.rename('g', 'h');
    const cut = rig.keeper.cut()!;
    expect(cut.changes.map(({ op }) => op)).toEqual(['create', 'write', 'link', 'rename']);
    expect(cut.captures.map(({ ino, nlink }) => [ino, nlink])).toEqual([[rig.tree.inodes.ino(inode), 2]]);
    rig.arena.u32[Header.CAPTURED] = 0;
    expect(rig.tree.write(inode, 0, rig.window.wrap(new Uint8Array(1)), 0, 1)).toBe(WAIT);
    rig.arena.u32[Header.CAPTURED] = rig.arena.u32[Header.EPOCH]! - 1;
    expect(rig.tree.write(inode, 0, rig.window.wrap(new Uint8Array(1)), 0, 1)).toBe(1);
    expect(rig.tree.isDurable(cut.position)).toBe(false);
    rig.tree.journal.setDurable(cut.position);
    expect(rig.tree.isDurable(cut.position)).toBe(true);
    expect(rig.tree.isDurable(rig.tree.syncPosition())).toBe(false);
  });

  it('TR24 what was made and removed within one batch leaves no entry; what anything else names stays', () => {
    const rig = make();
    rig.put('plain');
    rig.unlink('plain');
    expect(rig.tree.journal.head).toBe(rig.tree.journal.tail);
    rig.put('between');
    rig.mkdir('d');
    rig.unlink('between');
    expect(rig.keeper.cut()!.changes.map(({ op }) => op)).toEqual(['mkdir']);
    rig.put('renamed');
    rig.rename('renamed', 'd/renamed');
    rig.unlink('d/renamed');
    rig.put('linked');
    rig.link('linked', 'd/linked');
    rig.unlink('linked');
    const open = rig.open('open', 1);
    rig.unlink('open');
    rig.put('earlier');
    const cut = rig.keeper.cut()!;
    expect(cut.changes.map(({ op }) => op).join()).toBe('create,rename,unlink,create,write,link,unlink,create,unlink,create,write');
    rig.unlink('earlier');
    expect(rig.keeper.cut()!.changes.map(({ op }) => op)).toEqual(['unlink']);
    rig.close(open);
    rig.keeper.settle(cut.dirty);
    expect(rig.dirty).toBe(0);
    expect(rig.check().faults).toEqual([]);
  });

  it('TR22 a directory is filled once: a late second answer brings nothing back', () => {
    const rig = new TreeRig();
    expect(rig.tree.walk(rig.root, 0, bytesOf('a'), 0, 1, true)).toBe(MISS);
    const entry = (name: string, ino: number, extra: Partial<FillEntry> = {}): FillEntry => ({
      name: bytesOf(name), ino, type: FileType.REGULAR_FILE, size: 10, nlink: 1, atime: 1n, mtime: 2n, ctime: 3n, origin: OriginBit.LOWER, ...extra,
    });
    const entries = [entry('a', 50), entry('b', 51, { nlink: 2 }), entry('c', 51, { nlink: 2 }), entry('l', 52, { type: FileType.SYMBOLIC_LINK, target: bytesOf('a') })];
    expect(rig.keeper.fill(rig.root, entries)).toBe(0);
    expect(rig.unlink('a')).toBe(0);
    expect(rig.keeper.fill(rig.root, entries)).toBe(0);
    expect(rig.walk('a')).toBe(-Errno.ENOENT);
    expect(rig.walk('b')).toBe(rig.walk('c'));
    expect(rig.walk('l')).toBe(-Errno.ENOENT);
    expect(rig.keeper.pathOf(rig.walk('c'))).toBe('/c');
    rig.cut = () => void rig.keeper.cut();
    rig.cut();
    expect(rig.check().faults).toEqual([]);
  });

  it('TR22 what is no inode (any more) has no path: nothing is believed of it', () => {
    const rig = new TreeRig();
    const { arena } = rig.tree;
    const freed = rig.arena.allocZeroed(128);
    const word = freed >>> 2;
    // As stale memory may look: it names itself, with a length that no name has.
    arena.u32[word + Inode.DIRENT] = freed;
    arena.u32[word + Dirent.NAME_LENGTH] = 0xffffffff;
    arena.u32[word + Dirent.DIR] = freed;
    expect(rig.keeper.pathOf(freed)).toBe('?');
    expect(rig.keeper.pathOf(arena.u8.length * 2)).toBe('?');
    expect(arena.i32[Header.TREE_LOCK]).toBe(0);
    arena.free(freed);
  });

  it('TR22 a link whose other name was removed before its directory was filled is still the one file', () => {
    const first = make();
    for (const dir of ['a', 'b']) first.mkdir(dir);
    first.put('a/f');
    first.link('a/f', 'b/f');
    first.cut();
    const rig = new TreeRig({}, first.store);
    expect(rig.unlink('a/f')).toBe(0);
    rig.cut();
    expect(rig.snapshot()).toEqual(rig.store.snapshot());
    expect(rig.check().faults).toEqual([]);
  });

  it('TR23 only clean, closed, named files are let go of; a block comes back when it is asked for', () => {
    const rig = make();
    const inode = rig.put('f', new Uint8Array(3 * BLOCK).fill(8));
    expect(rig.keeper.evict(inode)).toBe(false);
    rig.cut();
    expect(rig.open('f')).toBe(inode);
    expect(rig.keeper.evict(inode)).toBe(false);
    rig.close(inode);
    expect(rig.keeper.evict(inode)).toBe(true);
    expect(rig.keeper.evict(inode)).toBe(false);
    rig.open('f');
    const out = new Uint8Array(1);
    expect(rig.tree.read(inode, 2 * BLOCK, rig.window.wrap(out), 0, 1)).toBe(MISS);
    expect([rig.tree.missInode, rig.tree.missBlock]).toEqual([inode, 2]);
    rig.resolve();
    // A whole block that is written over needs no load.
    expect(rig.tree.write(inode, BLOCK, rig.window.wrap(new Uint8Array(BLOCK).fill(9)), 0, BLOCK)).toBe(BLOCK);
    expect(rig.tree.write(inode, 5, rig.window.wrap(out), 0, 1)).toBe(MISS);
    expect(rig.write(inode, 5, out)).toBe(1);
    rig.close(inode);
    rig.cut();
    expect(rig.snapshot()).toEqual(rig.store.snapshot());
  });

  it('TR33 a file is given what the store has: at once for all its names and openers, nothing copied, one entry in the right name', () => {
    const rig = make();
    const inode = rig.put('f', new Uint8Array(2 * BLOCK).fill(1));
    rig.link('f', 'g');
    expect(rig.dirty).toBeGreaterThan(0);
    expect(rig.adopt(inode, new Uint8Array(3 * BLOCK + 5).fill(7))).toBe(0);
    expect(rig.dirty).toBe(0);
    expect(rig.walk('g')).toBe(inode);
    expect(rig.read(inode, BLOCK, 2)).toEqual(Uint8Array.of(7, 7));
    rig.write(inode, 3 * BLOCK + 4, Uint8Array.of(9, 9));
    const cut = rig.keeper.cut()!;
    expect(cut.changes.map(({ op }) => op)).toEqual(['create', 'write', 'link']);
    expect(cut.captures[0]!.blocks.map(({ index, bytes }) => [index, [...bytes]])).toEqual([[3, [7, 7, 7, 7, 9, 9]]]);
    rig.store.apply(cut);
    rig.keeper.settle(cut.dirty);
    rig.tree.process.actor = 4711;
    expect(rig.keeper.adopt(inode, 0, true)).toBe(0);
    rig.tree.process.actor = 4712;
    expect(rig.keeper.adopt(inode, 0, true)).toBe(WAIT);
    expect(rig.keeper.cut()!.changes.map(({ op, pid }) => [op, pid])).toEqual([['write', 4711]]);
    expect(rig.keeper.adopt(inode, 0, true)).toBe(0);
    rig.tree.process.actor = rig.tree.process.pid;
    expect(rig.keeper.adopt(rig.root, 1)).toBe(-Errno.EINVAL);
    expect(rig.keeper.adopt(inode, FILE_MAX + 1)).toBe(-Errno.EFBIG);
    rig.arena.u32[Header.STORE_REFUSES] = Errno.EROFS;
    expect(rig.keeper.adopt(inode, 1)).toBe(-Errno.EROFS);
    rig.arena.u32[Header.STORE_REFUSES] = 0;
    rig.keeper.cut();
    expect(rig.check().faults).toEqual([]);
  });

  it('TR26 a full journal makes changes wait, and nothing is half done', () => {
    const rig = make();
    rig.cut();
    let made = 0;
    const mkdir = (): number => rig.tree.ops.mkdirAt(rig.root, 0, bytesOf(`d${made}`), 0, bytesOf(`d${made}`).length);
    while (mkdir() === 0) made++;
    expect(mkdir()).toBe(WAIT);
    const before = rig.snapshot();
    expect(before).toHaveLength(made);
    expect(rig.tree.ops.rmdirAt(rig.root, 0, bytesOf('d0'), 0, 2)).toBe(WAIT);
    expect(rig.snapshot()).toEqual(before);
    rig.cut();
    expect(mkdir()).toBe(0);
  });

  it('TR27 a store that refuses: no new data; a full one still takes removals, a read-only one nothing', () => {
    const rig = make();
    const inode = rig.put('f');
    rig.cut();
    rig.arena.u32[Header.STORE_REFUSES] = Errno.ENOSPC;
    expect(rig.write(inode, 0, new Uint8Array(1))).toBe(-Errno.ENOSPC);
    expect(rig.mkdir('d')).toBe(-Errno.ENOSPC);
    expect(rig.rename('f', 'g')).toBe(0);
    expect(rig.unlink('g')).toBe(0);
    rig.arena.u32[Header.STORE_REFUSES] = 0;
    rig.put('f');
    rig.arena.u32[Header.STORE_REFUSES] = Errno.EROFS;
    expect(rig.unlink('f')).toBe(-Errno.EROFS);
    expect(rig.mkdir('d')).toBe(-Errno.EROFS);
    rig.arena.u32[Header.STORE_REFUSES] = 0;
  });

  it('TR28 names that all hash to one place are slow, not wrong', () => {
    const rig = make();
    // One bucket for all, and no room for more: the worst that names can be made to do.
    rig.arena.u32[Header.BUCKET_MASK] = 0;
    rig.arena.u8.fill(0, rig.arena.u32[Header.BUCKETS]!, rig.arena.u32[Header.BUCKETS]! + 4);
    rig.arena.allocZeroed = () => 0;
    for (let i = 0; i < 900; i++) expect(rig.mkdir(`d${i}`)).toBe(0);
    for (let i = 0; i < 900; i++) expect(rig.walk(`d${i}`)).toBeGreaterThan(0);
    for (let i = 0; i < 900; i++) expect(rig.rmdir(`d${i}`)).toBe(0);
  });
});
