import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './fixtures.ts';
import { openWorkspace } from './support/namespace.ts';

let server: Server;
let origin: string;
let serve: (request: IncomingMessage, response: ServerResponse) => void;

test.beforeAll(async () => {
  server = createServer((request, response) => serve(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
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
