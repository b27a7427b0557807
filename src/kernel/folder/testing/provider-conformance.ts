import { describe, expect, it } from 'vitest';
import type { FolderEntry, FolderProvider, FolderStat } from '../../contract/index.ts';

/** A folder under test, and what another program does to it. */
export interface ProviderFixture {
  provider: FolderProvider;
  /** Makes or replaces a file, and the directories above it; its time differs from before. */
  put(path: string, text: string): Promise<void>;
  makeDirectory(path: string): Promise<void>;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

async function* parts(...values: string[]): AsyncGenerator<Uint8Array> {
  for (const value of values) yield bytes(value);
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield bytes('half of it');
  throw new Error('the source failed');
}

async function listed(provider: FolderProvider, dir: string): Promise<FolderEntry[]> {
  const found: FolderEntry[] = [];
  for await (const entry of provider.list(dir)) found.push(entry);
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What every provider of a folder does. Rules FP* in SPEC.md. */
export function providerConformance(name: string, make: () => Promise<ProviderFixture>): void {
  describe(name, () => {
    const whole = async (provider: FolderProvider, path: string): Promise<string> => text(await provider.read(path, (await provider.stat(path))!, 0, 1 << 20));

    it('FP1 lists files with size and time, and directories', async () => {
      const { provider, put, makeDirectory } = await make();
      await put('a.txt', 'hello');
      await put('d/e.txt', 'x');
      await makeDirectory('empty');
      expect(await provider.permission('readwrite')).toBe('granted');
      const found = await listed(provider, '');
      expect(found.map(({ name: own, kind, size }) => [own, kind, size])).toEqual([['a.txt', 'file', 5], ['d', 'directory', 0], ['empty', 'directory', 0]]);
      expect(found[0]!.mtime).toBeGreaterThan(1e12);
      expect(await listed(provider, 'd')).toMatchObject([{ name: 'e.txt', kind: 'file' }]);
      expect(await listed(provider, 'empty')).toEqual([]);
      await expect(listed(provider, 'gone')).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(listed(provider, 'a.txt')).rejects.toMatchObject({ code: 'ENOTDIR' });
    });

    it('FP2 says what is at a path, or that nothing is', async () => {
      const { provider, put } = await make();
      await put('d/e.txt', 'x');
      expect(await provider.stat('d/e.txt')).toMatchObject({ kind: 'file', size: 1 });
      expect(await provider.stat('d')).toEqual({ kind: 'directory', size: 0, mtime: 0 });
      expect(await provider.stat('')).toMatchObject({ kind: 'directory' });
      for (const path of ['x', 'd/x', 'd/e.txt/x', 'x/y']) expect(await provider.stat(path), path).toBeUndefined();
    });

    it('FP3 reads ranges of a file that is as expected, and no other', async () => {
      const { provider, put } = await make();
      await put('a', '0123456789');
      const stat = (await provider.stat('a'))!;
      expect(text(await provider.read('a', stat, 3, 4))).toBe('3456');
      expect(text(await provider.read('a', stat, 8, 10))).toBe('89');
      expect((await provider.read('a', stat, 10, 5)).length).toBe(0);
      await put('a', 'abcdefghij');
      await expect(provider.read('a', stat, 0, 4)).rejects.toMatchObject({ code: 'ESTALE' });
      await put('a', 'other size');
      await expect(provider.read('a', { ...stat, size: 3 }, 0, 4)).rejects.toMatchObject({ code: 'ESTALE' });
      await expect(provider.read('b', stat, 0, 4)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('FP4 writes a file whole or not at all', async () => {
      const { provider, put, makeDirectory } = await make();
      await makeDirectory('d');
      const made = await provider.write('d/new', parts('one ', 'two'), null);
      expect(made).toEqual(await provider.stat('d/new'));
      expect(await whole(provider, 'd/new')).toBe('one two');
      await put('old', 'as it was');
      const old = (await provider.stat('old'))!;
      await expect(provider.write('old', failing(), old)).rejects.toThrow();
      expect(await whole(provider, 'old')).toBe('as it was');
      await expect(provider.write('never', failing(), null)).rejects.toThrow();
      expect(await provider.stat('never')).toBeUndefined();
      await provider.write('old', parts('replaced by more'), old);
      expect(await whole(provider, 'old')).toBe('replaced by more');
      await provider.write('empty', parts(), null);
      expect(await provider.stat('empty')).toMatchObject({ size: 0 });
      await expect(provider.write('no/such/dir', parts('x'), null)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('FP5 writes over nothing but what is expected, also if it changes while it is written', async () => {
      const { provider, put } = await make();
      await put('a', 'theirs');
      const seen = (await provider.stat('a'))!;
      await expect(provider.write('a', parts('mine'), null)).rejects.toMatchObject({ code: 'ESTALE' });
      await expect(provider.write('b', parts('mine'), seen)).rejects.toMatchObject({ code: 'ESTALE' });
      expect(await provider.stat('b')).toBeUndefined();
      async function* slow(): AsyncGenerator<Uint8Array> {
        yield bytes('mine');
        await put('a', 'theirs, later');
      }
      await expect(provider.write('a', slow(), seen)).rejects.toMatchObject({ code: 'ESTALE' });
      expect(await whole(provider, 'a')).toBe('theirs, later');
    });

    it('FP6 makes and removes directories, only empty ones', async () => {
      const { provider, put } = await make();
      await provider.mkdir('d');
      await provider.mkdir('d/e');
      await expect(provider.mkdir('d')).rejects.toMatchObject({ code: 'EEXIST' });
      await expect(provider.mkdir('x/y')).rejects.toMatchObject({ code: 'ENOENT' });
      const directory: FolderStat = { kind: 'directory', size: 0, mtime: 0 };
      await expect(provider.remove('d', directory)).rejects.toMatchObject({ code: 'ENOTEMPTY' });
      await provider.remove('d/e', directory);
      await provider.remove('d', directory);
      expect(await provider.stat('d')).toBeUndefined();
      await put('f', 'x');
      const seen = (await provider.stat('f'))!;
      await put('f', 'xy');
      await expect(provider.remove('f', seen)).rejects.toMatchObject({ code: 'ESTALE' });
      await provider.remove('f', (await provider.stat('f'))!);
      expect(await listed(provider, '')).toEqual([]);
    });

    it('FP7 knows names that cannot be stored, and writes nothing to find out', async () => {
      const { provider } = await make();
      for (const name of ['a', 'ä ö.txt', '日本', '.hidden']) expect(await provider.nameProblem('', name), name).toBeNull();
      for (const name of ['', '.', '..', 'a/b']) expect(await provider.nameProblem('', name), name).toMatch(/./);
      expect(await listed(provider, '')).toEqual([]);
    });
  });
}
