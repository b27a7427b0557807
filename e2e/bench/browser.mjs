import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright';
import { browserFlags } from '../tools/browser.mjs';

/** A page in the background is measured as one in front. */
const flags = [
  ...browserFlags,
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

/**
 * A browser with a profile on disk of its own: without one, IndexedDB would live in memory.
 * @param {string} executablePath
 * @returns {Promise<{context: import('playwright').BrowserContext, close: () => Promise<void>}>}
 */
export async function openBrowser(executablePath) {
  const profile = await mkdtemp(path.join(tmpdir(), 'palimpsest-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: flags,
    headless: true,
    viewport: { width: 1280, height: 800 },
  });
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  };
  return { context, close };
}

/** Rejects when `work` takes longer than `limit` milliseconds. */
export function within(limit, what, work) {
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer within ${limit / 1000} s`)), limit);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
