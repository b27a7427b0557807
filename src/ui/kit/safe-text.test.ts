import { describe, expect, it } from 'vitest';
import { middleCut, safePieces } from './safe-text.ts';

const shown = (text: string): string => safePieces(text).map((piece) => (piece.danger === undefined ? piece.text : `[${piece.text}]`)).join('');

describe('safePieces', () => {
  it.each([
    ['plain text, ünï 漢字 — fine', 'plain text, ünï 漢字 — fine'],
    ['/home/\u202etxt.exe', '/home/[\\u{202e}]txt.exe'],
    ['a\u2066b\u2069\u061c\u200f', 'a[\\u{2066}]b[\\u{2069}][\\u{61c}][\\u{200f}]'],
    ['\x1b[31m\x07\n\r\t\0', '[\\u{1b}]\\[31m[\\u{7}][\\n][\\r][\\t][\\0]'.replace('\\[', '[')],
    ['zero\u200bwidth\u00ad\ufeff\u2060', 'zero[\\u{200b}]width[\\u{ad}][\\u{feff}][\\u{2060}]'],
    ['blank\u00a0\u3000\u3164\u2800', 'blank[\\u{a0}][\\u{3000}][\\u{3164}][\\u{2800}]'],
    ['tag\u{e0041}private\ue000', 'tag[\\u{e0041}]private[\\u{e000}]'],
    ['half\ud800', 'half[\\u{d800}]'],
    ['p\u0430ypal.com', 'p[\u0430\\u{430}]ypal.com'],
    ['\u043f\u0440\u0438\u0432\u0435\u0442 hello', '\u043f\u0440\u0438\u0432\u0435\u0442 hello'],
  ])('%j is shown as it is meant', (text, expected) => expect(shown(text)).toBe(expected));
});

describe('middleCut', () => {
  it('leaves short text alone', () => expect(middleCut('short', 10)).toEqual({ head: 'short', tail: '', left: 0 }));
  it('keeps both ends, and counts what is between them', () => {
    const cut = middleCut(`${'a'.repeat(5000)}END`, 30);
    expect(cut).toEqual({ head: 'a'.repeat(20), tail: `${'a'.repeat(7)}END`, left: 5003 - 30 });
  });
  it('never splits a code point', () => {
    const { head, tail } = middleCut('😀'.repeat(50), 10);
    expect(`${head}${tail}`).toMatch(/^(?:😀)+$/u);
  });
});
