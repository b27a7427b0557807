import { describe, expect, it } from 'vitest';
import { fuzzyMatch, hasQualifier, isEmpty, marksIn, nameScore, parseQuery, toggledQualifier } from './index.ts';

const score = (query: string, path: string, kind: 'file' | 'directory' = 'file'): number =>
  nameScore(parseQuery(query), { name: path.slice(path.lastIndexOf('/') + 1), kind }, path);

describe('fuzzyMatch', () => {
  it('ranks whole names, beginnings, words, parts and letters apart, in that order', () => {
    const ranked = ['notes', 'notes.txt', 'my-notes', 'footnotes', 'n.o.t.e.s'].map((text) => fuzzyMatch(text, 'notes')?.score ?? 0);
    expect(ranked).toEqual([...ranked].sort((a, b) => b - a));
    expect(new Set(ranked).size).toBe(ranked.length);
  });

  it.each([['tree-model.ts', 'tm'], ['TreeModel', 'tm'], ['explorer.css', 'excss'], ['file10', 'f10'], ['abcdef', 'abdf']])('%s has %s', (text, word) => {
    expect(fuzzyMatch(text, word)).not.toBeNull();
  });

  it.each([['filesystem-benchmark', 'fmk'], ['notes', 'nz'], ['', 'a'], ['ab', 'abc']])('%s has %s at most by chance', (text, word) => {
    expect(fuzzyMatch(text, word)).toBeNull();
  });

  it('says where: the word that begins one rather than the first part', () => {
    expect(fuzzyMatch('unmade-made', 'made')?.at).toEqual([7, 8, 9, 10]);
    expect(fuzzyMatch('TreeModel', 'tm')?.at).toEqual([0, 4]);
  });

  it('positions are right where lower case is longer, and ascend for any text (seed 7)', () => {
    expect(fuzzyMatch('İx.txt', 'x')?.at).toEqual([1]);
    let seed = 7;
    const next = (below: number): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % below;
    const letters = 'aAbB.-_/1ıİß😀ﬀ\u202e\n';
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: next(12) }, () => letters[next(letters.length)]).join('');
      const word = text.toLowerCase().slice(next(3), 3 + next(3)) || 'a';
      const at = fuzzyMatch(text, word)?.at ?? [];
      expect(at, JSON.stringify({ text, word })).toEqual([...new Set(at)].sort((a, b) => a - b));
      if (text.toLowerCase().length === text.length) expect(at.map((one) => text[one]?.toLowerCase()).join('')).toBe(at.length === 0 ? '' : word);
    }
  });
});

describe('queries', () => {
  it('have words and qualifiers', () => {
    expect(parseQuery('  Foo origin:new ORIGIN:changed kind:dir ext:.WASM run:12 bar/baz ')).toEqual({
      words: ['foo', 'bar/baz'], origins: ['new', 'changed'], kinds: ['directory'], extensions: ['wasm'], runs: [12],
    });
    expect(isEmpty(parseQuery(' \t'))).toBe(true);
  });

  it.each(['kind:x', 'origin:', 'run:-1', 'run:1e3', 'ext:', 'constructor:x', '__proto__:x', 'toString:1', ':x'])('%s is a word', (text) => {
    expect(parseQuery(text)).toMatchObject({ words: [text.toLowerCase()], origins: [], kinds: [], extensions: [], runs: [] });
  });

  it('a word with a / is looked for in the path', () => {
    expect(score('sub/not', '/home/sub/notes')).toBeGreaterThan(0);
    expect(score('sub', '/home/sub/notes')).toBe(0);
    expect(marksIn(parseQuery('sub/not'), 'notes', '/home/sub/notes')).toEqual([0, 1, 2]);
  });

  it('kinds and extensions must hold with the words', () => {
    expect(score('ext:wasm a', '/bin/a.wasm')).toBeGreaterThan(0);
    expect(score('ext:wasm a', '/bin/a.txt')).toBe(0);
    expect(score('ext:bashrc', '/home/.bashrc')).toBe(0);
    expect(score('kind:dir ext:d', '/etc/a.d', 'directory')).toBeGreaterThan(0);
    expect(score('kind:dir', '/etc/a.d')).toBe(0);
  });

  it('qualifiers are put in and taken out', () => {
    expect(toggledQualifier('foo', 'kind:dir')).toBe('foo kind:dir');
    expect(toggledQualifier('Kind:DIR foo', 'kind:dir')).toBe('foo');
    expect(hasQualifier('a KIND:dir', 'kind:dir')).toBe(true);
  });
});
