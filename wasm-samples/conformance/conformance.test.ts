import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine } from '../../src/testing/machine.ts';

const here = import.meta.dirname;
const programs = readdirSync(join(here, 'bin')).map((file) => basename(file, '.wasm')).toSorted();
/** Rule → why it does not hold here. */
const known = JSON.parse(readFileSync(join(here, 'known-failures.json'), 'utf8')) as Record<string, string>;
const readme = readFileSync(join(here, 'README.md'), 'utf8');

/** What the programs expect of their runner. */
const INPUT = 'input text';
const ARGS = ['one', 'two words', '', 'ü漢'];
const ENV = { GREETING: 'hello world', EMPTY: '', EQUALS: 'a=b' };

describe('preview 1, rule by rule', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
  });
  afterAll(() => machine.dispose());

  const failed: string[] = [];
  let all = 0;
  let ended = 0;

  it.each(programs)('%s', async (name) => {
    const scratch = `/tmp/conformance-${name}`;
    await machine.api.mkdir(scratch);
    const { stdout, stderr, reason, message } = await machine.run(new Uint8Array(readFileSync(join(here, 'bin', `${name}.wasm`))), ARGS, {
      name, env: ENV, preopens: { '/scratch': scratch }, stdin: INPUT,
    });
    const lines = stdout.split('\n').filter((line) => line !== '');
    const notOk = lines.filter((line) => !line.startsWith('ok '));
    expect({ reason, message, stderr }).toEqual({ reason: 'exit', message: undefined, stderr: '' });
    expect(lines.length).toBeGreaterThan(0);
    expect(notOk.filter((line) => !(line.split(' ')[2]! in known))).toEqual([]);
    failed.push(...notOk.map((line) => line.split(' ')[2]!));
    all += lines.length;
    ended++;
    expect(readme, 'the table in the README').toMatch(new RegExp(`\\| \`${name}\` \\| ${lines.length} \\| ${lines.length - notOk.length} \\|`));
  });

  it('every known failure still fails, and the table has the sum', () => {
    // With a filter on test names, not all programs have run.
    if (ended < programs.length) return;
    expect(failed.toSorted()).toEqual(Object.keys(known).toSorted());
    expect(readme).toContain(`| all | ${all} | ${all - failed.length} |`);
  });
});
