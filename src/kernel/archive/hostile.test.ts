import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FsError } from '../../shared/base/index.ts';
import { encodeHeader, splitName } from './tar-format.ts';
import { encodePax } from './pax.ts';
import { reasonOf } from './streams.ts';
import { importInto, look, makeDirectory, makeVolume, putFile, exportAll } from './testing/rig.ts';
import { Job } from './index.ts';
import { makeZip } from './testing/make-zip.ts';

interface Raw { name: string | Uint8Array; type?: string; data?: string | Uint8Array; link?: string; pax?: Record<string, string> }

const bytesOf = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? new TextEncoder().encode(text) : text);

/** A tar by hand, whatever it says. */
function tar(members: Raw[], end = true): Uint8Array {
  const parts: Uint8Array[] = [];
  const put = (bytes: Uint8Array): void => void parts.push(bytes, new Uint8Array((512 - (bytes.length % 512)) % 512));
  const header = (name: Uint8Array, type: string, size: number, link = ''): void =>
    void parts.push(encodeHeader({ name: name.subarray(0, 100), prefix: new Uint8Array(0), link: bytesOf(link), type, mode: 0o644, size, mtime: 1 }));
  for (const { name, type = '0', data = '', link, pax } of members) {
    const records = new Map(Object.entries(pax ?? {}));
    if (typeof name === 'string' && !splitName(name)) records.set('path', name);
    if (records.size > 0) {
      const body = encodePax(records);
      header(bytesOf('pax'), 'x', body.length);
      put(body);
    }
    const body = bytesOf(data);
    header(typeof name === 'string' && !splitName(name) ? bytesOf('short') : bytesOf(name), type, body.length, link);
    put(body);
  }
  if (end) parts.push(new Uint8Array(1024));
  return new Uint8Array(Buffer.concat(parts));
}

async function unpacked(data: Uint8Array, options: Parameters<typeof importInto>[2] = {}) {
  const service = makeVolume();
  await putFile(service, 'secret', 'untouched');
  const outcome = await importInto(service, data, options);
  const all = await look(service, service.root());
  expect(all['secret']?.data).toBe('untouched');
  expect(Object.keys(all).filter((path) => path !== '' && path !== 'secret' && path !== 'in' && !path.startsWith('in/'))).toEqual([]);
  const seen = Object.entries(await look(service, await makeDirectory(service, 'in'))).filter(([path]) => path !== '').map(([path, { data: text, target }]) => `${path}=${target ?? text ?? ''}`);
  return { seen, skipped: outcome.skipped.map(({ path, why }) => `${path}: ${why}`), notes: outcome.notes.map(({ path, why }) => `${path}: ${why}`) };
}

/** The import fails as a whole, and leaves nothing. */
async function refused(data: Uint8Array, options: Parameters<typeof importInto>[2] = {}): Promise<FsError> {
  const service = makeVolume();
  await putFile(service, 'in/there', 'untouched');
  const before = await look(service, service.root());
  const error = await importInto(service, data, options).then(() => null, (failure: unknown) => failure);
  expect(error).toBeInstanceOf(FsError);
  const after = await look(service, service.root());
  // A directory in which something was made and removed has other times, no more.
  expect(Object.entries(after).map(([path, { data: text }]) => [path, text])).toEqual(Object.entries(before).map(([path, { data: text }]) => [path, text]));
  return error as FsError;
}

