import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TracedCall, TraceFormat } from '../shared/abi/index.ts';
import { i32, Op, wasmBytes } from '../guest/testing/wasm-bytes.ts';
import { receiveBytes } from '../shared/link/index.ts';
import { Machine } from './machine.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await Machine.boot();
}, 60_000);
afterAll(() => machine.dispose());

const exported = async (run: number, format: TraceFormat): Promise<string> => new Response(receiveBytes(await machine.api.traceExport(run, {}, format))).text();
const find = (calls: readonly TracedCall[], name: string, path: string): TracedCall | undefined => calls.find((call) => call.call === name && call.path === path);

describe('system calls of a run', () => {
  let run = 0;
  beforeAll(async () => {
    await machine.write('/home/a.txt', 'hello\n');
    run = (await machine.run('/bin/cat', ['/home/a.txt', '/home/missing'])).run!;
  });

  it('TR1 each is told, with its arguments, its result and what it was about', async () => {
    const { total, calls, info } = await machine.api.traceRead(run, {}, 0, 1000);
    expect(info).toMatchObject({ run, name: 'cat', args: ['/home/a.txt', '/home/missing'], calls: total, first: 0, lost: 0 });
    expect(calls.map(({ seq }) => seq)).toEqual(calls.map((_, at) => at));
    const opened = find(calls, 'path_open', '/home/a.txt')!;
    expect(opened).toMatchObject({ errno: 0, result: expect.any(Number) as number });
    expect(find(calls, 'fd_read', '/home/a.txt')).toMatchObject({ result: 6, args: [opened.result, expect.any(Number), 1, expect.any(Number)] });
    expect(find(calls, 'fd_close', '/home/a.txt')).toMatchObject({ args: [opened.result] });
    expect(find(calls, 'path_filestat_get', '/home/missing')).toMatchObject({ errno: 44 });
    expect(calls.at(-1)).toMatchObject({ call: 'proc_exit', args: [1] });
  });

  it('TR6 filters count and find what matches', async () => {
    const read = async (filter: Parameters<typeof machine.api.traceRead>[1]): Promise<string[]> => (await machine.api.traceRead(run, filter, 0, 1000)).calls.map(({ call }) => call);
    expect(new Set(await read({ calls: ['fd_write'] }))).toEqual(new Set(['fd_write']));
    expect(await read({ errno: 44 })).toEqual(['path_filestat_get']);
    expect(await read({ path: '/home/a.txt', calls: ['path_open', 'fd_close'] })).toEqual(['path_open', 'fd_close']);
    expect(await read({ text: 'MISSING' })).toEqual(['path_filestat_get']);
    const last = await machine.api.traceRead(run, {}, -1, 10);
    expect(last.calls.map(({ call }) => call)).toEqual(['proc_exit']);
  });

  it('TR7 the exports tell the same', async () => {
    expect(await exported(run, 'strace')).toMatch(/^\[pid \d+\] \d\d:\d\d:\d\d\.\d{6} path_filestat_get\(\d+, SYMLINK_FOLLOW, "\/home\/missing", 0x[0-9a-f]+\) = -1 ENOENT \(No such file or directory\) <\d\.\d{6}>$/m);
    const { calls } = await machine.api.traceRead(run, {}, 0, 1000);
    const lines = (await exported(run, 'json')).trimEnd().split('\n').map((line) => JSON.parse(line) as TracedCall);
    expect(lines).toMatchObject(calls);
    const { traceEvents } = JSON.parse(await exported(run, 'chrome')) as { traceEvents: { ph: string; name: string; ts?: number }[] };
    expect(traceEvents.filter(({ ph }) => ph === 'X').map(({ name }) => name)).toEqual(calls.map(({ call }) => call));
  });
});

const [I32, I64] = [0x7f, 0x7e];
const LOAD = [...i32(16), 0x28, 2, 0];

/** Asks for the time so many times. */
const asking = (times: number): Uint8Array => wasmBytes({
  memory: [0, 1],
  imports: [{ module: 'wasi_snapshot_preview1', name: 'clock_time_get', params: [I32, I64, I32], results: 1 }],
  functions: [[
    0x03, 0x40, ...i32(1), 0x42, 0, ...i32(8), Op.CALL, 0, Op.DROP,
    ...i32(16), ...LOAD, ...i32(1), 0x6a, 0x36, 2, 0, ...LOAD, ...i32(times), 0x49, 0x0d, 0, 0x0b,
  ]],
  exports: [{ name: 'memory', kind: 'memory', index: 0 }, { name: '_start', kind: 'function', index: 1 }],
});

