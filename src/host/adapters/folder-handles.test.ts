import { mkdir, mkdtemp, open, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { MemoryFolderHost } from '../../kernel/folder/testing/memory-host.ts';
import { providerConformance } from '../../kernel/folder/testing/provider-conformance.ts';
import { FolderRig } from '../../kernel/folder/testing/rig.ts';
import { DiskDirectory } from '../../testing/disk-handles.ts';
import { handleError } from './folder-errors.ts';
import { HandleProvider } from './folder-handles.ts';

const made: string[] = [];
afterAll(() => Promise.all(made.map((path) => rm(path, { recursive: true, force: true }))));

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'palimpsest-folder-'));
  made.push(path);
  await mkdir(join(path, 'folder'));
  return join(path, 'folder');
}

providerConformance('HandleProvider over a directory of this machine', async () => {
  const root = await folder();
  let time = 1_700_000_000;
  return {
    provider: new HandleProvider(new DiskDirectory(root, 'folder') as unknown as FileSystemDirectoryHandle),
    put: async (path, text) => {
      const at = join(root, path);
      await mkdir(dirname(at), { recursive: true });
      await writeFile(at, text);
      await utimes(at, ++time, time);
    },
    makeDirectory: async (path) => void (await mkdir(join(root, path), { recursive: true })),
  };
});

it('FP10 a directory that was removed and made again is found', async () => {
  const root = await folder();
  const provider = new HandleProvider(new DiskDirectory(root, 'folder') as unknown as FileSystemDirectoryHandle);
  await provider.mkdir('d');
  await writeFile(join(root, 'd', 'a'), 'x');
  expect(await provider.stat('d/a')).toMatchObject({ size: 1 });
  await rm(join(root, 'd'), { recursive: true });
  expect(await provider.stat('d/a')).toBeUndefined();
  await mkdir(join(root, 'd'));
  await writeFile(join(root, 'd', 'a'), 'xy');
  expect(await provider.stat('d/a')).toMatchObject({ size: (await stat(join(root, 'd', 'a'))).size });
});

it('FP11 what a browser throws is an errno', () => {
  const code = (name: string): string => handleError('read', 'a', new DOMException('', name)).code;
  expect(code('NotAllowedError')).toBe('EACCES');
  expect(code('NotReadableError')).toBe('ESTALE');
  expect(code('NoModificationAllowedError')).toBe('EBUSY');
  expect(code('QuotaExceededError')).toBe('ENOSPC');
  expect(code('SomethingNew')).toBe('EIO');
});

it('FO2 a file of 5 GiB is mounted and read in ranges, and a byte of it can be changed', async () => {
  const root = await folder();
  const size = 5 * 2 ** 30;
  const file = await open(join(root, 'huge'), 'w');
  await file.write('the end', size - 7);
  await file.close();
  const provider = new HandleProvider(new DiskDirectory(root, 'folder') as unknown as FileSystemDirectoryHandle);
  const host = new MemoryFolderHost();
  host.open = () => ({ provider, label: 'folder' });
  const rig = await FolderRig.boot(host);
  try {
    await rig.api.folderMount('disk', 'disk');
    expect(await rig.api.stat('/mnt/disk/huge')).toMatchObject({ size });
    const text = async (offset: number, length: number): Promise<string> => new TextDecoder().decode(await rig.api.readRange('/mnt/disk/huge', offset, length));
    expect(await text(size - 7, 100)).toBe('the end');
    await rig.api.writeRange('/mnt/disk/huge', size - 3, new TextEncoder().encode('END'));
    await rig.api.sync();
    expect(await text(size - 8, 8)).toBe('\0the END');
    expect((await rig.api.folderDiff('disk')).changes).toMatchObject([{ path: 'huge', change: 'changed', size, sizeBefore: size }]);
  } finally {
    await rig.kernel.shutdown();
  }
});
