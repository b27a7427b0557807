import type { Page } from '@playwright/test';
import { expect } from '../fixtures.ts';
import { run } from './namespace.ts';

/** After whatever was done to it, the page still runs a program, and draws. */
export async function expectAlive(page: Page): Promise<void> {
  const outcome = await run(page, { module: '/bin/hello-c' });
  expect(outcome).toEqual({ code: 0, stderr: '', stdout: expect.any(String) });
  expect(outcome.stdout).toContain('ello');
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
}

/** Measures the longest time for which the window did nothing while `action` ran. Milliseconds. */
export async function longestPause(page: Page, action: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const state = { last: performance.now(), longest: 0, timer: setInterval(() => {
      const now = performance.now();
      state.longest = Math.max(state.longest, now - state.last);
      state.last = now;
    }, 5) };
    Object.assign(globalThis, { pauses: state });
  });
  await action();
  return page.evaluate(() => {
    const { pauses } = globalThis as unknown as { pauses: { longest: number; timer: number } };
    clearInterval(pauses.timer);
    return pauses.longest;
  });
}
