import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_GRANTS } from '../shared/abi/index.ts';
import { Machine } from './machine.ts';

const guest = new Uint8Array(readFileSync(new URL('./guests/thread-bus.wasm', import.meta.url)));

/** Rules TH2: shared/arena/SPEC.md; HA4, HA9: guest/hostabi/SPEC.md. */
describe('messages in a process with threads', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.boot();
  });
  afterAll(() => machine.dispose());

  it.each([
    ['HA9 each thread\'s messages come in its order, and none is lost', 'write'],
    ['HA9 a handle that several read gives each message once', 'read'],
    ['TH2 a handle that is closed while another thread waits is closed for the next call', 'close'],
    ['requests of several threads get each its own reply', 'ask'],
    ['HA4 a message whose type is checked is published as it was checked', 'typed'],
  ])('%s', async (_rule, mode) => {
    const permissions = { ...NO_GRANTS, publish: ['t.>', 'user.input'], subscribe: ['t.>'] };
    expect(await machine.run(guest, [mode], { name: 'guest', permissions })).toMatchObject({ code: 0, reason: 'exit', stderr: '' });
    expect(await machine.api.notices()).toEqual([]);
  });
});
