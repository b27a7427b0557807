import { describe, expect, it } from 'vitest';
import { typeAhead } from './tree-keys.ts';

const rows = ['/', 'bin', 'boot', 'home', 'bar'].map((name) => ({ name }));

describe('typeAhead', () => {
  it('goes on with a repeated letter, and wraps', () => {
    expect(typeAhead(rows, 0, 'b', 10_000)).toBe(1);
    expect(typeAhead(rows, 1, 'b', 10_100)).toBe(2);
    expect(typeAhead(rows, 4, 'b', 10_200)).toBe(1);
  });
  it('takes what is typed quickly as one prefix', () => {
    expect(typeAhead(rows, 0, 'b', 20_000)).toBe(1);
    expect(typeAhead(rows, 1, 'a', 20_100)).toBe(4);
    expect(typeAhead(rows, 4, 'x', 20_200)).toBe(-1);
  });
  it('starts anew after a pause', () => {
    typeAhead(rows, 0, 'b', 30_000);
    expect(typeAhead(rows, 1, 'h', 31_000)).toBe(3);
  });
});
