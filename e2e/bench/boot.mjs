import { promptTime } from './probe.mjs';
import { untilReady } from './ours.mjs';

const FILES = 10_000;
const LIMIT = 30_000;

/** A second origin on the same server: a workspace of its own. */
function otherOrigin(url) {
  const other = new URL(url);
  other.hostname = 'boot.localhost';
  return other.href;
}

async function bootTimes(page, passes) {
  const times = [];
  for (let pass = 0; pass < passes; pass++) {
    await page.reload();
    times.push(await promptTime(page, 1, LIMIT));
    await page.waitForTimeout(300);
  }
  return times;
}

/** In the page: files made by a program, then one write that is acknowledged after them. */
async function makeFiles(count) {
  const { fs, run } = globalThis.palimpsest;
  const process = await run({ module: '/bin/manyfiles', args: ['many', String(count)], cwd: '/home', stdin: '' });
  const [stderr, exit] = await Promise.all([new Response(process.stderr).text(), process.exited, new Response(process.stdout).text()]);
  if (exit.code !== 0) throw new Error(`manyfiles ended with ${exit.code}: ${stderr}`);
  await fs.writeFile('/home/done', 'done');
}

/**
 * Milliseconds from the start of a reload until a prompt is on the screen.
 * @param {import('playwright').BrowserContext} context
 * @returns {Promise<{empty: number[], files: number[]}>} with nothing in the workspace, and with 10 000 files
 */
export async function measureBoot(context, url, passes) {
  const page = await context.newPage();
  try {
    await page.goto(otherOrigin(url));
    await promptTime(page, 1, LIMIT);
    await page.waitForTimeout(2000);
    const empty = await bootTimes(page, passes);
    await untilReady(page);
    await page.evaluate(makeFiles, FILES);
    return { empty, files: await bootTimes(page, passes) };
  } finally {
    await page.close();
  }
}
