import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, sharedTest as test } from './fixtures.ts';
import { dropFiles } from './support/drop.ts';
import { clearScreen, command, emptyTerminal, enlargeTerminal, expectOnScreen, screenText, terminal, typeKeys, waitForPrompt } from './support/terminal.ts';
import { root } from './tools/project.mjs';

const sample = (name: string): Buffer => readFileSync(join(root, 'public/samples', name));
const processes = (page: Page) => page.evaluate(async () => (await globalThis.palimpsest.processes()).filter(({ exit, name }) => !exit && name !== 'sh').map(({ name }) => name));

test.use({ viewport: { width: 1440, height: 1200 }, serviceWorkers: 'allow' });

test.beforeEach(async ({ page }) => {
  await emptyTerminal(page);
  await enlargeTerminal(page);
});

/** Drops one file and returns the sheet that opens. */
async function dropModule(page: Page, name: string, bytes: Buffer): Promise<Locator> {
  await dropFiles(page, [{ name, bytes }]);
  const sheet = page.getByRole('dialog', { name: `Run ${name}` });
  await expect(sheet).toBeVisible();
  return sheet;
}

test('the page opens with explorer, tabs, programs, a prompt, and one line that says what to do', async ({ page }) => {
  const tree = page.getByRole('complementary', { name: 'Explorer' }).getByRole('tree', { name: 'Namespace' });
  for (const name of [/^bin/, /^dev/, /^home/, /^welcome\.md/]) await expect(tree.getByRole('treeitem', { name }).first()).toBeVisible();
  const tabs = page.getByRole('tablist', { name: 'Open views' });
  await expect(tabs.getByRole('tab', { name: 'Welcome' })).toHaveAttribute('aria-selected', 'true');
  await expect(tabs.getByRole('tab', { name: 'Processes' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Drop a .wasm anywhere, or type help' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run hello-c' })).toBeVisible();
  await expect(page.getByRole('tab', { name: /1 · prompt/ })).toBeVisible();
  await expect(page.getByRole('meter', { name: 'Storage used' })).toBeVisible();
});

test('programs run by name, by path, with arguments and quotes; what is not there says so', async ({ page }) => {
  await command(page, 'hello-c');
  await expectOnScreen(page, /^Hello from C!$/m);
  await command(page, '/bin/hello-rust');
  await expectOnScreen(page, /^Hello from Rust!$/m);
  await clearScreen(page);
  await command(page, `env-args 'one two' "three  \\"x\\"" a\\ b "" naïve`);
  for (const line of ['argv[1] (7 bytes): one two', 'argv[2] (10 bytes): three  "x"', 'argv[3] (3 bytes): a b', 'argv[4] (0 bytes):', 'argv[5] (6 bytes): naïve']) {
    await expectOnScreen(page, line);
  }
  await clearScreen(page);
  await command(page, 'no-such-program');
  await expectOnScreen(page, /no-such-program: .*not found|no-such-program.*no such/i);
  await command(page, 'help');
  await expectOnScreen(page, /cd/);
});

test('what a program that was typed has written is told, seen and undone; one that only looked leaves that as it is', async ({ page }) => {
  await command(page, 'filetool write typed.txt by hand');
  const result = page.getByRole('status', { name: 'Result of filetool' });
  await expect(result).toContainText('wrote/home/typed.txt');
  await command(page, 'ls /home');
  await result.getByRole('button', { name: 'Undo' }).click();
  await expect(result).toContainText('undone');
  await expect(page.getByRole('treeitem', { name: /^typed\.txt/ })).toBeHidden();
  await result.getByRole('button', { name: 'Close the result' }).click();
});

test('a sample of the first page does what it says', async ({ page }) => {
  await page.getByRole('tab', { name: 'Welcome' }).click();
  await page.getByRole('button', { name: 'Run writer' }).click();
  const result = page.getByRole('status', { name: 'Result of writer' });
  await expect(result).toContainText('exit 0');
  await expect(result).toContainText('/home/written.bin');
  await result.getByRole('button', { name: 'Close the result' }).click();
});

