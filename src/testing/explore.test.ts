import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExploreEntry, KernelApi, ListOptions, SearchHit } from '../shared/abi/index.ts';
import { receiveBytes } from '../shared/link/index.ts';
import { Machine } from './machine.ts';

let machine: Machine;
let api: KernelApi;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

beforeAll(async () => {
  machine = await Machine.boot();
  api = machine.api;
}, 30_000);
afterAll(() => machine.dispose());

async function listAll(path: string, options: ListOptions = {}): Promise<ExploreEntry[]> {
  const found: ExploreEntry[] = [];
  for (let after: number | null = 0; after !== null;) {
    const page = await api.exploreList(path, { ...options, after });
    found.push(...page.entries);
    after = page.next;
  }
  return found;
}

async function searchAll(query: string, options: { below?: string; pid?: number } = {}): Promise<SearchHit[]> {
  let page = await api.exploreSearch({ query, ...options });
  const hits = [...page.hits];
  while (!page.done) {
    page = await api.exploreSearchMore(page.id);
    hits.push(...page.hits);
  }
  expect(page.matched).toBeGreaterThanOrEqual(hits.length);
  return hits;
}

const paths = (hits: readonly SearchHit[]): string[] => hits.map(({ path }) => path).sort();

describe('lists', () => {
  test('come in pages that together are the directory, with times and what was deleted', async () => {
    await api.mkdir('/home/list');
    for (let at = 0; at < 50; at++) await api.writeFile(`/home/list/${at}`, bytes('x'));
    const names = (await listAll('/home/list', { limit: 7 })).map(({ name }) => name);
    expect(names.sort()).toEqual(Array.from({ length: 50 }, (_, at) => String(at)).sort());
    const [first] = (await api.exploreList('/home/list', { limit: 1 })).entries;
    expect(first).toMatchObject({ kind: 'file', size: 1, origin: 'new' });
    expect(Math.abs(first!.mtime - Date.now())).toBeLessThan(60_000);
    await api.rm('/home/welcome.md');
    expect((await listAll('/home', { deleted: true })).find(({ name }) => name === 'welcome.md')).toMatchObject({ origin: 'deleted', kind: 'file' });
    expect((await listAll('/home')).some(({ name }) => name === 'welcome.md')).toBe(false);
    expect((await listAll('/')).find(({ name }) => name === 'tmp')?.origin).toBe('mount');
  });

  test('the base layer is as it was shipped, whatever was changed', async () => {
    expect((await listAll('/home', { layer: 'base' })).find(({ name }) => name === 'welcome.md')).toMatchObject({ origin: 'base', kind: 'file' });
    expect((await listAll('/home', { layer: 'base' })).some(({ name }) => name === 'list')).toBe(false);
    await expect(api.exploreList('/home/list', { layer: 'base' })).rejects.toThrow(/ENOENT/);
    await expect(api.exploreList('/home/welcome.md', { layer: 'base' })).rejects.toThrow(/ENOTDIR/);
  });

  test('single entries are told as they are; null where nothing is', async () => {
    const [one, root, none] = await api.exploreEntries(['/home/list/7', '/tmp', '/home/none']);
    expect(one).toMatchObject({ name: '7', kind: 'file', size: 1, origin: 'new' });
    expect(root).toMatchObject({ kind: 'directory', origin: 'mount' });
    expect(none).toBeNull();
  });
});

