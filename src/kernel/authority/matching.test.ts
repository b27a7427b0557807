import { describe, expect, test } from 'vitest';
import { Glob, globFault } from './glob.ts';
import { hostCovers, hostFault, hostGrantFault, parseUrl } from './hosts.ts';
import { subjectCovers, subjectFault } from './subjects.ts';

describe('AU2: a glob covers what it names, and no more', () => {
  test.each([
    ['/a/**', '/a', true], ['/a/**', '/a/b/c', true], ['/a/**', '/ab', false], ['/a/**', '/', false],
    ['/a/*', '/a/b', true], ['/a/*', '/a/b/c', false], ['/a/*', '/a', false],
    ['/a/*.txt', '/a/x.txt', true], ['/a/*.txt', '/a/x.txt.sh', false], ['/a/*.txt', '/a/.txt', true],
    ['/a/?', '/a/b', true], ['/a/?', '/a/bc', false],
    ['/**', '/', true], ['/', '/', true], ['/', '/a', false],
    ['/**/c', '/a/b/c', true], ['/**/c', '/c', true], ['/**/c', '/a/cc', false],
    ['/a/**', '/a/*/**', true], ['/a/*', '/a/**', false], ['/a/*', '/a/*.txt', true], ['/a/*.txt', '/a/*', false],
    ['/a/**', '/a/../b', false], ['/a/**', '/a//b', false], ['/a/**', 'a/b', false], ['/a/**', '/a/b/', false], ['/a/**', '/a/b\u0000', false],
  ])('%s and %s: %s', (glob, other, expected) => expect(new Glob(glob).covers(other)).toBe(expected));

  test('a pattern that is made to be slow takes no longer', () => {
    const stars = `/${'*a'.repeat(1000)}*`;
    expect(new Glob(stars).covers(`/${'a'.repeat(2000)}b`)).toBe(true);
    expect(new Glob(stars).covers(`/${'a'.repeat(999)}b`)).toBe(false);
    expect(new Glob(`${'/**'.repeat(29)}/x`).covers(`${'/a'.repeat(30)}/y`)).toBe(false);
  });

  test.each(['a', '', '/a/', '/a//b', '/a/../b', '/.', '/a\n', '/a**', '/**b/c', `/${'a'.repeat(4096)}`, '/a'.repeat(32)])('%j is no glob', (text) => expect(globFault(text)).toBeTypeOf('string'));
});

describe('AU2: a subject is covered by a pattern', () => {
  test.each([
    ['a.*', 'a.b', true], ['a.*', 'a.b.c', false], ['a.>', 'a.b.c', true], ['a.>', 'a', false], ['>', 'a', true], ['*', 'a', true],
    ['a.>', 'a.>', true], ['a.>', 'a.*', true], ['a.*', 'a.>', false], ['a.b', 'a.*', false], ['*.*', 'a.>', false], ['a.>', '>', false], ['a.>', 'a..b', false],
  ])('%s and %s: %s', (pattern, subject, expected) => expect(subjectCovers(pattern, subject)).toBe(expected));

  test.each(['', 'a..b', '.a', 'a.', 'a b', 'a\u0000', 'x'.repeat(257), 'a.>.b'])('%j is no pattern', (text) => expect(subjectFault(text, true)).toBeTypeOf('string'));
  test.each(['a.*', '>', 'a.>'])('%s is a pattern, and cannot be published', (text) => expect([subjectFault(text, true), subjectFault(text, false)]).toEqual([null, expect.any(String)]));
});

describe('AU3: a host is what the URL says to every reader', () => {
  test.each([
    'https://user@example.org/', 'https://example.org@evil.example/', 'https://example.org\\@evil.example/', 'https://EXAMPLE.org/', 'https://exämple.org/', 'https://ex%61mple.org/',
    'https://example.org./', 'https://example..org/', 'https://2130706433/', 'https://0x7f.1/', 'https://127.1/', 'https://0177.0.0.1/', 'https://127.0.0.256/', 'https://[::1]/',
    'https://example.org:0/', 'https://example.org:99999/', 'https://example.org:/', 'ftp://example.org/', 'file:///etc/passwd', 'https:example.org', 'https:///example.org', '//example.org', ' https://example.org/',
    'https://exam\tple.org/', 'https://example.org:80:80/', 'https://a_b.example/',
  ])('%j is refused', (url) => expect(parseUrl(url)).toBeTypeOf('string'));

  test.each([
    ['https://example.org/x?y#z', { secure: true, host: 'example.org', port: 443 }], ['http://example.org:8080', { secure: false, host: 'example.org', port: 8080 }],
    ['https://xn--exmple-cua.org', { secure: true, host: 'xn--exmple-cua.org', port: 443 }], ['http://127.0.0.1:8000/', { secure: false, host: '127.0.0.1', port: 8000 }],
    ['https://example.org?a@b', { secure: true, host: 'example.org', port: 443 }],
  ])('%s', (url, origin) => {
    expect(parseUrl(url)).toEqual(origin);
    // The browser reads the same.
    expect(new URL(url).hostname).toBe(origin.host);
  });

  test.each(['', '*', '*.org', '*.127.0.0.1', 'exämple.org', 'Example.org', 'a@b.example', 'https://a.example', 'a.example/', '[::1]', 'a.example:0', 'a.example:x', 'a.*.example', '12', '0x1', 'a.example.'])('%j is no host of a grant', (text) => expect(hostGrantFault(text)).toBeTypeOf('string'));
  test.each(['example.org', '*.example.org', 'example.org:8443', 'localhost', '127.0.0.1:80', '*.localhost'])('%s is one', (text) => expect(hostGrantFault(text)).toBeNull());

  test('covers: subdomains are not the domain, the port is the scheme’s, http is for insecure grants', () => {
    const at = (url: string) => parseUrl(url) as Exclude<ReturnType<typeof parseUrl>, string>;
    expect(hostCovers('*.example.org', false, at('https://a.b.example.org'))).toBe(true);
    expect(hostCovers('*.example.org', false, at('https://example.org'))).toBe(false);
    expect(hostCovers('*.example.org', false, at('https://evilexample.org'))).toBe(false);
    expect(hostCovers('example.org', false, at('http://example.org'))).toBe(false);
    expect(hostCovers('example.org', true, at('http://example.org'))).toBe(true);
    expect(hostCovers('example.org', false, at('https://example.org:8443'))).toBe(false);
    expect(hostCovers('example.org:8443', false, at('https://example.org:8443'))).toBe(true);
    expect(hostCovers('example.org', false, at('https://example.org.evil.example'))).toBe(false);
    expect(hostFault('example.org')).toBeNull();
  });
});
