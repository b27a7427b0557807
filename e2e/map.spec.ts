import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { expect, sharedTest as test } from './fixtures.ts';
import { expectAccessible } from './support/accessible.ts';

const node = (page: Page, name: RegExp): Locator => page.getByRole('group', { name: 'Picture of what is connected' }).getByRole('button', { name });
const card = (page: Page, name: string): Locator => page.getByRole('complementary', { name: `About ${name}` });
const inBothThemes = async (page: Page, where: string): Promise<void> => {
  for (const theme of ['night', 'day']) {
    await page.evaluate((shown) => { document.documentElement.dataset['theme'] = shown; }, theme);
    await expectAccessible(page, where);
  }
};

/** A program of the user's that waits, with what is granted to it. */
const sleeper = (page: Page, name: string, options: object = {}): Promise<number> => page.evaluate(async ([as, more]) => {
  const { fs, run } = globalThis.palimpsest;
  await fs.mkdir('/home/maps/orders', { recursive: true });
  await fs.writeFile('/home/maps/sleep', await fs.readFile('/bin/coreutils'));
  const { pid, stdout, stderr } = await run({ module: '/home/maps/sleep', name: 'sleep', args: ['900'], ...more as object, env: { AS: as as string } });
  void stdout.cancel();
  void stderr.cancel();
  return pid;
}, [name, options] as const);

test('a program comes with its mounts, is live, is found, and goes: by mouse', async ({ page }) => {
  await page.keyboard.press('Alt+0');
  await expect(node(page, /^this window, you/)).toBeVisible();
  await expect(node(page, /^\/, mount, \d+ layers, writable/)).toBeVisible();
  await expect(node(page, /^layer: upper, layer/)).toBeVisible();
  await page.evaluate(async () => {
    await globalThis.palimpsest.fs.mkdir('/home/maps/busy', { recursive: true });
    const { stdout, stderr } = await globalThis.palimpsest.run({ module: '/bin/sh', name: 'busy', args: ['-c', 'while true; do echo more >> /home/maps/busy/log; sleep 0.2; done'], stdin: '' });
    void stdout.cancel();
    void stderr.cancel();
  });
  const busy = node(page, /^busy, process, pid \d+ · [\d.]+k? calls\/s/);
  await expect(busy).toBeVisible();
  await expect(node(page, /^\/home\/maps, directory, [\d.]+ changes\/s/)).toBeVisible();
  await node(page, /kernel service/).click();
  await expect(node(page, /^\/proc, mount, processes as files/)).toBeVisible();
  await node(page, /kernel service/).click();
  await expect(node(page, /^\/proc, mount/)).toHaveCount(0);
  await page.getByRole('textbox', { name: 'Find in the map' }).fill('busy');
  await expect(page.getByRole('search', { name: 'Search the map' }).getByRole('status')).toHaveText(/match/);
  await page.keyboard.press('Enter');
  await expect(card(page, 'busy')).toContainText(/now.*calls\/s/);
  await page.keyboard.press('Escape');
  await inBothThemes(page, '.map');
  await card(page, 'busy').getByRole('button', { name: 'Show in Processes' }).click();
  await expect(page.getByRole('tab', { name: 'Processes' })).toHaveAttribute('aria-selected', 'true');
});

test('what a program can touch is lit up and told in words, and who can touch a directory', async ({ page }) => {
  await page.keyboard.press('Alt+0');
  const pid = await sleeper(page, 'reach', { namespace: { '/home/data': '/home/maps/orders' }, permissions: { files: [{ path: '/home/maps/orders/**', rights: ['read', 'write'] }], http: [{ host: 'api.example.org', methods: ['GET'] }], publish: ['news.>'], clocks: true } });
  await node(page, new RegExp(`^sleep, process, pid ${pid} `)).click();
  await expect(node(page, /^\/home\/data, mount, shows \/home\/maps\/orders/)).toBeVisible();
  const touch = card(page, 'sleep').getByRole('button', { name: 'What can this touch?' });
  await touch.click();
  const told = page.getByRole('region', { name: 'What sleep can touch' });
  await expect(told.getByRole('listitem')).toHaveText([/read and change \/home\/maps\/orders\/\*\*/, /send GET requests to api\.example\.org/, /send messages to news\.>/]);
  await expect(told).toContainText('know the time');
  await inBothThemes(page, '.map');
  await told.getByRole('button', { name: 'api.example.org' }).click();
  await expect(card(page, 'api.example.org')).toBeVisible();
  await card(page, 'api.example.org').getByRole('button', { name: 'Who can touch this?' }).click();
  const who = page.getByRole('region', { name: 'Who can touch api.example.org' });
  await expect(who.getByRole('button')).toHaveText([new RegExp(`sleep.*pid ${pid}`)]);
  await who.getByRole('button').click();
  await expect(touch).toHaveAttribute('aria-pressed', 'true');
});

