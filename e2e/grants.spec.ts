import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { expectAccessible } from './support/accessible.ts';
import { listener, publisher } from './support/asking.ts';
import { dropFiles } from './support/drop.ts';
import { openWorkspace, readText, writeFiles } from './support/namespace.ts';
import { screenText, typeKeys, waitForPrompt } from './support/terminal.ts';
import { root } from './tools/project.mjs';

const ENOTCAPABLE = 76;
const sample = (name: string): Buffer => readFileSync(join(root, 'public/samples', name));
const result = (page: Page, name: string): Locator => page.getByRole('status', { name: `Result of ${name}` });

/** Drops a module with its manifest beside it, and yields the sheet. */
async function drop(page: Page, name: string, bytes: Uint8Array, manifest?: string): Promise<Locator> {
  await dropFiles(page, [{ name, bytes }, ...(manifest === undefined ? [] : [{ name: 'Component.toml', bytes: new TextEncoder().encode(manifest) }])]);
  const sheet = page.getByRole('dialog', { name: `Run ${name}` });
  await expect(sheet).toBeVisible();
  return sheet;
}

const manifestOf = (grants: string): string => `[component]\nid = "org.example.test"\nversion = "1.2"\n\n[grants]\n${grants}\n`;

test.beforeEach(async ({ page }) => {
  await openWorkspace(page);
  await waitForPrompt(page);
});

test('a manifest is a request: nothing is ticked, what is ticked is granted, and can be revoked while it waits', async ({ page }) => {
  const sheet = await drop(page, 'listens.wasm', listener('test.>'), manifestOf('subscribe = ["test.>"]\nclocks = true'));
  const asks = sheet.getByRole('region', { name: 'Its manifest asks to' });
  await expect(asks).toContainText('org.example.test');
  for (const tick of await asks.getByRole('checkbox').all()) await expect(tick).not.toBeChecked();
  await expectAccessible(page, '.drop-sheet');
  await asks.getByRole('checkbox', { name: 'read messages of test.>' }).check();
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(sheet).toBeHidden();

  await page.getByRole('tab', { name: 'Grants' }).click();
  const grants = page.getByRole('region', { name: /^Grants of listens\.wasm/ });
  const row = grants.getByRole('row').filter({ hasText: 'test.>' });
  await expect(row).toContainText('read messages');
  await expect(grants).not.toContainText('know the time');
  await expectAccessible(page, '.grants');
  await row.focus();
  await page.keyboard.press('Delete');
  // The open handle goes with it: the read that waited ends.
  await expect(result(page, 'listens.wasm')).toContainText(`exit ${ENOTCAPABLE}`);
  await expect(grants).toHaveCount(0);
});

test('a revoked grant is shown as that at once, and all of a program can be revoked', async ({ page }) => {
  await typeKeys(page, 'spin\n');
  await page.getByRole('tab', { name: 'Grants' }).click();
  await page.getByRole('textbox', { name: 'Filter the grants' }).fill('spin');
  const grants = page.getByRole('region', { name: /^Grants of spin/ });
  const rows = grants.getByRole('row').filter({ has: page.getByRole('button', { name: /^Revoke: / }) });
  await expect(rows.nth(1)).toBeVisible();
  const count = await rows.count();
  await rows.filter({ hasText: 'know the time' }).getByRole('button').click();
  await expect(grants.getByRole('row').filter({ hasText: 'know the time' })).toContainText('revoked');
  await expect(rows).toHaveCount(count - 1);
  await rows.first().focus();
  await page.keyboard.press('Shift+Delete');
  await expect(rows).toHaveCount(0);
  await expect(grants.getByRole('button', { name: /^Revoke all of spin/ })).toBeDisabled();
});

