import { totalmem } from 'node:os';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { expectAlive, longestPause } from './support/alive.ts';
import { openWorkspace, readText, run, serveBytes, writeFiles, type Outcome } from './support/namespace.ts';
import { expectOnScreen, typeKeys, waitForPrompt } from './support/terminal.ts';
import { op, tinyModule, vectorOf, wasi, type Import, type Tiny } from './support/wasm-module.ts';

let served = 0;

/** Runs a tiny module to its end. */
async function runTiny(page: Page, tiny: Tiny, stdin = ''): Promise<Outcome> {
  return run(page, { module: await serveBytes(page, `tiny-${served++}.wasm`, tinyModule(tiny)), stdin });
}

/** A program that makes one call with these arguments and exits with its errno. */
function calling(call: Import, values: (number | bigint)[], rest: Omit<Tiny, 'imports' | 'start'> = {}): Tiny {
  const pushed = values.flatMap((value) => (typeof value === 'bigint' ? op.i64(Number(value)) : op.i32(value)));
  return { ...rest, imports: [wasi.exit, call], start: [...pushed, ...op.call(1), ...op.call(0)] };
}

const FAULT = 21;
const FAR = 0xffff_fff0;
const ROOT = 3;

/** Calls with a pointer that is outside of the memory, or reaches beyond its end. */
const badPointers: Record<string, Tiny> = {
  'fd_write, vectors far away': calling(wasi.write, [1, FAR, 1, 32]),
  'fd_write, vectors across the end': calling(wasi.write, [1, 65532, 1, 32]),
  'fd_write, more vectors than memory': calling(wasi.write, [1, 0, 0x7fff_ffff, 32]),
  'fd_write, bytes far away': calling(wasi.write, [1, 0, 1, 32], { data: { 0: vectorOf(FAR, 16) } }),
  'fd_write, length of 4 GiB': calling(wasi.write, [1, 0, 1, 32], { data: { 0: vectorOf(64, 0xffff_ffff) } }),
  'fd_write, count far away': calling(wasi.write, [1, 0, 1, FAR], { data: { 0: vectorOf(64, 1) } }),
  'fd_read, buffer far away': calling(wasi.read, [0, 0, 1, 32], { data: { 0: vectorOf(FAR, 16) } }),
  'random_get, buffer across the end': calling(wasi.random, [65530, 100]),
  'random_get, of 4 GiB': calling(wasi.random, [16, 0xffff_fff0]),
  'args_get, pointers far away': calling(wasi.args, [FAR, 0]),
  'args_get, bytes far away': calling(wasi.args, [0, FAR]),
  'path_filestat_get, path far away': calling(wasi.stat, [ROOT, 0, FAR, 16, 0]),
  'path_filestat_get, result across the end': calling(wasi.stat, [ROOT, 0, 0, 3, 65500], { data: { 0: 'bin' } }),
  'path_open, path far away': calling(wasi.open, [ROOT, 0, FAR, 16, 0, -1n, -1n, 0, 64]),
  'path_open, result far away': calling(wasi.open, [ROOT, 0, 0, 3, 0, 0n, 0n, 0, FAR], { data: { 0: 'bin' } }),
  'fd_readdir, buffer across the end': calling(wasi.readdir, [ROOT, 65000, 5000, 0n, 0]),
  'clock_time_get, result far away': calling(wasi.clock, [0, 0n, FAR]),
  'poll_oneoff, subscriptions far away': calling(wasi.poll, [FAR, 0, 1, 64]),
  'fd_prestat_get, result far away': calling(wasi.prestat, [ROOT, FAR]),
};

test('bad pointers are EFAULT, and nothing else of the page is touched', async ({ page }) => {
  await openWorkspace(page);
  for (const [what, tiny] of Object.entries(badPointers)) {
    const outcome = await runTiny(page, tiny, 'input');
    expect({ what, code: outcome.code, stdout: outcome.stdout }).toEqual({ what, code: FAULT, stdout: '' });
  }
  await expectAlive(page);
});

