import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { wasmBytes, type ModuleParts } from '../guest/testing/wasm-bytes.ts';
import type { ProcessInfo } from '../shared/abi/index.ts';
import type { FsError } from '../shared/base/index.ts';
import { Machine, type Outcome } from './machine.ts';
import { feed, ProgramOutput } from './program-output.ts';

const guest = new Uint8Array(readFileSync(new URL('./guests/thread-guest.wasm', import.meta.url)));

interface Case {
  program: string;
  args?: string[];
  stdout?: string;
  stderr?: string;
  code?: number;
  workers?: boolean;
}
const cases = JSON.parse(readFileSync(new URL('../../wasm-samples/cases.json', import.meta.url), 'utf8')) as Case[];

/** Rules TH1 …: kernel/process/SPEC.md. */
describe('threads', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
  });
  afterAll(() => machine.dispose());
  afterEach(async () => {
    const running = (await machine.api.processes()).filter(({ state }) => state !== 'exited');
    expect(running).toEqual([]);
    expect(faults()).toEqual([]);
    expect(await machine.api.notices()).toEqual([]);
  });

  /** Beside what belongs to others than the tree: rings, tables, namespaces. */
  const faults = (): string[] => machine.kernel.check().faults.filter((fault) => !fault.endsWith('is reached by nothing'));
  const run = (mode: string, ...numbers: number[]): Promise<Outcome> =>
    machine.run(guest, [mode, ...numbers.map(String)], { name: 'guest', preopens: { '.': '/home' } });
  const ok = { code: 0, reason: 'exit', stderr: '' };

  /** Starts it, and resolves with its pid once it has printed `lines` lines. */
  async function start(lines: number, stdin: undefined | 'stream', mode: string, ...numbers: number[]) {
    const reply = await machine.api.spawn({
      module: guest, name: 'guest', args: [mode, ...numbers.map(String)], preopens: { '.': '/home' }, stdio: 'pipe', ...(stdin && { stdin }),
    });
    const output = new ProgramOutput(reply.stdout!);
    await output.until((text) => text.split('\n').length > lines);
    return { ...reply, output };
  }

  it.each(cases.filter(({ workers }) => workers))('the sample $program $args', async ({ program, args = [], code = 0, stdout = '', stderr = '' }) => {
    expect(await machine.run(`/bin/${program}`, args)).toMatchObject({ code, stdout, stderr });
  });

  const spawnImport = { module: 'wasi', name: 'thread-spawn', params: 1, results: 1 };
  const entry = { name: '_start', kind: 'function', index: 1 } as const;
  const threadEntry = { name: 'wasi_thread_start', kind: 'function', index: 1 } as const;
  it.each<[string, ModuleParts, RegExp]>([
    ['no function for threads', { memory: [0, 1], imports: [spawnImport], functions: [[]], exports: [entry, { name: 'memory', kind: 'memory', index: 0 }] }, /exports no wasi_thread_start/],
    ['a memory of its own', { memory: [0, 1], imports: [spawnImport], functions: [[]], exports: [entry, threadEntry, { name: 'memory', kind: 'memory', index: 0 }] }, /--import-memory/],
    ['a memory that is not shared', { imports: [spawnImport, { module: 'env', name: 'memory', memory: [1, 1, 2] }], functions: [[]], exports: [entry, threadEntry] }, /not shared.*--shared-memory/],
  ])('TH1: a program with %s is refused in words', async (_what, parts, words) => {
    const said = await machine.run(wasmBytes(parts)).then(({ code, message }) => `${code} ${message}`, (error: FsError) => `126 ${error.detail}`);
    expect(said).toMatch(/^126 /);
    expect(said).toMatch(words);
  });

  it('TH1: a thread can start threads; tids are positive and differ', async () => {
    expect(await run('chain', 12)).toMatchObject({ ...ok, stdout: 'ok\n' });
  });

  it('TH2: a trap in a thread ends the process with its message', async () => {
    expect(await run('trap')).toMatchObject({ code: 134, reason: 'trap', message: expect.stringContaining('unreachable') });
  });

  it('TH2: proc_exit in a thread ends the process with its code', async () => {
    expect(await run('exit', 7)).toMatchObject({ code: 7, reason: 'exit' });
  });

  it('TH2: … also while others are blocked in a read', async () => {
    const { pid } = await start(3, 'stream', 'exit-while-reading', 9);
    expect(await machine.api.wait(pid)).toMatchObject({ code: 9, reason: 'exit' });
  });

  it('TH2: main\'s return ends the threads that compute', async () => {
    const { code, stdout } = await run('return', 3);
    expect(code).toBe(0);
    expect(stdout).toMatch(/main returns\n$/);
  });

  it('TH2: a kill ends all of them; the listing tells how many there are', async () => {
    const { pid } = await start(3, undefined, 'spin', 3);
    expect((await machine.api.processes()).find((each) => each.pid === pid)).toMatchObject({ state: 'running', threads: 4 });
    expect(await machine.read(`/proc/${pid}/status`)).toMatch(/^Threads:\t4$/m);
    await machine.api.kill(pid, 'KILL');
    expect(await machine.api.wait(pid)).toMatchObject({ code: 137, signal: 'KILL' });
  });

  it('TH3: more threads than a process may have are refused with EAGAIN; one that ended makes room', async () => {
    expect(await run('limit')).toMatchObject({ ...ok, stdout: '32 threads, then -6\none more\nok\n' });
  });

  it('TH3: many threads one after another use the same workers and control blocks', async () => {
    expect(await run('rounds', 3, 40)).toMatchObject({ ...ok, stdout: 'ok\n' });
  });

  it('TH4: threads sleep and wait each for itself', async () => {
    expect(await run('sleep', 8, 50)).toMatchObject({ ...ok, stdout: 'ok\n' });
  });

  it('TH3: threads count as processes of the session', async () => {
    const { stdout } = await machine.run(guest, ['limit'], { name: 'guest', limits: { processes: 5 } });
    expect(stdout).toBe('4 threads, then -6\none more\nok\n');
  });

  it('TH4: a stop stops all of them, and they go on', async () => {
    const { pid } = await start(0, undefined, 'churn', 4, 1_000_000, 99);
    const info = async (): Promise<ProcessInfo> => (await machine.api.processes()).find((each) => each.pid === pid)!;
    const calls = async (): Promise<number> => (await info()).syscalls;
    const next = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 20));
    const moves = async (): Promise<void> => {
      for (const before = await calls(); await calls() === before;) await next();
    };
    while ((await info()).threads !== 5) await next();
    await moves();
    await machine.api.kill(pid, 'STOP');
    // Each comes to a call of its own before it stops.
    let seen = -1;
    for (let quiet = 0; quiet < 5; quiet++) {
      const now = await calls();
      if (now !== seen) quiet = 0;
      seen = now;
      await next();
    }
    expect(await info()).toMatchObject({ state: 'stopped', threads: 5 });
    await machine.api.kill(pid, 'CONT');
    await moves();
    await machine.api.kill(pid, 'KILL');
    expect(await machine.api.wait(pid)).toMatchObject({ code: 137 });
  });

  it('TH4: CPU time and output are those of all threads together', async () => {
    const busy = await machine.run(guest, ['spin', '3'], { name: 'guest', limits: { cpu: 300 } });
    expect(busy).toMatchObject({ reason: 'limit', limit: 'cpu' });
    const loud = await machine.run(guest, ['print', '8', '1000'], { name: 'guest', limits: { output: 5000 } });
    expect(loud).toMatchObject({ reason: 'limit', limit: 'output' });
    expect(loud.stdout.length).toBeLessThanOrEqual(5000 + 8 * 20);
  });

  it('TH5: lines that threads print do not mix', async () => {
    const { stdout, ...rest } = await run('print', 8, 50);
    expect(rest).toMatchObject(ok);
    expect(linesOf(stdout, 'says ')).toEqual(Array(8).fill(50));
  });

  it.each(['append', 'share'])('TH5: appends of eight threads to one file are whole (%s)', async (mode) => {
    expect(await run(mode, 8, 200)).toMatchObject({ ...ok, stdout: 'ok\n' });
    expect(linesOf(await machine.read('/home/log'), 'wrote line ')).toEqual(Array(8).fill(200));
  });

  it('TH6: a descriptor that one thread closes stays what it is for another that reads from it', async () => {
    const { pid, stdin, output } = await start(1, 'stream', 'close');
    await output.until((text) => text.includes('closed, then -8\n'));
    await feed(stdin!, 'x');
    expect(await machine.api.wait(pid)).toMatchObject({ code: 0 });
    await output.ended;
    expect(output.text).toBe('reading\nclosed, then -8\nread 1\nok\n');
  });

  it.each([1, 2, 3])('TH6: threads open, move and close descriptors under each other\'s hands (seed %d)', async (seed) => {
    expect(await run('churn', 8, 400, seed)).toMatchObject({ ...ok, stdout: 'ok\n' });
  });

  it('TH3: nothing is left in shared memory of threads that ended, were refused, trapped or were killed', async () => {
    const rest = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 700));
    await rest();
    const before = machine.kernel.check().leaked;
    for (const mode of ['limit', 'trap', 'exit', 'return']) await run(mode, 3);
    const { pid } = await start(3, undefined, 'spin', 3);
    await machine.api.kill(pid, 'KILL');
    await rest();
    expect(machine.kernel.check().leaked).toBe(before);
  });

  it('TH6: the listing of descriptors holds what it looks at', async () => {
    const { pid } = await start(0, undefined, 'churn', 4, 1_000_000, 50);
    for (let i = 0; i < 100; i++) {
      const names = (await machine.api.readdir(`/proc/${pid}/fd`)).map(({ name }) => name);
      expect(names.slice(0, 4)).toEqual(['0', '1', '2', '3']);
    }
    await machine.api.kill(pid, 'KILL');
    expect(await machine.api.wait(pid)).toMatchObject({ code: 137 });
  });

  it('TH6: a kill in the midst of it leaves nothing behind', async () => {
    for (let seed = 10; seed < 16; seed++) {
      const { pid } = await start(0, undefined, 'churn', 6, 1_000_000, seed);
      await new Promise((resolve) => void setTimeout(resolve, 60 + seed * 7));
      await machine.api.kill(pid, 'KILL');
      expect(await machine.api.wait(pid)).toMatchObject({ code: 137 });
      expect(faults(), `seed ${seed}`).toEqual([]);
    }
  });

  it('TH7: memory that one thread grew serves the others\' calls at once', async () => {
    expect(await run('grow')).toMatchObject({ ...ok, stdout: `${'from the new page\n'.repeat(4)}ok\n` });
  });
});

/** How many lines each thread has; they must be in order. */
function linesOf(text: string, words: string): number[] {
  const next: number[] = [];
  const pattern = new RegExp(`^thread (\\d) ${words}(\\d+)( of its own)?$`);
  for (const line of text.split('\n').slice(0, -1)) {
    const [, thread, number] = pattern.exec(line) ?? [];
    if (thread === undefined) continue;
    expect(Number(number), line).toBe(next[Number(thread)] ?? 0);
    next[Number(thread)] = Number(number) + 1;
  }
  return next;
}