test('a module of the namespace is run with the manifest that is beside it, and what was ticked of that', async ({ page }) => {
  await writeFiles(page, { '/home/talks.wasm': publisher('test.a', 'test.b'), '/home/talks.component.toml': manifestOf('publish = ["test.a", "test.b"]') });
  await page.getByRole('treeitem', { name: /^talks\.wasm/ }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Run with…' }).click();
  const sheet = page.getByRole('dialog', { name: 'Run talks.wasm' });
  await expect(sheet.getByRole('region', { name: 'Its manifest asks to' })).toContainText('/home/talks.component.toml');
  await sheet.getByRole('button', { name: 'Tick all' }).click();
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(result(page, 'talks.wasm')).toContainText('exit 0');
});

test('what is wrong with a manifest is told with line and column, and keeps it from running until it is mended or left out', async ({ page }) => {
  const sheet = await drop(page, 'wrong.wasm', sample('hello-c.wasm'), manifestOf('http = [{host = "exa mple.org", methods = ["GET"]}]\nnonsense = 1'));
  await expect(sheet.getByRole('alert')).toContainText(/problems? in the manifest/);
  await expect(sheet.getByRole('alert')).toContainText(/Line 6, column \d+: grants\.http\[0\]\.host/);
  await expect(sheet.getByRole('alert')).toContainText(/Line 7, column \d+/);
  await expect(sheet.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
  await sheet.getByText('Text of the manifest').click();
  await sheet.getByRole('textbox', { name: 'Manifest' }).fill(manifestOf('clocks = true'));
  await expect(sheet.getByRole('alert')).toHaveCount(0);
  await expect(sheet.getByRole('checkbox', { name: 'know the time' })).not.toBeChecked();
  await sheet.getByRole('button', { name: 'Leave the manifest out' }).click();
  await expect(sheet.getByLabel('May reach')).toBeVisible();
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(result(page, 'wrong.wasm')).toContainText('exit 0');
});

test('directories may be given for reading only, by a manifest or without one', async ({ page }) => {
  let sheet = await drop(page, 'reads.wasm', sample('filetool.wasm'));
  await sheet.getByLabel('Arguments').fill('write no.txt x');
  await sheet.getByLabel('With the rights to').selectOption({ label: 'read only' });
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(result(page, 'reads.wasm')).toContainText('exit 1');
  sheet = await drop(page, 'asked.wasm', sample('filetool.wasm'), manifestOf('files = [{path = "/home/**", rights = ["read", "write", "create"]}]'));
  await sheet.getByLabel('Arguments').fill('write no.txt x');
  await sheet.getByRole('checkbox', { name: /\/home\/\*\*/ }).check();
  await sheet.getByLabel('Rights to /home/**').selectOption({ label: 'read only' });
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(result(page, 'asked.wasm')).toContainText('exit 1');
  sheet = await drop(page, 'asked.wasm', sample('filetool.wasm'), manifestOf('files = [{path = "/home/**", rights = ["read", "write", "create"]}]'));
  await sheet.getByLabel('Arguments').fill('write yes.txt x');
  await sheet.getByRole('checkbox', { name: /\/home\/\*\*/ }).check();
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(result(page, 'asked.wasm')).toContainText('exit 0');
  expect(await page.evaluate(async () => (await globalThis.palimpsest.fs.readdir('/home')).map(({ name }) => name))).not.toContain('no.txt');
});

test('what a run needed becomes a manifest, as a difference to edit and keep', async ({ page }) => {
  const sheet = await drop(page, 'learns.wasm', publisher('test.learn'));
  await sheet.getByLabel('How').selectOption('observe');
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(result(page, 'learns.wasm')).toContainText('exit 0');
  await result(page, 'learns.wasm').getByRole('button', { name: 'What it needed…' }).click();
  const learned = page.getByRole('dialog', { name: 'What learns.wasm needed' });
  await expect(learned.getByRole('document', { name: /^Differences in / })).toContainText('test.learn');
  await expectAccessible(page, '.learned');
  await learned.getByLabel('Keep as').fill('/home/learns.component.toml');
  await learned.getByRole('button', { name: 'Edit' }).click();
  const text = learned.getByRole('textbox', { name: 'Manifest' });
  await text.fill(`# looked at\n${await text.inputValue()}`);
  await learned.getByRole('button', { name: 'Keep it' }).click();
  await expect(learned).toBeHidden();
  expect(await readText(page, '/home/learns.component.toml')).toMatch(/^# looked at[^]*test\.learn/);
});

test('a dry run leaves the workspace alone and tells what it would have done', async ({ page }) => {
  const sheet = await drop(page, 'dry.wasm', sample('filetool.wasm'));
  await sheet.getByLabel('Arguments').fill('write dry.txt x');
  await sheet.getByLabel('How').selectOption('dry');
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
  await result(page, 'dry.wasm').getByRole('button', { name: 'What it would have done…' }).click();
  const report = page.getByRole('dialog', { name: 'What dry.wasm would have done' });
  await expect(report.getByRole('region', { name: 'Changes' })).toContainText('/home/dry.txt');
  await expect(report.getByRole('region', { name: 'Refused' })).toContainText('Nothing');
  await expectAccessible(page, '.learned');
  const there = () => page.evaluate(async () => (await globalThis.palimpsest.fs.readdir('/home')).some(({ name }) => name === 'dry.txt'));
  expect(await there()).toBe(false);
  await report.getByRole('button', { name: 'Merge' }).click();
  await expect.poll(there).toBe(true);
  const other = await drop(page, 'tells.wasm', publisher('test.outside'));
  await other.getByLabel('How').selectOption('dry');
  await other.getByRole('button', { name: 'Run', exact: true }).click();
  await result(page, 'tells.wasm').getByRole('button', { name: 'What it would have done…' }).click();
  await expect(page.getByRole('region', { name: 'Refused' })).toContainText('test.outside');
});

test('the policy opens for editing, at the line of a fault', async ({ page }) => {
  await page.getByRole('tab', { name: 'Grants' }).click();
  await page.getByRole('button', { name: 'Edit the policy' }).click();
  const editor = page.getByRole('textbox', { name: 'Contents of /etc/policy.toml' });
  await editor.fill('[[rule]]\ndecision = "allow"\naction = "publish"\nsubject = "test.ok"\n\n[[rule]]\ndecision = "perhaps"\naction = "http"\n');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('tab', { name: 'Grants' }).click();
  const fault = page.getByRole('button', { name: /^Line 7, column \d+$/ });
  await fault.click();
  await expect(editor).toBeFocused();
  await expect.poll(() => page.evaluate(() => String(getSelection()))).toBe('decision = "perhaps"');
});

test('every decision is in the audit: searched, looked at, verified, exported', async ({ page }) => {
  await writeFiles(page, { '/etc/policy.toml': '[[rule]]\ndecision = "deny"\naction = "publish"\nsubject = "test.never"\n', '/home/speaks.wasm': publisher('test.never'), '/home/other.wasm': publisher('test.never', 'test.never') });
  await typeKeys(page, './speaks.wasm; echo "ended $?"; ./other.wasm\n');
  await expect.poll(() => screenText(page)).toContain('ended 2');
  await waitForPrompt(page);
  await page.getByRole('tab', { name: 'Audit' }).click();
  const list = page.getByRole('listbox', { name: 'Records, the latest first' });
  await page.getByRole('textbox', { name: 'Program' }).fill('speaks');
  await expect(list.getByRole('option')).toHaveCount(1);
  await expect(list.getByRole('option')).toContainText(/speaks\.wasm.*refused.*test\.never.*the policy/);
  await page.getByRole('textbox', { name: 'Program' }).fill('');
  await page.getByRole('textbox', { name: 'Subject' }).fill('test.never');
  await expect(list.getByRole('option')).toHaveCount(2);
  await page.getByRole('combobox', { name: 'Decision' }).selectOption('allow');
  await expect(list.getByRole('option')).toHaveCount(0);
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect(list.getByRole('option').first()).toBeVisible();
  await list.focus();
  await page.keyboard.press('Home');
  await expect(page.getByRole('complementary', { name: /^Record / })).toContainText(/[0-9a-f]{64}/);
  await expectAccessible(page, '.audit');
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText(/^The chain of \d+ records? holds/)).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export JSONL' }).click()]);
  const lines = readFileSync(await download.path(), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { seq: number; program: string; hash: string });
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map(({ seq }) => seq).toSorted((a, b) => a - b));
  expect(lines.some(({ program }) => program.endsWith('speaks.wasm'))).toBe(true);
});
