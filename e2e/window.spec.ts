import type { Locator, Page } from '@playwright/test';
import { expect, sharedTest as test } from './fixtures.ts';
import { expectAccessible } from './support/accessible.ts';
import { openWorkspace } from './support/namespace.ts';

/** The views of this window as tabs in groups, the palette, messages, the tour, the sheet of keys. */

const groups = (page: Page): Locator => page.getByRole('tablist', { name: /^Open views/ });
/** One of the dock, by all of its name but what follows a comma, or with that. */
const tab = (page: Page, name: string): Locator => groups(page).getByRole('tab', { name: new RegExp(`^${name.replaceAll('.', '\\.')}(?:,|$)`) });
const shown = (page: Page, name: string): Promise<void> => expect(tab(page, name)).toHaveAttribute('aria-selected', 'true');
/** The tabs of each group, from left to right. */
const layout = (page: Page): Promise<string[][]> => groups(page).evaluateAll((lists) => lists
  .toSorted((one, other) => (one.getAttribute('aria-label') ?? '').localeCompare(other.getAttribute('aria-label') ?? ''))
  .map((list) => [...list.querySelectorAll('[role=tab]')].map((each) => (each.getAttribute('aria-label') ?? '').replace(/,.*/, ''))));

async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox', { name: 'Command palette' }).fill(`>${title}`);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Command palette' })).toBeHidden();
}

async function begin(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Namespace' }).click();
  await command(page, 'Reset layout');
  await expect(groups(page)).toHaveCount(1);
  await command(page, 'Welcome: samples');
  await shown(page, 'Welcome');
}

const file = (page: Page, name: string): Locator => page.getByRole('treeitem', { name: new RegExp(`^${name.replace('.', '\\.')}`) });

test.use({ viewport: { width: 1440, height: 900 } });

test('a file is looked at in one tab; a double click, or moving it, keeps it', async ({ page }) => {
  await begin(page);
  await file(page, 'welcome.md').click();
  await expect(tab(page, 'welcome.md, preview')).toHaveAttribute('aria-selected', 'true');
  await file(page, 'pixel.png').click();
  await expect(tab(page, 'welcome.md')).toHaveCount(0);
  await file(page, 'pixel.png').dblclick();
  await expect(tab(page, 'pixel.png')).not.toHaveAccessibleName(/preview/);
  await file(page, 'welcome.md').click();
  await expect(tab(page, 'pixel.png')).toBeVisible();
  await command(page, 'Keep open what is only looked at');
  await expect(tab(page, 'welcome.md')).toHaveAccessibleName('welcome.md');
});

