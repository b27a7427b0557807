// @ts-check
/** Where things are, and how the tools are run. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The production build; `PALIMPSEST_DIST` names another folder. */
export const dist = resolve(root, process.env['PALIMPSEST_DIST'] ?? 'dist');

/** Reports that a run leaves behind. */
export const reports = join(root, '.cache');

/** Entry scripts of the installed tools, run by node: no shell, no `.cmd`. */
export const tools = {
  oxlint: join(root, 'node_modules/oxlint/bin/oxlint'),
  playwright: join(root, 'node_modules/@playwright/test/cli.js'),
  tsc: join(root, 'node_modules/typescript/bin/tsc'),
  vite: join(root, 'node_modules/vite/bin/vite.js'),
  vitest: join(root, 'node_modules/vitest/vitest.mjs'),
};

/**
 * Runs a node script with the output passed through and no input.
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, minutes?: number}} [options] `minutes`: it is ended after so long.
 * @returns {Promise<number>} the exit code; 1 when a signal ended it.
 */
export function runNode(args, { cwd = root, env = process.env, minutes = 10 } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], timeout: minutes * 60_000 });
    child.on('error', fail);
    child.on('exit', (code, signal) => {
      if (signal) console.error(`ended by ${signal}: ${args.join(' ')}`);
      done(code ?? 1);
    });
  });
}

/**
 * `preferred` if nobody listens there, else a port that the system picks.
 * @param {number} preferred
 * @returns {Promise<number>}
 */
export function freePort(preferred) {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.on('error', () => (preferred === 0 ? fail(new Error('no free port')) : done(freePort(0))));
    probe.listen(preferred, 'localhost', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : preferred));
    });
  });
}
