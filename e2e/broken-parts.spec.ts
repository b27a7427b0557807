import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { expectAlive } from './support/alive.ts';
import { dropFiles } from './support/drop.ts';
import { openWorkspace, run } from './support/namespace.ts';

// What is broken here is reported on the console too.
test.use({ ownContext: true, allowedFaults: /./ });

const KERNEL = /assets\/kernel\.worker-[^/]*\.js$/;

const gone = (page: Page, what: RegExp | string) => page.route(what, (route) => route.fulfill({ status: 404, body: 'not found' }));

test('a kernel that cannot be loaded, or throws: the page says so and what to do', async ({ page }) => {
  await gone(page, KERNEL);
  await page.goto('/');
  await expect(page.locator('body')).toContainText(/kernel did not start.*Reload the page/s);
  await page.unroute(KERNEL);
  await page.route(KERNEL, (route) => route.fulfill({
    contentType: 'text/javascript', headers: { 'cross-origin-embedder-policy': 'require-corp' }, body: "throw new Error('out of order')",
  }));
  await page.goto('/');
  await expect(page.locator('body')).toContainText(/out of order.*Reload the page/s);
  await page.unroute(KERNEL);
  await openWorkspace(page);
  await expectAlive(page);
});

test('a guest worker that cannot be loaded: starting a program fails in words, and files still work', async ({ page }) => {
  await page.route(KERNEL, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll(/guest\.worker-/g, 'no-such-worker-') });
  });
  await openWorkspace(page);
  const outcome = await run(page, { module: '/bin/hello-c' });
  expect(outcome.code).not.toBe(0);
  expect(outcome.message).toMatch(/worker/);
  await page.evaluate(() => globalThis.palimpsest.fs.writeFile('/home/still.txt', 'works'));
  await page.unroute(KERNEL);
  await openWorkspace(page);
  await expectAlive(page);
});

test('a sample that is gone or was changed is refused with its path; the others run', async ({ page }) => {
  await gone(page, '**/samples/env-args.wasm');
  await page.route('**/samples/upper.wasm', (route) => route.fulfill({ contentType: 'application/wasm', body: Buffer.alloc(30554) }));
  await openWorkspace(page);
  for (const path of ['/bin/env-args', '/bin/upper']) {
    const outcome = await run(page, { module: path });
    expect(outcome.code).not.toBe(0);
    expect(outcome.message).toContain(path);
    expect(outcome.message).toMatch(/EIO/);
  }
  await expectAlive(page);
  await page.unroute('**/samples/env-args.wasm');
  expect(await run(page, { module: '/bin/env-args' })).toMatchObject({ code: 0 });
});

test('a damaged archive says so', async ({ page }) => {
  await openWorkspace(page);
  for (const name of ['bad.zip', 'bad.tar.gz', 'bad.tar']) {
    await dropFiles(page, [{ name, bytes: new TextEncoder().encode('PK\u0003\u0004 no archive at all'.repeat(40)) }]);
    await page.getByRole('button', { name: 'Unpack' }).click();
    await expect(page.getByRole('alert').filter({ hasText: `Could not import ${name}` })).toBeVisible();
  }
  await expectAlive(page);
});

test('a program whose name is too long is not said to be kept', async ({ page }) => {
  await openWorkspace(page);
  await dropFiles(page, [{ name: `${'x'.repeat(300)}.wasm`, bytes: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0) }]);
  await page.getByRole('button', { name: 'Keep in /bin' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Could not put' })).toContainText('at most 255 bytes');
  await expect(page.getByText(/^Type x+ to run it/)).toHaveCount(0, { timeout: 1000 });
  await expectAlive(page);
});

test('fifty programs in endless loops at once: all can be ended, and the page goes on', async ({ page }) => {
  await openWorkspace(page);
  const outcome = await page.evaluate(async () => {
    const started = await Promise.allSettled(Array.from({ length: 50 }, () => globalThis.palimpsest.run({ module: '/bin/spin', stdin: '' })));
    const runs = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const refused = started.flatMap((each) => (each.status === 'rejected' ? [(each.reason as { code?: string }).code] : []));
    await Promise.all(runs.map((each) => each.kill('KILL')));
    const codes = await Promise.all(runs.map(async (each) => (await each.exited).code));
    return { refused, ended: codes.filter((code) => code === 137).length, started: runs.length };
  });
  expect(outcome.ended).toBe(outcome.started);
  expect(outcome.refused.filter((code) => code !== 'EAGAIN')).toEqual([]);
  await expectAlive(page);
});
