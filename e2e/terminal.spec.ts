import type { Locator, Page } from '@playwright/test';
import { expect, sharedTest as test } from './fixtures.ts';
import { clearScreen, command, emptyTerminal, enlargeTerminal, expectOnScreen, screenLines, screenText, terminal, typeKeys, waitForPrompt } from './support/terminal.ts';

test.use({ viewport: { width: 1440, height: 1000 }, permissions: ['clipboard-read', 'clipboard-write'] });

test.beforeEach(async ({ page }) => {
  await emptyTerminal(page);
  await enlargeTerminal(page);
});

const input = (page: Page): Locator => terminal(page).getByRole('textbox', { name: 'Terminal input' });
const write = (page: Page, path: string, text: string): Promise<void> => page.evaluate(([to, content]) => globalThis.palimpsest.fs.writeFile(to!, content!), [path, text]);
const lastLine = async (page: Page): Promise<string> => (await screenLines(page)).findLast((line) => line !== '') ?? '';

/** A paste as the browser tells it, from the keyboard or its own menu. */
async function paste(page: Page, text: string): Promise<void> {
  await input(page).evaluate((element, content) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', content);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

test('Ctrl-R finds a line of an earlier visit, shows what it looks for, and runs it', async ({ page }) => {
  await command(page, 'echo alpha one');
  await command(page, 'echo beta');
  await page.evaluate(() => globalThis.palimpsest.fs.writeFile('/home/last', ''));
  await page.reload();
  await waitForPrompt(page);
  await typeKeys(page, '');
  await page.keyboard.press('Control+R');
  await page.keyboard.type('alp');
  await expect.poll(() => lastLine(page)).toBe("(reverse-i-search)'alp': echo alpha one");
  await page.keyboard.type('zz');
  await expect.poll(() => lastLine(page)).toBe("(failed reverse-i-search)'alpzz': echo alpha one");
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  await expectOnScreen(page, /^alpha one$/m);
});

test('a command of several rows is edited, run and recalled whole', async ({ page }) => {
  await typeKeys(page, "echo 'first\n");
  await expectOnScreen(page, /'first\n> *$/m);
  await page.keyboard.type("second'");
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('End');
  await page.keyboard.type('!');
  await page.keyboard.press('Enter');
  await expectOnScreen(page, /^first!\nsecond$/m);
  await clearScreen(page);
  await page.keyboard.press('ArrowUp');
  await expectOnScreen(page, /echo 'first!\n> second'$/m);
});

test('pasted lines wait for Enter, whatever is in them', async ({ page }) => {
  await typeKeys(page, '');
  await paste(page, 'echo pasted one\r\necho two\x1b[201~\recho three\n');
  await expectOnScreen(page, /echo pasted one\n> echo two\[201~\n> echo three$/m);
  await page.keyboard.press('Enter');
  await expectOnScreen(page, /^pasted one\ntwo\[201~\nthree$/m);
});

test('Ctrl+Shift+V pastes, Ctrl+Shift+C copies the selection', async ({ page }) => {
  await page.evaluate(() => navigator.clipboard.writeText('echo from-the-clipboard'));
  await typeKeys(page, '');
  await page.keyboard.press('Control+Shift+V');
  await expectOnScreen(page, 'echo from-the-clipboard');
  await page.keyboard.press('Enter');
  await expectOnScreen(page, /^from-the-clipboard$/m);
  const row = terminal(page).locator('.xterm-rows > div', { hasText: /^from-the-clipboard/ });
  const box = (await row.boundingBox())!;
  await page.mouse.dblclick(box.x + 20, box.y + box.height / 2);
  await page.keyboard.press('Control+Shift+C');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^(from|from-the-clipboard)$/);
});

test('Tab completes names with blanks; a second one lists', async ({ page }) => {
  await write(page, '/home/my notes.txt', 'written down\n');
  await write(page, '/home/my other.txt', 'x\n');
  await typeKeys(page, 'cat my\t');
  await expectOnScreen(page, /cat my\\$/m);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expectOnScreen(page, /^my notes\.txt\s+my other\.txt$/m);
  await page.keyboard.type('n\t\n');
  await expectOnScreen(page, /^written down$/m);
});

test('terminals run side by side, each with its own line; the tab tells what runs', async ({ page }) => {
  await typeKeys(page, 'echo in one');
  await page.keyboard.press('Control+Shift+Digit5');
  const [one, two] = [page.getByRole('tabpanel', { name: 'Terminal 1' }), page.getByRole('tabpanel', { name: 'Terminal 2' })];
  await expect(one).toBeVisible();
  await expect(two.locator('.xterm-rows')).toContainText('$');
  await two.getByRole('textbox').focus();
  await page.keyboard.type('spin\n');
  await expect(two.locator('.xterm-rows')).toContainText('spinning; stop me');
  await expect(page.getByRole('tab', { name: '2 · spin' })).toBeVisible();
  await one.getByRole('textbox').focus();
  await expect(page.getByRole('tab', { name: /^1 · / })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(one.locator('.xterm-rows')).toContainText('in onein one');
  await page.keyboard.press('Control+Shift+BracketRight');
  await expect(page.getByRole('tab', { name: '2 · spin' })).toHaveAttribute('aria-selected', 'true');
  await two.getByRole('textbox').focus();
  await page.keyboard.press('Control+C');
  await expect(page.getByRole('tab', { name: '2 · prompt' })).toBeVisible();
  await page.keyboard.press('Alt+Shift+W');
  await expect(two).toBeHidden();
  await expect(page.getByRole('tab', { name: /^1 · / })).toHaveAttribute('aria-selected', 'true');
});

test('the line that is being typed stays whole when the window changes', async ({ page }) => {
  const line = `echo ${'0123456789 '.repeat(20)}end`;
  await typeKeys(page, line);
  await expectOnScreen(page, /9 end$/m);
  await page.setViewportSize({ width: 900, height: 1000 });
  await expect.poll(async () => (await screenLines(page)).filter((row) => row.includes('$ echo')).length).toBe(1);
  await page.keyboard.type('X');
  // A row that ends in a blank is read without it.
  await expect.poll(async () => (await screenText(page)).replace(/\s/g, '')).toContain(`${line}X`.replaceAll(' ', ''));
  expect((await screenText(page)).match(/\$ echo/g)).toHaveLength(1);
});

test('emoji and wide characters are edited where they are seen', async ({ page }) => {
  await typeKeys(page, 'echo 👨‍👩‍👧漢字x');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('y');
  await page.keyboard.press('Enter');
  await expectOnScreen(page, /^👨‍👩‍👧y字x$/m);
});

test('a program in full screen gets keys as they are and the mouse, and leaves the screen as it was', async ({ page }) => {
  await write(page, '/home/full', [
    "printf '\\033[?1049h\\033[?1000h\\033[?1006h\\033[2J\\033[Hfull screen'",
    'exec 9>/dev/consctl', 'echo rawon >&9', 'got=$(head -c 5)', 'echo rawoff >&9',
    "printf '\\033[?1000l\\033[?1049l'", 'printf %s "$got" | od -An -c', '',
  ].join('\n'));
  await command(page, 'echo before');
  await typeKeys(page, 'sh full\n');
  await expect.poll(async () => (await screenText(page)).trimEnd()).toBe('full screen');
  const box = (await terminal(page).locator('.xterm-screen').boundingBox())!;
  await page.mouse.click(box.x + 50, box.y + 50);
  await expectOnScreen(page, /^\s*033\s+\[\s+<\s+0\s+;$/m);
  await expectOnScreen(page, /^before$/m);
  await waitForPrompt(page);
});

test('a new terminal takes the focus from the one before it', async ({ page }) => {
  await input(page).focus();
  await page.keyboard.press('Control+Shift+Digit5');
  const two = page.getByRole('tabpanel', { name: 'Terminal 2' });
  await expect(two.getByRole('textbox')).toBeFocused();
  await page.keyboard.press('Control+Shift+BracketLeft');
  await expect(page.getByRole('tabpanel', { name: 'Terminal 1' }).getByRole('textbox')).toBeFocused();
});

test('a shell that is left closes its terminal, and the one before has the focus; the last one begins anew', async ({ page }) => {
  const tabs = page.getByRole('tab', { name: /^\d+ · / });
  await page.keyboard.press('Control+Shift+Backquote');
  await expect(tabs).toHaveCount(2);
  await waitForPrompt(page);
  await page.keyboard.type('exit\n');
  await expect(tabs).toHaveCount(1);
  await page.keyboard.type("echo first''one\n");
  await expectOnScreen(page, 'firstone');
  await page.keyboard.press('Control+D');
  await expectOnScreen(page, /firstone[^]*Drop a \.wasm/);
  await expect(tabs).toHaveCount(1);
});

test('at phone width the row of keys: Tab completes, Ctrl holds for the next letter of either kind of keyboard, or is let go', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: 'Terminal', exact: true }).click();
  const key = (name: string): Locator => page.getByRole('toolbar', { name: 'Extra keys' }).getByRole('button', { name, exact: true });
  await input(page).focus();
  await page.keyboard.type('cat wel');
  await key('Tab').click();
  await expectOnScreen(page, /cat welcome\.md/);
  await key('Ctrl').click();
  await page.keyboard.press('u');
  await expect.poll(() => lastLine(page)).toMatch(/\$$/);
  await key('Ctrl').click();
  await expect(key('Ctrl')).toHaveAttribute('aria-pressed', 'true');
  await key('Ctrl').click();
  await page.keyboard.type('uname');
  await expect.poll(() => lastLine(page)).toMatch(/\$ uname$/);
  await key('Ctrl').click();
  // As a keyboard on the screen does: no key, only its text.
  await page.keyboard.insertText('u');
  await expect.poll(() => lastLine(page)).toMatch(/\$$/);
  await expect(key('Ctrl')).toHaveAttribute('aria-pressed', 'false');
});
