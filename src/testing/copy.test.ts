import { expect, test } from 'vitest';
import { Machine } from './machine.ts';

const EMPTY = { version: 1 as const, entries: [] };

test('a copy within the workspace stores no bytes again, and is a file of its own; the base layer’s too', { timeout: 30_000 }, async () => {
  const machine = await Machine.boot();
  try {
    const { api, disk } = machine;
    await api.mkdir('/home/d', { recursive: true });
    await api.writeFile('/home/d/big', Uint8Array.from({ length: 4_000_000 }, (_, at) => (at * 7919) >>> 5));
    const before = disk.bytes;
    await api.copy('/home/d', '/home/e', { recursive: true });
    await api.copy('/bin/coreutils', '/home/cat');
    expect(disk.bytes - before).toBeLessThan(40_000);
    await api.writeRange('/home/e/big', 5, Uint8Array.of(1, 2, 3));
    const [a, b] = [await api.readFile('/home/d/big'), await api.readFile('/home/e/big')];
    expect([...b.subarray(5, 8)]).toEqual([1, 2, 3]);
    b.set(a.subarray(5, 8), 5);
    expect(Buffer.compare(a, b)).toBe(0);
    expect((await machine.run('/home/cat', [], { stdin: 'it runs' })).stdout).toBe('it runs');
    expect(machine.kernel.check().faults.filter((fault) => !fault.endsWith('reached by nothing'))).toEqual([]);
  } finally {
    await machine.dispose();
  }
});

test('a copy in memory, and from there into the workspace, is made of bytes', async () => {
  const machine = await Machine.boot({ manifest: EMPTY });
  try {
    const { api } = machine;
    await api.writeFile('/tmp/a', new TextEncoder().encode('hello'));
    await api.copy('/tmp/a', '/tmp/b');
    await api.copy('/tmp/b', '/c');
    expect(await machine.read('/c')).toBe('hello');
  } finally {
    await machine.dispose();
  }
});
