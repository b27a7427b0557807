// @ts-check
/**
 * Installs the dependencies when they are missing or older than the lock file. It runs before anything is
 * installed, so it uses nothing but node.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * @param {string} file
 * @returns {Record<string, {version?: string, optional?: boolean, link?: boolean}>}
 */
function lockedPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/**
 * Whether `folder/node_modules` is what `folder/package-lock.json` says. npm writes what it has installed into a lock
 * file of its own; optional packages for other platforms are not in it.
 * @param {string} folder
 */
export function isInstalled(folder) {
  const installedFile = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = lockedPackages(installedFile);
  return Object.entries(lockedPackages(join(folder, 'package-lock.json'))).every(([path, wanted]) => {
    if (path === '' || wanted.link) return true;
    const found = installed[path];
    return found ? found.version === wanted.version : wanted.optional === true;
  });
}

/**
 * Runs `npm ci` in `folder` if it is needed.
 * @param {string} folder
 * @throws {Error} when npm fails.
 */
export function ensureDependencies(folder) {
  if (isInstalled(folder)) return;
  console.log(`Installing dependencies in ${folder} …`);
  const npm = process.env['npm_execpath'];
  const command = npm?.endsWith('.js') ? [process.execPath, npm] : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
  const args = [...command.slice(1), 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = spawnSync(command[0], args, {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: command.length === 1 && process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`"npm ci" failed in ${folder}${error ? `: ${error.message}` : ''}`);
}

/** Node 20.19 is the first that the build tools run on. */
function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`Node ${process.versions.node} is too old: 20.19 or newer is needed (https://nodejs.org).`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    checkNode();
    ensureDependencies(root);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
