import { createReadStream, readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { expect, test } from './fixtures.ts';
import { contentSecurityPolicy } from './tools/headers.mjs';
import { dist } from './tools/project.mjs';

const types: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

interface Host {
  server: Server;
  url: string;
  /** Paths that were asked for. */
  served: string[];
  /** What a newer deployment has instead of the file, by its path in `dist`; null: gone. */
  newer: Map<string, string | null>;
}

/** A plain host: files under `path`, a content type, no other header. */
function plainHost(path: string): Promise<Host> {
  const served: string[] = [];
  const newer = new Map<string, string | null>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const name = decodeURIComponent(pathname.slice(path.length)) || 'index.html';
    const file = join(dist, name);
    served.push(pathname);
    const replaced = newer.get(name);
    if (typeof replaced === 'string') {
      response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(replaced);
      return;
    }
    if (replaced === null || !pathname.startsWith(path) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end('not found');
      return;
    }
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  return new Promise((done) => {
    server.listen(0, 'localhost', () => {
      done({ server, served, newer, url: `http://localhost:${(server.address() as AddressInfo).port}${path}` });
    });
  });
}

// What a visitor has; the other specs are without it, see the configuration.
test.use({ serviceWorkers: 'allow' });

test('the page is isolated, and its policy lets nothing in from elsewhere', async ({ page }) => {
  const response = await page.goto('/');
  const headers = response?.headers() ?? {};
  expect(headers['cross-origin-opener-policy']).toBe('same-origin');
  expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
  expect(headers['content-security-policy']).toBe(contentSecurityPolicy('production'));
  await expect(page).toHaveTitle(/Palimpsest/);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(await page.evaluate(() => new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }).buffer.byteLength)).toBe(65536);
});

test('the kernel starts', async ({ page }) => {
  test.setTimeout(30_000);
  await page.goto('/');
  await expect.poll(() => page.evaluate(async () => {
    await globalThis.palimpsest?.ready;
    return globalThis.palimpsest !== undefined;
  })).toBe(true);
});

test.describe('the policy', () => {
  test.use({ allowedFaults: /Content Security Policy/ });

  test('refuses text as code, other origins, and inline scripts', async ({ page }) => {
    await page.goto('/');
    const outcome = await page.evaluate(async () => {
      const refused = async (attempt: () => unknown) => {
        try {
          await attempt();
          return false;
        } catch {
          return true;
        }
      };
      const inline = document.createElement('script');
      inline.textContent = 'globalThis.inlineScriptRan = true';
      document.head.append(inline);
      return {
        // In a task of its own: what the test itself evaluates is exempt.
        // oxlint-disable-next-line no-eval
        eval: await new Promise((done) => setTimeout(() => done(refused(() => globalThis.eval('1'))))),
        otherOrigin: await refused(() => fetch('https://example.com/')),
        inlineScript: !('inlineScriptRan' in globalThis),
      };
    });
    expect(outcome).toEqual({ eval: true, otherOrigin: true, inlineScript: true });
  });
});

test.describe('a host that sends no headers, below a path', () => {
  // Before the service worker is in charge the page cannot be isolated; what it says then is for its own tests.
  test.use({ allowedFaults: /.*/ });

  test('the service worker isolates the page, with one more load and no loop', async ({ page }) => {
    const { server, url, served } = await plainHost('/some/where/');
    try {
      await page.goto(url);
      await page.waitForFunction(() => crossOriginIsolated && navigator.serviceWorker.controller !== null);
      await page.waitForLoadState('load');
      const visits = () => served.filter((path) => path === '/some/where/').length;
      expect(await page.evaluate(() => document.documentElement.dataset['isolating'])).toBeUndefined();
      expect(await page.evaluate(() => performance.getEntriesByType('navigation').length)).toBe(1);
      const kernel = page.workers().find((worker) => /\/kernel\.worker-/.test(worker.url()))!.url();
      const policy = (path: string) => page.evaluate(async (file) => (await fetch(file)).headers.get('content-security-policy'), path);
      expect([await policy('isolate.js'), await policy(kernel)]).toEqual([contentSecurityPolicy('production'), contentSecurityPolicy('production', new URL(kernel).pathname)]);
      const before = visits();
      await page.waitForTimeout(1500);
      expect(visits()).toBe(before);
      expect(before).toBeLessThanOrEqual(3);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('the page works without network after the first visit, with its samples', async ({ page }) => {
    const samples = readdirSync(join(dist, 'samples')).filter((name) => /\.(json|wasm|gz)$/.test(name)).map((name) => `samples/${name}`);
    expect(samples.length).toBeGreaterThan(1);
    const { server, url } = await plainHost('/there/');
    try {
      await page.goto(url);
      await page.waitForFunction(() => crossOriginIsolated && navigator.serviceWorker.controller !== null);
      const kept = await page.evaluate(async (paths) => {
        const registration = await navigator.serviceWorker.ready;
        registration.active?.postMessage('complete-cache');
        const wanted = paths.map((path) => new URL(path, location.href).href);
        for (let attempt = 0; attempt < 100; attempt += 1) {
          const found = await Promise.all(wanted.map((path) => caches.match(path)));
          if (found.every(Boolean)) return true;
          await new Promise((done) => setTimeout(done, 100));
        }
        return false;
      }, samples);
      expect(kept).toBe(true);
    } finally {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
    await page.reload();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await expect(page).toHaveTitle(/Palimpsest/);
    for (const path of samples) {
      expect(await page.evaluate(async (sample) => (await fetch(sample)).ok, path), path).toBe(true);
    }
    const scripts = await page.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.name));
    expect(scripts.some((name) => /assets\/.+\.js$/.test(name))).toBe(true);
  });

  test('a newer deployment is seen at the next visit, and open pages keep their files', async ({ page }) => {
    const { server, url, newer } = await plainHost('/site/');
    try {
      await page.goto(url);
      await page.waitForFunction(() => crossOriginIsolated && navigator.serviceWorker.controller !== null);
      // A part of the window that is loaded when it is opened.
      const asset = `assets/${readdirSync(join(dist, 'assets')).find((name) => /^palette-.*\.js$/.test(name))}`;
      await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.postMessage('complete-cache'));
      await expect.poll(() => page.evaluate(async (path) => (await caches.match(new URL(path, location.href).href)) !== undefined, asset)).toBe(true);
      newer.set(asset, null);
      newer.set('index.html', readFileSync(join(dist, 'index.html'), 'utf8').replace('<title>', '<meta name="newer" /><title>'));
      newer.set('sw.js', readFileSync(join(dist, 'sw.js'), 'utf8').replace(/"version":"/, '"version":"newer-'));
      await page.reload();
      await expect(page.locator('meta[name=newer]')).toHaveCount(1);
      await expect.poll(() => page.evaluate(async () => (await caches.keys()).some((name) => name.includes('newer-')))).toBe(true);
      await expect.poll(() => page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        return !registration.installing && !registration.waiting && registration.active?.state === 'activated';
      })).toBe(true);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      expect(await page.evaluate(async (path) => (await fetch(path)).status, asset)).toBe(200);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
