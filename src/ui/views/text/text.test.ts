import { ChangeSet, Text } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { markers } from './blame-gutter.ts';
import { firstInvalid } from '../../viewer/index.ts';
import { decodeText, encodeText, hasLongLine } from './decode.ts';
import { languageFor } from './languages.ts';
import { outside, replacements } from './outside.ts';
import { windowText } from './window-text.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Small, seeded. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('text of a file', () => {
  it.each(['', 'a', 'a\n', 'a\nb', 'a\r\nb\r\n', 'a\r\nb', 'a\r\nb\n', 'a\rb\r\n', '\r\n\r\n', '\ufeffx\r\n', 'ünï 🜍\n', '\r\r\n', '\0'])('TX1 %j is written back as it was', (text) => {
    const { text: decoded, lineBreak } = decodeText(bytesOf(text));
    expect(encodeText(decoded, lineBreak)).toEqual(bytesOf(text));
  });
  it('TX1 knows how lines end', () => {
    expect(decodeText(bytesOf('a\r\nb\r\n'))).toMatchObject({ text: 'a\nb\n', lineBreak: '\r\n' });
    expect(decodeText(bytesOf('a\r\nb\n'))).toMatchObject({ text: 'a\r\nb\n', lineBreak: '\n' });
    expect(decodeText(bytesOf('\0')).nul).toBe(true);
  });
  it('TX2 finds the first byte that is no UTF-8, as the decoder does, seed 7', () => {
    const next = random(7);
    for (let round = 0; round < 3000; round++) {
      const bytes = Uint8Array.from({ length: 1 + Math.floor(next() * 6) }, () => [0x41, 0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xf0, 0x9f, 0x8f, 0xf4, 0x90, 0xc0, 0xff][Math.floor(next() * 15)] ?? 0);
      let valid = true;
      try {
        new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      } catch {
        valid = false;
      }
      expect(firstInvalid(bytes) === bytes.length, bytes.join()).toBe(valid);
    }
    expect(decodeText(Uint8Array.of(0x61, 0xff, 0x62))).toMatchObject({ text: 'a\ufffdb', invalidAt: 1 });
  });
  it('TX6 tells lines that are too long', () => {
    expect(hasLongLine(`a\n${'x'.repeat(10_001)}`)).toBe(true);
    expect(hasLongLine(`${'x'.repeat(10_000)}\nb`)).toBe(false);
  });
});

describe('a change from outside', () => {
  it('TX3 TX4 is followed, told or nothing', () => {
    expect(outside('a', 'a', 'a')).toBe('same');
    expect(outside('a', 'mine', 'a')).toBe('same');
    expect(outside('a', 'a', 'b')).toBe('follow');
    expect(outside('a', 'b', 'b')).toBe('settled');
    expect(outside('a', 'mine', 'b')).toBe('conflict');
    expect(outside(null, 'mine', 'b')).toBe('conflict');
  });
  it('TX3 is made of replacements that lead from one text to the other, seed 3', () => {
    const next = random(3);
    const word = (): string => ['a', 'bb', '\n', '🜍', '🜎', 'x y', ''][Math.floor(next() * 7)] ?? '';
    for (let round = 0; round < 500; round++) {
      const before = Array.from({ length: 12 }, word);
      const after = before.map((each) => (next() < 0.2 ? word() : each));
      let text = before.join('');
      for (const { from, to, insert } of replacements(text, after.join('')).toReversed()) text = text.slice(0, from) + insert + text.slice(to);
      expect(text).toBe(after.join(''));
    }
  });
  it('TX3 leaves what stays alone', () => {
    expect(replacements('one\ntwo\nthree\n', 'one\n2\nthree\nfour\n')).toEqual([{ from: 4, to: 7, insert: '2' }, { from: 13, to: 13, insert: '\nfour' }]);
  });
});

describe('who wrote a line', () => {
  it('stays with the line while others are typed and taken away', () => {
    const range = (from: number, count: number, name: string) => ({ from, count, name, seq: from, run: 1, time: 0 });
    const base = Text.of(['one', 'two', 'three', 'four']);
    const whose = (edits: ChangeSet): string[] => {
      const doc = edits.apply(base);
      const found: string[] = Array.from({ length: doc.lines }, () => '-');
      markers(base, [range(1, 2, 'a'), range(3, 9, 'b')]).map(edits).between(0, doc.length, (at, _to, { wrote }) => void (found[doc.lineAt(at).number - 1] = wrote.name));
      return found;
    };
    expect(whose(ChangeSet.of([], base.length))).toEqual(['a', 'a', 'b', 'b']);
    expect(whose(ChangeSet.of([{ from: 0, insert: Text.of(['mine', '']) }, { from: 4, to: 8 }], base.length))).toEqual(['-', 'a', 'b', 'b']);
  });
});

describe('a window of a large text', () => {
  it('begins and ends with whole lines where there are some', () => {
    const bytes = bytesOf('end of one\nwhole\nbegin of');
    expect(windowText(bytes, { first: false, last: false })).toEqual({ text: 'whole', skip: 11, used: 17 });
    expect(windowText(bytes, { first: true, last: false })).toEqual({ text: 'end of one\nwhole', skip: 0, used: 17 });
    expect(windowText(bytes, { first: false, last: true })).toEqual({ text: 'whole\nbegin of', skip: 11, used: 25 });
  });
  it('of one long line begins and ends with whole characters', () => {
    const bytes = bytesOf('ä€🜍').subarray(1, 8);
    expect(windowText(bytes, { first: false, last: false })).toEqual({ text: '€', skip: 1, used: 4 });
  });
});

describe('the language', () => {
  it.each([
    ['/a/main.rs', '', 'Rust'], ['/a/x.wat', '', 'WebAssembly text'], ['/Makefile', '', null], ['/etc/policy.toml', '', 'TOML'], ['/a/Dockerfile', '', 'Dockerfile'],
    ['/bin/x', '#!/bin/sh\n', 'Shell'], ['/bin/x', '#!/usr/bin/env python3\n', 'Python'], ['/a.json', '', 'JSON'], ['/a.md', '', 'Markdown'], ['/a.txt', '', null], ['/a.diff', '', 'Diff'],
  ])('of %s %j is %s', (path, start, name) => expect(languageFor(path, start)?.name ?? null).toBe(name));
  it('loads', async () => {
    for (const name of ['a.rs', 'a.wat', 'a.toml', 'a.sh']) expect(await languageFor(`/${name}`, '')?.load()).toBeTruthy();
  });
});
