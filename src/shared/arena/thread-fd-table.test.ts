import { describe, expect, it } from 'vitest';
import { Errno } from '../base/index.ts';
import { Random } from '../testing/random.ts';
import {
  Arena, FdTable, Held, letGoOfThread, OfdFlag, OfdKind, OpenFiles, Pcb, prepareThread, ProcessHandle, ProcessTable, Ring, ThreadFdTable,
} from './index.ts';

/** A process with `count` threads, all in this one. */
function process(count: number) {
  const arena = Arena.create({ pages: 64, journalBytes: 4096 });
  const released: number[] = [];
  const owner = { releaseInode: (inode: number) => void released.push(inode), releaseHandle: () => {} };
  const table = new ProcessTable(arena);
  const kernel = new OpenFiles(arena, owner);
  const main = table.allocate(3, 1);
  const kernelTable = new FdTable(arena, kernel, main);
  const live = (): number => {
    let sum = 0;
    arena.forEachAllocation(() => sum++);
    return sum;
  };
  const before = live();
  const pcbs = Array.from({ length: count }, (_, at) => {
    const pcb = at === 0 ? main : table.allocate(3, 1);
    if (at > 0) arena.u32[(pcb >>> 2) + Pcb.PROCESS] = main;
    expect(prepareThread(arena, pcb)).toBe(true);
    return pcb;
  });
  const threads = pcbs.map((pcb) => new ThreadFdTable(arena, new OpenFiles(arena, owner, pcb), new ProcessHandle(arena, pcb)));
  const file = (object: number): number => kernel.create(OfdKind.FILE, object, OfdFlag.READ);
  return { arena, kernel, kernelTable, threads: threads as [ThreadFdTable, ThreadFdTable, ...ThreadFdTable[]], pcbs, released, file, live, before };
}

describe('the descriptors of threads', () => {
  it('TH2 what a thread looked up outlives a close by another, to the end of its call', () => {
    const { threads: [one, two], file, released } = process(2);
    expect(one.install(file(7))).toBe(0);
    const ofd = two.get(0);
    const closes = two.closes;
    expect(one.close(0)).toBe(0);
    expect(two.closes).toBe(closes + 1);
    expect(one.close(0)).toBe(-Errno.EBADF);
    expect(two.get(0)).toBe(0);
    expect(one.install(file(8))).toBe(0);
    expect(two.get(0)).not.toBe(ofd);
    expect(released).toEqual([]);
    two.letGo();
    expect(released).toEqual([7]);
    expect(one.renumber(0, 1)).toBe(-Errno.EBADF);
    expect(one.install(file(9))).toBe(1);
    expect(two.renumber(0, 1)).toBe(0);
    expect(released).toEqual([7, 9]);
  });

  it('TH2 the same description is held once; more than fit are not open; the process\'s limit counts', () => {
    const { arena, threads: [one], file, kernel, pcbs } = process(2);
    const ofd = file(1);
    const fds = Array.from({ length: Held.SIZE - Held.FIRST + 1 }, (_, at) => one.install(at === 0 ? ofd : file(at)));
    expect([one.get(0), one.get(0)]).toEqual([ofd, ofd]);
    expect(kernel.isShared(ofd)).toBe(true);
    expect(fds.slice(1, -1).every((fd) => one.get(fd) !== 0)).toBe(true);
    expect(one.get(fds.at(-1)!)).toBe(0);
    one.letGo();
    expect(kernel.isShared(ofd)).toBe(false);
    expect(one.get(fds.at(-1)!)).not.toBe(0);
    arena.u32[(pcbs[0]! >>> 2) + Pcb.FD_CAPACITY] = fds.length;
    expect(one.install(file(1))).toBe(-Errno.EMFILE);
  });

  it('TH3 what a thread held at its death is let go by the kernel: the reader of a pipe is gone', () => {
    const { arena, kernel, kernelTable, threads: [one, two], pcbs } = process(2);
    const ring = new Ring(arena, Ring.create(arena, 1024));
    one.install(kernel.create(OfdKind.PIPE_READ, ring.address, OfdFlag.READ));
    one.install(kernel.create(OfdKind.PIPE_WRITE, ring.address, OfdFlag.WRITE));
    two.get(0);
    one.close(0);
    expect(ring.readers).toBe(1);
    letGoOfThread(arena, kernel, pcbs[1]!);
    expect(ring.readers).toBe(0);
    expect(kernelTable.count()).toBe(1);
  });

  it.each([1, 2, 3, 4, 5])('TH2 TH3 threads at random: every description is let go once, when nobody has it (seed %d)', (seed) => {
    const random = new Random(seed);
    const { arena, kernel, kernelTable, threads, pcbs, released, file, live, before } = process(4);
    const open = new Map<number, number>();
    const held = threads.map(() => new Set<number>());
    let last = 0;
    for (let step = 0; step < 2000; step++) {
      const at = random.below(threads.length);
      const thread = threads[at]!;
      const fd = random.below(24);
      switch (random.below(5)) {
        case 0: {
          const got = thread.install(file(++last));
          expect(open.has(got)).toBe(false);
          open.set(got, last);
          break;
        }
        case 1:
          expect(thread.close(fd)).toBe(open.delete(fd) ? 0 : -Errno.EBADF);
          break;
        case 2: {
          const ofd = thread.get(fd);
          expect(ofd === 0 ? undefined : kernel.object(ofd)).toBe(open.get(fd));
          if (ofd !== 0) held[at]!.add(open.get(fd)!);
          break;
        }
        case 3: {
          const to = random.below(24);
          const both = open.has(fd) && open.has(to);
          expect(thread.renumber(fd, to)).toBe(both ? 0 : -Errno.EBADF);
          if (!both || fd === to) break;
          open.set(to, open.get(fd)!);
          open.delete(fd);
          break;
        }
        default:
          thread.letGo();
          held[at]!.clear();
      }
      const alive = new Set([...open.values(), ...held.flatMap((each) => [...each])]);
      expect(new Set(released).size, `step ${step}`).toBe(released.length);
      expect(released.length + alive.size, `step ${step}`).toBe(last);
    }
    for (const pcb of pcbs.slice(1)) letGoOfThread(arena, kernel, pcb);
    kernelTable.destroy();
    expect(released).toHaveLength(last);
    // The table itself is gone too.
    expect(live()).toBe(before - 1);
  });
});
