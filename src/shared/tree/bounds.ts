import { FileType, RightBit } from '../abi/index.ts';
import { Dirent, GlobMatcher, GlobsWord, Inode, LEADS, type Arena } from '../arena/index.ts';
import { Errno, PATH_MAX } from '../base/index.ts';

const SLASH = 47;
const CONTENTS = RightBit.read | RightBit.write;
const ALL = RightBit.read | RightBit.write | RightBit.create | RightBit.delete;

/** Where a walk is, as the walker knows it. */
export interface Way {
  readonly via: number;
  readonly upVia: number;
  readonly lastDirent: number;
  readonly lastBytes: Uint8Array;
  readonly lastStart: number;
  readonly lastEnd: number;
  surface(dir: number, via: number): number;
}

/** What a description withholds from what is done by it: the words WITHHELD and GLOBS. */
export interface Limit {
  withheld: number;
  globs: number;
}

/** A directory that a process has open, and how it was reached. */
export interface Held extends Limit {
  inode: number;
}

/**
 * What the operation under way may do with what it finds (SPEC.md, RT1 …). Set around a call by whoever knows the descriptions, and
 * looked at under the tree lock, on the names and directories that the walk found: what was checked is what the change is made on.
 */
export class Bounds {
  /** Globs of the walk under way; 0: none. Walkers without the lock do not look at them: they are not used then. */
  globs = 0;
  /** Rights that an open wants on what it opens. */
  need = 0;
  /** Of what an open found or made: its rights, and the patterns that gave them. */
  rights = ALL;
  matched = 0;
  readonly #arena: Arena;
  readonly #walker: Way;
  readonly #matcher: GlobMatcher;
  readonly #path = new Uint8Array(PATH_MAX + 256);
  #withheld = 0;
  #to: Limit | null = null;
  /** All that the process has open, where a name may become another: null where it has every right to what it moves. */
  #held: readonly Held[] | null = null;
  #had = ALL;

  constructor(arena: Arena, walker: Way) {
    this.#arena = arena;
    this.#walker = walker;
    this.#matcher = new GlobMatcher(arena);
  }

  /** From now on walks are within `from`. `need`: what an open wants. */
  set(from: Limit, need = 0): void {
    this.globs = from.globs;
    this.#withheld = from.withheld;
    this.need = need;
  }

  /** From now on the walk to what gets another name is within `from`, the one to that name within `to`. `held`: all directories that the process has open. */
  setTwo(from: Limit, to: Limit, held: readonly Held[]): void {
    this.set(from);
    this.#to = to;
    this.#held = from.withheld === 0 ? null : held;
  }

  clear(): void {
    this.globs = 0;
    this.#withheld = 0;
    this.#to = null;
    this.#held = null;
    this.need = 0;
    this.rights = ALL;
    this.matched = 0;
  }

  /** The walk to the second name begins. */
  turn(): void {
    if (this.#to === null) return;
    this.globs = this.#to.globs;
    this.#withheld = this.#to.withheld;
  }

  /** Rights to a name in a directory that a walk reached by the mount `via`, and LEADS; 0: nothing may be known of it. */
  ofName(dir: number, via: number, bytes: Uint8Array, from: number, to: number): number {
    if (this.globs === 0) return ALL & ~this.#withheld;
    const path = this.#path;
    const start = path.length - (to - from);
    for (let i = from, at = start; i < to; i++, at++) path[at] = bytes[i]!;
    return this.#climbed(dir, via, start, true);
  }

  /** The same of a directory itself. */
  ofDirectory(dir: number, via: number): number {
    if (this.globs === 0) return ALL & ~this.#withheld;
    return this.#climbed(dir, via, this.#path.length, false);
  }

  /** The same of what a walk to the end found. */
  ofFound(inode: number): number {
    const walker = this.#walker;
    const { u32, u8 } = this.#arena;
    const dirent = walker.lastDirent;
    if (u32[(inode >>> 2) + Inode.TYPE] === FileType.DIRECTORY || dirent === 0) return this.ofDirectory(inode, walker.via);
    const name = dirent + Dirent.NAME;
    return this.ofName(u32[(dirent >>> 2) + Dirent.DIR]!, walker.via, u8, name, name + u32[(dirent >>> 2) + Dirent.NAME_LENGTH]!);
  }

  /** Puts the names on the way up to the base before what is in the scratch from `at` on, and asks the patterns. */
  #climbed(dir: number, via: number, at: number, named: boolean): number {
    const { u32, u8 } = this.#arena;
    const path = this.#path;
    const base = u32[(this.globs >>> 2) + GlobsWord.BASE]!;
    this.matched = 0;
    let below = named;
    for (let steps = 0; dir !== base; steps++) {
      const point = steps < PATH_MAX ? this.#walker.surface(dir, via) : 0;
      const dirent = point > 0 ? u32[(point >>> 2) + Inode.DIRENT]! : 0;
      if (dirent === 0) return 0;
      const length = u32[(dirent >>> 2) + Dirent.NAME_LENGTH]!;
      if (at < length + 1) return 0;
      if (below) path[--at] = SLASH;
      at -= length;
      for (let i = 0; i < length; i++) path[at + i] = u8[dirent + Dirent.NAME + i]!;
      below = true;
      dir = u32[(dirent >>> 2) + Dirent.DIR]!;
      via = this.#walker.upVia;
    }
    const rights = this.#matcher.match(this.globs, path, at, path.length, this.#withheld);
    this.matched = this.#matcher.matched;
    return rights;
  }

