import { describe, expect, it } from 'vitest';
import { compareBytes, hexWindow, type Side } from './byte-ranges.ts';

const side = (bytes: Uint8Array): Side & { reads: number } => {
  const made = { size: bytes.length, reads: 0, read: async (offset: number, length: number) => {
    made.reads++;
    return bytes.slice(offset, offset + length);
  } };
  return made;
};
const signal = new AbortController().signal;

/** A pseudo-random sequence that the seed decides (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

describe('ranges of bytes', () => {
  it('are none in equal files, and one that only one file has', async () => {
    expect((await compareBytes(side(new Uint8Array(5)), side(new Uint8Array(5)), signal)).ranges).toEqual([]);
    expect((await compareBytes(side(new Uint8Array(5)), side(new Uint8Array(9)), signal)).ranges).toEqual([{ from: 5, to: 9 }]);
    expect((await compareBytes(side(new Uint8Array()), side(new Uint8Array(2)), signal)).ranges).toEqual([{ from: 0, to: 2 }]);
  });

  it('join what is close, over the steps of the reading', async () => {
    const size = 1_300_000;
    const changed = new Uint8Array(size);
    for (const at of [3, 10, 40, 524_287, 524_288, 524_300, 1_299_999]) changed[at] = 1;
    const { ranges } = await compareBytes(side(new Uint8Array(size)), side(changed), signal);
    expect(ranges).toEqual([{ from: 3, to: 11 }, { from: 40, to: 41 }, { from: 524_287, to: 524_301 }, { from: 1_299_999, to: 1_300_000 }]);
  });

  it.each([1, 2, 3])('hold all that differs and begin and end with a difference, seed %i', async (seed) => {
    const next = random(seed);
    const left = Uint8Array.from({ length: 5000 }, () => next() * 4);
    const right = left.slice(0, 4000 + Math.floor(next() * 1000));
    for (let at = 0; at < 60; at++) right[Math.floor(next() * right.length)] = next() * 4;
    const { ranges } = await compareBytes(side(left), side(right), signal);
    const inside = (at: number): boolean => ranges.some(({ from, to }) => at >= from && at < to);
    for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) expect(inside(at), `byte ${at}`).toBe(true);
    for (const { from, to } of ranges) expect([left[from] !== right[from], left[to - 1] !== right[to - 1]]).toEqual([true, true]);
  });

  it('are bounded, and can be given up', async () => {
    const striped = Uint8Array.from({ length: 100_000 }, (_, at) => (at % 40 === 0 ? 1 : 0));
    const found = await compareBytes(side(new Uint8Array(100_000)), side(striped), signal);
    expect([found.ranges.length, found.more]).toEqual([1000, true]);
    const given = new AbortController();
    given.abort();
    await expect(compareBytes(side(striped), side(striped), given.signal)).rejects.toThrow();
  });

  it('do not read more than the bound of huge files', async () => {
    let bytes = 0;
    const huge: Side = { size: 2 ** 40, read: async (_offset, length) => {
      bytes += length;
      return new Uint8Array(length);
    } };
    const { compared, ranges } = await compareBytes(huge, huge, signal);
    expect([compared, bytes / 2, ranges]).toEqual([32 * 1024 * 1024, 32 * 1024 * 1024, []]);
  });
});

describe('rows around a range', () => {
  it('are whole, with one before and one after, within the file', () => {
    expect(hexWindow({ from: 35, to: 36 }, 16, 100)).toMatchObject({ rows: [16, 32, 48], hidden: 0 });
    expect(hexWindow({ from: 0, to: 3 }, 16, 10)).toMatchObject({ rows: [0], hidden: 0 });
    expect(hexWindow({ from: 0, to: 16_000 }, 16, 16_000)).toMatchObject({ hidden: 976 });
  });
});
