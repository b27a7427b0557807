import type { Locator, Page } from '@playwright/test';
import { expect, sharedTest as test } from './fixtures.ts';
import { expectAccessible } from './support/accessible.ts';
import { pdfOf, toneOf } from './support/media.ts';
import { readText, run, writeFiles } from './support/namespace.ts';
import { expectOnScreen, typeKeys, waitForPrompt } from './support/terminal.ts';

// What a hostile page tries is refused aloud.
test.use({ allowedFaults: /Content Security Policy|sandboxed/ });

const row = (page: Page, name: string): Locator => page.getByRole('tree', { name: 'Namespace' }).getByRole('treeitem', { name: new RegExp(`^${name.replaceAll('.', '\\.')}(, |$)`) });
const contents = (page: Page, path: string): Locator => page.getByRole('textbox', { name: `Contents of ${path}` });
const bytes = (page: Page, path: string): Locator => page.getByRole('grid', { name: `Bytes of ${path}` });
const status = (page: Page, text: RegExp | string): Locator => page.getByRole('status').filter({ hasText: text });
const filetool = (page: Page, ...args: string[]) => run(page, { module: '/bin/filetool', args });
const press = async (page: Page, ...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};

async function inBothThemes(page: Page, selector: string): Promise<void> {
  for (const theme of ['day', 'night']) {
    await page.evaluate((name) => { document.documentElement.dataset['theme'] = name; }, theme);
    await expectAccessible(page, selector);
  }
}

