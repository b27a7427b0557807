import { beforeAll, describe, expect, it, vi } from 'vitest';
import { escaped, graphemes, graphemeWidth, printable, textWidth } from './width.ts';
import { Random } from './testing/random.ts';
import { terminalWidths, type Widths } from './testing/terminal-widths.ts';

describe('LE4 widths', () => {
  let terminal: Widths;
  beforeAll(async () => {
    terminal = await terminalWidths();
    vi.unstubAllGlobals();
  });

  it('of all characters are those of the terminal in the page', () => {
    const wrong: string[] = [];
    for (let code = 0x20; code < 0x110000; code++) {
      if ((code >= 0xd800 && code < 0xe000) || code === 0xfe0f) continue;
      const text = String.fromCodePoint(code);
      if (escaped(text) === null && graphemeWidth(text) !== terminal(text)) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    'e\u0301', '👨‍👩‍👧', '❤️', '👍🏽', '🇩🇪', '🇩🇪🇫🇷', '한국어', '\u1112\u1161\u11ab', 'नमस्ते', 'กำ', '1️⃣', 'ａ', '漢字', 'ﾊﾞ', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '™️',
  ])('of %j is that of the terminal', (text) => {
    expect(textWidth(text)).toBe(terminal(text));
  });

  it.each([1, 2, 3])('long texts are segmented as in one piece (seed %i)', (seed) => {
    const random = new Random(seed);
    const parts = ['a', '\n', '\t', ' ', 'é', 'e\u0301', '\u0301', '漢', '👨‍👩‍👧', '👨', '\u200d', '🇩🇪', '🇩', '한', '\u1112', '\u1161', 'क्ष', '\r', '\r\n', '\u0600', '👍🏽', '\ud83d'];
    const whole = new Intl.Segmenter('en', { granularity: 'grapheme' });
    for (let count = 0; count < 40; count++) {
      const kinds = Array.from({ length: 1 + random.below(parts.length) }, () => random.pick(parts));
      const text = Array.from({ length: random.below(600) }, () => random.pick(kinds)).join('');
      expect(graphemes(text)).toEqual(Array.from(whole.segment(text), ({ segment }) => segment));
    }
    expect(graphemes(`a${'\u0301'.repeat(5000)}b`)).toHaveLength(2);
  });

  it('segments as a reader sees', () => {
    expect(graphemes('a👨‍👩‍👧é🇩🇪')).toEqual(['a', '👨‍👩‍👧', 'é', '🇩🇪']);
  });
});

describe('LE5 what is not trusted', () => {
  it('has no control characters left', () => {
    expect(printable('a\x1b[2J\u202eb\n')).toBe('a?[2J?b?');
  });

  it.each([['\x1b', '^['], ['\x7f', '^?'], ['\u0301', '<0301>'], ['\u202e', '<202e>'], ['\u200b', '<200b>'], ['a', null], ['é', null], ['👍🏽', null], ['🏽', '<1f3fd>']])(
    '%j is drawn as %j', (text, shown) => expect(escaped(text)).toBe(shown),
  );
});
