import type { Locator, Page } from '@playwright/test';
import { expect } from '../fixtures.ts';

/** The terminal that is shown. */
export const terminal = (page: Page): Locator => page.getByRole('region', { name: 'Terminal' }).getByRole('tabpanel');

/** The lines on its screen, without trailing blanks; the DOM is read because the screen is drawn with it where there is no GPU. */
export async function screenLines(page: Page): Promise<string[]> {
  const lines = await terminal(page).locator('.xterm-rows > div').evaluateAll((rows) => rows.map((row) => row.textContent ?? ''));
  return lines.map((line) => line.replaceAll('\u00a0', ' ').trimEnd());
}

export const screenText = async (page: Page): Promise<string> => (await screenLines(page)).join('\n');

/** Waits until the prompt is what the screen ends with. */
export async function waitForPrompt(page: Page): Promise<void> {
  await expect.poll(async () => (await screenLines(page)).findLast((line) => line !== '') ?? '', { message: 'no prompt' }).toMatch(/^\S.* \$$/);
}

/** Presses keys in the terminal, as by hand. */
export async function typeKeys(page: Page, text: string): Promise<void> {
  await terminal(page).getByRole('textbox', { name: 'Terminal input' }).focus();
  await page.keyboard.type(text);
}

/** Types a line at the prompt and waits for the next one. */
export async function command(page: Page, line: string): Promise<void> {
  await waitForPrompt(page);
  await typeKeys(page, `${line}\n`);
  await expect.poll(async () => (await screenText(page)).includes(`$ ${line}`), { message: `${line} was not echoed` }).toBe(true);
  await waitForPrompt(page);
}

/** Empties the screen, with the terminal's own key. */
export async function clearScreen(page: Page): Promise<void> {
  await waitForPrompt(page);
  await terminal(page).getByRole('textbox', { name: 'Terminal input' }).focus();
  await page.keyboard.press('Control+L');
  await expect.poll(async () => (await screenLines(page)).filter((line) => line !== '').length).toBe(1);
}

/** The page's first terminal as it began: no other beside it, nothing typed, an empty screen. */
export async function emptyTerminal(page: Page): Promise<void> {
  const tabs = page.getByRole('tablist', { name: 'Terminals' }).getByRole('tab');
  for (let left = await tabs.count(); left > 1; left--) {
    await tabs.last().click();
    await tabs.last().focus();
    await page.keyboard.press('Delete');
    await expect(tabs).toHaveCount(left - 1);
  }
  await expect(terminal(page)).toHaveCount(1);
  await expect.poll(() => screenText(page), { message: 'nothing is on the screen' }).toMatch(/\S/);
  await terminal(page).getByRole('textbox', { name: 'Terminal input' }).focus();
  await page.keyboard.press('Control+C');
  await clearScreen(page);
}

/** Gives the terminal all the room that it may have, by keyboard. */
export async function enlargeTerminal(page: Page): Promise<void> {
  const splitter = page.getByRole('separator', { name: 'Height of the terminal' });
  const isLargest = async (): Promise<boolean> => (await splitter.getAttribute('aria-valuenow')) === (await splitter.getAttribute('aria-valuemax'));
  if (await isLargest()) return;
  const before = (await screenLines(page)).length;
  await splitter.press('End');
  await expect.poll(async () => (await screenLines(page)).length).toBeGreaterThan(before);
}

export const expectOnScreen = (page: Page, text: string | RegExp): Promise<void> =>
  expect.poll(() => screenText(page)).toMatch(typeof text === 'string' ? new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : text);