test('by keyboard: along the tabs, split, between groups, moved, closed, opened again; a reload brings all back', async ({ page }) => {
  await begin(page);
  await page.keyboard.press('Alt+7');
  await shown(page, 'Bus');
  await page.keyboard.press('Alt+2');
  await expect(tab(page, 'Bus')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(tab(page, 'Grants')).toBeFocused();
  await shown(page, 'Bus');
  await page.keyboard.press('Enter');
  await shown(page, 'Grants');
  await page.keyboard.press('Control+\\');
  await expect(groups(page)).toHaveCount(2);
  await expect(tab(page, 'Grants')).toBeFocused();
  await page.keyboard.press('Alt+Shift+BracketLeft');
  await expect(page.locator('[role=tab]:focus')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Alt+6');
  await page.keyboard.press('Control+Shift+\\');
  await expect(groups(page)).toHaveCount(3);
  await page.keyboard.press('Alt+9');
  await expect(page.getByRole('tabpanel', { name: 'Audit' }).getByRole('textbox').first()).toBeFocused();
  await page.keyboard.press('Alt+W');
  await expect(tab(page, 'Audit')).toHaveCount(0);
  await page.keyboard.press('Alt+Shift+KeyV');
  await shown(page, 'Audit');
  await page.keyboard.press('Alt+Shift+KeyM');
  const before = await layout(page);
  expect(before.flat().filter((name) => name === 'Audit')).toHaveLength(1);
  await page.reload();
  await expect(groups(page)).toHaveCount(3);
  expect(await layout(page)).toEqual(before);
  for (const name of ['Grants', 'Layers']) await expect(tab(page, name)).toBeVisible();
});

test('by mouse: a tab is dragged beside others, into a group, and closed; its menu; a double click fills the window', async ({ page }) => {
  await begin(page);
  // The press alone shows the view.
  await tab(page, 'Timeline').dragTo(page.getByRole('tabpanel', { name: /^(Welcome|Timeline)$/ }), { targetPosition: { x: 20, y: 200 } });
  await expect(groups(page)).toHaveCount(2);
  expect((await layout(page))[0]).toEqual(['Timeline']);
  await tab(page, 'Layers').dragTo(tab(page, 'Timeline'), { targetPosition: { x: 12, y: 12 } });
  await expect.poll(async () => (await layout(page))[0]).toEqual(['Layers', 'Timeline']);
  await tab(page, 'Layers').click({ button: 'right' });
  await page.getByRole('menu', { name: 'Tab' }).getByRole('menuitem', { name: 'Close Alt+W' }).click();
  await expect(tab(page, 'Layers')).toHaveCount(0);
  await page.getByRole('button', { name: 'Open a view' }).first().click();
  await page.getByRole('menuitemcheckbox', { name: 'Layers', checked: false }).click();
  await shown(page, 'Layers');
  await tab(page, 'Layers').dblclick();
  await expect(page.getByRole('tabpanel')).toHaveCount(1);
  await expect(page.getByRole('complementary', { name: 'Explorer' })).toBeHidden();
  await page.keyboard.press('Alt+M');
  await expect(page.getByRole('complementary', { name: 'Explorer' })).toBeVisible();
  await expect(groups(page)).toHaveCount(2);
  await tab(page, 'Timeline').click({ button: 'middle' });
  await tab(page, 'Layers').click({ button: 'middle' });
  await expect(groups(page)).toHaveCount(1);
});

test('a layout that was damaged, or made to do harm, is none; what is closed can all be opened again', async ({ page }) => {
  for (const kept of ['{', '{"version":2,"open":["welcome"],"layout":{"direction":"row","root":{"children":[{"tabs":["<img src=x onerror=alert(1)>","welcome"],"active":"gone","size":-1}]}}}']) {
    // A page that is left writes what it has: the damage is done when it has gone.
    await page.evaluate((text) => addEventListener('pagehide', () => localStorage.setItem('palimpsest.tabs', text)), kept);
    await openWorkspace(page);
    await shown(page, 'Welcome');
  }
  await expect(page.getByRole('tab', { name: /img/ })).toHaveCount(0);
  await tab(page, 'Welcome').focus();
  await page.keyboard.press('Delete');
  await expect(page.getByText('Everything is closed.')).toBeVisible();
  await expectAccessible(page, '.centre');
  await page.getByRole('button', { name: /^Timeline/ }).click();
  await shown(page, 'Timeline');
  await command(page, 'Reset layout');
  await expect(tab(page, 'Audit')).toBeVisible();
});

test('the palette: letters in order, what was used last, processes, and why something cannot be done', async ({ page }) => {
  await begin(page);
  const field = page.getByRole('combobox', { name: 'Command palette' });
  const options = page.getByRole('dialog').getByRole('option');
  await page.keyboard.press('Control+K');
  await expect(options.first()).toHaveText(/Welcome: samples/);
  await field.fill('sprt');
  await expect(options.first()).toHaveText(/Split right.*Ctrl\+\\/);
  await expect(options.first().locator('mark').first()).toHaveText('Sp');
  await field.fill('>next group');
  await expect(options.filter({ hasText: /^Next group/ })).toContainText('There is one group only.');
  await expect(options.filter({ hasText: /^Next group/ })).toBeDisabled();
  await field.fill('move the view');
  await expect(options.first()).toContainText('There is one group only.');
  await expect(options.first()).toBeDisabled();
  await page.keyboard.press('Enter');
  await expect(field).toBeVisible();
  await field.fill('@sh');
  await expect(options.first()).toContainText(/^\d+ sh/);
  await field.fill('pixel');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expectAccessible(page, 'dialog');
  await page.keyboard.press('Enter');
  await shown(page, 'pixel.png');
  await page.keyboard.press('Alt+Shift+BracketRight');
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('Next group: not now');
});

test('menus are searched by letters and closed by Esc, which gives the focus back', async ({ page }) => {
  await begin(page);
  const button = page.getByRole('button', { name: 'Open a view' });
  await button.focus();
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu', { name: 'Open a view' });
  await expect(menu.getByRole('menuitemcheckbox', { name: 'Welcome' })).toBeFocused();
  await page.keyboard.type('ti');
  await expect(menu.getByRole('menuitemcheckbox', { name: 'Timeline' })).toBeFocused();
  await expectAccessible(page, '.menu');
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(button).toBeFocused();
});

test('messages: an error stays, clear of the prompt; the keyboard goes there and back; the list keeps it', async ({ page }) => {
  await begin(page);
  await page.evaluate(() => globalThis.palimpsest.fs.writeFile('/home/none.wasm', 'no module'));
  await expect(file(page, 'none.wasm')).toBeVisible();
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox', { name: 'Command palette' }).fill('none.wasm');
  await page.getByRole('option', { name: 'Run /home/none.wasm' }).click();
  const error = page.locator('main').getByRole('alert').filter({ hasText: 'Could not run none.wasm' });
  await expect(error).toBeVisible();
  const [message, terminal] = [await error.boundingBox(), await page.getByRole('region', { name: 'Terminal' }).boundingBox()];
  expect(message!.y + message!.height).toBeLessThanOrEqual(terminal!.y);
  await tab(page, 'Welcome').focus();
  await page.keyboard.press('Alt+N');
  await expect(error.getByRole('button', { name: 'Dismiss' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(tab(page, 'Welcome')).toBeFocused();
  await page.keyboard.press('Alt+N');
  await page.keyboard.press('Enter');
  await expect(error).toBeHidden();
  await page.getByRole('button', { name: /^Messages, \d+ not looked at$/ }).click();
  const list = page.getByRole('dialog', { name: 'Messages' });
  await expect(list.getByRole('listitem').first()).toContainText(/Error: Could not run none\.wasm/);
  await expectAccessible(page, 'dialog');
  await list.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('button', { name: 'Messages', exact: true })).toBeVisible();
});

test('the tour: drop, run, see, undo, by keyboard; it is offered once', async ({ page }) => {
  await begin(page);
  const offer = page.getByRole('tabpanel').getByRole('region', { name: 'Tour' });
  await offer.getByRole('button', { name: 'Take the tour' }).click();
  const tour = page.getByRole('region', { name: 'Tour' });
  await expect(offer).toHaveCount(0);
  await expect(tour.getByRole('button', { name: 'Choose a file…' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await tour.getByRole('button', { name: 'Run the sample' }).press('Enter');
  await expect(tour).toContainText('3 of 4');
  await tour.getByRole('button', { name: 'View changes' }).press('Enter');
  await expect(tour).toContainText('4 of 4');
  await expect(page.getByRole('tabpanel', { name: /^Changes of filetool/ })).toContainText('written on the tour');
  await tour.getByRole('button', { name: 'Undo the run' }).press('Enter');
  await expect(tour).toContainText('That is all');
  expect(await page.evaluate(() => globalThis.palimpsest.fs.stat('/home/tour.txt').then(() => 'there', () => 'gone'))).toBe('gone');
  await tour.getByRole('button', { name: 'Done' }).press('Enter');
  await expect(tour).toHaveCount(0);
  await command(page, 'Take the tour');
  await tour.press('Escape');
  await expect(tour).toHaveCount(0);
});

test('the sheet of keys is searched; nothing is amiss for a screen reader, in either theme', async ({ page }) => {
  await begin(page);
  await tab(page, 'Welcome').press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await sheet.getByRole('searchbox', { name: 'Find a key' }).fill('split');
  await expect(sheet.getByRole('row', { name: /Split right/ })).toContainText('Ctrl+\\');
  await expect(sheet.getByRole('row', { name: /Undo my last change/ })).toHaveCount(0);
  await sheet.getByRole('searchbox').fill('alt+w');
  await expect(sheet.getByRole('row', { name: /Close the view/ })).toBeVisible();
  await expectAccessible(page, 'dialog');
  await page.keyboard.press('Escape');
  for (const theme of ['night', 'day']) {
    await command(page, `Theme: ${theme}`);
    await expectAccessible(page, 'body');
  }
  await command(page, 'Theme: as the system');
});
