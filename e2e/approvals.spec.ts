import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { expectAccessible } from './support/accessible.ts';
import { printer, publisher, requester } from './support/asking.ts';
import { openWorkspace, readText, writeFiles } from './support/namespace.ts';
import { screenText, typeKeys, waitForPrompt } from './support/terminal.ts';

const EACCES = 2;
const ETIMEDOUT = 73;

const question = (page: Page): Locator => page.getByRole('alertdialog');
const bar = (page: Page): Locator => page.getByRole('status', { name: 'A program asks' });

/** Starts a program, put at `/home/<name>`, without waiting for it; `ended` yields how it ended. */
async function start(page: Page, name: string, bytes: Uint8Array): Promise<{ ended: () => Promise<number> }> {
  await writeFiles(page, { [`/home/${name}`]: bytes });
  const key = await page.evaluate(async (path) => {
    const process = await globalThis.palimpsest.run({ module: path, stdin: '' });
    const kept = globalThis as unknown as { ends?: Promise<{ code: number }>[] };
    kept.ends ??= [];
    return kept.ends.push(process.exited) - 1;
  }, `/home/${name}`);
  return { ended: () => page.evaluate(async (at) => (await (globalThis as unknown as { ends: Promise<{ code: number }>[] }).ends[at]!).code, key) };
}

/** Waits until the question takes answers. */
async function armed(page: Page, deny = 'Deny'): Promise<Locator> {
  const sheet = question(page);
  await expect(sheet.getByRole('button', { name: deny, exact: true })).toHaveAttribute('aria-disabled', 'false');
  return sheet;
}

test.beforeEach(async ({ page, viewport }) => {
  await openWorkspace(page);
  // On a phone the first page comes first.
  if (viewport && viewport.width < 760) await page.keyboard.press('Alt+3');
  await waitForPrompt(page);
});

test('QU4: a question says who asks for what; Deny has the focus, and denies', async ({ page }) => {
  const { ended } = await start(page, 'asks.wasm', publisher('test.news'));
  const sheet = question(page);
  await expect(sheet).toHaveAccessibleName(/asks\.wasm wants to send messages to the subject/);
  await expect(sheet).toHaveAccessibleDescription(/test\.news/);
  await expect(sheet).toContainText(/Palimpsest asks you, with your mark [a-z]+ [a-z]+/);
  await expect(sheet).toContainText('unknown');
  await expect(sheet).toContainText('/home/asks.wasm');
  await expect(sheet.getByRole('timer', { name: 'Time left' })).toContainText(/^[01]:\d\d$/);
  const hash = sheet.getByRole('button', { name: /^BLAKE3 / });
  await armed(page);
  await hash.click();
  await expect(hash).toHaveText(/^[0-9a-f]{64}$/);
  await expectAccessible(page, '.approval');
  await sheet.getByRole('button', { name: 'Deny', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(sheet).toBeHidden();
  expect(await ended()).toBe(EACCES);
});

test('QU5: Deny has the focus as soon as a question is there; what follows too soon after it does nothing', async ({ page }) => {
  // In the page, for it must be in the same moment: every key that answers, and clicks, when the sheet appears.
  await page.evaluate(() => {
    const seen = { focus: '', done: false };
    Object.assign(globalThis, { seen });
    const observer = new MutationObserver(() => {
      const dialog = document.querySelector<HTMLDialogElement>('dialog[role=alertdialog][open]');
      if (!dialog || seen.done) return;
      queueMicrotask(() => {
        if (seen.done || !document.activeElement?.closest('[role=alertdialog]')) return;
        seen.done = true;
        seen.focus = document.activeElement.textContent ?? '';
        for (const key of ['o', 'a', 'r', 'n', 'Enter', ' ', 'Escape']) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        for (const button of dialog.querySelectorAll<HTMLElement>('.approval-answers button')) {
          button.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, cancelable: true }));
          button.click();
        }
      });
    });
    observer.observe(document.body, { childList: true, subtree: true, attributes: true });
  });
  const { ended } = await start(page, 'early.wasm', publisher('test.early'));
  const sheet = await armed(page);
  expect(await page.evaluate(() => (globalThis as unknown as { seen: { focus: string; done: boolean } }).seen)).toEqual({ focus: expect.stringContaining('Deny'), done: true });
  await expect(sheet).toBeVisible();
  await page.keyboard.press('n');
  expect(await ended()).toBe(EACCES);
});

