import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { openWorkspace, readText, workspaceReady, writeFiles } from './support/namespace.ts';

let directory = '';
test.beforeEach(async ({ page }) => {
  directory = mkdtempSync(join(tmpdir(), 'archives-'));
  // The picker is a window of the system, which no test can press: without it the file is downloaded.
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
  await openWorkspace(page);
});
test.afterEach(() => rmSync(directory, { recursive: true }));

async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command palette' }).fill(title);
  await page.keyboard.press('Enter');
}

/** Runs a command that asks for a file, and gives it one. */
async function giveFile(page: Page, title: string, file: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await command(page, title);
  await (await chooser).setFiles(file);
}

const exists = (page: Page, path: string) => page.evaluate((name) => globalThis.palimpsest.fs.lstat(name).then(() => true, () => false), path);

test('a workspace goes out as one file, and an empty one that takes it is the same', async ({ page, browser, baseURL }) => {
  await writeFiles(page, { '/home/mine/a.txt': 'hello', '/home/mine/deep/b.txt': 'b' });
  await page.evaluate(() => globalThis.palimpsest.fs.rm('/home/welcome.md'));
  await command(page, 'Export workspace');
  const download = page.waitForEvent('download');
  await page.getByRole('dialog', { name: 'Export the workspace' }).getByRole('button', { name: 'Export…' }).click();
  const saved = join(directory, (await download).suggestedFilename());
  await (await download).saveAs(saved);
  await expect(page.getByText(/^SHA-256 [0-9a-f]{64}$/)).toHaveText(`SHA-256 ${execFileSync('sha256sum', [saved]).toString().slice(0, 64)}`);
  expect(execFileSync('tar', ['-tzf', saved]).toString()).toContain('home/.wh.welcome.md');

  const other = await browser.newContext({ baseURL: baseURL!, serviceWorkers: 'block' });
  const empty = await other.newPage();
  await openWorkspace(empty);
  expect(await exists(empty, '/home/welcome.md')).toBe(true);
  await giveFile(empty, 'Import an archive', saved);
  const sheet = empty.getByRole('dialog', { name: /^Import workspace/ });
  await expect(sheet).toContainText('A workspace:');
  await expect(sheet.getByLabel('Into')).toHaveValue('/');
  await sheet.getByRole('checkbox', { name: /^Replace what is there/ }).check();
  await sheet.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(empty.getByText(/put into \/$/)).toBeVisible();
  expect(await readText(empty, '/home/mine/deep/b.txt')).toBe('b');
  expect(await exists(empty, '/home/welcome.md')).toBe(false);
  await empty.reload();
  await workspaceReady(empty);
  expect(await readText(empty, '/home/mine/a.txt')).toBe('hello');
  expect(await exists(empty, '/home/welcome.md')).toBe(false);
  await other.close();
});

test('what is left out of an archive is listed with the reasons', async ({ page }) => {
  mkdirSync(join(directory, 'in'));
  writeFileSync(join(directory, 'in/good.txt'), 'good');
  symlinkSync('/etc/passwd', join(directory, 'in/bad-link'));
  execFileSync('tar', ['-czf', join(directory, 'mixed.tgz'), '-C', join(directory, 'in'), '.']);
  await giveFile(page, 'Import an archive', join(directory, 'mixed.tgz'));
  const sheet = page.getByRole('dialog', { name: 'Import mixed.tgz' });
  await expect(sheet.getByLabel('Into')).toHaveValue('/home/mixed');
  await sheet.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(page.getByRole('dialog', { name: 'Imported: mixed.tgz' })).toContainText(/bad-link it is a link that leads out/);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  expect(await readText(page, '/home/mixed/good.txt')).toBe('good');
  expect(await exists(page, '/home/mixed/bad-link')).toBe(false);
});

test('a damaged archive leaves everything as it was', async ({ page }) => {
  writeFileSync(join(directory, 'x'), Buffer.alloc(200_000, 'text '));
  execFileSync('tar', ['-czf', join(directory, 'cut.tgz'), '-C', directory, 'x']);
  writeFileSync(join(directory, 'cut.tgz'), readFileSync(join(directory, 'cut.tgz')).subarray(0, -20));
  const outcome = await page.evaluate(async (bytes) => {
    const { archive, fs } = globalThis.palimpsest;
    const before = (await fs.readdir('/home')).map(({ name }) => name).sort();
    const error = await archive.import(new Blob([Uint8Array.from(bytes)]), '/home/cut').catch((failure: { code?: string }) => failure.code);
    return { error, same: JSON.stringify(before) === JSON.stringify((await fs.readdir('/home')).map(({ name }) => name).sort()) };
  }, [...readFileSync(join(directory, 'cut.tgz'))]);
  expect(outcome).toEqual({ error: 'EBADMSG', same: true });
});

test('a link carries a folder: it is asked for, goes to a place of its own, and is gone from the address', async ({ page }) => {
  await writeFiles(page, { '/home/gift/read me.txt': 'a gift', '/home/gift/run.sh': 'echo no' });
  const link = await page.evaluate(() => globalThis.palimpsest.archive.link('/home/gift'));
  expect(link.length).toBeLessThan(1000);
  await page.goto('about:blank');
  for (const place of ['/home/shared/gift', '/home/shared/gift-2']) {
    await page.goto(link);
    const sheet = page.getByRole('dialog', { name: 'This link carries files' });
    await expect(sheet).toContainText('2 files, 13 B');
    expect(new URL(page.url()).hash).toBe('');
    await sheet.getByRole('button', { name: 'Add them' }).click();
    await expect(sheet).toHaveCount(0);
    await expect.poll(() => exists(page, place)).toBe(true);
    expect(await readText(page, `${place}/gift/read me.txt`)).toBe('a gift');
    await page.goto('about:blank');
  }
  await page.goto(link.slice(0, -40));
  await expect(page.getByRole('dialog')).toContainText('cannot be read');
});