test('a program asks, and is answered by keyboard, with colours', async ({ page }) => {
  await typeKeys(page, 'ask\n');
  await expectOnScreen(page, 'What is your name?');
  await typeKeys(page, 'Anna\x7f Lee\n');
  await expectOnScreen(page, 'Hello, Ann Lee!');
  await typeKeys(page, 'red\n');
  await expectOnScreen(page, /^>$/m);
  await typeKeys(page, 'hi there\n');
  await expectOnScreen(page, '1: hi there (8 bytes)');
  await expect(terminal(page).locator('.xterm-fg-1', { hasText: 'hi there' })).toBeVisible();
  await typeKeys(page, 'quit\n');
  await expectOnScreen(page, 'Goodbye, Ann Lee.');
  await command(page, 'colours');
  await expect(terminal(page).locator('.xterm-bold', { hasText: 'bold' }).first()).toBeVisible();
});

test('Ctrl-D ends the input of a program', async ({ page }) => {
  await typeKeys(page, 'wc\n');
  await expect.poll(() => processes(page)).toEqual(['wc']);
  await typeKeys(page, 'one two\n');
  await page.keyboard.press('Control+D');
  await expectOnScreen(page, /^\s+1\s+2\s+8$/m);
  await waitForPrompt(page);
});

for (const program of ['yes', 'spin'] as const) {
  test(`Ctrl-C stops ${program}; the page answers meanwhile`, async ({ page }) => {
    await typeKeys(page, `${program}\n`);
    await expectOnScreen(page, program === 'yes' ? /^y\ny\ny$/m : /^spinning; stop me$/m);
    await page.getByRole('button', { name: 'Command palette' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    expect(await processes(page)).toEqual([program]);
    await terminal(page).getByRole('textbox', { name: 'Terminal input' }).focus();
    await page.keyboard.press('Control+C');
    await expect.poll(() => processes(page)).toEqual([]);
    await waitForPrompt(page);
    await command(page, 'hello-c');
    await expectOnScreen(page, /^Hello from C!$/m);
  });
}

test('the Processes tab lists what runs and stops it', async ({ page }) => {
  await typeKeys(page, 'spin\n');
  await expectOnScreen(page, /^spinning; stop me$/m);
  await page.getByRole('tab', { name: 'Processes' }).click();
  const pid = await page.evaluate(async () => (await globalThis.palimpsest.processes()).find(({ exit, name }) => !exit && name === 'spin')?.pid);
  const row = page.getByRole('treegrid', { name: 'Processes' }).getByRole('row', { name: new RegExp(`^spin ${pid} `) });
  await expect(row).toContainText('running');
  await row.getByRole('button', { name: /^Stop \d+$/ }).click();
  await expect(row).toContainText('stopped');
  await row.getByRole('button', { name: /^Continue \d+$/ }).click();
  await expect(row).toContainText('running');
  await expect(row).toContainText(/[\d.]+ [KM]B/);
  await row.getByRole('button', { name: /^End \d+$/ }).click();
  await expect(row).toContainText(/TERM|killed|KILL/);
  await expect(row.getByRole('button')).toHaveCount(0);
  await waitForPrompt(page);
});

test('files dragged over the window light it, and leave it dark again', async ({ page }) => {
  const light = page.getByText('Drop a .wasm to run it, other files and folders to keep them');
  const send = (type: string) => page.evaluate((name) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['x'], 'x.wasm'));
    document.body.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  }, type);
  await send('dragenter');
  await send('dragover');
  await expect(light).toBeVisible();
  await send('dragleave');
  await expect(light).toBeHidden();
});

test('a dropped .wasm: the sheet before anything runs, its fields, the run, the result', async ({ page }) => {
  const bytes = sample('filetool.wasm');
  const before = await page.evaluate(async () => (await globalThis.palimpsest.processes()).length);
  const sheet = await dropModule(page, 'my tool.wasm', bytes);
  await expect(sheet.getByRole('heading', { name: 'my tool.wasm' })).toBeVisible();
  await expect(sheet).toContainText('WASI preview 1 command');
  await expect(sheet).toContainText(/4[34](\.\d)? KB/);
  await expect(sheet.locator('code[title^="BLAKE3 "]')).toHaveAttribute('title', /^BLAKE3 [0-9a-f]{64}$/);
  const asks = sheet.getByRole('region', { name: 'It asks to' });
  await expect(asks.getByRole('listitem').filter({ hasText: /read/i }).first()).toContainText('imported');
  await expect(asks.getByRole('listitem').filter({ hasText: /network/i })).toContainText('not imported');
  expect(await page.evaluate(async () => (await globalThis.palimpsest.processes()).length)).toBe(before);

  await expect(sheet.getByLabel('Arguments')).toBeFocused();
  await sheet.getByLabel('Arguments').fill('write "a file.txt" made here');
  await sheet.getByLabel('Environment').fill('ONE=1\nTWO=zwei');
  await sheet.getByLabel('Directory').fill('/home/data');
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(sheet).toBeHidden();
  const result = page.getByRole('status', { name: 'Result of my tool.wasm' });
  await expect(result).toContainText('exit 0');
  await expect(result).toContainText(/\d ?m?s/);
  await result.getByRole('button', { name: '/home/data/a file.txt' }).click();
  await expect(page.getByRole('textbox', { name: 'Contents of /home/data/a file.txt' })).toContainText('made here');
  await result.getByRole('button', { name: 'Close the result' }).click();
  await expect(result).toBeHidden();
  await waitForPrompt(page);
});

