import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Locator, Page } from '@playwright/test';
import { expect, sharedTest as test } from './fixtures.ts';
import { expectAccessible } from './support/accessible.ts';
import { readText, writeFiles } from './support/namespace.ts';

const tree = (page: Page): Locator => page.getByRole('tree', { name: 'Namespace' });
/** Rows by the start of what a screen reader says of them. */
const row = (page: Page, name: string): Locator => tree(page).getByRole('treeitem', { name: new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(, |$)`) });
const chosen = (page: Page): Locator => tree(page).getByRole('treeitem', { selected: true });
const view = (page: Page): Locator => page.getByRole('combobox', { name: 'View', exact: true });
const exists = (page: Page, path: string) => page.evaluate((name) => globalThis.palimpsest.fs.lstat(name).then(() => true, () => false), path);
const entries = (page: Page, path: string) => page.evaluate(async (name) => (await globalThis.palimpsest.fs.readdir(name)).map((entry) => entry.name).sort(), path);

/** A directory with files of these names, open in the explorer. */
async function directory(page: Page, path: string, names: readonly string[]): Promise<void> {
  await page.evaluate((at) => globalThis.palimpsest.fs.mkdir(at), path);
  await writeFiles(page, Object.fromEntries(names.map((name) => [`${path}/${name}`, name])));
  await row(page, path.slice(path.lastIndexOf('/') + 1)).click();
  await expect(row(page, names[0]!)).toBeVisible();
}

test('several rows are chosen by keyboard and by mouse, deleted as one, and brought back as one', async ({ page }) => {
  await directory(page, '/home/several', ['s1', 's2', 's3', 's4']);
  await row(page, 's1').focus();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(chosen(page)).toHaveCount(3);
  await page.keyboard.press('Shift+ArrowUp');
  await row(page, 's4').click({ modifiers: ['Control'] });
  await expect(chosen(page)).toHaveCount(3);
  await expect(page.getByRole('complementary', { name: 'Explorer' })).toContainText('3 entries chosen');
  await page.keyboard.press('Delete');
  await expect.poll(() => entries(page, '/home/several')).toEqual(['s3']);
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('Deleted 3 entries');
  await row(page, 's3').focus();
  await page.keyboard.press('Control+Z');
  await expect.poll(() => entries(page, '/home/several')).toEqual(['s1', 's2', 's3', 's4']);
  expect(await readText(page, '/home/several/s4')).toBe('s4');
});

test('entries are cut, copied, duplicated and pasted; a menu of several has what they can', async ({ page }) => {
  await directory(page, '/home/from', ['one.txt', 'two.txt']);
  await page.evaluate(() => globalThis.palimpsest.fs.mkdir('/home/onto'));
  await row(page, 'one.txt').click({ modifiers: ['Control'] });
  await row(page, 'from').click({ modifiers: ['Control'] });
  await row(page, 'one.txt').focus();
  await page.keyboard.press('Escape');
  await expect(chosen(page)).toHaveCount(1);
  await page.keyboard.press('Control+c');
  await row(page, 'onto').focus();
  await page.keyboard.press('Control+v');
  await expect.poll(() => entries(page, '/home/onto')).toEqual(['one.txt']);
  await row(page, 'two.txt').focus();
  await page.keyboard.press('Control+Space');
  await page.keyboard.press('Control+x');
  await expect(row(page, 'two.txt')).toHaveAccessibleName(/, cut$/);
  await row(page, 'onto').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Paste' }).click();
  await expect.poll(() => entries(page, '/home/onto')).toEqual(['one.txt', 'two.txt']);
  expect(await exists(page, '/home/from/two.txt')).toBe(false);
  await row(page, 'from').click();
  await row(page, 'two.txt').focus();
  await page.keyboard.press('Control+d');
  await expect.poll(() => entries(page, '/home/onto')).toEqual(['one.txt', 'two-2.txt', 'two.txt']);
  await expect(row(page, 'two-2.txt')).toHaveAttribute('aria-selected', 'true');
  await row(page, 'two.txt').click({ modifiers: ['Control'] });
  await row(page, 'two.txt').click({ button: 'right' });
  const menu = page.getByRole('menu', { name: 'Actions on 2 entries' });
  await expect(menu.getByRole('menuitem', { name: 'Compare the two' })).toBeVisible();
  await page.evaluate(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
  const downloading = page.waitForEvent('download');
  await menu.getByRole('menuitem', { name: 'Download 2 entries as one archive' }).click();
  const archive = gunzipSync(readFileSync(await (await downloading).path())).toString('latin1');
  expect(archive).toContain('onto/two-2.txt');
  expect(archive).not.toContain('onto/one.txt');
});

test('rows are dragged into a directory, and copied with Ctrl', async ({ page }) => {
  await directory(page, '/home/drag', ['d1', 'd2']);
  await page.evaluate(() => globalThis.palimpsest.fs.mkdir('/home/drag/into'));
  await expect(row(page, 'into')).toBeVisible();
  await row(page, 'd1').dragTo(row(page, 'into'));
  await expect.poll(() => entries(page, '/home/drag/into')).toEqual(['d1']);
  await page.keyboard.down('Control');
  await row(page, 'd2').dragTo(row(page, 'into'));
  await page.keyboard.up('Control');
  await expect.poll(() => entries(page, '/home/drag/into')).toEqual(['d1', 'd2']);
  expect(await exists(page, '/home/drag/d2')).toBe(true);
});

test('a name that can be none is refused with the reason, and the field keeps the focus', async ({ page }) => {
  await directory(page, '/home/names', ['stem.tar']);
  await row(page, 'stem.tar').focus();
  await page.keyboard.press('F2');
  const field = page.getByRole('textbox', { name: 'Rename stem.tar' });
  expect(await field.evaluate((input: HTMLInputElement) => input.value.slice(input.selectionStart!, input.selectionEnd!))).toBe('stem');
  for (const [name, why] of [['a/b', 'no “/”'], ['..', 'stands for a directory'], ['é'.repeat(128), '256']] as const) {
    await field.fill(name);
    await expect(tree(page).getByRole('alert')).toContainText(why);
    await field.press('Enter');
    await expect(field).toBeFocused();
  }
  await field.press('Escape');
  await expect(row(page, 'stem.tar')).toBeFocused();
});

test('names that hide or mislead are shown for what they are', async ({ page }) => {
  const names = ['a\u202egnp.exe', 'two\nlines', 'esc\u001b[31m', '👨‍👩‍👧 x', 'zero\u200bwidth', 'n'.repeat(255)];
  await directory(page, '/home/odd', ['plain']);
  await writeFiles(page, Object.fromEntries(names.map((name) => [`/home/odd/${name}`, 'x'])));
  for (const shown of ['a\\u{202e}gnp.exe', 'two\\nlines', 'esc\\u{1b}[31m', '👨‍👩‍👧 x', 'zero\\u{200b}width', 'n'.repeat(255)]) await expect(row(page, shown)).toBeVisible();
  await row(page, 'two\\nlines').focus();
  await page.keyboard.press('Delete');
  await expect.poll(() => entries(page, '/home/odd')).toHaveLength(names.length);
});

test('the filter searches what was never opened, by words and by chips', async ({ page }) => {
  await page.evaluate(async () => {
    await globalThis.palimpsest.fs.mkdir('/home/closed/deep/er', { recursive: true });
    await globalThis.palimpsest.fs.writeFile('/home/closed/deep/er/quarterly-report.txt', 'x');
    await globalThis.palimpsest.fs.mkdir('/home/closed/report-folder');
  });
  const filter = page.getByRole('textbox', { name: 'Filter' });
  await filter.fill('qrep');
  await expect(row(page, 'quarterly-report.txt')).toHaveAttribute('aria-level', '6');
  await expect(page.getByText('1 found')).toBeVisible();
  await filter.press('ArrowDown');
  await expect(row(page, 'quarterly-report.txt')).toBeFocused();
  await filter.fill('report');
  await page.getByRole('button', { name: 'Filter by kind, origin or run' }).click();
  const chips = page.getByRole('group', { name: 'Filter by' });
  await chips.getByRole('button', { name: 'Folders' }).click();
  await expect(filter).toHaveValue('report kind:dir');
  await expect(row(page, 'quarterly-report.txt')).toHaveCount(0);
  await expect(row(page, 'report-folder')).toBeVisible();
  await page.evaluate(async () => (await globalThis.palimpsest.run({ module: '/bin/filetool', args: ['write', 'by-the-run.txt', 'x'], stdin: '' })).exited);
  await filter.fill('');
  await chips.getByRole('button', { name: 'Last run' }).click();
  await expect(row(page, 'by-the-run.txt')).toBeVisible();
  await expectAccessible(page, '.explorer');
  await filter.press('Escape');
  await expect(filter).toHaveValue('');
  await page.getByRole('button', { name: 'Filter by kind, origin or run' }).click();
  await expect(row(page, 'bin')).toBeVisible();
});

test('one layer, and the namespace as a process sees it until it ends', async ({ page }) => {
  await page.evaluate(async () => {
    await globalThis.palimpsest.fs.mkdir('/home/given/inner', { recursive: true });
    await globalThis.palimpsest.fs.mkdir('/home/elsewhere');
    await globalThis.palimpsest.fs.writeFile('/home/elsewhere/bound.txt', 'x');
  });
  await view(page).selectOption('Layer base');
  await expect(row(page, 'given')).toHaveCount(0);
  await expect(page.getByText('What is shipped, read-only.')).toBeVisible();
  await view(page).selectOption('Layer upper');
  await expect(row(page, 'given')).toBeVisible();
  await expect(row(page, 'bin')).toHaveCount(0);
  const pid = await page.evaluate(async () => {
    const run = await globalThis.palimpsest.run({ module: '/bin/upper', preopens: { '/data': '/home/given' }, namespace: { '/home/given/inner': '/home/elsewhere' } });
    return run.pid;
  });
  await view(page).focus();
  await view(page).selectOption(`As upper (${pid}) sees it`);
  await expect(row(page, 'given')).toHaveAccessibleName(/given to it as \/data/);
  await expect(row(page, 'bin')).toHaveAccessibleName(/out of its reach/);
  await row(page, 'given').click();
  await row(page, 'inner').click();
  await expect(row(page, 'bound.txt')).toHaveAccessibleName(/from \/home\/given\/inner \(tree\)/);
  await expectAccessible(page, '.explorer');
  await page.evaluate((of) => globalThis.palimpsest.fs.writeFile(`/proc/${of}/ctl`, 'kill'), pid);
  await expect(page.getByText('it has ended')).toBeVisible();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await expect(view(page)).toHaveValue('merged');
  await expect(row(page, 'bin')).toHaveAccessibleName('bin');
});

test('a folder of very many entries opens at once, is walked by keyboard, and stays in step with a program that writes', async ({ page }) => {
  await page.evaluate(async () => (await globalThis.palimpsest.run({ module: '/bin/manyfiles', args: ['/home/aaa', '6000'], stdin: '' })).exited);
  await row(page, 'aaa').click();
  await expect(row(page, '000000.txt')).toHaveAttribute('aria-setsize', '6000');
  await row(page, 'aaa').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('PageDown');
  await expect(row(page, '000020.txt')).toBeFocused();
  expect(await tree(page).getByRole('treeitem').count()).toBeLessThan(150);
  await page.evaluate(async () => {
    const { fs } = globalThis.palimpsest;
    await Promise.all(Array.from({ length: 60 }, (_, at) => fs.writeFile(`/home/aaa/000020-${at}`, 'x')));
  });
  await expect(row(page, '000020-0')).toHaveAttribute('aria-setsize', '6060');
  await expect(row(page, '000020.txt')).toBeFocused();
});
