import { test as base, type Browser, type BrowserContext, type ConsoleMessage, type Page } from '@playwright/test';
import { forget, openWorkspace, tidy } from './support/namespace.ts';

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

function refuse(faults: string[], allowed: RegExp | null, where = 'The page'): void {
  const ours = faults.filter((fault) => !allowed?.test(fault));
  if (ours.length > 0) throw new Error(`${where} reported:\n${ours.join('\n')}`);
}

/** One context of the browser for test after test: a new one is a window, and has all code to fetch and compile. */
class ReusedContext {
  readonly #browser: Browser;
  #context: BrowserContext | null = null;
  #key = '';

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Without pages. `key`: the options that it has, which are those of the test that is running. */
  async of(key: string): Promise<BrowserContext> {
    if (this.#context && this.#key !== key) await this.close();
    this.#context ??= await this.#browser.newContext();
    this.#key = key;
    return this.#context;
  }

  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = null;
  }
}

/**
 * `page` is a page of its own for each test, with nothing kept in its origin. It fails its test when an error was not caught or was written to the console.
 * `allowedFaults`: a pattern of those that a test provokes; set with `test.use`.
 * `ownContext`: where a test sets something for its context that stays (a quota, cookies, another origin's data), or kills what is in it.
 */
export const test = base.extend<{ allowedFaults: RegExp | null; ownContext: boolean }, { reused: ReusedContext }>({
  allowedFaults: [null, { option: true }],
  ownContext: [false, { option: true }],
  reused: [
    async ({ browser }, use) => {
      const reused = new ReusedContext(browser);
      await use(reused);
      await reused.close();
    },
    { scope: 'worker' },
  ],
  context: async ({ reused, ownContext, browser, serviceWorkers, viewport, permissions, hasTouch, isMobile, colorScheme }, use) => {
    // A service worker outlives its pages.
    const isOwn = ownContext || serviceWorkers !== 'block';
    const context = isOwn ? await browser.newContext() : await reused.of(JSON.stringify([viewport, permissions, hasTouch, isMobile, colorScheme]));
    await use(context);
    if (isOwn) await context.close();
    else for (const page of context.pages()) await page.close();
  },
  page: async ({ context, baseURL, allowedFaults }, use) => {
    const page = await context.newPage();
    if (baseURL !== undefined) await forget(page, new URL(baseURL).origin);
    const faults = collectFaults(page);
    await use(page);
    refuse(faults, allowedFaults);
  },
});

/** The page of the spec file that a worker is at. */
class SharedPage {
  readonly #browser: Browser;
  #file = '';
  #context: BrowserContext | null = null;
  #page: Page | null = null;
  #faults: string[] = [];

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** The page of `file`: opened for its first test, tidied for the others. */
  async of(file: string): Promise<Page> {
    if (this.#page && this.#file === file) {
      await tidy(this.#page);
      return this.#page;
    }
    await this.close();
    this.#context = await this.#browser.newContext();
    const page = await this.#context.newPage();
    this.#file = file;
    this.#faults = collectFaults(page);
    this.#page = page;
    await openWorkspace(page);
    return page;
  }

  /** What the page has reported since the last call. */
  takeFaults(): string[] {
    return this.#faults.splice(0);
  }

  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = this.#page = null;
    refuse(this.takeFaults(), null, `After its last test, the page of ${this.#file}`);
  }
}

/**
 * For specs whose tests need no page of their own: `page` is one for all tests of the file, with the workspace open.
 *
 *     import { expect, sharedTest as test } from './fixtures.ts';
 *
 * Before each later test it is tidied: no dialog or menu is open, no program runs but the prompts, the viewport is that
 * of `test.use`. All else stays as the test before left it: files, tabs, terminals, layout; so each test has names of
 * its own, and none needs another's. `freshWorkspace(page)` (support/namespace.ts) empties everything, in half the time
 * of a new page. A fault fails the test in which it was reported; after a failure the next test begins with a new page.
 * What is set once for a page (`exposeFunction`, `addInitScript`) and options of its context belong in a spec of `test`.
 */
export const sharedTest = base.extend<{ allowedFaults: RegExp | null }, { shared: SharedPage }>({
  allowedFaults: [null, { option: true }],
  shared: [
    async ({ browser }, use) => {
      const shared = new SharedPage(browser);
      await use(shared);
      await shared.close();
    },
    { scope: 'worker' },
  ],
  page: async ({ shared, viewport, allowedFaults }, use, { file }) => {
    const page = await shared.of(file);
    const size = page.viewportSize();
    if (viewport && (viewport.width !== size?.width || viewport.height !== size.height)) await page.setViewportSize(viewport);
    await use(page);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    refuse(shared.takeFaults(), allowedFaults);
  },
});