test('bad descriptors, flags and paths are refused by errno', async ({ page }) => {
  await openWorkspace(page);
  const refused: [string, Tiny, number][] = [
    ['fd_write to a descriptor that is not open', calling(wasi.write, [77, 0, 1, 32]), 8],
    ['fd_write to a negative descriptor', calling(wasi.write, [-1, 0, 1, 32]), 8],
    ['a path out of what was granted', calling(wasi.stat, [ROOT, 0, 0, 5, 512], { data: { 0: '../..' } }), 63],
    ['more subscriptions than there can be', calling(wasi.poll, [0, 0, 0xffff_ffff, 64]), 28],
    ['a path that is not UTF-8', calling(wasi.stat, [ROOT, 0, 0, 3, 512], { data: { 0: Uint8Array.of(0xff, 0xfe, 0x80) } }), 25],
    ['a path with a NUL', calling(wasi.stat, [ROOT, 0, 0, 3, 512], { data: { 0: 'a\0b' } }), 28],
    ['a name of 300 bytes', calling(wasi.stat, [ROOT, 0, 0, 300, 512], { data: { 0: 'n'.repeat(300) } }), 37],
    ['a path of 40 000 bytes', calling(wasi.stat, [ROOT, 0, 1024, 40_000, 512], { data: { 1024: 'n/'.repeat(20_000) } }), 37],
  ];
  for (const [what, tiny, errno] of refused) {
    const { code } = await runTiny(page, tiny);
    expect({ what, code }).toEqual({ what, code: errno });
  }
  await expectAlive(page);
});

test('traps end that process only, and say what they were', async ({ page }) => {
  await openWorkspace(page);
  const traps: [Tiny, RegExp][] = [
    [{ start: [...op.unreachable] }, /unreachable/],
    [{ start: [...op.i32(0x7fff_0000), ...op.load, ...op.drop] }, /memory access out of bounds/],
    [{ imports: [wasi.clock], start: op.call(1) }, /stack/],
  ];
  for (const [tiny, told] of traps) {
    const outcome = await runTiny(page, tiny);
    expect(outcome.code).toBe(134);
    expect(outcome.message).toMatch(told);
  }
  const processes = await page.evaluate(() => globalThis.palimpsest.processes());
  expect(processes.filter(({ exit, name }) => !exit && name.startsWith('tiny'))).toEqual([]);
  await expectAlive(page);
});

test('endless loops do not freeze the page, and are killed at once', async ({ page }) => {
  await openWorkspace(page);
  const module = await serveBytes(page, 'endless.wasm', tinyModule({ start: op.forever() }));
  const calls = await serveBytes(page, 'endless-calls.wasm', tinyModule({
    imports: [wasi.clock], start: op.forever([...op.i32(0), ...op.i64(0), ...op.i32(8), ...op.call(0), ...op.drop]),
  }));
  const pause = await longestPause(page, async () => {
    const ends = await page.evaluate(async (urls) => {
      const { run: start } = globalThis.palimpsest;
      const runs = await Promise.all(urls.map((url) => start({ module: url, stdin: '' })));
      await new Promise((done) => setTimeout(done, 400));
      const before = performance.now();
      await Promise.all(runs.map((each) => each.kill('KILL')));
      const codes = await Promise.all(runs.map(async (each) => (await each.exited).code));
      return { codes, took: performance.now() - before };
    }, [module, calls]);
    expect(ends.codes).toEqual([137, 137]);
    expect(ends.took).toBeLessThan(2000);
  });
  expect(pause).toBeLessThan(1000);
  await expectAlive(page);
});

test('what a program prints neither reaches the clipboard nor holds up the page', async ({ page }) => {
  await openWorkspace(page);
  await page.evaluate(() => navigator.clipboard.writeText('mine'));
  const huge = ['@', 'L', 'M', 'P', 'S', 'T', 'X', 'Z', 'I', 'b'].map((final) => `x\x1b[2147483647${final}`).join('');
  await writeFiles(page, { '/home/hostile': `\x1b]52;c;c3RvbGVu\x07\x1b]0;${'t'.repeat(100_000)}\x07${huge}\x1b[?1049h\x1b[?1003h\x1b[5;6r\x1b[8mhidden\x07\x07` });
  await typeKeys(page, 'cat hostile\n');
  await waitForPrompt(page);
  await typeKeys(page, 'echo still here\n');
  await expectOnScreen(page, /^still here$/m);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine');
});

test('Ctrl-C ends an endless loop in the terminal', async ({ page }) => {
  await openWorkspace(page);
  const terminal = page.locator('.xterm-rows').first();
  await page.locator('.xterm-helper-textarea').first().focus();
  await page.keyboard.type('spin\n');
  await expect.poll(() => page.evaluate(async () => (await globalThis.palimpsest.processes()).some(({ name, exit }) => name === 'spin' && !exit))).toBe(true);
  await page.keyboard.press('Control+C');
  await page.keyboard.type('echo after$PWD\n');
  await expect(terminal).toContainText('after/home');
  await expectAlive(page);
});

