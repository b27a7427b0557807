import { describe, expect, it, vi } from 'vitest';
import { Control, Pcb, prepareThread, prepareThreadTrace, prepareTrace, ProcessHandle, ProcessTable, TRACE_SEGMENT, TRACE_SEGMENTS, TraceWord, type Arena } from '../../shared/arena/index.ts';
import type { TracedCall, TraceFilter } from '../../shared/abi/index.ts';
import { joinPath } from '../../shared/base/index.ts';
import { callNamed, SHAPES, TraceWriter } from '../../shared/trace/index.ts';
import { Random } from '../../shared/testing/random.ts';
import { traced } from '../../guest/run/traced.ts';
import { Rig } from '../../guest/testing/rig.ts';
import { Traces } from './index.ts';

const RUN = 40;
const encoder = new TextEncoder();
const [PATH, PATH2, OUT, IOVS, DATA] = [0x1000, 0x3000, 0x5000, 0x5100, 0x10000];
const BAD = 0x7fff_0000;

/** A process whose calls are noted, and a plain log of them. */
class Noted {
  readonly rig = new Rig();
  readonly traces: Traces;
  readonly pcb = this.rig.vfs.process.handle.address;
  readonly log: Partial<TracedCall>[] = [];
  readonly writer: TraceWriter;
  readonly calls: Rig['calls'];
  /** What a naive reader of the log thinks of the descriptors. */
  readonly open = new Map<number, string>([[0, 'pipe:[0]'], [1, 'pipe:[1]'], [2, 'pipe:[2]'], [3, '/']]);
  readonly arena: Arena = this.rig.arena;

  constructor(limits?: { run: number; all: number }) {
    prepareTrace(this.arena, this.pcb);
    this.traces = tracesOf(this.arena, limits);
    this.traces.started(RUN, { pid: 7, name: 'test', args: [], started: Date.now(), pcb: this.pcb, blocks: () => [this.pcb], open: [...this.open].map(([fd, target]) => ({ fd, target })) });
    this.writer = writerOf(this.rig, this.rig.vfs.process.handle)!;
    this.calls = traced(this.rig.calls, this.writer);
  }

  /** Makes a call and writes it down. */
  call(name: keyof Rig['calls'], args: (number | bigint)[], about: { path?: string; to?: string; text?: string; cut?: true } = {}): number {
    const errno = (this.calls[name] as (...values: unknown[]) => number)(...args);
    const { view } = this.rig;
    const spec = callNamed(name)!;
    const pointer = spec.result < 0 ? 0 : Number(args[spec.result]);
    const isWide = /Wide|Time/.test(spec.args[spec.result]?.kind ?? '');
    const exact = (value: bigint): number | string => (value > 2n ** 53n ? String(value) : Number(value));
    const result = errno === 0 && spec.result >= 0 ? { result: isWide ? exact(view.getBigUint64(pointer, true)) : view.getUint32(pointer, true) } : {};
    this.log.push({ call: name, errno, args: args.map((value) => (typeof value === 'bigint' ? Number(value) : value)), ...result, ...about });
    return errno;
  }

  async all(filter: TraceFilter = {}): Promise<TracedCall[]> {
    const found: TracedCall[] = [];
    for (;;) {
      const { total, calls } = await this.traces.read(RUN, filter, found.length, 1000);
      found.push(...calls);
      if (found.length >= total) return found;
    }
  }
}

function tracesOf(arena: Arena, limits?: { run: number; all: number }): Traces {
  return new Traces({
    arena, clock: { realtime: () => BigInt(Date.now()) * 1_000_000n, monotonic: () => performance.now() }, yield: async () => {}, tell: () => {}, isAsked: () => false, ...(limits && { limits }),
  });
}

function writerOf(rig: Rig, handle: ProcessHandle, tid?: number): TraceWriter | null {
  return TraceWriter.of(rig.vfs.process.arena, handle, rig.context, { origin: performance.timeOrigin, tid, names: rig.vfs.names.bases });
}

