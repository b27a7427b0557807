import { fileURLToPath } from 'node:url';
import type { Locator, Page } from '@playwright/test';
import { build, type Rollup } from 'vite';
import { expect, test } from './fixtures.ts';
import { openWorkspace, readText, run } from './support/namespace.ts';

/** A folder of the origin's private file system: a handle of the same kind as one that the user picks, without a picker. */
async function makeFolder(page: Page, files: Record<string, string>): Promise<void> {
  await page.evaluate(async (contents) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('My work', { create: true });
    for (const [path, text] of Object.entries(contents)) {
      let dir = folder;
      const parts = path.split('/');
      for (const part of parts.slice(0, -1)) dir = await dir.getDirectoryHandle(part, { create: true });
      const stream = await (await dir.getFileHandle(parts.at(-1)!, { create: true })).createWritable();
      await stream.write(text);
      await stream.close();
    }
  }, files);
}

/** All files of the folder as they are on the disk, by path. */
function onDisk(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const found: Record<string, string> = {};
    const walk = async (dir: FileSystemDirectoryHandle, above: string): Promise<void> => {
      for await (const handle of dir.values()) {
        if (handle.kind === 'directory') await walk(handle as FileSystemDirectoryHandle, `${above}${handle.name}/`);
        else found[above + handle.name] = await (await (handle as FileSystemFileHandle).getFile()).text();
      }
    };
    await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle('My work'), '');
    return found;
  });
}

const mount = (page: Page, name = 'work') => page.evaluate(async (as) =>
  globalThis.palimpsest.folders.mount(await (await navigator.storage.getDirectory()).getDirectoryHandle('My work'), as), name);
const write = (page: Page, path: string, text: string) => page.evaluate(([file, data]) => globalThis.palimpsest.fs.writeFile(file!, data!), [path, text]);
const filetool = (page: Page, ...args: string[]) => run(page, { module: '/bin/filetool', args });
const sheet = (page: Page): Locator => page.getByRole('dialog', { name: 'Commit to the folder work' });

async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox', { name: 'Command palette' }).fill(title);
  await page.getByRole('option', { name: title }).first().click();
}

test('a folder is mounted by the palette, programs write there, and only the commit writes to the disk', async ({ page }) => {
  await openWorkspace(page);
  await makeFolder(page, { 'notes.txt': 'first line\n', 'src/main.c': 'int main;\n', 'old.txt': 'old' });
  // Of the browser's own dialog, which no test can answer, only the answer.
  await page.evaluate(() => Object.assign(globalThis, { showDirectoryPicker: async () => (await navigator.storage.getDirectory()).getDirectoryHandle('My work') }));
  await command(page, 'Mount a local folder');
  const dialog = page.getByRole('dialog', { name: 'Mount a local folder' });
  await expect(dialog.getByRole('textbox', { name: 'Name below /mnt' })).toHaveValue('My-work');
  await dialog.getByRole('textbox', { name: 'Name below /mnt' }).fill('work');
  await dialog.getByRole('button', { name: 'Mount' }).click();
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('/mnt/work');
  await expect(page.getByRole('treeitem', { name: /^work, / })).toBeVisible();

  expect(await filetool(page, 'append', '/mnt/work/notes.txt', 'second line')).toMatchObject({ code: 0 });
  expect(await filetool(page, 'write', '/mnt/work/made.txt', 'made by a program')).toMatchObject({ code: 0 });
  expect(await filetool(page, 'delete', '/mnt/work/old.txt')).toMatchObject({ code: 0 });
  expect(await onDisk(page)).toEqual({ 'notes.txt': 'first line\n', 'src/main.c': 'int main;\n', 'old.txt': 'old' });

  await command(page, 'Commit to a local folder');
  const changes = sheet(page).getByRole('table', { name: 'Changes' });
  await expect(changes.getByRole('row')).toHaveCount(3);
  await expect(changes.getByRole('row', { name: /new made\.txt/ })).toBeVisible();
  await expect(changes.getByRole('row', { name: /changed notes\.txt/ })).toBeVisible();
  await expect(changes.getByRole('row', { name: /deleted old\.txt/ })).toBeVisible();
  await sheet(page).getByRole('button', { name: 'Commit 3 changes' }).click();
  await expect(sheet(page).getByRole('status')).toContainText('3 changes are in the folder');
  await sheet(page).getByRole('button', { name: 'Close' }).click();
  const after = await onDisk(page);
  expect(after).toEqual({ 'notes.txt': await readText(page, '/mnt/work/notes.txt'), 'src/main.c': 'int main;\n', 'made.txt': await readText(page, '/mnt/work/made.txt') });
  expect(after['notes.txt']).toContain('second line');
});

