import { describe, expect, it } from 'vitest';
import { TALL_MAX, laidOut, scrolledTo, scrollFor } from './tall-scroll.ts';

const SHOWN = 800;
const WHOLE = 24 * 2_000_000;

describe('a list taller than a browser can lay out', () => {
  it('is laid out as it is while it fits', () => {
    expect(laidOut(24_000)).toBe(24_000);
    expect(scrolledTo({ top: 0, shift: 0 }, 500, 24_000, SHOWN)).toEqual({ top: 500, shift: 0 });
    expect(scrollFor(500, 24_000, SHOWN)).toEqual({ top: 500, shift: 0 });
  });

  it('moves by a step as far as any list, and reaches both ends', () => {
    let at = scrollFor(20_000_000, WHOLE, SHOWN);
    const place = at.top + at.shift;
    at = scrolledTo(at, at.top + 120, WHOLE, SHOWN);
    expect(at.top + at.shift).toBe(place + 120);
    const end = scrolledTo(at, TALL_MAX - SHOWN, WHOLE, SHOWN);
    expect(end.top + end.shift).toBe(WHOLE - SHOWN);
    const start = scrolledTo(end, 0, WHOLE, SHOWN);
    expect(start.top + start.shift).toBe(0);
  });

  it('a jump goes to the same part of it, and no step leaves it (seed 3)', () => {
    const half = scrolledTo({ top: 0, shift: 0 }, (TALL_MAX - SHOWN) / 2, WHOLE, SHOWN);
    expect(half.top + half.shift).toBe((WHOLE - SHOWN) / 2);
    let seed = 3;
    const next = (below: number): number => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) % below;
    let at = half;
    for (let step = 0; step < 5000; step++) {
      const top = Math.max(0, Math.min(TALL_MAX - SHOWN, next(10) === 0 ? next(TALL_MAX) : at.top + next(400) - 200));
      at = scrolledTo(at, top, WHOLE, SHOWN);
      expect(at.top).toBe(top);
      expect(at.top + at.shift).toBeGreaterThanOrEqual(0);
      expect(at.top + at.shift).toBeLessThanOrEqual(WHOLE - SHOWN);
    }
  });

  it.each([0, 1, 999_999, WHOLE - SHOWN])('is brought to %i', (place) => {
    const { top, shift } = scrollFor(place, WHOLE, SHOWN);
    expect(top + shift).toBe(place);
    expect(top).toBeLessThanOrEqual(TALL_MAX - SHOWN);
  });
});
