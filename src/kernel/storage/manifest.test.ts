import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import type { Manifest, ManifestEntry } from '../contract/index.ts';
import { BASE_INO, baseIno, ROOT_INO } from './manifest.ts';
import { ManifestBaseLayer } from './manifest-base-layer.ts';

const entry = (path: string, extra: Partial<ManifestEntry> = {}): ManifestEntry => ({ path, kind: 'file', size: 3, url: path, ...extra });
const layer = (entries: ManifestEntry[], fetchBytes: (entry: ManifestEntry) => Promise<Uint8Array> = async () => Uint8Array.of(1, 2, 3), cacheBytes = 1000): ManifestBaseLayer =>
  new ManifestBaseLayer({ version: 1, entries }, { fetchBytes, sha256: async (bytes) => `sum${bytes.length}`, cacheBytes });

it('BL1 builds the tree with the parents that are not listed, and inode numbers that depend on the path alone', () => {
  const base = layer([entry('/a/b/c', { mtime: 2 }), { path: 'ln', kind: 'symlink', target: 'ü' }, { path: '/a', kind: 'directory', mtime: 7 }]);
  const [a, ln] = base.entries(ROOT_INO);
  expect(a).toMatchObject({ name: 'a', node: { kind: 'directory', mtime: 7_000_000n, ino: baseIno('/a') } });
  expect(ln).toMatchObject({ name: 'ln', node: { kind: 'symlink', size: 2, target: 'ü' } });
  const b = base.entries(baseIno('/a'))[0];
  expect(base.entries(b?.node.ino ?? 0)).toMatchObject([{ name: 'c', node: { kind: 'file', size: 3, base: '/a/b/c', mtime: 2_000_000n } }]);
  expect(base.entries(12345)).toEqual([]);
});

it('BL1 inode numbers of the base lie above those of the upper layer and rarely meet', () => {
  const inos = new Set(Array.from({ length: 20_000 }, (_, i) => baseIno(`/some/dir/file-${i}.txt`)));
  expect(inos.size).toBe(20_000);
  expect([...inos].every((ino) => ino >= BASE_INO && ino < 2 * BASE_INO)).toBe(true);
});

it('BL2 refuses a manifest that contradicts itself', () => {
  expect(() => layer([entry('/a'), entry('/a')])).toThrow(/EINVAL/);
  expect(() => layer([entry('/a'), entry('/a/b')])).toThrow(/lies below/);
  expect(() => layer([entry('/a/../b')])).toThrow(/EINVAL/);
  for (const target of [undefined, '', 'a\0b', 'x'.repeat(4097), 7 as unknown as string]) {
    expect(() => layer([{ path: '/ln', kind: 'symlink', ...(target === undefined ? {} : { target }) }])).toThrow(/EINVAL/);
  }
  expect(() => layer([{ path: '/ln', kind: 'symlink', target: 'a' }, entry('/ln/b')])).toThrow(/lies below/);
  expect(() => new ManifestBaseLayer({ version: 2, entries: [] } as unknown as Manifest, { fetchBytes: async () => new Uint8Array(0), sha256: async () => '' })).toThrow(/EINVAL/);
});

it('BL3 contents that are not what the manifest says are EIO, and asked for again', async () => {
  const fetchBytes = vi.fn(async () => Uint8Array.of(1, 2, 3));
  const base = layer([entry('/good', { sha256: 'sum3' }), entry('/sum', { sha256: 'sum4' }), entry('/size', { size: 4 })], fetchBytes);
  expect(await base.read('/good')).toEqual(Uint8Array.of(1, 2, 3));
  for (const path of ['/sum', '/size', '/none']) await expect(base.read(path)).rejects.toMatchObject({ code: 'EIO', path });
  await expect(base.read('/sum')).rejects.toMatchObject({ code: 'EIO' });
  expect(fetchBytes).toHaveBeenCalledTimes(4);
});

it('BL4 contents are fetched once by readers at the same time, and kept up to the bound', async () => {
  const fetchBytes = vi.fn(async () => Uint8Array.of(1, 2, 3));
  const base = layer(['/a', '/b', '/c'].map((path) => entry(path)), fetchBytes, 7);
  await Promise.all([base.read('/a'), base.read('/a'), base.read('/b')]);
  await base.read('/a');
  expect(fetchBytes).toHaveBeenCalledTimes(2);
  await base.read('/c');
  await base.read('/a');
  expect(fetchBytes).toHaveBeenCalledTimes(3);
  await base.read('/b');
  expect(fetchBytes).toHaveBeenCalledTimes(4);
});

it('BL5 tells of the layers that are fetched when used, as far as they are well-formed', () => {
  const good = { name: 'commands', programs: 2, size: 30, download: 10 };
  const bad = [null, 7, {}, { ...good, size: -1 }, { ...good, download: '10' }, { ...good, name: 1 }];
  const make = (layers: unknown): ManifestBaseLayer => new ManifestBaseLayer({ version: 1, entries: [], layers } as unknown as Manifest, { fetchBytes: async () => new Uint8Array(0), sha256: async () => '' });
  expect(make([good, ...bad, { ...good, more: 'x' }]).layers).toEqual([good, good]);
  for (const layers of [undefined, null, 'commands', {}]) expect(make(layers).layers).toEqual([]);
});

it('BL3 every file of the shipped manifest is what it says', async () => {
  const folder = new URL('../../../public/samples/', import.meta.url);
  const manifest = JSON.parse(await readFile(new URL('index.json', folder), 'utf8')) as Manifest;
  const base = new ManifestBaseLayer(manifest, {
    fetchBytes: async ({ url, encoding }) => {
      const bytes = await readFile(new URL(url ?? '', folder));
      return encoding === 'gzip' ? gunzipSync(bytes) : bytes;
    },
    sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
  });
  for (const { path, kind, size } of manifest.entries) if (kind === 'file') expect((await base.read(path)).length).toBe(size);
});
