import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { expectAlive, longestPause } from './support/alive.ts';
import { dropFiles, makeFiles } from './support/drop.ts';
import { openWorkspace, readText, run, serveBytes, writeFiles } from './support/namespace.ts';
import { op, tinyModule, vectorOf, wasi, type Tiny } from './support/wasm-module.ts';

const hello: Tiny = {
  imports: [wasi.write],
  data: { 0: vectorOf(64, 6), 64: 'hello\n' },
  start: [...op.i32(1), ...op.i32(0), ...op.i32(1), ...op.i32(32), ...op.call(0), ...op.drop],
};
const good = tinyModule(hello);
const component = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);
const unstable = tinyModule({ ...hello, imports: [{ ...wasi.write, module: 'wasi_unstable' }] });

/** What is wrong, how the sheet calls it, and what `run` says. */
const refused: { what: string; bytes: Uint8Array; sheet: RegExp; told: RegExp }[] = [
  { what: 'not wasm', bytes: new TextEncoder().encode('<html>hello</html>'), sheet: /Not WebAssembly/, told: /not WebAssembly: it starts with 3c 68/ },
  { what: 'an empty file', bytes: new Uint8Array(), sheet: /Empty file.*Build or download/s, told: /empty \(0 bytes\)/ },
  { what: 'cut in its header', bytes: good.slice(0, 6), sheet: /Truncated.*again/s, told: /truncated/ },
  { what: 'cut in its middle', bytes: good.slice(0, good.length - 20), sheet: /Truncated.*again/s, told: /truncated or damaged/ },
  { what: 'damaged', bytes: good.map((byte, at) => (at === 9 ? 0x7e : byte)), sheet: /(Truncated|Damaged).*again/s, told: /truncated or damaged|damaged or uses/ },
  { what: 'a component', bytes: component, sheet: /component.*wasm32-wasip1/s, told: /component.*wasm32-wasip1/ },
  { what: 'an unknown global', bytes: Uint8Array.from([...good.slice(0, 8), 2, 10, 1, 3, 0x65, 0x6e, 0x76, 1, 0x66, 3, 0x7f, 0]), sheet: /unknown imports.*env\.f \(global\)/s, told: /env\.f \(global\)/ },
  { what: 'no exported memory', bytes: tinyModule({ ...hello, memoryName: null }), sheet: /exports no memory.*“memory”/s, told: /exports no memory.*"memory"/ },
  { what: 'a reactor', bytes: tinyModule({ ...hello, startName: '_initialize' }), sheet: /reactor/, told: /no _start|reactor/ },
];

const sheetOf = (page: Page) => page.getByRole('dialog');

test('what cannot run says why, in the sheet and to its caller, and the page goes on', async ({ page }) => {
  await openWorkspace(page);
  await writeFiles(page, Object.fromEntries(refused.map(({ what, bytes }) => [`/home/bad/${what}.wasm`, bytes])));
  for (const { what, bytes, sheet, told } of refused) {
    await test.step(what, async () => {
      const outcome = await run(page, { module: `/home/bad/${what}.wasm` });
      expect(outcome.code === null || outcome.code === 126, what).toBe(true);
      expect(outcome.message, what).toMatch(told);
      await dropFiles(page, [{ name: `${what}.wasm`, bytes }]);
      await expect(sheetOf(page)).toContainText(sheet);
      await expect(sheetOf(page).getByRole('button', { name: 'Run' })).toBeDisabled();
      await sheetOf(page).getByRole('button', { name: 'Cancel' }).click();
      await expect(sheetOf(page)).toHaveCount(0);
    });
  }
  await expectAlive(page);
});

const asking = tinyModule({ imports: [{ module: 'env', name: 'magic' }], start: [...op.call(0), ...op.drop, ...op.unreachable] });
test('a module with functions that are not there runs; the sheet says what they answer, its failure what it called', async ({ page }) => {
  await openWorkspace(page);
  await writeFiles(page, { '/home/asking.wasm': asking });
  expect(await run(page, { module: '/home/asking.wasm' })).toMatchObject({ code: 134, message: expect.stringMatching(/ENOSYS: env\.magic\. It expects a JavaScript page/) });
  await dropFiles(page, [{ name: 'asking.wasm', bytes: asking }]);
  await expect(sheetOf(page)).toContainText(/unknown imports: calls of env\.magic answer ENOSYS/);
  await sheetOf(page).getByRole('button', { name: 'Run' }).click();
  await expect(page.locator('.run-result')).toContainText('env.magic');
  await expectAlive(page);
});

test('the prompt says what is wrong with a file that is no program', async ({ page }) => {
  await openWorkspace(page);
  await writeFiles(page, { '/home/text.wasm': 'no program', '/home/none.wasm': '' });
  const terminal = page.locator('.xterm-rows').first();
  await page.locator('.xterm-helper-textarea').first().focus();
  await page.keyboard.type('/home/text.wasm\n');
  await expect(terminal).toContainText('not WebAssembly');
  await page.keyboard.type('/home/none.wasm\n');
  await expect(terminal).toContainText('empty');
  await page.keyboard.type('/home/nothing.wasm\n');
  await expect(terminal).toContainText(/nothing\.wasm.*(no such file|not found)/);
  await expectAlive(page);
});

