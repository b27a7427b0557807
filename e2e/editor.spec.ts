import { expect, test } from './fixtures.ts';
import { openWorkspace, readText } from './support/namespace.ts';
import { expectOnScreen, typeKeys, waitForPrompt } from './support/terminal.ts';

test('a full-screen editor writes a file, and gives the terminal back as it was', async ({ page }) => {
  await openWorkspace(page);
  await waitForPrompt(page);
  await typeKeys(page, 'kibi note.txt\n');
  await expectOnScreen(page, /note\.txt/);
  await expectOnScreen(page, /~ │ +Kibi/);
  await typeKeys(page, 'first line\nsecnd');
  for (let left = 0; left < 3; left++) await page.keyboard.press('ArrowLeft');
  await typeKeys(page, 'o');
  await expectOnScreen(page, 'seocnd');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('ArrowRight');
  await typeKeys(page, 'o');
  await expectOnScreen(page, 'second');
  await page.keyboard.press('Control+s');
  // Until it has saved, there is no such file.
  await expect.poll(() => readText(page, '/home/note.txt').catch(() => '')).toContain('second');
  await page.keyboard.press('Control+q');
  await waitForPrompt(page);
  expect((await readText(page, '/home/note.txt')).trimEnd()).toBe('first line\nsecond');
  await typeKeys(page, 'echo cooked again\n');
  await expectOnScreen(page, /^cooked again$/m);
});
