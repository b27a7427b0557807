import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_GRANTS, type ComponentGrants, type SpawnOptions } from '../shared/abi/index.ts';
import { Errno } from '../shared/base/index.ts';
import { receiveBytes } from '../shared/link/index.ts';
import { Machine, type Outcome } from './machine.ts';

let machine: Machine;
const GUEST = '/home/host-guest.wasm';

beforeAll(async () => {
  machine = await Machine.boot();
  await machine.write(GUEST, await readFile(new URL('guests/host-guest.wasm', import.meta.url)));
});
afterAll(() => machine.dispose());

const run = (args: string[], grants: Partial<ComponentGrants> = {}, options: Partial<Omit<SpawnOptions, 'stdin'>> = {}): Promise<Outcome> =>
  machine.run(GUEST, args, { permissions: { ...NO_GRANTS, ...grants }, ...options });

describe('key-value pairs from a program', () => {
  test('its own need no grant, and are there in the next run; deleting what is not there is ENOENT', async () => {
    expect(await run(['kv', '', 'set', 'a', 'one'])).toMatchObject({ code: 0, stderr: '' });
    await run(['kv', '', 'set', 'b', 'two']);
    expect((await run(['kv', '', 'get', 'a'])).stdout).toBe('one');
    expect((await run(['kv', '', 'scan', ''])).stdout).toBe('\x01\0\0\0\x03\0\0\0aone\x01\0\0\0\x03\0\0\0btwo');
    expect(await run(['kv', '', 'delete', 'a'])).toMatchObject({ code: 0 });
    expect(await run(['kv', '', 'delete', 'a'])).toMatchObject({ code: Errno.ENOENT });
    expect(await run(['kv', '', 'get', 'a'])).toMatchObject({ code: Errno.ENOENT });
  });

  test('those of others are by their grant; the kernel’s are nobody’s', async () => {
    expect(await run(['kv', 'shared', 'set', 'k', 'v'])).toMatchObject({ code: Errno.ENOTCAPABLE });
    expect(await run(['kv', 'shared', 'set', 'k', 'v'], { kv: ['shared'] })).toMatchObject({ code: 0 });
    expect(new TextDecoder().decode((await machine.api.kvGet('shared', 'k'))!)).toBe('v');
    expect(await run(['kv', 'shared/x', 'get', 'k'], { kv: ['shared'] })).toMatchObject({ code: Errno.ENOTCAPABLE });
    expect((await run(['kv', 'palimpsest:audit', 'set', 'k', 'v'])).code).not.toBe(0);
  });

  test('a program is known by what it is, not by its path', async () => {
    await run(['kv', '', 'set', 'mine', 'yes']);
    const bytes = await machine.api.readFile(GUEST);
    await machine.write('/home/copy.wasm', bytes);
    expect((await machine.run('/home/copy.wasm', ['kv', '', 'get', 'mine'])).stdout).toBe('yes');
    // A custom section more, and it is another program.
    await machine.write('/home/other.wasm', Uint8Array.from([...bytes, 0, 2, 1, 97]));
    expect((await machine.run('/home/other.wasm', ['kv', '', 'get', 'mine'])).code).toBe(Errno.ENOENT);
  });

  test('nine thousand in batches, and single ones', async () => {
    expect(await run(['kv-batch', '9000', '500'], { clocks: true })).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['kv-set', '200'], { clocks: true })).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['kv-get', '200'], { clocks: true })).toMatchObject({ code: 0, stderr: '' });
    const [own] = (await machine.api.kvNamespaces()).filter((name) => name.startsWith('pkg:'));
    expect(await machine.api.kvGet(own!, 'bench/008999')).toHaveLength(100);
  });

  test('in a session it reads them, and changes none', async () => {
    expect(await run(['kv', '', 'set', 'b', 'of the session'], {}, { overlay: 'session' })).toMatchObject({ code: 0 });
    expect((await run(['kv', '', 'get', 'b'], {}, { overlay: 'session' })).stdout).toBe('two');
  });
});