const NAMES = ['a', 'b', 'dir', 'dir/c', 'ä', 'no such', './dir/../a', 'x'.repeat(300), 'y'.repeat(4096), 'line\nbreak'];
const bare = ({ call, errno, args, result, path, to, text, cut }: Partial<TracedCall>): object => JSON.parse(JSON.stringify({ call, errno, args, result, path, to, text, cut })) as object;

/** One random call, with what it is about as the naive reader sees it. */
function step(noted: Noted, random: Random): void {
  const { rig, open } = noted;
  const fds = [...open.keys()];
  const fd = random.chance(0.1) ? random.below(20) : random.pick(fds);
  const name = random.pick(NAMES);
  const bytes = encoder.encode(name);
  const length = rig.path(name)[1];
  const about = (base = open.get(fd), at = PATH): { path?: string; cut?: true } => {
    if (at === BAD) return {};
    const cut = bytes.length > 256 ? { cut: true as const } : {};
    return base?.startsWith('/') ? { path: joinPath(base, new TextDecoder().decode(bytes.subarray(0, 256))), ...cut } : cut;
  };
  const at = random.chance(0.1) ? BAD : PATH;
  switch (random.below(11)) {
    case 0: {
      const path = about(open.get(fd), at);
      if (noted.call('path_open', [fd, 1, at, length, random.pick([0, 1, 1, 2, 9]), 66n, 0n, 0, OUT], path) === 0) open.set(rig.out32(), path.path!);
      return;
    }
    case 1: {
      if (fd === 3) return;
      const target = open.get(fd);
      if (noted.call('fd_close', [fd], target === undefined ? {} : { path: target }) === 0) open.delete(fd);
      return;
    }
    case 2: {
      const to = random.pick(fds);
      const target = open.get(fd);
      if (fd === 3 || to === 3) return;
      if (noted.call('fd_renumber', [fd, to], target === undefined ? {} : { path: target }) === 0 && fd !== to) {
        open.set(to, target!);
        open.delete(fd);
      }
      return;
    }
    case 3: return void noted.call('path_create_directory', [fd, at, length], about(open.get(fd), at));
    case 4: return void noted.call('path_filestat_get', [fd, random.below(2), at, length, random.chance(0.1) ? BAD : OUT], about(open.get(fd), at));
    case 5: return void noted.call('path_unlink_file', [fd, at, length], about(open.get(fd), at));
    case 6: {
      const [at2, length2] = rig.path2('other');
      const base = open.get(fd);
      return void noted.call('path_rename', [fd, PATH, length, fd, at2, length2], { ...about(base), ...(base?.startsWith('/') && { to: joinPath(base, 'other') }) });
    }
    case 7: {
      rig.path2('target');
      return void noted.call('path_symlink', [PATH2, 6, fd, PATH, length], { ...about(), text: 'target' });
    }
    case 8: {
      if (fd === 0 || open.get(fd) === 'pipe:[0]') return;
      rig.view.setUint32(IOVS, DATA, true);
      rig.view.setUint32(IOVS + 4, random.below(50), true);
      const target = open.get(fd);
      return void noted.call('fd_write', [fd, random.chance(0.1) ? BAD : IOVS, 1, OUT], target === undefined ? {} : { path: target });
    }
    case 9: {
      const target = open.get(fd);
      return void noted.call('fd_seek', [fd, BigInt(random.below(1000)) * (random.chance(0.3) ? -1n : 1n), random.below(4), OUT], target === undefined ? {} : { path: target });
    }
    default: return void noted.call('clock_time_get', [random.below(5), 0n, OUT]);
  }
}