describe('system calls of programs of all kinds', () => {
  it('TR2 TR3 of five million the last are kept, within their bound, and the rest is counted', async () => {
    const { run } = await machine.run(asking(5_000_000), [], { name: 'asking' });
    const { info, total, calls } = await machine.api.traceRead(run!, {}, -1, 1);
    expect(info.calls).toBe(5_000_000);
    expect(total).toBeLessThanOrEqual(5_000_000 - info.first);
    expect(calls).toMatchObject([{ seq: 4_999_999, call: 'clock_time_get', errno: 0 }]);
    const [stats] = await machine.api.traceStats(run!, {});
    expect(stats).toMatchObject({ call: 'clock_time_get', count: total, failed: 0 });
    // A record of it has nine words.
    expect(total * 36).toBeLessThanOrEqual(32 * 1024 * 1024);
  });

  it('TR5 a call that waits is told while it does, and is told as unfinished once the process was killed in it', async () => {
    const { pid } = await machine.api.spawn({ module: '/bin/cat', args: [], stdio: 'pipe', stdin: 'stream' });
    const { run } = (await machine.api.traceRuns()).find((info) => info.pid === pid)!;
    const last = async (): Promise<TracedCall | undefined> => (await machine.api.traceRead(run, {}, -1, 1)).calls[0];
    await expect.poll(last).toMatchObject({ call: 'fd_read', args: [0, expect.any(Number), 1, expect.any(Number)], open: true });
    expect(await machine.read(`/proc/${pid}/trace`)).toMatch(/^\[pid \d+\] .*\n(.*\n)* *\[pid \d+\] .* fd_read\(0<.*= \? <unfinished ...>\n$/);
    await machine.api.kill(pid, 'KILL');
    expect(await last()).toMatchObject({ call: 'fd_read', open: true });
    expect((await machine.api.traceRead(run, {}, 0, 1)).info.ended).toBeGreaterThan(0);
    expect(await exported(run, 'strace')).toMatch(/ fd_read\(0<.*= \? <unfinished ...>\n$/);
  });

  it('TR1 those of threads are in one order', async () => {
    const guest = new Uint8Array(readFileSync(new URL('./guests/thread-guest.wasm', import.meta.url)));
    const { run, code } = await machine.run(guest, ['print', '4', '20'], { name: 'guest', preopens: { '.': '/home' } });
    expect(code).toBe(0);
    const { calls, total } = await machine.api.traceRead(run!, {}, 0, 1000);
    expect(new Set(calls.map(({ tid }) => tid)).size).toBeGreaterThan(1);
    expect(calls.map(({ seq }) => seq)).toEqual(calls.map((_, at) => at));
    const byThread = await Promise.all([...new Set(calls.map(({ tid }) => tid))].map(async (tid) => (await machine.api.traceRead(run!, { tid }, 0, 1)).total));
    expect(byThread.reduce((sum, count) => sum + count, 0)).toBe(total);
    expect(calls.filter(({ call }) => call === 'thread-spawn').map(({ result }) => result)).toEqual([1, 2, 3, 4]);
    expect(calls.filter(({ call, tid }) => call === 'fd_write' && tid !== 0).length).toBeGreaterThanOrEqual(80);
  });

  it('TR8 what is asked wrongly is refused', async () => {
    const { api } = machine;
    const bad = (value: unknown): never => value as never;
    await expect(api.traceRead(999_999, {}, 0, 1)).rejects.toMatchObject({ code: 'ENOENT' });
    for (const call of [
      api.traceRead(bad('1'), {}, 0, 1), api.traceRead(1, bad(7), 0, 1), api.traceRead(1, {}, 0.5, 1), api.traceRead(1, {}, 0, 0), api.traceRead(1, { calls: bad('x') }, 0, 1),
      api.traceRead(1, { errno: bad('bad') }, 0, 1), api.traceStrip(1, {}, NaN, 1, 1), api.traceExport(1, {}, bad('html')), api.traceOfPath(bad(1), 1),
    ]) await expect(call).rejects.toMatchObject({ code: 'EINVAL' });
  });

  it('TR8 what ended is forgotten when it is asked for', async () => {
    await machine.api.traceClear();
    expect(await machine.api.traceRuns()).toEqual([]);
  });
});
