import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { expectAccessible } from './support/accessible.ts';
import { openWorkspace, run } from './support/namespace.ts';

const explorer = (page: Page): Locator => page.getByRole('complementary', { name: 'Explorer' });
const row = (page: Page, name: string): Locator => page.getByRole('tree', { name: 'Namespace' }).getByRole('treeitem', { name: new RegExp(`^${name.replaceAll('.', '\\.')}(, |$)`) });
const filetool = (page: Page, ...args: string[]) => run(page, { module: '/bin/filetool', args });
const write = (page: Page, path: string, data: string) => page.evaluate(([at, text]) => globalThis.palimpsest.fs.writeFile(at, text), [path, data] as const);
const exists = (page: Page, path: string) => page.evaluate((name) => globalThis.palimpsest.fs.lstat(name).then(() => true, () => false), path);
const moment = (page: Page): Locator => page.getByRole('slider', { name: 'Moment' });
const differences = (page: Page): Locator => page.getByRole('tree', { name: 'Differences' });
const change = (page: Page, name: RegExp): Locator => differences(page).getByRole('treeitem', { name });
const message = (page: Page): Locator => page.getByRole('status', { name: 'Messages' });

test.beforeEach(async ({ page, viewport }) => {
  await openWorkspace(page);
  if ((viewport?.width ?? 0) > 700) await expect(row(page, 'welcome.md')).toBeVisible();
});

async function openTimeline(page: Page): Promise<void> {
  await page.keyboard.press('Alt+5');
  await expect(page.getByRole('tree', { name: 'Changes' }).getByRole('treeitem').first()).toBeVisible();
}