test('it is there after a reload, and the difference too; what changed on the disk meanwhile is a conflict to decide', async ({ page }) => {
  await openWorkspace(page);
  await makeFolder(page, { a: '0', b: '0', c: '0', theirs: '0' });
  await mount(page);
  for (const name of ['a', 'b', 'c']) await write(page, `/mnt/work/${name}`, 'mine');
  await page.reload();
  await openWorkspace(page);
  expect(await readText(page, '/mnt/work/a')).toBe('mine');
  await makeFolder(page, { a: 'disk', b: 'disk', c: 'disk', theirs: 'disk' });
  expect(await page.evaluate(() => globalThis.palimpsest.fs.readFile('/mnt/work/theirs').catch((error: { code: string }) => error.code))).toBe('ESTALE');
  await expect(page.getByRole('alert').filter({ hasText: 'was changed by something else' })).toBeVisible();

  await command(page, 'Commit to a local folder');
  await expect(sheet(page)).toContainText('1 entry of the folder was changed by something else');
  await expect(sheet(page).getByRole('button', { name: 'Commit 0 changes' })).toBeDisabled();
  for (const [name, choice] of [['a', 'mine'], ['b', 'the folder’s'], ['c', 'keep both']]) await sheet(page).getByRole('combobox', { name: `What to do with ${name}` }).selectOption({ label: choice! });
  await sheet(page).getByRole('button', { name: 'Commit 3 changes' }).click();
  await expect(sheet(page).getByRole('status')).toContainText('3 changes');
  await sheet(page).getByRole('button', { name: 'Close' }).click();
  expect(await onDisk(page)).toEqual({ a: 'mine', b: 'disk', c: 'disk', 'c (palimpsest)': 'mine', theirs: 'disk' });

  await page.getByRole('alert').getByRole('button', { name: 'Refresh' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'was changed by something else' })).toHaveCount(0);
  expect(await readText(page, '/mnt/work/theirs')).toBe('disk');
  expect(await readText(page, '/mnt/work/c')).toBe('disk');
  expect(await page.evaluate(() => globalThis.palimpsest.folders.diff('work'))).toEqual({ changes: [], disk: [], more: false });
});

test('a commit whose page is closed in the middle leaves whole files, and goes on in the next one', async ({ page, context }) => {
  await openWorkspace(page);
  const names = Array.from({ length: 300 }, (_, at) => `f${String(at).padStart(3, '0')}`);
  await makeFolder(page, Object.fromEntries(names.map((name) => [name, `old ${name}`])));
  await mount(page);
  await page.evaluate((files) => Promise.all(files.map((name) => globalThis.palimpsest.fs.writeFile(`/mnt/work/${name}`, `new ${name}`))), names);
  await page.evaluate(() => new Promise<void>((resolve) => {
    void globalThis.palimpsest.folders.commit('work', { onProgress: ({ phase, done }) => { if (phase === 'commit' && done >= 40) resolve(); } });
  }));
  await page.close();

  const next = await context.newPage();
  await openWorkspace(next);
  const between = Object.entries(await onDisk(next));
  expect(between).toHaveLength(300);
  for (const [name, text] of between) expect([`old ${name}`, `new ${name}`]).toContain(text);
  const done = between.filter(([, text]) => text.startsWith('new')).length;
  expect(done).toBeGreaterThanOrEqual(40);
  expect(done).toBeLessThan(300);
  await next.getByRole('alert').filter({ hasText: 'was interrupted' }).getByRole('button', { name: 'Go on' }).click();
  await sheet(next).getByRole('button', { name: 'Go on' }).click();
  await expect(sheet(next).getByRole('status')).toContainText('in the folder');
  expect(await onDisk(next)).toEqual(Object.fromEntries(names.map((name) => [name, `new ${name}`])));
  await expect(next.getByRole('alert').filter({ hasText: 'was interrupted' })).toHaveCount(0);
});

test('a large file costs nothing to mount, and a program reads the end of it', async ({ page }) => {
  await openWorkspace(page);
  await makeFolder(page, { small: 'x' });
  const size = 256 * 2 ** 20;
  await page.evaluate(async (bytes) => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('My work');
    const stream = await (await folder.getFileHandle('large', { create: true })).createWritable();
    await stream.truncate(bytes);
    await stream.write({ type: 'write', position: bytes - 7, data: 'the end' });
    await stream.close();
  }, size);
  await mount(page);
  expect(await page.evaluate(() => globalThis.palimpsest.fs.stat('/mnt/work/large'))).toMatchObject({ size });
  expect(await run(page, { module: '/bin/tail', args: ['-c', '7', '/mnt/work/large'] })).toMatchObject({ code: 0, stdout: 'the end' });
});

