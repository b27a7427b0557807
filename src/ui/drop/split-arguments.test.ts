import { describe, expect, it } from 'vitest';
import { parseEnvironment, splitArguments } from './split-arguments.ts';

describe('splitArguments', () => {
  it.each([
    ['', []], ['  ', []], ['a  b', ['a', 'b']], ['"a b" c', ['a b', 'c']], ["'a \"b\\' c", ['a "b\\', 'c']], ['a\\ b', ['a b']], ['""', ['']],
    ['x"y"\'z\'', ['xyz']], ['"a\\"b\\n"', ['a"b\\n']], ['ünï "日本 語"', ['ünï', '日本 語']], ['end\\', ['end\\']], ['--x="1 2"', ['--x=1 2']], ['a\tb\nc', ['a', 'b', 'c']],
  ])('%j', (line, args) => expect(splitArguments(line)).toEqual({ args }));

  it('says which quote is open', () => {
    expect(splitArguments('"a')).toEqual({ error: 'A " is opened but not closed.' });
    expect(splitArguments("a 'b")).toHaveProperty('error');
  });
});

describe('parseEnvironment', () => {
  it('reads lines', () => expect(parseEnvironment('A=1\r\n\nB=x=y\nC=')).toEqual({ env: { A: '1', B: 'x=y', C: '' } }));
  it('names the bad line', () => expect(parseEnvironment('A=1\nnope')).toEqual({ error: 'Line 2 is not KEY=VALUE: nope' }));
});
