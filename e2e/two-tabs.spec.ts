import type { BrowserContext, Page } from '@playwright/test';
import { collectFaults, expect, test } from './fixtures.ts';
import { expectAlive } from './support/alive.ts';
import { openWorkspace, readText, run } from './support/namespace.ts';

const banner = (page: Page) => page.locator('.banner');

async function secondTab(context: BrowserContext): Promise<{ page: Page; faults: string[] }> {
  const page = await context.newPage();
  const faults = collectFaults(page);
  await openWorkspace(page);
  return { page, faults };
}

/** What a write to `path` came to. */
const write = (page: Page, path: string, text: string) => page.evaluate(async ([file, data]) =>
  globalThis.palimpsest.fs.writeFile(file!, data!).then(() => 'written', (error: { code?: string }) => error.code ?? String(error)), [path, text]);

/** Presses Take over and waits for the page that comes after it. */
async function takeOver(page: Page): Promise<void> {
  const loaded = page.waitForEvent('load');
  await banner(page).getByRole('button', { name: 'Take over' }).click();
  await loaded;
  await page.waitForFunction(() => 'palimpsest' in globalThis);
  await page.evaluate(() => globalThis.palimpsest.ready);
}

test('a second tab says so, reads and runs, writes nothing', async ({ page, context }) => {
  await openWorkspace(page);
  expect(await write(page, '/home/first.txt', 'of the first tab')).toBe('written');
  const { page: second, faults } = await secondTab(context);
  await expect(banner(second)).toContainText('open in another tab');
  await expect(banner(second)).toContainText('read-only');
  await expect(second.locator('.workspace')).toContainText('read-only');
  expect(await readText(second, '/home/first.txt')).toBe('of the first tab');
  expect(await write(second, '/home/second.txt', 'no')).toBe('EROFS');
  expect(await write(second, '/home/first.txt', 'no')).toBe('EROFS');
  expect(await write(second, '/tmp/kept-nowhere.txt', 'yes')).toBe('written');
  await expectAlive(second);
  expect(await run(second, { module: '/bin/filetool', args: ['write', '/home/second.txt', 'no'] })).toMatchObject({ code: expect.any(Number), stderr: expect.stringMatching(/read-only/i) });
  await expect(second.locator('.xterm-rows').first()).toContainText('$');
  expect(await write(page, '/home/first.txt', 'still its own')).toBe('written');
  await expectAlive(page);
  expect(faults).toEqual([]);
});

test('taking over works both ways, and nothing is lost', async ({ page, context }) => {
  await openWorkspace(page);
  const { page: second, faults } = await secondTab(context);
  // What the first tab has not stored yet when it loses the workspace is stored before the other one reads.
  await page.evaluate(async () => {
    const start = (module: string, ...args: string[]) => globalThis.palimpsest.run({ module, args, stdin: '' });
    const ended = async (process: Awaited<ReturnType<typeof start>>) => (await new Response(process.stdout).text(), process.exited);
    await ended(await start('/bin/manyfiles', '/home/many', '3000'));
    await ended(await start('/bin/writer', '/home/big.bin', '48'));
  });
  await takeOver(second);
  expect(await run(second, { module: '/bin/writer', args: ['--check', '/home/big.bin'] })).toMatchObject({ code: 0 });
  await expect(banner(second)).toHaveCount(0);
  await expect(banner(page)).toContainText('Another tab took over');
  await expect(page.locator('.workspace')).toContainText('read-only');
  expect(await second.evaluate(async () => (await globalThis.palimpsest.fs.readdir('/home/many')).length)).toBe(3000);
  expect(await write(second, '/home/turn.txt', 'second')).toBe('written');
  expect(await write(page, '/home/turn.txt', 'first')).toBe('EROFS');
  expect(await write(page, '/tmp/mine.txt', 'x')).toBe('written');
  await expectAlive(page);

  await takeOver(page);
  await expect(banner(page)).toHaveCount(0);
  await expect(banner(second)).toContainText('Another tab took over');
  expect(await readText(page, '/home/turn.txt')).toBe('second');
  expect(await write(page, '/home/turn.txt', 'first again')).toBe('written');
  expect(await write(second, '/home/turn.txt', 'x')).toBe('EROFS');
  await expectAlive(page);
  await expectAlive(second);

  // A reload takes nothing from the owner, and the owner's own reload loses nothing to the other tab.
  await second.reload();
  await expect(banner(second)).toContainText('open in another tab');
  expect(await readText(second, '/home/turn.txt')).toBe('first again');
  for (let times = 0; times < 3; times++) await page.reload();
  await openWorkspace(page);
  await expect(banner(page)).toHaveCount(0);
  expect(await write(page, '/home/turn.txt', 'mine')).toBe('written');
  expect(faults).toEqual([]);
});

test('programs of a tab that loses the workspace get EROFS; the tab stays alive', async ({ page, context }) => {
  await openWorkspace(page);
  const { page: second } = await secondTab(context);
  await page.evaluate(async () => {
    const process = await globalThis.palimpsest.run({ module: '/bin/upper', stdin: new ReadableStream({
      async pull(controller) {
        await new Promise((done) => setTimeout(done, 20));
        controller.enqueue(new TextEncoder().encode('line\n'));
      },
    }) });
    void process.stdout.pipeTo(new WritableStream());
    Object.assign(globalThis, { left: process });
  });
  await takeOver(second);
  await expect(banner(page)).toContainText('Another tab took over');
  await page.evaluate(() => (globalThis as unknown as { left: { kill(signal: string): Promise<void> } }).left.kill('KILL'));
  await expectAlive(page);
  await expectAlive(second);
});

test('when the owner is closed, the other tab can take over', async ({ page, context }) => {
  const { page: owner } = await secondTab(context);
  expect(await write(owner, '/home/left.txt', 'left behind')).toBe('written');
  await openWorkspace(page);
  await expect(banner(page)).toContainText('open in another tab');
  await owner.close();
  await takeOver(page);
  await expect(banner(page)).toHaveCount(0);
  expect(await readText(page, '/home/left.txt')).toBe('left behind');
  expect(await write(page, '/home/left.txt', 'mine')).toBe('written');
});

test('of tabs that open at the same time one owns the workspace', async ({ page, context }) => {
  const pages = [page, await context.newPage(), await context.newPage()];
  await Promise.all(pages.map((each) => openWorkspace(each)));
  const outcomes = await Promise.all(pages.map((each, i) => write(each, `/home/${i}.txt`, 'x')));
  expect(outcomes.sort()).toEqual(['EROFS', 'EROFS', 'written']);
  for (const each of pages) await expectAlive(each);
});
