import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { has } from './testing/programs.ts';
import { exportAll, importInto, look, makeDirectory, makeSample, makeVolume, putFile } from './testing/rig.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'archive-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('round trip', () => {
  it.each(['tar', 'tar.gz', 'oci'] as const)('AR1 %s: names, times, links, empty directories and contents are the same', async (format) => {
    const service = makeVolume();
    const top = await makeSample(service);
    const bytes = await exportAll(service, top, format);
    const outcome = await importInto(service, bytes);
    expect(outcome.skipped).toEqual([]);
    expect(outcome.notes).toEqual([]);
    const before = await look(service, top);
    expect(Object.keys(before).length).toBeGreaterThan(30);
    expect(await look(service, await makeDirectory(service, 'in'))).toEqual(before);
  });

  it('AR1 a second export of what was imported is the same file', async () => {
    const service = makeVolume();
    const first = await exportAll(service, await makeSample(service), 'tar');
    await importInto(service, first);
    const second = await exportAll(service, await makeDirectory(service, 'in'), 'tar');
    // Only ctime differs: nobody can set it.
    const plain = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1').replace(/ctime=[\d.]+\n/g, '');
    expect(plain(second).length).toBeGreaterThan(6_000_000);
    expect(plain(second).replace(/[^\n]*/g, '').length).toBe(plain(first).replace(/[^\n]*/g, '').length);
  });

  it.skipIf(!has('zstd'))('AR1 zstd is read', async () => {
    const service = makeVolume();
    const top = await makeSample(service);
    writeFileSync(join(directory, 'x.tar'), await exportAll(service, top, 'tar'));
    execFileSync('zstd', ['-q', '-f', join(directory, 'x.tar'), '-o', join(directory, 'x.tar.zst')]);
    const outcome = await importInto(service, readFileSync(join(directory, 'x.tar.zst')));
    expect(outcome).toMatchObject({ format: 'tar', skipped: [] });
    expect(await look(service, await makeDirectory(service, 'in'))).toEqual(await look(service, top));
  });
});

const PYTHON = `
import sys, tarfile, hashlib, json
out = {}
with tarfile.open(sys.argv[1]) as t:
    for m in t.getmembers():
        d = {'type': 'sparse' if m.issparse() else {b'0': 'file', b'5': 'directory', b'2': 'symlink', b'1': 'hardlink'}.get(m.type, '?'), 'mtime': m.pax_headers.get('mtime', str(m.mtime)), 'link': m.linkname, 'size': m.size}
        if m.isreg(): d['hash'] = hashlib.sha256(t.extractfile(m).read()).hexdigest()
        out[m.name] = d
json.dump(out, sys.stdout)
`;

describe('other programs read what is written', () => {
  it.skipIf(!has('python3'))('AR2 Python reads every member, its time and its contents', async () => {
    const service = makeVolume();
    const top = await makeSample(service);
    writeFileSync(join(directory, 'p.tar.gz'), await exportAll(service, top, 'tar.gz', 'top'));
    const seen = JSON.parse(execFileSync('python3', ['-c', PYTHON, join(directory, 'p.tar.gz')], { maxBuffer: 1 << 26 }).toString()) as Record<string, { type: string; mtime: string; link: string; size: number; hash?: string }>;
    const ours = await look(service, top);
    expect(Object.keys(seen).sort()).toEqual(Object.keys(ours).map((path) => (path === '' ? 'top' : `top/${path}`)).sort());
    for (const [path, { kind, target, same, mtime }] of Object.entries(ours)) {
      const theirs = seen[path === '' ? 'top' : `top/${path}`]!;
      expect([path, theirs.type]).toEqual([path, same === undefined ? kind : 'hardlink']);
      if (same !== undefined) expect(theirs.link).toBe(`top/${same}`);
      else if (target !== undefined) expect(theirs.link).toBe(target);
      const [seconds = '0', fraction = ''] = theirs.mtime.replace('-', '').split('.');
      expect(BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))).toBe(mtime < 0n ? -mtime : mtime);
    }
    expect(seen['top/big']).toMatchObject({ type: 'hardlink' === seen['top/big']!.type ? 'hardlink' : 'file' });
  });

  it.each(['tar', 'bsdtar'].filter(has))('AR2 %s extracts it', async (program) => {
    const service = makeVolume();
    const top = await makeSample(service);
    writeFileSync(join(directory, 'e.tar'), await exportAll(service, top, 'tar', program));
    execFileSync(program, ['-xf', join(directory, 'e.tar'), '-C', directory]);
    const at = (path: string): string => join(directory, program, path);
    expect(readFileSync(at('sub/ünï ☃.txt'), 'utf8')).toBe('unicode');
    expect(readFileSync(at('holes')).length).toBe(5_000_000);
    expect(readFileSync(at('holes')).subarray(3_000_000, 3_000_006).toString()).toBe('middle');
    const [inode, other, mtime] = execFileSync('stat', ['-c', '%i', at('big'), at('hard')]).toString().trim().split('\n').concat(execFileSync('stat', ['-c', '%.9Y', at('a.txt')]).toString().trim());
    expect(inode).toBe(other);
    expect(mtime).toBe('1700000001.123456796');
  });
});