describe('searches', () => {
  test('look into directories that nobody opened, and not into those that are made up', async () => {
    await api.mkdir('/home/a/b/c', { recursive: true });
    await api.writeFile('/home/a/b/c/needle-in-hay.txt', bytes('x'));
    await api.writeFile('/tmp/needle.txt', bytes('x'));
    expect(paths(await searchAll('needle'))).toEqual(['/home/a/b/c/needle-in-hay.txt', '/tmp/needle.txt']);
    expect(paths(await searchAll('nih'))).toEqual(['/home/a/b/c/needle-in-hay.txt']);
    expect(paths(await searchAll('b/c/need'))).toEqual(['/home/a/b/c/needle-in-hay.txt']);
    expect(paths(await searchAll('needle', { below: '/tmp' }))).toEqual(['/tmp/needle.txt']);
    expect((await searchAll('kind:dir proc')).map(({ path }) => path)).toContain('/proc');
  });

  test('by kind, extension, origin and run', async () => {
    expect(paths(await searchAll('kind:dir c', { below: '/home/a' }))).toEqual(['/home/a/b/c']);
    expect(paths(await searchAll('ext:csv'))).toEqual(['/home/data/orders.csv']);
    expect((await searchAll('origin:new', { below: '/home/a' })).map(({ path }) => path)).toEqual(['/home/a/b', '/home/a/b/c', '/home/a/b/c/needle-in-hay.txt']);
    const { run } = await machine.run('/bin/filetool', ['write', '/home/by-run.txt', 'hello']);
    expect(paths(await searchAll(`run:${run}`))).toEqual(['/home/by-run.txt']);
    expect(await searchAll(`run:${run} nothing`)).toEqual([]);
    expect(await searchAll('run:999999')).toEqual([]);
  });

  test('are stopped, and pushed out by newer ones', async () => {
    for (let at = 0; at < 3000; at++) await api.symlink('x', `/tmp/many-${at}`);
    const started = await Promise.all(Array.from({ length: 5 }, () => api.exploreSearch({ query: 'many' })));
    expect(started.every(({ hits }) => hits.length <= 512)).toBe(true);
    await expect(api.exploreSearchMore(started[0]!.id)).rejects.toThrow(/ENOENT/);
    await api.exploreSearchStop(started[4]!.id);
    await expect(api.exploreSearchMore(started[4]!.id)).rejects.toThrow(/ENOENT/);
  }, 20_000);
});

describe('batches', () => {
  test('are one run, which is undone as one; what fails is told and stops nothing', async () => {
    await api.mkdir('/home/batch/dir', { recursive: true });
    for (const name of ['one', 'two', 'dir/three']) await api.writeFile(`/home/batch/${name}`, bytes(name));
    const result = await api.exploreBatch('move of 2 entries', [
      { op: 'move', from: '/home/batch/one', to: '/home/batch/dir/one' },
      { op: 'move', from: '/home/batch/two', to: '/home/batch/dir/three' },
      { op: 'remove', path: '/home/batch/none' },
      { op: 'copy', from: '/home/batch/two', to: '/home/batch/copy' },
      { op: 'remove', path: '/home/batch/two' },
    ]);
    expect(result.done).toBe(3);
    expect(result.failed.map(({ path, error }) => [path, error])).toEqual([['/home/batch/two', expect.stringContaining('EEXIST')], ['/home/batch/none', expect.stringContaining('ENOENT')]]);
    expect((await listAll('/home/batch')).map(({ name }) => name).sort()).toEqual(['copy', 'dir']);
    expect((await api.historyRuns({ run: result.run }))[0]).toMatchObject({ kind: 'user', name: 'move of 2 entries' });
    const undone = await api.historyUndo({ run: result.run });
    expect(undone.conflicts).toEqual([]);
    expect((await listAll('/home/batch')).map(({ name }) => name).sort()).toEqual(['dir', 'one', 'two']);
    expect(await machine.read('/home/batch/one')).toBe('one');
  });

  test('move between file services, of which nothing is kept', async () => {
    await api.writeFile('/tmp/from', bytes('here'));
    const outside = await api.exploreBatch('t', [{ op: 'copy', from: '/tmp/from', to: '/tmp/again' }]);
    expect(outside).toEqual({ run: 0, done: 1, failed: [] });
    const into = await api.exploreBatch('t', [{ op: 'move', from: '/tmp/from', to: '/home/landed' }]);
    expect(into.run).toBeGreaterThan(0);
    expect(await machine.read('/home/landed')).toBe('here');
    expect(await api.exploreEntries(['/tmp/from'])).toEqual([null]);
    expect((await api.exploreBatch('t', [{ op: 'remove', path: '/tmp' }])).failed[0]?.error).toContain('EBUSY');
  });
});

