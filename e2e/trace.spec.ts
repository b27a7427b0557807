import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { expect, sharedTest as test } from './fixtures.ts';
import { expectAccessible } from './support/accessible.ts';
import { run } from './support/namespace.ts';

const trace = (page: Page): Locator => page.getByRole('tabpanel', { name: 'Trace', exact: true }).getByRole('region', { name: 'Trace', exact: true });
const calls = (page: Page): Locator => trace(page).getByRole('grid', { name: 'System calls' });
const call = (page: Page, name: RegExp | string): Locator => trace(page).getByRole('grid').getByRole('row', { name });
const filter = (page: Page): Locator => trace(page).getByRole('textbox', { name: 'Filter' });
const details = (page: Page): Locator => trace(page).getByRole('complementary', { name: /^Call / });
const view = (page: Page, name: string): Locator => trace(page).getByRole('tablist', { name: 'What is shown' }).getByRole('tab', { name });
const filetool = (page: Page, ...args: string[]) => run(page, { module: '/bin/filetool', args });
const count = async (grid: Locator): Promise<number> => Number(await grid.getAttribute('aria-rowcount')) - 1;

/** Opens the trace by its key and shows the run of a command. */
async function openRun(page: Page, command: RegExp): Promise<void> {
  await page.keyboard.press('Alt+Shift+T');
  await expect(filter(page)).toBeFocused();
  await filter(page).fill('');
  await trace(page).getByRole('button', { name: /^Run: / }).click();
  await trace(page).getByRole('listbox', { name: 'Runs, the newest first' }).getByRole('option', { name: command }).first().click();
  await expect(trace(page).getByRole('button', { name: /^Run: / }).and(page.getByRole('button', { name: command }))).toBeVisible();
  await expect(trace(page).getByRole('grid')).toHaveAttribute('aria-busy', 'false');
  await expect(call(page, /path_open|fd_/).first()).toBeVisible();
}

test('the calls of the newest run are there, are gone through by keyboard, and explained', async ({ page }) => {
  await page.keyboard.press('Alt+Shift+T');
  await expect(trace(page)).toBeVisible();
  await filetool(page, 'write', '/home/seen.txt', 'hello');
  await expect(trace(page).getByRole('button', { name: /^Run: filetool write/ })).toBeVisible();
  await expect(call(page, /path_open.*\/home\/seen\.txt fd \d/).first()).toBeVisible();
  await expect(call(page, /fd_write.*\/home\/seen\.txt 6 B/)).toBeVisible();
  await run(page, { module: '/bin/cat', args: ['/home/missing.txt'] });
  await expect(trace(page).getByRole('button', { name: /^Run: cat/ })).toBeVisible();
  await filter(page).focus();
  await page.keyboard.type('missing');
  await expect.poll(() => count(calls(page))).toBeLessThan(5);
  await page.keyboard.press('ArrowDown');
  await expect(calls(page)).toBeFocused();
  await page.keyboard.press('End');
  await expect(details(page)).toContainText('No such file or directory');
  await expect(details(page)).toContainText('There is nothing of that name');
  await expect(details(page).getByRole('row', { name: /^fd \d+ descriptor/ })).toBeVisible();
  await expect(call(page, /missing\.txt ENOENT/).and(page.locator('[aria-selected=true]'))).toBeVisible();
  await expectAccessible(page, '.trace');
  await page.emulateMedia({ colorScheme: 'light' });
  await expectAccessible(page, '.trace');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.keyboard.press('Escape');
  await expect(details(page)).toHaveCount(0);
});

