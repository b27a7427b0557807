import { describe, expect, it } from 'vitest';
import { Parser, type Simple } from '../parse/index.ts';
import { arithmetic, ArithmeticError, compilePattern, Expander, ExpansionError, matches, type ExpandScope } from './index.ts';
import { withoutPrefix, withoutSuffix } from './pattern.ts';

function scope(vars: Record<string, string> = {}, positional: string[] = [], files: Record<string, string[]> = {}): ExpandScope {
  return {
    get: (name) => vars[name], set: (name, value) => void (vars[name] = value), positional, nounset: false, noglob: false,
    special: (name) => (name === '#' ? String(positional.length) : name === '?' ? '0' : undefined),
    home: (user) => (user === '' ? '/home' : undefined), substitute: () => 'sub st',
    list: (directory) => files[directory] ?? [], exists: (path) => Object.entries(files).some(([directory, names]) => names.some((name) => `${directory}${name}` === path)),
  };
}

function fields(text: string, given = scope()): string[] {
  const command = new Parser(`: ${text}`).next()?.[0]?.first.commands[0] as Simple;
  return new Expander(given).fields(command.words.slice(1));
}

describe('expansion', () => {
  it.each([
    ['a "b c" \'d\'', {}, ['a', 'b c', 'd']],
    ['$x "$x" p$x', { x: 'a  b' }, ['a', 'b', 'a  b', 'pa', 'b']],
    ['$e "$e" a$e', { e: '' }, ['', 'a']],
    ['$x', { x: ':a::b:', IFS: ':' }, ['', 'a', '', 'b']],
    ['$x', { x: ' a : b ', IFS: ' :' }, ['a', 'b']],
    ['${u:-a b} "${u:-a b}" ${u:-"a b"}', {}, ['a', 'b', 'a b', 'a b']],
    ['~ ~/x ~none "~"', {}, ['/home', '/home/x', '~none', '~']],
    ['$(x) "$(x)"', {}, ['sub', 'st', 'sub st']],
    ['$((1+2))', {}, ['3']],
    ['${#x} ${x#a} ${x%c}', { x: 'abc' }, ['3', 'bc', 'ab']],
  ])('%s with %j', (text, vars, expected) => {
    expect(fields(text, scope(vars))).toEqual(expected);
  });

  it('positional parameters', () => {
    expect(fields('"$@" x"$@"y "$*" $#', scope({}, ['a', 'b c']))).toEqual(['a', 'b c', 'xa', 'b cy', 'a b c', '2']);
    expect(fields('"$@" a"$@" "$*"', scope())).toEqual(['a', '']);
  });

  it('patterns match names, sorted as they are listed; hidden ones only where asked for', () => {
    const files = scope({ p: 'a*' }, [], { '': ['.h', 'a1', 'a2', 'b'], 'd/': ['x', 'y'] });
    expect(fields('* .* $p "$p" a? [b]', files)).toEqual(['a1', 'a2', 'b', '.h', 'a1', 'a2', 'a*', 'a1', 'a2', 'b']);
    expect(fields('d/* none* [', files)).toEqual(['d/x', 'd/y', 'none*', '[']);
  });

  it('what fails says so', () => {
    expect(() => fields('${x?gone}')).toThrow(new ExpansionError('x: gone'));
    expect(() => fields('${x!}')).toThrow(ExpansionError);
    expect(() => fields('$((1/0))')).toThrow(ArithmeticError);
  });
});

