import { describe, expect, it } from 'vitest';
import { isIncomplete, ParseError, Parser, type List } from './index.ts';

function parse(text: string, aliases: Record<string, string> = {}): List[] {
  const parser = new Parser(text, { alias: (name) => aliases[name] });
  const lists: List[] = [];
  for (let list = parser.next(); list; list = parser.next()) lists.push(list);
  return lists;
}

/** The commands' shape in short: words with their quoting, operators, redirections. */
function shape(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, item: unknown) => (key === 'line' || key === 'text' ? undefined : item))) as unknown;
}

const word = (s: string): unknown => [{ k: 'text', s }];
const simple = (...words: string[]): unknown => ({ k: 'simple', assigns: [], words: words.map(word), redirects: [] });

describe('the parser', () => {
  it('SH2: gives one complete command at a time', () => {
    const parser = new Parser('echo a; echo b\n\n# comment\nif x\nthen y\nfi\n)');
    expect(parser.next()).toHaveLength(2);
    expect(parser.next()?.[0]?.first.commands[0]).toMatchObject({ k: 'if', line: 4 });
    expect(() => parser.next()).toThrow(ParseError);
  });

  it('SH2: asks for more text only when it needs it', () => {
    const lines = ['for i in a\n', 'do echo $i\n', 'done\n', 'never asked for\n'];
    const parser = new Parser('', { more: () => lines.shift() ?? null });
    expect(parser.next()?.[0]?.first.commands[0]).toMatchObject({ k: 'for', name: 'i' });
    expect(lines).toEqual(['never asked for\n']);
  });

  it('SH2: an alias counts from the next command on, also one of another, and not within itself', () => {
    expect(shape(parse('ll x', { ll: 'ls -l', ls: 'ls -F' }))).toEqual([[{ first: { negated: false, commands: [simple('ls', '-F', '-l', 'x')] }, rest: [], background: false }]]);
    expect(shape(parse('sudo ll', { sudo: 'run ', ll: 'ls' }))).toMatchObject([[{ first: { commands: [simple('run', 'ls')] } }]]);
    expect(shape(parse('"ll"', { ll: 'ls' }))).toMatchObject([[{ first: { commands: [{ words: [[{ k: 'double' }]] }] } }]]);
  });

  it('reads a here-document after its line, from within a substitution too', () => {
    const [[item]] = parse('cat <<A <<\'B\' $(cat <<C\nin\nC\n)\n$x\nA\n$y\nB\n') as [List];
    expect(item?.first.commands[0]).toMatchObject({ redirects: [
      { op: '<<', target: [{ k: 'double', parts: [{ k: 'param', name: 'x' }, { k: 'text', s: '\n' }] }] }, { op: '<<', target: [{ k: 'quoted', s: '$y\n' }] },
    ] });
  });

  it.each([
    ['if true', true], ['if true; then', true], ['echo "a', true], ["echo 'a", true], ['echo $(a', true], ['echo ${a', true], ['echo `a', true], ['a |', true], ['a &&', true],
    ['cat <<E', true], ['cat <<E\nx', true], ['echo \\', true], ['f() {', true], ['case x in', true], ['case x in a) b;;', true], ['(a', true], ['echo $((1+', true], ['while a; do', true],
    ['echo a', false], ['if a; then b; fi', false], ['fi', false], ['echo )', false], ['a;;', false], ['for 1 in', false], ['cat <<E\nx\nE', false], ["echo '\\'", false], ['', false], ['# "', false],
  ])('SH3: %j is incomplete: %s', (text, expected) => {
    expect(isIncomplete(text)).toBe(expected);
  });

  it.each(['$(', '(', '{ ', 'if ', '${x:-', '"$(', 'while ', 'a() { '])('BD1: %j within itself 5000 times is refused', (piece) => {
    expect(() => parse(piece.repeat(5000))).toThrow(ParseError);
  });

  it('never throws anything but ParseError on random text (seed 7)', () => {
    const pieces = ['a', ' ', '\n', '$', '(', ')', '{', '}', '"', "'", '`', '\\', ';', '&', '|', '<', '>', '<<E\n', 'E\n', 'if ', 'then ', 'fi', 'do ', 'done', 'case ', 'esac', ' in ', '$((', '))', '${', ':-', '#', '=', '1', '!', 'for ', 'while ', '😀', '\ud800'];
    let seed = 7;
    const random = (below: number): number => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 8) % below;
    for (let round = 0; round < 5000; round++) {
      const text = Array.from({ length: 1 + random(20) }, () => pieces[random(pieces.length)]!).join('');
      try {
        parse(text);
      } catch (error) {
        if (!(error instanceof ParseError)) throw new Error(`${JSON.stringify(text)}: ${String(error)}`, { cause: error });
      }
    }
  });
});