test('a full-screen editor writes a file, and gives the terminal back as it was', async ({ page }) => {
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

test('TX1 TX7 a text is edited by keyboard alone: typed, found, saved as its lines end; it is left by Esc and Tab', async ({ page }) => {
  await writeFiles(page, { '/home/notes.rs': 'fn one() {}\r\nfn two() {}\r\nfn three() {}' });
  await row(page, 'notes.rs').dblclick();
  const text = contents(page, '/home/notes.rs');
  await text.focus();
  await press(page, 'Control+g');
  await page.getByRole('textbox', { name: 'Go to line' }).fill('2');
  await press(page, 'Enter', 'End');
  await page.keyboard.type(' // mine');
  await expect(page.getByRole('tab', { name: /^notes\.rs.*not saved/ })).toBeVisible();
  await expect(page.getByText('Ln 2, Col 20')).toBeVisible();
  await press(page, 'Control+f');
  await page.getByRole('textbox', { name: 'Find' }).fill('fn \\w+ee');
  await page.getByRole('checkbox', { name: 'Regular expression' }).check();
  await page.getByRole('textbox', { name: 'Find' }).press('Enter');
  await press(page, 'Escape');
  await expect.poll(() => page.evaluate(() => String(getSelection()))).toBe('fn three');
  await page.keyboard.type('fn 3');
  await press(page, 'Control+s');
  await expect(status(page, 'Saved')).toBeVisible();
  expect(await readText(page, '/home/notes.rs')).toBe('fn one() {}\r\nfn two() {} // mine\r\nfn 3() {}');
  await expect(page.getByText('CRLF')).toBeVisible();
  await inBothThemes(page, '.file-view');
  await press(page, 'Escape', 'Tab');
  await expect(text).not.toBeFocused();
});

test('TX3 TX4 TX5 a change from outside is followed where nothing was typed, and else shown beside what was; drafts outlive the tab and the page', async ({ page }) => {
  await writeFiles(page, { '/home/shared.txt': 'one\ntwo\nthree\n' });
  await row(page, 'shared.txt').dblclick();
  const text = contents(page, '/home/shared.txt');
  await expect(text).toContainText('two');
  await filetool(page, 'append', '/home/shared.txt', 'four');
  await expect(text).toContainText('four');
  await expect(status(page, /^Changed by filetool \(pid \d+\)$/)).toBeVisible();
  await text.press('Control+Home');
  await page.keyboard.type('mine ');
  await filetool(page, 'append', '/home/shared.txt', 'five');
  const bar = page.getByRole('alert').filter({ hasText: /Changed by filetool \(pid \d+\) while you were editing/ });
  await expect(bar).toBeVisible();
  await text.press('Control+s');
  await expect(status(page, 'Not saved')).toBeVisible();
  await bar.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByRole('button', { name: 'Take theirs here' })).toHaveCount(2);
  await inBothThemes(page, '.file-view');
  await page.getByRole('button', { name: 'Take theirs here' }).last().click();
  await page.getByRole('button', { name: 'Keep the rest of mine' }).click();
  await page.reload();
  await expect(status(page, 'Your unsaved text is back')).toBeVisible();
  await expect(text).toContainText('mine one');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(status(page, 'Saved')).toBeVisible();
  expect(await readText(page, '/home/shared.txt')).toMatch(/^mine one\ntwo\nthree\nfour\n?five\n?$/);
});

test('TX5 what was typed and not saved goes along with a file that is moved, and nowhere else', async ({ page }) => {
  await page.evaluate(() => globalThis.palimpsest.fs.mkdir('/home/moved'));
  await writeFiles(page, { '/home/draft.txt': 'one\n' });
  await row(page, 'draft.txt').dblclick();
  await contents(page, '/home/draft.txt').press('Control+Home');
  await page.keyboard.type('typed ');
  await expect(page.getByRole('tab', { name: /^draft\.txt.*not saved/ })).toBeVisible();
  await row(page, 'draft.txt').focus();
  await press(page, 'Control+x');
  await row(page, 'moved').focus();
  await press(page, 'Control+v');
  await expect(contents(page, '/home/moved/draft.txt')).toContainText('typed one');
  await row(page, 'draft.txt').focus();
  await press(page, 'F2');
  await page.keyboard.type('renamed');
  await press(page, 'Enter');
  await expect(contents(page, '/home/moved/renamed.txt')).toContainText('typed one');
  // Where the file was there is nothing that is not saved.
  const drafts = () => page.evaluate(() => (JSON.parse(localStorage.getItem('palimpsest.drafts') ?? '[]') as [string, unknown][]).map(([path]) => path).filter((path) => /draft|renamed/.test(path)));
  await expect.poll(drafts).toEqual(['/home/moved/renamed.txt']);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(status(page, 'Saved')).toBeVisible();
  expect(await readText(page, '/home/moved/renamed.txt')).toBe('typed one\n');
});

test('HX1 HX2 HX3 HX4 bytes are typed over, undone, searched and saved; in a file of 5 GiB too', async ({ page }) => {
  await writeFiles(page, { '/home/some.bin': Uint8Array.from({ length: 96 }, (_, at) => at) });
  await row(page, 'some.bin').dblclick();
  const grid = bytes(page, '/home/some.bin');
  await grid.focus();
  await press(page, 'ArrowDown', 'ArrowRight', 'd', 'e', 'a', 'd');
  await expect(grid.getByRole('row', { name: /^00000010 10 de ad 13/ })).toBeVisible();
  await expect(status(page, '2 bytes changed, not saved yet')).toBeVisible();
  await press(page, 't', 'O', 'k', 'Escape', 'Control+z');
  await expect(page.getByRole('gridcell', { name: '14, 20, at 14' })).toBeVisible();
  await press(page, 'Control+z', 'Control+y', 'Control+s');
  await expect(status(page, 'Saved')).toBeVisible();
  expect(await page.evaluate(async () => [...(await globalThis.palimpsest.fs.readFile('/home/some.bin')).slice(16, 22)])).toEqual([16, 0xde, 0xad, 0x4f, 20, 21]);
  await press(page, 'Control+f');
  await page.getByRole('textbox', { name: 'Bytes to find' }).fill('ad 4f');
  await press(page, 'Enter');
  await expect(status(page, 'Found at 0x12')).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'Data inspector' }).getByRole('row', { name: 'uint16' })).toContainText(String(0x4fad));
  await inBothThemes(page, '.file-view');

  await run(page, { module: '/bin/truncate', args: ['-s', '5G', 'sparse.bin'] });
  await row(page, 'sparse.bin').dblclick();
  await bytes(page, '/home/sparse.bin').focus();
  await press(page, 'Control+g');
  await page.getByRole('textbox', { name: 'Go to offset' }).fill('0x100000010');
  await press(page, 'Enter', 'c', '0', 'd', 'e', 'Control+s');
  await expect(status(page, 'Saved')).toBeVisible();
  await expect(page.getByRole('rowheader', { name: '100000010' })).toBeVisible();
  await expect(page.getByRole('row', { name: /^100000010 c0 de 00/ })).toBeVisible();
  await press(page, 'Control+Home', 'Control+f');
  await page.getByRole('textbox', { name: 'Bytes to find' }).fill('ff ff');
  await press(page, 'Enter');
  await expect(page.getByRole('progressbar', { name: 'Searched' })).toBeVisible();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(status(page, 'The search was stopped')).toBeVisible();
});

