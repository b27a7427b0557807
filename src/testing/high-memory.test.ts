import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine } from './machine.ts';

const guest = new Uint8Array(readFileSync(new URL('./guests/high-memory.wasm', import.meta.url)));

describe('a memory above 2 GiB', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
  });
  afterAll(() => machine.dispose());

  it('passes all of its addresses to the calls; what ends beyond it is EFAULT, and does not wrap around', async () => {
    const options = { name: 'high-memory', preopens: { '.': '/home' }, env: { NAME: 'value' } };
    expect(await machine.run(guest, ['x'], options)).toMatchObject({ code: 0, reason: 'exit', stdout: 'grown\nok\n', stderr: '' });
  });
});
