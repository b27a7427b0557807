import { expect, test } from 'vitest';
import { KvStore } from './kv-store.ts';
import { LogKvBackend } from './log-kv.ts';
import { MemoryKvBackend, MemoryKvDisk } from './memory-kv.ts';
import { PACKAGE_QUOTA } from './quota.ts';
import { SplitKvStore } from './split-store.ts';
import { bytes, text } from './testing/kv-conformance.ts';
import { MemoryLogFolder } from './testing/memory-log-folder.ts';

test('KL6 programs’ own pairs are in the log, all others where they were; one store for all', async () => {
  const disk = new MemoryKvDisk();
  const folder = new MemoryLogFolder();
  const open = (): SplitKvStore => new SplitKvStore(new MemoryKvBackend(disk), new LogKvBackend({ folder }), true);
  const store = open();
  for (const namespace of ['notes', 'pkg:a']) {
    await store.set(namespace, 'k', bytes(namespace));
    await store.batch(namespace, [{ key: 'b', value: bytes('1') }, { key: 'c', value: bytes('2') }]);
    expect(await store.change(namespace, [{ key: 'c' }, { key: 'd' }])).toEqual([true, false]);
    expect([await store.has(namespace, 'b'), await store.has(namespace, 'c'), await store.delete(namespace, 'none')]).toEqual([true, false, false]);
    expect([await store.keys(namespace), (await store.scanPrefix(namespace, 'b')).entries.map(({ key }) => key), (await store.entries(namespace, { maxBytes: 100 })).length]).toEqual([['b', 'k'], ['b'], 2]);
  }
  expect(await store.namespaces()).toEqual(['notes', 'pkg:a']);
  expect([(await store.info('notes')).backend, (await store.info('pkg:a')).backend, (await store.info('pkg:a')).maxBytes]).toEqual(['memory', 'opfs', PACKAGE_QUOTA.maxBytes]);
  await store.setQuota('pkg:a', { keys: 7 });
  await store.loseOwnership();
  for (const namespace of ['notes', 'pkg:a']) await expect(store.set(namespace, 'k', bytes('x'))).rejects.toMatchObject({ code: 'EROFS' });
  await store.gainOwnership();
  await store.replace('pkg:b', [{ key: 'x', value: bytes('y') }], true);
  await store.clear('notes');
  await store.close();

  const programs = new KvStore(new LogKvBackend({ folder }), true);
  expect([await programs.namespaces(), text(await programs.get('pkg:a', 'k')), (await programs.info('pkg:a')).maxKeys]).toEqual([['pkg:a', 'pkg:b'], 'pkg:a', 7]);
  await programs.close();
  const others = new KvStore(new MemoryKvBackend(disk), true);
  expect(await others.namespaces()).toEqual([]);
});
