import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_GRANTS, type ComponentGrants, type SpawnOptions } from '../shared/abi/index.ts';
import { Errno } from '../shared/base/index.ts';
import { Machine, type Outcome } from './machine.ts';

let machine: Machine;
const GUEST = '/home/host-guest.wasm';

beforeAll(async () => {
  machine = await Machine.boot();
  await machine.write(GUEST, await readFile(new URL('guests/host-guest.wasm', import.meta.url)));
});
afterAll(() => machine.dispose());

const dry = (args: string[], grants: Partial<ComponentGrants> = {}, options: Partial<Omit<SpawnOptions, 'stdin'>> = {}): Promise<Outcome> =>
  machine.run(GUEST, args, { permissions: { ...NO_GRANTS, ...grants }, dryRun: true, ...options });

test('DR1 what it writes is in a session of its own', async () => {
  const outcome = await machine.run('/bin/sh', ['-c', 'echo new > /home/dry.txt; cat /home/dry.txt'], { dryRun: true });
  expect(outcome).toMatchObject({ code: 0, stdout: 'new\n' });
  expect(outcome.overlay).toMatch(/^session-/);
  await expect(machine.read('/home/dry.txt')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('DR2 its requests are refused, granted or not, and never made; those of what it starts too', async () => {
  const server = createServer(() => expect.unreachable());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const grants: Partial<ComponentGrants> = { http: [{ host, methods: ['GET'], insecure: true }], spawn: [GUEST] };
  const request = ['http', 'GET', `http://${host}/`];
  expect((await dry(request, grants)).code).toBe(Errno.EACCES);
  expect((await dry(['spawn', GUEST, JSON.stringify({ http: grants.http }), ...request], grants)).code).toBe(Errno.EACCES);
  await new Promise((done) => server.close(done));
});

test('DR3 it reads pairs, and what it writes of them is gone with it', async () => {
  await machine.run(GUEST, ['kv', '', 'set', 'k', 'before']);
  expect(await dry(['kv', '', 'set', 'k', 'after'])).toMatchObject({ code: 0 });
  expect((await dry(['kv', '', 'get', 'k'])).stdout).toBe('before');
  await machine.api.kvSet('shared', 'k', new TextEncoder().encode('before'));
  expect(await dry(['kv', 'shared', 'delete', 'k'], { kv: ['shared'] })).toMatchObject({ code: 0 });
  expect(new TextDecoder().decode((await machine.api.kvGet('shared', 'k'))!)).toBe('before');
});

test('DR4 it opens no socket of the tab’s loopback', async () => {
  const { stderr, code } = await machine.run('/bin/sh', ['-c', 'cat < /dev/tcp/127.0.0.1/8080'], { dryRun: true, grants: { connect: true } });
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/[Pp]ermission|not permitted|denied/);
});
