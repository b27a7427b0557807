import type { Page } from '@playwright/test';
import { i32, Op, wasmBytes } from '../src/guest/testing/wasm-bytes.ts';
import { expect, test } from './fixtures.ts';
import { dropFiles } from './support/drop.ts';
import { openWorkspace } from './support/namespace.ts';
import { waitForPrompt } from './support/terminal.ts';

const WASI = 'wasi_snapshot_preview1';
const NOT_CAPABLE = 76;
/** Asks for random bytes and exits with the errno. */
const random = Buffer.from(wasmBytes({
  memory: [0, 1], imports: [{ module: WASI, name: 'random_get', params: 2, results: 1 }, { module: WASI, name: 'proc_exit', params: 1 }],
  functions: [[...i32(0), ...i32(16), Op.CALL, 0, Op.CALL, 1]],
  exports: [{ name: 'memory', kind: 'memory', index: 0 }, { name: '_start', kind: 'function', index: 2 }],
}));

test.beforeEach(async ({ page }) => {
  await openWorkspace(page);
  await waitForPrompt(page);
});

/** Runs with the page's API; the end, and how many bytes came. */
const run = (page: Page, options: object) => page.evaluate(async (given) => {
  const process = await globalThis.palimpsest.run({ stdin: '', ...given } as never);
  const [out, exit] = await Promise.all([new Response(process.stdout).text(), process.exited]);
  return { bytes: out.length, ...exit };
}, options);

test('limits of run(): CPU and wall time, output, memory end or refuse a program with a reason', async ({ page }) => {
  expect(await run(page, { module: '/bin/spin', limits: { cpu: 300 } })).toMatchObject({ reason: 'limit', limit: 'cpu', message: 'stopped: used 300 ms of CPU time, its limit' });
  expect(await run(page, { module: '/bin/spin', limits: { wall: 200 } })).toMatchObject({ reason: 'limit', limit: 'wall', code: 137 });
  expect(await run(page, { module: '/bin/yes', limits: { output: 100_000 } })).toMatchObject({ reason: 'limit', limit: 'output', bytes: 100_000 });
  await expect(run(page, { module: '/bin/hello-c', limits: { memory: 1000 } })).rejects.toThrow(/of memory to start, its limit is 1000 bytes/);
});

test('the time and randomness can be withheld from a dropped program that asks for them', async ({ page }) => {
  await dropFiles(page, [{ name: 'random.wasm', bytes: random }]);
  const sheet = page.getByRole('dialog', { name: 'Run random.wasm' });
  await expect(sheet.getByLabel('May know the time')).toBeHidden();
  await sheet.getByLabel('May use randomness').uncheck();
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('status', { name: 'Result of random.wasm' })).toContainText(`exit ${NOT_CAPABLE}`);
  await dropFiles(page, [{ name: 'random.wasm', bytes: random }]);
  await page.getByRole('dialog', { name: 'Run random.wasm' }).getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('status', { name: 'Result of random.wasm' })).toContainText('exit 0');
});
