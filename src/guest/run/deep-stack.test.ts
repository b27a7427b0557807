import { describe, expect, it } from 'vitest';
import { Header, prepareTrace, ProcessTable, RingWord } from '../../shared/arena/index.ts';
import { checkTree } from '../../shared/tree/index.ts';
import { Rig } from '../testing/rig.ts';
import { i32, Op, wasmBytes } from '../testing/wasm-bytes.ts';
import { runModule } from './index.ts';

const [I32, I64] = [0x7f, 0x7e];
const store = (address: number, value: number): number[] => [...i32(address), ...i32(value), 0x36, 2, 0];
const i64 = (value: number): number[] => [0x42, value];
const NAME = store(16, 'f'.charCodeAt(0));

interface Call {
  name: string;
  params: number[];
  setup: number[];
  args: number[];
}

const calls: Call[] = [
  { name: 'fd_write', params: [I32, I32, I32, I32], setup: [...store(0, 16), ...store(4, 1)], args: [...i32(1), ...i32(0), ...i32(1), ...i32(8)] },
  { name: 'path_create_directory', params: [I32, I32, I32], setup: NAME, args: [...i32(3), ...i32(16), ...i32(1)] },
  // Creates it, then truncates it; descriptors run out long before the stack does.
  {
    name: 'path_open', params: [I32, I32, I32, I32, I32, I64, I64, I32, I32], setup: NAME,
    args: [...i32(3), ...i32(0), ...i32(16), ...i32(1), ...i32(9), ...i64(32), ...i64(0), ...i32(0), ...i32(32)],
  },
];

/** A module that calls itself without end, and `call` at each depth, with `pad` operands on the stack meanwhile. */
function deep({ name, params, setup, args }: Call, pad: number): WebAssembly.Module {
  const operands = Array.from({ length: pad }, (_, at) => i32(at)).flat();
  return new WebAssembly.Module(wasmBytes({
    memory: [0, 1],
    imports: [{ module: 'wasi_snapshot_preview1', name, params, results: 1 }],
    functions: [
      [...setup, Op.CALL, 2],
      [...operands, ...args, Op.CALL, 0, Op.DROP, Op.CALL, 2, ...Array<number>(pad).fill(Op.DROP)],
    ],
    exports: [{ name: 'memory', kind: 'memory', index: 0 }, { name: '_start', kind: 'function', index: 1 }],
  }));
}

describe('a stack that is exhausted by calls on the way down', () => {
  it.each(calls.flatMap((call) => [0, 3, 6, 11].flatMap((pad) => [false, true].map((noted) => ({ ...call, pad, noted })))))('PR6: $name at frames of size $pad leaves no gate, no lock, no fault (noted: $noted)', ({ pad, noted, ...call }) => {
    const rig = new Rig({ pipeBytes: 1 << 20 });
    const { vfs, clock, arena } = rig;
    if (noted) prepareTrace(arena, vfs.process.handle.address);
    const result = runModule(deep(call, pad), { vfs, clock, args: ['deep'], env: [], random: (bytes) => bytes });
    expect(result).toMatchObject({ reason: 'trap', message: expect.stringContaining('call stack exhausted') as string });
    const locks = [Header.TREE_LOCK, Header.ALLOC_LOCK, Header.JOURNAL_LOCK, (rig.stdout.address >>> 2) + RingWord.LOCK];
    expect([vfs.process.handle.gateSet, ...locks.map((at) => arena.i32[at])]).toEqual([false, 0, 0, 0, 0]);
    rig.close();
    new ProcessTable(arena).free(vfs.process.handle.address);
    expect(checkTree(rig.kernelTree, [rig.root]).faults).toEqual([]);
  });
});
