import { describe, expect, it } from 'vitest';
import { markOf } from './trust-mark.ts';

describe('the mark of a browser', () => {
  it('QU3: is the same for the same bits, and mirrored', () => {
    const mark = markOf(0x9e37_79b9);
    expect(markOf(0x9e37_79b9)).toEqual(mark);
    expect(mark.words).toMatch(/^[a-z]+ [a-z]+$/);
    for (let row = 0; row < 5; row++) {
      const cells = mark.cells.slice(row * 5, row * 5 + 5);
      expect(cells).toEqual(cells.toReversed());
    }
  });
  it('QU3: differs with any of the bits that it shows', () => {
    const seen = new Set(Array.from({ length: 27 }, (_, bit) => JSON.stringify(markOf(2 ** bit))));
    expect(seen.size).toBe(27);
  });
});
