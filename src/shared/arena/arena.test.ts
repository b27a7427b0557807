import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Errno } from '../base/index.ts';
import {
  Arena, BufferWindow, Control, FD_MAX, FdTable, Header, JournalOp, JournalRing, lock, lockOwner, MemoryWindow, OfdFlag, OfdKind, OpenFiles, PAGE_SIZE,
  Pcb, ProcessHandle, ProcessTable, Ring, Tty, tickCoarse, coarseTime, tryLock, unlock,
} from './index.ts';

const small = (): Arena => Arena.create({ pages: 40, maxPages: 60, journalBytes: 1 << 16 });

describe('arena', () => {
  it('AL3 grows beyond its start, and every attached worker sees what is there', () => {
    const arena = Arena.create({ pages: 24, maxPages: 2000, journalBytes: 1 << 16 });
    const other = Arena.attach(arena.memory);
    const address = arena.alloc(40 * PAGE_SIZE) + 39 * PAGE_SIZE;
    arena.u32[address >>> 2] = 77;
    expect(other.pages).toBe(24);
    expect(other.u32[address >>> 2]).toBeUndefined();
    other.sync();
    expect(other.u32[address >>> 2]).toBe(77);
    const handle = new ProcessHandle(other, new ProcessTable(arena).allocate(5, 1));
    arena.alloc(400 * PAGE_SIZE);
    handle.enter();
    expect(other.pages).toBe(arena.pages);
    handle.leave();
  });

  it('AL4 is full at its maximum: allocations answer 0, take nothing, and succeed again after a free', () => {
    const arena = small();
    const blocks: number[] = [];
    for (let at = arena.alloc(PAGE_SIZE); at !== 0; at = arena.alloc(PAGE_SIZE)) blocks.push(at);
    expect(arena.stats().free).toBe(0);
    expect(arena.alloc(64)).toBe(0);
    expect(arena.allocInode()).toBe(0);
    expect(arena.alloc(10 * PAGE_SIZE)).toBe(0);
    expect(arena.u32[Header.ALLOC_LOCK]).toBe(0);
    for (const at of blocks.slice(3, 13)) arena.free(at);
    expect(arena.alloc(10 * PAGE_SIZE)).toBe(blocks[3]);
  });

  it('AL5 a page of inodes is never given to anything else', () => {
    const arena = small();
    const inodes = Array.from({ length: 1024 }, () => arena.allocInode());
    const pages = new Set(inodes.map((inode) => inode >>> 16));
    for (const inode of inodes) arena.free(inode);
    for (let at = arena.alloc(PAGE_SIZE); at !== 0; at = arena.alloc(PAGE_SIZE)) expect(pages.has(at >>> 16)).toBe(false);
    expect(pages.has(arena.allocInode() >>> 16)).toBe(true);
  });

  it('AL6 refuses to free what is not allocated', () => {
    const arena = small();
    const address = arena.alloc(3 * PAGE_SIZE);
    expect(() => arena.free(address + PAGE_SIZE)).toThrow('not allocated');
    arena.free(address);
    expect(() => arena.free(address)).toThrow('not allocated');
    expect(arena.u32[Header.ALLOC_LOCK]).toBe(0);
  });

  it('AL7 tells when there is no room for the journal, and what is not an arena', () => {
    expect(() => Arena.create({ pages: 20, maxPages: 20, journalBytes: 1 << 24 })).toThrow('no room for a journal');
    expect(() => Arena.attach(new WebAssembly.Memory({ initial: 20, maximum: 20, shared: true }))).toThrow('not an arena');
  });

  it('CL1 the coarse clock never goes back, and holds whole nanoseconds', () => {
    const arena = small();
    tickCoarse(arena, 1000.75);
    tickCoarse(arena, 900);
    expect(coarseTime(arena)).toBe(1000);
  });
});

