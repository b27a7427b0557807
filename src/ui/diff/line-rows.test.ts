import { describe, expect, it } from 'vitest';
import { compareLines, comparePieces, foldRows, unifyRows, type LineRow } from './line-rows.ts';

const shape = (rows: readonly LineRow[]): string[] => rows.map((row) => {
  if (row.kind === 'fold') return `… ${row.count}`;
  const side = (line?: { number: number; text: string; bare?: boolean }): string => (line ? `${line.number}:${line.text}${line.bare ? '$' : ''}` : '');
  return `${row.kind === 'same' ? '=' : '!'} ${side(row.left)} | ${side(row.right)}`;
});
const lines = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, at) => `l${from + at}\n`).join('');

describe('comparison of texts', () => {
  it('puts what was changed side by side, with the numbers of both', () => {
    const { rows, added, removed } = compareLines('a\nb\nc\nd\n', 'a\nB\nc\nnew\nd\n');
    expect(shape(rows)).toEqual(['= 1:a | 1:a', '! 2:b | 2:B', '= 3:c | 3:c', '!  | 4:new', '= 4:d | 5:d']);
    expect([added, removed]).toEqual([2, 1]);
  });

  it('pairs lines that are alike, though others come between', () => {
    const { rows } = compareLines('x\nint main(void) {\n  puts("hello");\n}\n', 'x\n\nint main(int argc) {\n  puts("hello, world");\n}\n');
    expect(shape(rows)).toEqual(['= 1:x | 1:x', '!  | 2:', '! 2:int main(void) { | 3:int main(int argc) {', '! 3:  puts("hello"); | 4:  puts("hello, world");', '= 4:} | 5:}']);
    expect(shape(compareLines('alpha beta\n', 'one\ntwo\n').rows)).toEqual(['! 1:alpha beta | 1:one', '!  | 2:two']);
  });

  it('knows empty texts and a missing last line feed', () => {
    expect(compareLines('', '').rows).toEqual([]);
    expect(shape(compareLines('', 'x').rows)).toEqual(['!  | 1:x$']);
    expect(shape(compareLines('x\n', 'x').rows)).toEqual(['! 1:x | 1:x$']);
  });

  it('folds what is far from a difference, until it is opened', () => {
    const { rows } = compareLines(`${lines(1, 20)}a\n${lines(21, 40)}`, `${lines(1, 20)}b\n${lines(21, 40)}`);
    expect(shape(foldRows(rows, new Set()))).toEqual(['… 17', '= 18:l18 | 18:l18', '= 19:l19 | 19:l19', '= 20:l20 | 20:l20', '! 21:a | 21:b', '= 22:l21 | 22:l21', '= 23:l22 | 23:l22', '= 24:l23 | 24:l23', '… 17']);
    expect(foldRows(rows, new Set([0, 24]))).toHaveLength(41);
  });

  it('puts removed lines before added ones in one column', () => {
    expect(shape(unifyRows(compareLines('a\nb\nx\n', 'c\nd\nx\n').rows))).toEqual(['! 1:a | ', '! 2:b | ', '!  | 1:c', '!  | 2:d', '= 3:x | 3:x']);
  });

  it('gives up on texts that are too different, and shows one in place of the other', () => {
    const { rows, gaveUp } = compareLines('a\nb\nsame\n', 'c\nd\ne\nsame\n', 2);
    expect(gaveUp).toBe(true);
    expect(shape(rows)).toEqual(['! 1:a | 1:c', '! 2:b | 2:d', '!  | 3:e', '! 3:same | 4:same']);
  });

  it('marks the words that differ, but not where nearly all do', () => {
    expect(comparePieces('let x = 1;', 'let x = 2;')).toEqual({
      left: [{ text: 'let x = ', differs: false }, { text: '1', differs: true }, { text: ';', differs: false }],
      right: [{ text: 'let x = ', differs: false }, { text: '2', differs: true }, { text: ';', differs: false }],
    });
    expect(comparePieces('alpha beta gamma', 'one two')).toBeNull();
    expect(comparePieces('x'.repeat(601), 'x')).toBeNull();
  });
});
