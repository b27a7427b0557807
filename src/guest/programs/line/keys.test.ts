import { describe, expect, it } from 'vitest';
import { KeyDecoder, PASTE_MAX, type Key } from './keys.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const names = (keys: readonly Key[]): unknown[] => keys.map((key) => ('name' in key ? key.name : key));

describe('LE1 keys', () => {
  it('are found in sequences and characters that arrive in pieces', () => {
    const whole = bytes('ż\x1b[A🎉\x1b[1;5C\x1bOH\x1bb\x03\x1b[200~two\nlines\x1b[31m\x1b[201~x');
    const expected = [
      { text: 'ż' }, 'up', { text: '🎉' }, 'word-right', 'home', 'word-left', 'interrupt', { paste: 'two\nlines\x1b[31m' }, { text: 'x' },
    ];
    for (const size of [1, 2, 3, 5, whole.length]) {
      const decoder = new KeyDecoder();
      const keys: Key[] = [];
      for (let at = 0; at < whole.length; at += size) keys.push(...decoder.decode(whole.subarray(at, at + size)));
      expect(names(keys)).toEqual(expected);
    }
  });

  it('unknown or endless sequences are dropped', () => {
    expect(names(new KeyDecoder().decode(bytes('\x1b[99;99Xa')))).toEqual(['ignored', { text: 'a' }]);
    const decoder = new KeyDecoder();
    decoder.decode(bytes(`\x1b[${'1;'.repeat(40)}`));
    expect(decoder.decode(bytes('a'))).toEqual([{ text: 'a' }]);
  });

  it('after Escape alone sequences are what they are', () => {
    for (const split of [1, 99]) {
      const decoder = new KeyDecoder();
      const typed = bytes('\x1b\x1b[57344~\x1b\x1b\x1b[Aa');
      expect(names([...decoder.decode(typed.subarray(0, split)), ...decoder.decode(typed.subarray(split))])).toEqual(['ignored', 'redraw', 'ignored', 'ignored', 'up', { text: 'a' }]);
    }
  });

  it('a paste is bounded, and its end is found behind what was dropped', () => {
    const decoder = new KeyDecoder();
    decoder.decode(bytes('\x1b[200~'));
    for (let count = 0; count < 5; count++) expect(decoder.decode(bytes('x'.repeat(PASTE_MAX / 4)))).toEqual([]);
    expect(decoder.decode(bytes('\x1b[201~y'))).toEqual([{ paste: 'x'.repeat(PASTE_MAX) }, { text: 'y' }]);
  });

  it('what the terminal answers is not typed', () => {
    expect(names(new KeyDecoder().decode(bytes('a\x1b]11;rgb:1a1a/1b1b/2626\x1b\\b\x1bP1$r0m\x1b\\\x1b]x')))).toEqual([{ text: 'a' }, { text: 'b' }, 'ignored', { text: 'x' }]);
  });

  it('the end of a paste alone means nothing', () => {
    expect(new KeyDecoder().decode(bytes('\x1b[201~a'))).toEqual([{ text: 'a' }]);
  });
});