test('by keyboard: from node to node, to a thing and back, the menu, zoom, a node moved, and the list', async ({ page }) => {
  await sleeper(page, 'keys');
  await page.keyboard.press('Alt+0');
  const you = node(page, /^this window/);
  await you.focus();
  await page.keyboard.press('ArrowRight');
  await expect(node(page, /^\/, mount/)).toBeFocused();
  await page.keyboard.press('Space');
  await expect(node(page, /^\/, mount/)).toHaveAttribute('aria-pressed', 'true');
  await expect(card(page, '/')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(card(page, '/')).toHaveCount(0);
  const before = await you.boundingBox();
  await page.keyboard.press('+');
  await expect.poll(async () => (await you.boundingBox())!.width).toBeGreaterThan(before!.width);
  await page.keyboard.press('0');
  await expect.poll(async () => Math.round((await you.boundingBox())!.width)).toBe(Math.round(before!.width));
  const root = node(page, /^\/, mount/);
  const at = (await root.boundingBox())!;
  await page.keyboard.press('Shift+ArrowDown');
  await expect.poll(async () => (await root.boundingBox())!.y).toBeGreaterThan(at.y);
  await page.getByRole('button', { name: 'Tidy up' }).click();
  await root.focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Show in the explorer' }).waitFor();
  await page.keyboard.press('Escape');
  await root.focus();
  await page.keyboard.press('/');
  await expect(page.getByRole('textbox', { name: 'Find in the map' })).toBeFocused();
  await page.getByRole('button', { name: 'As a list' }).click();
  const list = page.getByRole('table', { name: 'What is connected' });
  await expect(list.getByRole('row', { name: /^sleep process/ }).first()).toContainText('sees /');
  await expectAccessible(page, '.map');
  await list.getByRole('button', { name: 'Show layers: layer: upper' }).click();
  await expect(page.getByRole('tab', { name: 'Layers' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Alt+0');
  await page.getByRole('button', { name: 'As a list' }).click();
});

test('names that would be markup are shown, not run; the picture is saved as SVG and as PNG', async ({ page }) => {
  await page.evaluate(async () => {
    const { fs, run } = globalThis.palimpsest;
    await fs.writeFile('/home/maps/evil', await fs.readFile('/bin/coreutils'));
    const { stdout, stderr } = await run({ module: '/home/maps/evil', name: '<img src=x onerror=alert(1)>\u202egnp\n', args: ['sleep', '900'], permissions: { subscribe: [], files: [], http: [{ host: '*.a&b.example', methods: ['GET'] }] } }).catch(() => run({ module: '/bin/sh', name: '<img src=x onerror=alert(1)>\u202egnp\n', args: ['-c', 'read x'] }));
    void stdout.cancel();
    void stderr.cancel();
  });
  await page.keyboard.press('Alt+0');
  await expect(node(page, /^<img src=x onerror=alert\(1\)>\\u\{202e\}gnp\\n, process/)).toBeVisible();
  const saved = async (name: string): Promise<Buffer> => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name }).click();
    return readFileSync(await (await download).path());
  };
  const svg = (await saved('As SVG')).toString('utf8');
  const parsed = await page.evaluate((text) => {
    const file = new DOMParser().parseFromString(text, 'image/svg+xml');
    return { error: file.querySelector('parsererror')?.textContent ?? null, names: [...new Set([...file.querySelectorAll('*')].map((element) => element.tagName))].sort(), texts: [...file.querySelectorAll('text')].map((element) => element.textContent) };
  }, svg);
  expect(parsed).toEqual({ error: null, names: ['g', 'path', 'rect', 'style', 'svg', 'text', 'title'], texts: expect.arrayContaining(['this window', 'layer: upper']) });
  expect(svg).toContain('prefers-color-scheme:dark');
  const png = await saved('As PNG');
  expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  // Twice as wide as the picture.
  expect(png.readUInt32BE(16)).toBe(2 * Number(/ width="(\d+)"/.exec(svg)![1]));
});

test('sizes: by layer, run and kind; into a directory and up again, by mouse, by keyboard and as a table', async ({ page }) => {
  await page.evaluate(async () => {
    const { fs } = globalThis.palimpsest;
    await fs.mkdir('/home/maps/big', { recursive: true });
    await fs.writeFile('/home/maps/big/table.csv', 'x'.repeat(3_000_000));
    await fs.writeFile('/home/maps/big/photo.png', 'x'.repeat(1_000_000));
  });
  await page.keyboard.press('Alt+0');
  await page.getByRole('tab', { name: 'Sizes' }).click();
  const tile = (name: RegExp): Locator => page.getByRole('group', { name: /^Sizes in / }).getByRole('button', { name });
  await expect(tile(/^home, directory, [\d.]+ MB, \d+ %, \d+ files, /)).toBeVisible();
  await inBothThemes(page, '.map');
  await tile(/^home, directory/).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('group', { name: 'Sizes in /home', exact: true })).toBeVisible();
  await tile(/^maps, directory/).click({ position: { x: 8, y: 8 } });
  await expect(tile(/^big, directory, 3\.8 MB/)).toBeVisible();
  await page.getByRole('button', { name: 'By kind', exact: true }).click();
  await expect(page.getByRole('list', { name: 'What the colours mean' }).getByRole('listitem').filter({ hasText: /^data/ })).toContainText('2.9 MB');
  await page.getByRole('button', { name: 'By run', exact: true }).click();
  await expect(page.getByRole('list', { name: 'What the colours mean' })).toContainText('you');
  await page.getByRole('button', { name: 'As a table' }).click();
  await page.getByRole('table', { name: 'Sizes in /home/maps' }).getByRole('button', { name: 'big/' }).click();
  await expect(page.getByRole('table', { name: 'Sizes in /home/maps/big' }).getByRole('row', { name: /table\.csv 2\.9 MB 75 %/ })).toBeVisible();
  await expectAccessible(page, '.map');
  await page.getByRole('button', { name: 'Up', exact: true }).focus();
  await page.keyboard.press('Backspace');
  await expect(page.getByRole('table', { name: 'Sizes in /home/maps', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'As a table' }).click();
  await page.getByRole('tab', { name: 'Sizes' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(node(page, /^this window/)).toBeVisible();
});
