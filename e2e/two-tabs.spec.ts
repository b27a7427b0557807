import type { BrowserContext, CDPSession, Page } from '@playwright/test';
import { collectFaults, expect, test } from './fixtures.ts';
import { expectAlive } from './support/alive.ts';
import { openWorkspace, readText, run } from './support/namespace.ts';

test.use({ ownContext: true });
// Both workers share them, where one would be left with the rest at the end.
test.describe.configure({ mode: 'parallel' });

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

const kvSet = (page: Page, value: string) => page.evaluate(async (text) =>
  globalThis.palimpsest.kv('tabs').set('k', text).then(() => 'written', (error: { code?: string }) => error.code ?? String(error)), value);

/** Presses Take over; the page stays. */
async function takeOver(page: Page): Promise<void> {
  await banner(page).getByRole('button', { name: 'Take over' }).click();
  await expect(banner(page)).toHaveCount(0, { timeout: 15_000 });
}

/** Ends the page's renderer as a crash would. */
async function crash(session: CDPSession, page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => undefined);
  await crashed;
}

test('a second tab says so, reads and runs, follows the first, and writes nothing', async ({ page, context }) => {
  await openWorkspace(page);
  expect(await write(page, '/home/first.txt', 'of the first tab')).toBe('written');
  const { page: second, faults } = await secondTab(context);
  await expect(banner(second)).toContainText('open in another tab');
  await expect(second.locator('.workspace')).toContainText('read-only');
  expect(await readText(second, '/home/first.txt')).toBe('of the first tab');
  expect([await write(second, '/home/second.txt', 'no'), await write(second, '/home/first.txt', 'no'), await kvSet(second, 'no')]).toEqual(['EROFS', 'EROFS', 'EROFS']);
  expect(await write(second, '/tmp/kept-nowhere.txt', 'yes')).toBe('written');
  expect(await run(second, { module: '/bin/filetool', args: ['write', '/home/second.txt', 'no'] })).toMatchObject({ code: expect.any(Number), stderr: expect.stringMatching(/read-only/i) });

  // It follows: the bus tells, names and contents are the present ones, a terminal sees them too.
  await second.evaluate(() => {
    const seen: string[] = [];
    globalThis.palimpsest.bus.subscribe('fs.changed.home', ({ data }) => seen.push(...(data as { changes: { path: string }[] }).changes.map(({ path }) => path)));
    Object.assign(globalThis, { seen });
  });
  expect(await write(page, '/home/first.txt', 'changed')).toBe('written');
  await page.evaluate(async () => {
    const { fs } = globalThis.palimpsest;
    await fs.mkdir('/home/made/below', { recursive: true });
    await fs.writeFile('/home/made/below/deep.txt', 'deep');
    await fs.rename('/home/made', '/home/moved');
  });
  await expect.poll(() => readText(second, '/home/moved/below/deep.txt').catch(() => ''), { timeout: 5000 }).toBe('deep');
  expect(await readText(second, '/home/first.txt')).toBe('changed');
  expect(await second.evaluate(async () => (await globalThis.palimpsest.fs.readdir('/home')).map(({ name }) => name).sort())).toEqual(expect.arrayContaining(['first.txt', 'moved']));
  await expect.poll(() => second.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)).toContain('/home/moved');
  expect(await run(second, { module: '/bin/filetool', args: ['read', '/home/moved/below/deep.txt'] })).toMatchObject({ stdout: expect.stringContaining('deep') });
  await expectAlive(page);
  expect(faults).toEqual([]);
});

test('taking over works both ways while the pages stay, and nothing is lost', async ({ page, context }) => {
  await openWorkspace(page);
  const { page: second, faults } = await secondTab(context);
  // What the first tab has not stored yet when it loses the workspace is stored before the other one reads.
  await page.evaluate(async () => {
    const start = (module: string, ...args: string[]) => globalThis.palimpsest.run({ module, args, stdin: '' });
    const ended = async (process: Awaited<ReturnType<typeof start>>) => (await new Response(process.stdout).text(), process.exited);
    await ended(await start('/bin/manyfiles', '/home/many', '1000'));
    await ended(await start('/bin/writer', '/home/big.bin', '8'));
  });
  await takeOver(second);
  expect(await run(second, { module: '/bin/writer', args: ['--check', '/home/big.bin'] })).toMatchObject({ code: 0 });
  await expect(banner(page)).toContainText('Another tab took over');
  await expect(page.locator('.workspace')).toContainText('read-only');
  expect(await second.evaluate(async () => (await globalThis.palimpsest.fs.readdir('/home/many')).length)).toBe(1000);
  expect([await write(second, '/home/turn.txt', 'second'), await kvSet(second, 'second')]).toEqual(['written', 'written']);
  expect([await write(page, '/home/turn.txt', 'first'), await kvSet(page, 'first'), await write(page, '/tmp/mine.txt', 'x')]).toEqual(['EROFS', 'EROFS', 'written']);
  await expect.poll(() => readText(page, '/home/turn.txt').catch(() => '')).toBe('second');

  await takeOver(page);
  await expect(banner(second)).toContainText('Another tab took over');
  expect([await write(page, '/home/turn.txt', 'first again'), await kvSet(page, 'first again')]).toEqual(['written', 'written']);
  expect(await write(second, '/home/turn.txt', 'x')).toBe('EROFS');
  await expectAlive(page);

  // A reload takes nothing from the owner, and the owner's own reload loses nothing to the other tab.
  await second.reload();
  await expect(banner(second)).toContainText('open in another tab');
  expect(await readText(second, '/home/turn.txt')).toBe('first again');
  await openWorkspace(page);
  await expect(banner(page)).toHaveCount(0);
  expect(await write(page, '/home/turn.txt', 'mine')).toBe('written');
  expect(faults).toEqual([]);
});

