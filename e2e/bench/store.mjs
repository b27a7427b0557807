import { within } from './browser.mjs';
import { untilReady } from './ours.mjs';
import { promptTime } from './probe.mjs';

const LIMIT = 300_000;
const SMALL_FILES = 10_000;
const MANY_FILES = 100_000;

/** A workspace of its own: another origin on the same server. */
function originOf(url, name) {
  const other = new URL(url);
  other.hostname = `${name}.localhost`;
  return other.href;
}

async function inOwnWorkspace(context, url, name, work) {
  const page = await context.newPage();
  try {
    await page.goto(originOf(url, name));
    await untilReady(page);
    return await work(page);
  } finally {
    await page.close();
  }
}

/** In the page: files made by a program, then one write that is acknowledged after them; milliseconds from its start. */
async function makeFiles([directory, count]) {
  const { fs, run } = globalThis.palimpsest;
  const start = performance.now();
  const process = await run({ module: '/bin/manyfiles', args: [directory, String(count)], cwd: '/home', stdin: '' });
  const [stderr, exit] = await Promise.all([new Response(process.stderr).text(), process.exited, new Response(process.stdout).text()]);
  if (exit.code !== 0) throw new Error(`manyfiles ended with ${exit.code}: ${stderr}`);
  await fs.writeFile('/home/done', directory);
  return performance.now() - start;
}

/** Milliseconds until 10 000 small files, made by a program, are durable; a pass in each of several directories. */
export function measureSmallFiles(context, url, passes) {
  return inOwnWorkspace(context, url, 'small', async (page) => {
    const times = [];
    for (let pass = 0; pass <= passes; pass++) times.push(await within(LIMIT, 'small files', page.evaluate(makeFiles, [`d${pass}`, SMALL_FILES])));
    return times;
  });
}

/** In the page: a file of random bytes, block by block, and what the store has then. */
async function writeTwice(mib) {
  const { fs, history } = globalThis.palimpsest;
  const size = 1024 * 1024;
  const stored = async () => {
    const { journal, present, past } = await history.cost();
    return (journal + present + past) / size;
  };
  const whole = new Uint8Array(mib * size);
  for (let at = 0; at < whole.length; at += 65536) crypto.getRandomValues(whole.subarray(at, at + 65536));
  const before = await stored();
  await fs.writeFile('/home/first', whole);
  const once = await stored();
  await fs.writeFile('/home/second', whole);
  return { once: once - before, more: (await stored()) - once };
}

/** MiB that the store grew by when 100 MiB were written, and when the same bytes were written once more. */
export function measureDedup(context, url) {
  return inOwnWorkspace(context, url, 'twice', (page) => within(LIMIT, 'dedup', page.evaluate(writeTwice, 100)));
}

/** In the page: one more change at a time, by the page itself. */
async function change(count) {
  for (let i = 0; i < count; i++) await globalThis.palimpsest.fs.writeFile(`/home/changing/${i % 50}`, `version ${i}\n`);
}

/** In the page: milliseconds of the difference of two points so many entries apart, and of bringing a directory back. */
async function travel([apart, passes]) {
  const { fs, history } = globalThis.palimpsest;
  const diffs = [];
  const restores = [];
  const timed = async (list, work) => {
    const start = performance.now();
    await work();
    list.push(performance.now() - start);
  };
  const last = (await history.entries({ limit: 1 })).entries[0].seq;
  for (let pass = 0; pass <= passes; pass++) {
    await timed(diffs, () => history.diff(last - apart, last));
    await timed(restores, () => history.restore('/home/changing/7', last - apart));
    await fs.writeFile('/home/changing/7', `after pass ${pass}`);
  }
  return { diffs, restores };
}

/** Milliseconds of `diff` of two points 1 000 entries apart, and of `restore` of a small file over as many. */
export function measureTravel(context, url, passes) {
  return inOwnWorkspace(context, url, 'travel', async (page) => {
    await page.evaluate(() => globalThis.palimpsest.fs.mkdir('/home/changing'));
    await within(LIMIT, 'changes', page.evaluate(change, 1500));
    return within(LIMIT, 'diff and restore', page.evaluate(travel, [1000, passes]));
  });
}

/** In the page: a file of a gibibyte (one random MiB, over and over), copied by the kernel and renamed, over a frozen layer. */
async function moveLarge(passes) {
  const { fs, layers } = globalThis.palimpsest;
  const MIB = 1024 * 1024;
  const piece = new Uint8Array(64 * MIB);
  for (let at = 0; at < MIB; at += 65536) crypto.getRandomValues(piece.subarray(at, at + 65536));
  for (let at = MIB; at < piece.length; at += MIB) piece.copyWithin(at, 0, MIB);
  await fs.writeFile('/home/big', new Blob(Array.from({ length: 16 }, () => piece)));
  await layers.push('big');
  const times = { copies: [], renames: [] };
  for (let pass = 0; pass <= passes; pass++) {
    let start = performance.now();
    await fs.copy('/home/big', `/home/copy${pass}`);
    times.copies.push(performance.now() - start);
    start = performance.now();
    await fs.rename(`/home/copy${pass}`, `/home/moved${pass}`);
    times.renames.push(performance.now() - start);
  }
  return times;
}

/** Milliseconds of copying and of renaming a file of 1 GiB that is in a layer below. */
export function measureLarge(context, url, passes) {
  return inOwnWorkspace(context, url, 'large', (page) => within(LIMIT, 'a large file', page.evaluate(moveLarge, passes)));
}

/** In the page: milliseconds of the first listing of a directory. */
async function firstList(path) {
  const start = performance.now();
  await globalThis.palimpsest.fs.readdir(path);
  return performance.now() - start;
}

/** Milliseconds from a reload to the prompt with 100 000 files in 100 directories, and of the first listing of one of them after it. */
export function measureManyFiles(context, url, passes) {
  return inOwnWorkspace(context, url, 'many', async (page) => {
    const each = 1000;
    for (let i = 0; i < MANY_FILES / each; i++) await within(LIMIT, 'many files', page.evaluate(makeFiles, [`d${i}`, each]));
    const times = { prompts: [], lists: [] };
    for (let pass = 0; pass <= passes; pass++) {
      await page.reload();
      times.prompts.push(await promptTime(page, 1, LIMIT));
      await untilReady(page);
      times.lists.push(await page.evaluate(firstList, `/home/d${pass}`));
    }
    return times;
  });
}