describe('hostile names', () => {
  it('AR10 `..` is left out wherever it is; absolute names are put below', async () => {
    const { seen, skipped, notes } = await unpacked(tar([{ name: '../secret', data: 'x' }, { name: 'a/../../secret', data: 'x' }, { name: '/secret', data: 'below' }, { name: 'ok', data: '1' }]));
    expect(seen).toEqual(['ok=1', 'secret=below']);
    expect(skipped).toEqual(['../secret: its name leads out of where it is put (“..”)', 'a/../../secret: its name leads out of where it is put (“..”)']);
    expect(notes).toEqual(['/secret: its name is absolute: it was put below where the others are']);
  });

  it('AR11 names that are too long, not UTF-8, or have a zero in them', async () => {
    const { seen, skipped } = await unpacked(tar([
      { name: 'x'.repeat(256), data: '1' }, { name: new Uint8Array([0x66, 0xff, 0xfe]), data: '2' }, { name: `${'d/'.repeat(2100)}f`, data: '3' },
      { name: 'z', pax: { path: 'a\0b' }, data: '4' }, { name: 'y'.repeat(255), data: '5' }, { name: 'bell\u0007', data: '6' },
    ]));
    expect(seen).toEqual([`bell\u0007=6`, `${'y'.repeat(255)}=5`]);
    expect(skipped.map((line) => line.slice(line.lastIndexOf(': ') + 2))).toEqual([
      'a part of its name is longer than 255 bytes', 'its name is not UTF-8', 'its path is longer than 4096 bytes', 'its name has a zero byte in it',
    ]);
  });

  it('AR12 the last one of a name wins, and it is told', async () => {
    const { seen, notes } = await unpacked(tar([{ name: 'a', data: '1' }, { name: 'a', type: '2', link: 'b' }, { name: './a', data: '3' }]));
    expect(seen).toEqual(['a=3']);
    expect(notes).toEqual(Array(2).fill('a: it is in the archive more than once: the last one was taken'));
  });

  it('AR13 names that differ by case or normal form stay apart, and it is told', async () => {
    const { seen, notes } = await unpacked(tar([{ name: 'README', data: '1' }, { name: 'readme', data: '2' }, { name: 'é', data: '3' }, { name: 'e\u0301', data: '4' }]));
    expect(seen.sort()).toEqual(['README=1', 'e\u0301=4', 'readme=2', 'é=3'].sort());
    expect(notes).toHaveLength(2);
  });
});

describe('hostile links', () => {
  it('AR14 links that lead out are left out, however they do', async () => {
    const { seen, skipped } = await unpacked(tar([
      { name: 'abs', type: '2', link: '/secret' }, { name: 'up', type: '2', link: '../secret' }, { name: 'd/ok', type: '2', link: '../ok' },
      { name: 'd/up', type: '2', link: '../../secret' }, { name: 'd/e/l1', type: '2', link: '../..' }, { name: 'l2', type: '2', link: 'd/e/l1/../secret' },
      { name: 'deep', type: '2', link: 'd/./x/../../../secret' }, { name: 'self', type: '2', link: '.' }, { name: 'empty', type: '2', link: '' },
    ]));
    expect(seen).toEqual(['d=', 'd/e=', 'd/e/l1=../..', 'd/ok=../ok', 'self=.']);
    expect(skipped.map((line) => line.split(':')[0])).toEqual(['abs', 'up', 'd/up', 'l2', 'deep', 'empty']);
  });

  it('AR15 nothing is written through a link that the archive made', async () => {
    const { seen, skipped } = await unpacked(tar([
      { name: 'out', type: '2', link: '..' }, { name: 'out/secret', data: 'x' }, { name: 'in', type: '2', link: 'dir' }, { name: 'dir/', type: '5' }, { name: 'in/file', data: 'x' },
      { name: 'w', type: '2', link: '../secret' }, { name: 'w', data: 'plain' },
    ]), { links: 'all' });
    expect(seen).toEqual(['dir=', 'in=dir', 'out=..', 'w=plain']);
    expect(skipped).toEqual(['out/secret: “out” is a link, not a directory', 'in/file: “in” is a link, not a directory']);
  });

  it('AR16 hard links lead to members only', async () => {
    const { seen, skipped } = await unpacked(tar([
      { name: 'a', data: '1' }, { name: 'b', type: '1', link: 'a' }, { name: 'gone', type: '1', link: 'nothing' }, { name: 'up', type: '1', link: '../secret' },
      { name: 'abs', type: '1', link: '/secret' }, { name: 'dir/', type: '5' }, { name: 'todir', type: '1', link: 'dir' }, { name: 'a', type: '1', link: 'a' },
      { name: 'l', type: '2', link: 'dir' }, { name: 'through', type: '1', link: 'l/x' },
    ]));
    expect(seen).toEqual(['a=1', 'b=1', 'dir=', 'l=dir']);
    expect(skipped.map((line) => line.split(':')[0])).toEqual(['gone', 'up', 'abs', 'todir', 'a', 'through']);
  });

  it('AR17 devices and pipes are left out; a file is no directory', async () => {
    const { seen, skipped } = await unpacked(tar([
      { name: 'null', type: '3' }, { name: 'disk', type: '4' }, { name: 'pipe', type: '6' }, { name: 'odd', type: 'Z', data: 'x' },
      { name: 'f', data: '1' }, { name: 'f/below', data: '2' }, { name: 'g/h', data: '3' }, { name: 'g', data: '4' },
    ]));
    expect(seen).toEqual(['f=1', 'g=', 'g/h=3']);
    expect(skipped).toEqual([
      'null: it is a character device', 'disk: it is a block device', 'pipe: it is a named pipe', 'odd: its type (“Z”) is unknown',
      'f/below: “f” is a file, not a directory', 'g: a directory of this name came before',
    ]);
  });
});