describe('patterns', () => {
  it.each([
    ['*', '', true], ['a*c', 'abc', true], ['a*c', 'abd', false], ['?', '😀', true], ['[!a]', 'b', true], ['[a-c]x', 'bx', true], ['[]]', ']', true], ['[a', '[a', true],
    ['\\*', '*', true], ['\\*', 'a', false], ['[[:digit:]]*', '1a', true], ['[[:nosuch:]]', 'a', false], ['[a\\]b]', ']', true], ['**b', 'aab', true], ['', '', true],
  ])('%s and %s: %s', (pattern, text, expected) => {
    expect(matches(compilePattern(pattern), text)).toBe(expected);
  });

  it('BD2: many stars take no more than text times pattern', () => {
    const text = 'a'.repeat(20_000);
    expect(matches(compilePattern(`${'*a'.repeat(50)}b`), text)).toBe(false);
    expect(withoutPrefix(compilePattern(`${'*a'.repeat(20)}b`), text, true)).toBe(text);
  });

  it('prefixes and suffixes as regular expressions have them (seed 3)', () => {
    let seed = 3;
    const random = (below: number): number => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 8) % below;
    for (let round = 0; round < 3000; round++) {
      const pattern = Array.from({ length: 1 + random(5) }, () => 'ab*?'[random(4)]!).join('');
      const text = Array.from({ length: random(7) }, () => 'ab'[random(2)]!).join('');
      const source = pattern.replaceAll('*', '.*').replaceAll('?', '.');
      const test = new RegExp(`^(?:${source})$`);
      expect(matches(compilePattern(pattern), text), `${pattern} ${text}`).toBe(test.test(text));
      const lengths = Array.from({ length: text.length + 1 }, (_, length) => length);
      const cut = (at: (length: number) => boolean, longest: boolean): number => (longest ? lengths.findLast(at) : lengths.find(at)) ?? 0;
      for (const longest of [false, true]) {
        expect(withoutPrefix(compilePattern(pattern), text, longest)).toBe(text.slice(cut((n) => test.test(text.slice(0, n)), longest)));
        expect(withoutSuffix(compilePattern(pattern), text, longest)).toBe(text.slice(0, text.length - cut((n) => test.test(text.slice(text.length - n)), longest)));
      }
    }
  });
});

describe('arithmetic', () => {
  it('agrees with JavaScript on random expressions (seed 5)', () => {
    let seed = 5;
    const random = (below: number): number => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 8) % below;
    const make = (depth: number): string => (depth === 0 || random(4) === 0 ? String(random(20)) : `(${make(depth - 1)}${['+', '-', '*', '&', '|', '^', '<', '>', '==', '!=', '&&', '||'][random(12)]!}${make(depth - 1)})`);
    for (let round = 0; round < 500; round++) {
      const text = make(4);
      // Comparisons are numbers in C and booleans in JavaScript.
      const value = new Expression(text).value();
      expect(arithmetic(text, { get: () => undefined, set: () => {} }), text).toBe(value);
    }
  });

  it('BD1: is bounded in depth', () => {
    expect(() => arithmetic('('.repeat(5000), { get: () => undefined, set: () => {} })).toThrow(ArithmeticError);
    expect(() => arithmetic('x', { get: () => 'x + 1', set: () => {} })).toThrow(ArithmeticError);
    expect(() => arithmetic('-'.repeat(5000), { get: () => undefined, set: () => {} })).toThrow(ArithmeticError);
  });
});

/** A naive evaluator of fully parenthesized expressions. */
class Expression {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  value(): bigint {
    if (this.#text[this.#at] !== '(') {
      const digits = /^\d+/.exec(this.#text.slice(this.#at))![0];
      this.#at += digits.length;
      return BigInt(digits);
    }
    this.#at++;
    const left = this.value();
    const op = /^[^\d(]+/.exec(this.#text.slice(this.#at))![0];
    this.#at += op.length;
    const right = this.value();
    this.#at++;
    const truth = (is: boolean): bigint => (is ? 1n : 0n);
    switch (op) {
      case '+': return left + right;
      case '-': return left - right;
      case '*': return BigInt.asIntN(64, left * right);
      case '&': return left & right;
      case '|': return left | right;
      case '^': return left ^ right;
      case '<': return truth(left < right);
      case '>': return truth(left > right);
      case '==': return truth(left === right);
      case '!=': return truth(left !== right);
      case '&&': return truth(left !== 0n && right !== 0n);
      default: return truth(left !== 0n || right !== 0n);
    }
  }
}
