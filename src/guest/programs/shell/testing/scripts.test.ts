import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shellCases } from '../../../../../e2e/tools/shell-cases.mjs';
import { Machine, type Outcome } from '../../../../testing/machine.ts';

type Expected = Record<string, Pick<Outcome, 'code' | 'stdout' | 'stderr'>>;

const folder = new URL('scripts/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const topics = readdirSync(folder).filter((name) => name.endsWith('.sh')).map((name) => name.replace('.sh', ''));
/** Cases that are known to differ, and why. */
const differences = JSON.parse(read('differences.json')) as Record<string, string>;
const HOME = '/tmp/sh-case';

describe('SH1: scripts print and return what they do under dash', () => {
  let machine: Machine;
  let count = 0;
  beforeAll(async () => {
    machine = await Machine.boot();
    await machine.api.mkdir(HOME);
  });
  afterAll(() => machine.dispose());

  for (const topic of topics) {
    const expected = JSON.parse(read(`${topic}.expected.json`)) as Expected;
    for (const { name, shell, script } of shellCases(read(`${topic}.sh`))) {
      it(`${topic}: ${name}`, async () => {
        const cwd = `${HOME}/${++count}`;
        await machine.api.mkdir(cwd);
        const { code, stdout, stderr } = await machine.run('/bin/sh', ['-c', script], { name: 'sh', cwd, env: { PATH: '/bin', HOME: '/home', LANG: 'C.UTF-8' } });
        const wanted = expected[name];
        // What bash says of errors is worded otherwise.
        const found = shell === 'bash' ? { code, stdout } : { code, stdout, stderr };
        const known = Object.hasOwn(differences, `${topic}: ${name}`);
        if (known) expect(found).not.toEqual(shell === 'bash' ? { code: wanted?.code, stdout: wanted?.stdout } : wanted);
        else expect(found).toEqual(shell === 'bash' ? { code: wanted?.code, stdout: wanted?.stdout } : wanted);
      });
    }
  }
});
