import { gzipSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { baseFetcher, fetchManifest, sha256 } from './base-fetch.ts';

const served: Record<string, Uint8Array<ArrayBuffer> | string> = {
  'http://host/samples/index.json': JSON.stringify({ version: 1, entries: [] }),
  'http://host/samples/a.gz': new Uint8Array(gzipSync('hello')),
  'http://host/samples/decoded.gz': 'hello',
  'http://host/samples/plain': 'plain',
};
const manifest = new URL('http://host/samples/index.json');

vi.stubGlobal('fetch', async (url: URL) => {
  const body = served[url.href];
  return body === undefined ? new Response(null, { status: 404 }) : new Response(body);
});

const fetched = async (url: string, encoding?: 'gzip'): Promise<string> => {
  const bytes = await baseFetcher(manifest)({ path: '/x', kind: 'file', url, ...(encoding ? { encoding } : {}) });
  return new TextDecoder().decode(bytes);
};

it('BL3 decodes gzip, also where the server has declared it and the browser has decoded it', async () => {
  expect(await fetched('a.gz', 'gzip')).toBe('hello');
  expect(await fetched('decoded.gz', 'gzip')).toBe('hello');
  expect(await fetched('plain')).toBe('plain');
});

it('BL3 says which file the server does not have', async () => {
  await expect(fetched('none')).rejects.toThrow('/samples/none: the server answered 404');
  expect(await fetchManifest(manifest)).toEqual({ version: 1, entries: [] });
});

it('BL3 SHA-256 as hex', async () => {
  expect(await sha256(new TextEncoder().encode('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
