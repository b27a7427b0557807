import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { i32, Op, wasmBytes } from '../guest/testing/wasm-bytes.ts';
import { Machine } from './machine.ts';

const WASI = 'wasi_snapshot_preview1';
const exit = { module: WASI, name: 'proc_exit', params: 1 };
const MEMORY_GROW = [0x40, 0];
/** Grows its memory by a page and exits with the answer: 255 is -1. */
const grower = wasmBytes({
  memory: [0, 1], imports: [exit], functions: [[...i32(1), ...MEMORY_GROW, Op.CALL, 0]],
  exports: [{ name: 'memory', kind: 'memory', index: 0 }, { name: '_start', kind: 'function', index: 1 }],
});

const [I32, I64] = [0x7f, 0x7e];
const NO_RIGHTS = [0x42, 0, 0x42, 0];
/** Opens `/tmp` until that fails, and exits with the errno. */
const openTmp = [...i32(3), ...i32(0), ...i32(0), ...i32(3), ...i32(0), ...NO_RIGHTS, ...i32(0), ...i32(8), Op.CALL, 0];
const opener = wasmBytes({
  memory: [0, 1],
  imports: [{ module: WASI, name: 'path_open', params: [I32, I32, I32, I32, I32, I64, I64, I32, I32], results: 1 }, exit],
  functions: [[
    ...i32(0), ...i32(0x706d74), 0x36, 2, 0, // "tmp" at 0
    0x03, 0x40, ...openTmp, 0x45, 0x0d, 0, 0x0b, // loop while it is 0
    ...openTmp, Op.CALL, 1,
  ]],
  exports: [{ name: 'memory', kind: 'memory', index: 0 }, { name: '_start', kind: 'function', index: 2 }],
});
const EMFILE = 33;

describe('what a process may use', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
  });
  afterAll(() => machine.dispose());

  it('LM2 memory: growth past the limit fails, and the program lives on', async () => {
    expect(await machine.run(grower)).toMatchObject({ code: 1, reason: 'exit' });
    expect(await machine.run(grower, [], { limits: { memory: 65536 } })).toMatchObject({ code: 255, reason: 'exit' });
    await machine.write('/home/grow.wasm', grower);
    for (const [memory, code] of [[65536, 255], [131072, 1], [null, 1]] as const) {
      expect(await machine.run('/home/grow.wasm', [], { limits: { memory } })).toMatchObject({ code });
    }
  });

  it('LM3 memory: a module that needs more at its start is refused with the numbers', async () => {
    await expect(machine.run(grower, [], { limits: { memory: 1000 } })).rejects.toThrow(/needs 64 KiB of memory to start, its limit is 1000 bytes/);
    await expect(machine.run(new WebAssembly.Module(grower), [], { limits: { memory: 65536 } })).rejects.toThrow(/ENOTSUP/);
  });

  it('LM4 wall time: ends a program that sleeps, and says so', async () => {
    const status = await machine.run('/bin/sleep', ['60'], { limits: { wall: 150 } });
    expect(status).toMatchObject({ reason: 'limit', limit: 'wall', code: 137, signal: 'KILL', message: 'stopped: ran for 150 ms, its limit' });
    expect(status.duration).toBeGreaterThanOrEqual(150);
  });

  it('LM4 CPU time: ends a program that computes', async () => {
    const status = await machine.run('/bin/spin', [], { limits: { cpu: 200 } });
    expect(status).toMatchObject({ reason: 'limit', limit: 'cpu', code: 152, signal: 'XCPU', message: 'stopped: used 200 ms of CPU time, its limit' });
  });

  it('LM4 CPU time: waiting does not count', async () => {
    expect(await machine.run('/bin/sleep', ['0.6'], { limits: { cpu: 300 } })).toMatchObject({ reason: 'exit', code: 0 });
    const listed = (await machine.api.processes())[0]!;
    expect(listed.cpu).toBeLessThan(300);
    expect(listed.cpu).toBeGreaterThan(0);
  });

  it('LM5 output: exactly as many bytes as allowed arrive, then the program is ended', async () => {
    const status = await machine.run('/bin/yes', [], { limits: { output: 1_000_001 } });
    expect(status).toMatchObject({ reason: 'limit', limit: 'output', code: 153, signal: 'XFSZ', message: 'stopped: wrote 976.6 KiB to its streams, its limit' });
    expect(status.stdout.length).toBe(1_000_001);
    expect(await machine.run('/bin/hello-c', [], { limits: { output: 0 } })).toMatchObject({ limit: 'output', stdout: '' });
  });

  it('LM7 descriptors: opening without end meets EMFILE, at 1024 or at the limit', async () => {
    expect(await machine.run(opener)).toMatchObject({ code: EMFILE, reason: 'exit' });
    expect(await machine.run(opener, [], { limits: { files: 20 } })).toMatchObject({ code: EMFILE });
    expect((await machine.api.processes())[0]).toMatchObject({ openFiles: 20 });
  });

  it('LM1 nonsense is refused', async () => {
    for (const wall of [-1, NaN, Infinity, '5' as never]) {
      await expect(machine.run('/bin/hello-c', [], { limits: { wall } })).rejects.toThrow(/EINVAL/);
    }
  });
});
