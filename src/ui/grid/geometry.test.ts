import { describe, expect, it } from 'vitest';
import { columnsIn, geometry, lefts, step } from './geometry.ts';

describe('geometry', () => {
  it('mounts what is seen, and a little more', () => {
    expect(geometry(1000, 24, 2400, 240)).toMatchObject({ height: 24_000, start: 98, end: 113 });
    expect(geometry(3, 24, 0, 240)).toMatchObject({ start: 0, end: 3 });
    expect(geometry(0, 24, 0, 240)).toMatchObject({ height: 0, start: 0, end: 0 });
  });
  it('reaches each of five million rows', () => {
    const count = 5_000_000;
    for (const row of [0, 1, 12_345, 2_500_000, count - 1]) {
      const top = geometry(count, 24, 0, 480).reveal(row) ?? 0;
      const there = geometry(count, 24, top, 480);
      expect(there.start <= row && row < there.end).toBe(true);
      const y = there.topOf(row) - top;
      expect(y > -30 && y < 490).toBe(true);
    }
    expect(geometry(count, 24, 0, 480).height).toBe(8_000_000);
  });
  it('finds the columns that are seen', () => {
    const starts = lefts([100, 100, 100, 100]);
    expect(starts).toEqual([0, 100, 200, 300, 400]);
    expect(columnsIn(starts, 150, 260)).toEqual([1, 3]);
    expect(columnsIn(starts, -10, 1000)).toEqual([0, 4]);
  });
  it('goes by keys, up to the header', () => {
    expect(step('ArrowUp', false, { row: 0, column: 1 }, 9, 3, 5)).toEqual({ row: -1, column: 1 });
    expect(step('End', true, { row: 0, column: 0 }, 9, 3, 5)).toEqual({ row: 8, column: 2 });
    expect(step('PageUp', false, { row: 2, column: 0 }, 9, 3, 5)).toEqual({ row: 0, column: 0 });
    expect(step('x', false, { row: 0, column: 0 }, 9, 3, 5)).toBeNull();
  });
});