test('VW2 TX2 a line of 10 MB is read in windows, and what is no UTF-8 is told', async ({ page }) => {
  await writeFiles(page, { '/home/line.txt': 'x'.repeat(10_000_000), '/home/latin.txt': Uint8Array.from([...'caf', ...'\n'.repeat(5000)].map((each) => each.charCodeAt(0)).concat(0xe9)) });
  await row(page, 'line.txt').dblclick();
  const text = contents(page, '/home/line.txt');
  await expect(text).toContainText('xxxx');
  await text.press('End');
  await page.getByRole('button', { name: 'Last window' }).click();
  await expect(status(page, /to 9\.5 MB of 9\.5 MB/)).toBeVisible();
  await inBothThemes(page, '.file-view');
  await row(page, 'latin.txt').dblclick();
  await expect(page.getByText('Not valid UTF-8 from byte 5003 on: read-only here, edit it as hex')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
});

const HOSTILE = `<!doctype html><html><head><meta http-equiv="refresh" content="0;url=http://evil.test/refresh"><base href="http://evil.test/"><link rel="stylesheet" href="http://evil.test/a.css"><link rel="preconnect" href="http://evil.test">
<style>@import url(http://evil.test/import.css); body { background: url(http://evil.test/bg.png) } h1 { color: rgb(1, 2, 3) }</style><script>parent.hit = 1; top.location = 'http://evil.test/top'; fetch('http://evil.test/fetch')</script></head>
<body onload="parent.hit = 2"><h1>Hostile page</h1><img src="x" onerror="parent.hit = 3"><img src="http://evil.test/pixel.png"><a href="javascript:parent.hit = 4">script link</a> <a href="http://evil.test/away" target="_top">away</a>
<form action="http://evil.test/form" target="_top"><input name="a" value="b"><button>Send</button></form><iframe src="http://evil.test/frame"></iframe><iframe srcdoc="<script>top.hit = 5</script>"></iframe><object data="http://evil.test/o"></object>
<svg><script>parent.hit = 6</script><a xlink:href="javascript:parent.hit = 7"><text y="20">svg link</text></a><animate attributeName="x" onbegin="parent.hit = 8"/></svg><noscript><img src="http://evil.test/noscript.png"></noscript>
<svg><a><animate attributeName="href" values="http://evil.test/animated"/><text y="20">animated link</text></a></svg><a href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>">data link</a><img src="data:," attributionsrc="http://evil.test/attribution">
<form><math><mtext></form><form><mglyph><style></math><img src="http://evil.test/mutated" onerror="parent.hit = 11"><link rel="preconnect" href="http://evil.test"></body></html>`;
const HOSTILE_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" onload="parent.hit = 9"><script>parent.hit = 10</script><image href="http://evil.test/i.png"/><circle cx="32" cy="32" r="24"/></svg>';

test('PG1 PG2 HTML and SVG are shown, and run, load and lead nowhere', async ({ page }) => {
  const reached: string[] = [];
  // What the policy refuses never comes as far as this.
  await page.context().route(/evil\.test/, (route) => {
    reached.push(route.request().url());
    return route.abort();
  });
  const address = page.url();
  await writeFiles(page, { '/home/hostile.html': HOSTILE, '/home/hostile.svg': HOSTILE_SVG });
  await row(page, 'hostile.html').dblclick();
  await expect(contents(page, '/home/hostile.html')).toContainText('Hostile page');
  await page.getByRole('button', { name: 'Rendered' }).click();
  const frame = page.frameLocator('iframe[title="hostile.html, rendered"]');
  await expect(frame.getByRole('heading', { name: 'Hostile page' })).toHaveCSS('color', 'rgb(1, 2, 3)');
  for (const name of ['script link', 'away', 'svg link']) await frame.getByText(name).click();
  await frame.getByRole('button', { name: 'Send' }).click();
  // The first wall alone: read as the frame reads it, there is nothing in the text that could run, load or lead away.
  const left = await page.getByTitle('hostile.html, rendered').evaluate((element: HTMLIFrameElement) => {
    const text = element.srcdoc.replaceAll(/<meta http-equiv="(Content-Security-Policy|x-dns-prefetch-control)"[^>]*>/g, '');
    const odd = (each: Element): boolean => /^(script|link|base|iframe|object)$/.test(each.localName) || each.matches('meta[http-equiv]')
      || [...each.attributes].some(({ name, value }) => name.startsWith('on') || (name !== 'title' && /evil\.test|script:/.test(value)) || (name.endsWith('href') && !value.startsWith('#')));
    return [...new DOMParser().parseFromString(text, 'text/html').querySelectorAll('*')].filter(odd).map((each) => each.outerHTML);
  });
  expect(left).toEqual([]);
  await inBothThemes(page, '.file-bar');
  await row(page, 'hostile.svg').dblclick();
  const picture = page.getByRole('img', { name: 'hostile.svg' });
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(64);
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.getByRole('group', { name: /^Picture hostile\.svg/ }).press('1');
  await expect(page.getByRole('button', { name: '100 %' })).toBeVisible();
  await inBothThemes(page, '.file-view');
  expect([await page.evaluate(() => (globalThis as { hit?: number }).hit), page.url(), page.context().pages().length, reached]).toEqual([undefined, address, 1, []]);
  await page.context().unroute(/evil\.test/);
});

test('PG2 a PDF has pages with text, a sound plays', async ({ page }) => {
  await writeFiles(page, { '/home/pages.pdf': pdfOf(120, 'Page number'), '/home/tone.wav': toneOf(1) });
  await row(page, 'pages.pdf').dblclick();
  await expect(page.getByRole('group', { name: 'Page 1', exact: true })).toContainText('Page number 1');
  await page.getByRole('spinbutton', { name: 'Go to page' }).fill('100');
  await expect(page.getByRole('group', { name: 'Page 100' })).toContainText('Page number 100');
  expect(await page.getByRole('group', { name: /^Page \d+$/ }).count()).toBeLessThan(8);
  await inBothThemes(page, '.file-view');
  await row(page, 'tone.wav').dblclick();
  await expect(status(page, '1.0 s')).toBeVisible();
  await inBothThemes(page, '.file-view');
});
