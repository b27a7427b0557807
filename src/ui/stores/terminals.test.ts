import { describe, expect, it } from 'vitest';
import { activateTerminal, closeTerminal, createTerminals, openTerminal, patchTerminal, shownTerminals, splitTerminal, turnTerminal } from './terminals.ts';

let last = 0;
const api = {
  openTty: async () => ({ tty: ++last, pid: 100 + last, port: null as unknown as MessagePort }),
  closeTty: async () => undefined,
};

describe('terminals', () => {
  it('are shown one at a time, or a pair of them whenever one of the pair is active', async () => {
    const store = createTerminals();
    await openTerminal(store, api);
    await splitTerminal(store, api);
    expect(shownTerminals(store.getState())).toEqual([1, 2]);
    await openTerminal(store, api);
    expect(shownTerminals(store.getState())).toEqual([3]);
    activateTerminal(store, 1);
    expect(shownTerminals(store.getState())).toEqual([1, 2]);
    closeTerminal(store, api, 1);
    expect(store.getState()).toMatchObject({ active: 2, pair: null });
  });

  it('are turned through, round at the ends', async () => {
    const store = createTerminals();
    for (let count = 0; count < 3; count++) await openTerminal(store, api);
    turnTerminal(store, 1);
    expect(store.getState().active).toBe(1);
    turnTerminal(store, -1);
    expect(store.getState().active).toBe(3);
  });

  it('a bell is heard until its terminal is looked at', async () => {
    const store = createTerminals();
    await openTerminal(store, api);
    await openTerminal(store, api);
    patchTerminal(store, 1, { bells: 2 });
    activateTerminal(store, 1);
    expect(store.getState().list[0]).toMatchObject({ bells: 2, bellsSeen: 2 });
  });
});