/** The adapter alone, as a module that a page can load. */
async function adapterModule(): Promise<string> {
  const entry = fileURLToPath(new URL('../src/host/adapters/folder-handles.ts', import.meta.url));
  const output = await build({ configFile: false, logLevel: 'error', build: { write: false, lib: { entry, formats: ['es'], fileName: 'adapter' } } }) as Rollup.RollupOutput[];
  const [chunk] = output[0]!.output;
  return chunk.code;
}

test.describe('the adapter, with handles of the browser', () => {
  test('FP3 to FP7 reads what is expected or nothing, writes whole or not at all, and tells failures apart', async ({ page }) => {
    await openWorkspace(page);
    const url = new URL('/under-test/adapter.js', page.url()).href;
    const body = await adapterModule();
    await page.route(url, (route) => route.fulfill({ body, contentType: 'text/javascript' }));
    const seen = await page.evaluate(async (module) => {
      const { HandleProvider } = await import(module) as typeof import('../src/host/adapters/folder-handles.ts');
      const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('adapter', { create: true });
      const folder = new HandleProvider(root);
      const text = async (path: string): Promise<string> => new TextDecoder().decode(await folder.read(path, (await folder.stat(path))!, 0, 1 << 20));
      const code = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', (error: { code?: string }) => error.code ?? String(error));
      async function* parts(...values: string[]) {
        for (const value of values) yield new TextEncoder().encode(value);
      }
      async function* failing() {
        yield new Uint8Array(100_000);
        throw new Error('the source failed');
      }
      const later = () => new Promise((done) => setTimeout(done, 5));
      const first = await folder.write('a', parts('one ', 'two'), null);
      await folder.mkdir('d');
      await folder.write('d/b', parts('b'), null);
      const out: Record<string, unknown> = { first: await text('a'), failed: await code(folder.write('a', failing(), first)), kept: await text('a') };
      out['new that failed'] = [await code(folder.write('never', failing(), null)), await folder.stat('never')];
      await later();
      const second = await folder.write('a', parts('ONE TWO'), first);
      out['stale'] = [await code(folder.read('a', first, 0, 3)), await code(folder.write('a', parts('x'), first)), await code(folder.write('a', parts('x'), null)), await code(folder.remove('a', first))];
      async function* overtaken() {
        yield new TextEncoder().encode('mine');
        await later();
        const other = await (await root.getFileHandle('other', { create: true })).createWritable();
        await other.close();
        await root.removeEntry('a');
      }
      out['overtaken'] = await code(folder.write('a', overtaken(), second));
      await folder.write('locked', parts('x'), null);
      const holder = await (await root.getFileHandle('locked')).createWritable({ mode: 'exclusive' } as FileSystemCreateWritableOptions);
      out['locked'] = await code(folder.write('locked', parts('y'), (await folder.stat('locked'))!));
      await holder.abort();
      const directory = { kind: 'directory', size: 0, mtime: 0 } as const;
      out['directories'] = [await code(folder.mkdir('d')), await code(folder.mkdir('x/y')), await code(folder.remove('d', directory)), await code(folder.read('d', first, 0, 1)), await folder.stat('d/b/c') ?? null];
      out['names'] = (await Promise.all(['fine', 'ä ö', '', '.', '..', 'a/b'].map((name) => folder.nameProblem('', name)))).map((problem) => problem !== null);
      out['listed'] = [];
      for await (const { name, kind } of folder.list('')) (out['listed'] as string[]).push(`${name} ${kind}`);
      (out['listed'] as string[]).sort();
      return out;
    }, url);
    expect(seen).toEqual({
      first: 'one two', failed: 'EIO', kept: 'one two', 'new that failed': ['EIO', undefined], stale: ['ESTALE', 'ESTALE', 'ESTALE', 'ESTALE'],
      overtaken: expect.stringMatching(/^(ENOENT|ESTALE|EBUSY|EIO)$/) as unknown, locked: 'EBUSY', directories: ['EEXIST', 'ENOENT', 'ENOTEMPTY', 'EISDIR', null],
      names: [false, false, true, true, true, true], listed: expect.arrayContaining(['d directory', 'locked file']) as unknown,
    });
  });
});
