import { expect, it } from 'vitest';
import type { HistoryCost } from '../../shared/abi/index.ts';
import { Random } from '../../shared/testing/random.ts';
import { emptyBatch, type Store } from '../contract/index.ts';
import { find, openRig, scramble, type Rig } from '../merge/testing/rig.ts';
import { refsOf } from '../storage/index.ts';
import { CostCounter } from './cost.ts';

const pause = async (): Promise<void> => undefined;

/** Of all rows and records, by whole hashes. */
async function naive({ store, index }: Rig): Promise<Omit<HistoryCost, 'journal'>> {
  const present = new Map<string, number>();
  for (const { id } of await store.layers()) {
    const batch = emptyBatch({ entries: await store.scanEntries(id, null, 1e6), nodes: await store.scanNodes(id, 0, 1e6) });
    for (const { hash, length } of refsOf(batch)) present.set(hash, length);
  }
  const past = new Map<string, number>();
  const journal = await store.journal(index.oldest, 1e6);
  for (const { hash, length } of refsOf(emptyBatch({ journal }))) if (!present.has(hash)) past.set(hash, length);
  const sum = (bytes: Map<string, number>): number => [...bytes.values()].reduce((total, length) => total + length, 0);
  return { entries: journal.length, oldest: index.oldest, present: sum(present), past: sum(past) };
}

it.for([1, 2, 3, 4])('HR5 a count that goes on from the last one is a full count, whatever is written, frozen, committed and trimmed between: seed %i', { timeout: 60_000 }, async (seed) => {
  const random = new Random(seed);
  const rig = await openRig();
  const { index, store } = rig;
  const page = 16;
  const running = [new CostCounter({ index, store, yield: pause, page }), new CostCounter({ index, store, yield: pause, page, chunksMax: 5 })];
  for (let round = 0; round < 15; round++) {
    await rig.act((service) => scramble(service, random, random.pick(['/a', '/b']), 1 + random.below(40), 2));
    if (random.below(4) === 0) await rig.layers.push(`layer-${round}`);
    if (random.below(6) === 0 && rig.layers.stack.stack.length > 0) await rig.layers.commit();
    const last = await rig.history.point('now');
    if (random.below(3) === 0) await rig.retention.trim(index.oldest + random.below(last - index.oldest + 1));
    if (random.below(3) === 0) continue;
    await rig.settle(true);
    const full = await new CostCounter({ index, store, yield: pause, page }).count();
    expect(full).toMatchObject(await naive(rig));
    for (const counter of running) expect(await counter.count(), `round ${round}`).toEqual(full);
  }
  expect(index.last).toBeGreaterThan(100);
});

it('HR5 a second count reads neither what did not change of the journal nor frozen layers', async () => {
  const rig = await openRig();
  await rig.act(async (service) => {
    const dir = await find(service, '/a');
    for (let i = 0; i < 3000; i++) await service.create(dir, `f${i}`);
  });
  await rig.settle(true);
  await rig.layers.push('frozen');
  const read: string[] = [];
  const store = new Proxy(rig.store, {
    get(target, name: keyof Store) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (name === 'journal' || name === 'scanEntries') read.push(`${name} ${String(args[0])}`);
        return value.apply(target, args) as unknown;
      };
    },
  });
  const counter = new CostCounter({ index: rig.index, store, yield: pause });
  const first = await counter.count();
  expect(read.filter((call) => call.startsWith('journal'))).toEqual(['journal 1', 'journal 1025', 'journal 2049']);
  read.length = 0;
  expect(await counter.count()).toEqual(first);
  expect(read).toEqual([]);
  await rig.act(async (service) => void (await service.create(await find(service, '/a'), 'one more')));
  await rig.settle(true);
  expect((await counter.count()).entries).toBe(first.entries + 1);
  expect(read).toEqual([`scanEntries ${rig.layers.stack.upper}`, 'journal 2049']);
});

it('HR5 a layer that was counted as the upper is counted once more when it is frozen', async () => {
  const rig = await openRig();
  const put = (byte: number) => rig.act(async (service) => {
    const dir = await find(service, '/a');
    const there = (await service.readdir(dir, 0, 99)).find(({ name }) => name === 'f')?.node;
    await service.write(there ?? (await service.create(dir, 'f')), 0, new Uint8Array(1000).fill(byte));
  });
  const counter = new CostCounter({ index: rig.index, store: rig.store, yield: pause });
  await put(1);
  await rig.settle(true);
  expect(await counter.count()).toMatchObject({ present: 1000, past: 0 });
  await rig.act(async (service) => void (await service.write(await find(service, '/a/f'), 1000, new Uint8Array(500))));
  await rig.settle(true);
  await rig.layers.push('frozen');
  expect(await counter.count()).toMatchObject({ present: 1500, past: 1000 });
});
