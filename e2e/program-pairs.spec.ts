import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { blake3 } from 'hash-wasm';
import { expect, test } from './fixtures.ts';
import { openWorkspace } from './support/namespace.ts';

const ENOENT = 44;
const EROFS = 69;

let guest: string;
let namespace: string;
test.beforeAll(async () => {
  const bytes = await readFile(new URL('../src/testing/guests/host-guest.wasm', import.meta.url));
  guest = bytes.toString('base64');
  namespace = `pkg:${await blake3(bytes)}`;
});

/** One call of the guest's on its own pairs. */
const pairs = (page: Page, ...args: string[]): Promise<{ code: number; stdout: string }> => page.evaluate(async ([base64, list]) => {
  const module = Uint8Array.from(atob(base64!), (character) => character.charCodeAt(0));
  const process = await globalThis.palimpsest.run({ module, args: ['kv', '', ...list], permissions: {}, stdin: '' });
  const [stdout, { code }] = await Promise.all([new Response(process.stdout).text(), process.exited]);
  return { code, stdout };
}, [guest, args] as const);

const own = (page: Page) => page.evaluate(async (name) => {
  const kv = globalThis.palimpsest.kv(name);
  const value = await kv.get('k');
  const { backend, keys } = await kv.usage();
  return { value: value && new TextDecoder().decode(value), backend, keys };
}, namespace);

test('a program’s pairs survive a reload, are in the log, and the page sees them', async ({ page }) => {
  await openWorkspace(page);
  expect(await pairs(page, 'set', 'k', 'kept')).toEqual({ code: 0, stdout: '' });
  await openWorkspace(page);
  expect(await pairs(page, 'get', 'k')).toEqual({ code: 0, stdout: 'kept' });
  expect(await own(page)).toEqual({ value: 'kept', backend: 'opfs', keys: 1 });
  expect(await pairs(page, 'delete', 'k')).toEqual({ code: 0, stdout: '' });
  expect((await pairs(page, 'get', 'k')).code).toBe(ENOENT);
});

test('another tab reads them as they are, and writes none until the workspace is its own', async ({ page, context }) => {
  await openWorkspace(page);
  await pairs(page, 'set', 'k', 'one');
  const other = await context.newPage();
  await openWorkspace(other);
  expect((await own(other)).value).toBe('one');
  await pairs(page, 'set', 'k', 'two');
  expect((await pairs(other, 'get', 'k')).stdout).toBe('two');
  expect((await pairs(other, 'set', 'k', 'three')).code).toBe(EROFS);
  await other.evaluate(() => globalThis.palimpsest.takeOver());
  expect((await pairs(other, 'set', 'k', 'three')).code).toBe(0);
  expect((await pairs(page, 'get', 'k')).stdout).toBe('three');
});