/** In the page: writes files one after the other until it is not the owner any more; what was acknowledged is kept in `acknowledged`. */
function startWriting(page: Page, tab: string): Promise<void> {
  return page.evaluate((name) => {
    const state = { acknowledged: [] as string[], stop: false, turn: 0 };
    Object.assign(globalThis, { writing: state });
    const loop = async (): Promise<void> => {
      for (let i = 0; !state.stop; i++) {
        const path = `/home/load/${name}-${i}`;
        await globalThis.palimpsest.fs.writeFile(path, path).then(() => state.acknowledged.push(path), () => new Promise((done) => setTimeout(done, 5)));
      }
    };
    void loop();
  }, tab);
}

const acknowledgedBy = (page: Page): Promise<string[]> => page.evaluate(() => {
  const { writing } = globalThis as unknown as { writing: { acknowledged: string[]; stop: boolean } };
  writing.stop = true;
  return writing.acknowledged;
});

/** Every file that is there, with whether it holds its own path. */
const stored = (page: Page): Promise<[string, boolean][]> => page.evaluate(async () => {
  const { fs } = globalThis.palimpsest;
  const names = (await fs.readdir('/home/load')).map(({ name }) => `/home/load/${name}`);
  return Promise.all(names.map(async (path): Promise<[string, boolean]> => [path, new TextDecoder().decode(await fs.readFile(path)) === path]));
});

test('twenty take-overs while both tabs write: the store has what was acknowledged, and nothing else', async ({ page, context }) => {
  await openWorkspace(page);
  await page.evaluate(() => globalThis.palimpsest.fs.mkdir('/home/load'));
  const { page: second, faults } = await secondTab(context);
  await startWriting(page, 'a');
  await startWriting(second, 'b');
  const take = (each: Page) => each.evaluate(() => globalThis.palimpsest.takeOver());
  for (let turn = 0; turn < 20; turn++) {
    await take(turn % 2 === 0 ? second : page);
    await page.waitForTimeout(20);
  }
  const wanted = [...(await acknowledgedBy(page)), ...(await acknowledgedBy(second))].sort();
  await page.waitForTimeout(200);
  expect(wanted.filter((path) => path.includes('/a-')).length).toBeGreaterThan(10);
  expect(wanted.filter((path) => path.includes('/b-')).length).toBeGreaterThan(10);
  // The follower shows the same; and so does a page that reads the store anew.
  const third = await context.newPage();
  await openWorkspace(third);
  for (const each of [page, second, third]) {
    await expect.poll(async () => (await stored(each)).length).toBeGreaterThanOrEqual(wanted.length);
    const found = await stored(each);
    const whole = new Set(found.flatMap(([path, isWhole]) => (isWhole ? [path] : [])));
    expect(wanted.filter((path) => !whole.has(path))).toEqual([]);
    // Nothing else, but for what a take-over cut short before it was acknowledged.
    const acknowledged = new Set(wanted);
    expect(found.filter(([path]) => !acknowledged.has(path)).length).toBeLessThanOrEqual(20);
  }
  expect(faults).toEqual([]);
});

test.describe('an owner that dies', () => {
  test.use({ allowedFaults: /./ });

  test('its renderer is killed in the middle of writing: the other tab learns it, takes over, and has all that was acknowledged', async ({ page, context }) => {
    const { page: owner } = await secondTab(context);
    await owner.evaluate(() => globalThis.palimpsest.fs.mkdir('/home/load'));
    await openWorkspace(page);
    await expect(banner(page)).toContainText('open in another tab');
    const session = await context.newCDPSession(owner);
    await startWriting(owner, 'dying');
    await owner.waitForTimeout(300);
    const acknowledged = await owner.evaluate(() => [...(globalThis as unknown as { writing: { acknowledged: string[] } }).writing.acknowledged]);
    await crash(session, owner);
    await expect(banner(page)).toContainText('is gone', { timeout: 10_000 });
    expect(acknowledged.length).toBeGreaterThan(3);
    await takeOver(page);
    const names = (await stored(page)).filter(([, whole]) => whole).map(([path]) => path);
    expect(acknowledged.filter((path) => !names.includes(path))).toEqual([]);
    expect([await write(page, '/home/load/mine', 'mine'), await kvSet(page, 'mine')]).toEqual(['written', 'written']);
  });
});

test('of tabs that open at the same time one owns the workspace', async ({ page, context }) => {
  const pages = [page, await context.newPage(), await context.newPage()];
  await Promise.all(pages.map((each) => openWorkspace(each)));
  const outcomes = await Promise.all(pages.map((each, i) => write(each, `/home/${i}.txt`, 'x')));
  expect(outcomes.sort()).toEqual(['EROFS', 'EROFS', 'written']);
});
