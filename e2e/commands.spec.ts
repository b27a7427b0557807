import { expect, test } from './fixtures.ts';
import { expectCase, readCases, runCase } from './support/cases.ts';
import { openWorkspace } from './support/namespace.ts';

const cases = readCases('commands/cases.json');

test('nothing of the commands is fetched before the first is used, and a set once', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/commands/') && !request.serviceWorker()) fetched.push(new URL(request.url()).pathname);
  });
  await openWorkspace(page);
  expect(fetched).toEqual([]);
  for (const program of ['echo', 'cat', 'true']) {
    await page.evaluate(async (name) => (await globalThis.palimpsest.run({ module: `/bin/${name}`, stdin: '' })).exited, program);
  }
  expect(fetched.length).toBe(1);
});

test('every command does in the page what its cases say', async ({ page }) => {
  test.setTimeout(240_000);
  await openWorkspace(page);
  for (const sample of cases) {
    await test.step([sample.program, ...(sample.args ?? [])].join(' '), async () => expectCase(sample, await runCase(page, sample)));
  }
});