describe('what other programs write is read', () => {
  it.each([
    ['tar', ['--format=gnu']], ['tar', ['--format=gnu', '-S']], ['tar', ['--format=pax']], ['tar', ['--format=pax', '-S']],
    ['tar', ['--format=pax', '-S', '--sparse-version=0.0']], ['tar', ['--format=pax', '-S', '--sparse-version=0.1']], ['tar', ['--format=pax', '-z']],
    ['bsdtar', ['--format=pax']], ['bsdtar', ['--format=gnutar']], ['bsdtar', ['--format=zip']], ['bsdtar', ['--format=pax', '--zstd']],
  ].filter(([program]) => has(program as string)) as [string, string[]][])('AR3 %s %j', async (program, flags) => {
    const service = makeVolume();
    const top = await makeSample(service);
    const source = `from-${program}-${flags.join('').replace(/\W/g, '')}`;
    writeFileSync(join(directory, 's.tar'), await exportAll(service, top, 'tar', source));
    execFileSync('tar', ['-xf', join(directory, 's.tar'), '-C', directory]);
    execFileSync(program, [...flags, '-cf', join(directory, 'o.tar'), '-C', join(directory, source), '.']);
    const outcome = await importInto(service, readFileSync(join(directory, 'o.tar')));
    expect(outcome.skipped).toEqual([]);
    const strip = (seen: Awaited<ReturnType<typeof look>>): unknown => Object.fromEntries(Object.entries(seen).map(([path, { kind, data, target, same }]) =>
      // Which of two names of a file comes first is the writer's choice; a zip knows no second names, and no hard links to links.
      [path, { kind, data, target, ...(flags.includes('--format=zip') || path.startsWith('link') ? {} : { linked: same !== undefined || path === 'big' || path === 'hard' }) }]));
    expect(strip(await look(service, await makeDirectory(service, 'in')))).toEqual(strip(await look(service, top)));
  });

  it.skipIf(!has('python3'))('AR3 Python zipfile: names in UTF-8 and code page 437, stored and deflated, streamed with data descriptors', async () => {
    const script = `
import zipfile, sys, io
class Pipe(io.RawIOBase):
    def __init__(self, f): self.f = f
    def writable(self): return True
    def write(self, b): return self.f.write(b)
with open(sys.argv[1], 'wb') as f, zipfile.ZipFile(Pipe(f), 'w') as z:
    z.writestr(zipfile.ZipInfo('dir/'), b'')
    z.writestr('dir/stored', b'stored', zipfile.ZIP_STORED)
    z.writestr('dir/\\u00fc', b'y' * 5000, zipfile.ZIP_DEFLATED)
    i = zipfile.ZipInfo('link'); i.create_system = 3; i.external_attr = 0o120777 << 16
    z.writestr(i, 'dir/stored')
    with z.open('forced64', 'w', force_zip64=True) as g: g.write(b'zip64')
`;
    execFileSync('python3', ['-c', script, join(directory, 'z.zip')]);
    const service = makeVolume();
    const outcome = await importInto(service, readFileSync(join(directory, 'z.zip')));
    expect(outcome).toMatchObject({ format: 'zip', skipped: [] });
    const seen = await look(service, await makeDirectory(service, 'in'));
    expect(Object.entries(seen).map(([path, { kind, data, target }]) => [path, kind, target ?? data?.slice(0, 8)])).toEqual([
      ['', 'directory', undefined], ['dir', 'directory', undefined], ['dir/stored', 'file', 'stored'], ['dir/ü', 'file', 'yyyyyyyy'],
      ['forced64', 'file', 'zip64'], ['link', 'symlink', 'dir/stored'],
    ]);
  });
});

describe('resuming and stopping', () => {
  it('AR5 what an attempt that was cut off left is taken on, and nothing of it stays', async () => {
    const service = makeVolume();
    const top = await makeSample(service);
    const bytes = gzipSync(await exportAll(service, top, 'tar'));
    // A page that goes away in the middle: the service fails from then on, so that nothing is cleaned up.
    let left = 8;
    const dying = new Proxy(service, { get: (target, key) => {
      const value = Reflect.get(target, key, target) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (key === 'create' && --left < 0) throw new Error('gone');
        if (left < 0) throw new Error('gone');
        return (value as (...args: unknown[]) => unknown).apply(target, args);
      };
    } });
    await expect(importInto(dying, bytes)).rejects.toThrow('gone');
    const outcome = await importInto(service, bytes);
    expect(outcome.resumed).toBeGreaterThan(3);
    expect(await look(service, await makeDirectory(service, 'in'))).toEqual(await look(service, top));
    expect(Object.keys(await look(service, service.root())).filter((path) => path.startsWith('.importing'))).toEqual([]);
  });

  it('AR6 a merge keeps what is there, or replaces it, and tells', async () => {
    const service = makeVolume();
    await putFile(service, 'src/same/a', 'new');
    await putFile(service, 'src/b', 'new b');
    await putFile(service, 'src/dir', 'a file');
    const bytes = await exportAll(service, await makeDirectory(service, 'src'), 'tar');
    await putFile(service, 'in/same/a', 'mine');
    await putFile(service, 'in/same/other', 'other');
    await putFile(service, 'in/dir/x', 'x');
    const kept = await importInto(service, bytes);
    expect(kept.skipped.map(({ path }) => path)).toEqual(['dir', 'same/a']);
    const show = async (): Promise<(string | undefined)[]> => Object.entries(await look(service, await makeDirectory(service, 'in'))).map(([path, { data }]) => `${path}=${data}`);
    expect(await show()).toEqual(['=undefined', 'b=new b', 'dir=undefined', 'dir/x=x', 'same=undefined', 'same/a=mine', 'same/other=other']);
    const replaced = await importInto(service, bytes, { onExisting: 'replace' });
    expect(replaced.skipped.map(({ path }) => path)).toEqual(['dir']);
    expect(await show()).toContain('same/a=new');
  });
});
