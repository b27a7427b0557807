import { describe, expect, it } from 'vitest';
import { looksLikeText, sniff } from './sniff.ts';

const bytes = (latin: string): Uint8Array => Uint8Array.from(latin, (character) => character.charCodeAt(0));

describe('sniff', () => {
  it.each([
    ['a', '\x89PNG\r\n\x1a\n....', 'image'], ['a', '\xff\xd8\xff\xe0', 'image'], ['a', 'GIF89a', 'image'], ['a', 'RIFF....WEBPVP8 ', 'image'],
    ['a', '\0\0\0\x20ftypavif', 'image'], ['a.svg', '<svg xmlns="x">', 'image'], ['a.txt', '\0asm\x01\0\0\0', 'module'], ['a.png', 'not a picture', 'text'],
    ['a', '', 'text'], ['a', 'a\0b', 'hex'], ['a', '\xff\xfe\x00a', 'hex'], ['a', '\x1b[31mred\x1b[0m', 'text'], ['a', '\x01\x02\x03\x04\x05', 'hex'], ['a', 'BM me', 'text'],
    ['a', 'RIFF....WAVEfmt ', 'audio'], ['a', 'ID3\x04', 'audio'], ['a.mp3', '\xff\xfb\x90', 'audio'], ['a', '\xff\xfb\x90', 'hex'], ['a', 'fLaC\0', 'audio'], ['a', 'OggS\0\x02....\x01vorbis', 'audio'],
    ['a', 'OggS\0\x02....\x80theora', 'video'], ['a', '\0\0\0\x20ftypisom', 'video'], ['a', '\0\0\0\x20ftypM4A ', 'audio'], ['a', '\x1a\x45\xdf\xa3....webm....V_VP9', 'video'], ['a', '\x1a\x45\xdf\xa3....webm....A_OPUS', 'audio'],
    ['a', '%PDF-1.7\n%\xe2\xe3', 'pdf'], ['a.db', 'SQLite format 3\0\x10', 'sqlite'], ['a.db', 'no database', 'text'],
    ['a.html', '<p>', 'text'], ['a.csv', 'a,b\n1,2\n', 'table'], ['a.csv', 'a\0b', 'hex'], ['a.tsv', 'a\tb', 'table'], ['a.json', '{}', 'text'], ['a.YML', 'a: 1', 'text'],
  ])('%s %j is %s', (name, content, mode) => expect(sniff(name, bytes(content)).mode).toBe(mode));

  it.each([
    ['a.html', '<p>', ['text', 'page', 'hex'], 'text/html'], ['index', '<!-- x -->\n<!DOCTYPE html>', ['text', 'page', 'hex'], 'text/html'], ['a.txt', 'about <html>', ['text', 'hex'], null],
    ['a.svg', '<svg>', ['image', 'text', 'hex'], 'image/svg+xml'], ['a.json', '[1]', ['text', 'tree', 'hex'], 'application/json'], ['a.csv', '', ['text', 'hex'], 'text/csv'], ['a.pdf', '%PDF-1', ['pdf', 'hex'], 'application/pdf'],
    ['a.csv', 'x\n', ['table', 'text', 'hex'], 'text/csv'], ['a.jsonl', '{}\n', ['text', 'tree', 'hex'], 'application/x-ndjson'], ['a.yaml', 'a: 1', ['text', 'tree', 'hex'], 'application/yaml'],
  ])('%s %j is offered as %j', (name, content, modes, type) => expect(sniff(name, bytes(content))).toEqual({ mode: modes[0], modes, type }));

  it('does not take a sequence cut at the end for an error', () => {
    const whole = new TextEncoder().encode('grüße €');
    expect(looksLikeText(whole.subarray(0, whole.length - 1))).toBe(true);
  });
});
