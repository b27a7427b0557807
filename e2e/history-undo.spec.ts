import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { expectAccessible } from './support/accessible.ts';
import { dropFiles } from './support/drop.ts';
import { openWorkspace, readText, run } from './support/namespace.ts';

const row = (page: Page, name: string): Locator => page.getByRole('tree', { name: 'Namespace' }).getByRole('treeitem', { name: new RegExp(`^${name.replaceAll('.', '\\.')}(, |$)`) });
const filetool = (page: Page, ...args: string[]) => run(page, { module: '/bin/filetool', args });
const write = (page: Page, path: string, data: string) => page.evaluate(([at, text]) => globalThis.palimpsest.fs.writeFile(at, text), [path, data] as const);
const exists = (page: Page, path: string) => page.evaluate((name) => globalThis.palimpsest.fs.lstat(name).then(() => true, () => false), path);
const message = (page: Page): Locator => page.getByRole('status', { name: 'Messages' });
const result = (page: Page, name: string): Locator => page.getByRole('status', { name: `Result of ${name}` });

test.beforeEach(async ({ page }) => {
  await openWorkspace(page);
  await expect(row(page, 'welcome.md')).toBeVisible();
});

/** Drops a program of the base layer, with arguments, and starts it from the sheet. */
async function runFromSheet(page: Page, args: string, session = false): Promise<void> {
  const bytes = await page.evaluate(async () => [...(await globalThis.palimpsest.fs.readFile('/bin/filetool'))]);
  await dropFiles(page, [{ name: 'filetool.wasm', bytes: Uint8Array.from(bytes) }]);
  const sheet = page.getByRole('dialog', { name: 'Run filetool.wasm' });
  await sheet.getByRole('textbox', { name: 'Arguments' }).fill(args);
  await sheet.getByRole('checkbox', { name: /^Try it first/ }).setChecked(session);
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
}

test('a moment is restored from the track, and one file from the explorer; both are undone', async ({ page }) => {
  await filetool(page, 'write', '/home/made.txt', 'hello');
  await filetool(page, 'append', '/home/made.txt', 'more');
  await filetool(page, 'delete', '/home/made.txt');
  await page.keyboard.press('Alt+5');
  await page.getByRole('slider', { name: 'Moment' }).press('ArrowLeft');
  await page.getByRole('slider', { name: 'Moment' }).press('ArrowLeft');
  await page.getByRole('button', { name: 'Restore everything' }).click();
  await expect(message(page)).toContainText('Restoring everything from entry 2 is done');
  await expect(page.getByText('You see the workspace')).toHaveCount(0);
  expect(await readText(page, '/home/made.txt')).toBe('hello\n');
  await message(page).getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => exists(page, '/home/made.txt')).toBe(false);
  await page.getByRole('slider', { name: 'Moment' }).press('Home');
  for (let step = 0; step < 3; step++) await page.getByRole('slider', { name: 'Moment' }).press('ArrowRight');
  await row(page, 'made.txt').press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Restore made.txt from here' }).click();
  await expect.poll(() => exists(page, '/home/made.txt')).toBe(true);
  expect(await readText(page, '/home/made.txt')).toBe('hello\nmore\n');
});

test('a run is looked at, undone, and redone from its result', async ({ page }) => {
  await runFromSheet(page, 'append /home/welcome.md more');
  const card = result(page, 'filetool.wasm');
  await expect(card).toContainText('wrote');
  await card.getByRole('button', { name: 'View changes' }).click();
  await expect(page.getByText('1 line added, 0 lines removed')).toBeVisible();
  const after = await readText(page, '/home/welcome.md');
  await card.getByRole('button', { name: 'Undo' }).click();
  await expect(message(page)).toContainText('Undo of filetool.wasm is done');
  expect(`${await readText(page, '/home/welcome.md')}more\n`).toBe(after);
  await card.getByRole('button', { name: 'Redo' }).click();
  await expect.poll(() => readText(page, '/home/welcome.md')).toBe(after);
  await expect(card.getByRole('button', { name: 'Undo' })).toBeVisible();
  await expectAccessible(page, '.run-result');
});