describe('random calls against a plain log', () => {
  it.each([1, 2, 3, 4, 5, 6])('TR1 TR4 seed %i: all are kept in order, with their paths', async (seed) => {
    const random = new Random(seed);
    const noted = new Noted();
    for (let count = 0; count < 4000; count++) {
      step(noted, random);
      if (random.chance(0.01)) noted.traces.take();
      // A pipe that is full would wait.
      if (count % 200 === 0) noted.rig.printed();
    }
    expect((await noted.all()).map(bare)).toEqual(noted.log.map(bare));
    if (random.chance(0.5)) noted.traces.take();
    noted.traces.stopped(noted.pcb);
    const ended = await noted.all();
    expect(ended.map(({ seq }) => seq)).toEqual(noted.log.map((_, at) => at));
    expect(ended.map(bare)).toEqual(noted.log.map(bare));
  });

  it('TR1 a program whose memory has grown writes next', async () => {
    const noted = new Noted();
    const { rig } = noted;
    // After so many calls within a step of the clock a call is measured only for what it moves.
    for (let count = 0; count < 200; count++) {
      new DataView(rig.memory.buffer).setUint32(IOVS, DATA, true);
      new DataView(rig.memory.buffer).setUint32(IOVS + 4, 3, true);
      rig.memory.grow(1);
      expect(noted.calls.fd_write(1, IOVS, 1, OUT)).toBe(0);
    }
    expect((await noted.all()).map(({ call, errno, result }) => [call, errno, result])).toEqual(Array.from({ length: 200 }, () => ['fd_write', 0, 3]));
  });

  it.each([1, 2, 3])('TR6 seed %i: a filter finds what a filter of the log finds', async (seed) => {
    const random = new Random(seed);
    const noted = new Noted();
    for (let count = 0; count < 2000; count++) {
      step(noted, random);
      if (count % 200 === 0) noted.rig.printed();
    }
    const filters: [TraceFilter, (call: TracedCall) => boolean][] = [
      [{ calls: ['fd_seek', 'path_open'] }, ({ call }) => call === 'fd_seek' || call === 'path_open'],
      [{ errno: 'failed' }, ({ errno }) => errno !== 0], [{ errno: 44 }, ({ errno }) => errno === 44], [{ errno: 'ok' }, ({ errno }) => errno === 0],
      [{ path: '/dir' }, ({ path, to }) => [path, to].some((one) => one === '/dir' || one?.startsWith('/dir/') === true)],
      [{ text: 'DIR' }, ({ path, to, text, call }) => [path, to, text, call].some((one) => one?.toLowerCase().includes('dir') === true)],
      [{ fd: 4 }, ({ call, args, result }) => callNamed(call)!.args.some(({ kind }, at) => kind === 'fd' && args[at] === 4) || (call === 'path_open' && result === 4)],
    ];
    const all = await noted.all();
    for (const [filter, matches] of filters) {
      const expected = all.filter(matches);
      expect((await noted.all(filter)).map(({ seq }) => seq), JSON.stringify(filter)).toEqual(expected.map(({ seq }) => seq));
      const seq = random.below(2000);
      const place = expected.findIndex((call) => call.seq >= seq);
      expect(await noted.traces.place(RUN, filter, seq)).toBe(place);
      const stats = await noted.traces.stats(RUN, filter);
      expect(stats.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);
      const strip = await noted.traces.strip(RUN, filter, { from: 0, to: 1e7, buckets: 10 });
      expect(strip.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);
    }
  });
});