test('filters are typed and pressed; failed ones, the slowest and statistics; what is not meant is told', async ({ page }) => {
  await run(page, { module: '/bin/cat', args: ['/home/welcome.md', '/home/none.txt'] });
  await openRun(page, /cat .*none\.txt/);
  const all = await count(calls(page));
  await trace(page).getByRole('button', { name: 'reading' }).click();
  await expect(filter(page)).toHaveValue('kind:read');
  await expect.poll(() => count(calls(page))).toBeLessThan(all);
  await expect(call(page, /path_open/)).toHaveCount(0);
  await trace(page).getByRole('button', { name: 'Calls', exact: true }).click();
  await trace(page).getByRole('group', { name: 'Only these calls' }).getByRole('checkbox', { name: /^path_open/ }).check();
  await expect(filter(page)).toHaveValue('kind:read call:path_open');
  await page.keyboard.press('Escape');
  await trace(page).getByRole('button', { name: 'Without kind:read' }).or(trace(page).getByRole('button', { name: 'reading' })).first().click();
  await expect(filter(page)).toHaveValue('call:path_open');
  await filter(page).fill('fd:many colour:red');
  await expect(trace(page).getByRole('status').filter({ hasText: 'no descriptor' })).toContainText('There is no “colour:”');
  await trace(page).getByRole('button', { name: 'Clear the filter' }).click();
  await expect.poll(() => count(calls(page))).toBe(all);
  await view(page, 'Failed').click();
  await expect(trace(page).getByRole('grid', { name: 'Calls that failed' }).getByRole('row', { name: /none\.txt ENOENT/ }).first()).toBeVisible();
  await view(page, 'Failed').press('ArrowRight');
  const table = trace(page).getByRole('table', { name: 'Statistics by call' });
  await expect(table.getByRole('row', { name: /^fd_read / })).toBeVisible();
  await table.getByRole('button', { name: 'Calls' }).click();
  await expect(table.getByRole('columnheader', { name: 'Calls' })).toHaveAttribute('aria-sort', 'descending');
  await expectAccessible(page, '.trace');
  await table.getByRole('button', { name: /failed path_|failed fd_/ }).first().click();
  await expect(filter(page)).toHaveValue(/^call:\S+ failed$/);
  await expect(calls(page)).toBeVisible();
  await filter(page).fill('');
  await view(page, 'Slowest').click();
  const slowest = trace(page).getByRole('grid', { name: 'The slowest calls, the longest first' });
  await slowest.focus();
  await page.keyboard.press('Home');
  await expect(details(page)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(calls(page).locator('[aria-selected=true]')).toBeVisible();
});

test('a stretch of time is chosen by keyboard and by drag; a press leads to the call', async ({ page }) => {
  await run(page, { module: '/bin/ls', args: ['-l', '/home', '/bin'] });
  await openRun(page, /ls -l \/home \/bin/);
  const time = trace(page).getByRole('slider', { name: 'Time' });
  const all = await count(calls(page));
  await expect(time).toHaveAttribute('aria-valuetext', /^the whole run/);
  await time.focus();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await page.keyboard.press('End');
  await expect(time).toHaveAttribute('aria-valuetext', /^\S+ \S+ to .* of /);
  await expect.poll(() => count(calls(page))).toBeLessThan(all);
  await page.keyboard.press('Escape');
  await expect.poll(() => count(calls(page))).toBe(all);
  const box = (await time.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.7, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect(trace(page).getByRole('button', { name: /^Only .* show the whole run$/ })).toBeVisible();
  await expect.poll(() => count(calls(page))).toBeLessThan(all);
  // Between two calls there is nothing to press on.
  const selected = calls(page).locator('[aria-selected=true]');
  for (let x = 20; x < box.width - 20 && (await selected.count()) === 0; x += 24) await page.mouse.click(box.x + x, box.y + 40);
  await expect(selected).toBeVisible();
  await trace(page).getByRole('button', { name: 'Show the whole run', exact: true }).click();
  await expect(time).toHaveAttribute('aria-valuetext', /^the whole run/);
});

test('a call leads to the file at that moment and back; a file leads to its calls, and a process to its', async ({ page }) => {
  await filetool(page, 'write', '/home/then.txt', 'first');
  // Changes that follow at once are one entry of the history.
  await page.evaluate(() => globalThis.palimpsest.fs.writeFile('/home/between.txt', ''));
  await filetool(page, 'append', '/home/then.txt', 'second');
  await openRun(page, /filetool write \/home\/then\.txt/);
  await filter(page).fill('call:fd_write /home/then.txt');
  await call(page, /fd_write/).click();
  await details(page).getByRole('button', { name: 'As it was then' }).click();
  await expect(page.getByText(/^The file as it was after entry \d+, read-only$/)).toBeVisible();
  await expect(page.getByText('first', { exact: true })).toBeVisible();
  await expect(page.getByText('second', { exact: true })).toHaveCount(0);
  await page.getByRole('region', { name: 'View' }).getByRole('button', { name: 'Back to now' }).or(page.getByRole('tabpanel').getByRole('button', { name: 'Back to now' })).first().click();
  await expect(page.getByText('second', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Calls about this file' }).click();
  const about = trace(page).getByRole('grid', { name: 'Calls about /home/then.txt, the latest first' });
  await expect(about.getByRole('row', { name: /^filetool \d+ .* path_open/ }).first()).toBeVisible();
  await about.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(trace(page).getByRole('button', { name: /^Run: filetool append/ })).toBeVisible();
  await expect(calls(page).locator('[aria-selected=true]')).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command palette' }).fill('>Calls of the newest program that failed');
  await page.keyboard.press('Enter');
  await expect(filter(page)).toHaveValue('failed');
});

test('calls are exported as strace text and as a Chrome trace, all or those that are shown, and copied', async ({ page }) => {
  await filetool(page, 'write', '/home/out.txt', 'x');
  await openRun(page, /filetool write \/home\/out\.txt/);
  const all = await count(calls(page));
  const save = async (name: string): Promise<string> => {
    await trace(page).getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name }).click()]);
    return readFile(await download.path(), 'utf8');
  };
  const events = (JSON.parse(await save('As Chrome trace, for Perfetto')) as { traceEvents: { ph: string; name: string }[] }).traceEvents;
  expect(events.filter(({ ph }) => ph === 'X' || ph === 'B')).toHaveLength(all);
  await filter(page).fill('call:path_open');
  await expect.poll(() => count(calls(page))).toBeLessThan(all);
  const text = await save('As strace text: what is shown');
  expect(text.trim().split('\n')).toHaveLength(await count(calls(page)));
  expect(text).toMatch(/path_open\(.*\/home\/out\.txt/);
  const lines = (await save('As JSON lines: all calls')).trim().split('\n').map((line) => JSON.parse(line) as { call?: string });
  expect(lines.filter(({ call: name }) => name !== undefined)).toHaveLength(all);
});

test('a running program is followed until one scrolls; at 390 px rows have two lines and details are a sheet', async ({ page }) => {
  const going = run(page, { module: '/bin/sh', args: ['-c', 'yes > /dev/null'] });
  await page.keyboard.press('Alt+Shift+T');
  await trace(page).getByRole('button', { name: 'newest: yes' }).click();
  await expect(trace(page).getByRole('button', { name: /^Run: yes/ })).toBeVisible();
  const follow = trace(page).getByRole('button', { name: 'Follow' });
  await filter(page).fill('');
  await expect.poll(() => count(calls(page))).toBeGreaterThan(2000);
  await expect(follow).toHaveAttribute('aria-pressed', 'true');
  await calls(page).hover();
  await page.mouse.wheel(0, -600);
  await expect(follow).toHaveAttribute('aria-pressed', 'false');
  const seen = await count(calls(page));
  await expect.poll(() => count(calls(page))).toBeGreaterThan(seen);
  expect(await calls(page).getByRole('row').count()).toBeLessThan(100);
  await follow.click();
  await expect(follow).toHaveAttribute('aria-pressed', 'true');
  await page.evaluate(async () => {
    const { processes, fs } = globalThis.palimpsest;
    for (const { pid, name, exit } of await processes()) if (name === 'yes' && !exit) await fs.writeFile(`/proc/${pid}/ctl`, 'kill');
  });
  await going;
  await expect(trace(page).getByText(/^ended after/)).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  await call(page, /fd_write/).first().click();
  await expect(details(page)).toContainText('Writes bytes where the descriptor stands.');
  await expectAccessible(page, '.trace');
  await details(page).getByRole('button', { name: 'Close the details' }).click();
  await expect(details(page)).toHaveCount(0);
});
