import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { expectAccessible } from './support/accessible.ts';
import { openWorkspace, readText } from './support/namespace.ts';

const write = (page: Page, path: string, data: string) => page.evaluate(([at, text]) => globalThis.palimpsest.fs.writeFile(at, text), [path, data] as const);
const layer = (page: Page, name: RegExp): Locator => page.getByRole('list', { name: 'Layers from the top to the bottom' }).getByRole('listitem', { name });

test.beforeEach(async ({ page }) => {
  await openWorkspace(page);
  await page.keyboard.press('Alt+6');
  await expect(layer(page, /^base/)).toBeVisible();
});

test('the upper layer is looked at, pushed under a name, committed to, renamed; what is seen stays', async ({ page }) => {
  await expect(layer(page, /, upper$/).getByRole('button', { name: 'Push…' })).toBeDisabled();
  await write(page, '/home/one.txt', 'one');
  await layer(page, /, upper$/).getByRole('button', { name: 'View changes' }).click();
  await expect(page.getByRole('tree', { name: 'Differences' }).getByRole('treeitem', { name: /^one\.txt, added/ })).toBeVisible();
  await expect(page.getByRole('document', { name: 'Differences in /home/one.txt' })).toContainText('one');
  await page.keyboard.press('Alt+6');
  await layer(page, /, upper$/).getByRole('button', { name: 'Push…' }).click();
  await page.getByRole('textbox', { name: 'Name of the layer' }).fill('mine');
  await page.keyboard.press('Enter');
  // The file and the folder that it is in.
  await expect(layer(page, /^mine, frozen/)).toContainText('2 names');
  await expect(layer(page, /, upper$/)).toContainText('empty');
  await expectAccessible(page, '.centre-body');
  await write(page, '/home/two.txt', 'two');
  await layer(page, /, upper$/).getByRole('button', { name: 'Commit to mine' }).click();
  await expect(layer(page, /^mine, frozen/)).toContainText('3 names');
  await layer(page, /^mine/).getByRole('button', { name: 'Rename mine' }).click();
  await page.getByRole('textbox', { name: 'New name of the layer' }).fill('ours');
  await page.keyboard.press('Enter');
  await expect(layer(page, /^ours, frozen/)).toBeVisible();
  expect(await readText(page, '/home/one.txt') + await readText(page, '/home/two.txt')).toBe('onetwo');
});

test('layers are put into another order, removed, and the upper discarded; each is undone', async ({ page }) => {
  for (const name of ['one', 'two']) {
    await write(page, `/home/${name}.txt`, name);
    await page.evaluate((as) => globalThis.palimpsest.layers.push(as), name);
  }
  await write(page, '/home/three.txt', 'three');
  await expect(layer(page, /^two, frozen/)).toBeVisible();
  const order = () => page.getByRole('list', { name: 'Layers from the top to the bottom' }).getByRole('listitem').evaluateAll((items) => items.map((item) => item.getAttribute('aria-label')));
  await page.getByRole('button', { name: 'Move one up' }).click();
  await expect.poll(order).toEqual(['upper, upper', 'one, frozen', 'two, frozen', 'base, base']);
  const exists = (path: string) => page.evaluate((name) => globalThis.palimpsest.fs.lstat(name).then(() => true, () => false), path);
  await layer(page, /, upper$/).getByRole('button', { name: 'Discard' }).click();
  await expect.poll(() => exists('/home/three.txt')).toBe(false);
  expect(await exists('/home/two.txt')).toBe(true);
  await page.getByRole('status', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => exists('/home/three.txt')).toBe(true);
  await page.getByRole('button', { name: 'Remove two' }).click();
  await expect(layer(page, /^two/)).toHaveCount(0);
  expect(await exists('/home/two.txt')).toBe(false);
});
