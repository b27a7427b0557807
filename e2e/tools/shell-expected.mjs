// @ts-check
/**
 * Writes what the shell's scripts are expected to print, as `dash` prints it (`bash` where a case says so), beside them.
 * The tests read these files, so that they need neither. Run it where `dash` is: `node e2e/tools/shell-expected.mjs [topic …]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './project.mjs';
import { shellCases } from './shell-cases.mjs';

const scripts = join(root, 'src/guest/programs/shell/testing/scripts');
const home = join(tmpdir(), 'sh-case');
const topics = process.argv.slice(2);

for (const file of readdirSync(scripts).filter((name) => name.endsWith('.sh'))) {
  if (topics.length > 0 && !topics.includes(file.replace('.sh', ''))) continue;
  /** @type {Record<string, { code: number | null, stdout: string, stderr: string }>} */
  const expected = {};
  for (const { name, shell, script } of shellCases(readFileSync(join(scripts, file), 'utf8'))) {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    const { status, stdout, stderr } = spawnSync(shell, ['-c', script], {
      argv0: 'sh', cwd: home, encoding: 'utf8', input: '', timeout: 20_000, env: { PATH: '/usr/bin:/bin', HOME: '/home', LANG: 'C.UTF-8' },
    });
    expected[name] = { code: status, stdout, stderr };
  }
  writeFileSync(join(scripts, file.replace('.sh', '.expected.json')), `${JSON.stringify(expected, null, 1)}\n`);
  console.log(`${file}: ${Object.keys(expected).length} cases`);
}
rmSync(home, { recursive: true, force: true });
