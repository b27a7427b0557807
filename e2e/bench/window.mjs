import { readFileSync } from 'node:fs';
import { untilReady } from './ours.mjs';
import { promptTime } from './probe.mjs';

const LIMIT = 60_000;
const LINE = 'The quick brown fox jumps over the lazy dog and then goes home to sleep it off.';
/** Files that one run of a program writes, and runs a second. */
const BATCH = 500;
const BATCHES = 10;
/** Directories that are written in turn, so that the load stays the same for any time. */
const FOLDERS = 20;
const MANY = 100_000;

/** The panes with a key of their own. */
const PANES = [['Processes', '4'], ['Timeline', '5'], ['Layers', '6'], ['Bus', '7'], ['Grants', '8'], ['Audit', '9'], ['Map', '0']];

/** Opens the application in a workspace of its own, with the explorer, the terminal and a tab shown. */
async function openWindow(context, url, name) {
  const other = new URL(url);
  other.hostname = `${name}.localhost`;
  const page = await context.newPage();
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(other.href);
  await promptTime(page, 1, LIMIT);
  await untilReady(page);
  await page.evaluate(installWindow);
  return page;
}

/** In the page: what the measurements below call. */
function installWindow() {
  const read = async (stream) => void (await new Response(stream).arrayBuffer());
  const program = async (module, args) => {
    const { fs, run } = globalThis.palimpsest;
    await fs.mkdir('/home/w', { recursive: true });
    const process = await run({ module, args, cwd: '/home/w', stdin: '' });
    const [exit] = await Promise.all([process.exited, read(process.stdout), read(process.stderr)]);
    if (exit.code !== 0) throw new Error(`${module} ended with ${exit.code}`);
  };
  /** Writes files at a steady rate until it is stopped; resolves then with files a second. */
  const writeOn = ({ batch, batches, folders }) => {
    let stopped = false;
    const start = performance.now();
    let count = 0;
    const done = (async () => {
      for (let turn = 0; !stopped; turn++) {
        await program('/bin/manyfiles', [`d${turn % folders}`, String(batch)]);
        count += batch;
        const rest = start + ((turn + 1) * 1000) / batches - performance.now();
        if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
      }
      return (count * 1000) / (performance.now() - start);
    })();
    return { stop: () => ((stopped = true), done) };
  };
  const frames = () => {
    const deltas = [];
    let last = performance.now();
    let going = true;
    const step = (now) => {
      deltas.push(now - last);
      last = now;
      if (going) requestAnimationFrame(step);
    };
    requestAnimationFrame((now) => {
      last = now;
      requestAnimationFrame(step);
    });
    return { stop: () => ((going = false), deltas) };
  };
  globalThis.benchWindow = { program, writeOn, frames, current: {} };
}

const startWriting = (page) => page.evaluate((load) => void (globalThis.benchWindow.current.writer = globalThis.benchWindow.writeOn(load)), { batch: BATCH, batches: BATCHES, folders: FOLDERS });
const stopWriting = (page) => page.evaluate(() => globalThis.benchWindow.current.writer.stop());
const startFrames = (page) => page.evaluate(() => void (globalThis.benchWindow.current.frames = globalThis.benchWindow.frames()));
const stopFrames = (page) => page.evaluate(() => globalThis.benchWindow.current.frames.stop());

async function startPrinting(page) {
  await page.locator('.xterm').first().click();
  await page.keyboard.type(`repeat ${LINE}\n`);
}

/** Milliseconds below which a share of the frames stayed. */
const share = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)];

/** @param {number[]} deltas */
function frameFigures(deltas) {
  const sorted = deltas.toSorted((a, b) => a - b);
  const total = deltas.reduce((sum, each) => sum + each, 0);
  return { p50: share(sorted, 0.5), p95: share(sorted, 0.95), p99: share(sorted, 0.99), longest: sorted.at(-1), rate: (deltas.length * 1000) / total };
}

/** Shows the directories that are written in the explorer. */
async function expand(page, name) {
  const row = page.getByRole('tree', { name: 'Namespace' }).getByRole('treeitem', { name: new RegExp(`^${name}(, |$)`) }).first();
  await row.waitFor();
  if ((await row.getAttribute('aria-expanded')) !== 'true') await row.click();
}

/**
 * Frames of the page while one program writes 5 000 files a second and another prints without end.
 * @returns {Promise<{idle: object, busy: object[], written: number[]}>} figures of the frames, and files a second in fact
 */
export async function measureFrames(context, url, passes) {
  const page = await openWindow(context, url, 'frames');
  try {
    await startFrames(page);
    await page.waitForTimeout(3000);
    const idle = frameFigures(await stopFrames(page));
    await page.evaluate(() => globalThis.benchWindow.program('/bin/manyfiles', ['d0', '500']));
    await expand(page, 'w');
    await expand(page, 'd0');
    await startPrinting(page);
    const busy = [];
    const written = [];
    for (let pass = 0; pass < Math.min(passes, 3); pass++) {
      await startWriting(page);
      await page.waitForTimeout(1000);
      await startFrames(page);
      await page.waitForTimeout(8000);
      busy.push(frameFigures(await stopFrames(page)));
      written.push(await stopWriting(page));
    }
    return { idle, busy, written };
  } finally {
    await page.close();
  }
}

