import { describe, expect, it } from 'vitest';
import { TypeAhead } from './type-ahead.ts';

describe('TypeAhead', () => {
  const labels = ['Close', 'Close the others', 'Split right', 'Split down', 'Copy the path'];

  it('goes from one entry with the letter to the next, and around', () => {
    const letters = new TypeAhead(() => 0);
    expect(letters.next('s', labels, 0)).toBe(2);
    expect(letters.next('s', labels, 2)).toBe(3);
    expect(letters.next('s', labels, 3)).toBe(2);
  });

  it('takes letters together that follow each other, and begins anew after a pause', () => {
    let now = 0;
    const letters = new TypeAhead(() => now);
    expect(letters.next('c', labels, 3)).toBe(4);
    expect(letters.next('l', labels, 4)).toBe(0);
    now = 5000;
    expect(letters.next('s', labels, 0)).toBe(2);
    expect(letters.next('x', labels, 2)).toBe(2);
  });
});