test('a program that takes all memory that it may gets no more, and takes none from others', async ({ page }) => {
  await openWorkspace(page);
  // Grows by 16 MiB until that is refused, then says so by its exit code.
  const grower = { start: [...op.whileTrue([...op.i32(256), ...op.grow, ...op.i32(-1), ...op.notEqual]), ...op.i32(7), ...op.call(0)], imports: [wasi.exit] };
  expect(await runTiny(page, { ...grower, memory: [1, 4096] })).toMatchObject({ code: 7 });
  expect(await runTiny(page, { ...grower, memory: [1] })).toMatchObject({ code: 7 });
  const tooMuch = await runTiny(page, { memory: [65536] });
  expect([0, 126, 134]).toContain(tooMuch.code);
  await expectAlive(page);
});

test('a program that fills /tmp gets ENOSPC, and the rest goes on', async ({ page }) => {
  // What all processes share is bounded by 4 GiB; the test fills it.
  test.skip(totalmem() < 10 * 2 ** 30, 'needs 10 GiB of memory');
  await openWorkspace(page);
  // Opens /tmp/full to append, writes pieces of 32 KiB until one is refused, exits with that errno.
  const filler: Tiny = {
    imports: [wasi.exit, wasi.open, wasi.write],
    data: { 0: 'tmp/full', 16: vectorOf(1024, 32768) },
    start: [
      ...op.i32(ROOT), ...op.i32(0), ...op.i32(0), ...op.i32(8), ...op.i32(1), ...op.i64(-1), ...op.i64(-1), ...op.i32(1), ...op.i32(512), ...op.call(1), ...op.drop,
      ...op.whileTrue([...op.i32(520), ...op.i32(512), ...op.load, ...op.i32(16), ...op.i32(1), ...op.i32(528), ...op.call(2), ...op.store, ...op.i32(520), ...op.load, ...op.isZero]),
      ...op.i32(520), ...op.load, ...op.call(0),
    ],
  };
  expect(await runTiny(page, filler)).toMatchObject({ code: 51 });
  await expectAlive(page);
  await page.evaluate(() => globalThis.palimpsest.fs.rm('/tmp/full'));
  await writeFiles(page, { '/home/after.txt': 'still writable' });
  expect(await readText(page, '/home/after.txt')).toBe('still writable');
  await expectAlive(page);
});

test('escape sequences and broken UTF-8 from a program stay in its terminal', async ({ page }) => {
  await openWorkspace(page);
  const noise = Uint8Array.from([
    ...new TextEncoder().encode('\u001b]0;stolen title\u0007\u001b]52;c;c3RvbGVu\u0007\u001b[8;1;1t\u001b[?1049hother screen\u001b[?1049l\u001b[31mred\u001b[0m '),
    0xff, 0xc3, 0x28, 0xe2, 0x82, 0xf0, 0x9f, 0x98, 0x0a,
    ...new TextEncoder().encode('\u001b[c\u001b[6n\u001b[>c\u001bP+q544e\u001b\\end of noise\n'),
  ]);
  await page.evaluate(() => navigator.clipboard.writeText('mine'));
  const noisy = tinyModule({
    imports: [wasi.write], data: { 0: vectorOf(64, noise.length), 64: noise },
    start: [...op.i32(1), ...op.i32(0), ...op.i32(1), ...op.i32(32), ...op.call(0), ...op.drop],
  });
  await writeFiles(page, { '/home/noisy.wasm': noisy });
  const terminal = page.locator('.xterm-rows').first();
  await page.locator('.xterm-helper-textarea').first().focus();
  await page.keyboard.type('/home/noisy.wasm\n');
  await expect(terminal).toContainText('end of noise');
  await page.keyboard.type('echo after$PWD\n');
  await expect(terminal).toContainText('after/home');
  await expect(page).toHaveTitle(/Palimpsest/);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine');
  // A pipe passes the bytes as they are.
  const bytes = await page.evaluate(async () => {
    const process = await globalThis.palimpsest.run({ module: '/home/noisy.wasm', stdin: '' });
    return [...new Uint8Array(await new Response(process.stdout).arrayBuffer())];
  });
  expect(bytes).toEqual([...noise]);
  await expectAlive(page);
});
