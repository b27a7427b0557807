import { describe, expect, it } from 'vitest';
import { fitZoom, nextZoom } from './zoom.ts';

describe('zoom', () => {
  it('goes by round steps, and stops at the ends', () => {
    expect([nextZoom(1, 1), nextZoom(1, -1), nextZoom(0.4, 1), nextZoom(0.4, -1), nextZoom(32, 1), nextZoom(0.05, -1)]).toEqual([1.5, 0.75, 0.5, 0.33, 32, 0.05]);
  });
  it('fits', () => {
    const room = { width: 400, height: 300 };
    expect([{ width: 800, height: 300 }, { width: 150, height: 100 }, { width: 8, height: 8 }, { width: 400, height: 300 }].map((size) => fitZoom(size, room))).toEqual([0.5, 2, 4, 1]);
    expect(fitZoom({ width: 10, height: 10 }, { width: -32, height: 0 })).toBe(1);
  });
});
