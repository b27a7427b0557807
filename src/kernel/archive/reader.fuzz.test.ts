import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { FsError } from '../../shared/base/index.ts';
import { SeededRandom } from '../storage/testing/random.ts';
import { exportAll, importInto, look, makeDirectory, makeVolume, putFile } from './testing/rig.ts';
import { has } from './testing/programs.ts';
import { makeZip } from './testing/make-zip.ts';

const ROUNDS = 150;

/** Small archives of each format, with all that a header can say. */
async function seeds(): Promise<Record<string, Uint8Array>> {
  const service = makeVolume();
  const top = await makeDirectory(service, 'src');
  const file = await putFile(service, 'src/a', 'hello', 1_700_000_000_123_456_789n);
  await putFile(service, `src/d/${'long'.repeat(40)}`, 'long');
  await putFile(service, 'src/ü', 'x'.repeat(3000));
  service.link(top, 'hard', file);
  await service.symlink(top, 'soft', 'd');
  const holes = await putFile(service, 'src/holes', 'start');
  service.truncate(holes, 1_000_000);
  const tar = await exportAll(service, top, 'tar');
  return {
    tar: tar.slice(0, 40_000), whole: tar, gzip: new Uint8Array(gzipSync(tar)), oci: await exportAll(service, top, 'oci'),
    ...(has('zstd') && { zstd: new Uint8Array(execFileSync('zstd', ['-c'], { input: tar })) }),
    zip: makeZip([{ name: 'a', data: 'hello' }, { name: 'd/', data: '', method: 0 }, { name: 'd/b', data: 'stored', method: 0 }, { name: 'ü', data: 'y'.repeat(3000) }]),
  };
}

const NASTY = ['../', '/', '\0', '..', '9999999999', '-1', '\n', '.wh.', 'GNU.sparse.map=', '77777777777\0', '\x80\xff\xff\xff\xff\xff\xff\xff'];

/** A few bytes, a run of bytes, a cut, a piece moved, or a text that means something. */
function corrupt(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  let out = bytes.slice();
  for (let count = 1 + random.below(6); count > 0; count--) {
    const at = random.below(out.length);
    const how = random.below(6);
    if (how === 0) out[at] = random.below(256);
    else if (how === 1) out.fill(random.below(256), at, at + random.below(600));
    else if (how === 2) out = out.slice(0, at + 1);
    else if (how === 3) out.copyWithin(at, random.below(out.length), random.below(out.length));
    else if (how === 4) out.set(Buffer.from(random.pick(NASTY)!, 'latin1').subarray(0, out.length - at), at);
    else out = new Uint8Array(Buffer.concat([out.subarray(0, at), out.subarray(random.below(out.length))]));
    if (out.length === 0) return out;
  }
  return out;
}

/** Makes the checksums of all headers right again, so that what is behind them is read. */
function mend(bytes: Uint8Array): Uint8Array {
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    if (bytes[at + 257] !== 0x75 || bytes[at + 258] !== 0x73) continue;
    bytes.fill(32, at + 148, at + 156);
    const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
    bytes.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `), at + 148);
  }
  return bytes;
}

it.each([1, 2, 3, 4])('AR9 a corrupted archive is an error or a contained import, and never hangs (seed %i)', async (seed) => {
  const random = new SeededRandom(seed);
  const archives = Object.entries(await seeds());
  let taken = 0;
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const [name, bytes] = random.pick(archives)!;
    const bad = corrupt(bytes, random);
    if ((name === 'tar' || name === 'whole' || name === 'oci') && random.below(3) > 0) mend(bad);
    const service = makeVolume(256);
    await putFile(service, 'secret', 'untouched');
    const what = `seed ${seed} round ${round} ${name}`;
    try {
      await importInto(service, bad, { room: 50_000_000, ...(random.below(2) === 0 && { links: 'all' as const }) });
      taken++;
    } catch (error) {
      if (!(error instanceof FsError)) throw new Error(what, { cause: error });
      refused++;
      expect(Object.keys(await look(service, service.root())), what).toEqual(['', 'secret']);
    }
    const all = await look(service, service.root());
    expect(all['secret']?.data, what).toBe('untouched');
    expect(Object.keys(all).filter((path) => !['', 'secret', 'in'].includes(path) && !path.startsWith('in/')), what).toEqual([]);
  }
  // Both must be met, or the corruption is too weak or too strong to tell anything.
  expect(taken).toBeGreaterThan(ROUNDS / 10);
  expect(refused).toBeGreaterThan(ROUNDS / 10);
});
