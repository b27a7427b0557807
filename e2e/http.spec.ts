import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { openWorkspace } from './support/namespace.ts';

const EACCES = 2;
const EHOSTUNREACH = 23;
const ENOTSUP = 58;

let server: Server;
let host: string;
let origin: string;
let guest: string;
let serve: (request: IncomingMessage, response: ServerResponse) => void;

test.use({ ownContext: true });

test.beforeAll(async () => {
  server = createServer((request, response) => serve(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  origin = `http://${host}`;
  guest = (await readFile(new URL('../src/testing/guests/host-guest.wasm', import.meta.url))).toString('base64');
});

test.afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test.describe('the policy', () => {
  test.use({ allowedFaults: /Content Security Policy/ });

  test('lets the kernel’s worker alone reach another origin', async ({ page }) => {
    serve = (_request, response) => void response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end('there');
    await openWorkspace(page);
    const reach = (url: string): Promise<string> => fetch(url, { credentials: 'omit' }).then((response) => response.text(), () => 'refused');
    expect(await page.evaluate(reach, origin)).toBe('refused');
    const kernel = page.workers().find((worker) => /\/kernel\.worker-/.test(worker.url()));
    expect(await kernel!.evaluate(reach, origin)).toBe('there');
    const policies = await page.evaluate(async (kernelUrl) => {
      const policyOf = async (url: string): Promise<string> => (await fetch(url)).headers.get('content-security-policy') ?? '';
      const script = await (await fetch(kernelUrl)).text();
      const guest = /["'`]([^"'`]*guest\.worker-[\w-]{8}\.js)["'`]/.exec(script)![1]!;
      return { kernel: await policyOf(kernelUrl), guest: await policyOf(new URL(guest, kernelUrl).href), page: await policyOf('/') };
    }, kernel!.url());
    expect(policies.kernel).toContain("connect-src 'self' https: http:");
    expect(policies.guest).toContain("connect-src 'self';");
    expect(policies.page).toContain("connect-src 'self';");
  });
});

/** Runs the guest's HTTP call in the page; `grants`: hosts, with GET and POST. */
async function call(page: Page, args: string[], hosts: string[] = [host]): Promise<{ code: number; stdout: string; stderr: string }> {
  return page.evaluate(async ([base64, list, names]) => {
    const module = Uint8Array.from(atob(base64!), (character) => character.charCodeAt(0));
    const http = names.map((one) => ({ host: one, methods: ['GET', 'POST', 'PUT'], insecure: true }));
    const process = await globalThis.palimpsest.run({ module, args: ['http', ...list], permissions: { http }, stdin: '' });
    const [stdout, stderr, { code }] = await Promise.all([new Response(process.stdout).text(), new Response(process.stderr).text(), process.exited]);
    return { code, stdout, stderr };
  }, [guest, args, hosts] as const);
}

const ALLOWED = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*', 'Access-Control-Allow-Methods': '*', 'Access-Control-Expose-Headers': 'X-Seen' };

test('a program gets what a granted host sends, with nothing of the page’s or its user’s', async ({ page }) => {
  const seen: IncomingMessage['headers'][] = [];
  serve = (request, response) => {
    seen.push(request.headers);
    let body = '';
    request.on('data', (part) => (body += part)).on('end', () => response.writeHead(200, { ...ALLOWED, 'X-Seen': 'yes', 'Set-Cookie': 'later=1' }).end(`${request.method} ${request.url} ${body}`));
  };
  await openWorkspace(page);
  await page.context().addCookies([{ name: 'session', value: 'secret', url: origin }]);
  const first = await call(page, ['POST', `${origin}/a?b`, 'X-Mine: 1', '--body=text']);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(first.stdout).toMatch(/\r\nx-seen: yes\r\n/);
  expect(first.stdout).toMatch(/\r\n\r\nPOST \/a\?b text$/);
  await call(page, ['GET', `${origin}/`]);
  const own = seen.filter((headers) => headers['access-control-request-method'] === undefined);
  expect(own).toHaveLength(2);
  for (const headers of own) {
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).not.toHaveProperty('referer');
    expect(headers).not.toHaveProperty('authorization');
  }
  expect(own[0]).toMatchObject({ 'x-mine': '1' });
});

test.describe('with its service worker', () => {
  test.use({ serviceWorkers: 'allow' });

  test('a request to the page’s own site passes by what is kept for the page', async ({ page, baseURL }) => {
    await openWorkspace(page);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await openWorkspace(page);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const { code, stdout } = await call(page, ['GET', `${baseURL}/icon.svg?of-a-program`], [new URL(baseURL!).host]);
    expect([code, stdout.split('\r\n')[0]]).toEqual([0, 'HTTP/1.1 200 OK']);
    const kept = await page.evaluate(async () => {
      const found = [];
      for (const name of await caches.keys()) for (const { url } of await (await caches.open(name)).keys()) found.push(url);
      return found;
    });
    expect(kept.filter((url) => url.includes('icon.svg?'))).toEqual([]);
    // What a program asks for is not kept under the path either: the file is there from the installation, or not at all.
    const twice = await call(page, ['GET', `${baseURL}/nothing-of-this-name`], [new URL(baseURL!).host]);
    expect(twice.code).toBe(0);
    expect(await page.evaluate(() => caches.match('/nothing-of-this-name').then((found) => found !== undefined))).toBe(false);
  });
});

test('a host that is not granted is asked for, and never reached when the user says no', async ({ page }) => {
  let reached = 0;
  serve = (_request, response) => {
    reached++;
    response.writeHead(200, ALLOWED).end();
  };
  await openWorkspace(page);
  await page.evaluate(() => {
    const { authority } = globalThis.palimpsest;
    authority.onApproval(({ id }) => void authority.answer(id, 'no').catch(() => undefined));
  });
  const { port } = new URL(origin);
  for (const url of [`${origin}/`, `http://0x7f.1:${port}/`, `http://localhost:${port}/`]) expect([url, (await call(page, ['GET', url], ['example.org'])).code]).toEqual([url, EACCES]);
  expect(reached).toBe(0);
});

test.describe('a server that does not answer as it must', () => {
  test.use({ allowedFaults: /CORS|ERR_FAILED|ERR_CONNECTION_REFUSED/ });

  test('without CORS, with a redirect, or not there: an errno, and nothing of the answer', async ({ page }) => {
    const paths: string[] = [];
    serve = (request, response) => {
      paths.push(request.url!);
      if (request.url === '/closed') response.writeHead(200).end('secret');
      else response.writeHead(302, { ...ALLOWED, Location: '/target' }).end();
    };
    await openWorkspace(page);
    expect(await call(page, ['GET', `${origin}/closed`])).toMatchObject({ code: EHOSTUNREACH, stdout: '' });
    expect(await call(page, ['GET', `${origin}/moved`])).toMatchObject({ code: ENOTSUP, stdout: '' });
    expect(paths).not.toContain('/target');
    expect(await call(page, ['GET', 'http://127.0.0.1:9/'], ['127.0.0.1:9'])).toMatchObject({ code: EHOSTUNREACH, stdout: '' });
  });
});

test('a response comes as it is sent, and a kill ends it', async ({ page }) => {
  let closed = false;
  serve = (_request, response) => void response.on('close', () => (closed = true)).writeHead(200, ALLOWED).write('first\n');
  await openWorkspace(page);
  const text = await page.evaluate(async ([base64, name]) => {
    const module = Uint8Array.from(atob(base64!), (character) => character.charCodeAt(0));
    const process = await globalThis.palimpsest.run({ module, args: ['http', 'GET', `http://${name}/`], permissions: { http: [{ host: name!, methods: ['GET'], insecure: true }] }, stdin: '' });
    const reader = process.stdout.getReader();
    let got = '';
    while (!got.endsWith('first\n')) got += new TextDecoder().decode((await reader.read()).value);
    await process.kill();
    return got;
  }, [guest, host] as const);
  expect(text).toMatch(/\r\n\r\nfirst\n$/);
  await expect.poll(() => closed).toBe(true);
});
