import { expect, it } from 'vitest';
import { MemoryDisk, MemoryStore } from '../kernel/storage/index.ts';
import { Machine } from './machine.ts';

/** A million bytes of which no two blocks are alike. */
const noise = (seed: number): Uint8Array => Uint8Array.from({ length: 1_000_000 }, (_, i) => Math.imul(i ^ (i >>> 7), 2654435761 + seed * 2) >>> 11);

it('JO10 OV10 a full disk has space again once the history of what was deleted is trimmed', { timeout: 60_000 }, async () => {
  const disk = new MemoryDisk();
  const machine = await Machine.boot({ disk, openStore: () => new MemoryStore(disk, { quota: 3 << 20 }) });
  for (const name of ['a', 'b']) await machine.write(`/home/${name}`, noise(name.charCodeAt(0)));
  for (const name of ['a', 'b']) await machine.api.rm(`/home/${name}`);
  await machine.write('/home/c', noise(1));
  await expect(machine.write('/home/d', noise(2))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await machine.api.notices()).toMatchObject([{ id: 'store', detail: expect.stringContaining('trim the history') }]);
  expect((await machine.api.historyTrim('now')).freed).toBeGreaterThanOrEqual(2_000_000);
  await expect.poll(() => machine.api.notices(), { timeout: 15_000 }).toEqual([]);
  await machine.write('/home/after', 'there is space again');
  expect(new Uint8Array(await machine.api.readFile('/home/d'))).toEqual(noise(2));
  await machine.dispose();
});

it('OV10 what a removed file holds stays while it is open, and goes when it is closed', { timeout: 60_000 }, async () => {
  const disk = new MemoryDisk();
  const first = await Machine.boot({ disk });
  await first.write('/home/held', noise(3));
  await first.dispose();
  const machine = await Machine.boot({ disk });
  const terminal = await machine.terminal();
  await terminal.until('$\x1b[0m ');
  terminal.type('exec 3< /home/held; rm /home/held; echo gone\r');
  await terminal.until('gone\r\n');
  await machine.api.sync();
  expect((await machine.api.historyTrim('now')).freed).toBe(0);
  terminal.type('wc -c <&3; exec 3<&-; echo closed\r');
  await terminal.until(/1000000\r\nclosed\r\n/);
  await machine.api.sync();
  expect((await machine.api.historyTrim('now')).freed).toBeGreaterThanOrEqual(1_000_000);
  await machine.dispose();
});
