import { describe, expect, test } from 'vitest';
import { indented, messageText } from './message-text.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('what a message says', () => {
  test.each<[unknown, string, string]>([
    [{ a: [1, 'x\n', null, true, undefined], b: undefined, c: {} }, 'json', '{"a":[1,"x\\n",null,true,null],"c":{}}'], ['text', 'json', '"text"'], [2n ** 64n, 'json', '18446744073709551616'], [{ b: bytes(1, 255) }, 'json', '{"b":h\'01ff\'}'],
    [encode('plain\ntext'), 'text', 'plain\ntext'], [bytes(0xff, 0xfe), 'bytes', 'ff fe'], [bytes(0x41, 0), 'bytes', '41 00'], [bytes(), 'text', ''], [undefined, 'json', 'null'],
  ])('%# is shown', (data, form, text) => expect(messageText(data, 1000)).toEqual({ text, form, whole: true }));

  test('never more than the bound, and no more is looked at', () => {
    let looked = 0;
    const endless = new Proxy<unknown[]>([], { get: (_target, key) => (key === 'length' ? 2 ** 32 : key === Symbol.toPrimitive ? undefined : (looked++, 'x')) });
    expect(messageText({ endless: Array.isArray(endless) ? endless : [] }, 100)).toMatchObject({ whole: false, text: expect.stringMatching(/^.{100}$/) });
    expect(looked).toBeLessThan(100);
    for (const data of ['x'.repeat(1e6), encode('é'.repeat(1e6)), new Uint8Array(1e6).fill(255), { [`${'k'.repeat(1e6)}`]: 1 }, new Array(1e6).fill({})]) {
      const { text, whole } = messageText(data, 101);
      expect([text.length <= 101, whole]).toEqual([true, false]);
    }
  });

  test('depth is bounded', () => {
    let deep: unknown = 1;
    for (let n = 0; n < 10_000; n++) deep = [deep];
    expect(messageText(deep, 1000).text).toMatch(/^\[+…\]+$/);
  });

  test('a cut in the middle of a letter is no damage', () => expect(messageText(encode('a😀'), 3)).toEqual({ text: 'a', form: 'text', whole: false }));

  test('JSON on several lines keeps its digits and its strings', () => {
    const lines = (data: unknown): string => indented(messageText(data, 1000));
    expect(lines({ n: 2n ** 64n, s: '[1,{"a":2}]', e: [], o: {}, l: [1, 'x'] })).toBe('{\n  "n": 18446744073709551616,\n  "s": "[1,{\\"a\\":2}]",\n  "e": [],\n  "o": {},\n  "l": [\n    1,\n    "x"\n  ]\n}');
    expect(lines(encode('{"a":1}'))).toBe('{"a":1}');
    expect(indented(messageText({ a: 'x'.repeat(100) }, 20))).toBe('{\n  "a": "xxxxxxxxxxxxxx');
  });
});