test('allowed once it asks again; while it runs, it asks no more; another run does', async ({ page }) => {
  const once = await start(page, 'once.wasm', publisher('test.a', 'test.a'));
  await armed(page);
  await page.keyboard.press('o');
  await expect(question(page)).toContainText('test.a');
  await armed(page);
  await page.keyboard.press('n');
  expect(await once.ended()).toBe(EACCES);
  const running = await start(page, 'running.wasm', publisher('test.a', 'test.a', 'test.a'));
  await armed(page);
  await page.keyboard.press('r');
  expect(await running.ended()).toBe(0);
  const again = await start(page, 'running.wasm', publisher('test.a', 'test.a', 'test.a'));
  await armed(page);
  await page.keyboard.press('n');
  expect(await again.ended()).toBe(EACCES);
});

test('QU9: the line that it shows is in the policy, and nobody asks again', async ({ page }) => {
  const bytes = publisher('test.always');
  await writeFiles(page, { '/home/always.wasm': bytes });
  await typeKeys(page, './always.wasm; echo "ended $?"\n');
  const sheet = await armed(page);
  const rule = (await sheet.locator('.approval-rule pre').textContent())!.trim();
  expect(rule).toContain('test.always');
  await page.keyboard.press('a');
  await expect.poll(() => screenText(page)).toContain('ended 0');
  expect(await readText(page, '/etc/policy.toml')).toContain(rule);
  await typeKeys(page, 'clear; ./always.wasm; echo "again $?"\n');
  await expect.poll(() => screenText(page)).toContain('again 0');
  await expect(question(page)).toHaveCount(0);
});

test('QU6: who types in a terminal is not interrupted, and answers nothing by it', async ({ page }) => {
  // A line of keys that would each answer, without a pause that is long enough for the question; it comes in their midst.
  const typed = 'onaron'.repeat(12);
  await typeKeys(page, 'echo ');
  const [, { ended }] = await Promise.all([page.keyboard.type(typed, { delay: 60 }), start(page, 'patient.wasm', publisher('test.b'))]);
  await expect.poll(() => screenText(page)).toContain(`echo ${typed}`);
  const sheet = await armed(page);
  await expect(sheet).toContainText('test.b');
  await page.keyboard.press('n');
  expect(await ended()).toBe(EACCES);
  // The keyboard is the terminal's again.
  await page.keyboard.press('Enter');
  await expect.poll(() => screenText(page)).toMatch(new RegExp(`^${typed}$`, 'm'));
});

test('QU7: a question can wait: Escape puts it into a line across the page, a key brings it back', async ({ page }) => {
  const { ended } = await start(page, 'later.wasm', publisher('test.c'));
  await armed(page);
  await page.keyboard.press('Escape');
  await expect(question(page)).toHaveCount(0);
  await expect(bar(page)).toContainText(/later\.wasm wants to send messages to the subject test\.c.*left/);
  await expectAccessible(page, '.approval-bar');
  await page.keyboard.press('Control+Shift+Y');
  await armed(page);
  await page.keyboard.press('o');
  expect(await ended()).toBe(0);
  await expect(bar(page)).toHaveCount(0);
});

test('QU8: nobody answered, told as that, to the program and to the user', async ({ page }) => {
  const { ended } = await start(page, 'waits.wasm', requester({ kind: 'publish', subject: 'test.d', reason: 'to say hello' }, 2500));
  await expect(question(page)).toContainText('to say hello');
  expect(await ended()).toBe(ETIMEDOUT);
  await expect(question(page)).toHaveCount(0);
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('Timed out: nobody answered waits.wasm');
});

test('QU4: what a program asks and says is shown as its own, with what hides in it', async ({ page }) => {
  const reason = 'Palimpsest needs this. Press A.\n\u202e!!!';
  const { ended } = await start(page, 'sly\u202e.wasm', requester({ kind: 'http', host: 'xn--pypal-4ve.com', methods: ['GET'], reason }, 60_000));
  const sheet = await armed(page);
  await expect(sheet.getByRole('heading')).toContainText(/^sly.*wants to send a GET request to$/);
  await expect(sheet.locator('.approval-subject')).toContainText('xn--pypal-4ve.com');
  await expect(sheet).toContainText('An international name, shown as it is called');
  await expect(sheet.getByRole('figure')).toContainText('in its own words');
  await expect(sheet.getByRole('blockquote')).toContainText('Press A.');
  expect(await sheet.textContent()).not.toContain('\u202e');
  await page.keyboard.press('n');
  expect(await ended()).toBe(EACCES);
});

test('QU10: a program that asks and asks is denied at one stroke', async ({ page }) => {
  const { ended } = await start(page, 'pushy.wasm', publisher(...Array.from({ length: 8 }, (_, at) => `test.many${at}`)));
  await armed(page);
  await page.keyboard.press('n');
  await expect(question(page)).toContainText('test.many1');
  const sheet = await armed(page);
  await sheet.getByRole('button', { name: 'Deny all of this program' }).click();
  expect(await ended()).toBe(EACCES);
  await expect(question(page)).toHaveCount(0);
});

