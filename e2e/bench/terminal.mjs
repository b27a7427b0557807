import { promptTime } from './probe.mjs';

const LIMIT = 240_000;
const LINE = 'The quick brown fox jumps over the lazy dog and then goes home to sleep it off.';

async function typeCommand(page, command) {
  await page.locator('.xterm').first().click();
  await page.keyboard.type(command);
  await page.keyboard.press('Enter');
}

const now = (page) => page.evaluate(() => performance.now());
const promptCount = (page) => page.evaluate(() => globalThis.benchProbe.prompts.length);

/** Types a command and waits for the prompt after it; milliseconds of the page's clock at both ends. */
async function runCommand(page, command) {
  const from = await now(page);
  const before = await promptCount(page);
  await typeCommand(page, command);
  // Each key draws the line again, with its prompt: the last of those comes with Enter.
  await page.waitForTimeout(1000);
  await promptAfterSilence(page, Math.max(before, await promptCount(page)), from + LIMIT);
  return { from, to: await now(page) };
}

async function promptAfterSilence(page, known, limit) {
  await promptTime(page, known + 1, limit);
  await page.waitForTimeout(200);
}

const longestBlock = (page, { from, to }) =>
  page.evaluate(
    ([start, end]) => Math.max(0, ...globalThis.benchProbe.blocks.filter((block) => block.start >= start && block.start <= end).map((block) => block.duration)),
    [from, to],
  );

/** Milliseconds from the key to the end of the process that prints. */
async function interrupt(page) {
  await page.evaluate(() => {
    globalThis.benchProbe.exits.length = 0;
    globalThis.benchProbe.unsubscribe?.();
    globalThis.benchProbe.unsubscribe = globalThis.palimpsest.bus.subscribe('proc.*.exit', () => globalThis.benchProbe.exits.push(performance.now()));
  });
  await typeCommand(page, `repeat ${LINE}`);
  await page.waitForTimeout(1500);
  await page.keyboard.press('Control+c');
  const took = await page.evaluate(async () => {
    const { exits, interrupts } = globalThis.benchProbe;
    const end = performance.now() + 10_000;
    while (exits.length === 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
    return exits.length === 0 ? null : exits[0] - interrupts.at(-1);
  });
  if (took === null) throw new Error('Ctrl-C did not end the program within 10 s');
  await page.waitForTimeout(1000);
  return took;
}

/**
 * Prints 100 MB to the terminal in the page, and stops an endless flood.
 * @returns {Promise<{blocks: number[], interrupts: number[], seconds: number[]}>} longest task of the page while it
 *   printed (0: none over 50 ms), and time from Ctrl-C to the exit, in milliseconds; seconds that printing took
 */
export async function measurePrinting(page, passes) {
  await page.bringToFront();
  const blocks = [];
  const seconds = [];
  for (let pass = 0; pass < Math.min(passes, 3); pass++) {
    const span = await runCommand(page, `repeat --mib 100 ${LINE}`);
    blocks.push(await longestBlock(page, span));
    seconds.push((span.to - span.from) / 1000);
  }
  const interrupts = [];
  for (let pass = 0; pass < passes; pass++) interrupts.push(await interrupt(page));
  return { blocks, interrupts, seconds };
}
