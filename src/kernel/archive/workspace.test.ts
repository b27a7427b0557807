import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArchiveResult, ExportRequest, ImportRequest } from '../../shared/abi/index.ts';
import { receiveBytes } from '../../shared/link/index.ts';
import { Machine } from '../../testing/machine.ts';
import { has } from './testing/programs.ts';

let directory = '';
let one: Machine;
const machines: Machine[] = [];
const boot = async (): Promise<Machine> => {
  const machine = await Machine.boot();
  machines.push(machine);
  return machine;
};
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'workspace-'));
  one = await boot();
  await change(one);
});
afterAll(async () => {
  await Promise.all(machines.map((machine) => machine.dispose()));
  rmSync(directory, { recursive: true });
});

/** Something of each kind: new, changed and deleted, of the user's and of what is shipped. */
async function change({ api, write }: Machine): Promise<void> {
  const put = write.bind(one);
  await put('/home/a.txt', 'hello');
  await api.mkdir('/home/empty');
  await api.symlink('/bin/hello.wasm', '/home/absolute');
  await put('/home/big', Uint8Array.from({ length: 400_000 }, (_, i) => i * 31));
  await put('/home/.wh.odd', 'a name that means something else in a layer');
  const [first, second] = (await api.readdir('/bin')).filter(({ kind }) => kind === 'file').map(({ name }) => `/bin/${name}`);
  await api.rm(first!);
  await put(second!, 'changed');
  const directories = (await api.readdir('/')).filter(({ kind, origin, name }) => kind === 'directory' && origin === 'base' && name !== 'bin' && name !== 'home');
  const victim = `/${directories[0]!.name}`;
  await api.rm(victim, { recursive: true });
  await api.mkdir(victim);
  await put(`${victim}/only`, 'this is in it now');
}

async function take(machine: Machine, request: ExportRequest): Promise<{ bytes: Uint8Array<ArrayBuffer>; result: ArchiveResult }> {
  const { id, bytes } = await machine.api.archiveExport(request);
  const data = new Uint8Array(await new Response(receiveBytes(bytes!)).arrayBuffer());
  return { bytes: data, result: await machine.api.archiveResult(id) };
}

async function give(machine: Machine, request: ImportRequest): Promise<ArchiveResult> {
  const { id } = await machine.api.archiveImport(request);
  return machine.api.archiveResult(id);
}

/** Everything that is stored, by path. */
async function everything({ api }: Machine, dir = '/', seen: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  for (const { name, kind, origin } of await api.readdir(dir)) {
    const path = dir === '/' ? `/${name}` : `${dir}/${name}`;
    if (origin === 'mount') continue;
    const { mtime, size, nlink } = await api.lstat(path);
    seen[path] = kind === 'directory' ? { kind, mtime } : { kind, mtime, size, nlink, ...(kind === 'symlink' && { target: await api.readlink(path) }) };
    if (kind === 'directory') await everything({ api } as Machine, path, seen);
  }
  return seen;
}

