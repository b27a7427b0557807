import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import initSqlJs from 'sql.js';
import { expect, sharedTest as test } from './fixtures.ts';
import { expectAccessible } from './support/accessible.ts';
import { writeFiles } from './support/namespace.ts';
import { root } from './tools/project.mjs';

const sample = (name: string): Uint8Array => readFileSync(join(root, 'public/samples', name));

async function database(): Promise<Uint8Array> {
  const sql = await initSqlJs();
  const db = new sql.Database();
  db.exec("create table people(id integer primary key, name text, photo blob); create view adults as select name from people; insert into people with recursive c(v) as (select 1 union all select v + 1 from c where v < 3000) select v, 'person ' || v, x'00ff' from c;");
  return db.export();
}

/** Puts a file into the namespace and opens it in its best view, or another. */
async function open(page: Page, name: string, data: Uint8Array | string, view?: string): Promise<void> {
  await writeFiles(page, { [`/home/${name}`]: data });
  const home = page.getByRole('tree', { name: 'Namespace' }).getByRole('treeitem', { name: /^home/ });
  if ((await home.getAttribute('aria-expanded')) !== 'true') await home.click();
  await page.getByRole('tree', { name: 'Namespace' }).getByRole('treeitem', { name: new RegExp(`^${name.replace('.', '\\.')}`) }).click();
  if (view) await page.getByRole('group', { name: 'Show as' }).getByRole('button', { name: view }).click();
}

/** Looks for faults in both themes. */
async function accessible(page: Page, selector: string): Promise<void> {
  for (const theme of ['night', 'day']) {
    await page.evaluate((name) => { document.documentElement.dataset['theme'] = name; }, theme);
    await expectAccessible(page, selector);
  }
}

test('a module: why it runs, what its imports mean, its functions and sizes', async ({ page }) => {
  await open(page, 'threads.wasm', sample('threads.wasm'));
  await expect(page.getByRole('heading', { name: 'It runs here, because' })).toBeVisible();
  await expect(page.getByText('This browser has all that it needs')).toBeVisible();
  await accessible(page, '.inspect');
  await page.getByRole('tab', { name: /^Overview/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('region', { name: 'Threads' }).getByRole('row', { name: /thread-spawn.*starts a thread/ })).toBeVisible();
  await expectAccessible(page, '.inspect');
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: '_start', exact: true }).click();
  const code = page.getByRole('listbox', { name: /^Instructions of function/ });
  await expect(code.getByRole('option', { name: /call 0 wasi_snapshot_preview1\.args_sizes_get/ })).toBeVisible();
  await accessible(page, '.inspect');
  await page.getByRole('tab', { name: /^Sizes/ }).click();
  await expect(page.getByRole('button', { name: /^code, 1\.5 KB/ })).toBeVisible();
  await accessible(page, '.inspect');
  await page.getByRole('button', { name: 'Table', exact: true }).click();
  await page.getByRole('button', { name: 'code', exact: true }).click();
  await page.getByRole('button', { name: '_start', exact: true }).click();
  await expect(page.getByRole('region', { name: /^Function 7/ })).toBeVisible();
});

test('functions: search, go to what is called, see who calls it', async ({ page }) => {
  await open(page, 'called.wasm', sample('threads.wasm'));
  await page.getByRole('tab', { name: /^Functions/ }).click();
  await page.getByRole('searchbox', { name: 'Find a function' }).fill('_START');
  await expect(page.getByText(/^2 of 11 functions/)).toBeVisible();
  await page.getByRole('listbox', { name: 'Functions' }).press('Home');
  const code = page.getByRole('listbox', { name: /^Instructions of function 7/ });
  await code.getByRole('option', { name: / call 0 wasi_snapshot_preview1\.args_sizes_get/ }).click({ position: { x: 20, y: 8 } });
  await code.press('Enter');
  await expect(page.getByText('It is imported: its instructions are not in this file.')).toBeVisible();
  await page.getByText('1 caller', { exact: true }).click();
  await page.getByRole('list', { name: 'Callers' }).getByRole('button', { name: /_start/ }).click();
  await expect(code).toBeVisible();
  await page.getByRole('tab', { name: /^Sections/ }).click();
  await expect(page.getByRole('row', { name: /^code 10 0x/ })).toBeVisible();
  await expectAccessible(page, '.inspect');
});

