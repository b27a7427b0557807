import { describe, expect, it } from 'vitest';
import type { SyscallRequest } from '../../shared/abi/index.ts';
import { OfdFlag, OfdKind, OpenFiles, Ring } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { CallResult } from '../../shared/link/index.ts';
import { Random } from '../../shared/testing/random.ts';
import { inspectIdleBus } from '../../shared/bus/testing/idle-bus.ts';
import { checkTree } from '../../shared/tree/index.ts';
import { at, Rig } from '../testing/rig.ts';

/** `FUZZ_CALLS` for each seed; `npm run torture` makes a million of one. */
const STEPS = Number(process.env['FUZZ_CALLS'] ?? 3000);
const seeds = process.env['TORTURE_SEED'] ? [Number(process.env['TORTURE_SEED'])] : [1, 2, 3, 4];

const NUMBERS = [0, 1, 2, 3, 4, 5, 8, 16, 24, 48, 64, 96, 100, 255, 4096, 65535, 65536, at.PATH, at.PATH2, at.IOVS, at.OUT, at.DATA];
const EDGES = [-1, -2, -8, -96, -65536, 0x7fffffff, -0x80000000, 524288, 524287, 524280, 524192];
const WIDE = [0n, 1n, -1n, -2n, 1000n, 65536n, 1_000_000n, 5_000_000_000n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)];
const SUBJECTS = ['a', 'a', 'a', 'a.b', 'a.b', 'b.c.d', 'user.input', 'agent.response', 'proc.7.exit', 'log.7', 'a.*', 'a.>', '>', 'żółć', 'a..b', '', 'x'.repeat(300)];
const PATHS = ['a', 'a', 'b', 'd', 'd', 'd/x', 'd/x', '../a', '.', '..', '/a', 'żółć', 'x'.repeat(300), ''];
const PAYLOADS = ['U', 'Uhello', 'Q\u00a0', '\u0080\u0004{"text":"hi"}', '\u0080\u0004{"tex', '\u0081\u0004\u0080', '\u0080', '', 'hello', `U${'x'.repeat(5000)}`];
/** Where frames are read to. */
const FRAME = 0x40000;
const NAMES = ['k', 'own', 'palimpsest:kernel', 'probe/a', '', '{"kind":"publish","subject":"a"}', 'GET https://a.b/ HTTP/1.1\r\n\r\n', 'x\0y\0', '\u00ff'];

type Call = (...args: (number | bigint)[]) => number;
/**
 * What its arguments are: s subject, P payload, o options, t other text, p path, h handle, d directory, w 64 bits, f small flags, q where a result goes,
 * v vectors, m a frame, n any number. A text and a payload are two arguments.
 */
const SHAPES: Readonly<Record<string, string>> = {
  astrid_publish: 'sPo', astrid_subscribe: 'soq', astrid_request: 'sPwq', astrid_reply: 'mP',
  astrid_kv_get: 'ttqnq', astrid_kv_set: 'ttPf', astrid_kv_delete: 'ttf', astrid_kv_has: 'ttq', astrid_kv_scan: 'tttqnq', astrid_kv_batch: 'tPf',
  astrid_vfs_open_dir: 'dpfq', astrid_vfs_open: 'dpfq', astrid_vfs_read: 'hqnwq', astrid_vfs_write: 'hPwq', astrid_vfs_stat: 'dpq', astrid_vfs_list: 'dwqnq', astrid_vfs_close: 'h',
  astrid_token_create: 'hnfwq', astrid_token_redeem: 'nq', astrid_token_revoke: 'n', astrid_cap_request: 'twq',
  astrid_http_request: 'tq', astrid_log: 'ft', astrid_spawn: 'tttq', astrid_wait: 'fq', astrid_pid: '',
  fd_read: 'hvfq', fd_filestat_get: 'hq', fd_fdstat_get: 'hq', fd_close: 'h', poll: 'h',
};
const ARGUMENTS: Readonly<Record<string, number>> = { s: 2, P: 2, t: 2, p: 2 };