describe('a whole workspace', () => {
  it.each(['tar.gz', 'oci'] as const)('AR4 %s: an empty workspace that takes it is the same, deletions included', async (format) => {
    const { bytes, result } = await take(one, { what: { workspace: true }, format });
    expect(bytes.length).toBe(result.bytes);
    expect(result.sha256).toBe(Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex'));
    expect(result.skipped.map(({ path }) => path)).toEqual(['home/.wh.odd']);
    // What is shipped and was not changed is not in it.
    expect(bytes.length).toBeLessThan(600_000);
    const two = await boot();
    const imported = await give(two, { source: new Blob([bytes]), to: '/', onExisting: 'replace' });
    expect(imported.skipped).toEqual([]);
    await one.api.rm('/home/.wh.odd').catch(() => undefined);
    const [ours, theirs] = [await everything(one), await everything(two)];
    // Its own removal just now moved these on.
    for (const seen of [ours, theirs]) delete (seen['/home'] as { mtime?: number }).mtime;
    expect(theirs).toEqual(ours);
    expect(await two.api.readFile('/home/big')).toEqual(await one.api.readFile('/home/big'));
    await one.write('/home/.wh.odd', 'again');
  });

  it.skipIf(!has('python3'))('AR4 with the base it has everything, and is checked by its digests', async () => {
    const { bytes, result } = await take(one, { what: { workspace: true, base: true }, format: 'oci' });
    writeFileSync(join(directory, 'image.tar'), bytes);
    const inspect = `
import json, sys, tarfile, hashlib, gzip
t = tarfile.open(sys.argv[1]); blob = lambda d: t.extractfile('blobs/sha256/' + d.split(':')[1]).read()
index = json.load(t.extractfile('index.json')); m = index['manifests'][0]; manifest = json.loads(blob(m['digest'])); config = json.loads(blob(manifest['config']['digest']))
assert json.load(t.extractfile('oci-layout')) == {'imageLayoutVersion': '1.0.0'}
for d in [m, manifest['config'], *manifest['layers']]:
    assert hashlib.sha256(blob(d['digest'])).hexdigest() == d['digest'].split(':')[1] and len(blob(d['digest'])) == d['size']
for l, diff in zip(manifest['layers'], config['rootfs']['diff_ids'], strict=True):
    assert hashlib.sha256(gzip.decompress(blob(l['digest']))).hexdigest() == diff.split(':')[1]
print(m['digest'], len(manifest['layers']))
`;
    const [digest, layers] = execFileSync('python3', ['-c', inspect, join(directory, 'image.tar')]).toString().trim().split(' ');
    expect(digest).toBe(result.digest);
    expect(layers).toBe('2');
  });

  it.skipIf(!has('umoci') || !has('skopeo'))('AR4 umoci unpacks the image to what is seen; skopeo copies it', async () => {
    const { bytes } = await take(one, { what: { workspace: true, base: true }, format: 'oci' });
    writeFileSync(join(directory, 'for-umoci.tar'), bytes);
    execFileSync('skopeo', ['copy', `oci-archive:${join(directory, 'for-umoci.tar')}:latest`, `oci:${join(directory, 'layout')}:latest`], { stdio: 'pipe' });
    execFileSync('umoci', ['unpack', '--rootless', '--image', `${join(directory, 'layout')}:latest`, join(directory, 'bundle')], { stdio: 'pipe' });
    const rootfs = join(directory, 'bundle/rootfs');
    expect(readFileSync(join(rootfs, 'home/a.txt'), 'utf8')).toBe('hello');
    expect(readdirSync(join(rootfs, 'home/empty'))).toEqual([]);
    const seen = Object.keys(await everything(one)).filter((path) => path !== '/home/.wh.odd').sort();
    const theirs = execFileSync('find', ['.', '-mindepth', '1'], { cwd: rootfs }).toString().trim().split('\n').map((path) => path.slice(1)).sort();
    // The directories of mounts are there and hold nothing.
    const mounts = (await one.api.readdir('/')).filter(({ origin }) => origin === 'mount').map(({ name }) => `/${name}`);
    expect(theirs.filter((path) => !mounts.includes(path))).toEqual(seen);
  });
});

describe('folders and layers', () => {
  it('AR4 a folder goes out and comes in as a run of the history, and can be stopped', async () => {
    const { bytes, result } = await take(one, { what: { folder: '/home' } });
    expect(result.skipped).toEqual([]);
    const imported = await give(one, { source: new Blob([bytes]), to: '/home/copy', links: 'all' });
    expect(imported).toMatchObject({ skipped: [] });
    expect(imported.run).toBeGreaterThan(0);
    expect(await one.read('/home/copy/home/a.txt')).toBe('hello');
    expect(await one.read('/home/copy/home/.wh.odd')).toBe('again');
    const { id } = await one.api.archiveImport({ source: new Blob([bytes]), to: '/home/stopped' });
    await one.api.archiveStop(id);
    await expect(one.api.archiveResult(id)).rejects.toMatchObject({ code: 'ECANCELED' });
    await expect(one.api.lstat('/home/stopped')).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await one.api.readdir('/home')).map(({ name }) => name).filter((name) => name.startsWith('.importing'))).toEqual([]);
  });

  it('AR4 a point of the past goes out as it was', async () => {
    await one.write('/home/old/file', 'before').catch(() => one.api.mkdir('/home/old').then(() => one.write('/home/old/file', 'before')));
    const { journalEntries: at } = await one.api.workspace();
    await one.write('/home/old/file', 'after');
    await one.write('/home/old/later', 'later');
    const { bytes } = await take(one, { what: { folder: '/home/old' }, at, format: 'tar' });
    await give(one, { source: new Blob([bytes]), to: '/home/then' });
    expect((await one.api.readdir('/home/then/old')).map(({ name }) => name)).toEqual(['file']);
    expect(await one.read('/home/then/old/file')).toBe('before');
    await expect(one.api.archiveExport({ what: { workspace: true }, at: 10 ** 9 })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('AR5 an import is one run, and undoing it brings back what it replaced', async () => {
    const { api } = one;
    await api.mkdir('/home/target');
    await one.write('/home/target/kept', 'kept');
    await one.write('/home/target/replaced', 'before');
    const before = await everything(one);
    const source = ['replaced', 'new', 'sub/deep'].map((path) => ({ path, file: new Blob([`new ${path}`]) }));
    const { run } = await give(one, { to: '/home/target', source, onExisting: 'replace' });
    expect(await one.read('/home/target/replaced')).toBe('new replaced');
    expect((await api.historyRuns()).find((one) => one.run === run)).toMatchObject({ kind: 'import', name: 'import of files' });
    const undone = await api.historyUndo({ run: run! });
    expect(undone.conflicts).toEqual([]);
    const after = await everything(one);
    delete (before['/home/target'] as { mtime?: number }).mtime;
    delete (after['/home/target'] as { mtime?: number }).mtime;
    expect(after).toEqual(before);
    expect(await one.read('/home/target/replaced')).toBe('before');
  });

  it('AR4 files one by one', async () => {
    const result = await give(one, { to: '/home/dropped', source: [{ path: 'd', file: null, mtime: 5000 }, { path: 'd/x', file: new Blob(['x']), mtime: 1234 }, { path: '../evil', file: new Blob([]) }] });
    expect(result.skipped.map(({ path }) => path)).toEqual(['../evil']);
    expect(await one.read('/home/dropped/d/x')).toBe('x');
    expect((await one.api.stat('/home/dropped/d/x')).mtime).toBe(1234);
    expect((await one.api.stat('/home/dropped/d')).mtime).toBe(5000);
  });

  it('AR4 /tmp goes out and comes in, and is no run', async () => {
    await one.write('/tmp/t/x', 'x').catch(async () => {
      await one.api.mkdir('/tmp/t');
      await one.write('/tmp/t/x', 'x');
    });
    const { bytes } = await take(one, { what: { folder: '/tmp/t' }, format: 'tar' });
    expect(await give(one, { source: new Blob([bytes]), to: '/tmp/u' })).toMatchObject({ run: 0, skipped: [] });
    expect(await one.read('/tmp/u/t/x')).toBe('x');
  });

  it('AR8 an import becomes a layer, and an image has one for each', async () => {
    const machine = await boot();
    const { api } = machine;
    await machine.write('/home/first', '1');
    await give(machine, { to: '/home/lib', layer: 'lib', source: [{ path: 'a', file: new Blob(['a']), mtime: 1000 }, { path: 'b', file: new Blob(['b']), mtime: 1000 }] });
    await machine.write('/home/lib/a', 'mine');
    await api.rm('/home/lib/b');
    expect((await api.layerList()).map(({ name, kind }) => [name, kind])).toEqual([['base', 'base'], ['before-lib', 'frozen'], ['lib', 'imported'], ['upper', 'upper']]);
    await expect(api.archiveImport({ to: '/home/lib2', layer: 'lib', source: [] })).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(api.archiveImport({ to: '/tmp/lib2', layer: 'other', source: [] })).rejects.toMatchObject({ code: 'EINVAL' });

    // Whether the directory above is in a layer too depends on whether the clock has moved on since the one before.
    const names = async (request: ExportRequest): Promise<string[]> => {
      writeFileSync(join(directory, 'l.tar'), (await take(machine, request)).bytes);
      return execFileSync('tar', ['-tf', join(directory, 'l.tar')]).toString().trim().split('\n').filter((name) => name !== 'home/').sort();
    };
    expect(await names({ what: { layer: 'before-lib' }, format: 'tar' })).toEqual(['home/first']);
    expect(await names({ what: { layer: 'lib' }, format: 'tar' })).toEqual(['home/lib/', 'home/lib/a', 'home/lib/b']);
    expect(await names({ what: { layer: 'upper' }, format: 'tar' })).toEqual(expect.arrayContaining(['home/lib/.wh.b', 'home/lib/a']));

    const { bytes } = await take(machine, { what: { workspace: true }, format: 'oci' });
    writeFileSync(join(directory, 'l.tar'), bytes);
    const index = JSON.parse(execFileSync('tar', ['-xOf', join(directory, 'l.tar'), 'index.json']).toString()) as { manifests: { digest: string }[] };
    const manifest = execFileSync('tar', ['-xOf', join(directory, 'l.tar'), `blobs/sha256/${index.manifests[0]!.digest.slice(7)}`]).toString();
    expect((JSON.parse(manifest) as { layers: { annotations: Record<string, string> }[] }).layers.map(({ annotations }) => annotations['org.palimpsest.layer'])).toEqual(['before-lib', 'lib', 'upper']);
    const other = await boot();
    expect(await give(other, { source: new Blob([bytes]), to: '/', onExisting: 'replace' })).toMatchObject({ skipped: [] });
    expect(await everything(other)).toEqual(await everything(machine));
  });

  it('AR4 one layer alone', async () => {
    const { bytes } = await take(one, { what: { layer: 'upper' }, format: 'tar' });
    const text = Buffer.from(bytes).toString('latin1');
    expect(text).toContain('PALIMPSEST.kind=layer');
    expect(text).toContain('bin/.wh.');
    expect(text).toContain('.wh..wh..opq');
    await expect(one.api.archiveExport({ what: { layer: 'nothing' } })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('AR7 what another realm asks for is checked', async () => {
    const bad = (request: unknown): Promise<unknown> => one.api.archiveExport(request as ExportRequest);
    for (const request of [null, {}, { what: 'all' }, { what: { folder: 3 } }, { what: { workspace: true }, format: 'rar' }]) await expect(bad(request)).rejects.toMatchObject({ code: 'EINVAL' });
    for (const request of [null, {}, { to: '/home' }, { to: '/home', source: 'x' }, { to: '/home', source: [{ path: 1, file: null }] }, { to: '/home', source: new Blob([]), onExisting: 'merge' }]) {
      await expect(one.api.archiveImport(request as ImportRequest)).rejects.toMatchObject({ code: 'EINVAL' });
    }
    await expect(give(one, { source: new Blob(['x']), to: '/nowhere/at/all' })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(give(one, { source: new Blob(['x']), to: '/proc/x' })).rejects.toMatchObject({ code: 'EROFS' });
  });
});
