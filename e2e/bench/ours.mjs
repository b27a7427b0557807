import { readFile } from 'node:fs/promises';
import { median, rateWithin, readPasses, readSlices } from './rows.mjs';
import { within } from './browser.mjs';
import { installProcesses } from './processes.mjs';

const LIMIT = 180_000;
const WORK = '/home/bench';

/** Runs in the page: what the rows below call. */
function installBench() {
  const modules = {};
  const bytes = {};
  const drain = async (stream, keep) => {
    const decoder = new TextDecoder();
    const reader = stream.getReader();
    let text = '';
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      if (keep) text += decoder.decode(chunk.value, { stream: true });
    }
    return text;
  };
  const run = async (module, args, preopens) => {
    const start = performance.now();
    const process = await globalThis.palimpsest.run({ module: modules[module], name: module, args, preopens, stdin: '' });
    const [stderr, stdout, exit] = await Promise.all([drain(process.stderr, true), drain(process.stdout, module === 'hello'), process.exited]);
    return { stderr, stdout, code: exit.code, error: exit.message, took: performance.now() - start };
  };
  const add = async (name, base64) => {
    bytes[name] = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    modules[name] = await WebAssembly.compile(bytes[name]);
  };
  const hello = async (count) => {
    const times = [];
    for (let i = 0; i < count; i++) {
      const { took, code, stdout, error } = await run('hello', [], {});
      if (code !== 0 || stdout === '') throw new Error(`hello ended with ${code} (${error}), having printed ${JSON.stringify(stdout)}`);
      times.push(took);
    }
    return times;
  };
  globalThis.bench = { run, add, hello, modules, bytes };
}

/** Resolves in the page when the workspace is open. */
const ready = async () => {
  while (!globalThis.palimpsest) await new Promise((resolve) => setTimeout(resolve, 20));
  await globalThis.palimpsest.ready;
};

/** Waits for the page's API; the page is not asked to evaluate text, which its policy forbids. */
export async function untilReady(page) {
  await within(30_000, 'palimpsest.ready', page.evaluate(ready));
}

/**
 * Opens the application and gives it the guest programs.
 * @param {import('playwright').BrowserContext} context
 * @param {string} url
 * @param {Record<string, string>} programs name → file of the module
 */
export async function openOurs(context, url, programs) {
  const page = await context.newPage();
  await page.goto(url);
  await prepare(page, programs);
  return page;
}

/** Also after a reload. */
export async function prepare(page, programs) {
  await untilReady(page);
  await page.evaluate(installBench);
  await page.evaluate(installProcesses);
  for (const [name, file] of Object.entries(programs)) {
    const base64 = (await readFile(file)).toString('base64');
    await page.evaluate(([key, bytes]) => globalThis.bench.add(key, bytes), [name, base64]);
  }
  await page.evaluate((path) => globalThis.palimpsest.fs.mkdir(path, { recursive: true }), WORK);
}

/** Waits until what the rows before left to be written is durable: one that is acknowledged comes after it. */
export async function settle(page) {
  const call = (path) => globalThis.palimpsest.fs.writeFile(path, 'settled');
  await within(LIMIT, 'settling', page.evaluate(call, `${WORK}/settled`));
}

const runGuest = (page, args) => {
  const call = ([list, path]) => globalThis.bench.run('bench', list, { '/': path });
  return within(LIMIT, `bench ${args.join(' ')}`, page.evaluate(call, [args, WORK]));
};

/** @returns figures of a row of GUEST_ROWS */
export async function measureGuest(page, row, passes) {
  return readPasses(row, await runGuest(page, [...row.guest, `--passes=${passes}`]));
}

/** Milliseconds from the page's `run()` of a program to its exit; the first is cold. */
export async function measureProgram(page, name, args, passes) {
  const call = ([program, list]) => globalThis.bench.run(program, list, { '/': '/home' });
  const times = [];
  for (let pass = 0; pass <= passes; pass++) {
    const { took, code, stderr, error } = await within(LIMIT, name, page.evaluate(call, [name, args]));
    if (code !== 0) throw new Error(`${name} ended with ${code} (${error}): ${stderr.slice(0, 200)}`);
    times.push(took);
  }
  return { cold: times[0], steady: median(times.slice(1)), passes: times.slice(1) };
}

/** Milliseconds from the page's `run()` of hello to its exit; the first is cold. */
export async function measureHello(page, passes) {
  const times = await within(LIMIT, 'hello', page.evaluate((count) => globalThis.bench.hello(count), passes * 4 + 1));
  return { cold: times[0], steady: median(times.slice(1)), passes: times.slice(1) };
}

async function twoAtOnce(page, row, seconds) {
  const outcomes = await Promise.all([row.a, row.b].map((directory) => runGuest(page, [row.program, directory, String(seconds)])));
  const runs = outcomes.map(readSlices);
  const from = Math.max(...runs.map((run) => run.start));
  const to = Math.min(...runs.map((run) => run.start + run.step * run.counts.length));
  if (to - from < 500) throw new Error('the two did not run at the same time');
  return runs.reduce((sum, run) => sum + rateWithin(run, from, to), 0);
}

async function oneAlone(page, row, seconds) {
  const run = readSlices(await runGuest(page, [row.program, row.a, String(seconds)]));
  return rateWithin(run, run.start, run.start + run.step * run.counts.length);
}

/** Operations a second of two processes together, and of one; one and two in turn. */
export async function measureTwo(page, row, passes) {
  const one = [];
  const two = [];
  for (let pass = 0; pass < passes + 1; pass++) {
    one.push(await oneAlone(page, row, 1));
    two.push(await twoAtOnce(page, row, 2));
  }
  const figures = ([cold, ...rest]) => ({ cold: cold / 1e6, steady: median(rest) / 1e6, passes: rest.map((rate) => rate / 1e6) });
  return { ours: figures(two), one: figures(one) };
}

/** MB/s of `mib` MiB written by a program and synced. */
export async function measureDurable(page, mib, passes) {
  const row = { unit: 'GB/s' };
  const found = readPasses(row, await runGuest(page, ['durable', String(mib), `--passes=${passes}`]));
  if (found.error) return found;
  const scale = (rate) => rate * 1000;
  return { ...found, cold: scale(found.cold), steady: scale(found.steady), passes: found.passes.map(scale) };
}
