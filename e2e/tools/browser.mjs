// @ts-check
/**
 * Finds a Chromium for the tests, and gets one if there is none. In this order: `CHROMIUM_PATH`, an installed
 * Chromium or Chrome, Playwright's own, a download of that, on Debian as root the package `chromium`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright';
import { tools } from './project.mjs';

const isRoot = process.getuid?.() === 0;

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const places =
  {
    darwin: [
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((variable) =>
      join(process.env[variable] ?? 'C:\\', 'Google\\Chrome\\Application\\chrome.exe'),
    ),
  }[String(process.platform)] ?? [];

/**
 * Switched off. The first are what Playwright switches off, by the same flag, of which the last counts. The others are lists below the
 * address bar, which no test sees: a page of the browser's own for every window, and so for every context, of 0.7 s of processor time.
 */
const offFeatures = [
  'AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'LensOverlay',
  'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect', 'TcpPortRandomizationWin',
  'OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch',
  'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup',
];

/**
 * Flags for Chromium in a container: no sandbox as root, no GPU, a small /dev/shm, no talk with its maker.
 */
export const browserFlags = [
  ...(isRoot || process.env['CI'] ? ['--no-sandbox'] : []),
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${offFeatures.join(',')}`,
];

/**
 * A wrapper for a package that is not there, and a browser whose libraries are missing, exist but do not run.
 * @param {string} path
 */
function runs(path) {
  if (!existsSync(path)) return false;
  if (process.platform === 'win32') return true;
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/**
 * @returns {string | undefined} the path of a browser that is here already.
 * @throws {Error} when `CHROMIUM_PATH` names none.
 */
export function findBrowser() {
  const named = process.env['CHROMIUM_PATH'];
  if (named) {
    if (runs(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, which is no browser that starts.`);
  }
  const onPath = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...places, chromium.executablePath()].find(runs);
}

/** Playwright's download, with short patience: a machine without network must not wait for minutes. */
function download() {
  console.log('No Chromium or Chrome is installed; asking Playwright for one …');
  spawnSync(process.execPath, [tools.playwright, 'install', 'chromium', '--no-shell'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 300_000,
    env: { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '20000', ...process.env },
  });
}

function isDebian() {
  return existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
}

function installPackage() {
  console.log('Installing the package chromium …');
  /** @type {import('node:child_process').SpawnSyncOptions} */
  const options = {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 420_000,
  };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
}

/**
 * @returns {string} the path of a browser.
 * @throws {Error} with what to do, when none can be had.
 */
export function ensureBrowser() {
  const attempts = [() => {}, download, ...(isRoot && isDebian() ? [installPackage] : [])];
  for (const attempt of attempts) {
    attempt();
    const found = findBrowser();
    if (found) return found;
  }
  throw new Error(
    'No browser for the tests. Install Chromium or Chrome, or set CHROMIUM_PATH to one ' +
      '(Debian: apt-get install chromium; elsewhere: npx playwright install --with-deps chromium).',
  );
}