test('a program for wasi_unstable runs, also from the sheet', async ({ page }) => {
  await openWorkspace(page);
  expect(await run(page, { module: await serveBytes(page, 'old.wasm', unstable) })).toEqual({ code: 0, stdout: 'hello\n', stderr: '' });
  await dropFiles(page, [{ name: 'old.wasm', bytes: unstable }]);
  await sheetOf(page).getByRole('button', { name: 'Run' }).click();
  await expect(page.locator('.xterm-rows').first()).toContainText('hello');
});

const long = `${'ü'.repeat(140)}ABCDEFGHIJKLMNOPQRST`;
const names = ['two words.txt', 'line\nbreak\ttab.txt', 'żółć-日本-😀.txt', '-rf', '"quotes" and \'more\'.txt', '\u001b[31mred\u001b[2J\u001b]0;title\u0007.txt', 'bidi\u202egpj.exe'];

test('file names of any kind are kept, shown harmless, and too long ones are refused clearly', async ({ page }) => {
  await openWorkspace(page);
  await dropFiles(page, names.map((name) => ({ name, bytes: new TextEncoder().encode(name) })));
  await expect.poll(() => page.evaluate(async () => (await globalThis.palimpsest.fs.readdir('/home')).map(({ name }) => name).sort()))
    .toEqual(expect.arrayContaining([...names].sort()));
  for (const name of names) expect(await readText(page, `/home/${name}`), name).toBe(name);
  const tree = page.getByRole('tree');
  await expect(tree).toContainText('line\\nbreak\\ttab.txt');
  await expect(tree).toContainText('\\u{1b}[31mred');
  await expect(tree).toContainText('bidi\\u{202e}gpj.exe');

  // A file system of 255-byte names: the browser could not even make such a file by hand, but an archive or script can.
  expect(new TextEncoder().encode(long).length).toBe(300);
  await dropFiles(page, [{ name: long, bytes: Uint8Array.of(1) }]);
  await expect(page.getByRole('alert').filter({ hasText: 'Could not put' })).toContainText(/too long.*shorter name: at most 255 bytes/);
  const refusal = await page.evaluate(async (name) => {
    const failed = async (attempt: Promise<unknown>) => attempt.then(() => 'done', (error: { code?: string }) => error.code);
    const { fs } = globalThis.palimpsest;
    return Promise.all([failed(fs.writeFile(`/home/${name}`, 'x')), failed(fs.mkdir(`/tmp/${name}`)), failed(fs.rename('/home/-rf', `/home/${name}`)), failed(fs.stat(`/home/${name}`))]);
  }, long);
  expect(refusal).toEqual(['ENAMETOOLONG', 'ENAMETOOLONG', 'ENAMETOOLONG', 'ENAMETOOLONG']);
  await expectAlive(page);
});

test('the prompt lists names with escape sequences without obeying them', async ({ page }) => {
  await openWorkspace(page);
  await writeFiles(page, { [`/home/odd/${names[5]}`]: 'x', '/home/odd/line\nbreak': 'x', '/home/odd/plain': 'x' });
  const terminal = page.locator('.xterm-rows').first();
  await page.locator('.xterm-helper-textarea').first().focus();
  await page.keyboard.type('ls /home/odd\n');
  await expect(terminal).toContainText('plain');
  const seen = await terminal.innerText();
  expect(seen).toContain('ls /home/odd');
  expect(seen).not.toContain('title.txt');
  expect(seen).toMatch(/red/);
  await expect(page).toHaveTitle(/Palimpsest/);
});

test('a module of 1 GB is not read, and as a file it is imported with progress that can be cancelled', async ({ page }) => {
  await openWorkspace(page);
  const piece = { bytes: new Uint8Array(1024 * 1024).fill(7), repeat: 1024 };
  await makeFiles(page, [{ name: 'huge.wasm', ...piece }]);
  const pause = await longestPause(page, async () => {
    await dropFiles(page);
    await expect(sheetOf(page)).toContainText(/1\.0 GB; up to .* can be inspected and run/);
    await sheetOf(page).getByRole('button', { name: 'Cancel' }).click();
  });
  await makeFiles(page, [{ name: 'huge.bin', ...piece }]);
  const longer = await longestPause(page, async () => {
    await dropFiles(page);
    const progress = page.getByRole('progressbar', { name: /Putting 1 entry into \/home/ });
    await expect(progress).toBeVisible();
    await expect.poll(() => progress.evaluate((bar: HTMLProgressElement) => bar.value)).toBeGreaterThan(0.03);
    await expect(page.locator('.toast').filter({ has: progress })).toContainText(/huge\.bin · \d+ MB of 1\.0 GB/);
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await expect(progress).toHaveCount(0, { timeout: 5000 });
    await expect(page.getByText(/Cancelled/)).toBeVisible();
  });
  expect(Math.max(pause, longer)).toBeLessThan(1000);
  await expect.poll(() => page.evaluate(async () => (await globalThis.palimpsest.fs.readdir('/home')).some(({ name }) => name === 'huge.bin'))).toBe(false);
  await expectAlive(page);
});
