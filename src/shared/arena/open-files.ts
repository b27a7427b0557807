import type { Arena } from './arena.ts';
import { lock, unlock } from './lock.ts';
import { BY_NAME, GlobsWord, Ofd, Pcb, REVOKED, SPARE_OFDS, TOP_VIA, VIA_MASK } from './layout.ts';
import { Listener } from './listener.ts';
import { Ring } from './ring.ts';
import { Connection } from './socket.ts';
import { Tty } from './tty.ts';

export const OfdKind = { FILE: 1, DIRECTORY: 2, PIPE_READ: 3, PIPE_WRITE: 4, TTY: 5, SERVICE: 6, SOCKET: 7, LISTENER: 8, MAILBOX: 9 } as const;
export const OfdFlag = { READ: 1, WRITE: 2, APPEND: 4, NONBLOCK: 8, PREOPEN: 32 } as const;

/** Lets go of what is not in the arena's own hands: inodes (the tree's), service handles (the kernel's), mailboxes (the bus's). */
export interface ObjectOwner {
  releaseInode(inode: number): void;
  releaseHandle(handle: number): void;
  /** Default: no description of a mailbox is made or let go here. */
  releaseMailbox?(mailbox: number): void;
}

/**
 * Open file descriptions: what a descriptor refers to, shared by all descriptors (of any process) that were made from it.
 * Owned by their reference count; created and released behind the gate.
 */
export class OpenFiles {
  readonly #arena: Arena;
  readonly #owner: ObjectOwner;
  readonly #spares: number;

  /** `pcb`: of the process that this is for, which then keeps freed descriptions for its next opens. The kernel gives none. */
  constructor(arena: Arena, owner: ObjectOwner, pcb = 0) {
    this.#arena = arena;
    this.#owner = owner;
    this.#spares = pcb === 0 ? 0 : (pcb >>> 2) + Pcb.SPARE_OFDS;
  }

