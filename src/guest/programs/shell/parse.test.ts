import { describe, expect, it } from 'vitest';
import { expandWord, ParseError, parseLine, printable, type Expansion } from './index.ts';

const tree: Record<string, string[]> = {
  '.': ['a.txt', 'b.txt', '.hidden', 'dir'], dir: ['c.txt', 'd.md'], '/': ['bin', 'home'], '/bin': ['cat.wasm'],
};
const scope: Expansion = {
  home: '/home',
  variable: (name) => ({ NAME: 'two words', EMPTY: '', '?': '3' })[name] ?? '',
  list: (directory) => tree[directory === '' ? '.' : directory] ?? [],
};

function words(line: string): string[][] {
  return parseLine(line).map((command) => command.words.flatMap((word) => expandWord(word, scope)));
}

describe('a line', () => {
  it.each([
    ['a  b\tc', [['a', 'b', 'c']]],
    [`'a b' "c d" e\\ f`, [['a b', 'c d', 'e f']]],
    [`a'b'"c"d`, [['abcd']]],
    [`"it's" '"'`, [["it's", '"']]],
    ['"a\\"b\\\\c\\n"', [['a"b\\c\\n']]],
    [`'' ""`, [['', '']]],
    ['$NAME "$NAME" ${NAME}x $?', [['two words', 'two words', 'two wordsx', '3']]],
    ['$EMPTY a "$EMPTY"', [['a', '']]],
    ["'$NAME' \\$NAME $ a$", [['$NAME', '$NAME', '$', 'a$']]],
    ['~ ~/x a~ "~"', [['/home', '/home/x', 'a~', '~']]],
    ['a # b', [['a']]],
    ['a#b', [['a#b']]],
    ['a; b && c || d', [['a'], ['b'], ['c'], ['d']]],
    ['*.txt', [['a.txt', 'b.txt']]],
    ['"*.txt" \\*.txt', [['*.txt', '*.txt']]],
    ['*/?.txt .h*', [['dir/c.txt', '.hidden']]],
    ['/b*/*.wasm no*', [['/bin/cat.wasm', 'no*']]],
    ['', []],
    [' # only words', []],
    ['żółć 日本', [['żółć', '日本']]],
  ])('%j', (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  it('has redirections', () => {
    const [command] = parseLine('cat <in >"out file" 2>>err x');
    expect(command?.redirects.map(({ kind, fd, target }) => [kind, fd, ...expandWord(target, scope)]))
      .toEqual([['<', 0, 'in'], ['>', 1, 'out file'], ['>>', 2, 'err']]);
    expect(command?.words).toHaveLength(2);
  });

  it.each(["'a", '"a', 'a\\', 'a >', 'a | b', 'a &', 'a &&'])('%j is refused', (line) => {
    expect(() => parseLine(line)).toThrow(ParseError);
  });
});

it('names are printed, never obeyed', () => {
  expect(printable('a\x1b[2Jb\nc\u202e')).toBe('a?[2Jb?c?');
});
