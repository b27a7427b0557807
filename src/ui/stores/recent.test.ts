import { describe, expect, it } from 'vitest';
import { COMMANDS_MAX, acceptRecent, createRecent, noteCommand, noteFile } from './recent.ts';

describe('what was used last', () => {
  it('is listed once, the newest first, up to a bound', () => {
    const store = createRecent();
    for (const id of ['a', 'b', 'a']) noteCommand(store, id);
    noteFile(store, '/x');
    expect(store.getState()).toEqual({ commands: ['a', 'b'], files: ['/x'] });
    for (let count = 0; count < 40; count++) noteCommand(store, `c${count}`);
    expect(store.getState().commands).toHaveLength(COMMANDS_MAX);
    expect(store.getState().commands[0]).toBe('c39');
  });

  it('refuses damaged settings', () => {
    for (const value of [null, 4, 'x', [], { commands: 'x' }]) expect(acceptRecent(value)).toEqual({ commands: [], files: [] });
    expect(acceptRecent({ commands: ['a', 3, 'a'], files: ['/a', 'relative', null, `/${'x'.repeat(9000)}`] })).toEqual({ commands: ['a'], files: ['/a'] });
  });
});
