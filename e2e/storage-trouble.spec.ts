import type { BrowserContext, CDPSession, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { expectAlive } from './support/alive.ts';
import { openWorkspace, readText, run, workspaceReady, writeFiles } from './support/namespace.ts';
import { waitForPrompt } from './support/terminal.ts';

test.use({ ownContext: true });
// Both workers share them, where one would be left with the rest at the end.
test.describe.configure({ mode: 'parallel' });

const MIB = 1024 * 1024;
const banner = (page: Page) => page.locator('.banner');

const write = (page: Page, path: string, text: string) => page.evaluate(async ([file, data]) =>
  globalThis.palimpsest.fs.writeFile(file!, data!).then(() => 'written', (error: { code?: string }) => error.code ?? String(error)), [path, text]);

/** Gives the page's origin so much more than it uses; null: the browser's own limit. The browser remembers a larger limit for a while once something was written. */
async function limitStorage(page: Page, session: CDPSession, more: number | null): Promise<void> {
  const { origin } = new URL(page.url());
  const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
  await session.send('Storage.overrideQuotaForOrigin', { origin, ...(more === null ? {} : { quotaSize: used + more }) });
}

/** The workspace of an origin that may hold so much, which it is told before anything of it is written. */
async function openLimited(page: Page, context: BrowserContext, most: number): Promise<CDPSession> {
  await page.goto('/manifest.webmanifest');
  const session = await context.newCDPSession(page);
  await limitStorage(page, session, most);
  await openWorkspace(page);
  return session;
}

test.describe('a full disk', () => {
  // Of the page that is no page of ours.
  test.use({ allowedFaults: /favicon\.ico/ });

  test('is ENOSPC for programs and a notice for the user; what was acknowledged stays; writing goes on once there is space', async ({ page, context }) => {
    const session = await openLimited(page, context, 6 * MIB);
    const kept = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`/home/kept/${i}.txt`, `acknowledged ${i}`]));
    await writeFiles(page, kept);

    const filled = await run(page, { module: '/bin/writer', args: ['/home/big.bin', '64', '--sync-each'] });
    expect(filled.code).not.toBe(0);
    expect(filled.stderr).toMatch(/space|ENOSPC/i);
    await expect(banner(page)).toContainText(/disk is full.*ENOSPC.*trim the history.*free space/);
    const small = await run(page, { module: '/bin/filetool', args: ['write', '/home/small.txt', 'x'] });
    expect(small).toMatchObject({ code: 1, stderr: expect.stringMatching(/space/i) });
    expect(await write(page, '/home/small.txt', 'x')).toBe('ENOSPC');
    const endless = await run(page, { module: '/bin/writer', args: ['/home/kept/1.txt', '600'] });
    expect(endless).toMatchObject({ code: 1, stderr: expect.stringMatching(/space/i) });
    expect(await write(page, '/tmp/elsewhere.txt', 'x')).toBe('written');
    for (const [path, text] of Object.entries(kept).slice(2)) expect(await readText(page, path)).toBe(text);
    await expectAlive(page);

    await limitStorage(page, session, null);
    await expect(banner(page)).toHaveCount(0, { timeout: 12_000 });
    expect(await write(page, '/home/after.txt', 'there is space again')).toBe('written');
    await openWorkspace(page);
    for (const [path, text] of Object.entries(kept)) expect(await readText(page, path)).toBe(text);
    expect(await readText(page, '/home/after.txt')).toBe('there is space again');
  });

  test('that is full at the reload too: everything acknowledged is there, and synced counts hold', async ({ page, context }) => {
    const session = await openLimited(page, context, 12 * MIB);
    expect(await write(page, '/home/kept.txt', 'acknowledged')).toBe('written');
    const filled = await run(page, { module: '/bin/writer', args: ['/home/big.bin', '64', '--sync-each'] });
    const synced = [...filled.stdout.matchAll(/synced (\d+)/g)].map(([, count]) => Number(count));
    expect(filled.code).not.toBe(0);
    await openWorkspace(page);
    expect(await readText(page, '/home/kept.txt')).toBe('acknowledged');
    if (synced.length > 0) {
      const size = await page.evaluate(async () => (await globalThis.palimpsest.fs.stat('/home/big.bin')).size);
      expect(size).toBeGreaterThanOrEqual(Math.max(...synced) * MIB);
      expect(await run(page, { module: '/bin/writer', args: ['--check', '/home/big.bin'] })).toMatchObject({ code: 0 });
    }
    await expectAlive(page);
    await limitStorage(page, session, null);
  });

  test('an import that does not fit says so, and leaves nothing half', async ({ page, context }) => {
    const session = await openLimited(page, context, 6 * MIB);
    const outcome = await page.evaluate(async () => {
      const data = crypto.getRandomValues(new Uint8Array(65536));
      const whole = new Uint8Array(32 * 1024 * 1024);
      for (let at = 0; at < whole.length; at += data.length) {
        data[at % 65536] = at;
        new DataView(data.buffer).setUint32(0, at);
        whole.set(data, at);
      }
      return globalThis.palimpsest.fs.writeFile('/home/import.bin', whole).then(() => 'written', (error: { code?: string; message: string }) => error.message);
    });
    expect(outcome).toMatch(/ENOSPC/);
    await expect(banner(page)).toContainText('disk is full');
    await expectAlive(page);
    await limitStorage(page, session, null);
    await expect(banner(page)).toHaveCount(0, { timeout: 12_000 });
    await page.evaluate(() => globalThis.palimpsest.fs.rm('/home/import.bin', { recursive: true }).catch(() => undefined));
    expect(await write(page, '/home/import.bin', 'small')).toBe('written');
  });
});