describe('HTTP from a program', () => {
  let server: Server;
  let origin: string;
  let host: string;
  let serve: (request: IncomingMessage, response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((request, response) => serve(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    origin = `http://${host}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const granted = (methods = ['GET', 'POST']): Partial<ComponentGrants> => ({ http: [{ host, methods, insecure: true }] });

  test('a granted host answers; another host, method or scheme does not', async () => {
    serve = (request, response) => {
      let body = '';
      request.on('data', (part) => (body += part)).on('end', () => response.writeHead(200, { 'X-Seen': request.headers['x-mine'] ?? '' }).end(`${request.method} ${body}`));
    };
    const { code, stdout } = await run(['http', 'POST', `${origin}/`, 'X-Mine: yes', '--body=text'], granted());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(stdout).toMatch(/\r\nx-seen: yes\r\n[^]*\r\nPOST text$/);
    expect((await run(['http', 'DELETE', `${origin}/`], granted())).code).toBe(Errno.ENOTCAPABLE);
    expect((await run(['http', 'GET', `${origin}/`])).code).toBe(Errno.ENOTCAPABLE);
    expect((await run(['http', 'GET', `${origin}/`], { http: [{ host, methods: ['GET'] }] })).code).toBe(Errno.ENOTCAPABLE);
    expect((await run(['http', 'GET', `${origin}/`, 'Cookie: a=b'], granted())).code).toBe(Errno.EPERM);
  });

  test('an address is what it is, however it is spelled; tricks with names reach nobody', async () => {
    let reached = 0;
    serve = (_request, response) => {
      reached++;
      response.end('reached');
    };
    const { port } = server.address() as AddressInfo;
    expect((await run(['http', 'GET', `http://0x7f.1:${port}/`], granted())).stdout).toMatch(/reached$/);
    expect((await run(['http', 'GET', `http://2130706433:${port}/`], granted())).stdout).toMatch(/reached$/);
    const wild: Partial<ComponentGrants> = { http: [{ host: `localhost:${port}`, methods: ['GET'], insecure: true }, { host: `*.example.org:${port}`, methods: ['GET'], insecure: true }] };
    reached = 0;
    for (const url of [`http://127.0.0.1:${port}/`, `http://0177.1:${port}/`, `http://[::1]:${port}/`, `http://[::ffff:127.0.0.1]:${port}/`, `http://localhost.:${port}/`, `http://localhost:${port}@127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}#localhost:${port}/`, `http://127.0.0.1:${port}\\@localhost:${port}/`, `http://127.0.0.1:${port}/.example.org:${port}`, `http://localhost/`]) {
      expect([Errno.ENOTCAPABLE, Errno.EINVAL], url).toContain((await run(['http', 'GET', url], wild)).code);
    }
    expect(reached).toBe(0);
  });

  test('a redirect to a host that is not granted reaches it not', async () => {
    const other = createServer(() => expect.unreachable());
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    serve = (_request, response) => void response.writeHead(302, { Location: `http://127.0.0.1:${(other.address() as AddressInfo).port}/` }).end();
    expect(await run(['http', 'GET', `${origin}/`], granted())).toMatchObject({ code: Errno.ENOTCAPABLE, stdout: '' });
    await new Promise((done) => other.close(done));
  });

  test('the response comes as it is sent; a kill cancels it, and a grant that is revoked fails the read that waits', async () => {
    let closed = 0;
    serve = (_request, response) => void response.on('close', () => closed++).write('first');
    const until = async (holds: () => boolean): Promise<void> => {
      while (!holds()) await new Promise((done) => setTimeout(done, 5));
    };
    const start = async () => {
      const { pid, stdout, stderr } = await machine.api.spawn({ module: GUEST, args: ['http', 'GET', `${origin}/`], permissions: { ...NO_GRANTS, ...granted() }, stdin: new Uint8Array(0) });
      void new Response(receiveBytes(stderr!)).text();
      const reader = receiveBytes(stdout!).getReader();
      let text = '';
      while (!text.endsWith('first')) text += new TextDecoder().decode((await reader.read()).value);
      return { pid, reader };
    };
    const killed = await start();
    await machine.api.kill(killed.pid, 'KILL');
    await until(() => closed === 1);
    const revoked = await start();
    const { grants } = (await machine.api.grantList()).find(({ pid }) => pid === revoked.pid)!;
    await machine.api.grantRevoke(revoked.pid, grants.find(({ action }) => action.kind === 'http')!.id);
    expect((await machine.api.wait(revoked.pid)).code).toBe(Errno.ENOTCAPABLE);
    await until(() => closed === 2);
  });
});

test('clocks are gone with their grant, while the program runs', async () => {
  const { pid, stdout } = await machine.api.spawn({ module: GUEST, args: ['kv-set', '100000000'], permissions: { ...NO_GRANTS, clocks: true }, stdin: new Uint8Array(0) });
  void new Response(receiveBytes(stdout!)).text();
  const [namespace] = (await machine.api.kvNamespaces()).filter((name) => name.startsWith('pkg:'));
  await machine.api.kvClear(namespace!);
  while ((await machine.api.kvUsage(namespace!)).keys === 0) await new Promise((done) => setTimeout(done, 2));
  expect((await machine.api.processes()).find((info) => info.pid === pid)?.state).not.toBe('exited');
  await machine.api.grantRevoke(pid, (await machine.api.grantList()).find((one) => one.pid === pid)!.grants.find(({ action }) => action.kind === 'clocks')!.id);
  // The guest has no time any more, and says so.
  expect((await machine.api.wait(pid)).code).toBe(Errno.ENOTCAPABLE);
});

test('a request that the user allows while the program runs is answered at once', async () => {
  const server = createServer((_request, response) => void response.end('allowed'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  await machine.api.approvalList();
  const outcome = run(['http', 'GET', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`]);
  let asked = await machine.api.approvalList();
  while (asked.length === 0) {
    await new Promise((done) => setTimeout(done, 5));
    asked = await machine.api.approvalList();
  }
  await machine.api.approvalAnswer(asked[0]!.id, 'running');
  expect((await outcome).stdout).toMatch(/\r\n\r\nallowed$/);
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});
