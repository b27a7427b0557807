import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { httpClient } from '../../host/adapters/http-client.ts';
import type { Action } from '../../shared/abi/index.ts';
import { errnoName, FsError } from '../../shared/base/index.ts';
import type { Authority, HttpClient } from '../contract/index.ts';
import { EMPTY_COMMAND, Rig, turn, type Guest } from '../process/testing/rig.ts';
import { BufferWindow, Ring } from '../../shared/arena/index.ts';
import { BYTES_MAX, OPEN_MAX } from './budget.ts';
import { HttpService } from './http-service.ts';

let rig: Rig;
let guest: Guest;
let pid: number;
let http: HttpService;
let server: Server;
let origin: string;
let serve: (request: IncomingMessage, response: ServerResponse) => void;
let asked: string[];
let allowed: (url: URL) => boolean;
let watches: { action: Action; onRevoked: () => void }[];

const authority: Authority = {
  require: (_pid, action) => {
    if (action.kind !== 'http') throw new Error('another action');
    asked.push(`${action.method} ${action.url}`);
    if (!allowed(new URL(action.url))) throw new FsError('ENOTCAPABLE', 'http');
  },
  watch: (_pid, action, onRevoked) => {
    const watch = { action, onRevoked };
    watches.push(watch);
    return { dispose: () => void (watches = watches.filter((one) => one !== watch)) };
  },
};

const serviceOver = (client: HttpClient): HttpService => new HttpService({
  authority, client, descriptors: rig.descriptors, isAlive: (process) => rig.processes.get(process.pid) === process, attach: (pump) => rig.processes.attach([pump]),
});

