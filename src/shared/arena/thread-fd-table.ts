import { Errno } from '../base/index.ts';
import type { Arena } from './arena.ts';
import { FdTable } from './fd-table.ts';
import { FD_MAX, Held, Pcb } from './layout.ts';
import { lock, unlock } from './lock.ts';
import type { OpenFiles } from './open-files.ts';
import type { ProcessHandle } from './process.ts';

/** Makes the record with which a thread holds descriptions. Behind the gate, or by the kernel. False when the arena is full. */
export function prepareThread(arena: Arena, pcb: number): boolean {
  const record = arena.allocZeroed(Held.SIZE * 4);
  arena.u32[(pcb >>> 2) + Pcb.HELD] = record;
  return record !== 0;
}

/**
 * The descriptors of a process with threads, as one of its threads uses them: every use takes the table's lock, and what `get` finds
 * stays alive until `letGo`, whoever closes it meanwhile. The references are in the arena, so that the kernel can drop them for the dead.
 * The lock is taken alone; what a close lets go of is released after it.
 */
export class ThreadFdTable extends FdTable {
  readonly #arena: Arena;
  readonly #files: OpenFiles;
  readonly #handle: ProcessHandle;
  readonly #process: number;
  readonly #table: number;
  readonly #lock: number;
  readonly #held: number;
  #count = 0;

  /** `prepareThread` was called for the thread's control block and for its process's. */
  constructor(arena: Arena, files: OpenFiles, handle: ProcessHandle) {
    const { u32 } = arena;
    const process = u32[(handle.address >>> 2) + Pcb.PROCESS]! || handle.address;
    super(arena, files, process);
    this.#arena = arena;
    this.#files = files;
    this.#handle = handle;
    this.#process = process >>> 2;
    this.#table = u32[(process >>> 2) + Pcb.FD_TABLE]! >>> 2;
    this.#lock = (u32[(process >>> 2) + Pcb.HELD]! >>> 2) + Held.LOCK;
    this.#held = (u32[(handle.address >>> 2) + Pcb.HELD]! >>> 2) + Held.FIRST;
  }

  /** Moves whenever a descriptor was closed or moved, by any thread: what is remembered about descriptions may be stale then. */
  get closes(): number {
    return this.#arena.u32[this.#lock - Held.LOCK + Held.CLOSES]!;
  }

  #enter(): void {
    this.#handle.enter();
    lock(this.#arena.i32, this.#lock, this.#arena.owner);
    this.#arena.sync();
  }

  #leave(): void {
    unlock(this.#arena.i32, this.#lock);
    this.#handle.leave();
  }

  /** Held until `letGo`. 0 also when the thread holds more than a record has room for. */
  override get(fd: number): number {
    if (fd >= FD_MAX) return 0;
    this.#enter();
    const ofd = this.#arena.u32[this.#table + fd]!;
    const found = ofd !== 0 && this.#hold(ofd) ? ofd : 0;
    this.#leave();
    return found;
  }

  #hold(ofd: number): boolean {
    const { u32 } = this.#arena;
    for (let at = this.#held + this.#count - 1; at >= this.#held; at--) if (u32[at] === ofd) return true;
    if (this.#count === Held.SIZE - Held.FIRST) return false;
    this.#files.retain(ofd);
    u32[this.#held + this.#count++] = ofd;
    return true;
  }

  /** The end of a call: what `get` found is no longer held. Last first, so that the record has no gap. */
  letGo(): void {
    if (this.#count === 0) return;
    this.#handle.enter();
    while (this.#count > 0) {
      const at = this.#held + --this.#count;
      const ofd = this.#arena.u32[at]!;
      this.#arena.u32[at] = 0;
      this.#files.release(ofd);
    }
    this.#handle.leave();
  }

  /** `action` only looks, and takes no lock. */
  override forEach(action: (ofd: number, fd: number) => void): void {
    this.#enter();
    for (let fd = 0; fd < FD_MAX; fd++) {
      const ofd = this.#arena.u32[this.#table + fd]!;
      if (ofd !== 0) action(ofd, fd);
    }
    this.#leave();
  }

  override install(ofd: number, minimum = 0): number {
    this.#enter();
    const { u32 } = this.#arena;
    let fd = minimum;
    const limit = Math.min(FD_MAX, u32[this.#process + Pcb.FD_CAPACITY]!);
    while (fd < limit && u32[this.#table + fd] !== 0) fd++;
    if (fd < limit) u32[this.#table + fd] = ofd;
    this.#leave();
    return fd < limit ? fd : -Errno.EMFILE;
  }

  #swap(fd: number, ofd: number): number {
    const { u32 } = this.#arena;
    const old = u32[this.#table + fd]!;
    u32[this.#table + fd] = ofd;
    if (old !== 0) this.#noteClose();
    return old;
  }

  #noteClose(): void {
    const at = this.#lock - Held.LOCK + Held.CLOSES;
    this.#arena.u32[at] = this.#arena.u32[at]! + 1;
  }

  override set(fd: number, ofd: number): void {
    this.#handle.enter();
    this.#enter();
    const old = this.#swap(fd, ofd);
    this.#leave();
    if (old !== 0) this.#files.release(old);
    this.#handle.leave();
  }

  override close(fd: number): number {
    if (fd >= FD_MAX) return -Errno.EBADF;
    this.#handle.enter();
    this.#enter();
    const old = this.#swap(fd, 0);
    this.#leave();
    if (old !== 0) this.#files.release(old);
    this.#handle.leave();
    return old === 0 ? -Errno.EBADF : 0;
  }

  override renumber(from: number, to: number): number {
    if (from >= FD_MAX || to >= FD_MAX) return -Errno.EBADF;
    this.#handle.enter();
    this.#enter();
    const { u32 } = this.#arena;
    const ofd = u32[this.#table + from]!;
    const open = ofd !== 0 && u32[this.#table + to] !== 0;
    let old = 0;
    if (open && from !== to) {
      u32[this.#table + from] = 0;
      old = this.#swap(to, ofd);
    }
    this.#leave();
    if (old !== 0) this.#files.release(old);
    this.#handle.leave();
    return open ? 0 : -Errno.EBADF;
  }
}
