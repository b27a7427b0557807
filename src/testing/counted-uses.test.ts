import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_GRANTS, type AuditRecord } from '../shared/abi/index.ts';
import { Machine } from './machine.ts';
import { startProgram, type RunningProgram } from './running-program.ts';

const GUEST = '/home/host-guest.wasm';
const THREADS = '/home/thread-bus.wasm';
let machine: Machine;

beforeAll(async () => {
  machine = await Machine.boot();
  await machine.write(GUEST, await readFile(new URL('guests/host-guest.wasm', import.meta.url)));
  await machine.write(THREADS, await readFile(new URL('guests/thread-bus.wasm', import.meta.url)));
});
afterAll(() => machine.dispose());

const permissions = { ...NO_GRANTS, publish: ['t.>'], subscribe: ['t.>'] };
const start = (module: string, ...args: string[]): Promise<RunningProgram> => startProgram(machine, module, { args, permissions });

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => void setTimeout(resolve, 20));
}

async function usesOf(pid: number): Promise<number> {
  const process = (await machine.api.grantList()).find((one) => one.pid === pid);
  return process?.grants.find(({ summary }) => summary === 'publish t.>')?.uses ?? 0;
}

const recordsOf = async (pid: number): Promise<AuditRecord[]> => (await machine.api.auditQuery({ pid, kind: 'publish', limit: 1000 })).records;
const sum = (records: readonly AuditRecord[]): number => records.reduce((all, { count }) => all + count, 0);

describe('AU13: what a program publishes is counted, though the kernel is asked once', () => {
  test('one that is killed among thousands of messages: the list counts them while it runs, the audit has them all, and its chain holds', async () => {
    // Nothing is lost on the way, so the last message that comes tells how many were sent.
    const listener = await start(GUEST, 'bus-listen', 't.many', '1000000', '1', '65536', '0');
    await until(() => listener.stdout.startsWith('ready'));
    const publisher = await start(GUEST, 'bus-publish', 't.many', '1000000', '0');
    await until(async () => (await usesOf(publisher.pid)) >= 10_000);
    await publisher.kill();
    const after = await start(GUEST, 'bus-publish', 't.many', '1', '0');
    await until(() => (listener.stdout.match(/^t\.many 0$/gm) ?? []).length === 2);
    await machine.api.wait(after.pid);
    const { stdout } = await listener.kill();
    const sent = Number(/t\.many (\d+)\nt\.many 0\n$/.exec(stdout)?.[1]) + 1;
    const records = await recordsOf(publisher.pid);
    // The one that it was about to send is a use, too.
    expect([sent, sent + 1]).toContain(sum(records));
    expect(sent).toBeGreaterThanOrEqual(10_000 - 1);
    expect(records.every(({ action, decision, by }) => action.kind === 'publish' && action.subject === 't.many' && decision === 'allow' && by === 'grant')).toBe(true);
    expect(records.length).toBeLessThan(50);
    expect((await machine.api.auditVerify()).broken).toBeNull();
  }, 60_000);

  test('one that ends by itself; and the threads of a process count in one word', async () => {
    for (const [module, args, uses] of [[GUEST, ['bus-publish', 't.x', '2500', '0'], 2500], [THREADS, ['write'], 600], [THREADS, ['read'], 603]] as const) {
      const { pid } = await start(module, ...args);
      expect((await machine.api.wait(pid)).code).toBe(0);
      expect(sum(await recordsOf(pid))).toBe(uses);
    }
    expect((await machine.api.auditVerify()).broken).toBeNull();
  });

  test('a revocation tells what was published until then; the call after it is refused once', async () => {
    const publisher = await start(GUEST, 'bus-publish', 't.revoked', '1000000', '0');
    await until(async () => (await usesOf(publisher.pid)) > 100);
    await machine.api.grantRevoke(publisher.pid);
    await machine.api.wait(publisher.pid);
    const { records } = await machine.api.auditQuery({ pid: publisher.pid, limit: 1000 });
    const allowed = records.filter(({ action, decision }) => action.kind === 'publish' && decision === 'allow');
    expect(sum(allowed)).toBeGreaterThan(100);
    expect(records.filter(({ action, decision }) => action.kind === 'publish' && decision === 'deny')).toMatchObject([{ by: 'revoked', count: 1 }]);
  });
});
