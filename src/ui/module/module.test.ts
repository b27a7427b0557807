import { describe, expect, it } from 'vitest';
import { meaningOf } from './meanings.ts';
import { reasonsOf } from './reasons.ts';

describe('what an import means', () => {
  it.each([
    ['wasi_snapshot_preview1', 'path_open', 'function', 'Files'], ['wasi_unstable', 'random_get', 'function', 'Randomness'], ['wasi_snapshot_preview1', 'fd_fly', 'function', 'Unknown'],
    ['wasi', 'thread-spawn', 'function', 'Threads'], ['astrid', 'astrid_publish', 'function', 'Messages'], ['env', 'memory', 'memory', 'Memory, tables and globals'], ['env', 'abort', 'function', 'Glue of AssemblyScript'],
    ['env', 'emscripten_resize_heap', 'function', 'Glue of Emscripten'], ['env', 'left_open', 'function', 'Unknown'], ['./x_bg.js', '__wbg_log', 'function', 'Glue to a web page'], ['gojs', 'runtime.wasmExit', 'function', 'Glue to a web page'],
    ['wasi:io/streams@0.2.0', 'read', 'function', 'Component interfaces'], ['\u202e', '\0', 'function', 'Unknown'], ['astrid', '__proto__', 'function', 'Unknown'],
  ])('%j %j (%s): %s', (module, name, kind, group) => expect(meaningOf(module, name, kind).group).toBe(group));
});

describe('why it runs, or does not', () => {
  const fine = {
    memories: [{ min: 2n, max: null, shared: false, is64: false, pageSize: 65536, imported: false }], start: null, exports: [{ name: '_start', kind: 'function' }, { name: 'memory', kind: 'memory' }],
    stubbed: [], imports: 3, missing: [], truncated: null, faults: [], features: [{ title: 'SIMD', supported: true }], refused: null,
  };
  const bad = (change: object): string[] => reasonsOf({ ...fine, ...change }).filter(({ state }) => state === 'bad').map(({ title }) => title);
  it('has only good reasons for a plain command', () => expect(reasonsOf(fine).map(({ state }) => state)).toEqual(['good', 'good', 'good', 'good', 'good']));
  it.each([
    [{ truncated: 'it ends' }, 'The file ends too early'], [{ faults: ['x'] }, 'The file is damaged'], [{ exports: [] }, 'It has no main program'], [{ exports: [{ name: '_initialize', kind: 'function' }, fine.exports[1]] }, 'It is a library'],
    [{ missing: ['env.t (table)'] }, 'It needs what nothing here provides'], [{ memories: [{ ...fine.memories[0], is64: true }] }, 'Its memory is 64-bit'], [{ memories: [] }, 'It has no memory'],
    [{ memories: [{ ...fine.memories[0], min: 1n << 40n }] }, 'It asks for too much memory'], [{ features: [{ title: 'SIMD', supported: false }] }, 'This browser lacks what it needs'], [{ refused: 'type mismatch' }, 'This browser refuses it'],
  ] as [object, string][])('case $#: $1', (change, title) => expect(bad(change)).toContain(title));
});