beforeEach(async () => {
  asked = [];
  watches = [];
  allowed = () => true;
  server = createServer((request, response) => serve(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  rig = await Rig.make({ p: (started) => void (guest = started) });
  pid = (await rig.api.spawn({ module: EMPTY_COMMAND, name: 'p' })).pid;
  await turn();
  http = serviceOver(httpClient);
});

afterEach(async () => {
  guest.exit(0);
  await rig.api.wait(pid);
  http.forget(pid);
  rig.processes.pump();
  expect([http.open, watches]).toEqual([0, []]);
  rig.processes.dispose();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const open = async (text: string): Promise<number> => guest.fds.install(await http.request(rig.processes.get(pid)!, encode(text)), 3);
const get = (path: string): Promise<number> => open(`GET ${origin}${path} HTTP/1.1\r\n\r\n`);
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await turn(2);
};

async function code(action: () => Promise<unknown>): Promise<string> {
  return action().then(() => 'accepted', (error: unknown) => (error instanceof FsError ? error.code : String(error)));
}

/** One look, as a guest's read that does not wait; a number below 0 is -1 for the end, else an errno. */
function look(fd: number, length = 65536): string | number {
  const ring = new Ring(rig.arena, rig.descriptors.files.object(guest.fds.get(fd)));
  const bytes = new Uint8Array(length);
  const count = ring.tryRead(new BufferWindow(rig.arena).wrap(bytes), 0, length);
  rig.processes.pump();
  return count < 0 ? count : new TextDecoder('latin1').decode(bytes.subarray(0, count));
}

async function readAll(fd: number): Promise<{ text: string; end: string }> {
  let text = '';
  for (;;) {
    const part = look(fd);
    if (typeof part === 'number') return { text, end: part === -1 ? 'end' : errnoName(-part) };
    text += part;
    if (part === '') await turn(1);
  }
}

test('HS1 status line, headers, empty line, body, end; the request goes as it was written, with nothing of anybody else', async () => {
  let seen: IncomingMessage['headers'] = {};
  serve = (request, response) => {
    seen = request.headers;
    let body = '';
    request.on('data', (part) => (body += part)).on('end', () => response.writeHead(201, 'Made', { 'X-Answer': '42', 'Set-Cookie': 'a=b' }).end(`${request.method} ${request.url} ${body}`));
  };
  const fd = await open(`POST ${origin}/a?b HTTP/1.1\r\nX-Mine: yes\r\nAuthorization: Bearer t\r\nContent-Length: 4\r\n\r\nbody`);
  const { text, end } = await readAll(fd);
  expect(text.split('\r\n')[0]).toBe('HTTP/1.1 201 Made');
  expect(text).toMatch(/\r\nx-answer: 42\r\n/);
  expect(text).not.toMatch(/cookie|content-length|transfer-encoding/i);
  expect([text.split('\r\n\r\n')[1], end]).toEqual(['POST /a?b body', 'end']);
  expect(seen).toMatchObject({ 'x-mine': 'yes', authorization: 'Bearer t' });
  expect(seen).not.toHaveProperty('cookie');
  expect(seen).not.toHaveProperty('referer');
  expect(asked).toEqual([`POST ${origin}/a?b`]);
  // Until it is closed the response is the grant's.
  expect(watches).toHaveLength(1);
});

test('HS2 nobody who is not allowed to reaches the network', async () => {
  allowed = () => false;
  serve = () => expect.unreachable();
  expect(await code(() => get('/'))).toBe('ENOTCAPABLE');
  expect(await code(() => open(`GET ${origin.replace('//', '//user@')}/ HTTP/1.1\r\n\r\n`))).toBe('EINVAL');
  expect(asked).toHaveLength(1);
  expect(http.open).toBe(0);
});

test('HS3 a long poll stays open, and its bytes come when the server sends them', async () => {
  let answer: ServerResponse | undefined;
  serve = (_request, response) => {
    response.writeHead(200).flushHeaders();
    answer = response;
  };
  const fd = await get('/');
  await until(() => answer !== undefined);
  let head = '';
  await until(() => (head += look(fd)).endsWith('\r\n\r\n'));
  await turn(50);
  expect(look(fd)).toBe('');
  answer!.write('one');
  let text = '';
  await until(() => (text += look(fd)) === 'one');
  answer!.end('two');
  expect(await readAll(fd)).toEqual({ text: 'two', end: 'end' });
});

test('HS4 a reader that does not read holds the server up', async () => {
  let sent = 0;
  const part = Buffer.alloc(64 * 1024, 'x');
  const total = 64 * 1024 * 1024;
  serve = (_request, response) => {
    const write = (): void => {
      while (sent < total) {
        sent += part.length;
        if (!response.write(part)) return void response.once('drain', write);
      }
      response.end();
    };
    write();
  };
  const fd = await get('/');
  await turn(300);
  const before = sent;
  await turn(300);
  expect(sent).toBe(before);
  expect(before).toBeLessThan(total / 2);
  const { text, end } = await readAll(fd);
  expect([text.length - text.indexOf('\r\n\r\n') - 4, end]).toEqual([total, 'end']);
});

test('HS5 closing the descriptor cancels, before there is an answer and in the middle of it', async () => {
  let gone = 0;
  serve = (request, response) => {
    response.on('close', () => gone++);
    if (request.url === '/sends') response.write('part');
  };
  const [waits, sends] = [await get('/waits'), await get('/sends')];
  await until(() => look(sends) !== '');
  guest.fds.close(waits);
  guest.fds.close(sends);
  rig.processes.pump();
  await until(() => gone === 2);
  expect(http.open).toBe(0);
});

test('HS5 the end of the process cancels', async () => {
  let gone = false;
  serve = (_request, response) => void response.on('close', () => (gone = true)).write('part');
  const fd = await get('/');
  await until(() => look(fd) !== '');
  await rig.api.kill(pid, 'KILL');
  rig.processes.pump();
  await until(() => gone);
});

test('HS6 a grant that is revoked ends the stream: what has arrived is gone too, also after the end', async () => {
  let gone = false;
  serve = (request, response) => {
    if (request.url === '/whole') return void response.end('secret');
    response.on('close', () => (gone = true)).write('secret');
  };
  const [open_, whole] = [await get('/open'), await get('/whole')];
  await turn(100);
  for (const { onRevoked } of [...watches]) onRevoked();
  expect([look(open_), look(whole)].map((result) => errnoName(-Number(result)))).toEqual(['ENOTCAPABLE', 'ENOTCAPABLE']);
  await until(() => gone);
});

test('HS7 a redirect is asked for anew, hop by hop; a credential stays with its origin', async () => {
  const seen: (string | undefined)[] = [];
  const other = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('there');
  });
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const there = `http://127.0.0.1:${(other.address() as AddressInfo).port}/there`;
  serve = (_request, response) => void response.writeHead(302, { Location: there }).end();
  const request = `POST ${origin}/ HTTP/1.1\r\nAuthorization: Bearer t\r\n\r\nbody`;
  expect((await readAll(await open(request))).text).toMatch(/there$/);
  expect([asked, seen]).toEqual([[`POST ${origin}/`, `GET ${there}`], [undefined]]);
  allowed = (url) => url.origin === origin;
  expect(await readAll(await open(request))).toEqual({ text: '', end: 'ENOTCAPABLE' });
  expect(seen).toHaveLength(1);
  await new Promise((done) => other.close(done));
});

test('HS7 a redirect to itself, to another scheme, to a user’s name; one that the browser hides', async () => {
  serve = (request, response) => void response.writeHead(307, { Location: new URL(request.url!, origin).searchParams.get('to') ?? '/' }).end();
  const ends = [];
  for (const to of ['/', 'file:///etc/passwd', 'https://user@example.org/', 'http://']) ends.push((await readAll(await get(`/?to=${encodeURIComponent(to)}`))).end);
  expect(ends).toEqual(['ELOOP', 'EINVAL', 'EINVAL', 'EINVAL']);
  http = serviceOver({ fetch: async () => ({ status: 0, statusText: '', headers: [], body: null, redirected: true }) });
  expect(await readAll(await get('/'))).toEqual({ text: '', end: 'ENOTSUP' });
});

test('HS8 no connection, one that breaks off', async () => {
  const closed = createServer();
  await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
  const { port } = closed.address() as AddressInfo;
  await new Promise((done) => closed.close(done));
  expect(await readAll(await open(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\n\r\n`))).toEqual({ text: '', end: 'EHOSTUNREACH' });
  serve = (_request, response) => {
    response.writeHead(200, { 'Content-Length': '100' }).write('part');
    setTimeout(() => response.destroy(), 30);
  };
  const { text, end } = await readAll(await get('/'));
  expect([text.endsWith('part'), end]).toEqual([true, 'ECONNRESET']);
});

test('HS9 a process has a bounded number of responses open, and of bytes', async () => {
  serve = (_request, response) => void response.flushHeaders();
  const fds: number[] = [];
  for (let i = 0; i < OPEN_MAX; i++) fds.push(await get('/'));
  expect(await code(() => get('/'))).toBe('EDQUOT');
  guest.fds.close(fds[0]!);
  rig.processes.pump();
  expect(await code(() => get('/'))).toBe('accepted');
  for (const fd of fds.slice(1)) guest.fds.close(fd);
  rig.processes.pump();
  const body = (): ReadableStream<Uint8Array> => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(0)) });
  http = serviceOver({ fetch: async () => ({ status: 200, statusText: '', headers: [], redirected: false, body: { ...body(), getReader: () => ({ read: async () => ({ done: false, value: { length: BYTES_MAX + 1 } }), cancel: async () => undefined }) } as never }) });
  expect((await readAll(await get('/'))).end).toBe('EDQUOT');
});

test('HS10 a process that ended while it was asked for gets nothing', async () => {
  let answer: () => void = () => undefined;
  const slow: Authority = { ...authority, require: () => new Promise<void>((done) => (answer = done)) };
  serve = () => expect.unreachable();
  const service = new HttpService({ authority: slow, client: httpClient, descriptors: rig.descriptors, isAlive: () => false, attach: () => expect.unreachable() });
  const request = service.request(rig.processes.get(pid)!, encode(`GET ${origin}/ HTTP/1.1\r\n\r\n`));
  answer();
  expect(await code(() => request)).toBe('ESRCH');
  expect(service.open).toBe(0);
});
