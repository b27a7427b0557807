import { expect, sharedTest as test } from './fixtures.ts';
import { expectAccessible } from './support/accessible.ts';

const table = 'Processes';

test.beforeEach(async ({ page }) => {
  await page.getByRole('tab', { name: table }).click();
});

test('a process in full: by mouse, with its children, files, mounts, grants and charts', async ({ page }) => {
  await page.evaluate(() => void palimpsest!.run({ module: '/bin/sh', args: ['-c', 'spin & sleep 90; true'], env: { PATH: '/bin', TRACE_ME: 'yes' } }));
  const row = page.getByRole('treegrid', { name: table }).getByRole('row', { name: /spin & sleep/ });
  await expect(row).toHaveAttribute('aria-expanded', 'true');
  await expect(page.getByRole('row', { name: /^spin \d+/ })).toHaveAttribute('aria-level', '2');
  await row.click();
  const details = page.getByRole('complementary', { name: /^Process \d+, sh$/ });
  await expect(details.getByRole('figure', { name: /^CPU: CPU now [\d.]+ %/ })).toBeVisible();
  await expect(details.getByRole('figure', { name: /^Bytes a second: read now .*; written now/ })).toBeVisible();
  await expect(details.getByRole('listitem').filter({ hasText: '/dev' }).first()).toBeVisible();
  await details.getByText('Environment').click();
  await expect(details.getByText('TRACE_ME=yes')).toBeVisible();
  await expectAccessible(page, '.processes');
  await page.evaluate(() => { document.documentElement.dataset['theme'] = 'day'; });
  await expectAccessible(page, '.processes');
  await details.getByRole('button', { name: 'Close the details' }).click();
  await expect(details).toHaveCount(0);
});

test('by keyboard: rows, branches, details, the menu and the end', async ({ page }) => {
  await page.evaluate(() => void palimpsest!.run({ module: '/bin/sh', args: ['-c', 'spin second; sleep 1; true'], env: { PATH: '/bin' } }));
  const parent = page.getByRole('row', { name: /spin second; sleep/ });
  const child = page.getByRole('row', { name: /^spin \d+ second/ });
  await expect(child).toBeVisible();
  await parent.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(child).toHaveCount(0);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(child).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: /^Process \d+, spin$/ })).toBeVisible();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Kill' }).press('Enter');
  await expect(child).toContainText('KILL 137');
});

test('sorts by what is used, and finds by words', async ({ page }) => {
  await page.evaluate(() => void palimpsest!.run({ module: '/bin/spin', args: ['busy-one'] }));
  const rows = page.getByRole('treegrid', { name: table }).getByRole('row');
  await page.getByRole('button', { name: 'CPU' }).click();
  await expect(page.getByRole('columnheader', { name: 'CPU' })).toHaveAttribute('aria-sort', 'descending');
  await expect(rows.nth(1)).toContainText('busy-one');
  await page.getByRole('button', { name: 'CPU' }).click();
  await page.getByRole('textbox', { name: 'Filter the processes' }).fill('no such thing');
  await expect(page.getByText('No process is like that.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(rows.nth(1)).toBeVisible();
});
