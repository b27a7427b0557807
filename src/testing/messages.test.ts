import { expect, test } from 'vitest';
import { MemoryDisk, MemoryStore } from '../kernel/storage/index.ts';
import type { BusMessage } from '../shared/abi/index.ts';
import { faultOf, MESSAGES, typeOfSubject, type MessageName } from '../shared/ipc/index.ts';
import { Machine } from './machine.ts';

/** A million bytes of which no two blocks are alike. */
const noise = (seed: number): Uint8Array => Uint8Array.from({ length: 1_000_000 }, (_, i) => Math.imul(i ^ (i >>> 7), 2654435761 + seed * 2) >>> 11);

/** Nobody asks here, and progress that is over within 100 ms is not told: `messages.check.ts` compares what is published by its type. */
const NOT_HERE = new Set<MessageName>(['ApprovalRequired.v1', 'ApprovalGiven.v1', 'FsckProgress.v1', 'FolderProgress.v1']);

/** What happens in a day: programs that end in every way, files, a check, a disk that is full and has space again. */
async function day(machine: Machine): Promise<void> {
  await machine.run('/bin/sh', ['-c', 'echo a > "/home/a b.txt"; mkdir -p /home/sub/deep; ln -s a /home/l; mv /home/sub /home/moved; rm -r /home/moved; cat "/home/a b.txt"; exit 3']);
  await machine.run('/bin/spin', [], { limits: { wall: 300 } });
  await machine.run('/bin/trap');
  await machine.run('/bin/probe');
  await machine.api.fsck();
  for (const name of ['a', 'b']) await machine.write(`/home/${name}`, noise(name.charCodeAt(0)));
  for (const name of ['a', 'b']) await machine.api.rm(`/home/${name}`);
  await machine.write('/home/c', noise(1));
  await expect(machine.write('/home/d', noise(2))).rejects.toMatchObject({ code: 'ENOSPC' });
  await machine.api.historyTrim('now');
}

test('MT6: what the kernel sends has a registered type and its shape, and every type that it sends is seen', { timeout: 90_000 }, async () => {
  const disk = new MemoryDisk();
  const machine = await Machine.boot({ disk, openStore: () => new MemoryStore(disk, { quota: 3 << 20 }) });
  const messages: BusMessage[] = [];
  const { port } = await machine.api.subscribe('>');
  port.onmessage = ({ data }: MessageEvent<BusMessage[]>) => {
    messages.push(...data);
    port.postMessage(data.length);
  };
  await day(machine);
  const wanted = (Object.keys(MESSAGES) as MessageName[]).filter((type) => MESSAGES[type].from === 'kernel' && !NOT_HERE.has(type));
  await expect.poll(() => wanted.filter((type) => !messages.some(({ subject }) => typeOfSubject(subject) === type)), { timeout: 20_000 }).toEqual([]);
  const ofKernel = messages.filter(({ subject }) => !/^(probe|elsewhere)\./.test(subject));
  for (const { subject, data, type } of ofKernel) expect([subject, type, type === undefined ? 'has no type' : faultOf(type, data)]).toEqual([subject, typeOfSubject(subject), null]);
  expect(new Set(messages.filter(({ subject }) => subject.endsWith('.exit')).map(({ data }) => (data as { reason: string }).reason))).toEqual(new Set(['exit', 'limit', 'trap']));
  port.close();
  await machine.dispose();
});
