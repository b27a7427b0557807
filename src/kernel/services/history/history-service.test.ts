import { describe, expect, test } from 'vitest';
import { FsError } from '../../../shared/base/index.ts';
import { JournalIndex, PastView } from '../../history/index.ts';
import { BASE_INO } from '../../storage/index.ts';
import { capture, change, fixture } from '../../storage/testing/fixture.ts';
import { fileServiceConformance } from '../testing/index.ts';
import { HistoryService } from './index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

/** Entries: 1 mkdir d, 2 create d/f, 3 write "before", 4 symlink; snapshot `then` at 4; 5 write "after", 6 rename d to e. */
async function make(nodes?: number): Promise<HistoryService> {
  const past = await fixture({ '/shipped/file': bytes('base') });
  await past.overlay.populate(1);
  await past.commit([change('mkdir', 2, 1, 'd'), change('create', 3, 2, 'f'), change('write', 3)], [capture(3, 6, [{ index: 0, bytes: bytes('before') }])]);
  await past.commit([change('symlink', 4, 1, 'ln', { target: 'd/f' })]);
  await past.commit([change('write', 3)], [capture(3, 5, [{ index: 0, bytes: bytes('after') }], { low: 0 })]);
  await past.commit([change('rename', 2, 1, 'd', { parent2: 1, name2: 'e' })]);
  const last = past.overlay.lastSequence;
  const index = new JournalIndex({ read: (from, limit) => past.store.journal(from, limit), yield: async () => {}, last, oldest: 1 });
  const views = new Map<number, PastView>();
  return new HistoryService({
    dev: 6, base: BASE_INO, ...(nodes === undefined ? {} : { nodes }),
    history: {
      point: async (point) => {
        const at = point === 'then' ? 4 : point === 'start' ? 0 : point === 'now' ? last : Number(point);
        if (Number.isNaN(at)) throw new FsError('EINVAL', 'history');
        if (at > last) throw new FsError('ENOENT', 'history', undefined, { detail: 'the oldest point that is kept is 0' });
        return at;
      },
      viewAt: (at) => views.get(at) ?? views.set(at, new PastView(at, index, past.overlay)).get(at)!,
      snapshots: async () => [{ name: 'then', entry: 4, time: 0 }, { name: 'start', entry: 0, time: 0 }],
    },
  });
}

fileServiceConformance('history', () => make(), { writable: false, file: ['then', 'd', 'f'], directory: ['then', 'd'] });

describe('the past as files', () => {
  const walk = async (service: HistoryService, ...names: string[]): Promise<number> => {
    let node = service.root();
    for (const name of names) node = await service.lookup(node, name);
    return node;
  };

  test('HS1 each point has its own tree, by number, by name and as now', async () => {
    const service = await make();
    expect(text(await service.read(await walk(service, '4', 'd', 'f'), 0, 99))).toBe('before');
    expect(await walk(service, '4', 'd', 'f')).toBe(await walk(service, 'then', 'd', 'f'));
    expect(text(await service.read(await walk(service, '5', 'd', 'f'), 0, 99))).toBe('after');
    expect(text(await service.read(await walk(service, 'now', 'e', 'f'), 1, 3))).toBe('fte');
    expect(text(await service.read(await walk(service, '0', 'shipped', 'file'), 0, 99))).toBe('base');
    await expect(walk(service, '0', 'd')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(walk(service, 'now', 'd')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await service.readlink(await walk(service, 'then', 'ln'))).toBe('d/f');
    // One and the same file at two points is not the same file to who compares numbers.
    const [then, now] = [await service.stat(await walk(service, '4', 'd', 'f')), await service.stat(await walk(service, '6', 'e', 'f'))];
    expect(then.ino).not.toBe(now.ino);
    expect([then.size, now.size]).toEqual([6, 5]);
  });

  test('HS2 only snapshots are listed; what is no point is ENOENT, and says what is kept', async () => {
    const service = await make();
    expect((await service.readdir(service.root(), 0, 99)).map(({ name }) => name)).toEqual(['then', 'start']);
    for (const name of ['x', '99', '-1x']) await expect(walk(service, name)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(walk(service, '99')).rejects.toThrow(/oldest point/);
  });

  test('HS3 nothing can be changed', async () => {
    const service = await make();
    for (const operation of ['write', 'truncate', 'create', 'mkdir', 'unlink', 'rmdir', 'rename', 'link', 'symlink', 'setTimes'] as const) expect(service).not.toHaveProperty(operation);
  });

  test('HS4 of too many nodes the longest known are stale; what is held stays', async () => {
    const service = await make(6);
    const kept = await walk(service, '4', 'd', 'f');
    const gone = await walk(service, '4', 'ln');
    service.retain(kept);
    for (const at of ['0', '1', '2', '3', '5', '6']) await service.readdir(await walk(service, at), 0, 99);
    expect(text(await service.read(kept, 0, 9))).toBe('before');
    expect([...service.held()]).toEqual([4]);
    await expect(service.stat(gone)).rejects.toMatchObject({ code: 'ESTALE' });
    service.release(kept);
    expect([...service.held()]).toEqual([]);
  });
});