  /** For an open of what is there: 0 or -ENOTCAPABLE. A directory that leads to names that match is open to who looks for them. */
  opens(rights: number, isDirectory: boolean): number {
    this.rights = rights & ALL;
    if (isDirectory && rights !== 0) return 0;
    const need = this.need === 0 ? ALL : this.need;
    return this.need === 0 ? refuse((rights & need) !== 0) : refuse((rights & need) === need);
  }

  /** For an open that makes the file. */
  makes(rights: number): number {
    this.rights = rights & ALL;
    const need = this.need | RightBit.create;
    return refuse((rights & need) === need);
  }

  /** Whether a record may be read: of a directory on the way, too. */
  shows(rights: number, isDirectory: boolean): number {
    return refuse((rights & (isDirectory ? RightBit.read | LEADS : RightBit.read)) !== 0);
  }

  /** The same of the last name of a walk to the parent, which ended in `dir`. */
  ofLast(dir: number): number {
    const { via, lastBytes, lastStart, lastEnd } = this.#walker;
    return this.ofName(dir, via, lastBytes, lastStart, lastEnd);
  }

  /** RT4: what is found by this dirent gets another name: 0 if it may be known of, else -ENOTCAPABLE. */
  source(dirent: number): number {
    const { u32, u8 } = this.#arena;
    if (this.#held === null || dirent === 0) return 0;
    const [dir, name] = [u32[(dirent >>> 2) + Dirent.DIR]!, dirent + Dirent.NAME];
    const end = name + u32[(dirent >>> 2) + Dirent.NAME_LENGTH]!;
    const rights = this.ofName(dir, this.#walker.via, u8, name, end);
    const isDirectory = u32[(u32[(dirent >>> 2) + Dirent.INODE]! >>> 2) + Inode.TYPE] === FileType.DIRECTORY;
    // What globs give of a directory says nothing of what is in it.
    this.#had = this.#ofAll(dir, u8, name, end, isDirectory) | (isDirectory && this.globs !== 0 ? 0 : rights);
    return refuse(rights !== 0);
  }

  /**
   * RT4: 0 if it may get the last name of a walk to the parent, for which the process must not have more rights, by whatever it has open, than to the one before. With a directory goes what is in it.
   * Else -ENOTCAPABLE.
   */
  moves(dir: number, isDirectory: boolean): number {
    const { lastBytes, lastStart, lastEnd } = this.#walker;
    if (this.#held === null) return 0;
    const gets = this.#ofAll(dir, lastBytes, lastStart, lastEnd, false) | this.ofLast(dir);
    if (isDirectory && (gets & LEADS || this.globs !== 0)) return -Errno.ENOTCAPABLE;
    return refuse((gets & ~this.#had & (isDirectory ? ALL : CONTENTS)) === 0);
  }

  /** Rights to a name by all that is held (`plain`: without globs); LEADS also where globs give any. */
  #ofAll(dir: number, bytes: Uint8Array, from: number, to: number, plain: boolean): number {
    const [globs, withheld, { via }] = [this.globs, this.#withheld, this.#walker];
    let rights = 0;
    for (const one of this.#held!) {
      if ((plain && one.globs !== 0) || !this.#isBelow(dir, via, one.inode)) continue;
      this.globs = one.globs;
      this.#withheld = one.withheld;
      const given = this.ofName(dir, via, bytes, from, to);
      rights |= given | (one.globs !== 0 && given !== 0 ? LEADS : 0);
    }
    this.globs = globs;
    this.#withheld = withheld;
    return rights;
  }

  #isBelow(dir: number, via: number, top: number): boolean {
    for (let steps = 0; steps < PATH_MAX; steps++) {
      if (dir === top) return true;
      const point = this.#walker.surface(dir, via);
      const dirent = point > 0 ? this.#arena.u32[(point >>> 2) + Inode.DIRENT]! : 0;
      if (dirent === 0) return false;
      dir = this.#arena.u32[(dirent >>> 2) + Dirent.DIR]!;
      via = this.#walker.upVia;
    }
    return false;
  }
}

function refuse(allowed: boolean): number {
  return allowed ? 0 : -Errno.ENOTCAPABLE;
}
