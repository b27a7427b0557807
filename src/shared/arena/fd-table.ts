import { Errno } from '../base/index.ts';
import type { Arena } from './arena.ts';
import { FD_MAX, Held, Pcb, SPARE_OFDS } from './layout.ts';
import { lock, unlock } from './lock.ts';
import type { OpenFiles } from './open-files.ts';

/**
 * A process's descriptors: an array of description addresses in the arena, so that the kernel can close them after its death.
 * For one thread; a process with several uses `ThreadFdTable`, and then the kernel only `acquire`.
 */
export class FdTable {
  readonly #arena: Arena;
  readonly #files: OpenFiles;
  readonly #pcb: number;
  #table: number;
  /** No free descriptor lies below this one. */
  #lowest = 0;

  /** Makes the table if the process has none yet (the kernel does, before the process runs). */
  constructor(arena: Arena, files: OpenFiles, pcb: number) {
    this.#arena = arena;
    this.#files = files;
    this.#pcb = pcb >>> 2;
    this.#table = arena.u32[this.#pcb + Pcb.FD_TABLE]! >>> 2;
    if (this.#table === 0) this.#create();
  }

  #create(): void {
    const address = this.#arena.allocZeroed(FD_MAX * 4);
    if (address === 0) throw new Error('arena full: no room for a descriptor table');
    this.#arena.u32[this.#pcb + Pcb.FD_TABLE] = address;
    this.#arena.u32[this.#pcb + Pcb.FD_CAPACITY] = FD_MAX;
    this.#table = address >>> 2;
  }

  /** The description of `fd` (an unsigned number); 0 if it is not open. */
  get(fd: number): number {
    return fd < FD_MAX ? this.#arena.u32[this.#table + fd]! : 0;
  }

  /**
   * Kernel, for a process with threads: the description of `fd` with a reference for the caller; 0 if it is not open. No thread can
   * let it go in between. (A process of one thread lets go of none while it waits for an answer.)
   */
  acquire(fd: number): number {
    const held = this.#arena.u32[this.#pcb + Pcb.HELD]! >>> 2;
    if (held !== 0) lock(this.#arena.i32, held + Held.LOCK, this.#arena.owner);
    const ofd = this.get(fd);
    if (ofd !== 0) this.#files.retain(ofd);
    if (held !== 0) unlock(this.#arena.i32, held + Held.LOCK);
    return ofd;
  }

  /** Lowest free descriptor from `minimum` up; -EMFILE when there is none below the process's limit. Takes over the caller's reference. */
  install(ofd: number, minimum = 0): number {
    const { u32 } = this.#arena;
    const limit = Math.min(FD_MAX, u32[this.#pcb + Pcb.FD_CAPACITY]!);
    for (let fd = Math.max(minimum, this.#lowest); fd < limit; fd++) {
      if (u32[this.#table + fd] !== 0) continue;
      u32[this.#table + fd] = ofd;
      if (minimum <= this.#lowest) this.#lowest = fd + 1;
      return fd;
    }
    return -Errno.EMFILE;
  }

  /** Puts `ofd` at `fd`, closing what was there. Takes over the caller's reference. */
  set(fd: number, ofd: number): void {
    const { u32 } = this.#arena;
    const old = u32[this.#table + fd]!;
    u32[this.#table + fd] = ofd;
    if (old !== 0) this.#files.release(old);
  }

  close(fd: number): number {
    const ofd = this.get(fd);
    if (ofd === 0) return -Errno.EBADF;
    this.#arena.u32[this.#table + fd] = 0;
    if (fd < this.#lowest) this.#lowest = fd;
    this.#files.release(ofd);
    return 0;
  }

  /** Moves `from` onto `to`, closing `to`; both must be open. */
  renumber(from: number, to: number): number {
    const ofd = this.get(from);
    if (ofd === 0 || this.get(to) === 0) return -Errno.EBADF;
    if (from === to) return 0;
    this.#arena.u32[this.#table + from] = 0;
    if (from < this.#lowest) this.#lowest = from;
    this.set(to, ofd);
    return 0;
  }

  /** Of those that are open, the descriptions. */
  forEach(action: (ofd: number, fd: number) => void): void {
    for (let fd = 0; fd < FD_MAX; fd++) if (this.get(fd) !== 0) action(this.get(fd), fd);
  }

  count(): number {
    let open = 0;
    for (let fd = 0; fd < FD_MAX; fd++) if (this.get(fd) !== 0) open++;
    return open;
  }

  /** Kernel, after the process's end: closes everything and frees the table. */
  destroy(): void {
    this.#arena.sync();
    for (let fd = 0; fd < FD_MAX; fd++) if (this.get(fd) !== 0) this.close(fd);
    letGoOfThread(this.#arena, this.#files, this.#pcb << 2 >>> 0);
    this.#arena.free(this.#table << 2 >>> 0);
    this.#arena.u32[this.#pcb + Pcb.FD_TABLE] = 0;
  }
}

/** Kernel, after the end of a thread: lets go of what it held in a call, and frees what its control block keeps beside the descriptors. */
export function letGoOfThread(arena: Arena, files: OpenFiles, pcb: number): void {
  arena.sync();
  const word = pcb >>> 2;
  const held = arena.u32[word + Pcb.HELD]!;
  if (held !== 0) {
    const end = (held >>> 2) + Held.SIZE;
    for (let at = (held >>> 2) + Held.FIRST; at < end && arena.u32[at] !== 0; at++) files.release(arena.u32[at]!);
    arena.free(held);
    arena.u32[word + Pcb.HELD] = 0;
  }
  const inbox = arena.u32[word + Pcb.INBOX]!;
  if (inbox !== 0) {
    files.releaseMailbox(inbox);
    arena.u32[word + Pcb.INBOX] = 0;
  }
  for (let at = word + Pcb.SPARE_OFDS; at < word + Pcb.SPARE_OFDS + SPARE_OFDS; at++) {
    if (arena.u32[at] !== 0) arena.free(arena.u32[at]!);
    arena.u32[at] = 0;
  }
}
