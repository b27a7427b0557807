import { test as base, type ConsoleMessage, type Page } from '@playwright/test';

export { expect } from '@playwright/test';

/** Lines on the console that are not ours to prevent. */
const harmless = [/GPU stall due to ReadPixels/, /Automatic fallback to software WebGL/];

/** What went wrong in a page without any test asking: uncaught errors, and errors on the console. */
export function collectFaults(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() !== 'error' || harmless.some((pattern) => pattern.test(message.text()))) return;
    faults.push(`console: ${message.text()} (${message.location().url})`);
  });
  return faults;
}

/**
 * `page` fails its test when an error was not caught or was written to the console.
 * `allowedFaults`: a pattern of those that a test provokes; set with `test.use`.
 */
export const test = base.extend<{ allowedFaults: RegExp | null }>({
  allowedFaults: [null, { option: true }],
  page: async ({ page, allowedFaults }, use) => {
    const faults = collectFaults(page);
    await use(page);
    const ours = faults.filter((fault) => !allowedFaults?.test(fault));
    if (ours.length > 0) throw new Error(`The page reported:\n${ours.join('\n')}`);
  },
});
