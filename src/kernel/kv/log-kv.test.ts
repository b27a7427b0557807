import { expect, it } from 'vitest';
import { SeededRandom } from '../storage/testing/random.ts';
import { KvStore } from './kv-store.ts';
import { LogKvBackend } from './log-kv.ts';
import { bytes, kvConformance, text } from './testing/kv-conformance.ts';
import { MemoryLogFolder } from './testing/memory-log-folder.ts';

kvConformance('LogKvBackend', () => {
  const folder = new MemoryLogFolder();
  return { backend: () => new LogKvBackend({ folder, wasteMin: 200_000 }), crash: () => folder.crash() };
});

const over = (folder: MemoryLogFolder, onDamage?: (frames: number) => void): KvStore => new KvStore(new LogKvBackend({ folder, wasteMin: 1000, ...(onDamage && { onDamage }) }), true);

async function filled(count: number): Promise<MemoryLogFolder> {
  const folder = new MemoryLogFolder();
  const store = over(folder);
  for (let i = 0; i < count; i++) await store.batch('t', [{ key: `a${i}`, value: bytes(`${i}`) }, { key: `b${i}`, value: bytes(`${i}`) }]);
  await store.close();
  return folder;
}

it('KL1 a log that is cut at any byte opens with the whole commits before it, and goes on', async () => {
  const whole = (await filled(4)).files.get('1.log')!;
  for (let length = 0; length <= whole.length; length++) {
    const folder = new MemoryLogFolder();
    folder.files.set('1.log', whole.slice(0, length));
    const damaged: number[] = [];
    const store = over(folder, (frames) => damaged.push(frames));
    const keys = await store.keys('t');
    const count = keys.length / 2;
    expect(keys).toEqual([...Array.from({ length: count }, (_, i) => `a${i}`), ...Array.from({ length: count }, (_, i) => `b${i}`)]);
    if (length === whole.length) expect(count).toBe(4);
    await store.set('t', 'z', bytes('after'));
    await store.close();
    const again = over(folder);
    expect([(await again.keys('t')).length, text(await again.get('t', 'z')), damaged]).toEqual([count * 2 + 1, 'after', []]);
  }
});

it('KL2 a damaged commit in the middle is left out and reported, those after it stay', async () => {
  const folder = await filled(4);
  const log = folder.files.get('1.log')!;
  // Behind the header and the first frame's head.
  log[16 + 8 + 6]! ^= 1;
  const damaged: number[] = [];
  const store = over(folder, (frames) => damaged.push(frames));
  expect(await store.keys('t')).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
  expect([damaged, (await store.info('t')).keys]).toEqual([[1], 6]);
});

it('KL3 a log that is mostly waste is written anew; a kill in the middle leaves the former one', async () => {
  const folder = new MemoryLogFolder();
  const store = over(folder);
  await store.setQuota('t', { keys: 77 });
  for (let i = 0; i < 200; i++) await store.set('t', `k${i % 3}`, bytes(`${i} `.repeat(20)));
  await store.close();
  const [name] = [...folder.files.keys()];
  expect([folder.files.size, Number.parseInt(name!, 10) > 1, folder.files.get(name!)!.length < 5000]).toEqual([1, true, true]);
  // One that was being written: without its mark, and whole but without it.
  const half = folder.files.get(name!)!.slice(0, 300);
  half[8] = 0;
  folder.files.set('99.log', half);
  const next = over(folder);
  expect([text(await next.get('t', 'k1')), (await next.info('t')).maxKeys, [...folder.files.keys()]]).toEqual(['199 '.repeat(20), 77, [name]]);
});

it('KL4 a full disk is ENOSPC and leaves no half of a commit; a file of others is not touched', async () => {
  const folder = new MemoryLogFolder();
  const store = over(folder);
  await store.set('t', 'k', bytes('1'));
  folder.room = 20;
  await expect(store.set('t', 'k', bytes('2'.repeat(100)))).rejects.toMatchObject({ code: 'ENOSPC' });
  folder.room = Infinity;
  expect(text(await store.get('t', 'k'))).toBe('1');
  await store.set('t', 'l', bytes('3'));
  folder.crash();
  expect(await over(folder).keys('t')).toEqual(['k', 'l']);
  const foreign = new MemoryLogFolder();
  foreign.files.set('1.log', bytes('something else, that is long') as Uint8Array<ArrayBuffer>);
  await expect(over(foreign).get('t', 'k')).rejects.toMatchObject({ code: 'EIO' });
  expect(foreign.files.get('1.log')).toHaveLength(28);
});

for (const seed of [11, 12]) {
  it(`KL5 a follower sees whole commits while the owner writes and renews its log, seed ${seed}`, async () => {
    const random = new SeededRandom(seed);
    const folder = new MemoryLogFolder();
    const owner = over(folder);
    const follower = new KvStore(new LogKvBackend({ folder, wasteMin: 1000 }), false);
    const writing = (async () => {
      for (let i = 1; i <= 150; i++) await owner.batch('t', [{ key: 'x', value: bytes(`${i}`.repeat(30)) }, { key: 'y', value: bytes(`${i}`.repeat(30)) }]);
    })();
    for (let i = 0; i < 60; i++) {
      const { entries } = await follower.scanPrefix('t', '');
      if (entries.length > 0) expect(text(entries[0]!.value)).toBe(text(entries[1]!.value));
      if (random.next() < 0.5) await new Promise((resolve) => setTimeout(resolve));
    }
    await writing;
    expect(text(await follower.get('t', 'x'))).toBe('150'.repeat(30));
  });
}
