import { describe, expect, it } from 'vitest';
import { fuzzyMatch } from './fuzzy.ts';

const best = (query: string, texts: string[]): string[] =>
  texts.flatMap((text) => {
    const match = fuzzyMatch(query, text);
    return match ? [{ text, score: match.score }] : [];
  }).toSorted((one, other) => other.score - one.score).map(({ text }) => text);
const marked = (query: string, text: string): string | undefined => {
  const match = fuzzyMatch(query, text);
  return match?.ranges.toReversed().reduce((shown, [from, to]) => `${shown.slice(0, from)}[${shown.slice(from, to)}]${shown.slice(to)}`, text);
};

describe('fuzzyMatch', () => {
  it('marks what matched', () => {
    expect(marked('split', 'Split right')).toBe('[Split] right');
    expect(marked('ri sp', 'Split right')).toBe('[Sp]lit [ri]ght');
    expect(marked('sr', 'Split right')).toBe('[S]plit [r]ight');
    expect(marked('hlrw', 'hello-rust.wasm')).toBe('[h]e[l]lo-[r]ust.[w]asm');
    expect(marked('', 'anything')).toBe('anything');
    expect(marked('xyz', 'anything')).toBeUndefined();
    expect(marked('aa', 'a')).toBeUndefined();
  });

  it('prefers what is in one piece, begins a word, begins the text, and is short', () => {
    expect(best('undo', ['Show what undoing does', 'Undo the last program', 'Undo my last change', 'unfold'])).toEqual(['Undo my last change', 'Undo the last program', 'Show what undoing does']);
    expect(best('term', ['Show or hide the terminal', 'determine', 'Terminal'])).toEqual(['Terminal', 'Show or hide the terminal', 'determine']);
    expect(best('nf', ['New folder', 'unfold'])).toEqual(['New folder', 'unfold']);
  });

  it('marks the right letters where lowering makes a text longer, and takes any text', () => {
    expect(marked('b', 'İb')).toBe('İ[b]');
    for (const text of ['', '\u0000', '\ud800', '🙂', '\u202e/x']) for (const query of [text, 'x', '🙂']) expect(() => fuzzyMatch(query, text)).not.toThrow();
    expect(fuzzyMatch('z'.repeat(50), 'z'.repeat(20_000))).not.toBeNull();
  });
});
