import { describe, expect, test } from 'vitest';
import { covers, overlaps, type TokenRules } from './covers.ts';
import { Random } from '../../shared/testing/random.ts';

const RULES: TokenRules<string> = { many: (token) => token === '*', one: (outer, inner) => outer === inner || outer === '?' };
const LETTERS = ['a', 'b'];
/** All words of at most five letters. */
const WORDS = Array.from({ length: 6 }, (_, length) => length).flatMap((length) => {
  let words = [''];
  for (let at = 0; at < length; at++) words = words.flatMap((word) => LETTERS.map((letter) => word + letter));
  return words;
});

const matcher = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll('?', '.').replaceAll('*', '.*')}$`);
const isMatch = (pattern: string) => (word: string): boolean => matcher(pattern).test(word);

describe.each([1, 2, 3])('AU2: patterns against all short words, seed %i', (seed) => {
  const numbers = new Random(seed);
  const random = (): number => numbers.next();
  const pattern = (): string => Array.from({ length: Math.floor(random() * 4) }, () => 'ab?*'[Math.floor(random() * 4)]!).join('');

  test('what is covered matches nothing that the cover does not; what does not meet has no word in common; words are told exactly', () => {
    let seen = 0;
    for (let n = 0; n < 1500; n++) {
      const [outer, inner] = [pattern(), pattern()];
      const [outerWords, innerWords] = [WORDS.filter(isMatch(outer)), WORDS.filter(isMatch(inner))];
      const says = covers([...outer], [...inner], RULES);
      if (says) {
        seen++;
        expect(innerWords.filter((word) => !outerWords.includes(word)), `${outer} ${inner}`).toEqual([]);
      }
      if (!/[?*]/.test(inner)) expect(says, `${outer} ${inner}`).toBe(isMatch(outer)(inner));
      expect(overlaps([...outer], [...inner], RULES), `${outer} meets ${inner}`).toBe(innerWords.some((word) => outerWords.includes(word)));
    }
    expect(seen).toBeGreaterThan(100);
  });
});
