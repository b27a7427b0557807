import { describe, expect, it } from 'vitest';
import type { ImportResults } from '../../shared/abi/index.ts';
import { Rig } from '../testing/rig.ts';
import { i32, Op, wasmBytes, type ModuleParts } from '../testing/wasm-bytes.ts';
import { runModule, type RunResult } from './index.ts';

function run(parts: ModuleParts): RunResult {
  const rig = new Rig();
  return runModule(new WebAssembly.Module(wasmBytes(parts)), {
    vfs: rig.vfs, clock: rig.clock, args: ['test'], env: [], random: (bytes) => bytes,
  });
}

const start = { name: '_start', kind: 'function' } as const;
const memory = { memory: [0, 1] };
const exported = { name: 'memory', kind: 'memory', index: 0 } as const;
const proc = { module: 'wasi_snapshot_preview1', name: 'proc_exit', params: 1 };

describe('a run', () => {
  it('ends with 0, or with the code of proc_exit', () => {
    expect(run({ ...memory, functions: [[]], exports: [exported, { ...start, index: 0 }] }))
      .toEqual({ code: 0, reason: 'exit', memory: 65536 });
    const exit = { ...memory, imports: [proc], functions: [[...i32(42), Op.CALL, 0]], exports: [exported, { ...start, index: 1 }] };
    expect(run(exit)).toMatchObject({ code: 42, reason: 'exit' });
  });

  it('that traps says what and where', () => {
    const result = run({
      ...memory, functions: [[Op.CALL, 1], [Op.UNREACHABLE]], exports: [exported, { ...start, index: 0 }],
      names: { 0: '_start', 1: 'my_function' },
    });
    expect(result).toMatchObject({ code: 134, reason: 'trap' });
    expect(result.message).toMatch(/^unreachable/);
    expect(result.message).toContain('my_function');
  });

  it('that exhausts the stack is a trap', () => {
    expect(run({ ...memory, functions: [[Op.CALL, 0]], exports: [exported, { ...start, index: 0 }] }))
      .toMatchObject({ code: 134, reason: 'trap', message: expect.stringContaining('call stack exhausted') as string });
  });

  it('calls before there is a memory are refused, not obeyed', () => {
    const args = { module: 'wasi_snapshot_preview1', name: 'args_sizes_get', params: 2, results: 1 };
    const result = run({
      ...memory, imports: [args], functions: [[...i32(0), ...i32(4), Op.CALL, 0, Op.DROP]],
      exports: [exported, { ...start, index: 1 }], start: 1,
    });
    expect(result).toMatchObject({ code: 0, reason: 'exit' });
  });

  it.each<[string, ModuleParts, RegExp]>([
    ['an imported global', { ...memory, imports: [{ module: 'env', name: 'base', global: 0x7f }], functions: [[]], exports: [exported, { ...start, index: 0 }] }, /env\.base \(global\).*preview 1/],
    ['no memory', { functions: [[]], exports: [{ ...start, index: 0 }] }, /exports no memory/],
    ['a reactor', { ...memory, functions: [[]], exports: [exported, { ...start, name: '_initialize', index: 0 } as never] }, /reactor/],
    ['nothing to start', { ...memory, exports: [exported] }, /no _start/],
  ])('of a module with %s is refused in words', (_what, parts, words) => {
    const result = run(parts);
    expect(result).toMatchObject({ code: 126, reason: 'error' });
    expect(result.message).toMatch(words);
  });

  it.each([['env', /env\.magic\. It expects a JavaScript page/], ['wasi:cli/stdout@0.2.0', /preview 2 component/], ['wasi_snapshot_preview1', /preview1\.magic\. Only WASI preview 1/], ['constructor', /constructor\.magic/]])(
    'HA1 of a module that calls what %s does not have answers ENOSYS, and says so where it fails', (from, words) => {
      const parts = (after: number[]): ModuleParts => ({
        ...memory, imports: [{ module: from, name: 'magic', params: 1, results: 1 }, proc],
        functions: [[...i32(1), Op.CALL, 0, ...after]], exports: [exported, { ...start, index: 2 }],
      });
      const exited = run(parts([Op.CALL, 1]));
      expect(exited).toMatchObject({ code: 52, reason: 'exit', message: expect.stringMatching(words) as string });
      const trapped = run(parts([Op.DROP, Op.UNREACHABLE]));
      expect(trapped).toMatchObject({ code: 134, reason: 'trap', message: expect.stringMatching(/^unreachable[^]*ENOSYS/) as string });
      expect(run(parts([Op.DROP]))).toEqual({ code: 0, reason: 'exit', memory: 65536 });
    });

  it('HA1 no name of an import leads to what every JavaScript object has', () => {
    for (const [from, name] of [['constructor', 'create'], ['wasi_snapshot_preview1', 'hasOwnProperty'], ['__proto__', 'toString'], ['wasi_snapshot_preview1', '__proto__']] as const) {
      const result = run({
        ...memory, imports: [{ module: from, name, params: 1, results: 1 }, proc],
        functions: [[...i32(1), Op.CALL, 0, Op.CALL, 1]], exports: [exported, { ...start, index: 2 }],
      });
      expect(result, `${from}.${name}`).toMatchObject({ code: 52, reason: 'exit', message: expect.stringContaining(`${from}.${name}`) as string });
    }
  });

  it('HA1 a stub gives what its type says, and what cannot be given is a trap that is told', () => {
    const [I64, F32, F64, V128, EXTERN] = [0x7e, 0x7d, 0x7c, 0x7b, 0x6f];
    const outcome = (types: number[], after: number[], told?: ImportResults): RunResult => {
      const bytes = wasmBytes({
        ...memory, imports: [{ module: 'env', name: 'f', results: types }, proc],
        functions: [[Op.CALL, 0, ...after, Op.CALL, 1]], exports: [exported, { ...start, index: 2 }],
      });
      const rig = new Rig();
      return runModule(new WebAssembly.Module(bytes), {
        vfs: rig.vfs, clock: rig.clock, args: ['test'], env: [], random: (random) => random, importResults: told,
      });
    };
    expect(outcome([I64], [0x50], { 0: ['i64'] })).toMatchObject({ code: 1 });
    expect(outcome([F32], [0xa9], { 0: ['f32'] })).toMatchObject({ code: 0 });
    expect(outcome([F64], [0xab], { 0: ['f64'] })).toMatchObject({ code: 0 });
    expect(outcome([EXTERN], [0xd1], { 0: ['ref'] })).toMatchObject({ code: 1 });
    expect(outcome([0x7f, I64], [Op.DROP], { 0: ['i32', 'i64'] })).toMatchObject({ code: 52 });
    expect(outcome([I64], [0x50])).toMatchObject({ code: 134, reason: 'trap', message: expect.stringMatching(/BigInt[^]*env\.f/) as string });
    expect(outcome([V128], [Op.DROP, ...i32(3)], { 0: ['other'] })).toMatchObject({ code: 134, reason: 'trap' });
  });

  it('takes what the binary asks of an imported memory from who read it', () => {
    const module = new WebAssembly.Module(wasmBytes({ imports: [proc, { module: 'env', name: 'memory', memory: [3, 2, 4] }], functions: [[...i32(7), Op.CALL, 0]], exports: [{ ...start, index: 1 }] }));
    const rig = new Rig();
    const options = { vfs: rig.vfs, clock: rig.clock, args: ['test'], env: [], random: (bytes: Uint8Array) => bytes };
    expect(runModule(module, { ...options, importedMemory: { initial: 3, maximum: 4, shared: true } })).toMatchObject({ code: 7, memory: 3 * 65536 });
  });

  it.each([[[0, 20]], [[1, 20, 100]], [[1, 300, 300]], [[3, 2, 4]]])('gives a module the memory that it imports (%j)', (limits) => {
    const bytes = limits.map((each, index) => (index === 0 ? [each] : each < 128 ? [each] : [(each & 0x7f) | 0x80, each >> 7])).flat();
    const result = run({
      imports: [proc, { module: 'env', name: 'memory', memory: bytes }], functions: [[...i32(7), Op.CALL, 0]],
      exports: [{ ...start, index: 1 }],
    });
    expect(result).toMatchObject({ code: 7, reason: 'exit', memory: limits[1]! * 65536 });
  });
});