describe('a ring that nobody takes from', () => {
  it.each([1, 2, 3])('TR2 seed %i: the oldest are overwritten and counted; the paths of what follows are left out, not guessed', async (seed) => {
    const random = new Random(seed);
    const noted = new Noted();
    noted.call('path_open', [3, 0, ...noted.rig.path('file'), 1, 66n, 0n, 0, OUT], { path: '/file' });
    const fd = noted.rig.out32();
    const many = 30_000 + random.below(30_000);
    for (let count = 0; count < many; count++) noted.call('fd_tell', [fd, OUT], { path: '/file' });
    const found = await noted.all();
    const { calls, lost } = noted.traces.runs()[0]!;
    expect(calls).toBe(many + 1);
    expect(found.length + lost).toBe(many + 1);
    expect(lost).toBeGreaterThan(0);
    expect(found.at(-1)!.seq).toBe(many);
    expect(found.every(({ path, seq }) => path === undefined && noted.log[seq]!.call === 'fd_tell')).toBe(true);
    noted.call('path_open', [3, 0, ...noted.rig.path('file'), 1, 66n, 0n, 0, OUT]);
    noted.calls.path_filestat_get(3, 0, ...noted.rig.path('file'), OUT);
    expect((await noted.all()).at(-1)).toMatchObject({ call: 'path_filestat_get', errno: 0 });
  });

  it.each([1, 2, 3])('TC1 seed %i: what is overwritten while it is copied is not told', async (seed) => {
    const random = new Random(seed);
    const noted = new Noted();
    const { u32 } = noted.arena;
    const make = (many: number): void => {
      for (let left = many; left > 0; left--) {
        if (random.chance(0.5)) noted.call('fd_tell', [random.below(100), OUT]);
        else noted.call('clock_time_get', [random.below(2), BigInt(random.below(1000)), OUT]);
      }
    };
    make(100 + random.below(200));
    let turns = 2;
    // The guest goes around its ring in the middle of a copy.
    const part = (from: number, to: number): Uint32Array => {
      const words = u32.slice(from, to);
      if (turns-- > 0) {
        make(20_000 + random.below(5000));
        words.set(u32.slice(from + (words.length >> 1), to), words.length >> 1);
      }
      return words;
    };
    Object.defineProperty(u32, 'subarray', { value: part, configurable: true });
    const found = await noted.all();
    Reflect.deleteProperty(u32, 'subarray');
    expect(found.length).toBeGreaterThan(1000);
    expect(found.map(({ seq, call, args }) => [seq, call, args])).toEqual(found.map(({ seq }) => [seq, noted.log[seq]!.call, noted.log[seq]!.args]));
    expect(found.at(-1)!.seq).toBe(noted.log.length - 1);
  });

  it('TC3 what is to end writes nothing more, neither before a call nor after one that was under way', () => {
    const noted = new Noted();
    noted.call('sched_yield', []);
    const { handle } = noted.rig.vfs.process;
    const ring = noted.arena.u32[(noted.arena.u32[(noted.pcb >>> 2) + Pcb.TRACE]! >>> 2) + TraceWord.RING]! >>> 2;
    const written = (): number[] => [...noted.arena.u32.slice(ring, ring + TRACE_SEGMENT), ...noted.arena.u32.slice(noted.arena.u32[(noted.pcb >>> 2) + Pcb.TRACE]! >>> 2, (noted.arena.u32[(noted.pcb >>> 2) + Pcb.TRACE]! >>> 2) + TraceWord.RECORD + 1)];
    // It would sleep for ever.
    vi.spyOn(handle, 'hold').mockImplementation(() => { throw new Error('held'); });
    const ends = traced({ sched_yield: () => {
      Atomics.or(noted.arena.i32, (noted.pcb >>> 2) + Pcb.CONTROL, Control.DYING);
      return 0;
    } }, noted.writer);
    const head = (): number => noted.arena.u32[(noted.arena.u32[(noted.pcb >>> 2) + Pcb.TRACE]! >>> 2) + TraceWord.HEAD]!;
    const before = head();
    expect(() => ends.sched_yield()).toThrow('held');
    expect([head(), handle.gateSet]).toEqual([before, false]);
    const left = written();
    expect(() => noted.calls.sched_yield()).toThrow('held');
    expect(written()).toEqual(left);
  });

  it('TR3 what is kept has a bound: the oldest go, and what is left has its paths', async () => {
    const noted = new Noted({ run: 64 * 1024, all: 1 << 20 });
    noted.call('path_open', [3, 0, ...noted.rig.path('file'), 1, 66n, 0n, 0, OUT]);
    const fd = noted.rig.out32();
    for (let count = 0; count < 20_000; count++) {
      noted.calls.fd_tell(fd, OUT);
      if (count % 1000 === 0) noted.traces.take();
    }
    const { first, calls, lost } = noted.traces.runs()[0]!;
    expect([calls, lost, first > 0]).toEqual([20_001, 0, true]);
    const found = await noted.all();
    expect(found[0]!.seq).toBe(first);
    expect(found.every(({ path }) => path === '/file')).toBe(true);
  });
});

