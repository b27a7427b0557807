import { afterEach, describe, expect, it, vi } from 'vitest';
import { resolveModule } from './resolve-module.ts';
import { stdinOption } from './stdin.ts';

const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

describe('resolveModule', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('takes strings without a scheme for paths of the namespace', async () => {
    expect(await resolveModule('/bin/hello.wasm')).toEqual({ module: '/bin/hello.wasm', name: 'hello.wasm' });
    expect(await resolveModule('bin/x.wasm', 'x')).toEqual({ module: '/bin/x.wasm', name: 'x' });
  });

  it('fetches URLs, with or without the right media type', async () => {
    for (const type of ['application/wasm', 'application/octet-stream']) {
      vi.stubGlobal('fetch', async () => new Response(EMPTY, { headers: { 'content-type': type } }));
      const found = await resolveModule('https://example.org/a%20b.wasm?x');
      expect(found.module).toBeInstanceOf(WebAssembly.Module);
      expect(found.name).toBe('a b.wasm');
    }
  });

  it('only fetches what is wanted as bytes', async () => {
    vi.stubGlobal('fetch', async () => new Response(EMPTY, { headers: { 'content-type': 'application/wasm' } }));
    expect(await resolveModule('https://example.org/a.wasm', undefined, true)).toEqual({ module: EMPTY, name: 'a.wasm' });
  });

  it('says what failed, with a code and the address', async () => {
    vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
    await expect(resolveModule(new URL('https://example.org/a.wasm'))).rejects.toMatchObject({ code: 'ENOENT', path: 'https://example.org/a.wasm' });
    vi.stubGlobal('fetch', async () => new Response('<html>'));
    await expect(resolveModule('https://example.org/a.wasm')).rejects.toMatchObject({ code: 'ENOEXEC' });
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('offline')));
    await expect(resolveModule('https://example.org/a.wasm')).rejects.toMatchObject({ code: 'EIO' });
  });

  it('takes bytes and views of them', async () => {
    const buffer = new Uint8Array([9, ...EMPTY]).buffer;
    expect((await resolveModule(new DataView(buffer, 1))).module).toEqual(EMPTY);
    expect((await resolveModule(buffer)).module).toHaveLength(9);
    expect((await resolveModule(EMPTY)).module).toBe(EMPTY);
  });
});

describe('stdinOption', () => {
  it('gives text as UTF-8 and asks for a stream otherwise', () => {
    expect(stdinOption('ü')).toEqual(Uint8Array.of(0xc3, 0xbc));
    expect(stdinOption(undefined)).toBe('stream');
    expect(stdinOption(new ReadableStream())).toBe('stream');
  });
});