describe('lock', () => {
  it('LK1 holds its owner, refuses a second, and forgets it', () => {
    const words = new Int32Array(new SharedArrayBuffer(16));
    lock(words, 1, 42);
    expect(lockOwner(words, 1)).toBe(42);
    expect(tryLock(words, 1, 43)).toBe(false);
    unlock(words, 1);
    expect(lockOwner(words, 1)).toBe(0);
    expect(tryLock(words, 1, 43)).toBe(true);
    expect(Array.from(words)).toEqual([0, 43, 0, 0]);
  });
});

describe('process', () => {
  it('PR1 sections nest, and the gate is set from the first to the last', () => {
    const arena = small();
    const handle = new ProcessHandle(arena, new ProcessTable(arena).allocate(9, 1));
    const kernel = new ProcessHandle(arena, handle.address);
    handle.enter();
    handle.enter();
    handle.leave();
    expect(kernel.gateSet).toBe(true);
    handle.leave();
    expect(kernel.gateSet).toBe(false);
    kernel.setDying();
    expect(handle.dying).toBe(true);
  });

  it('PR2 a bell that rang before the wait ends it at once; an old count does not', () => {
    const arena = small();
    const handle = new ProcessHandle(arena, new ProcessTable(arena).allocate(9, 1));
    const seen = handle.bell();
    handle.ring();
    expect(handle.wait(seen, 1000)).toBe(true);
    expect(handle.wait(handle.bell(), 1)).toBe(false);
  });

  it.each(['enter', 'wait'] as const)('PR4 a stopped process is held in %s, with its gate clear, until it is let go', async (where) => {
    const arena = small();
    const handle = new ProcessHandle(arena, new ProcessTable(arena).allocate(9, 1));
    // The kernel, in another thread: waits until we are held, looks at the gate, lets us go.
    const kernel = new Worker(`
      const { workerData: { memory, at, P }, parentPort } = require('node:worker_threads');
      const i32 = new Int32Array(memory.buffer);
      while (Atomics.load(i32, at + P.WAITING) === 0);
      parentPort.postMessage(Atomics.load(i32, at + P.GATE));
      Atomics.and(i32, at + P.CONTROL, ~2);
      Atomics.notify(i32, at + P.CONTROL);`, { eval: true, workerData: { memory: arena.memory, at: handle.address >>> 2, P: Pcb } });
    const gate = new Promise((resolve) => void kernel.once('message', resolve));
    handle.setStopped(true);
    if (where === 'enter') handle.enter();
    else handle.wait(handle.bell() - 1, Infinity);
    expect([handle.control, handle.gateSet, await gate]).toEqual([0, where === 'enter', 0]);
    if (where === 'enter') handle.leave();
    expect(handle.gateSet).toBe(false);
  });

  it('PR4 dying is not taken back by letting go', () => {
    const arena = small();
    const handle = new ProcessHandle(arena, new ProcessTable(arena).allocate(9, 1));
    handle.setDying();
    handle.setStopped(true);
    expect(handle.control).toBe(Control.DYING | Control.STOPPED);
    handle.setStopped(false);
    expect([handle.control, handle.dying]).toEqual([Control.DYING, true]);
  });

  it('PR5 a caught signal sets its bit, then rings; taking takes all', () => {
    const arena = small();
    const handle = new ProcessHandle(arena, new ProcessTable(arena).allocate(9, 1));
    const seen = handle.bell();
    handle.raise(1 << 1);
    handle.raise(1 << 14);
    expect(handle.wait(seen, 1000)).toBe(true);
    expect([handle.pendingSignal, handle.takeSignals(), handle.takeSignals()]).toEqual([(1 << 1) | (1 << 14), (1 << 1) | (1 << 14), 0]);
  });

  it('PR3 a slot is given again only after the others, cleared; 254 processes are all', () => {
    const arena = small();
    const table = new ProcessTable(arena);
    const first = table.allocate(1, 0);
    arena.u32[(first >>> 2) + Pcb.SIGNAL] = 9;
    table.free(first);
    const next = table.allocate(2, 0);
    expect(next).not.toBe(first);
    for (let pid = 3; pid < 256; pid++) expect(table.allocate(pid, 0)).toBeGreaterThan(0);
    expect(table.allocate(999, 0)).toBe(0);
    expect(new ProcessHandle(arena, first).pendingSignal).toBe(0);
  });
});