test('the track is scrubbed by keyboard: the explorer and the files show that moment', async ({ page }) => {
  await filetool(page, 'write', '/home/made.txt', 'hello');
  await filetool(page, 'append', '/home/made.txt', 'more');
  await filetool(page, 'delete', '/home/made.txt');
  await openTimeline(page);
  await expect(moment(page)).toHaveAttribute('aria-valuetext', 'now');
  await expect(row(page, 'made.txt')).toHaveCount(0);
  await moment(page).press('PageDown');
  await expect(moment(page)).toHaveAttribute('aria-valuetext', /^after entry 3, \d\d:\d\d:\d\d, by filetool$/);
  await expect(explorer(page).getByText('You see the workspace after entry 3')).toBeVisible();
  await expect(row(page, 'made.txt')).toHaveAccessibleName('made.txt, 11 B');
  await moment(page).press('ArrowLeft');
  await expect(row(page, 'made.txt')).toHaveAccessibleName('made.txt, 6 B');
  await expectAccessible(page, '.explorer', '.centre-body');
  await row(page, 'made.txt').click();
  await expect(page.getByText('The file as it was after entry 2, read-only')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Contents of /history/2/home/made.txt' })).toContainText('hello');
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await openTimeline(page);
  await moment(page).press('Home');
  await expect(moment(page)).toHaveAttribute('aria-valuetext', 'before all changes');
  await expect(row(page, 'made.txt')).toHaveCount(0);
  await moment(page).press('PageUp');
  await expect(row(page, 'made.txt')).toBeVisible();
  await explorer(page).getByRole('button', { name: 'Back to now' }).click();
  await expect(row(page, 'made.txt')).toHaveCount(0);
  await expect(moment(page)).toHaveAttribute('aria-valuetext', 'now');
});

test('the timeline tells runs and their changes, is filtered, and makes and drops snapshots', async ({ page }) => {
  await write(page, '/home/mine.txt', 'mine');
  await filetool(page, 'write', '/home/made.txt', 'hello');
  await openTimeline(page);
  const changes = page.getByRole('tree', { name: 'Changes' });
  await expect(changes.getByRole('treeitem', { name: /^filetool, program, 2 changes/ })).toBeVisible();
  await expect(changes.getByRole('treeitem', { name: /^You, in the window, 2 changes/ })).toBeVisible();
  await expect(changes.getByRole('treeitem', { name: /^created \/home\/made\.txt, 0 B, entry 3/ })).toBeVisible();
  await page.getByRole('textbox', { name: 'Filter the changes' }).fill('/home/mine.txt');
  await expect(changes.getByRole('treeitem', { name: /made\.txt/ })).toHaveCount(0);
  await expect(changes.getByRole('treeitem', { name: /mine\.txt/ })).toHaveCount(2);
  await page.getByRole('textbox', { name: 'Filter the changes' }).press('Escape');
  await page.getByRole('button', { name: 'Snapshot', exact: true }).click();
  await page.getByRole('textbox', { name: 'Name of the snapshot' }).fill('no name');
  await expect(page.getByText('Letters, digits')).toBeVisible();
  await page.getByRole('textbox', { name: 'Name of the snapshot' }).fill('before-lunch');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Go to the snapshot before-lunch' })).toBeVisible();
  await filetool(page, 'delete', '/home/made.txt');
  await page.getByRole('button', { name: 'Go to the snapshot before-lunch' }).click();
  await expect(row(page, 'made.txt')).toBeVisible();
  await page.getByRole('button', { name: 'Drop the snapshot before-lunch' }).click();
  await expect(page.getByRole('button', { name: 'Go to the snapshot before-lunch' })).toHaveCount(0);
  await message(page).getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Go to the snapshot before-lunch' })).toBeVisible();
});

test('differences of texts, bytes and pictures', async ({ page }) => {
  await page.evaluate(async () => {
    const picture = async (colour: string) => {
      const canvas = new OffscreenCanvas(24, 24);
      const context = canvas.getContext('2d')!;
      context.fillStyle = colour;
      context.fillRect(0, 0, 24, 24);
      return new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    };
    const { fs } = globalThis.palimpsest;
    const bytes = new Uint8Array(70_000);
    await fs.writeFile('/home/text.txt', 'one\ntwo\nthree\n');
    await fs.writeFile('/home/data.bin', bytes);
    await fs.writeFile('/home/dot.png', await picture('red'));
    await fs.writeFile('/home/old.txt', 'the same');
    bytes[66_000] = 255;
    await fs.writeFile('/home/text.txt', 'one\n2\nthree\nfour\n');
    await fs.writeFile('/home/data.bin', bytes);
    await fs.writeFile('/home/dot.png', await picture('blue'));
    await fs.rename('/home/old.txt', '/home/new.txt');
  });
  await openTimeline(page);
  for (let step = 0; step < 4; step++) await moment(page).press('ArrowLeft');
  await page.getByRole('button', { name: 'Diff to now' }).click();
  await expect(page.getByText('3 changed, 1 renamed')).toBeVisible();
  await change(page, /^new\.txt, renamed from old\.txt/).click();
  await expect(page.getByText('The contents are the same.')).toBeVisible();
  await change(page, /^text\.txt, changed, 14 B → 17 B/).click();
  const text = page.getByRole('document', { name: 'Differences in /home/text.txt' });
  await expect(page.getByText('2 lines added, 1 line removed')).toBeVisible();
  await page.getByRole('button', { name: 'Side by side' }).click();
  await expect(text).toContainText('removed: −two');
  await expectAccessible(page, '.centre-body');
  await page.getByRole('button', { name: 'Unified' }).click();
  await expect(text).toContainText('added: +four');
  await change(page, /^data\.bin/).click();
  await expect(page.getByRole('region', { name: '000101d0 – 000101d0, 1 byte' })).toContainText('ff');
  await change(page, /^dot\.png/).click();
  await expect(page.getByRole('figure', { name: 'Picture before' }).getByRole('img')).toBeVisible();
  await expect(page.getByRole('figure', { name: 'Picture after' }).getByRole('img')).toBeVisible();
  await page.reload();
  await expect(change(page, /^text\.txt/)).toBeVisible();
});

test('who wrote a file, and which of its lines', async ({ page }) => {
  await write(page, '/home/lines.txt', 'mine\nmine too\n');
  await filetool(page, 'append', '/home/lines.txt', 'theirs');
  await row(page, 'lines.txt').click();
  await page.getByRole('button', { name: 'Who wrote this' }).click();
  const writers = page.getByRole('complementary', { name: 'Who wrote this' });
  await expect(writers.getByRole('listitem')).toHaveCount(3);
  await expect(writers.getByRole('listitem').first()).toContainText('filetool wrote it');
  const contents = page.getByRole('textbox', { name: 'Contents of /home/lines.txt' });
  for (const key of ['Control+Home', 'ArrowDown', 'ArrowDown']) await contents.press(key);
  await expect(page.getByText(/^Line 3: filetool, /)).toBeVisible();
  await expectAccessible(page, '.centre-body');
  await writers.getByRole('button', { name: 'View what entry 3 changed' }).click();
  await expect(page.getByText('1 line added, 0 lines removed')).toBeVisible();
  expect(await exists(page, '/home/lines.txt')).toBe(true);
});

test('what the past costs is shown, bounded, and forgotten after it was asked', async ({ page }) => {
  await write(page, '/home/mine.txt', 'mine');
  await write(page, '/home/mine.txt', 'mine again');
  await openTimeline(page);
  await page.getByText(/^The past costs/).click();
  await expect(page.getByText('3 entries, from 1 on')).toBeVisible();
  await page.getByRole('textbox', { name: 'Days' }).fill('none');
  await expect(page.getByText('Numbers above zero, or nothing')).toBeVisible();
  await page.getByRole('textbox', { name: 'Days' }).fill('30');
  await page.getByRole('button', { name: 'Keep so' }).click();
  await expect(message(page)).toContainText('What is kept of the past is set');
  await expectAccessible(page, '.costs');
  await page.getByRole('button', { name: 'Trim now…' }).click();
  await page.getByRole('button', { name: 'Keep it' }).click();
  await expect(page.getByText('3 entries, from 1 on')).toBeVisible();
  await page.getByRole('button', { name: 'Trim now…' }).click();
  await page.getByRole('button', { name: 'Forget it' }).click();
  await expect(message(page)).toContainText('Forgot all of the past');
  await expect(page.getByText('0 entries')).toBeVisible();
  expect(await exists(page, '/home/mine.txt')).toBe(true);
});

test.describe('at the width of a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('the track is scrubbed by finger, and the files follow', async ({ page }) => {
    await filetool(page, 'write', '/home/made.txt', 'hello');
    await filetool(page, 'delete', '/home/made.txt');
    await page.getByRole('button', { name: 'View', exact: true }).click();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await expect(page.getByRole('tree', { name: 'Changes' }).getByRole('treeitem').first()).toBeVisible();
    const track = await moment(page).boundingBox();
    if (!track) throw new Error('no track');
    await page.mouse.click(track.x + (track.width * 2) / 3, track.y + 20);
    await expect(moment(page)).toHaveAttribute('aria-valuetext', /^after entry 2, /);
    await expectAccessible(page, '.centre-body');
    const fits = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    expect(fits).toBe(true);
    await page.getByRole('button', { name: 'Files', exact: true }).click();
    await expect(explorer(page).getByText('You see the workspace after entry 2')).toBeVisible();
    await expect(row(page, 'made.txt')).toHaveAccessibleName('made.txt, 6 B');
    await expectAccessible(page, '.explorer');
    await explorer(page).getByRole('button', { name: 'Back to now' }).click();
    await expect(row(page, 'made.txt')).toHaveCount(0);
  });
});
