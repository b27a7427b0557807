import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, sharedTest as test } from './fixtures.ts';
import { writeFiles } from './support/namespace.ts';
import { expectOnScreen, screenLines, terminal, waitForPrompt } from './support/terminal.ts';
import { root } from './tools/project.mjs';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

const show = (page: Page, pane: string): Promise<void> => page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name: pane, exact: true }).tap();
const row = (page: Page, name: RegExp): Locator => page.getByRole('tree', { name: 'Namespace' }).getByRole('treeitem', { name });

/** A finger that rests on something, and is lifted. */
async function hold(page: Page, target: Locator): Promise<void> {
  const box = (await target.boundingBox())!;
  const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const touch = await page.context().newCDPSession(page);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
  await page.getByRole('menu').waitFor();
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await touch.detach();
}

test('the first minute: a program is picked, run, seen and undone', async ({ page }) => {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open a .wasm or files…' }).tap();
  expect((await chooser).isMultiple()).toBe(true);
  await (await chooser).setFiles({ name: 'picked.wasm', mimeType: 'application/wasm', buffer: readFileSync(join(root, 'public/samples/filetool.wasm')) });
  const sheet = page.getByRole('dialog', { name: 'Run picked.wasm' });
  await sheet.getByLabel('Arguments').fill('write /home/from-phone.txt hello');
  await sheet.getByRole('button', { name: 'Run', exact: true }).tap();
  const result = page.getByRole('status', { name: /^Result of picked/ });
  await result.getByRole('button', { name: 'View changes' }).tap();
  await expect(page.getByRole('tabpanel')).toContainText('hello');
  await result.getByRole('button', { name: 'Undo' }).tap();
  await expect(result.getByRole('button', { name: 'Redo' })).toBeVisible();
  await expect.poll(() => page.evaluate(() => globalThis.palimpsest.fs.stat('/home/from-phone.txt').then(() => 'there', () => 'gone'))).toBe('gone');
  await result.getByRole('button', { name: 'Close the result' }).tap();
});

test('the row of keys: Ctrl and Alt hold for a key, arrows go on while held, and the prompt stays above the keyboard', async ({ page }) => {
  await show(page, 'Terminal');
  await waitForPrompt(page);
  await terminal(page).tap();
  const key = (name: string): Locator => page.getByRole('toolbar', { name: 'Extra keys' }).getByRole('button', { name, exact: true });
  await page.keyboard.type('echo one two');
  const left = (await key('Left').boundingBox())!;
  const touch = await page.context().newCDPSession(page);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: left.x + 20, y: left.y + 20 }] });
  await page.waitForTimeout(1600);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await page.keyboard.type(': ');
  await expect.poll(async () => (await screenLines(page)).findLast((line) => line !== '')).toMatch(/\$ : echo one two$/);
  await key('Alt').tap();
  await page.keyboard.type('d');
  await expect.poll(async () => (await screenLines(page)).findLast((line) => line !== '')).toMatch(/\$ :\s+one two$/);
  await key('Ctrl').tap();
  await expect(key('Ctrl')).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.type('c');
  await waitForPrompt(page);
  await page.keyboard.type('seq 60');
  await page.keyboard.press('Enter');
  await expectOnScreen(page, /^60$/m);
  const covered = (height: number): Promise<void> => page.evaluate((to) => {
    Object.defineProperty(visualViewport, 'height', { value: to, configurable: true });
    visualViewport!.dispatchEvent(new Event('resize'));
  }, height);
  await covered(500);
  await expect(page.getByRole('navigation', { name: 'Panes' })).toBeHidden();
  await expect.poll(async () => ((box) => box!.y + box!.height)(await key('Esc').boundingBox())).toBeLessThanOrEqual(500);
  await waitForPrompt(page);
  await key('Page up').scrollIntoViewIfNeeded();
  await key('Page up').tap();
  await expect.poll(async () => (await screenLines(page)).join('\n')).not.toMatch(/^60$/m);
  await covered(844);
  await expect(page.getByRole('navigation', { name: 'Panes' })).toBeVisible();
});

test('the explorer: a long press for the menu, several rows chosen by finger, undone by a button', async ({ page }) => {
  await writeFiles(page, { '/home/fingers/one.txt': '1', '/home/fingers/two.txt': '2', '/home/fingers/three.txt': '3' });
  await show(page, 'Files');
  await row(page, /^fingers/).tap();
  await hold(page, row(page, /^one\.txt/));
  await page.getByRole('menuitem', { name: /^Duplicate/ }).tap();
  await expect(row(page, /^one-2\.txt/)).toBeVisible();
  await page.getByRole('button', { name: 'Select', exact: true }).tap();
  await row(page, /^one\.txt/).tap();
  await row(page, /^two\.txt/).tap();
  await row(page, /^two\.txt/).tap();
  await row(page, /^three\.txt/).tap();
  const explorer = page.getByRole('complementary', { name: 'Explorer' });
  await expect(explorer.getByText('2 entries chosen')).toBeVisible();
  await expect(row(page, /^two\.txt/)).toHaveAttribute('aria-selected', 'false');
  await explorer.getByRole('button', { name: 'Actions', exact: true }).tap();
  await page.getByRole('menuitem', { name: /^Delete 2 entries/ }).tap();
  await expect(row(page, /^one\.txt/)).toHaveCount(0);
  await expect(row(page, /^two\.txt(?!.*deleted)/)).toBeVisible();
  await explorer.getByRole('button', { name: 'Done' }).tap();
  await expect(explorer.getByRole('button', { name: 'Actions', exact: true })).toHaveCount(0);
});

test('More leads to every pane and action; the map and the trace by finger, their details close by button and by Esc', async ({ page }) => {
  const more = page.getByRole('region', { name: 'More' });
  await show(page, 'More');
  await more.getByRole('list', { name: 'Panes' }).getByRole('button', { name: 'Map' }).tap();
  const node = page.getByRole('group', { name: 'Picture of what is connected' }).getByRole('button', { name: /^this window/ });
  await node.tap();
  const card = page.getByRole('complementary', { name: 'About this window' });
  await expect(card).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(card).toHaveCount(0);
  await hold(page, node);
  await page.keyboard.press('Escape');
  const before = (await node.boundingBox())!;
  const touch = await page.context().newCDPSession(page);
  const pinch = (type: 'touchStart' | 'touchMove', by: number) => touch.send('Input.dispatchTouchEvent', { type, touchPoints: [{ x: 195 - by, y: 600, id: 0 }, { x: 195 + by, y: 600, id: 1 }] });
  await pinch('touchStart', 30);
  for (const by of [40, 60, 80]) await pinch('touchMove', by);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await expect.poll(async () => (await node.boundingBox())!.width).toBeGreaterThan(before.width * 1.3);
  await show(page, 'More');
  await more.getByRole('searchbox', { name: 'Find an action' }).fill('system calls run');
  await more.getByRole('button', { name: 'Trace: system calls of a run' }).tap();
  await page.getByRole('grid').getByRole('row').nth(2).tap();
  const details = page.getByRole('button', { name: 'Close the details' });
  await details.tap();
  await expect(details).toHaveCount(0);
  await page.getByRole('button', { name: 'All open views' }).tap();
  await page.getByRole('menuitemcheckbox', { name: 'Welcome' }).tap();
  await expect(page.getByRole('tab', { name: 'Welcome' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('button', { name: 'Command palette' }).tap();
  await expect(page.getByRole('combobox')).toBeFocused();
});