describe('ring', () => {
  const open = (): { arena: Arena; ring: Ring; window: BufferWindow; data: Uint8Array } => {
    const arena = small();
    const ring = new Ring(arena, Ring.create(arena, 256));
    const data = new Uint8Array(300).fill(7);
    return { arena, ring, window: new BufferWindow(arena).wrap(data), data };
  };

  it('RG2 no reader: EPIPE. No writer: what is left, then the end', () => {
    const { ring, window } = open();
    ring.addWriter();
    expect(ring.tryWrite(window, 0, 10)).toBe(-Errno.EPIPE);
    ring.addReader();
    expect(ring.tryWrite(window, 0, 10)).toBe(10);
    expect(ring.tryRead(window, 0, 0)).toBe(0);
    ring.dropWriter();
    expect(ring.tryRead(window, 0, 6)).toBe(6);
    expect(ring.tryRead(window, 0, 6)).toBe(4);
    expect(ring.tryRead(window, 0, 6)).toBe(-1);
  });

  it('RG5 an end that failed is told after what came before it', () => {
    const { ring, window } = open();
    ring.addReader();
    ring.addWriter();
    ring.tryWrite(window, 0, 10);
    ring.fail(Errno.ECONNRESET);
    expect(ring.tryRead(window, 0, 4)).toBe(4);
    ring.dropWriter();
    expect(ring.tryRead(window, 0, 10)).toBe(6);
    expect(ring.tryRead(window, 0, 10)).toBe(-Errno.ECONNRESET);
  });

  it('RG3 an atomic write is whole or not at all; others fill what there is', () => {
    const { ring, window } = open();
    ring.addReader();
    expect(ring.tryWrite(window, 0, 250, 250)).toBe(250);
    expect(ring.tryWrite(window, 0, 10, 10)).toBe(0);
    expect(ring.tryWrite(window, 0, 10)).toBe(6);
    expect(ring.tryWrite(window, 0, 10)).toBe(0);
  });

  it('RG4 a change rings the waiters and only them; the last end frees the ring', () => {
    const { arena, ring, window } = open();
    const table = new ProcessTable(arena);
    const [one, two] = [1, 2].map((pid) => new ProcessHandle(arena, table.allocate(pid, 0))) as [ProcessHandle, ProcessHandle];
    ring.addReader();
    ring.addWriter();
    ring.addWaiter(one.slot);
    ring.addWaiter(one.slot);
    ring.tryWrite(window, 0, 1);
    expect([one.bell(), two.bell()]).toEqual([1, 0]);
    ring.removeWaiter(one.slot);
    ring.tryWrite(window, 0, 1);
    expect(one.bell()).toBe(1);
    ring.dropReader();
    const count = (): number => {
      let live = 0;
      arena.forEachAllocation(() => void live++);
      return live;
    };
    const before = count();
    ring.dropWriter();
    expect(count()).toBe(before - 1);
  });
});

describe('journal ring', () => {
  it('JR2 wakes the kernel when the ring was empty and when it is half full', () => {
    const arena = Arena.create({ pages: 40, journalBytes: 8192 });
    const journal = new JournalRing(arena);
    const bells: number[] = [];
    for (let i = 0; i < 100 && journal.begin(); i++) {
      const before = arena.u32[Header.KERNEL_BELL]!;
      journal.append(JournalOp.WRITE, 1, 1, 0, 0, 0, 0, 1);
      journal.commit();
      if (arena.u32[Header.KERNEL_BELL] !== before) bells.push(i);
    }
    expect(bells).toEqual([0, 63]);
  });
});