test('a module that cannot run says why, and a damaged one where', async ({ page }) => {
  await open(page, 'library.wasm', Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 2, 9, 1, 3, 0x65, 0x6e, 0x76, 1, 0x67, 3, 0x7f, 0, 7, 0x55, 1]));
  await expect(page.getByRole('heading', { name: 'It cannot run here, because' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Whether it runs here' }).getByRole('listitem').filter({ hasText: 'The file ends too early' })).toBeVisible();
});

test('a table: by mouse and keyboard, sorted, filtered, and as text', async ({ page }) => {
  const rows = Array.from({ length: 20_000 }, (_, at) => `${at + 1},"name ${at % 7}, ${at}",${(at * 7919) % 20_011}`);
  await open(page, 'people.csv', `id,name,amount\n${rows.join('\n')}\n`);
  const grid = page.getByRole('grid', { name: 'Rows' });
  await expect(grid).toHaveAttribute('aria-rowcount', '20001');
  await page.getByRole('columnheader', { name: 'amount' }).click();
  await expect(page.getByRole('columnheader', { name: 'amount' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(grid.getByRole('row').nth(1)).toContainText('name 0, 0');
  await grid.press('Control+End');
  await expect(page.getByRole('group', { name: 'Value of the cell' })).toContainText('20010');
  await grid.press('ArrowUp');
  await expect(page.getByRole('gridcell', { selected: true })).toHaveText('20009');
  await page.getByRole('searchbox', { name: 'Filter rows' }).fill('name 3, 10');
  await expect(page.getByRole('status').filter({ hasText: /^\d+ of 20\u202f000 rows/ })).toBeVisible();
  await accessible(page, '.grid-view');
  await page.getByRole('group', { name: 'Show as' }).getByRole('button', { name: 'Text' }).click();
  await expect(page.getByText('id,name,amount').first()).toBeVisible();
});

test('a tree: digits stay, keys twice are marked, keys find and open, and a fault leads to its line', async ({ page }) => {
  await open(page, 'doc.json', `{"big": 12345678901234567890.10, "twice": 1, "twice": 2, "list": [${Array.from({ length: 2000 }, (_, at) => `{"n": ${at}}`).join(',')}]}`, 'Tree');
  const tree = page.getByRole('tree', { name: 'Values' });
  await expect(tree.getByRole('treeitem', { name: /^big: 12345678901234567890\.10$/ })).toBeVisible();
  await expect(tree.getByRole('treeitem', { name: /^twice: 2.*key is there twice/ })).toBeVisible();
  await tree.press('End');
  await tree.press('ArrowRight');
  await expect(tree.getByRole('treeitem', { name: /^list: / })).toHaveAttribute('aria-expanded', 'true');
  await page.getByRole('searchbox', { name: 'Find a key or a value' }).fill('1999');
  await page.keyboard.press('Enter');
  await expect(tree.getByRole('treeitem', { selected: true, name: /^n: 1999$/ })).toBeVisible();
  await tree.press('ArrowLeft');
  await expect(tree.getByRole('treeitem', { selected: true })).toHaveAttribute('aria-level', '3');
  await accessible(page, '.tree-view');
  await open(page, 'bad.json', '{"a": 1,\n "b": }', 'Tree');
  await expect(page.getByRole('alert').filter({ hasText: 'Line 2, column 7: a value is missing' })).toBeVisible();
  await open(page, 'conf.yaml', 'base: &b {x: 1}\nuses: *b\n', 'Tree');
  await expect(tree.getByRole('treeitem', { name: /^uses: \*b$/ })).toBeVisible();
});

test('a database: rows, schema, a query, and one that is cancelled', async ({ page }) => {
  await open(page, 'sample.db', await database());
  await page.getByRole('option', { name: /^people/ }).click();
  const grid = page.getByRole('grid', { name: 'Rows of people' });
  await expect(grid).toHaveAttribute('aria-rowcount', '3001');
  await grid.press('Control+End');
  await expect(page.getByRole('gridcell', { selected: true })).toHaveText('00ff (2 bytes)');
  await expect(page.getByRole('gridcell', { name: 'person 3000' })).toBeVisible();
  await accessible(page, '.database');
  await page.getByRole('button', { name: 'Schema' }).click();
  await expect(page.getByText('CREATE TABLE people')).toBeVisible();
  await page.getByRole('button', { name: 'Query' }).click();
  const box = page.getByRole('textbox', { name: 'SQL' });
  await box.fill('select name, 9223372036854775807 as big from people where id = 7');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('grid', { name: 'Result' }).getByRole('gridcell', { name: '9223372036854775807' })).toBeVisible();
  await box.fill('delete from people');
  await page.getByRole('button', { name: 'Run', exact: true }).last().click();
  await expect(page.getByRole('alert').filter({ hasText: /readonly/ })).toBeVisible();
  await box.fill('with recursive c(v) as (select 1 union all select v + 1 from c) select count(*) from c');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'The query was ended' })).toBeVisible();
  await accessible(page, '.database');
});
