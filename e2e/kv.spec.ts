import type { Page } from '@playwright/test';
import { collectFaults, expect, test } from './fixtures.ts';
import { openWorkspace, workspaceReady } from './support/namespace.ts';

async function open(page: Page, backend: string): Promise<void> {
  await page.goto(`/?kv=${backend}`);
  await workspaceReady(page);
}

const get = (page: Page, key: string) => page.evaluate(async (name) => {
  const value = await globalThis.palimpsest.kv('e2e').get(name);
  return value && new TextDecoder().decode(value);
}, key);

const set = (page: Page, key: string, value: string) => page.evaluate(async ([name, text]) =>
  globalThis.palimpsest.kv('e2e').set(name!, text!).then(() => 'set', (error: { code?: string }) => error.code ?? String(error)), [key, value]);

/** In the page: what the store does with keys and values that others get wrong. */
async function exercise(): Promise<Record<string, unknown>> {
  const kv = globalThis.palimpsest.kv('e2e');
  const keys = ['', '\0', 'a\0b', '__proto__', '\ue000', '\u{10000}', 'é', 'x'.repeat(1024)];
  await kv.batch(keys.map((key) => ({ key, value: `of ${key.length}` })));
  const code = (error: { code?: string }): string => error.code ?? String(error);
  const large = new Uint8Array(8 * 1024 * 1024).fill(3);
  await kv.set('large', large);
  await kv.setQuota({ keys: keys.length + 3 });
  const crowd = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => kv.set(`crowd${i}`, 'x')));
  await kv.setQuota({ keys: 1000 });
  const archive = await new Response(await kv.export()).blob();
  const other = globalThis.palimpsest.kv('e2e/copy');
  const imported = await other.import(archive);
  const damaged = new Uint8Array(await archive.arrayBuffer());
  damaged[damaged.length >> 1]! ^= 1;
  return {
    order: (await kv.keys()).map((key) => keys.indexOf(key)),
    page: (await kv.scanPrefix('', { limit: 3 })).next === '__proto__',
    large: (await kv.get('large'))?.length,
    crowd: crowd.filter(({ status }) => status === 'fulfilled').length,
    refused: [await kv.set('\ud800', 'x').catch(code), await kv.set('k', new Uint8Array(large.length + 1)).catch(code), await other.import(damaged).catch(code)],
    copied: imported.keys === (await kv.usage()).keys && (await other.get('large'))?.[8_000_000] === 3,
    backend: (await kv.usage()).backend,
  };
}

for (const backend of ['indexeddb', 'opfs']) {
  test(`key-value pairs in ${backend}: hostile keys, quota, archive; they are there after a reload, and a second tab only reads`, async ({ page, context }) => {
    await open(page, backend);
    expect(await page.evaluate(exercise)).toEqual({
      // In the order of UTF-8; `crowd0`, `crowd1` and `large` are between.
      order: [0, 1, 3, 2, -1, -1, -1, 7, 6, 4, 5], page: true, large: 8 * 1024 * 1024, crowd: 2, refused: ['EILSEQ', 'EFBIG', 'EBADMSG'], copied: true, backend,
    });
    await open(page, backend);
    expect(await get(page, 'a\0b')).toBe('of 3');
    const second = await context.newPage();
    const faults = collectFaults(second);
    await open(second, backend);
    for (const value of ['1', '2', '3']) {
      expect(await set(page, 'live', value)).toBe('set');
      expect(await get(second, 'live')).toBe(value);
    }
    expect(await set(second, 'live', 'no')).toBe('EROFS');
    await page.close();
    await open(second, backend);
    expect([await set(second, 'live', 'mine'), await get(second, 'live')]).toEqual(['set', 'mine']);
    expect(faults).toEqual([]);
  });
}

test('what was set in this browser chooses the backend, the address before it', async ({ page }) => {
  await openWorkspace(page);
  const backend = (): Promise<string> => page.evaluate(async () => (await globalThis.palimpsest.kv('e2e').usage()).backend);
  expect(await backend()).toBe('indexeddb');
  await page.evaluate(() => localStorage.setItem('palimpsest:kv', 'opfs'));
  await page.reload();
  await openWorkspace(page);
  expect(await backend()).toBe('opfs');
  await open(page, 'memory');
  expect(await backend()).toBe('memory');
});
