import { describe, expect, it } from 'vitest';
import type { BlameRange } from '../../shared/abi/index.ts';
import { rangeOf } from './Writers.tsx';

const range = (from: number, count: number): BlameRange => ({ from, count, seq: from, run: 1, name: 'a', time: 0 });

describe('whose a line is', () => {
  it('is found for each line, and nowhere for none', () => {
    const blame = [range(1, 2), range(3, 1), range(6, 10)];
    expect([1, 2, 3, 4, 6, 15, 16, 0].map((line) => rangeOf(blame, line)?.from)).toEqual([1, 1, 3, undefined, 6, 6, undefined, undefined]);
    expect(rangeOf([], 1)).toBeUndefined();
  });
});
