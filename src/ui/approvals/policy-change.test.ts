import { describe, expect, test } from 'vitest';
import { leadingComment } from './PolicyChange.tsx';

describe('QU12: the text of a changed policy begins with what decides', () => {
  test.each<[string, number]>([
    ['# one\n\n  # two\n[[rule]]\n# kept', 3], ['[[rule]]\n# a', 0], ['# only comment\n', 0], ['', 0], ['# dos\r\n\r\n[[rule]]', 2], ['# a\u2028[[rule]]\n[[rule]]', 0], ['\u00a0\n[[rule]]', 0], ['x = """\n# text"""', 0],
  ])('%j: %d lines', (text, count) => expect(leadingComment(text.split('\n'))).toBe(count));
});
