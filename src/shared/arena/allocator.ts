import {
  CLASS_COUNT, CLASS_MAX_SIZE, CLASS_MIN_SHIFT, FIRST_PAGE, Header, INODE_CLASS, INODE_SIZE, MAX_PAGES,
  PAGE_INFO, PAGE_NEXT, PAGE_PREV, PAGE_SIZE, PAGE_SLOTS,
} from './layout.ts';
import { lock, unlock } from './lock.ts';
import type { ArenaViews } from './views.ts';

/** Page descriptor: 0 free; SLAB | class | used << 8; RUN | pages; TAIL for a run's later pages. */
const SLAB = 0x80000000;
const RUN = 0x40000000;
const TAIL = 0x20000000;
const INFO = PAGE_INFO >>> 2;
const NEXT = PAGE_NEXT >>> 2;
const PREV = PAGE_PREV >>> 2;
const SLOTS = PAGE_SLOTS >>> 2;
/** Pages by which the memory grows at least: 16 MiB. */
const GROW = 256;

/** Slabs of 64 B … 32 KiB and runs of 64 KiB pages, under one lock. A freed page goes back to the common list (but for inodes). */
export class Allocator {
  readonly #arena: ArenaViews;

  constructor(arena: ArenaViews) {
    this.#arena = arena;
  }

  static roundUp(bytes: number): number {
    if (bytes > CLASS_MAX_SIZE) return Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE;
    return 1 << (CLASS_MIN_SHIFT + classOf(bytes));
  }

  alloc(bytes: number): number {
    const arena = this.#arena;
    lock(arena.i32, Header.ALLOC_LOCK, arena.owner);
    arena.sync();
    const address = bytes > CLASS_MAX_SIZE
      ? this.#pages(Math.ceil(bytes / PAGE_SIZE))
      : this.#slot(classOf(bytes), 1 << (CLASS_MIN_SHIFT + classOf(bytes)));
    unlock(arena.i32, Header.ALLOC_LOCK);
    return address;
  }

  allocInode(): number {
    const arena = this.#arena;
    lock(arena.i32, Header.ALLOC_LOCK, arena.owner);
    arena.sync();
    const address = this.#slot(INODE_CLASS, INODE_SIZE);
    unlock(arena.i32, Header.ALLOC_LOCK);
    return address;
  }

  free(address: number): void {
    const arena = this.#arena;
    lock(arena.i32, Header.ALLOC_LOCK, arena.owner);
    arena.sync();
    const page = address >>> 16;
    const info = arena.u32[INFO + page]!;
    if (info & SLAB) this.#freeSlot(page, info, address);
    else if (info & RUN) this.#freeRun(page, info & 0xfffff);
    else {
      unlock(arena.i32, Header.ALLOC_LOCK);
      throw new Error(`arena: free of ${address}, which is not allocated`);
    }
    unlock(arena.i32, Header.ALLOC_LOCK);
  }

