import { describe, expect, it } from 'vitest';
import { looksLikeText, sniff } from './sniff.ts';

const bytes = (latin: string): Uint8Array => Uint8Array.from(latin, (character) => character.charCodeAt(0));

describe('sniff', () => {
  it.each([
    ['a', '\x89PNG\r\n\x1a\n....', 'image'], ['a', '\xff\xd8\xff\xe0', 'image'], ['a', 'GIF89a', 'image'], ['a', 'RIFF....WEBPVP8 ', 'image'],
    ['a', '\0\0\0\x20ftypavif', 'image'], ['a.svg', '<svg xmlns="x">', 'image'], ['a.txt', '\0asm\x01\0\0\0', 'module'], ['a.png', 'not a picture', 'text'],
    ['a', '', 'text'], ['a', 'a\0b', 'hex'], ['a', '\xff\xfe\x00a', 'hex'], ['a', '\x1b[31mred\x1b[0m', 'text'], ['a', '\x01\x02\x03\x04\x05', 'hex'], ['a', 'BM me', 'text'],
  ])('%s %j is %s', (name, content, mode) => expect(sniff(name, bytes(content)).mode).toBe(mode));

  it('does not take a sequence cut at the end for an error', () => {
    const whole = new TextEncoder().encode('grüße €');
    expect(looksLikeText(whole.subarray(0, whole.length - 1))).toBe(true);
  });
});
