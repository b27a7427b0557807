import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WasmSession } from './session.ts';
import { build, code, functions, nameSection, section, types } from './testing/module-bytes.ts';

/** A small generator of numbers that are the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

/** Does all that the window can ask for. */
function use(bytes: Uint8Array): void {
  const session = new WasmSession(bytes);
  if (session.opened.kind !== 'module') return;
  session.scan();
  session.sizes();
  const found = session.functions('', 'size');
  session.functions('f', 'name');
  for (const index of [...found.subarray(0, 5)]) {
    const { row, lines } = session.open(index);
    if (row.imported) continue;
    expect(session.lines(index, 0, 50).length).toBe(Math.min(50, lines));
    session.text(index);
  }
}

const sample = new Uint8Array(readFileSync(new URL('../../../public/samples/threads.wasm', import.meta.url)));
const small = build(types(), section(2, 1, 1, 0x61, 1, 0x62, 0, 0), functions(3), section(5, 1, 0, 1), section(7, 1, 1, 0x61, 0, 1), code([0x10, 1, 0x0b], [0x02, 0x40, 0x0c, 0, 0x0b, 0x0b], [0x0b]), section(11, 1, 0, 0x41, 0, 0x0b, 2, 1, 2), nameSection([[0, 'f'], [1, 'g']]));

describe('hostile binaries', () => {
  it.each([1, 2, 3, 7])('changed at random, seed %i: no error leaves the reader', (seed) => {
    const next = random(seed);
    for (let round = 0; round < 150; round++) {
      const bytes = (round % 8 === 0 ? sample : small).slice();
      for (let left = 1 + Math.floor(next() * 6); left > 0; left--) bytes[8 + Math.floor(next() * (bytes.length - 8))] = next() < 0.3 ? 0xff : Math.floor(next() * 256);
      use(next() < 0.3 ? bytes.subarray(0, 8 + Math.floor(next() * (bytes.length - 8))) : bytes);
    }
  });

  it.each([11, 12])('made of random sections, seed %i: no error leaves the reader', (seed) => {
    const next = random(seed);
    for (let round = 0; round < 150; round++) {
      const parts = Array.from({ length: 1 + Math.floor(next() * 8) }, () => section(Math.floor(next() * 14), ...Array.from({ length: Math.floor(next() * 40) }, () => Math.floor(next() * (next() < 0.5 ? 8 : 256)))));
      const bytes = build(...parts);
      if (next() < 0.3) bytes[6] = 1;
      use(bytes);
    }
  });

  it('cut at every byte: no error leaves the reader', () => {
    for (let length = 0; length <= small.length; length++) use(small.subarray(0, length));
  });

  it('with a million sections, exports or nested blocks are bounded', () => {
    const many = new Uint8Array(8 + 3_000_000);
    many.set(small.subarray(0, 8));
    for (let at = 8; at < many.length; at += 3) many.set([0, 1, 0], at);
    const sections = new WasmSession(many).opened;
    expect(sections.kind === 'module' && [sections.sections.total, sections.sections.items.length]).toEqual([1_000_000, 20_000]);
    const deep = Array.from({ length: 200_000 }, (_, at) => (at % 2 === 0 ? 0x02 : 0x40));
    const session = new WasmSession(build(types(), functions(1), code([...deep, 0x0b])));
    expect(session.open(0).lines).toBe(100_001);
    expect(session.lines(0, 100_000, 100_010)).toMatchObject([{ name: 'end', depth: 99_999 }]);
  });
});
