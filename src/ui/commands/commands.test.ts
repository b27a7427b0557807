import { describe, expect, it } from 'vitest';
import { COMMANDS, matchesKeys } from './index.ts';

const stroke = (key: string, modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}, code = '') =>
  ({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers });

describe('commands', () => {
  it('have ids and keys of their own', () => {
    expect(new Set(COMMANDS.map((command) => command.id)).size).toBe(COMMANDS.length);
    const keys = COMMANDS.flatMap((command) => command.keys ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('match strokes exactly', () => {
    expect(matchesKeys('Ctrl+K', stroke('k', { ctrlKey: true }))).toBe(true);
    expect(matchesKeys('Ctrl+K', stroke('k', { metaKey: true }))).toBe(true);
    expect(matchesKeys('Ctrl+K', stroke('K', { ctrlKey: true, shiftKey: true }))).toBe(false);
    expect(matchesKeys('Ctrl+Shift+F', stroke('F', { ctrlKey: true, shiftKey: true }))).toBe(true);
    expect(matchesKeys('Alt+1', stroke('¡', { altKey: true }, 'Digit1'))).toBe(true);
    expect(matchesKeys('Ctrl+Shift+`', stroke('~', { ctrlKey: true, shiftKey: true }, 'Backquote'))).toBe(true);
    expect(matchesKeys('?', stroke('?', { shiftKey: true }))).toBe(true);
    expect(matchesKeys('/', stroke('/', { ctrlKey: true }))).toBe(false);
  });
});
