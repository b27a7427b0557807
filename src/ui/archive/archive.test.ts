import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { safePath } from './archive-entry.ts';
import { listArchive } from './index.ts';
import { tarNumber } from './tar.ts';

const LONG = `${'long-name-'.repeat(12)}.txt`;
let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'archive-'));
  mkdirSync(join(directory, 'in/sub'), { recursive: true });
  writeFileSync(join(directory, 'in/a.txt'), 'hello');
  writeFileSync(join(directory, 'in/sub/ünï.txt'), 'x'.repeat(100_000));
  writeFileSync(join(directory, 'in', LONG), 'long');
});
afterAll(() => rmSync(directory, { recursive: true }));

function tar(...flags: string[]): Blob {
  execFileSync('tar', [...flags, '-cf', join(directory, 'out.tar'), '-C', directory, 'in']);
  return new Blob([readFileSync(join(directory, 'out.tar'))]);
}

interface ZipPart { name: string; data: string; method?: number; flags?: number; claimed?: number }

/** A zip archive by hand: local headers, then the central directory, then its end. */
function zip(parts: ZipPart[]): Blob {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, data, method = 8, flags = 0, claimed } of parts) {
    const packed = method === 8 ? deflateRawSync(data) : Buffer.from(data);
    const label = Buffer.from(name);
    const size = claimed ?? Buffer.byteLength(data);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(label.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(size, 24);
    central.writeUInt16LE(label.length, 28);
    central.writeUInt32LE(offset, 42);
    locals.push(local, label, packed);
    centrals.push(central, label);
    offset += 30 + label.length + packed.length;
  }
  const directoryBytes = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  return new Blob([Buffer.concat([...locals, directoryBytes, end])]);
}

describe('tar', () => {
  it.each([['ustar, GNU names', ['--format=gnu']], ['pax', ['--format=pax']], ['gzip', ['--format=pax', '-z']]])('reads %s', async (_what, flags) => {
    const { entries, skipped } = await listArchive('x.tar', tar(...flags));
    expect(skipped).toEqual([]);
    const paths = entries.map(({ path }) => path).sort();
    expect(paths).toEqual(['in', 'in/a.txt', `in/${LONG}`, 'in/sub', 'in/sub/ünï.txt'].sort());
    const file = entries.find(({ path }) => path === 'in/a.txt');
    expect(await (await file?.read())?.text()).toBe('hello');
  });

  it('refuses what is damaged, cut off, or not tar', async () => {
    const whole = tar();
    await expect(listArchive('x.tar', whole.slice(0, 1500))).rejects.toThrow('ends too early');
    await expect(listArchive('x.tar', new Blob(['x'.repeat(2000)]))).rejects.toThrow('no tar archive');
  });

  it('reads large numbers in base 256', () => {
    expect(tarNumber(Uint8Array.of(0x80, 0, 0, 2, 0, 0, 0, 0))).toBe(2 ** 33);
    expect(tarNumber(new TextEncoder().encode('0000017\0'))).toBe(15);
  });
});

describe('zip', () => {
  it('reads stored and deflated files, and directories', async () => {
    const { entries } = await listArchive('x.zip', zip([{ name: 'd/', data: '', method: 0 }, { name: 'd/a', data: 'stored', method: 0 }, { name: 'd/ü', data: 'y'.repeat(5000) }]));
    expect(entries.map(({ path, kind, size }) => [path, kind, size])).toEqual([['d', 'directory', 0], ['d/a', 'file', 6], ['d/ü', 'file', 5000]]);
    expect(await (await entries[1]?.read())?.text()).toBe('stored');
    expect((await entries[2]?.read())?.size).toBe(5000);
  });

  it('leaves out what is unsafe, encrypted or unknown, and says so', async () => {
    const { entries, skipped } = await listArchive('x.ZIP', zip([{ name: '../evil', data: '' }, { name: 'a', data: '', flags: 1 }, { name: 'b', data: '', method: 14 }]));
    expect(entries).toEqual([]);
    expect(skipped.map(({ path }) => path)).toEqual(['../evil', 'a', 'b']);
  });

  it('stops a file that unpacks to more than it says', async () => {
    const { entries } = await listArchive('x.zip', zip([{ name: 'bomb', data: '0'.repeat(1_000_000), claimed: 10 }]));
    await expect(entries[0]?.read()).rejects.toThrow();
  });

  it('refuses what is no zip', async () => {
    await expect(listArchive('x.zip', new Blob(['nothing']))).rejects.toThrow('no directory');
  });
});

describe('safePath', () => {
  it.each([['a/b', 'a/b'], ['/abs/./x//', 'abs/x'], ['a\\b', 'a/b'], ['..', null], ['a/../../b', null], ['', null], ['./', null]])('%j', (name, path) => expect(safePath(name)).toBe(path));
});