  #slot(cls: number, size: number): number {
    const { u32 } = this.#arena;
    let page = u32[Header.PARTIAL + cls]!;
    if (page === 0) {
      page = this.#newSlab(cls, size);
      if (page === 0) return 0;
    }
    const words = this.#arena.u32;
    const address = words[SLOTS + page]!;
    const rest = words[address >>> 2]!;
    words[SLOTS + page] = rest;
    words[INFO + page] = words[INFO + page]! + 0x100;
    if (rest === 0) this.#unlink(Header.PARTIAL + cls, page);
    return address;
  }

  #freeSlot(page: number, info: number, address: number): void {
    const { u32 } = this.#arena;
    const cls = info & 0xff;
    const rest = u32[SLOTS + page]!;
    u32[address >>> 2] = rest;
    u32[SLOTS + page] = address;
    u32[INFO + page] = info - 0x100;
    if (rest === 0) this.#link(Header.PARTIAL + cls, page);
    // An inode's slab stays one for ever: a walker that holds a stale address must still find an inode's words there.
    else if (cls !== INODE_CLASS && ((info - 0x100) & 0xffff00) === 0 && u32[NEXT + page] !== 0) {
      this.#unlink(Header.PARTIAL + cls, page);
      this.#freePage(page);
    }
  }

  #newSlab(cls: number, size: number): number {
    const start = this.#pages(1);
    if (start === 0) return 0;
    const { u32 } = this.#arena;
    const page = start >>> 16;
    u32[INFO + page] = (SLAB | cls) >>> 0;
    // A new inode keeps the count of references that walkers may hold for a moment: it must begin at none.
    if (cls === INODE_CLASS) u32.fill(0, start >>> 2, (start + PAGE_SIZE) >>> 2);
    for (let at = start; at < start + PAGE_SIZE; at += size) {
      u32[at >>> 2] = at + size < start + PAGE_SIZE ? at + size : 0;
    }
    u32[SLOTS + page] = start;
    this.#link(Header.PARTIAL + cls, page);
    return page;
  }

  #pages(count: number): number {
    const { u32 } = this.#arena;
    let page = 0;
    if (count === 1 && u32[Header.FREE_PAGES] !== 0) {
      page = u32[Header.FREE_PAGES]!;
      this.#takeFree(page);
    } else if (count > 1 && u32[Header.FREE_PAGE_COUNT]! >= count * 4) page = this.#findRun(count);
    if (page === 0) page = this.#fresh(count);
    if (page === 0) page = this.#findRun(count);
    if (page === 0) return 0;
    const words = this.#arena.u32;
    words[INFO + page] = (RUN | count) >>> 0;
    for (let i = 1; i < count; i++) words[INFO + page + i] = TAIL;
    return page * PAGE_SIZE;
  }

  /** First fit among freed pages; takes them off the list. */
  #findRun(count: number): number {
    const { u32 } = this.#arena;
    const end = u32[Header.NEXT_PAGE]!;
    let run = 0;
    for (let page = FIRST_PAGE; page < end; page++) {
      run = u32[INFO + page] === 0 ? run + 1 : 0;
      if (run < count) continue;
      const first = page - count + 1;
      for (let i = first; i <= page; i++) this.#takeFree(i);
      return first;
    }
    return 0;
  }

  #fresh(count: number): number {
    const arena = this.#arena;
    const page = arena.u32[Header.NEXT_PAGE]!;
    if (page + count > MAX_PAGES) return 0;
    if (page + count > arena.pages && !this.#grow(page + count - arena.pages)) return 0;
    arena.u32[Header.NEXT_PAGE] = page + count;
    return page;
  }

  #grow(pages: number): boolean {
    const arena = this.#arena;
    for (const step of [Math.max(GROW, pages), pages]) {
      try {
        arena.memory.grow(step);
        arena.refresh();
        Atomics.store(arena.u32, Header.PAGES, arena.pages);
        return true;
      } catch {
        // Over the maximum, or the machine has no more: try the least that does.
      }
    }
    return false;
  }

  #freeRun(page: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) this.#freePage(page + i);
  }

  #freePage(page: number): void {
    const { u32 } = this.#arena;
    u32[INFO + page] = 0;
    u32[SLOTS + page] = 0;
    this.#link(Header.FREE_PAGES, page);
    u32[Header.FREE_PAGE_COUNT] = u32[Header.FREE_PAGE_COUNT]! + 1;
  }

  #takeFree(page: number): void {
    const { u32 } = this.#arena;
    this.#unlink(Header.FREE_PAGES, page);
    u32[Header.FREE_PAGE_COUNT] = u32[Header.FREE_PAGE_COUNT]! - 1;
  }

  #link(head: number, page: number): void {
    const { u32 } = this.#arena;
    const first = u32[head]!;
    u32[NEXT + page] = first;
    u32[PREV + page] = 0;
    if (first !== 0) u32[PREV + first] = page;
    u32[head] = page;
  }

  #unlink(head: number, page: number): void {
    const { u32 } = this.#arena;
    const next = u32[NEXT + page]!;
    const prev = u32[PREV + page]!;
    if (prev === 0) u32[head] = next;
    else u32[NEXT + prev] = next;
    if (next !== 0) u32[PREV + next] = prev;
    u32[NEXT + page] = 0;
    u32[PREV + page] = 0;
  }

  stats(): { total: number; free: number; untouched: number } {
    const { u32 } = this.#arena;
    const untouched = (u32[Header.PAGES]! - u32[Header.NEXT_PAGE]!) * PAGE_SIZE;
    return { total: u32[Header.PAGES]! * PAGE_SIZE, free: u32[Header.FREE_PAGE_COUNT]! * PAGE_SIZE + untouched, untouched };
  }

  /** Visits without the lock, a page at a time: what was live when its page was looked at. */
  forEach(visit: (address: number, bytes: number, kind: 'inode' | 'slab' | 'pages') => void): void {
    const arena = this.#arena;
    arena.sync();
    for (let page = FIRST_PAGE; page < arena.u32[Header.NEXT_PAGE]!; page++) {
      const info = arena.u32[INFO + page]!;
      if (info & RUN) visit(page * PAGE_SIZE, (info & 0xfffff) * PAGE_SIZE, 'pages');
      else if (info & SLAB) for (const at of this.#liveSlots(page)) visit(at, sizeOf(info & 0xff), (info & 0xff) === INODE_CLASS ? 'inode' : 'slab');
    }
  }

  #liveSlots(page: number): number[] {
    const arena = this.#arena;
    lock(arena.i32, Header.ALLOC_LOCK, arena.owner);
    arena.sync();
    const { u32 } = arena;
    const info = u32[INFO + page]!;
    const live: number[] = [];
    // The page may have become another's since the caller looked.
    if (info & SLAB) {
      const free = new Set<number>();
      for (let at = u32[SLOTS + page]!; at !== 0; at = u32[at >>> 2]!) free.add(at);
      const size = sizeOf(info & 0xff);
      for (let at = page * PAGE_SIZE; at < (page + 1) * PAGE_SIZE; at += size) if (!free.has(at)) live.push(at);
    }
    unlock(arena.i32, Header.ALLOC_LOCK);
    return live;
  }
}

function sizeOf(cls: number): number {
  return cls === INODE_CLASS ? INODE_SIZE : 1 << (CLASS_MIN_SHIFT + cls);
}

function classOf(bytes: number): number {
  return bytes <= 64 ? 0 : Math.min(CLASS_COUNT, 32 - Math.clz32(bytes - 1) - CLASS_MIN_SHIFT);
}
