import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { browserFlags, findBrowser } from './tools/browser.mjs';
import { reports, root } from './tools/project.mjs';

const port = Number(process.env['E2E_PORT'] ?? 4174);
const baseURL = `http://localhost:${port}`;
const executablePath = findBrowser();

export default defineConfig({
  testDir: '.',
  testIgnore: '**/node_modules/**',
  outputDir: join(reports, 'e2e'),
  snapshotPathTemplate: '{testDir}/pictures/{arg}{ext}',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  globalTimeout: 14 * 60_000,
  workers: 2,
  retries: 0,
  fullyParallel: false,
  forbidOnly: Boolean(process.env['CI']),
  maxFailures: 15,
  reporter: [['list'], ['json', { outputFile: join(reports, 'e2e.json') }]],
  use: {
    baseURL,
    viewport: { width: 1440, height: 900 },
    launchOptions: { args: browserFlags, ...(executablePath === undefined ? {} : { executablePath }) },
    permissions: ['clipboard-read', 'clipboard-write'],
    screenshot: 'only-on-failure',
    // A quarter of the whole time goes into it: `--trace on` for the test that failed.
    trace: 'off',
    // It would copy all files of the page for each test, and its fetches pass by the routes of a test. Specs of which it is a part allow it.
    serviceWorkers: 'block',
  },
  // A page that does not start fails every other test, each after a long wait: see that it does before them.
  projects: [
    { name: 'start', testMatch: 'served-page.spec.ts' },
    { name: 'page', testMatch: '**/*.spec.ts', testIgnore: ['served-page.spec.ts', '**/node_modules/**'], dependencies: ['start'] },
  ],
  webServer: {
    command: `node e2e/tools/serve.mjs --no-build --port ${port}`,
    cwd: root,
    url: baseURL,
    reuseExistingServer: false,
    timeout: 30_000,
  },
});
