import { describe, expect, it } from 'vitest';
import { TRACE_FAMILIES } from '../../shared/abi/index.ts';
import { SHORTEST, barPieces, bucketsFor, isWhole, panned, placeOf, stretchAfterKey, ticks, timeAt, within, zoomed } from './strip-geometry.ts';

const whole = { from: 0, to: 1000 };

describe('the stretch of time that is looked at', () => {
  it('keeps what is under the pointer in its place while zooming', () => {
    const near = zoomed(whole, whole, 4, 200);
    expect(near).toEqual({ from: 150, to: 400 });
    expect(placeOf(200, 800, near)).toBeCloseTo(placeOf(200, 800, whole));
    expect(zoomed(near, whole, 1 / 4, 200)).toEqual(whole);
  });

  it('never leaves the run, nor becomes shorter than the clock has steps', () => {
    expect(panned({ from: 900, to: 1000 }, whole, 1)).toEqual({ from: 900, to: 1000 });
    expect(panned({ from: 10, to: 110 }, whole, -1)).toEqual({ from: 0, to: 100 });
    expect(within({ from: -50, to: 5000 }, whole)).toEqual(whole);
    let stretch = { ...whole };
    for (let n = 0; n < 100; n++) stretch = zoomed(stretch, whole, 2, 500);
    expect(stretch.to - stretch.from).toBeCloseTo(SHORTEST);
    expect(stretch.from).toBeLessThanOrEqual(500);
    expect(stretch.to).toBeGreaterThanOrEqual(500);
  });

  it('is the whole of a run without length', () => {
    const none = { from: 0, to: 0 };
    expect(isWhole(within(none, none), none)).toBe(true);
    expect(timeAt(10, 100, none)).toBe(0);
  });

  it('follows the keys', () => {
    const middle = { from: 400, to: 600 };
    expect(stretchAfterKey('ArrowRight', middle, whole)).toEqual({ from: 440, to: 640 });
    expect(stretchAfterKey('Home', middle, whole)).toEqual({ from: 0, to: 200 });
    expect(stretchAfterKey('End', middle, whole)).toEqual({ from: 800, to: 1000 });
    expect(stretchAfterKey('PageDown', middle, whole)).toEqual({ from: 600, to: 800 });
    expect(stretchAfterKey('Escape', middle, whole)).toEqual(whole);
    const nearer = stretchAfterKey('+', middle, whole)!;
    expect(nearer.to - nearer.from).toBeCloseTo(200 / 1.5);
    expect(stretchAfterKey('x', middle, whole)).toBeNull();
  });
});

describe('what is drawn', () => {
  it('has ticks at round times, far enough apart', () => {
    expect(ticks(whole, 500)).toEqual({ times: [0, 200, 400, 600, 800, 1000], step: 200 });
    const { times, step } = ticks({ from: 12.345, to: 12.545 }, 600);
    expect(step).toBeCloseTo(0.05);
    expect(times[0]).toBeCloseTo(12.35);
    expect(ticks({ from: 0, to: 0 }, 500).times).toEqual([]);
  });

  it('stacks kinds of calls to the root of their number', () => {
    const families = TRACE_FAMILIES.map((family) => (family === 'read' ? 3 : family === 'wait' ? 1 : 0));
    const pieces = barPieces({ count: 4, families, failed: 0, busy: 0, waiting: 0 }, 16);
    expect(pieces).toEqual([{ family: 0, from: 0, to: 0.375 }, { family: TRACE_FAMILIES.indexOf('wait'), from: 0.375, to: 0.5 }]);
    expect(barPieces({ count: 0, families: [], failed: 0, busy: 0, waiting: 0 }, 16)).toEqual([]);
  });

  it('asks for no more stretches than there are pixels for, and than the kernel gives', () => {
    expect([0, 1, 800, 99_999].map(bucketsFor)).toEqual([1, 1, 400, 2048]);
  });
});
