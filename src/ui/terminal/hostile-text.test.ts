import { describe, expect, it } from 'vitest';
import { safePaste } from './paste.ts';
import { shownTitle } from './title.ts';

describe('what is pasted', () => {
  it.each([
    ['one\r\ntwo\rthree\n', 'one\ntwo\nthree\n'],
    ['rm a\x1b[201~\rrm b', 'rm a[201~\nrm b'],
    ['\x03\x04\x1a\x7f\x9b201~a\tb', '201~a\tb'],
    ['ünï 漢字 👨‍👩‍👧', 'ünï 漢字 👨‍👩‍👧'],
  ])('%j becomes %j', (text, expected) => expect(safePaste(text)).toBe(expected));
});

describe('a title', () => {
  it.each([
    ['vi notes.txt', 'vi notes.txt'],
    ['a\x1b[2J\n\u202eb\u200b', 'a [2J b'],
    ['  \x07 ', ''],
    ['x'.repeat(1_000_000), `${'x'.repeat(59)}…`],
    ['漢'.repeat(61), `${'漢'.repeat(59)}…`],
  ])('%# is shown as it should', (title, expected) => expect(shownTitle(title)).toBe(expected));
});
