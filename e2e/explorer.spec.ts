import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { openWorkspace, readText, run, writeFiles } from './support/namespace.ts';
import { root } from './tools/project.mjs';

const tree = (page: Page): Locator => page.getByRole('tree', { name: 'Namespace' });
/** Rows by the start of what a screen reader says of them. */
const row = (page: Page, name: string): Locator => tree(page).getByRole('treeitem', { name: new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(, |$)`) });
const filetool = (page: Page, ...args: string[]) => run(page, { module: '/bin/filetool', args });
const exists = (page: Page, path: string) => page.evaluate((name) => globalThis.palimpsest.fs.lstat(name).then(() => true, () => false), path);

test.beforeEach(async ({ page }) => {
  await openWorkspace(page);
  await expect(row(page, 'welcome.md')).toBeVisible();
});

/** Drops files and folders of this machine at a place of the page, through the browser's own drag and drop. */
async function dropFromDisk(page: Page, onto: Locator, files: string[]): Promise<void> {
  const box = await onto.boundingBox();
  if (!box) throw new Error('nothing to drop onto');
  const session = await page.context().newCDPSession(page);
  const place = { x: box.x + box.width / 2, y: box.y + box.height / 2, data: { items: [], files, dragOperationsMask: 1 } };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, ...place });
  await session.detach();
}

test('what a process writes, changes, renames and deletes shows at once, with its origin in words', async ({ page }) => {
  await filetool(page, 'write', 'made.txt', 'hello');
  await expect(row(page, 'made.txt')).toHaveAccessibleName('made.txt, 6 B, new');
  await filetool(page, 'append', 'made.txt', 'more');
  await expect(row(page, 'made.txt')).toHaveAccessibleName('made.txt, 11 B, new');
  await filetool(page, 'append', 'welcome.md', 'more');
  await expect(row(page, 'welcome.md')).toHaveAccessibleName(/^welcome\.md, 1\.6 KB, changed$/);
  await filetool(page, 'rename', 'made.txt', 'renamed.txt');
  await expect(row(page, 'renamed.txt')).toBeVisible();
  await expect(row(page, 'made.txt')).toHaveCount(0);
  await filetool(page, 'delete', 'renamed.txt');
  await expect(row(page, 'renamed.txt')).toHaveCount(0);
  await filetool(page, 'mkdir', 'folder');
  await filetool(page, 'write', 'folder/inside.txt', 'x');
  await row(page, 'folder').click();
  await expect(row(page, 'inside.txt')).toHaveAttribute('aria-level', '4');
  await expect(row(page, 'tmp')).toHaveAccessibleName(/mounted/);
});

test('a link says where it leads, also after it was made anew', async ({ page }) => {
  await page.evaluate(() => globalThis.palimpsest.fs.symlink('welcome.md', '/home/way'));
  await expect(row(page, 'way')).toHaveAccessibleName('way, link to welcome.md, new');
  await expect(row(page, 'way')).toContainText('way → welcome.md');
  await page.evaluate(async () => {
    await globalThis.palimpsest.fs.symlink('data', '/home/way.next');
    await globalThis.palimpsest.fs.rename('/home/way.next', '/home/way');
  });
  await expect(row(page, 'way')).toHaveAccessibleName('way, link to data, new');
});

test('rows glow when they are read and written, by name', async ({ page }) => {
  await filetool(page, 'append', 'welcome.md', 'more');
  await expect(row(page, 'welcome.md').locator('.glow')).toHaveClass(/write/);
  await filetool(page, 'read', 'welcome.md');
  await expect(row(page, 'welcome.md').locator('.glow')).toHaveClass(/read/);
});

test('a file that a process makes among very many is found; the list stays short in the page', async ({ page }) => {
  await run(page, { module: '/bin/manyfiles', args: ['many', '3000'] });
  await row(page, 'many').click();
  await expect(row(page, '000000.txt')).toBeVisible();
  await expect(row(page, '000000.txt')).toHaveAttribute('aria-setsize', '3000');
  expect(await tree(page).getByRole('treeitem').count()).toBeLessThan(150);
  await page.getByRole('textbox', { name: 'Filter' }).fill('002999');
  await expect(row(page, '002999.txt')).toBeVisible();
});

test('files open as text, bytes, and picture, and follow what is written to them', async ({ page }) => {
  await writeFiles(page, { '/home/bytes.bin': Uint8Array.from({ length: 100 }, (_, index) => index) });
  await row(page, 'welcome.md').dblclick();
  const contents = page.getByRole('textbox', { name: 'Contents of /home/welcome.md' });
  await expect(contents).toContainText('Everything here runs in this tab');
  await filetool(page, 'write', 'welcome.md', 'written', 'over');
  await expect(contents).toContainText('written over');
  await page.getByRole('button', { name: 'Hex' }).click();
  await expect(page.getByRole('grid', { name: 'Bytes of /home/welcome.md' })).toContainText(/77 72 69 74/);
  await row(page, 'bytes.bin').click();
  await expect(page.getByRole('grid', { name: 'Bytes of /home/bytes.bin' })).toContainText(/00 01 02 03/);
  await row(page, 'pixel.png').click();
  const picture = page.getByRole('img', { name: 'pixel.png' });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  await expect(page.getByRole('tab', { name: 'welcome.md' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('tab', { name: 'pixel.png' })).toHaveAttribute('aria-selected', 'true');
});

test('a text is edited and saved', async ({ page }) => {
  await row(page, 'welcome.md').click();
  await page.getByRole('textbox', { name: 'Contents of /home/welcome.md' }).fill('mine, ünï\n');
  await page.keyboard.press('Control+S');
  await expect(page.getByRole('textbox', { name: 'Contents of /home/welcome.md' })).toContainText('mine, ünï');
  expect(await readText(page, '/home/welcome.md')).toBe('mine, ünï\n');
});

test('a download has the file\'s bytes', async ({ page }) => {
  await row(page, 'bin').click();
  await row(page, 'ask').click({ button: 'right' });
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Download' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('ask');
  expect(readFileSync(await download.path()).equals(readFileSync(join(root, 'public/samples/ask.wasm')))).toBe(true);
});

test('files and folders that are dropped land in /home, or in the directory that they are dropped on', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'palimpsest-drop-'));
  try {
    mkdirSync(join(folder, 'tree/deep/empty'), { recursive: true });
    writeFileSync(join(folder, 'tree/deep/ünï 1.txt'), 'deep');
    writeFileSync(join(folder, 'tree/top.bin'), Buffer.from([0, 255, 1]));
    writeFileSync(join(folder, 'single.txt'), 'single');
    await dropFromDisk(page, page.getByRole('region', { name: 'View', exact: true }), [join(folder, 'tree'), join(folder, 'single.txt')]);
    await expect(page.getByRole('status', { name: 'Messages' })).toContainText('put into /home');
    expect(await readText(page, '/home/tree/deep/ünï 1.txt')).toBe('deep');
    expect(await readText(page, '/home/single.txt')).toBe('single');
    expect(await page.evaluate(async () => [...await globalThis.palimpsest.fs.readFile('/home/tree/top.bin')])).toEqual([0, 255, 1]);
    expect(await exists(page, '/home/tree/deep/empty')).toBe(true);
    await expect(row(page, 'tree')).toBeVisible();
    await dropFromDisk(page, row(page, 'data'), [join(folder, 'single.txt')]);
    await expect.poll(() => exists(page, '/home/data/single.txt')).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('by keyboard: F2 renames, Delete deletes, the menu makes files and folders', async ({ page }) => {
  await writeFiles(page, { '/home/note.txt': 'text' });
  await row(page, 'note.txt').click();
  await row(page, 'note.txt').press('F2');
  const field = page.getByRole('textbox', { name: 'Rename note.txt' });
  await expect(field).toBeFocused();
  await field.fill('other name.txt');
  await field.press('Enter');
  await expect(row(page, 'other name.txt')).toBeFocused();
  expect(await readText(page, '/home/other name.txt')).toBe('text');
  expect(await exists(page, '/home/note.txt')).toBe(false);
  await expect(page.getByRole('tab', { name: 'other name.txt' })).toBeVisible();

  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'Rename other name.txt' }).fill('given up');
  await page.keyboard.press('Escape');
  await expect(row(page, 'other name.txt')).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(row(page, 'other name.txt')).toHaveCount(0);
  expect(await exists(page, '/home/other name.txt')).toBe(false);

  await row(page, 'data').focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'New folder' }).press('Enter');
  await page.getByRole('textbox', { name: 'Rename folder' }).fill('made');
  await page.keyboard.press('Enter');
  await expect(row(page, 'made')).toBeFocused();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'New file' }).press('Enter');
  await page.getByRole('textbox', { name: 'Rename untitled.txt' }).fill('fresh.md');
  await page.keyboard.press('Enter');
  await expect(row(page, 'fresh.md')).toBeFocused();
  expect(await readText(page, '/home/data/made/fresh.md')).toBe('');
});

test('a directory that is not empty asks before it goes', async ({ page }) => {
  await row(page, 'data').focus();
  await page.keyboard.press('Delete');
  const question = page.getByRole('dialog', { name: 'Delete data?' });
  await expect(question).toContainText('1 entry');
  await page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  expect(await exists(page, '/home/data/orders.csv')).toBe(true);
  await row(page, 'data').focus();
  await page.keyboard.press('Delete');
  await question.getByRole('button', { name: 'Delete' }).click();
  await expect(row(page, 'data')).toHaveAccessibleName('data, deleted');
  expect(await exists(page, '/home/data')).toBe(false);
});

test('My changes shows what is new, changed and deleted, and nothing else', async ({ page }) => {
  await page.getByRole('combobox', { name: 'View' }).selectOption('My changes');
  await expect(page.getByText('Nothing is changed yet.')).toBeVisible();
  await filetool(page, 'write', 'data/new.txt', 'x');
  await filetool(page, 'append', 'welcome.md', 'x');
  await filetool(page, 'delete', 'pixel.png');
  await expect(row(page, 'new.txt')).toHaveAccessibleName('new.txt, 2 B, new');
  await expect(row(page, 'welcome.md')).toHaveAccessibleName(/, changed$/);
  await expect(row(page, 'pixel.png')).toHaveAccessibleName(/, deleted$/);
  for (const name of ['orders.csv', 'bin', 'etc']) await expect(row(page, name)).toHaveCount(0);
  await page.getByRole('combobox', { name: 'View' }).selectOption('Everything');
  await expect(row(page, 'bin')).toBeVisible();
  await expect(row(page, 'pixel.png')).toHaveAccessibleName(/, deleted$/);
  await page.getByRole('button', { name: 'Explorer actions' }).click();
  await page.getByRole('menuitem', { name: 'Hide deleted entries' }).click();
  await expect(row(page, 'pixel.png')).toHaveCount(0);
});

test('the filter narrows the rows, and Escape clears it', async ({ page }) => {
  await writeFiles(page, { '/home/alpha.txt': '', '/home/beta.txt': '' });
  await expect(row(page, 'beta.txt')).toBeVisible();
  const filter = page.getByRole('textbox', { name: 'Filter' });
  await filter.fill('ALPH');
  await expect(row(page, 'alpha.txt')).toBeVisible();
  await expect(row(page, 'beta.txt')).toHaveCount(0);
  await filter.press('ArrowDown');
  await expect(tree(page).locator(':focus')).toHaveCount(1);
  await filter.press('Escape');
  await expect(filter).toHaveValue('');
  await expect(row(page, 'beta.txt')).toBeVisible();
});

test('the tree is walked by keyboard as the pattern for trees says', async ({ page }) => {
  const focused = tree(page).locator('[role=treeitem]:focus');
  await row(page, '/').focus();
  await page.keyboard.press('ArrowDown');
  await expect(focused).toHaveAccessibleName('bin');
  await expect(focused).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('ArrowRight');
  await expect(row(page, 'ask')).toBeVisible();
  await expect(focused).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowRight');
  await expect(focused).toHaveAccessibleName('[, link to coreutils');
  await expect(focused).toHaveAttribute('aria-posinset', '1');
  await page.keyboard.press('ArrowLeft');
  await expect(focused).toHaveAccessibleName('bin');
  await page.keyboard.press('ArrowLeft');
  await expect(row(page, 'ask')).toHaveCount(0);
  await page.keyboard.press('End');
  await expect(focused).toHaveAccessibleName(/^tmp/);
  await page.keyboard.press('Home');
  await expect(focused).toHaveAccessibleName('/');
  await page.keyboard.press('w');
  await expect(focused).toHaveAccessibleName(/^welcome\.md/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'welcome.md' })).toHaveAttribute('aria-selected', 'true');
  expect(await tree(page).locator('[role=treeitem][tabindex="0"]').count()).toBe(1);
});
