import { Errno } from '../base/index.ts';
import {
  Dirent, Entry, Header, Inode, InodeFlag, JournalOp, TAKEN_BACK, coarseTime, type Arena,
} from '../arena/index.ts';
import type { TreeParts } from './parts.ts';

/** Entries of the journal for changes of names. Under the tree lock; between `begin` and the entry nothing may fail that has changed anything. */
export class ChangeRecords {
  readonly #tree: TreeParts;
  readonly #arena: Arena;

  constructor(tree: TreeParts) {
    this.#tree = tree;
    this.#arena = tree.arena;
  }

  /** Not journaled. */
  isVolatile(inode: number): boolean {
    return (this.#tree.inodes.flags(inode) & InodeFlag.VOLATILE) !== 0;
  }

  /** Takes the journal's lock with room for an entry (not for a volatile tree). 0, WAIT or -EROFS. */
  begin(dir: number): number {
    const flags = this.#tree.inodes.flags(dir);
    if (flags & InodeFlag.READ_ONLY) return -Errno.EROFS;
    if (flags & InodeFlag.VOLATILE) return 0;
    // A full store still takes deletions and renames; one that is read-only takes nothing.
    if (this.#arena.u32[Header.STORE_REFUSES] === Errno.EROFS) return -Errno.EROFS;
    if (!this.#tree.journal.begin()) return this.#tree.waitForJournal();
    return 0;
  }

  /** Gives the journal back without an entry, for want of memory: -ENOSPC. */
  abort(dir: number): number {
    if (!this.isVolatile(dir)) this.#tree.journal.abort();
    return -Errno.ENOSPC;
  }

  /** Appends the entry for `walker.last` in `dir`, and lets go of the journal. */
  record(op: number, dir: number, inode: number): void {
    if (this.isVolatile(dir)) return;
    const { walker, journal, inodes, process } = this.#tree;
    const arena = this.#arena;
    const length = walker.lastEnd - walker.lastStart;
    const word = journal.append(op, inode, inodes.ino(inode), inodes.ino(dir), length, 0, coarseTime(arena), process.actor);
    const to = (word << 2 >>> 0) + Entry.NAMES;
    for (let i = 0; i < length; i++) arena.u8[to + i] = walker.lastBytes[walker.lastStart + i]!;
    if (op === JournalOp.CREATE) {
      arena.u32[(inode >>> 2) + Inode.CREATED_AT] = journal.position;
      arena.u32[(inode >>> 2) + Inode.CREATED_EPOCH] = arena.u32[Header.EPOCH]!;
    }
    // Its target is read when the entry is.
    if (op === JournalOp.SYMLINK) Atomics.add(arena.u32, (inode >>> 2) + Inode.PINS, 1);
    journal.commit();
  }

  /** As `record`, before the change (the old name goes with it); the caller commits. */
  recordRename(source: number, fromDir: number, dir: number, inode: number, replaced: number): void {
    if (this.isVolatile(dir)) return;
    const { walker, journal, inodes, process } = this.#tree;
    const arena = this.#arena;
    const { u8, u32, f64 } = arena;
    const oldLength = u32[(source >>> 2) + Dirent.NAME_LENGTH]!;
    const length = walker.lastEnd - walker.lastStart;
    const word = journal.append(JournalOp.RENAME, inode, inodes.ino(inode), inodes.ino(fromDir), oldLength, length, coarseTime(arena), process.actor);
    f64[(word + Entry.DIR2) >>> 1] = inodes.ino(dir);
    f64[(word + Entry.REPLACED) >>> 1] = replaced === 0 ? 0 : inodes.ino(replaced);
    let to = (word << 2 >>> 0) + Entry.NAMES;
    for (let i = 0; i < oldLength; i++) u8[to++] = u8[source + Dirent.NAME + i]!;
    for (let i = 0; i < length; i++) u8[to++] = walker.lastBytes[walker.lastStart + i]!;
  }

  /** Whether the file was made since the last cut, under this one name, which it has just lost, and nobody has it open. */
  isOfThisEpoch(dir: number, inode: number): boolean {
    const { u32 } = this.#arena;
    const word = inode >>> 2;
    if (this.isVolatile(dir) || u32[word + Inode.CREATED_EPOCH] !== u32[Header.EPOCH]) return false;
    return this.#tree.inodes.nlink(inode) === 0 && Atomics.load(u32, word + Inode.OPENS) === 0;
  }

  /** No batch would show the file: its entries go as if it had never been. Ends the journal's section. */
  takeBack(inode: number): void {
    const { u32 } = this.#arena;
    const { journal } = this.#tree;
    const word = inode >>> 2;
    const changedAt = u32[word + Inode.CHANGED_AT]!;
    if (u32[word + Inode.DIRTY_EPOCH] === u32[Header.EPOCH] && changedAt !== 0) journal.cancel(changedAt - 1);
    journal.cancel(u32[word + Inode.CREATED_AT]!);
    u32[word + Inode.CREATED_EPOCH] = TAKEN_BACK;
    journal.abort();
  }

  /** Later entries name the file: the one that made it must stay. */
  forgetCreation(inode: number): void {
    if (!this.#tree.inodes.isDirectory(inode)) this.#arena.u32[(inode >>> 2) + Inode.CREATED_EPOCH] = 0;
  }
}
