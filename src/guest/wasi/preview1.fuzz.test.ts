import { WASIProcExit } from '@bjorn3/browser_wasi_shim';
import { describe, expect, it } from 'vitest';
import { checkTree } from '../../shared/tree/index.ts';
import { at, Rig } from '../testing/rig.ts';

/** `FUZZ_CALLS` for each seed; `npm run torture` makes a million of one. */
const STEPS = Number(process.env['FUZZ_CALLS'] ?? 3000);
const seeds = process.env['TORTURE_SEED'] ? [Number(process.env['TORTURE_SEED'])] : [1, 2, 3, 4];

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

/** What fails is told with the calls before it. */
class Trace {
  readonly #last: string[] = [];

  add(call: string): void {
    if (this.#last.push(call) > 5) this.#last.shift();
  }

  toString(): string {
    return this.#last.join('\n');
  }
}

/** Any call with any arguments, on a process whose descriptors do not wait: its input has ended, its output is taken. */
class Fuzz {
  readonly rig = new Rig({ pages: 8 });
  readonly trace = new Trace();
  readonly #pick: (below: number) => number;
  readonly #calls: Record<string, (...args: (number | bigint)[]) => number>;
  readonly #names: string[];

  constructor(seed: number) {
    this.#pick = random(seed);
    this.rig.endInput();
    const { old, calls } = this.rig;
    this.#calls = { ...calls, old_poll_oneoff: old.poll_oneoff, old_fd_seek: old.fd_seek, old_fd_filestat_get: old.fd_filestat_get, old_path_filestat_get: old.path_filestat_get } as never;
    this.#names = Object.keys(this.#calls);
  }

  #number(): number {
    return this.#pick(5) === 0 ? EDGES[this.#pick(EDGES.length)]! : NUMBERS[this.#pick(NUMBERS.length)]!;
  }

  /** Vectors, paths and subscriptions where calls find them. */
  #scene(): number {
    const { rig } = this;
    const [, length] = rig.path(PATHS[this.#pick(PATHS.length)]!);
    rig.path2(PATHS[this.#pick(PATHS.length)]!);
    for (let index = 0; index < 4; index++) {
      rig.view.setUint32(at.IOVS + index * 8, this.#number(), true);
      rig.view.setUint32(at.IOVS + index * 8 + 4, this.#pick(8) === 0 ? this.#number() : this.#pick(200), true);
    }
    return length;
  }

  /** The first subscription is a clock that has run out; the others are anything. */
  #subscribe(args: (number | bigint)[], old: boolean): void {
    const { view, u8 } = this.rig;
    const [size, clock] = old ? [56, 24] : [48, 16];
    const count = 1 + this.#pick(6);
    u8.fill(0, at.DATA, at.DATA + size);
    view.setUint32(at.DATA + clock, this.#pick(2), true);
    view.setUint16(at.DATA + clock + 24, this.#pick(2), true);
    for (let index = 1; index < count; index++) {
      const base = at.DATA + index * size;
      for (let word = 0; word < size; word += 4) view.setUint32(base + word, this.#number(), true);
      u8[base + 8] = this.#pick(4);
      if (this.#pick(3) > 0) view.setUint32(base + 16, this.#pick(9), true);
    }
    args.splice(0, 4, at.DATA, at.DATA + 4096, count, this.#pick(4) === 0 ? this.#number() : at.OUT);
  }

  step(): void {
    const pick = this.#pick;
    const key = this.#names[pick(this.#names.length)]!;
    const name = key.replace('old_', '');
    const length = this.#scene();
    const args: (number | bigint)[] = Array.from({ length: Math.max(this.#calls[key]!.length, 1) }, () => this.#number());
    if (pick(3) > 0 && name.startsWith('fd_')) args[0] = pick(9);
    if (name.startsWith('path_') && pick(4) > 0) sensible(name, args, length, pick);
    for (const index of WIDE[name] ?? []) args[index] = OFFSETS[pick(OFFSETS.length)]!;
    if (name === 'poll_oneoff') this.#subscribe(args, key !== name);
    this.trace.add(`${key}(${args.join(', ')})`);
    this.#call(key, args);
    if (name === 'fd_renumber' || name === 'fd_close') restore(this.rig);
    if (this.rig.stdout.readable() > 20_000) this.rig.printed();
  }

  #call(key: string, args: (number | bigint)[]): void {
    try {
      const errno = this.#calls[key]!(...args);
      if (!Number.isInteger(errno) || errno < 0 || errno > 76) throw new Error(`errno ${errno}`);
    } catch (error) {
      if (!(error instanceof WASIProcExit)) throw error;
    }
  }
}

describe.each(seeds)('any arguments to any call, seed %i', (seed) => {
  it(`WA1 ${STEPS} calls give an errno or an exit, and leave what lies outside of the guest as it was`, () => {
    const fuzz = new Fuzz(seed);
    const from = performance.now();
    try {
      for (let step = 0; step < STEPS; step++) fuzz.step();
    } catch (error) {
      throw new Error(`seed ${seed}: ${fuzz.trace}`, { cause: error });
    }
    if (STEPS > 10_000) console.log(`${STEPS} calls in ${Math.round(performance.now() - from)} ms, seed ${seed}`);
    fuzz.rig.close();
    expect(checkTree(fuzz.rig.kernelTree, [fuzz.rig.root]).faults).toEqual([]);
  }, 30_000 + STEPS);
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
