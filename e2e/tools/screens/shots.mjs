// @ts-check
/** The pictures of the README: what is shown in each, and how one gets there, by role and name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.mjs';

/** @typedef {import('playwright').Page} Page */
/**
 * @typedef {object} Shot
 * @property {string} name of the file
 * @property {'night' | 'day'} theme
 * @property {(page: Page) => Promise<void>} show
 */

/** @param {string} name */
const sample = (name) => readFileSync(join(root, 'public/samples', name));
/** @param {number} milliseconds */
const settle = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/**
 * @param {Page} page
 * @param {string} title of a command
 */
export async function command(page, title) {
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox', { name: 'Command palette' }).fill(`>${title}`);
  await page.keyboard.press('Enter');
}

/**
 * Types a line at the prompt.
 * @param {Page} page
 * @param {string} line
 */
export async function type(page, line) {
  await page.getByRole('textbox', { name: 'Terminal input' }).first().focus();
  await page.keyboard.type(`${line}\n`);
  // What is typed while a program runs would be seen twice.
  await settle(2500);
}

/**
 * Opens a file from the explorer.
 * @param {Page} page
 * @param {string} path below `/home/weather`
 * @param {string} [view]
 */
async function open(page, path, view) {
  const row = page.getByRole('tree', { name: 'Namespace' }).getByRole('treeitem', { name: new RegExp(`^${path.replace('.', '\\.')},`) });
  await row.click();
  if (view) await page.getByRole('group', { name: 'Show as' }).getByRole('button', { name: view }).click();
  await settle(700);
}

/** @param {Page} page @param {RegExp} name */
const node = (page, name) => page.getByRole('group', { name: 'Picture of what is connected' }).getByRole('button', { name });

/**
 * Drops a file as a hand does.
 * @param {Page} page
 * @param {string} name
 * @param {Buffer} bytes
 * @param {readonly string[]} types of events
 */
export async function drop(page, name, bytes, types = ['dragenter', 'dragover', 'drop']) {
  await page.evaluate(({ as, text, events }) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(text, (letter) => letter.charCodeAt(0))], as));
    for (const event of events) document.body.dispatchEvent(new DragEvent(event, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  }, { as: name, text: bytes.toString('latin1'), events: types });
}

/** @type {readonly Shot[]} */
export const FIRST = [
  { name: 'welcome', theme: 'night', show: () => settle(500) },
];