describe('descriptors', () => {
  const open = (): { arena: Arena; files: OpenFiles; fds: FdTable; released: number[]; pcb: number } => {
    const arena = small();
    const released: number[] = [];
    const files = new OpenFiles(arena, { releaseInode: (inode) => void released.push(inode), releaseHandle: (handle) => void released.push(-handle) });
    const pcb = new ProcessTable(arena).allocate(3, 1);
    return { arena, files, fds: new FdTable(arena, files, pcb), released, pcb };
  };

  it('FD1 the lowest free descriptor is given; closing and renumbering let go', () => {
    const { files, fds, released } = open();
    const make = (object: number): number => files.create(OfdKind.FILE, object, OfdFlag.READ);
    expect([1, 2, 3].map((object) => fds.install(make(object)))).toEqual([0, 1, 2]);
    expect(fds.install(make(10), 10)).toBe(10);
    expect(fds.close(1)).toBe(0);
    expect(fds.close(1)).toBe(-Errno.EBADF);
    expect(fds.install(make(4))).toBe(1);
    expect(fds.install(make(5))).toBe(3);
    expect(fds.renumber(10, 0)).toBe(0);
    expect(fds.get(10)).toBe(0);
    expect(files.object(fds.get(0))).toBe(10);
    expect(fds.renumber(0, 77)).toBe(-Errno.EBADF);
    expect(fds.renumber(0, 0)).toBe(0);
    expect(fds.get(4294967295)).toBe(0);
    expect(released).toEqual([2, 1]);
    expect(fds.count()).toBe(4);
  });

  it('FD2 at most 1024 descriptors', () => {
    const { files, fds } = open();
    const ofd = files.create(OfdKind.SERVICE, 1, 0);
    for (let i = 0; i < FD_MAX; i++) expect(fds.install(ofd)).toBe(i);
    expect(fds.install(ofd)).toBe(-Errno.EMFILE);
    fds.set(FD_MAX - 1, 0);
  });

  it('FD3 a description is shared until its last descriptor closes; the kernel can close all after a death', () => {
    const { arena, files, fds, released, pcb } = open();
    const ofd = files.create(OfdKind.SERVICE, 5, OfdFlag.READ);
    files.retain(ofd);
    fds.install(ofd);
    fds.install(ofd);
    files.setPosition(ofd, 2 ** 40);
    expect(files.setPreopenName(ofd, new Uint8Array([47]))).toBe(true);
    expect(files.preopenName(ofd)).toEqual(new Uint8Array([47]));
    const address = Ring.create(arena, 1024);
    fds.install(files.create(OfdKind.PIPE_READ, address, OfdFlag.READ));
    fds.install(files.create(OfdKind.PIPE_WRITE, address, OfdFlag.WRITE));
    fds.close(0);
    expect(files.position(fds.get(1))).toBe(2 ** 40);
    expect(released).toEqual([]);
    new FdTable(arena, files, pcb).destroy();
    expect(released).toEqual([-5]);
    const live: number[] = [];
    arena.forEachAllocation((at) => void live.push(at));
    expect(live).toEqual([arena.u32[Header.JOURNAL_RING]]);
  });
});

describe('terminal', () => {
  it('TY1 an end that was typed is told once; destroying it leaves nothing', () => {
    const arena = small();
    const tty = new Tty(arena, Tty.create(arena, 1));
    tty.markEnd();
    expect([tty.takeEnd(), tty.takeEnd()]).toEqual([true, false]);
    tty.resize(80, 24);
    expect([tty.columns, tty.rows]).toEqual([80, 24]);
    tty.destroy();
    let live = 0;
    arena.forEachAllocation(() => void live++);
    expect(live).toBe(1);
  });
});

describe('memory window', () => {
  it.each([false, true])('MW1 copies both ways and follows the memory as it grows (shared: %s)', (shared) => {
    const arena = small();
    const guest = new WebAssembly.Memory(shared ? { initial: 1, maximum: 4, shared } : { initial: 1, maximum: 4 });
    const window = new MemoryWindow(arena, guest);
    const at = arena.alloc(100);
    arena.u8.fill(9, at, at + 100);
    expect(window.has(65536, 1)).toBe(false);
    guest.grow(1);
    expect(window.has(65536, 100)).toBe(true);
    window.fromArenaTo(65536, at, 100);
    expect(window.u8[65635]).toBe(9);
    window.u8[65536] = 5;
    window.toArenaFrom(at + 1, 65536, 1);
    expect(arena.u8[at + 1]).toBe(5);
  });
});
