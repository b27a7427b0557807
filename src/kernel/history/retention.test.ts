import { describe, expect, it } from 'vitest';
import { Random } from '../../shared/testing/random.ts';
import { find, openRig, scramble, shown, shownView, type Rig } from '../merge/testing/rig.ts';

const sorted = (tree: Map<string, string>): string[] => [...tree].map(([path, what]) => `${path} ${what}`).sort();

async function fill(rig: Rig, name: string, bytes: number, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    await rig.act(async (service) => {
      const dir = await find(service, '/a');
      const there = (await service.readdir(dir, 0, 999)).find((entry) => entry.name === name)?.node;
      const data = Uint8Array.from({ length: bytes }, () => Math.floor(Math.random() * 256));
      await service.write(there ?? (await service.create(dir, name)), 0, data);
    });
  }
}

describe('bounds', () => {
  it('HR1 are 90 days, 200 000 entries and 1 GiB, and stay as they are set', async () => {
    const rig = await openRig();
    expect(await rig.retention.bounds()).toEqual({ age: 90 * 86_400_000, entries: 200_000, bytes: 2 ** 30 });
    await rig.retention.setBounds({ age: null, entries: 5, bytes: 7 });
    await rig.journal.close();
    const again = await openRig(rig.disk);
    expect(await again.retention.bounds()).toEqual({ age: null, entries: 5, bytes: 7 });
    for (const bad of [{ age: -1, entries: null, bytes: null }, { age: 1 }, null, { age: NaN, entries: 1, bytes: 1 }]) {
      await expect(again.retention.setBounds(bad as never)).rejects.toMatchObject({ code: 'EINVAL' });
    }
  });

  it('HR2 what is beyond the bound of entries, bytes or age goes, with its chunks', async () => {
    const rig = await openRig();
    await fill(rig, 'f', 60_000, 120);
    await rig.settle(true);
    const before = await rig.retention.cost();
    expect(before.past).toBe(119 * 60_000);
    expect(before.present).toBe(60_000);
    expect(await rig.retention.tend()).toBe(false);
    await rig.retention.setBounds({ age: null, entries: null, bytes: 20 * 60_000 });
    const bytes = rig.disk.bytes;
    expect(await rig.retention.tend()).toBe(true);
    const after = await rig.retention.cost();
    expect(after.past).toBeLessThanOrEqual(20 * 60_000);
    expect(after.past).toBeGreaterThan(15 * 60_000);
    expect(rig.disk.bytes).toBeLessThan(bytes - 90 * 60_000);
    await fill(rig, 'g', 10, 90);
    await rig.retention.setBounds({ age: null, entries: 10, bytes: null });
    expect(await rig.retention.tend()).toBe(true);
    expect((await rig.retention.cost()).entries).toBe(10);
    await fill(rig, 'g', 10, 90);
    await rig.settle(true);
    await rig.retention.setBounds({ age: 1000, entries: null, bytes: null });
    rig.clock.ms = 1e9;
    expect(await rig.retention.tend()).toBe(true);
    expect(await rig.retention.cost()).toMatchObject({ entries: 0, past: 0 });
    expect(rig.check()).toEqual([]);
  });

  it('HR3 a snapshot keeps all that came after it; without it the points before are ENOENT, and say what is kept', async () => {
    const rig = await openRig();
    await fill(rig, 'f', 100, 5);
    const { entry } = await rig.history.snapshot('keep');
    const then = sorted(await shown(rig.service));
    await fill(rig, 'f', 100, 20);
    await rig.retention.trim(await rig.history.point('now'));
    expect((await rig.retention.cost()).oldest).toBe(entry + 1);
    expect(sorted(await shownView(await rig.history.view('keep')))).toEqual(then);
    await rig.history.dropSnapshot('keep');
    const last = await rig.history.point('now');
    await rig.retention.trim(last);
    await expect(rig.history.view(entry)).rejects.toThrow(`the oldest point that is kept is ${last}`);
    await expect(rig.history.snapshot('late', entry)).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await rig.history.entries()).entries).toEqual([]);
    expect(await rig.history.runs()).toEqual([]);
  });
});

