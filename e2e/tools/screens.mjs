// @ts-check
/**
 * Makes the pictures of the README, from the page as it is built, with programs that run.
 *
 *     npm run screens [-- --build] [--only map,trace,film] [--out e2e/screens]
 *
 * `--build`: builds the page first. `--only`: these alone, `film` is the one that moves.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build, preview } from 'vite';
import { browserFlags, ensureBrowser } from './browser.mjs';
import { freePort, root } from './project.mjs';
import { film } from './screens/film.mjs';
import { FILES, FIRST, LIVE, PHONE, type } from './screens/shots.mjs';
import { change, startPrograms, writeFiles } from './screens/story.mjs';
import { createEncoder } from './screens/webp.mjs';

/** @typedef {import('playwright').Page} Page */
/** @typedef {import('./screens/shots.mjs').Shot} Shot */

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
const PICTURE_MAX = 90_000;
const FILM_MAX = 1_900_000;

const { values } = parseArgs({
  options: { build: { type: 'boolean', default: false }, only: { type: 'string' }, out: { type: 'string', default: 'e2e/screens' } },
});
const only = values.only?.split(',');
const out = resolve(root, values.out);
/** @param {string} name */
const isWanted = (name) => only === undefined || only.includes(name);

/** @param {string} name @param {Buffer} data */
function save(name, data) {
  writeFileSync(join(out, `${name}.webp`), data);
  console.log(`${name}.webp  ${(data.length / 1000).toFixed(1)} KB`);
}

/** @param {Page} page @param {string} url */
async function openWorkspace(page, url) {
  await page.goto(url);
  await page.evaluate(async () => {
    while (!('palimpsest' in globalThis)) await new Promise((done) => setTimeout(done, 20));
    await globalThis.palimpsest.ready;
  });
  await page.waitForTimeout(1500);
}

/**
 * What says something for a moment, and what a picture before has left over the window.
 * @param {Page} page
 */
async function clear(page) {
  for (const toast of await page.getByRole('status', { name: 'Messages' }).getByRole('button', { name: 'Dismiss' }).all()) await toast.click({ timeout: 500 }).catch(() => {});
  for (const close of await page.getByRole('button', { name: 'Close the result' }).all()) await close.click({ timeout: 500 }).catch(() => {});
  for (let left = 3; left > 0 && (await page.getByRole('dialog').count()) > 0; left--) await page.keyboard.press('Escape');
}

const browser = await chromium.launch({ executablePath: ensureBrowser(), args: browserFlags });
mkdirSync(out, { recursive: true });
if (values.build) await build({ root, logLevel: 'warn' });
const port = await freePort(4185);
const server = await preview({ root, logLevel: 'warn', preview: { port } });
const url = `http://localhost:${port}/`;
const encoder = createEncoder(await browser.newPage());

/** @param {Page} page @param {readonly Shot[]} shots */
async function take(page, shots) {
  for (const { name, theme, show } of shots) {
    if (!isWanted(name)) continue;
    try {
      await page.emulateMedia({ colorScheme: theme === 'day' ? 'light' : 'dark' });
      await clear(page);
      await show(page);
      save(name, await encoder.still(await page.screenshot(), PICTURE_MAX));
    } catch (error) {
      console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
}

/** @param {Page} page */
async function smallerTerminal(page) {
  await page.getByRole('separator', { name: 'Height of the terminal' }).focus();
  for (let step = 0; step < 6; step++) await page.keyboard.press('ArrowDown');
}

async function pictures() {
  const context = await browser.newContext({ viewport: WIDE, colorScheme: 'dark' });
  const page = await context.newPage();
  await openWorkspace(page, url);
  await take(page, FIRST);
  await writeFiles(page);
  await smallerTerminal(page);
  await page.getByRole('tree', { name: 'Namespace' }).getByRole('treeitem', { name: /^weather/ }).click();
  await change(page);
  await type(page, 'sh weather/collect.sh 2 > weather/frost; cd weather');
  await type(page, 'ls; tail -n 2 log');
  await take(page, FILES);
  await clear(page);
  await startPrograms(page);
  await take(page, LIVE);
  await page.setViewportSize(NARROW);
  await take(page, PHONE);
  await context.close();
}

try {
  await pictures();
  if (isWanted('film')) save('drop-run-see-undo', await film(browser, url, FILM_MAX));
} finally {
  await browser.close();
  await server.close();
}
process.exit();