/** Megabytes of JavaScript that are in use in the window, and of the processor that draws it, workers and shared memory included. */
async function memoryOf(session, pid) {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const resident = pid === null ? null : Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024;
  return { heap: usedSize / 2 ** 20, resident };
}

/** Of the page's own process, by the work that it alone has just done; null where it cannot be told. */
async function processOf(context, page) {
  if (process.platform !== 'linux') return null;
  const session = await context.browser()?.newBrowserCDPSession();
  if (!session) return null;
  const times = async () => new Map((await session.send('SystemInfo.getProcessInfo')).processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime]));
  const before = await times();
  await page.evaluate(() => {
    for (const end = performance.now() + 500; performance.now() < end;);
  });
  const after = await times();
  await session.detach();
  return [...after].map(([id, time]) => [id, time - (before.get(id) ?? 0)]).toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

/**
 * Memory under the same load as `measureFrames`, minute by minute.
 * @param {number} minutes
 * @returns {Promise<{heap: number, resident: number | null}[]>} in MiB; the first after half a minute of it
 */
export async function measureMemory(context, url, minutes) {
  const page = await openWindow(context, url, 'memory');
  try {
    const session = await context.newCDPSession(page);
    const pid = await processOf(context, page);
    await page.evaluate(() => globalThis.benchWindow.program('/bin/manyfiles', ['d0', '500']));
    await expand(page, 'w');
    await startPrinting(page);
    await startWriting(page);
    await page.waitForTimeout(30_000);
    const samples = [await memoryOf(session, pid)];
    for (let minute = 0; minute < minutes; minute++) {
      await page.waitForTimeout(60_000);
      samples.push(await memoryOf(session, pid));
    }
    await stopWriting(page);
    return samples;
  } finally {
    await page.close();
  }
}

/** In the page, before the key: milliseconds from the key until what it opens has been painted. */
function watchOpening(title) {
  const isThere = () => {
    const shown = [...document.querySelectorAll('.centre [role=tab][aria-selected=true]')].some((tab) => tab.textContent?.includes(title));
    return shown && !document.querySelector('.centre .empty[role=status]');
  };
  globalThis.benchWindow.current.opening = new Promise((resolve) => {
    addEventListener('keydown', ({ timeStamp }) => {
      const end = timeStamp + 10_000;
      const look = (now) => {
        // What is there in one frame is on the screen when the next begins.
        if (isThere()) requestAnimationFrame((painted) => resolve(painted - timeStamp));
        else if (now > end) resolve(null);
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }, { capture: true, once: true });
  });
}

/**
 * @returns {Promise<{first: Record<string, number>, later: Record<string, number[]>}>} milliseconds by the pane's title: from the key to
 *   the frame after the one in which it is there; the first time its code is fetched and compiled
 */
export async function measureOpening(context, url, passes) {
  const page = await openWindow(context, url, 'opening');
  const first = {};
  const later = {};
  try {
    for (let pass = 0; pass <= passes; pass++) {
      for (const [title, key] of PANES) {
        await page.evaluate(watchOpening, title);
        await page.keyboard.press(`Alt+${key}`);
        const took = await page.evaluate(() => globalThis.benchWindow.current.opening);
        if (took === null) throw new Error(`${title} was not opened by Alt+${key}`);
        if (pass === 0) first[title] = took;
        else (later[title] ??= []).push(took);
        await page.waitForTimeout(300);
      }
    }
    return { first, later };
  } finally {
    await page.close();
  }
}

/**
 * Frames while an explorer with 100 000 entries is scrolled by the wheel, 50 px a step, and jumped through by End and Home.
 * @returns {Promise<object[]>}
 */
export async function measureScrolling(context, url, passes) {
  const page = await openWindow(context, url, 'scrolling');
  try {
    await page.evaluate((count) => globalThis.benchWindow.program('/bin/manyfiles', ['many', String(count)]), MANY);
    await expand(page, 'w');
    await expand(page, 'many');
    const tree = page.getByRole('tree', { name: 'Namespace' });
    await tree.getByRole('treeitem', { name: /^000000/ }).first().waitFor({ timeout: LIMIT });
    await page.waitForTimeout(2000);
    const box = await tree.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const found = [];
    for (let pass = 0; pass < Math.min(passes, 3); pass++) {
      await startFrames(page);
      for (let step = 0; step < 150; step++) {
        await page.mouse.wheel(0, (step % 50 === 49 ? 400_000 : 500) * (pass % 2 === 0 ? 1 : -1));
        await page.waitForTimeout(16);
      }
      found.push(frameFigures(await stopFrames(page)));
    }
    return found;
  } finally {
    await page.close();
  }
}
