import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FdTable, ProcessTable } from '../../shared/arena/index.ts';
import type { PositionStart } from '../testing/position-thread.ts';
import { at, Rig } from '../testing/rig.ts';

const CREATE = 1;
const RECORD = 16;

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'position-'));
  await build({
    configFile: false, logLevel: 'error', publicDir: false,
    build: {
      ssr: fileURLToPath(new URL('../testing/position-thread.ts', import.meta.url)), outDir: folder, emptyOutDir: false, target: 'node20', minify: false,
      rolldownOptions: { output: { entryFileNames: 'thread.mjs' } },
    },
    ssr: { noExternal: true },
  });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Processes that inherit the description of `fd` and write or read records at its position, each in a thread. */
async function together(rig: Rig, fd: number, processes: number, records: number): Promise<[number, number][][]> {
  const { files, table } = rig.vfs.process;
  const control = new ProcessTable(rig.arena);
  const ofd = table.get(fd);
  const owners: FdTable[] = [];
  const ends = Array.from({ length: processes }, async (_, id) => {
    const pcb = control.allocate(20 + id, 7);
    const theirs = new FdTable(rig.arena, files, pcb);
    owners.push(theirs);
    files.retain(ofd);
    const start: PositionStart = { memory: rig.arena.memory, pcb, fd: theirs.install(ofd), records, id };
    const worker = new Worker(join(folder, 'thread.mjs'), { workerData: start });
    const seen = await new Promise<[number, number][]>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    await worker.terminate();
    return seen;
  });
  const seen = await Promise.all(ends);
  for (const each of owners) each.destroy();
  return seen;
}

describe('WA8 a position that descriptors share', () => {
  it('moves by whole writes and reads of several processes at once', async () => {
    const rig = new Rig();
    const fd = rig.open('log', CREATE);
    await together(rig, fd, 3, 3000);
    expect(rig.stat('log').size).toBe(3 * 3000 * RECORD);
    rig.calls.fd_seek(fd, 0n, 0, at.OUT);
    const seen = (await together(rig, fd, 3, 0)).flat();
    const all = Array.from({ length: 3000 }, (_, number) => number);
    for (const writer of [0, 1, 2]) {
      const numbers = seen.flatMap(([by, number]) => (by === writer ? [number] : []));
      expect(numbers.toSorted((one, two) => one - two), `writer ${writer}`).toEqual(all);
    }
    rig.close();
  }, 60_000);

  it('is one for all of them, and each vector is where it belongs', () => {
    const rig = new Rig();
    const one = rig.open('a', CREATE);
    const { files, table } = rig.vfs.process;
    files.retain(table.get(one));
    const two = table.install(table.get(one));
    expect(rig.write(one, 'ab', 'cd')).toBe(4);
    expect(rig.write(two, 'ef', 'gh')).toBe(4);
    expect(rig.calls.fd_seek(two, -6n, 1, at.OUT)).toBe(0);
    expect([rig.out32(), rig.read(one, 2), rig.read(two, 9), rig.read(one)]).toEqual([2, 'cd', 'efgh', '']);
    expect(rig.calls.fd_seek(two, -9n, 1, at.OUT)).toBe(28);
    expect(rig.calls.fd_tell(one, at.OUT)).toBe(0);
    expect(rig.out32()).toBe(8);
    rig.calls.fd_seek(one, 0n, 0, at.OUT);
    for (const [index, [pointer, length]] of [[at.DATA, 3], [at.DATA + 100, 0], [at.DATA + 200, 20]].entries()) {
      rig.view.setUint32(at.IOVS + index * 8, pointer!, true);
      rig.view.setUint32(at.IOVS + index * 8 + 4, length!, true);
    }
    expect(rig.calls.fd_read(one, at.IOVS, 3, at.OUT)).toBe(0);
    expect([rig.out32(), ...rig.u8.slice(at.DATA, at.DATA + 3), ...rig.u8.slice(at.DATA + 200, at.DATA + 206)]).toEqual([8, ...Buffer.from('abcdefgh'), 0]);
  });
});
