import type { Page } from '@playwright/test';
import { expect, sharedTest as test } from './fixtures.ts';
import { accessibleFaults } from './support/accessible.ts';
import { run } from './support/namespace.ts';
import { expectPicture } from './support/picture.ts';

/** Panes by the key that leads to them. */
const PANES: Readonly<Record<string, string>> = {
  Map: 'Alt+0', Processes: 'Alt+4', Trace: 'Alt+Shift+T', Timeline: 'Alt+5', Layers: 'Alt+6', Bus: 'Alt+7', Grants: 'Alt+8', Audit: 'Alt+9',
};
const FILES = ['/home/story/code.py', '/home/story/table.csv', '/home/story/tree.json', '/bin/hello-c', '/home/pixel.png'];
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const THEMES = { night: 'dark', day: 'light' } as const;

/** Something in every pane, the same every time. */
async function fill(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const text = (value: string) => new TextEncoder().encode(value);
    const { fs } = globalThis.palimpsest;
    await fs.mkdir('/home/story');
    await fs.writeFile('/home/story/code.py', text('import os\n\ndef main(names):\n    """Say hello."""\n    for name in names:\n        print(f"hello {name}")\n'));
    await fs.writeFile('/home/story/table.csv', text(`name,size,when\n${Array.from({ length: 40 }, (_, at) => `row ${at},${(at * 37) % 100},2026-01-${10 + (at % 20)}`).join('\n')}\n`));
    await fs.writeFile('/home/story/tree.json', text(JSON.stringify({ users: [{ id: 1, name: 'Ada' }, { id: 2, name: 'Bob', tags: ['a', 'b'] }], ok: true, none: null })));
  });
  await run(page, { module: '/bin/writer', args: ['/home/story/made.txt'] });
  await page.evaluate(() => void globalThis.palimpsest.run({ module: '/bin/sleep', args: ['600'] }));
  await openFile(page, FILES[0]!);
}

async function openFile(page: Page, path: string): Promise<void> {
  await page.keyboard.press('Control+k');
  const field = page.getByRole('dialog').getByRole('combobox');
  await field.fill(path);
  await page.getByRole('option', { name: path.slice(path.lastIndexOf('/') + 1) }).first().click();
}

async function openPane(page: Page, name: string): Promise<void> {
  await page.keyboard.press(PANES[name]!);
  await settled(page);
}

/** The pane's code and what it shows are there, and nothing glows any more. */
async function settled(page: Page): Promise<void> {
  await expect(page.getByText(/^(Loading|Reading)…$/)).toHaveCount(0);
  await page.waitForTimeout(300);
}

test('every tab, in both themes: nothing is wrong for a screen reader, and it looks as it did', async ({ page }) => {
  test.setTimeout(180_000);
  await fill(page);
  for (const [theme, colorScheme] of Object.entries(THEMES)) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const name of Object.keys(PANES)) {
      await test.step(`${name}, ${theme}`, async () => {
        await openPane(page, name);
        expect.soft(await accessibleFaults(page)).toEqual([]);
        await expectPicture(page, `${name.toLowerCase()}-wide-${theme}`);
      });
    }
    for (const path of FILES) {
      await test.step(`${path}, ${theme}`, async () => {
        await openFile(page, path);
        if (path === '/bin/hello-c') await expect(page.getByText(/instructions$/)).toBeVisible();
        await settled(page);
        expect.soft(await accessibleFaults(page)).toEqual([]);
        await expectPicture(page, `file-${path.replace(/^.*[./]/, '')}-wide-${theme}`);
      });
    }
  }
});

test('every tab on a phone, in both themes', async ({ page }) => {
  test.setTimeout(120_000);
  await page.setViewportSize(PHONE);
  for (const [theme, colorScheme] of Object.entries(THEMES)) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const name of Object.keys(PANES)) {
      await test.step(`${name}, ${theme}`, async () => {
        await openPane(page, name);
        await expectFits(page);
        expect.soft(await accessibleFaults(page)).toEqual([]);
        await expectPicture(page, `${name.toLowerCase()}-phone-${theme}`);
      });
    }
  }
});

test('at twice the size nothing is lost to the right or below', async ({ page }) => {
  // What the window has of CSS pixels at 200 % zoom.
  await page.setViewportSize({ width: WIDE.width / 2, height: WIDE.height / 2 });
  for (const name of Object.keys(PANES)) {
    await openPane(page, name);
    await expectFits(page);
    // A view that is alone on a narrow window is no tab's.
    await expect(page.getByRole('region', { name: 'View', exact: true })).toBeVisible();
  }
});

/** Parts that are moved by dragging and by arrow keys rather than by a bar. */
const PANS = '[aria-label="Picture of what is connected"]';

/** The page itself never scrolls sideways, and no control that can be used lies outside of it without a way to scroll there. */
async function expectFits(page: Page): Promise<void> {
  const outside = await page.evaluate((pans) => {
    const scrolls = (element: Element | null): boolean => {
      for (let at = element; at && at !== document.body; at = at.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(at);
        if (/auto|scroll/.test(overflowX + overflowY) || at.matches(pans)) return true;
      }
      return false;
    };
    const controls = [...document.querySelectorAll<HTMLElement>('button, input, select, [role=tab]')].filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('[aria-hidden=true]'));
    const lost = controls.filter((element) => {
      const { left, right, top, bottom, width } = element.getBoundingClientRect();
      return width > 1 && (left < -1 || right > innerWidth + 1 || top < -1 || bottom > innerHeight + 1) && !scrolls(element.parentElement);
    });
    return { sideways: document.documentElement.scrollWidth - innerWidth, lost: lost.map((element) => element.getAttribute('aria-label') ?? element.textContent ?? element.tagName) };
  }, PANS);
  expect.soft(outside).toEqual({ sideways: 0, lost: [] });
}
