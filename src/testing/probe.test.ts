import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Case } from '../../e2e/support/cases.ts';
import { Machine } from './machine.ts';

const cases = (JSON.parse(readFileSync(new URL('../../wasm-samples/cases.json', import.meta.url), 'utf8')) as Case[]).filter(({ program }) => program === 'probe');

let machine: Machine;
beforeAll(async () => { machine = await Machine.boot(); });
afterAll(() => machine.dispose());

describe('every call of the host ABI, as the sample probe makes it', () => {
  it.each(cases)('HA3 $args', async ({ args = [], stdout }) => {
    const outcome = await machine.run('/bin/probe', args);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toBe(stdout);
  });
});