describe('through the eyes of a process', () => {
  test('its binds are seen, and what it may do where; after its end nothing', async () => {
    await api.mkdir('/home/eyes/hidden', { recursive: true });
    await api.mkdir('/home/eyes/place');
    await api.writeFile('/home/eyes/hidden/inside', bytes('x'));
    const { pid } = await api.spawn({ module: '/bin/upper', stdin: 'stream', preopens: { '/data': '/home/eyes' }, namespace: { '/home/eyes/place': '/home/eyes/hidden' } });
    const view = await api.exploreProcess(pid);
    expect(view).toMatchObject({ pid, name: 'upper', directories: [{ name: '/data', path: '/home/eyes', rights: ['read', 'write', 'create', 'delete'] }] });
    expect(view.script).toContain('bind /home/eyes/hidden /home/eyes/place');
    expect(view.mounts.map(({ path }) => path)).toContain('/home/eyes/place');
    expect((await listAll('/home/eyes/place', { pid })).map(({ name, rights }) => [name, rights])).toEqual([['inside', 15]]);
    expect((await listAll('/', { pid })).find(({ name }) => name === 'bin')?.rights).toBe(0);
    expect(paths(await searchAll('inside', { pid, below: '/home/eyes/place' }))).toEqual(['/home/eyes/place/inside']);
    expect(await listAll('/home/eyes/place')).toEqual([]);
    await api.kill(pid, 'KILL');
    await api.wait(pid);
    await expect(api.exploreProcess(pid)).rejects.toThrow(/ESRCH/);
    await expect(api.exploreList('/', { pid })).rejects.toThrow(/ESRCH/);
  }, 20_000);
});

const bad = <T>(value: unknown): T => value as T;

test.each<[string, () => Promise<unknown>]>([
  ['a path that is none', () => api.exploreList(bad(7))],
  ['options that are none', () => api.exploreList('/', bad(null))],
  ['a limit that is none', () => api.exploreList('/', { limit: -1 })],
  ['a layer that is none', () => api.exploreList('/', bad({ layer: 'upper' }))],
  ['too many paths', () => api.exploreEntries(Array.from({ length: 1025 }, () => '/'))],
  ['paths that are none', () => api.exploreEntries(bad([{}]))],
  ['a request that is none', () => api.exploreSearch(bad(null))],
  ['a query that is none', () => api.exploreSearch(bad({ query: {} }))],
  ['a query too long', () => api.exploreSearch({ query: 'x'.repeat(5000) })],
  ['acts that are none', () => api.exploreBatch('t', bad('remove'))],
  ['an act that is none', () => api.exploreBatch('t', bad([{ op: 'format', path: '/' }]))],
  ['an act without a path', () => api.exploreBatch('t', bad([{ op: 'remove' }]))],
])('%s is refused', async (_what, call) => {
  await expect(call()).rejects.toThrow(/EINVAL/);
});

test('what is picked of a folder is exported, with what is above it and below it', async () => {
  await api.mkdir('/home/pick/a/deep', { recursive: true });
  for (const name of ['a/deep/one', 'a/two', 'b']) await api.writeFile(`/home/pick/${name}`, bytes(name));
  const exported = async (only: string[]): Promise<string[]> => {
    const job = await api.archiveExport({ what: { folder: '/home/pick', only }, format: 'tar' });
    const parts: Uint8Array[] = [];
    await receiveBytes(job.bytes!).pipeTo(new WritableStream({ write: (part) => void parts.push(part) }));
    await api.archiveResult(job.id);
    return (await api.archiveInspect(new Blob(parts as BlobPart[]))).first.map((path) => path.replace(/\/$/, '')).sort();
  };
  expect(await exported(['a/deep', 'b'])).toEqual(['pick', 'pick/a', 'pick/a/deep', 'pick/a/deep/one', 'pick/b']);
  expect(await exported(['a', 'a/deep', '../x', ''])).toEqual(['pick', 'pick/a', 'pick/a/deep', 'pick/a/deep/one', 'pick/a/two']);
  await expect(api.archiveExport(bad({ what: { folder: '/home', only: [7] } }))).rejects.toThrow(/EINVAL/);
});
