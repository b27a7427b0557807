// @ts-check
/**
 * The tests in a real browser, against the production build.
 *
 *     npm run test:e2e [-- --no-build] [Playwright's own arguments]
 */
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { ensureDependencies } from './ensure-deps.mjs';
import { freePort, root, runNode, tools } from './project.mjs';

/**
 * Runs Playwright on what is built.
 * @param {string[]} args
 * @param {{ minutes?: number }} [options] after which it is ended; default 15
 * @returns {Promise<number>} its exit code
 * @throws {Error} when the browser or the programs of the tests cannot be had.
 */
export async function runPlaywright(args, options = {}) {
  const browser = ensureBrowser();
  console.log(`browser: ${browser}`);
  ensureDependencies(join(root, 'e2e'));
  const env = { ...process.env, CHROMIUM_PATH: browser, E2E_PORT: String(await freePort(4174)) };
  return runNode([tools.playwright, 'test', '--config', 'e2e/playwright.config.ts', ...args], { env, minutes: 15, ...options });
}

if (process.argv[1]?.endsWith('e2e.mjs')) {
  const args = process.argv.slice(2);
  const rest = args.filter((arg) => arg !== '--no-build');
  try {
    const built = rest.length < args.length ? 0 : await runNode([tools.vite, 'build', '--logLevel', 'warn']);
    process.exitCode = built === 0 ? await runPlaywright(rest) : built;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