it.for([1, 2, 3, 4, 5])('HR4 whatever is kept can be read, whatever is trimmed and collected while programs write, and after reopening: seed %i', { timeout: 60_000 }, async (seed) => {
  const random = new Random(seed);
  let rig = await openRig();
  const points = new Map<number, string[]>();
  for (let round = 0; round < 14; round++) {
    const work = rig.act((service) => scramble(service, random, random.pick(['/a', '/b']), 1 + random.below(10), 3));
    if (random.below(3) === 0 && points.size > 0) {
      const at = random.pick([...points.keys()]);
      const trimming = rig.retention.trim(at).catch((error: unknown) => error);
      await work;
      expect(await trimming).not.toBeInstanceOf(Error);
    } else await work;
    points.set(await rig.history.point('now'), sorted(await shown(rig.service)));
    if (random.below(4) === 0) await rig.layers.push(`layer-${round}`);
    else if (random.below(3) === 0) await rig.layers.commit().catch(() => undefined);
    if (random.below(4) === 0) {
      await rig.journal.close();
      await rig.store.close();
      rig = await openRig(rig.disk);
    }
    for (const [at, tree] of points) {
      if (at >= rig.index.oldest - 1) expect(sorted(await shownView(rig.history.viewAt(at))), `entry ${at}`).toEqual(tree);
      else await expect(rig.history.view(at)).rejects.toMatchObject({ code: 'ENOENT' });
    }
  }
  expect(rig.check()).toEqual([]);
});

it('HR6 what an undo is about to bring back is not freed before it has', async () => {
  let rig = await openRig();
  await fill(rig, 'f', 60_000);
  await fill(rig, 'g', 70_000);
  const before = sorted(await shown(rig.service));
  const run = await rig.act(async (service) => {
    const dir = await find(service, '/a');
    for (const name of ['f', 'g']) await service.unlink(dir, name);
  });
  // Nobody has the files open any more.
  await rig.journal.close();
  await rig.store.close();
  rig = await openRig(rig.disk);
  // The plan is made; before its first step all of the past is trimmed.
  let trimmed: Promise<unknown> | undefined;
  const as = rig.service.as.bind(rig.service);
  rig.service.as = (pid) => {
    const service = as(pid);
    const adopt = service.adopt.bind(service);
    service.adopt = async (...args) => {
      await (trimmed ??= rig.history.point('now').then((now) => rig.retention.trim(now)));
      return adopt(...args);
    };
    return service;
  };
  expect(await rig.travel.undo({ run })).toMatchObject({ conflicts: [] });
  expect(trimmed).toBeDefined();
  await rig.journal.close();
  await rig.store.close();
  const again = await openRig(rig.disk);
  expect(sorted(await shown(again.service))).toEqual(before);
  await again.retention.trim(await again.history.point('now'));
  expect(await again.retention.cost()).toMatchObject({ entries: 0, past: 0 });
});

it('HR7 of trimmed records nothing stays in memory but where they were', async () => {
  const rig = await openRig();
  await fill(rig, 'f', 10, 200);
  const { run, seq } = (await rig.history.entries({ limit: 1, before: 100 })).entries[0]!;
  expect(rig.index.spanOfRun(run)).toMatchObject({ last: seq });
  const last = await rig.history.point('now');
  const node = (await rig.index.record(last)).after!.ino;
  await rig.retention.trim(last);
  expect(rig.index.spanOfRun(run)).toBeUndefined();
  expect(rig.index.ofNode(node, 0).length).toBeLessThan(40);
  await expect(rig.index.record(50)).rejects.toMatchObject({ code: 'ENOENT' });
  await fill(rig, 'f', 10, 100);
  expect((await rig.history.entries({ limit: 500 })).entries.map((entry) => entry.seq).at(-1)).toBe(last + 1);
});

it('HR2 MG10 a run that ended long ago is kept while one that it started, also through others, is', async () => {
  const rig = await openRig();
  const make = (name: string) => async (service: Rig['service']): Promise<void> => void (await service.create(await find(service, '/a'), name));
  const script = await rig.program(0);
  const silent = await rig.program(script);
  const gone = await rig.program(script, make('gone'));
  const child = await rig.program(silent, make('early'));
  for (const pid of [script, silent, gone]) rig.runs.end(pid);
  rig.tick();
  await rig.act(make('later'));
  const cut = await rig.history.point('now');
  await make('late')(rig.service.as(child));
  rig.runs.end(child);
  await rig.settle(true);
  const [run, dropped] = [rig.runs.of(script), rig.runs.of(gone)];
  await rig.retention.trim(cut);
  expect((await rig.store.runs(0, 99)).map((each) => each.run)).not.toContain(dropped);
  await rig.journal.close();
  await rig.store.close();
  const again = await openRig(rig.disk);
  expect(await again.travel.undo({ run, children: true })).toMatchObject({ changed: ['/a/late'], conflicts: [] });
});
