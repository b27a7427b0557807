import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TracedCall, TraceFormat } from '../shared/abi/index.ts';
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