describe('damage', () => {
  const whole = tar([{ name: 'a', data: 'x'.repeat(5000) }, { name: 'b', data: 'y' }]);

  it('AR18 what is cut off, or has a wrong checksum, is refused as a whole', async () => {
    expect((await refused(whole.slice(0, 3000))).message).toContain('ends too early');
    const flipped = whole.slice();
    flipped[512 + 5120 + 3]! ^= 1;
    expect((await refused(flipped)).message).toContain('damaged at byte 5632');
    expect((await refused(new TextEncoder().encode('x'.repeat(2000)))).message).toContain('no tar archive');
    expect((await refused(new Uint8Array(0))).message).toContain('empty');
    expect((await refused(tar([{ name: 'a', pax: { size: '-5' }, data: '' }]))).code).toBe('EBADMSG');
    expect((await refused(tar([{ name: 'a', pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '10' }, data: '1\n5\n99\n' }]))).message).toContain('contradicts');
  });

  it('AR18 gzip: the checksum counts, and the length', async () => {
    const packed = gzipSync(whole);
    const flipped = new Uint8Array(packed);
    flipped[flipped.length - 6]! ^= 1;
    expect((await refused(flipped)).code).toBe('EBADMSG');
    expect((await refused(new Uint8Array(packed.subarray(0, packed.length - 12)))).code).toBe('EBADMSG');
  });

  it('AR18 says what is wrong with the data, not which call of the browser said so', () => {
    expect(reasonOf(new TypeError("Failed to execute 'close' on 'WritableStreamDefaultWriter': Compressed input was truncated."))).toBe('Compressed input was truncated');
    expect(reasonOf('incorrect header check')).toBe('incorrect header check');
  });

  it('AR19 zip: one damaged member is left out, the others are taken', async () => {
    const { seen, skipped } = await unpacked(makeZip([{ name: 'good', data: 'good' }, { name: 'bad', data: 'bad', crc: 1 }, { name: 'long', data: 'x'.repeat(100), claimed: 10 }, { name: 'secret', data: 's', flags: 1 }, { name: 'rare', data: 'r', method: 14 }, { name: '../x', data: '' }]));
    expect(seen).toEqual(['good=good']);
    expect(skipped).toEqual([
      'bad: its checksum is wrong', 'long: it unpacks to more than it says', 'secret: it is encrypted', 'rare: its compression (14) is unknown',
      '../x: its name leads out of where it is put (“..”)',
    ]);
    expect((await refused(makeZip([{ name: 'a', data: 'a' }]).slice(0, 40))).message).toContain('no directory');
  });

  it('AR20 an image whose layer does not have its digest is refused', async () => {
    const service = makeVolume();
    await putFile(service, 'src/a', 'hello');
    const image = await exportAll(service, await makeDirectory(service, 'src'), 'oci');
    const at = Buffer.from(image).indexOf(Buffer.from([0x1f, 0x8b, 8]));
    image[at + 9]! ^= 0xff;
    expect((await refused(image)).message).toContain('digest');
  });
});

describe('bombs', () => {
  it('AR21 more than there is room for is refused, zeros not counted', async () => {
    const data = tar([{ name: 'zeros', data: new Uint8Array(3_000_000) }, { name: 'ones', data: new Uint8Array(1_000_000).fill(1) }]);
    const error = await refused(data, { room: 900_000 });
    expect(error.code).toBe('EFBIG');
    expect(error.message).toContain('900000 bytes');
    const { seen } = await unpacked(data, { room: 1_000_000 });
    expect(seen).toHaveLength(2);
  });

  it('AR21 what unpacks to more than 500 times its size is refused', async () => {
    const error = await refused(gzipSync(tar([{ name: 'bomb', data: new Uint8Array(90_000_000).fill(7) }])));
    expect(error.message).toContain('500 times');
  });

  it('AR22 stopping leaves what was there', async () => {
    const job = new Job();
    job.stop();
    expect((await refused(tar([{ name: 'a', data: 'x' }]), { job })).code).toBe('ECANCELED');
  });
});
