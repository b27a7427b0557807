import { describe, expect, it } from 'vitest';
import { ALT, CONTROL, softKey, typedWith } from './soft-keys.ts';

describe('keys of the row above a keyboard on the screen', () => {
  it('are sent as a keyboard sends them, in either form of arrows, and with keys held', () => {
    expect(softKey('Escape', 0, false)).toBe('\x1b');
    expect(softKey('Up', 0, false)).toBe('\x1b[A');
    expect(softKey('Up', 0, true)).toBe('\x1bOA');
    expect(softKey('Left', CONTROL, true)).toBe('\x1b[1;5D');
    expect(softKey('Right', ALT, false)).toBe('\x1b[1;3C');
    expect(softKey('Home', 0, false)).toBe('\x1b[H');
    expect(softKey('|', 0, false)).toBeNull();
  });

  it('make a letter what it is with them', () => {
    expect(typedWith('c', CONTROL)).toBe('\x03');
    expect(typedWith('[', CONTROL)).toBe('\x1b');
    expect(typedWith('b', ALT)).toBe('\x1bb');
    expect(typedWith('B', ALT)).toBe('\x1bB');
    expect(typedWith('c', ALT | CONTROL)).toBe('\x1b\x03');
    expect(typedWith('ä', CONTROL)).toBeNull();
    expect(typedWith('1', CONTROL)).toBeNull();
    expect(typedWith('x', 0)).toBeNull();
  });
});