  #take(): number {
    const { u32 } = this.#arena;
    for (let at = this.#spares; at !== 0 && at < this.#spares + SPARE_OFDS; at++) {
      const spare = u32[at]!;
      if (spare === 0) continue;
      u32[at] = 0;
      return spare;
    }
    return this.#arena.alloc(64);
  }

  #give(ofd: number): void {
    const { u32 } = this.#arena;
    for (let at = this.#spares; at !== 0 && at < this.#spares + SPARE_OFDS; at++) {
      if (u32[at] !== 0) continue;
      u32[at] = ofd;
      return;
    }
    this.#arena.free(ofd);
  }

  /**
   * A description with one reference. Takes over the caller's reference to an inode, handle or end of a connection; counts itself
   * as reader or writer of a ring. `object`: inode, ring, tty, kernel handle, end of a connection, listener, or mailbox. `confine`: inode that `..` may not pass. `from`: the description
   * by which it was reached, whose grant, globs and withheld rights it has too; 0: none. 0: arena full.
   */
  create(kind: number, object: number, flags: number, confine = 0, from = 0): number {
    const arena = this.#arena;
    const ofd = this.#take();
    if (ofd === 0) return 0;
    const word = ofd >>> 2;
    const { u32 } = arena;
    u32[word + Ofd.KIND] = kind;
    u32[word + Ofd.OBJECT] = object;
    u32[word + Ofd.FLAGS] = flags;
    u32[word + Ofd.REFS] = 1;
    u32[word + Ofd.LOCK] = 0;
    u32[word + Ofd.CONFINE] = confine;
    u32[word + Ofd.TOP_VIA] = confine / TOP_VIA;
    arena.f64[(word + Ofd.POSITION) >>> 1] = 0;
    u32[word + Ofd.NAME] = 0;
    u32[word + Ofd.NAME_LENGTH] = 0;
    this.#inherit(word, from >>> 2);
    if (kind === OfdKind.PIPE_READ) new Ring(arena, object).addReader();
    else if (kind === OfdKind.PIPE_WRITE) new Ring(arena, object).addWriter();
    else if (kind === OfdKind.TTY) new Tty(arena, object).addReference(1);
    else if (kind === OfdKind.LISTENER) new Listener(arena, object).addOpen();
    return ofd;
  }

  #inherit(word: number, from: number): void {
    const { u32 } = this.#arena;
    const withheld = from === 0 ? 0 : u32[from + Ofd.WITHHELD]!;
    u32[word + Ofd.WITHHELD] = withheld;
    u32[word + Ofd.GRANT] = from === 0 ? 0 : u32[from + Ofd.GRANT]!;
    u32[word + Ofd.GLOBS] = 0;
    u32[word + Ofd.MATCHED] = 0;
    if (withheld !== 0) this.#inheritLimits(word, from, withheld);
  }

  /** What has globs has BY_NAME. */
  #inheritLimits(word: number, from: number, withheld: number): void {
    const { u32 } = this.#arena;
    const globs = u32[from + Ofd.GLOBS]!;
    u32[word + Ofd.GLOBS] = globs;
    if (globs !== 0) Atomics.add(u32, (globs >>> 2) + GlobsWord.REFS, 1);
    // By a call that was under way when it was revoked.
    if (withheld & REVOKED) u32[word + Ofd.FLAGS] = u32[word + Ofd.FLAGS]! & ~(OfdFlag.READ | OfdFlag.WRITE);
  }

  retain(ofd: number): void {
    Atomics.add(this.#arena.u32, (ofd >>> 2) + Ofd.REFS, 1);
  }

  /** True when it was the last reference and the description is gone. A ring that lost its last end is freed. */
  release(ofd: number): boolean {
    const arena = this.#arena;
    const word = ofd >>> 2;
    if (Atomics.sub(arena.u32, word + Ofd.REFS, 1) !== 1) return false;
    const kind = arena.u32[word + Ofd.KIND]!;
    const object = arena.u32[word + Ofd.OBJECT]!;
    if (kind <= OfdKind.DIRECTORY) this.#owner.releaseInode(object);
    else if (kind === OfdKind.SERVICE) this.#owner.releaseHandle(object);
    else this.#releaseShared(kind, object);
    const name = arena.u32[word + Ofd.NAME]!;
    if (name !== 0) arena.free(name);
    this.#dropGlobs(word);
    this.#give(ofd);
    return true;
  }

  #dropGlobs(word: number): void {
    const globs = this.#arena.u32[word + Ofd.GLOBS]!;
    if (globs !== 0) this.releaseGlobs(globs);
  }

  /** Gives a reference to a record of globs back. */
  releaseGlobs(globs: number): void {
    const { u32 } = this.#arena;
    const base = u32[(globs >>> 2) + GlobsWord.BASE]!;
    if (Atomics.sub(u32, (globs >>> 2) + GlobsWord.REFS, 1) !== 1) return;
    this.#arena.free(globs);
    if (base !== 0) this.#owner.releaseInode(base);
  }

  #releaseShared(kind: number, object: number): void {
    if (kind === OfdKind.PIPE_READ) new Ring(this.#arena, object).dropReader();
    else if (kind === OfdKind.PIPE_WRITE) new Ring(this.#arena, object).dropWriter();
    else if (kind === OfdKind.SOCKET) new Connection(this.#arena, object).release();
    else if (kind === OfdKind.LISTENER) new Listener(this.#arena, object).dropOpen();
    else if (kind === OfdKind.MAILBOX) this.releaseMailbox(object);
    else new Tty(this.#arena, object).addReference(-1);
  }

  /** A mailbox that no description has. */
  releaseMailbox(mailbox: number): void {
    this.#owner.releaseMailbox?.(mailbox);
  }

  /** Frees a description that nobody has seen and that holds nothing: its object stays the caller's. */
  forget(ofd: number): void {
    this.#dropGlobs(ofd >>> 2);
    this.#give(ofd);
  }

  kind(ofd: number): number {
    return this.#arena.u32[(ofd >>> 2) + Ofd.KIND]!;
  }

  object(ofd: number): number {
    return this.#arena.u32[(ofd >>> 2) + Ofd.OBJECT]!;
  }

  flags(ofd: number): number {
    return this.#arena.u32[(ofd >>> 2) + Ofd.FLAGS]!;
  }

  setFlags(ofd: number, flags: number): void {
    this.#arena.u32[(ofd >>> 2) + Ofd.FLAGS] = flags;
  }

  /** What `..` may not pass for paths that start here, as `VIA_MASK` has it; 0: nothing. */
  confine(ofd: number): number {
    const { u32 } = this.#arena;
    const word = ofd >>> 2;
    return u32[word + Ofd.CONFINE]! + u32[word + Ofd.TOP_VIA]! * TOP_VIA;
  }

  /** Changes some of the flags. The kernel may take others away meanwhile. */
  changeFlags(ofd: number, mask: number, flags: number): void {
    const at = (ofd >>> 2) + Ofd.FLAGS;
    Atomics.and(this.#arena.u32, at, ~(mask & ~flags));
    Atomics.or(this.#arena.u32, at, mask & flags);
  }

  /** Kernel, while those who have it are held: from now on every call on it fails. What it is of lives on, for the calls that are under way. */
  revoke(ofd: number): void {
    this.changeFlags(ofd, OfdFlag.READ | OfdFlag.WRITE | OfdFlag.PREOPEN, 0);
    Atomics.or(this.#arena.u32, (ofd >>> 2) + Ofd.WITHHELD, REVOKED | 15);
  }

  /** Kernel, under the same conditions: what `..` may not pass from a directory is the directory. */
  confineToItself(ofd: number): void {
    const word = ofd >>> 2;
    const { u32 } = this.#arena;
    const via = u32[word + Ofd.CONFINE]! & VIA_MASK;
    u32[word + Ofd.CONFINE] = u32[word + Ofd.OBJECT]! + via;
    u32[word + Ofd.TOP_VIA] = via;
  }

  /** Bits of the patterns that let a file be opened; 0: it was not opened below globs. */
  patterns(ofd: number): number {
    return this.#arena.u32[(ofd >>> 2) + Ofd.MATCHED]!;
  }

  isRevoked(ofd: number): boolean {
    return (Atomics.load(this.#arena.u32, (ofd >>> 2) + Ofd.WITHHELD) & REVOKED) !== 0;
  }

  /** Bits of `RightBit` that it does not have, `BY_NAME` and `REVOKED`. */
  withheld(ofd: number): number {
    return this.#arena.u32[(ofd >>> 2) + Ofd.WITHHELD]!;
  }

  /** Address of the globs that names below it must match; 0: none. */
  globs(ofd: number): number {
    return this.#arena.u32[(ofd >>> 2) + Ofd.GLOBS]!;
  }

  grant(ofd: number): number {
    return this.#arena.u32[(ofd >>> 2) + Ofd.GRANT]!;
  }

  /** Takes rights from a description that nobody else has seen yet: bits of `RightBit`. */
  withhold(ofd: number, rights: number): void {
    const at = (ofd >>> 2) + Ofd.WITHHELD;
    this.#arena.u32[at] = this.#arena.u32[at]! | rights;
  }

  /** Of a copy that nobody else has seen yet: its own grant, and the patterns that what it was made from was opened by. */
  adopt(ofd: number, grant: number, patterns: number): void {
    const word = ofd >>> 2;
    this.#arena.u32[word + Ofd.GRANT] = grant;
    this.#arena.u32[word + Ofd.MATCHED] = patterns;
  }

  /** Of a file's description that nobody else has seen yet: what the patterns that it was opened by gave it. */
  matched(ofd: number, rights: number, patterns: number): void {
    const word = ofd >>> 2;
    this.#arena.u32[word + Ofd.WITHHELD] = (~rights & 15) | BY_NAME;
    this.#arena.u32[word + Ofd.MATCHED] = patterns;
  }

  /** Of a description that nobody else has seen yet: its rights, globs (whose reference it takes over) and grant. */
  restrict(ofd: number, withheld: number, globs: number, grant: number): void {
    const word = ofd >>> 2;
    this.#dropGlobs(word);
    this.#arena.u32[word + Ofd.WITHHELD] = withheld;
    this.#arena.u32[word + Ofd.GLOBS] = globs;
    this.#arena.u32[word + Ofd.GRANT] = grant;
  }

  /** The directory itself, in the same form. */
  ownConfine(ofd: number): number {
    const via = this.confine(ofd) & VIA_MASK;
    return this.object(ofd) + via + via * TOP_VIA;
  }

  position(ofd: number): number {
    return this.#arena.f64[((ofd >>> 2) + Ofd.POSITION) >>> 1]!;
  }

  setPosition(ofd: number, position: number): void {
    this.#arena.f64[((ofd >>> 2) + Ofd.POSITION) >>> 1] = position;
  }

  /** Whether other descriptors were made from it, here or in another process. */
  isShared(ofd: number): boolean {
    return this.#arena.i32[(ofd >>> 2) + Ofd.REFS] !== 1;
  }

  /**
   * Held around read-position, transfer, write-position, within a section. False: nobody else has the description, nothing is locked.
   * The caller's own reference keeps others from getting one meanwhile: only the holder of a descriptor can give it on.
   */
  lockPosition(ofd: number): boolean {
    const { i32 } = this.#arena;
    const word = ofd >>> 2;
    if (i32[word + Ofd.REFS] === 1) return false;
    lock(i32, word + Ofd.LOCK, this.#arena.owner);
    return true;
  }

  unlockPosition(ofd: number): void {
    unlock(this.#arena.i32, (ofd >>> 2) + Ofd.LOCK);
  }

  /** Marks a preopen with the name that the guest sees. */
  setPreopenName(ofd: number, name: Uint8Array): boolean {
    if (!this.setLabel(ofd, name)) return false;
    this.setFlags(ofd, this.flags(ofd) | OfdFlag.PREOPEN);
    return true;
  }

  /** What a description is of, in words: of a mailbox its pattern. False: the arena is full. */
  setLabel(ofd: number, label: Uint8Array): boolean {
    const address = this.#arena.alloc(Math.max(1, label.length));
    if (address === 0) return false;
    const word = ofd >>> 2;
    this.#arena.u8.set(label, address);
    this.#arena.u32[word + Ofd.NAME] = address;
    this.#arena.u32[word + Ofd.NAME_LENGTH] = label.length;
    return true;
  }

  /** A private copy of it; null if it has none. */
  label(ofd: number): Uint8Array | null {
    const word = ofd >>> 2;
    const address = this.#arena.u32[word + Ofd.NAME]!;
    return address === 0 ? null : this.#arena.u8.slice(address, address + this.#arena.u32[word + Ofd.NAME_LENGTH]!);
  }

  /** A private copy of the preopen's name; null for other descriptions. */
  preopenName(ofd: number): Uint8Array | null {
    return (this.flags(ofd) & OfdFlag.PREOPEN) === 0 ? null : this.label(ofd);
  }
}
