import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, sharedTest as test } from './fixtures.ts';
import { expectCase, readCases, readPrograms, runCase } from './support/cases.ts';
import { root } from './tools/project.mjs';

const cases = readCases('cases.json');
/** Those that are built from sources here: the others are commands, or text that names a program. */
const programs = readPrograms().filter(({ kind, url = '' }) => kind === 'file' && !/^(files|\.\.)\//.test(url)).map(({ path }) => path.slice('/bin/'.length));

test('every program in /bin has a case, and every case a program', () => {
  expect([...new Set(cases.map(({ program }) => program))].sort()).toEqual([...programs].sort());
  const folders = readdirSync(join(root, 'wasm-samples'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const program of programs) expect(folders).toContain(program);
});

/** Programs in a test: most of them run for a moment. */
const SHARE = 8;

for (let from = 0; from < programs.length; from += SHARE) {
  const some = programs.slice(from, from + SHARE);
  test(some.join(' '), async ({ page }) => {
    for (const sample of cases.filter(({ program, asks }) => some.includes(program) && !asks)) {
      await test.step([sample.program, ...(sample.args ?? [])].join(' '), async () => {
        const seen = await runCase(page, sample);
        expectCase(sample, seen);
      });
    }
  });
}
