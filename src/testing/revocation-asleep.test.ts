import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_GRANTS, type Action, type ComponentGrants, type SpawnOptions } from '../shared/abi/index.ts';
import { Errno } from '../shared/base/index.ts';
import { Machine } from './machine.ts';
import { startProgram, type RunningProgram } from './running-program.ts';

const GUEST = '/home/asleep.wasm';
const HOST_GUEST = '/home/host-guest.wasm';
const BUS: Partial<ComponentGrants> = { publish: ['t.>'], subscribe: ['t.>'] };

let machine: Machine;
let server: Server;
let origin = '';
/** Requests that the server has seen. */
let requests = 0;

beforeAll(async () => {
  machine = await Machine.boot();
  for (const [path, file] of [[GUEST, 'asleep'], [HOST_GUEST, 'host-guest']]) await machine.write(path!, readFileSync(new URL(`./guests/${file}.wasm`, import.meta.url)));
  // The head of a response, and for other paths not even that.
  server = createServer((request, response) => {
    requests++;
    if (request.url === '/head') response.write('first');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await machine.dispose();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const start = (args: string[], granted: Partial<ComponentGrants>, options: Partial<SpawnOptions> = {}, module = GUEST): Promise<RunningProgram> =>
  startProgram(machine, module, { args, permissions: { ...NO_GRANTS, ...granted }, ...options });
const state = async ({ pid }: RunningProgram): Promise<string | undefined> => (await machine.api.processes()).find((info) => info.pid === pid)?.state;

/** All threads of a program that has said that it is ready are asleep. */
async function asleep(program: RunningProgram): Promise<void> {
  await expect.poll(() => program.stdout, { timeout: 5000 }).toContain('ready\n');
  await expect.poll(() => state(program)).toBe('waiting');
}

async function revoke({ pid }: RunningProgram, kind: Action['kind']): Promise<void> {
  const { grants } = (await machine.api.grantList()).find((one) => one.pid === pid)!;
  const ids = grants.filter(({ action }) => action.kind === kind).map(({ id }) => id);
  expect(ids).toHaveLength(1);
  await machine.api.grantRevoke(pid, ids[0]);
}

const NO = Errno.ENOTCAPABLE;
/** What the guest prints when all threads were woken. */
const told = (...lines: string[]): string => [...lines, 'ready', ''].sort().join('\n');
const sorted = (text: string): string => text.split('\n').sort().join('\n');

/** It ends by itself, and has told this. */
async function ends(program: RunningProgram, lines: string): Promise<void> {
  const { code, reason } = await machine.api.wait(program.pid);
  expect({ code, reason }).toEqual({ code: 0, reason: 'exit' });
  await expect.poll(() => sorted(program.stdout)).toBe(lines);
}

describe('RV2 whatever the threads of a process wait for, its grant’s end wakes all of them', () => {
  const woken = told(`read: ${NO}`, `read: ${NO}`, `poll: ${NO}`);

  test('a message, by the host ABI', async () => {
    const program = await start(['mailbox', 't.none'], BUS);
    await asleep(program);
    await revoke(program, 'subscribe');
    await ends(program, woken);
  });

  test('a message, by a file of the bus', async () => {
    const program = await start(['file', 't.none'], { ...BUS, files: [{ path: '/bus/**', rights: ['read'] }] });
    await asleep(program);
    await revoke(program, 'subscribe');
    await ends(program, woken);
  });

  test.each(['/head', '/nothing'])('an HTTP response (%s)', async (path) => {
    const before = requests;
    const program = await start(['http', `${origin}${path}`], { http: [{ host: new URL(origin).host, methods: ['GET'], insecure: true }] });
    await asleep(program);
    await expect.poll(() => requests).toBe(before + 1);
    await asleep(program);
    await revoke(program, 'http');
    await ends(program, woken);
  });

  test('a connection that is to come; who calls is refused', async () => {
    const program = await start(['accept'], {}, { listen: ['127.0.0.1:7401'] });
    await asleep(program);
    await revoke(program, 'listen');
    await ends(program, told(`accept: ${NO}`, `accept: ${NO}`, `poll: ${NO}`));
    await expect(machine.api.connect(7401)).rejects.toThrow('ECONNREFUSED');
  });

  test('what comes by a connection', async () => {
    const program = await start(['connection'], {}, { listen: ['127.0.0.1:7402'] });
    await expect.poll(() => state(program)).toBe('waiting');
    const { readable, writable } = await machine.api.connect(7402);
    await asleep(program);
    await revoke(program, 'listen');
    await ends(program, woken);
    for (const port of [readable, writable]) port.close();
  });

  test('room in a connection', async () => {
    const program = await start(['send'], {}, { listen: ['127.0.0.1:7403'] });
    await expect.poll(() => state(program)).toBe('waiting');
    const { readable, writable } = await machine.api.connect(7403);
    await asleep(program);
    await revoke(program, 'listen');
    await ends(program, told(`write: ${NO}`, `write: ${NO}`, `write: ${NO}`));
    for (const port of [readable, writable]) port.close();
  });

  test('room in the mailbox of one who does not read', async () => {
    const reader = await start(['bus-listen', 't.full', '0', '1', '4096', '0'], BUS, {}, HOST_GUEST);
    await expect.poll(() => reader.stdout).toBe('ready\n');
    const program = await start(['publish', 't.full'], BUS);
    await asleep(program);
    await revoke(program, 'publish');
    await ends(program, told(`publish: ${NO}`, `publish: ${NO}`, `publish: ${NO}`));
    await reader.kill();
  });

  test('room for a request in such a mailbox, of which nothing is left', async () => {
    const reader = await start(['bus-listen', 't.full', '0', '1', '4096', '0'], BUS, {}, HOST_GUEST);
    await expect.poll(() => reader.stdout).toBe('ready\n');
    const program = await start(['ask', 't.full'], BUS);
    await asleep(program);
    await revoke(program, 'publish');
    await ends(program, told(`ask: ${NO}`, `ask: ${NO}`, `ask: ${NO}`));
    await reader.kill();
    expect(machine.kernel.check().faults.filter((fault) => !fault.includes('reached by nothing'))).toEqual([]);
  });
});

test('what waits by another grant sleeps on', async () => {
  const program = await start(['mailbox', 't.other'], { ...BUS, clocks: true });
  await asleep(program);
  await revoke(program, 'publish');
  await revoke(program, 'clocks');
  await expect.poll(() => state(program)).toBe('waiting');
  expect(program.stdout).toBe('ready\n');
  await program.kill();
});
