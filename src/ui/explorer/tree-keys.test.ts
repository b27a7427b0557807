import { describe, expect, it } from 'vitest';
import { typeAhead } from './tree-keys.ts';

const rows = ['/', 'bin', 'boot', 'home', 'bar'].map((name) => ({ name }));
const found = (...call: [at: number, key: string, now: number]): string | undefined => typeAhead(rows, ...call)?.name;

describe('typeAhead', () => {
  it('goes on with a repeated letter, and wraps', () => {
    expect(found(0, 'b', 10_000)).toBe('bin');
    expect(found(1, 'b', 10_100)).toBe('boot');
    expect(found(4, 'b', 10_200)).toBe('bin');
  });
  it('takes what is typed quickly as one prefix', () => {
    expect(found(0, 'b', 20_000)).toBe('bin');
    expect(found(1, 'a', 20_100)).toBe('bar');
    expect(found(4, 'x', 20_200)).toBe(undefined);
  });
  it('starts anew after a pause', () => {
    typeAhead(rows, 0, 'b', 30_000);
    expect(found(1, 'h', 31_000)).toBe('home');
  });
});