/** With the story's files, and before its programs. @type {readonly Shot[]} */
export const FILES = [
  { name: 'text', theme: 'night', show: (page) => open(page, 'collect.sh') },
  { name: 'hex', theme: 'night', show: async (page) => {
    await open(page, 'threads.wasm', 'Hex');
    await page.getByRole('grid').first().focus().catch(() => {});
    for (let row = 0; row < 3; row++) await page.keyboard.press('ArrowDown');
    for (let byte = 0; byte < 7; byte++) await page.keyboard.press('Shift+ArrowRight');
    await settle(300);
  } },
  { name: 'database', theme: 'day', show: async (page) => {
    await open(page, 'stations.db', 'Database');
    await page.getByRole('button', { name: 'Query' }).click();
    await page.getByRole('textbox', { name: 'SQL' }).fill('select name, height, round(avg(celsius), 1) as mean, min(celsius) as coldest, max(wind) as windiest\nfrom reading join station on station.id = reading.station group by name order by coldest');
    await page.keyboard.press('Control+Enter');
    await settle(800);
  } },
  { name: 'table', theme: 'night', show: async (page) => {
    await open(page, 'readings.csv', 'Table');
    await page.getByRole('columnheader', { name: 'celsius' }).click();
    await settle(500);
  } },
  { name: 'tree', theme: 'night', show: async (page) => {
    await open(page, 'config.json', 'Tree');
    const tree = page.getByRole('tree', { name: 'Values' });
    for (const name of [/^every/, /^stations/]) {
      await tree.getByRole('treeitem', { name }).click();
      await page.keyboard.press('ArrowRight');
      await settle(150);
    }
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await settle(400);
  } },
  { name: 'module', theme: 'night', show: async (page) => {
    await open(page, 'threads.wasm', 'Module');
    await page.getByRole('tab', { name: /^Exports/ }).click();
    await page.getByRole('button', { name: '_start', exact: true }).click();
    await settle(700);
  } },
  { name: 'module-sizes', theme: 'day', show: async (page) => {
    await open(page, 'gauge.wasm', 'Module');
    await page.getByRole('tab', { name: /^Sizes/ }).click();
    await settle(1200);
  } },
  { name: 'diff', theme: 'night', show: async (page) => {
    await page.keyboard.press('Alt+5');
    const moment = page.getByRole('slider', { name: 'Moment' });
    for (let left = 12; left > 0 && (await moment.getAttribute('aria-valuetext'))?.endsWith('by tar') !== true; left--) {
      await moment.press('PageDown');
      await settle(200);
    }
    await command(page, 'Show what changed since the moment that is shown');
    await page.getByRole('tree', { name: 'Differences' }).getByRole('treeitem', { name: /^notes\.md/ }).click();
    await command(page, 'Back to now');
    await settle(900);
  } },
  { name: 'timeline', theme: 'night', show: async (page) => {
    await page.keyboard.press('Alt+5');
    await settle(900);
  } },
  { name: 'layers', theme: 'night', show: async (page) => {
    await page.keyboard.press('Alt+6');
    await settle(700);
  } },
  { name: 'trace', theme: 'night', show: async (page) => {
    await command(page, 'Calls of the newest program');
    await page.getByRole('button', { name: /^Run: / }).click();
    await page.getByRole('listbox', { name: 'Runs, the newest first' }).getByRole('option', { name: /^tar |tar -cf/ }).first().click();
    await settle(900);
    await page.getByRole('region', { name: 'Trace', exact: true }).getByRole('grid').getByRole('row', { name: /path_open/ }).first().click();
    await settle(700);
  } },
  { name: 'drop', theme: 'night', show: async (page) => {
    await drop(page, 'writer.wasm', sample('writer.wasm'));
    await settle(900);
  } },
  { name: 'palette', theme: 'night', show: async (page) => {
    await page.keyboard.press('Control+K');
    await page.keyboard.type('>re');
    await settle(400);
  } },
];

/** With the programs that go on. @type {readonly Shot[]} */
export const LIVE = [
  { name: 'audit', theme: 'night', show: async (page) => {
    await page.keyboard.press('Alt+9');
    await settle(4000);
  } },
  { name: 'map', theme: 'night', show: async (page) => {
    await page.keyboard.press('Alt+0');
    await settle(2500);
    await page.getByRole('button', { name: 'Tidy up' }).click();
    await settle(1500);
  } },
  { name: 'map-reach', theme: 'night', show: async (page) => {
    await page.keyboard.press('Alt+0');
    await node(page, /^sensor, process/).click();
    await page.getByRole('button', { name: 'What can this touch?' }).click();
    await settle(1500);
  } },
  { name: 'sizes', theme: 'night', show: async (page) => {
    await page.getByRole('tab', { name: 'Sizes' }).click();
    await settle(1500);
  } },
  { name: 'processes', theme: 'night', show: async (page) => {
    await page.keyboard.press('Alt+4');
    await page.getByRole('button', { name: 'Ended' }).click();
    await page.getByRole('treegrid', { name: 'Processes' }).getByRole('row', { name: /^collect/ }).click();
    await settle(20_000);
  } },
  { name: 'bus', theme: 'night', show: async (page) => {
    await page.keyboard.press('Alt+7');
    await settle(12_000);
  } },
  { name: 'grants', theme: 'day', show: async (page) => {
    await page.keyboard.press('Alt+8');
    await page.getByRole('textbox', { name: 'Filter the grants' }).fill('weather');
    await settle(900);
  } },
];

/** At 390 × 844. @type {readonly Shot[]} */
export const PHONE = [
  { name: 'phone-files', theme: 'night', show: async (page) => {
    await page.getByRole('navigation').getByRole('button', { name: /Files/ }).first().click();
    await settle(700);
  } },
  { name: 'phone-terminal', theme: 'day', show: async (page) => {
    await page.getByRole('navigation').getByRole('button', { name: /Terminal/ }).first().click();
    await settle(700);
  } },
];
