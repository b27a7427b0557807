import { WASIProcExit } from '@bjorn3/browser_wasi_shim';
import { describe, expect, it } from 'vitest';
import { checkTree } from '../../shared/tree/index.ts';
import { at, Rig } from '../testing/rig.ts';

const STEPS = 3000;

/** Mulberry32. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const NUMBERS = [0, 1, 2, 3, 4, 5, 8, 24, 48, 64, 100, 255, 4096, 65535, 65536, at.PATH, at.IOVS, at.OUT, at.DATA];
const EDGES = [-1, -2, -8, -65536, 0x7fffffff, -0x80000000, 524288, 524287, 524280, 524224];
const OFFSETS = [0n, 1n, 100n, 65535n, 65536n, 5_000_000_000n, -1n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)];
/** Positions of 64-bit arguments. */
const WIDE: Readonly<Record<string, number[]>> = {
  clock_time_get: [1], fd_advise: [1, 2], fd_allocate: [1, 2], fd_fdstat_set_rights: [1, 2], fd_filestat_set_size: [1],
  fd_filestat_set_times: [1, 2], fd_pread: [3], fd_pwrite: [3], fd_readdir: [3], fd_seek: [1], path_filestat_set_times: [4, 5],
  path_open: [5, 6],
};
const PATHS = ['a', 'b', 'd', 'd/x', 'd/../a', '.', '..', '/', 'l', 'żółć', 'x'.repeat(300), 'a/b', ''];

describe.each([1, 2, 3, 4])('any arguments to any call, seed %i', (seed) => {
  it('give an errno or an exit, and leave what lies outside of the guest as it was', () => {
    const pick = random(seed);
    const rig = new Rig({ pages: 8 });
    rig.calls.fd_fdstat_set_flags(0, 4);
    rig.calls.fd_fdstat_set_flags(1, 4);
    const calls = { ...rig.old, ...rig.calls } as unknown as Record<string, (...args: (number | bigint)[]) => number>;
    const names = Object.keys(calls).filter((name) => name !== 'poll_oneoff');
    const log: string[] = [];
    const number = (): number => (pick(5) === 0 ? EDGES[pick(EDGES.length)]! : NUMBERS[pick(NUMBERS.length)]!);
    for (let step = 0; step < STEPS; step++) {
      const name = names[pick(names.length)]!;
      const path = PATHS[pick(PATHS.length)]!;
      const [, length] = rig.path(path);
      rig.path2(PATHS[pick(PATHS.length)]!);
      rig.view.setUint32(at.IOVS, number(), true);
      rig.view.setUint32(at.IOVS + 4, pick(200), true);
      const args: (number | bigint)[] = Array.from({ length: Math.max(calls[name]!.length, 1) }, number);
      if (name.startsWith('path_') && pick(4) > 0) sensible(name, args, length, pick);
      for (const index of WIDE[name] ?? []) args[index] = OFFSETS[pick(OFFSETS.length)]!;
      log.push(`${name}(${args.join(', ')})`);
      try {
        const errno = calls[name]!(...args);
        expect(Number.isInteger(errno) && errno >= 0 && errno <= 76, `${log.at(-1)} gave ${errno}`).toBe(true);
      } catch (error) {
        if (!(error instanceof WASIProcExit)) throw new Error(`seed ${seed}: ${log.slice(-5).join('\n')}`, { cause: error });
      }
      if (name === 'fd_renumber' || name === 'fd_close') restore(rig);
    }
    rig.close();
    expect(checkTree(rig.kernelTree, [rig.root]).faults).toEqual([]);
  });
});

/** Most path calls get a directory and a path that exists, so that they go further than their first check. */
function sensible(name: string, args: (number | bigint)[], length: number, pick: (below: number) => number): void {
  const order = name === 'path_open' || name === 'path_filestat_get' || name === 'path_filestat_set_times' ? [2, 3] : [1, 2];
  if (name !== 'path_symlink') args[0] = 3;
  args[order[0]!] = at.PATH;
  args[order[1]!] = length;
  if (name === 'path_open') args[4] = pick(16);
  if (name === 'path_rename') args.splice(3, 3, 3, at.PATH2, 1);
  if (name === 'path_link') args.splice(0, 7, 3, 0, at.PATH, length, 3, at.PATH2, 1);
  if (name === 'path_symlink') args.splice(0, 5, at.PATH, length, 3, at.PATH2, 1);
}

function restore(rig: Rig): void {
  const { fds, process } = rig.vfs;
  if (fds.preopenName(3) !== null) return;
  if (fds.has(3)) fds.close(3);
  const fd = rig.preopen(rig.root, '/');
  if (fd !== 3) {
    process.table.set(3, process.table.get(fd));
    process.files.retain(process.table.get(fd));
    fds.close(fd);
  }
}
