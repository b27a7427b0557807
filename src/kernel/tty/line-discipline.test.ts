import { describe, expect, it } from 'vitest';
import { LINE_MAX, LineDiscipline, type TtyAction } from './line-discipline.ts';
import { withReturns } from './newlines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

function type(typed: string): { lines: string[]; echo: string; other: TtyAction[] } {
  const actions = new LineDiscipline().cooked(bytes(typed));
  return {
    lines: actions.flatMap((action) => (action.type === 'deliver' ? [text(action.bytes)] : [])),
    echo: actions.map((action) => (action.type === 'echo' ? text(action.bytes) : '')).join(''),
    other: actions.filter((action) => action.type === 'signal' || action.type === 'eof'),
  };
}

describe('line discipline', () => {
  it('TT1 delivers whole lines and echoes what is typed', () => {
    expect(type('hello\rwörld\r')).toMatchObject({ lines: ['hello\n', 'wörld\n'], echo: 'hello\r\nwörld\r\n' });
  });

  it('TT2 erases characters, words and the line, never half a character', () => {
    expect(type('aé\x7fb\r').lines).toEqual(['ab\n']);
    expect(type('one two  \x17three\r').lines).toEqual(['one three\n']);
    expect(type('gone\x15kept\r').lines).toEqual(['kept\n']);
    expect(type('\x7f\x7f\r').lines).toEqual(['\n']);
  });

  it('TT3 Ctrl-C drops the line and signals; Ctrl-D on an empty line is the end', () => {
    const typed = type('abc\x03\x04');
    expect(typed.lines).toEqual([]);
    expect(typed.other).toEqual([{ type: 'signal', signal: 'INT' }, { type: 'eof' }]);
    expect(type('abc\x04').lines).toEqual(['abc']);
  });

  it('TT6 what was typed ahead is not lost when the terminal turns raw', () => {
    const discipline = new LineDiscipline();
    discipline.cooked(bytes('half a li'));
    expect(text(discipline.take())).toBe('half a li');
    expect(discipline.take()).toHaveLength(0);
  });

  it('TT4 refuses more than a line holds', () => {
    const typed = type(`${'x'.repeat(LINE_MAX + 10)}\r`);
    expect(typed.lines[0]).toHaveLength(LINE_MAX + 1);
    expect(typed.echo).toContain('\x07');
  });

  it('TT5 adds returns before newlines once, also across chunks', () => {
    expect(text(withReturns(bytes('a\nb\r\nc\n'), 7, false))).toBe('a\r\nb\r\nc\r\n');
    expect(text(withReturns(bytes('\nx'), 2, true))).toBe('\nx');
  });
});