/** A kernel that answers anything that it may. */
class Kernel {
  rig!: Rig;
  readonly #random: Random;
  /** Address of the word in which all uses are counted; 0 before it is needed. */
  counter = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  answer(request: SyscallRequest): Partial<CallResult> | undefined {
    if (request.op === 'populate' || request.op === 'sync') return undefined;
    if (this.#random.below(4) === 0) return { errno: this.#random.pick([Errno.ENOTCAPABLE, Errno.EACCES, Errno.ETIMEDOUT, Errno.EDQUOT, Errno.ENOSYS]) };
    const data = new Uint8Array(this.#random.pick([0, 5, 96, 97, 300, 65536])).fill(this.#random.below(256));
    switch (request.op) {
      case 'authorize': return { value: { remember: this.#random.below(2) === 0, counter: (this.counter ||= this.rig.arena.allocZeroed(64)) } };
      case 'token-redeem': case 'http': return { value: this.#pipe() };
      case 'kv-get': return { value: this.#random.below(3) === 0 ? this.#random.below(200_000) : data.length, data };
      case 'kv-scan': return { value: this.#random.below(3) === 0 ? this.#random.below(200_000) : 0, data };
      case 'wait': return { value: { pid: 9, state: 'exited', status: { code: this.#random.below(256) } } };
      default: return { value: this.#random.below(1000), data };
    }
  }

  /** A description with the end of a pipe, as the kernel makes it. */
  #pipe(): number {
    const { arena } = this.rig;
    return new OpenFiles(arena, { releaseInode: () => undefined, releaseHandle: () => undefined }).create(OfdKind.PIPE_READ, Ring.create(arena, 64), OfdFlag.READ);
  }
}

class Fuzz {
  readonly rig: Rig;
  readonly kernel: Kernel;
  readonly last: string[] = [];
  readonly #random: Random;
  readonly #calls: Record<string, Call>;
  readonly #names = Object.keys(SHAPES);

  constructor(seed: number) {
    this.#random = new Random(seed);
    const kernel = (this.kernel = new Kernel(this.#random));
    this.rig = kernel.rig = new Rig({ pages: 8, kernel: (request) => kernel.answer(request) });
    this.rig.endInput();
    const { calls, host } = this.rig;
    this.#calls = { ...host, fd_read: calls.fd_read, fd_filestat_get: calls.fd_filestat_get, fd_fdstat_get: calls.fd_fdstat_get, fd_close: calls.fd_close, poll: (fd: number) => this.#poll(fd) } as never;
  }

  #number(): number {
    return this.#random.below(5) === 0 ? this.#random.pick(EDGES) : this.#random.pick(NUMBERS);
  }

  /** A text somewhere in memory: where, and its length; now and then any two numbers. */
  #text(texts: readonly string[], encode: (text: string) => Uint8Array): [number, number] {
    if (this.#random.below(12) === 0) return [this.#number(), this.#number()];
    const place = 0x20000 + this.#random.below(8) * 0x2000;
    return this.rig.path(encode(this.#random.pick(texts)), place);
  }

  /** Words of options; sometimes none. */
  #options(): number {
    if (this.#random.below(2) === 0) return this.#random.below(8) === 0 ? this.#number() : 0;
    const [place, length] = this.rig.path('UserInput.v1', at.PATH2);
    const words = [this.#random.below(3), this.#random.below(2) === 0 ? place : this.#random.below(3), this.#random.below(2) === 0 ? length : 4096 << this.#random.below(4), place, this.#random.below(13), 0];
    words.forEach((word, index) => this.rig.view.setUint32(at.OUT + 64 + index * 4, this.#random.below(9) === 0 ? this.#number() : word, true));
    return at.OUT + 64;
  }

  #arguments(shape: string): (number | bigint)[] {
    const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
    const latin = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
    return [...shape].flatMap((kind): (number | bigint)[] => {
      switch (kind) {
        case 's': return this.#text(SUBJECTS, utf8);
        case 'P': return this.#text(PAYLOADS, latin);
        case 't': return this.#text(NAMES, latin);
        case 'p': return this.#text(PATHS, utf8);
        case 'o': return [this.#options()];
        case 'h': return [this.#random.below(10) === 0 ? this.#number() : this.#random.below(24)];
        case 'd': return [this.#random.below(3) === 0 ? this.#random.below(24) : 3];
        case 'f': return [this.#random.below(8) === 0 ? this.#number() : this.#random.below(20)];
        case 'q': return [this.#random.below(8) === 0 ? this.#number() : this.#random.pick([at.OUT, at.DATA])];
        case 'v': return [this.#random.below(8) === 0 ? this.#number() : at.IOVS];
        case 'm': return [this.#random.below(8) === 0 ? this.#number() : FRAME];
        case 'w': return [this.#random.pick(WIDE)];
        default: return [this.#random.below(3) === 0 ? this.#number() : this.#random.pick([at.OUT, at.DATA, at.IOVS, 1, 2])];
      }
    });
  }

  /** Of one descriptor and a clock that has run out. */
  #poll(fd: number): number {
    const { view, u8, calls } = this.rig;
    u8.fill(0, at.DATA, at.DATA + 96);
    view.setUint8(at.DATA + 8, 1);
    view.setUint32(at.DATA + 16, fd, true);
    view.setUint32(at.DATA + 48 + 16, 1, true);
    return calls.poll_oneoff(at.DATA, at.DATA + 4096, 2, at.OUT);
  }

  step(): void {
    const name = this.#random.pick(this.#names);
    for (let vector = 0; vector < 4; vector++) {
      if (vector === 0 && this.#random.below(3) > 0) {
        this.rig.view.setUint32(at.IOVS, FRAME, true);
        this.rig.view.setUint32(at.IOVS + 4, 16_384, true);
        continue;
      }
      this.rig.view.setUint32(at.IOVS + vector * 8, this.#number(), true);
      this.rig.view.setUint32(at.IOVS + vector * 8 + 4, this.#random.below(4) === 0 ? this.#number() : this.#random.below(4096), true);
    }
    const args = this.#arguments(SHAPES[name]!);
    if (this.last.push(`${name}(${args.join(', ')})`) > 5) this.last.shift();
    const errno = this.#calls[name]!(...args);
    if (!Number.isInteger(errno) || errno < 0 || errno > 76) throw new Error(`errno ${errno}`);
    this.#tidy();
    if (this.#random.below(50) === 0) this.#change();
  }

  /** Nothing waits: mailboxes and pipes are told not to; and there are descriptors left. */
  #tidy(): void {
    const { fds, process: { table, files } } = this.rig.vfs;
    for (let fd = 0; fd < 24; fd++) {
      const ofd = table.get(fd);
      if (ofd !== 0 && (files.kind(ofd) === OfdKind.MAILBOX || files.kind(ofd) === OfdKind.PIPE_READ)) files.setFlags(ofd, files.flags(ofd) | OfdFlag.NONBLOCK);
    }
    for (let fd = 24; fds.has(fd); fd++) fds.close(fd);
    if (!fds.has(3)) this.rig.preopen(this.rig.root, '/');
  }

  /** What happens around the process. */
  #change(): void {
    const { rig } = this;
    if (this.#random.below(2) === 0) rig.moveGrantEpoch();
    if (this.#random.below(2) === 0) rig.vfs.process.handle.messagesMax = this.#random.pick([0, 5, 1_000_000, Infinity, Infinity, Infinity]);
    rig.printed();
  }
}

describe.each(seeds)('any arguments to any call of module astrid, seed %i', (seed) => {
  it(`HA3 ${STEPS} calls give an errno, and leave tree and bus whole`, () => {
    const fuzz = new Fuzz(seed);
    const from = performance.now();
    try {
      for (let step = 0; step < STEPS; step++) fuzz.step();
    } catch (error) {
      throw new Error(`seed ${seed}: ${fuzz.last.join('\n')}`, { cause: error });
    }
    if (STEPS > 10_000) console.log(`${STEPS} calls in ${Math.round(performance.now() - from)} ms, seed ${seed}`);
    fuzz.rig.close();
    const bus = inspectIdleBus(fuzz.rig.arena);
    expect(bus.faults).toEqual([]);
    const isBus = (fault: string): boolean => bus.allocations.has(Number(/ at (\d+) is reached by nothing$/.exec(fault)?.[1]));
    expect(checkTree(fuzz.rig.kernelTree, [fuzz.rig.root], new Set(fuzz.kernel.counter === 0 ? [] : [fuzz.kernel.counter])).faults.filter((fault) => !isBus(fault))).toEqual([]);
  }, 30_000 + STEPS);
});

it('HA3 the list of shapes has every function of the module, with its number of arguments', () => {
  const rig = new Rig();
  const host = rig.host as unknown as Record<string, Call>;
  const listed = Object.keys(SHAPES).filter((name) => name.startsWith('astrid_'));
  expect(listed.toSorted()).toEqual(Object.keys(host).toSorted());
  for (const name of listed) {
    const count = [...SHAPES[name]!].reduce((sum, kind) => sum + (ARGUMENTS[kind] ?? 1), 0);
    expect([name, host[name]!.length]).toEqual([name, count]);
  }
  rig.close();
});