test.describe('the database', () => {
  test.use({ allowedFaults: /./ });

  /** The kernel's worker finds an IndexedDB that does this. */
  async function breakDatabase(page: Page, script: string): Promise<void> {
    await page.route(/assets\/kernel\.worker-[^/]*\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${script};\n${await response.text()}` });
    });
  }

  const broken: [string, string, RegExp][] = [
    ['is refused', "IDBFactory.prototype.open = () => { throw new DOMException('storage is not allowed here', 'SecurityError'); }", /storage is not allowed here/],
    ['fails to open', "{ const open = IDBFactory.prototype.open; IDBFactory.prototype.open = function (name) { return open.call(this, name, 2 ** 60); }; }", /could not be opened/],
    ['never answers', "{ const open = IDBFactory.prototype.open; globalThis.held = open.call(indexedDB, 'held', 1); IDBFactory.prototype.open = () => open.call(indexedDB, 'held', 2); }", /did not answer/],
    ['is not there', "Object.defineProperty(globalThis, 'indexedDB', { value: undefined })", /could not be opened/],
  ];

  for (const [what, script, told] of broken) {
    test(`that ${what}: nothing is kept, the page says so, and works`, async ({ page }) => {
      await breakDatabase(page, script);
      await openWorkspace(page);
      await expect(banner(page)).toContainText('Nothing is kept in this tab');
      await expect(banner(page)).toContainText(told);
      await expect(banner(page)).toContainText('reload');
      await expect(page.locator('.workspace')).toContainText('not kept');
      expect(await write(page, '/home/here.txt', 'for now')).toBe('written');
      expect(await readText(page, '/home/here.txt')).toBe('for now');
      await expectAlive(page);
    });
  }

  test('that is deleted under us: the page says so, stays alive, and starts anew', async ({ page, context }) => {
    await openWorkspace(page);
    // The workspace can be open before the window is there.
    await waitForPrompt(page);
    // What was never read cannot be had any more: this has been.
    await expectAlive(page);
    expect(await write(page, '/home/mine.txt', 'mine')).toBe('written');
    const session = await context.newCDPSession(page);
    await session.send('Storage.clearDataForOrigin', { origin: new URL(page.url()).origin, storageTypes: 'indexeddb' });
    const lost = banner(page).filter({ hasText: 'no longer stored' });
    await expect(lost).toContainText(/download what you need, then reload/);
    expect(await write(page, '/home/more.txt', 'x')).toBe('EROFS');
    expect(await readText(page, '/home/mine.txt')).toBe('mine');
    expect(await write(page, '/tmp/more.txt', 'x')).toBe('written');
    await expectAlive(page);
    await page.waitForTimeout(600);
    await expect(lost).toHaveCount(1);
    await lost.getByRole('button', { name: 'Reload' }).click();
    await openWorkspace(page);
    await expect(banner(page)).toHaveCount(0);
    expect(await write(page, '/home/new.txt', 'new')).toBe('written');
  });

  test('that another page deletes while a program writes', async ({ page }) => {
    await openWorkspace(page);
    const ended = page.evaluate(async () => {
      const process = await globalThis.palimpsest.run({ module: '/bin/writer', args: ['/home/big.bin', '900'], stdin: '' });
      const [, stderr, exit] = await Promise.all([new Response(process.stdout).text(), new Response(process.stderr).text(), process.exited]);
      return { code: exit.code, stderr };
    });
    await page.waitForTimeout(300);
    await page.evaluate(() => new Promise((done, failed) => {
      const request = indexedDB.deleteDatabase('palimpsest:default');
      request.onsuccess = done;
      request.onerror = failed;
    }));
    await expect(banner(page)).toContainText('no longer stored');
    expect((await ended).code).not.toBe(0);
    await expectAlive(page);
  });
});

test.describe('the samples', () => {
  test.use({ allowedFaults: /500/ });

  test('samples that cannot be fetched: a notice, and the workspace is there', async ({ page }) => {
    await openWorkspace(page);
    expect(await write(page, '/home/mine.txt', 'mine')).toBe('written');
    await page.route('**/samples/index.json', (route) => route.fulfill({ status: 500, body: 'no' }));
    await page.reload();
    await workspaceReady(page);
    await expect(banner(page)).toContainText(/sample programs could not be loaded.*reload when the network is back/);
    expect(await write(page, '/tmp/x.txt', 'x')).toBe('written');
  });
});

test.describe('a workspace that the browser deletes', () => {
  /** The database goes while no page is there to notice, as when the browser wants space. */
  async function evict(page: Page): Promise<void> {
    const { origin } = new URL(page.url());
    await page.goto('about:blank');
    const session = await page.context().newCDPSession(page);
    await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
  }

  const marked = (page: Page) => page.evaluate(() => Number(JSON.parse(localStorage.getItem('palimpsest.workspace') ?? '{}').entries ?? 0));

  test('is told at the next visit, with when it was exported last; and only once', async ({ page, baseURL }) => {
    await openWorkspace(page);
    await expect(banner(page)).toHaveCount(0);
    expect(await write(page, '/home/mine.txt', 'mine')).toBe('written');
    await expect.poll(() => marked(page)).toBeGreaterThan(0);
    await evict(page);
    await openWorkspace(page, baseURL);
    await expect(banner(page)).toContainText('The browser deleted your workspace');
    await expect(banner(page)).toContainText('It was never exported');

    expect(await write(page, '/home/again.txt', 'again')).toBe('written');
    await page.evaluate(() => globalThis.palimpsest.archive.export({ what: { workspace: true } }));
    await expect.poll(() => marked(page)).toBeGreaterThan(0);
    await evict(page);
    // Where localStorage goes with the database, the cookie is left.
    await page.addInitScript(() => localStorage.clear());
    await openWorkspace(page, baseURL);
    await expect(banner(page)).toContainText(/You exported it last on .*: import that file/);
    await openWorkspace(page);
    await expect(banner(page)).toHaveCount(0);
  });

  test('is asked to be kept once there is something of the user’s own in it, not before', async ({ page }) => {
    await page.addInitScript(() => {
      const state = { asked: 0 };
      Object.assign(globalThis, { keeping: state });
      StorageManager.prototype.persisted = async () => state.asked > 0;
      StorageManager.prototype.persist = async () => (state.asked += 1) > 0;
    });
    const asked = () => page.evaluate(() => (globalThis as unknown as { keeping: { asked: number } }).keeping.asked);
    await openWorkspace(page);
    await expectAlive(page);
    expect(await asked()).toBe(0);
    expect(await page.evaluate(async () => (await globalThis.palimpsest.storage.info()).persisted)).toBe(false);
    expect(await write(page, '/home/mine.txt', 'mine')).toBe('written');
    await expect.poll(asked).toBe(1);
    expect(await page.evaluate(() => globalThis.palimpsest.storage.info())).toMatchObject({ persisted: true, exported: null, mode: 'owner' });
    expect(await write(page, '/home/more.txt', 'more')).toBe('written');
    await page.waitForTimeout(1300);
    expect(await asked()).toBe(1);
  });
});

test.describe('a bit that flips in the database', () => {
  // The page that is no page of ours has no icon.
  test.use({ allowedFaults: /favicon/ });

  test('is EIO, a notice that names the file, and a repair that says what it saved', async ({ page, baseURL }) => {
    await openWorkspace(page);
    await page.evaluate(() => globalThis.palimpsest.fs.writeFile('/home/precious.bin', new Uint8Array(200_000).map((_, i) => (i >>> 16) + 1)));
    await page.goto(`${baseURL}/samples/index.json`);
    await page.evaluate(async () => {
      const answer = <T>(request: IDBRequest<T>): Promise<T> => new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
      });
      const database = await answer(indexedDB.open('palimpsest:default'));
      const packs = database.transaction('packs', 'readwrite').objectStore('packs');
      for (const key of await answer(packs.getAllKeys())) {
        const bytes = new Uint8Array((await answer(packs.get(key))) as ArrayBuffer);
        // The second block is of twos.
        const at = bytes.findIndex((byte, i) => byte === 2 && bytes[i + 60_000] === 2);
        if (at < 0) continue;
        bytes[at + 5] = 3;
        await answer(packs.put(bytes.buffer, key));
      }
      database.close();
    });
    await openWorkspace(page);
    const got = await run(page, { module: '/bin/cat', args: ['/home/precious.bin'] });
    expect(got.code).not.toBe(0);
    expect(got.stdout).toMatch(/^[\u0001]*$/);
    await expect(banner(page)).toContainText('/home/precious.bin');
    await banner(page).getByRole('button', { name: 'Repair' }).click();
    await expect(page.locator('.toast')).toContainText('/lost+found/home precious.bin');
    const saved = await page.evaluate(async () => {
      const bytes = await globalThis.palimpsest.fs.readFile('/lost+found/home precious.bin');
      return [bytes.length, bytes[0], bytes[70_000], bytes[140_000]];
    });
    expect(saved).toEqual([200_000, 1, 0, 3]);
    expect(await page.evaluate(async () => (await globalThis.palimpsest.fsck()).clean)).toBe(true);
  });
});

test('a backup goes into the file that was chosen, when something changed, and goes on after a reload', async ({ page }) => {
  // A file of the origin's private folder is as good as one of the disk, without a picker.
  const pick = () => Object.assign(globalThis, {
    showSaveFilePicker: async () => (await navigator.storage.getDirectory()).getFileHandle('backup.tar.gz', { create: true }),
  });
  await page.addInitScript(pick);
  await openWorkspace(page);
  expect(await write(page, '/home/first.txt', 'first')).toBe('written');
  const stateOf = () => page.evaluate(() => {
    const { state } = globalThis.palimpsest.backup;
    return { status: state.status, last: state.status === 'off' ? null : Number(state.last) };
  });
  expect(await stateOf()).toMatchObject({ status: 'off' });
  await page.getByRole('button', { name: 'Command palette' }).click();
  await page.getByRole('dialog').getByRole('combobox').fill('Back up to a file');
  await page.keyboard.press('Enter');
  await expect(page.locator('.toast')).toContainText('Backed up to backup.tar.gz');
  await openWorkspace(page);
  await expect.poll(async () => (await stateOf()).status).toBe('on');
  expect(await write(page, '/home/second.txt', 'second')).toBe('written');
  await page.evaluate(() => globalThis.palimpsest.backup.now());
  const names = await page.evaluate(async () => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle('backup.tar.gz');
    const { fs, archive } = globalThis.palimpsest;
    await fs.mkdir('/tmp/restored');
    await archive.import(await handle.getFile(), '/tmp/restored');
    return (await fs.readdir('/tmp/restored/home')).map(({ name }) => name).filter((name) => name.endsWith('.txt'));
  });
  expect(names.sort()).toEqual(['first.txt', 'second.txt']);
  await page.evaluate(() => globalThis.palimpsest.backup.stop());
  await openWorkspace(page);
  expect(await stateOf()).toMatchObject({ status: 'off' });
});