test('QU12: what a program writes into the policy is in force only when the user has said so, with its text in sight', async ({ page }) => {
  const rules = () => page.evaluate(async () => (await globalThis.palimpsest.authority.policy()).rules);
  const before = await rules();
  await typeKeys(page, `printf '[[rule]]\\ndecision = "allow"\\naction = "any"\\n' > /etc/policy.toml\n`);
  let sheet = await armed(page, 'Leave it out');
  await expect(sheet.getByRole('heading')).toContainText('has changed the policy. Is that to be in force?');
  await expect(sheet.getByLabel('/etc/policy.toml')).toContainText('action = "any"');
  await expect(sheet.getByRole('button', { name: 'Always' })).toHaveCount(0);
  await expectAccessible(page, '.approval');
  await page.keyboard.press('n');
  await expect(page.getByRole('alert').filter({ hasText: 'A change of the policy is not in force' })).toBeVisible();
  expect(await rules()).toBe(before);
  await waitForPrompt(page);
  await typeKeys(page, `printf '[[rule]]\\ndecision = "deny"\\naction = ["http"]\\n\\n[[rule]]\\ndecision = "ask"\\naction = "publish"\\n\\n[[rule]]\\ndecision = "ask"\\naction = "spawn"\\n' > /etc/policy.toml\n`);
  sheet = await armed(page, 'Leave it out');
  await sheet.getByRole('button', { name: 'Put it in force' }).click();
  await expect.poll(rules).toBe(3);
  await expect(page.getByText('A change of the policy is not in force')).toHaveCount(0);
});

test('QU2, QU3: what a program prints is no question, and can neither answer nor take the focus from one', async ({ page }) => {
  const escapes = [
    '\x1b[?1049h\x1b[2J\x1b[H\x1b[?1049l', // another screen, and back
    '\x1b]0;Palimpsest asks you\x07\x1b]52;c;b25h\x07', // title, clipboard
    '\x1b[?1000h\x1b[?1004h\x1b[?1006h', // mouse and focus reports
    '\x1b[5n\x1b[6n\x1b[c\x1b[>c\x1bP$qm\x1b\\', // questions that a terminal answers by itself
    '\x1b[?2004h\x1b[200~ona\x1b[201~\x1b]8;;javascript:alert(1)\x07click\x1b]8;;\x07',
  ].join('');
  const lookalike = '\u2554\u2550 Palimpsest asks you, with your mark amber otter \u2550 0:59 left \u2557\r\n\u2551 bank wants to read /home \u2551\r\n\u255a\u2550 [Deny N] [Once O] [While it runs R] [Always A] \u2550\u255d\r\n';
  await writeFiles(page, { '/home/fake.wasm': printer(`${escapes}${lookalike}`), '/home/both.wasm': printer(`${escapes}${lookalike}`, 'test.both') });
  await typeKeys(page, './fake.wasm\n');
  await expect.poll(() => screenText(page)).toContain('Palimpsest asks you');
  await expect(question(page)).toHaveCount(0);
  await expect(bar(page)).toHaveCount(0);
  // With a true one over it: the terminal is behind it, out of reach, and the mark is not the one that was guessed.
  await typeKeys(page, './both.wasm; echo "ended $?"\n');
  const sheet = await armed(page);
  await expect(sheet).toContainText('test.both');
  const mark = await sheet.locator('.own-mark b').textContent();
  expect(await screenText(page)).not.toContain(mark);
  const place = await page.evaluate(() => {
    const { top, left, width } = document.querySelector('.approval')!.getBoundingClientRect();
    const screen = document.querySelector<HTMLElement>('.terminal-screen.on')!;
    screen.querySelector('textarea')!.focus();
    const behind = screen.getBoundingClientRect();
    const hit = document.elementFromPoint(behind.left + 5, behind.bottom - 5);
    return { overTheBar: top <= 0 && left >= 0 && width > 0, focus: document.activeElement?.closest('.approval') !== null, terminalIsHit: screen.contains(hit) };
  });
  expect(place).toEqual({ overTheBar: true, focus: true, terminalIsHit: false });
  await page.keyboard.press('n');
  await expect.poll(() => screenText(page)).toContain('ended 2');
});

test.describe('at the width of a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });
  test('a question fits, and is answered by finger', async ({ page }) => {
    const { ended } = await start(page, 'phone.wasm', publisher(`test.${'long.'.repeat(40)}x`));
    const sheet = await armed(page);
    await expectAccessible(page, '.approval');
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= 390 && document.querySelector('.approval')!.scrollWidth <= 390)).toBe(true);
    await sheet.getByRole('button', { name: 'Once' }).click();
    expect(await ended()).toBe(0);
  });
});
