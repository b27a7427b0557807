// @ts-check
/**
 * All checks in order, each a line `ok` or `FAILED`, and at the end the counts of all together:
 * one for each static check, one for each unit test and each test in the browser.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { runPlaywright } from './e2e.mjs';
import { reports, runNode, tools } from './project.mjs';

/** @typedef {{ passed: number, failed: number }} Counts */

const unitReport = join(reports, 'unit.json');
const e2eReport = join(reports, 'e2e.json');

/** @param {string} path */
const script = (path) => join(import.meta.dirname, path);

/**
 * @param {string[]} args
 * @returns {Promise<Counts>}
 */
async function check(args) {
  return (await runNode(args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * What a runner's report says; a run that failed without a failed test (a file that does not load, a broken runner)
 * counts as one failure.
 * @param {string} file
 * @param {number} exitCode
 * @param {(report: any) => Counts} read
 * @returns {Counts}
 */
function counts(file, exitCode, read) {
  /** @type {Counts} */
  let found = { passed: 0, failed: 0 };
  try {
    found = read(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    console.error(`no report in ${file}`);
    found = { passed: 0, failed: 1 };
  }
  return exitCode !== 0 && found.failed === 0 ? { ...found, failed: 1 } : found;
}

/** @returns {Promise<Counts>} */
async function browser() {
  process.env['CHROMIUM_PATH'] = ensureBrowser();
  console.log(process.env['CHROMIUM_PATH']);
  return { passed: 1, failed: 0 };
}

/** @returns {Promise<Counts>} */
async function unitTests() {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`];
  const code = await runNode([tools.vitest, 'run', ...reporters], { minutes: 6 });
  return counts(unitReport, code, (report) => {
    const unloaded = report.testResults.filter(
      (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
    );
    return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length };
  });
}

/** @returns {Promise<Counts>} */
async function browserTests() {
  const code = await runPlaywright([]);
  return counts(e2eReport, code, ({ stats }) => {
    if (stats.skipped > 0) console.error(`${stats.skipped} tests were not run`);
    return { passed: stats.expected, failed: stats.unexpected + stats.flaky };
  });
}

/** A step without what it needs is counted as one failure and not run. */
const steps = [
  { name: 'browser', run: browser },
  { name: 'types', run: () => check([script('types.mjs')]) },
  { name: 'lint', run: () => check([tools.oxlint, '--deny-warnings']) },
  { name: 'imports', run: () => check([script('check-imports.mjs')]) },
  { name: 'unit tests', run: unitTests },
  { name: 'build', run: () => check([tools.vite, 'build', '--logLevel', 'warn']) },
  { name: 'size', needs: ['build'], run: () => check([script('size.mjs')]) },
  { name: 'browser tests', needs: ['build', 'browser'], run: browserTests },
];

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const total = { passed: 0, failed: 0 };
/** @type {Set<string>} */
const broken = new Set();
for (const { name, needs = [], run } of steps) {
  console.log(`\n── ${name}`);
  const started = performance.now();
  /** @type {Counts} */
  let result = { passed: 0, failed: 1 };
  const missing = needs.filter((need) => broken.has(need));
  if (missing.length > 0) console.error(`not run, for want of: ${missing.join(', ')}`);
  else {
    try {
      result = await run();
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
    }
  }
  total.passed += result.passed;
  total.failed += result.failed;
  if (result.failed > 0) broken.add(name);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`── ${name}: ${result.failed === 0 ? 'ok' : 'FAILED'} (${result.passed} passed, ${result.failed} failed, ${seconds} s)`);
}

if (broken.size > 0) console.error(`\nFailed: ${[...broken].join(', ')}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