describe('a process that ends at any moment', () => {
  it.each([1, 2, 3, 4])('TR5 seed %i: what it did is kept, and the call that it was within', async (seed) => {
    const random = new Random(seed);
    const noted = new Noted();
    const many = random.below(3000);
    for (let count = 0; count < many; count++) noted.call('clock_time_get', [1, 0n, OUT]);
    noted.writer.args.set([0, IOVS, 1, OUT]);
    noted.writer.open(SHAPES[callNamed('fd_read')!.number]!);
    noted.traces.stopped(noted.pcb);
    const found = await noted.all();
    expect(found).toHaveLength(many + 1);
    expect(found.at(-1)).toMatchObject({ seq: many, call: 'fd_read', path: 'pipe:[0]', open: true, args: [0, IOVS, 1, OUT] });
    // What its worker still does reaches nobody.
    noted.calls.clock_time_get(1, 0n, OUT);
    expect(await noted.all()).toEqual(found);
    const before = noted.arena.stats().free;
    new ProcessTable(noted.arena).free(noted.pcb);
    expect(noted.arena.stats().free - before).toBeGreaterThanOrEqual(TRACE_SEGMENT * TRACE_SEGMENTS * 4);
  });

  it('TR2 torn or foreign words in a ring end the reading, and nothing else', async () => {
    const noted = new Noted();
    for (let count = 0; count < 5000; count++) noted.call('clock_time_get', [1, 0n, OUT]);
    const block = noted.arena.u32[(noted.pcb >>> 2) + Pcb.TRACE]! >>> 2;
    const ring = noted.arena.u32[block + 2]! >>> 2;
    const random = new Random(9);
    for (let word = 0; word < TRACE_SEGMENT * TRACE_SEGMENTS; word += 97) noted.arena.u32[ring + word] = random.below(2 ** 32);
    const { calls } = await noted.traces.read(RUN, {}, 0, 1000);
    expect(calls.length).toBeLessThanOrEqual(1000);
    noted.traces.stopped(noted.pcb);
    await noted.traces.stats(RUN, {});
  });
});

describe('threads', () => {
  it.each([1, 2])('TH1 TR1 seed %i: the calls of all threads are in one order, each with its tid', async (seed) => {
    const random = new Random(seed);
    const rig = new Rig();
    const { arena } = rig;
    const main = rig.vfs.process.handle;
    const table = new ProcessTable(arena);
    prepareTrace(arena, main.address);
    const pcbs = [main.address];
    prepareThread(arena, main.address);
    for (let tid = 1; tid <= 3; tid++) {
      const pcb = table.allocate(7, 1);
      arena.u32[(pcb >>> 2) + Pcb.PROCESS] = main.address;
      prepareThreadTrace(arena, pcb);
      pcbs.push(pcb);
    }
    const traces = tracesOf(arena);
    traces.started(RUN, { pid: 7, name: 'test', args: [], started: Date.now(), pcb: main.address, blocks: () => pcbs, open: [] });
    const threads = pcbs.map((pcb, tid) => traced(rig.calls, writerOf(rig, new ProcessHandle(rig.vfs.process.arena, pcb), tid)));
    const log: number[] = [];
    for (let count = 0; count < 3000; count++) {
      const tid = random.below(threads.length);
      log.push(tid);
      threads[tid]!.clock_res_get(tid, OUT);
    }
    const { calls } = await traces.read(RUN, {}, 2000, 1000);
    expect(calls.map(({ tid, args }) => [tid, args[0]])).toEqual(log.slice(2000).map((tid) => [tid, tid]));
    for (const pcb of pcbs.slice(1)) traces.stopped(pcb);
    traces.stopped(main.address);
    expect((await traces.read(RUN, { tid: 2 }, 0, 1)).total).toBe(log.filter((tid) => tid === 2).length);
  });
});
