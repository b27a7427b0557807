import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { importResults } from './import-results.ts';

const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const section = (id: number, ...content: number[]): number[] => [id, content.length, ...content];
const imported = (name: string, ...kind: number[]): number[] => [1, 0x65, name.length, ...new TextEncoder().encode(name), ...kind];
const [I32, I64, F32, F64, EXTERN] = [0x7f, 0x7e, 0x7d, 0x7c, 0x6f];

/** Functions of these types, a table, a global, a tag and a memory among them. */
function bytes(types: number[][], ...indices: number[]): Uint8Array<ArrayBuffer> {
  const others = [imported('t', 1, 0x70, 0, 1), imported('g', 3, I32, 0)];
  const functions = indices.map((index) => imported('f', 0, index));
  const imports = [...functions.slice(0, 1), ...others, ...functions.slice(1)];
  return Uint8Array.from([...HEAD, ...section(1, types.length, ...types.flat()), ...section(2, imports.length, ...imports.flat())]);
}

const func = (params: number[], results: number[]): number[] => [0x60, params.length, ...params, results.length, ...results];

test('HA2: the results of imported functions are read from the binary, by their place among all imports', () => {
  const types = [func([I64, 0x7b], []), func([], [I32]), func([I32], [I64]), func([], [F32, F64, I32]), func([], [EXTERN])];
  const module = bytes(types, 2, 0, 1, 3, 4);
  expect(WebAssembly.validate(module)).toBe(true);
  expect(importResults(module)).toEqual({ 0: ['i64'], 5: ['f32', 'f64', 'i32'], 6: ['ref'] });
  expect(importResults(bytes(types, 0, 1))).toBeNull();
});

test('HA2: types of other forms stand among those of functions', () => {
  const types = [[0x4e, 2, 0x5f, 1, I32, 1, 0x50, 0, 0x60, 1, 0x63, 0, 1, 0x63, 0x6e], [0x4f, 0, 0x5e, 0x78, 0], func([], [0x7b])];
  expect(importResults(bytes(types, 1, 3))).toEqual({ 0: ['ref'], 3: ['other'] });
});

test('HA2: what is no module, or is cut off, gives nothing', () => {
  const whole = bytes([func([], [I64])], 0, 0);
  expect(importResults(whole)).not.toBeNull();
  for (let length = 0; length < whole.length; length++) expect(importResults(whole.subarray(0, length))).toBeNull();
});

test('HA2: a shipped program has none', () => {
  expect(importResults(readFileSync(new URL('../../../public/samples/hello-c.wasm', import.meta.url)))).toBeNull();
});