test('Ctrl-Z in the explorer takes back what the user did, and Ctrl-Shift-Z does it again', async ({ page }) => {
  await write(page, '/home/mine.txt', 'mine');
  await filetool(page, 'write', '/home/theirs.txt', 'theirs');
  await row(page, 'mine.txt').focus();
  await page.keyboard.press('Delete');
  await expect(row(page, 'mine.txt')).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(message(page)).toContainText('Undo: deleted mine.txt');
  await expect(row(page, 'mine.txt')).toBeVisible();
  expect(await readText(page, '/home/mine.txt')).toBe('mine');
  await row(page, 'welcome.md').focus();
  await page.keyboard.press('Control+Shift+Z');
  await expect(row(page, 'mine.txt')).toHaveCount(0);
  await row(page, 'welcome.md').focus();
  await page.keyboard.press('Control+z');
  await expect(row(page, 'mine.txt')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(row(page, 'mine.txt')).toHaveCount(0);
  await expect(row(page, 'theirs.txt')).toBeVisible();
});

test('a deleted folder comes back whole', async ({ page }) => {
  await page.evaluate(async () => {
    const { fs } = globalThis.palimpsest;
    await fs.mkdir('/home/folder/deep', { recursive: true });
    for (const name of ['a', 'b', 'deep/c']) await fs.writeFile(`/home/folder/${name}`, name);
    await fs.rm('/home/folder', { recursive: true });
  });
  await row(page, 'welcome.md').focus();
  await page.keyboard.press('Control+z');
  await expect(message(page)).toContainText('Undo: deleted folder');
  expect(await readText(page, '/home/folder/deep/c')).toBe('deep/c');
  expect(await readText(page, '/home/folder/a')).toBe('a');
});

test('what was changed later is a conflict: listed with its reason, and each is decided', async ({ page }) => {
  await filetool(page, 'write', '/home/one.txt', 'first');
  await filetool(page, 'write', '/home/two.txt', 'first');
  await runFromSheet(page, 'append /home/one.txt theirs');
  const card = result(page, 'filetool.wasm');
  await expect(card.getByRole('button', { name: 'Undo' })).toBeVisible();
  await write(page, '/home/one.txt', 'mine');
  await card.getByRole('button', { name: 'Undo' }).click();
  const dialog = page.getByRole('dialog', { name: 'Conflicts: Undo of filetool.wasm' });
  await expect(dialog.getByRole('listitem')).toContainText('/home/one.txt');
  await expectAccessible(page, '.conflicts');
  expect(await readText(page, '/home/one.txt')).toBe('mine');
  await dialog.getByRole('radio', { name: 'Take theirs' }).check({ force: true });
  await dialog.getByRole('button', { name: 'Apply to 1 path' }).click();
  await expect.poll(() => readText(page, '/home/one.txt')).toBe('first\n');
});

test('try it first: what a program changes in its session is seen, thrown away, kept, or merged', async ({ page }) => {
  await runFromSheet(page, 'write /home/tried.txt hello', true);
  const card = result(page, 'filetool.wasm');
  await expect(card).toContainText('Not in the workspace yet');
  expect(await exists(page, '/home/tried.txt')).toBe(false);
  await card.getByRole('button', { name: 'View changes' }).click();
  await expect(page.getByRole('tree', { name: 'Differences' }).getByRole('treeitem', { name: /^tried\.txt, added/ })).toBeVisible();
  await card.getByRole('button', { name: 'Throw away' }).click();
  await expect(card).toHaveCount(0);
  expect(await exists(page, '/home/tried.txt')).toBe(false);
  await runFromSheet(page, 'write /home/tried.txt hello', true);
  await card.getByRole('button', { name: 'Keep…' }).click();
  await card.getByRole('textbox', { name: 'Name of the branch' }).fill('maybe');
  await page.keyboard.press('Enter');
  await expect(card).toHaveCount(0);
  expect(await readText(page, '/branch/maybe/home/tried.txt')).toBe('hello\n');
  await page.keyboard.press('Alt+6');
  await page.getByRole('button', { name: 'Merge maybe' }).click();
  await expect.poll(() => exists(page, '/home/tried.txt')).toBe(true);
  await expect(page.getByRole('button', { name: 'Merge maybe' })).toHaveCount(0);
});

test('a session that meets later changes is merged path by path, and is gone then', async ({ page }) => {
  await write(page, '/home/one.txt', 'old');
  await runFromSheet(page, 'append /home/one.txt theirs', true);
  const card = result(page, 'filetool.wasm');
  await expect(card).toContainText('Not in the workspace yet');
  await write(page, '/home/one.txt', 'mine');
  await card.getByRole('button', { name: 'Merge' }).click();
  const dialog = page.getByRole('dialog', { name: /^Conflicts: Merge of session/ });
  await dialog.getByRole('radio', { name: 'Keep both' }).check({ force: true });
  await dialog.getByRole('button', { name: 'Apply to 1 path' }).click();
  await expect.poll(() => exists(page, '/home/one.txt.theirs')).toBe(true);
  expect(await readText(page, '/home/one.txt')).toBe('mine');
  await expect(card).toHaveCount(0);
  await page.keyboard.press('Alt+6');
  await expect(page.getByText('Beside the workspace')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Sessions and branches' })).toHaveCount(0);
});