test('a dropped program gets its arguments and environment, and prints into the terminal', async ({ page }) => {
  const sheet = await dropModule(page, 'env-args.wasm', sample('env-args.wasm'));
  await sheet.getByLabel('Arguments').fill('"two words" x');
  await sheet.getByLabel('Environment').fill('COLOUR=blau grün');
  await sheet.getByLabel('Directory').fill('/home/data');
  await page.keyboard.press('Enter');
  for (const line of ['argv[1] (9 bytes): two words', 'argv[2] (1 bytes): x', 'COLOUR=blau grün', 'cwd: /home/data']) await expectOnScreen(page, line);
  await expect(page.getByRole('status', { name: 'Result of env-args.wasm' })).toContainText('changed nothing');
});

test('what is wrong with a field is said at the field; nothing runs', async ({ page }) => {
  const sheet = await dropModule(page, 'hello.wasm', sample('hello-c.wasm'));
  await sheet.getByLabel('Arguments').fill('"open');
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(sheet.getByRole('alert')).toBeVisible();
  await expect(sheet.getByLabel('Arguments')).toHaveAttribute('aria-invalid', 'true');
  await sheet.getByRole('button', { name: 'Cancel' }).click();
  await expect(sheet).toBeHidden();
  expect(await screenText(page)).not.toContain('Hello');
});

test('a program that fails says its status; one that traps says why', async ({ page }) => {
  let sheet = await dropModule(page, 'upper.wasm', sample('upper.wasm'));
  await sheet.getByLabel('Arguments').fill('nothing.txt');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status', { name: 'Result of upper.wasm' })).toContainText('exit 1');
  await expectOnScreen(page, 'nothing.txt: No such file or directory');
  sheet = await dropModule(page, 'trap.wasm', sample('trap.wasm'));
  await sheet.getByLabel('Arguments').fill('unreachable');
  await page.keyboard.press('Enter');
  const result = page.getByRole('status', { name: 'Result of trap.wasm' });
  await expect(result).toContainText('trapped 134');
  await expect(result).toContainText('unreachable');
  await waitForPrompt(page);
});

test('no files at all: a dropped program that was granted none reads none', async ({ page }) => {
  const sheet = await dropModule(page, 'upper.wasm', sample('upper.wasm'));
  await sheet.getByLabel('Arguments').fill('/etc/motd');
  await sheet.getByLabel('May reach').selectOption({ label: 'no files at all' });
  await sheet.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('status', { name: 'Result of upper.wasm' })).toContainText('exit 1');
});

test('kept in /bin it runs by name, also after a reload, and what it wrote is still there', async ({ page }) => {
  const sheet = await dropModule(page, 'greet.wasm', sample('hello-as.wasm'));
  await sheet.getByRole('button', { name: 'Keep in /bin' }).click();
  await expect(sheet).toBeHidden();
  await expect(page.getByRole('treeitem', { name: /^greet\.wasm, .*, new$/ })).toBeVisible();
  await command(page, 'greet');
  await expectOnScreen(page, /^Hello from AssemblyScript!$/m);
  await command(page, 'filetool write kept.txt by me');
  // With /bin open, what is below it is out of sight.
  await page.getByRole('treeitem', { name: 'bin' }).click();
  await expect(page.getByRole('treeitem', { name: /^kept\.txt, .*, new$/ })).toBeVisible();
  await page.evaluate(() => globalThis.palimpsest.fs.writeFile('/home/last', ''));
  await page.reload();
  await waitForPrompt(page);
  await expect(page.getByRole('treeitem', { name: /^kept\.txt, .*, new$/ })).toBeVisible();
  await command(page, 'greet');
  await expectOnScreen(page, /^Hello from AssemblyScript!$/m);
  await command(page, 'cat kept.txt');
  await expectOnScreen(page, /^by me$/m);
});
